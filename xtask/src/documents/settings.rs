//! Every setting of the program stands in the guide: environment variables, and the names that
//! `closedset.toml` takes.

use super::{
    compare,
    source::{between, files, listed, read, sorted},
};
use anyhow::{Context, Result};
use std::path::Path;

const PAGE: &str = "docs/src/configuration.md";
/// Where the page lists them.
const SECTIONS: [&str; 2] = ["## `closedset.toml`", "## The environment"];
const CODE: &str = "crates/closedset/src";

pub(super) fn faults(root: &Path) -> Result<Vec<String>> {
    let mut settings = file_settings(&read(&root.join(CODE).join("configuration.rs"))?)?;
    for file in files(&root.join(CODE), "rs")? {
        settings.extend(variables(&read(&file)?));
    }
    let page = read(&root.join(PAGE))?;
    let listed = SECTIONS.into_iter().flat_map(|heading| listed(&page, heading)).collect();
    Ok(compare(PAGE, "setting", &sorted(settings), &sorted(listed)))
}

/// The environment variables that a source file names.
fn variables(text: &str) -> Vec<String> {
    between(text, "\"CLOSEDSET_", "\"")
        .into_iter()
        .map(|rest| format!("CLOSEDSET_{rest}"))
        .collect()
}

/// The fields of the struct that is read from the file.
fn file_settings(text: &str) -> Result<Vec<String>> {
    let body = between(text, "struct ServeArguments {", "\n}").into_iter().next();
    let body = body.context("configuration.rs has no struct ServeArguments any more")?;
    Ok(body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub(crate) ")?.split_once(':'))
        .map(|(name, _)| name.to_owned())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{file_settings, variables};

    #[test]
    fn variables_and_fields_are_found() {
        let text = "struct ServeArguments {\n    /// Words: more.\n    #[arg(long, env = \"CLOSEDSET_LISTEN\")]\n    \
                    pub(crate) listen: Option<A>,\n    pub(crate) log_json: bool,\n}\nstruct B {\n    pub(crate) other: u8,\n}";
        assert_eq!(variables(text), ["CLOSEDSET_LISTEN"]);
        assert_eq!(file_settings(text).unwrap(), ["listen", "log_json"]);
        assert!(file_settings("struct Other {\n}").is_err());
    }
}
