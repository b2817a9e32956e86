//! Relative links of Markdown files lead to files that exist, and the book's contents list each of
//! its pages.

use super::source::{between, files, read};
use anyhow::Result;
use std::path::Path;

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
    use super::of_page;

    #[test]
    fn only_relative_links_outside_code_are_followed() {
        let page = "[a](b.md) ![c](d.png) [e](https://x.example/y) [f](#here) [g](h.md#part) `[no](no.md)`\n\
                    ```\n[no](no.md)\n```\n[`code`](i.md) [m](mailto:a@b.example)";
        assert_eq!(of_page(page), ["b.md", "d.png", "h.md", "i.md"]);
    }
}
