//! Files and the pieces of text in them that are looked for.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders in which nothing of ours lies.
const FOREIGN: [&str; 4] = ["target", "node_modules", "data", "book"];

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The names of the folders in `path`, sorted.
pub(super) fn folders(path: &Path) -> Result<Vec<String>> {
    let mut names: Vec<String> = entries(path)?
        .into_iter()
        .filter(|entry| entry.is_dir())
        .filter_map(|entry| Some(entry.file_name()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// Every file under `path` whose name ends in `.extension`, sorted; hidden and foreign folders are
/// left out.
pub(super) fn files(path: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in entries(path)? {
        let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if entry.is_dir() {
            let is_foreign =
                name.starts_with('.') || name.starts_with("target-") || FOREIGN.contains(&name);
            if !is_foreign {
                found.extend(files(&entry, extension)?);
            }
        } else if entry.extension().is_some_and(|is| is == extension) {
            found.push(entry);
        }
    }
    found.sort();
    Ok(found)
}

fn entries(path: &Path) -> Result<Vec<PathBuf>> {
    fs::read_dir(path)
        .with_context(|| format!("cannot list {}", path.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

/// What stands between `before` and the next `after`, each time `before` occurs.
pub(super) fn between<'t>(text: &'t str, before: &str, after: &str) -> Vec<&'t str> {
    text.split(before)
        .skip(1)
        .filter_map(|rest| rest.split_once(after).map(|(found, _)| found))
        .collect()
}

/// The names in the first column of the tables below a heading of a page, as far as the next heading
/// of that level: `` | `name` | ``.
pub(super) fn listed(page: &str, heading: &str) -> Vec<String> {
    let below = page.lines().skip_while(|line| *line != heading).skip(1);
    below
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// Sorted, each once.
pub(super) fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn only_the_tables_below_the_heading_are_listed() {
        let page = "## A\n| `no` | x |\n## B\nWords.\n| name |\n|---|\n| `one` | x |\n| `two`, `three` | x |\n\
                    ### Part\n| `four` | x |\n## C\n| `no` | x |";
        assert_eq!(listed(page, "## B"), ["one", "two", "four"]);
        assert_eq!(listed(page, "## D"), Vec::<String>::new());
    }
}
