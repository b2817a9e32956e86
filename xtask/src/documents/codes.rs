//! Every stable code of an error stands in the guide with its remedy.

use super::{
    compare,
    source::{between, files, listed, read, sorted},
};
use anyhow::{Result, ensure};
use std::path::Path;

const PAGE: &str = "docs/src/troubleshooting.md";
/// Where codes are given; the rest of the code passes them on.
const CRATES: [&str; 5] = ["app", "api", "certificates", "pages", "web"];

pub(super) fn faults(root: &Path) -> Result<Vec<String>> {
    let mut codes = Vec::new();
    for name in CRATES {
        let source = root.join("crates").join(name).join("src");
        // Samples are invented.
        let is_sample = |file: &Path| file.starts_with(source.join("samples"));
        for file in files(&source, "rs")?.into_iter().filter(|file| !is_sample(file)) {
            codes.extend(of_source(&read(&file)?));
        }
    }
    ensure!(
        !codes.is_empty(),
        "no error code was found under crates/: has the way of giving them changed?"
    );
    Ok(compare(
        PAGE,
        "error code",
        &sorted(codes),
        &sorted(listed(&read(&root.join(PAGE))?, "## Codes")),
    ))
}

/// The codes that a source file gives: in fields named `code`, in the arms of a function `code`, and
/// to `error_page`.
/// What stands behind `#[cfg(test)]` gives none.
fn of_source(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = between(text, "code: \"", "\"");
    for body in between(text, "fn code(", "\n    }\n") {
        found.extend(between(body, "=> \"", "\""));
    }
    for call in between(text, "error_page(", ");") {
        found.extend(call.split('"').skip(1).step_by(2).filter(|word| word.contains('.')));
    }
    found.into_iter().filter(|code| is_code(code)).map(str::to_owned).collect()
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::of_source;

    #[test]
    fn codes_are_found_in_fields_and_in_the_function_alone() {
        let text = "impl P {\n    pub const fn code(&self) -> &'static str {\n        match self {\n            \
                    A => \"input.invalid\",\n            B { code, .. } => code,\n            _ => \"fault\",\n        }\n    }\n\n    \
                    fn other(&self) { match x { _ => \"not.a_code\" } }\n}\nlet p = P { code: \"task.done\" };\n\
                    return error_page(\n 403,\n \"form.token\",\n \"Words.\".to_owned());\n\
                    #[cfg(test)]\nlet p = P { code: \"of.a_test\" };";
        assert_eq!(of_source(text), ["task.done", "input.invalid", "fault", "form.token"]);
    }
}
