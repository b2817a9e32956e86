//! Relative links of Markdown files lead to files that exist, those of the book stay in it, and its
//! contents list each of its pages.

use super::source::{between, files, read};
use anyhow::Result;
use std::path::Path;

/// The folder of which a book is made.
const BOOK: &str = "docs";
const CONTENTS: &str = "docs/SUMMARY.md";

pub(super) fn faults(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files(root, "md")? {
        let folder = file.parent().unwrap_or(root);
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        for target in of_page(&read(&file)?) {
            if !folder.join(&target).exists() {
                found.push(format!("{name} links to {target}, which is not there"));
            }
            if leaves_book(&name, &target) {
                found.push(format!("{name} links to {target}, which the book does not hold"));
            }
        }
    }
    let contents = of_page(&read(&root.join(CONTENTS))?);
    for page in files(&root.join("docs"), "md")? {
        let name = page.strip_prefix(root.join("docs")).unwrap_or(&page).display().to_string();
        if name != "SUMMARY.md" && !contents.contains(&name) {
            found.push(format!("{CONTENTS} does not list {name}"));
        }
    }
    Ok(found)
}

/// Whether the link of a page of the book leads out of it, where the made book has nothing.
fn leaves_book(page: &str, target: &str) -> bool {
    let Some(page) = page.strip_prefix(BOOK).and_then(|page| page.strip_prefix('/')) else {
        return false;
    };
    let mut depth = page.matches('/').count();
    for part in target.split('/') {
        match (part, depth) {
            ("..", 0) => return true,
            ("..", _) => depth -= 1,
            ("." | "", _) => {}
            _ => depth += 1,
        }
    }
    false
}

/// The relative targets of a page's links and pictures, without their anchors; what stands in code
/// is no link.
fn of_page(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            // What stands between backticks has an odd place when the line is split at them.
            let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
            found.extend(between(&plain, "](", ")").into_iter().map(str::to_owned));
        }
    }
    found
        .into_iter()
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .filter_map(|target| target.split('#').next().map(str::to_owned))
        .filter(|target| !target.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{leaves_book, of_page};

    #[test]
    fn a_page_of_the_book_links_to_nothing_outside() {
        for (page, target, wanted) in [
            ("docs/src/a.md", "../../catalogue/README.md", true),
            ("docs/requirements.md", "../catalogue/a.toml", true),
            ("docs/src/a.md", "../cli.md", false),
            ("docs/src/a.md", "decisions/../b.md", false),
            ("README.md", "docs/src/a.md", false),
            ("crates/a/README.md", "../b/README.md", false),
        ] {
            assert_eq!(leaves_book(page, target), wanted, "{page} {target}");
        }
    }

    #[test]
    fn only_relative_links_outside_code_are_followed() {
        let page = "[a](b.md) ![c](d.png) [e](https://x.example/y) [f](#here) [g](h.md#part) `[no](no.md)`\n\
                    ```\n[no](no.md)\n```\n[`code`](i.md) [m](mailto:a@b.example)";
        assert_eq!(of_page(page), ["b.md", "d.png", "h.md", "i.md"]);
    }
}
