//! Holds the documents against the code: links lead somewhere, every error code and every setting
//! stands where people look for it, and none stands there that is no more.

mod codes;
mod links;
mod settings;
mod source;

use anyhow::Result;
use std::path::Path;

/// Every fault of the documents under `root`.
pub(crate) fn faults(root: &Path) -> Result<Vec<String>> {
    let mut found = links::faults(root)?;
    found.extend(codes::faults(root)?);
    found.extend(settings::faults(root)?);
    found.extend(rooms(root)?);
    Ok(found)
}

/// ARCHITECTURE.md shows every room of the house.
fn rooms(root: &Path) -> Result<Vec<String>> {
    let text = source::read(&root.join("ARCHITECTURE.md"))?;
    let mut found = Vec::new();
    for folder in source::folders(&root.join("crates"))? {
        let line = format!("{folder}/ ");
        if !text.lines().any(|shown| shown.trim_start().starts_with(&line)) {
            found.push(format!("ARCHITECTURE.md does not show crates/{folder}"));
        }
    }
    Ok(found)
}

/// Holds what the code has against what a page lists.
fn compare(page: &str, what: &str, has: &[String], listed: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for name in has.iter().filter(|name| !listed.contains(name)) {
        found.push(format!("{page} does not list the {what} {name}"));
    }
    for name in listed.iter().filter(|name| !has.contains(name)) {
        found.push(format!("{page} lists the {what} {name}, which the code does not have"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_is_left_over_are_named() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            compare("page.md", "code", &texts(&["a", "b"]), &texts(&["b", "c"])),
            [
                "page.md does not list the code a",
                "page.md lists the code c, which the code does not have"
            ]
        );
    }

    #[test]
    fn the_documents_of_this_repository_are_in_order() {
        assert_eq!(faults(&crate::workspace::read().unwrap().root).unwrap(), Vec::<String>::new());
    }
}
