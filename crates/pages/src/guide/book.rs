//! The pages of the guide, rendered once: their order is that of `docs/SUMMARY.md`. Records of decisions are
//! for whoever builds the program, and stay beside its source.

use crate::components::Prose;
use std::sync::LazyLock;

const SUMMARY: &str = include_str!("../../../../docs/SUMMARY.md");

macro_rules! texts {
    ($($path:literal),* $(,)?) => {
        /// The Markdown by its path below `docs/`.
        const TEXTS: &[(&str, &str)] =
            &[$(($path, include_str!(concat!("../../../../docs/", $path)))),*];
    };
}

texts! {
    "src/introduction.md",
    "src/getting-started.md",
    "src/demonstration.md",
    "src/board.md",
    "src/controls-and-evidence.md",
    "src/devices-and-agents.md",
    "src/register.md",
    "src/leaving.md",
    "src/agreements.md",
    "src/policies.md",
    "src/contacts.md",
    "src/titles.md",
    "src/questionnaires.md",
    "src/documents-and-attestations.md",
    "src/facility.md",
    "src/audits.md",
    "src/risks.md",
    "src/exceptions.md",
    "src/tasks.md",
    "src/mail.md",
    "src/people.md",
    "src/sign-in.md",
    "src/scim.md",
    "src/ledger.md",
    "src/audit-packs.md",
    "src/configuration.md",
    "src/running.md",
    "src/network.md",
    "src/backup.md",
    "cli.md",
    "src/troubleshooting.md",
    "requirements.md",
    "src/check-language.md",
    "performance.md",
}

/// The guide.
pub(super) struct Book {
    pub(super) sections: Vec<Section>,
}

/// Some pages of it.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) pages: Vec<Page>,
}

/// A page of it.
#[derive(Debug)]
pub(super) struct Page {
    /// What it is called in addresses.
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) text: Prose,
}

pub(super) static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let mut sections: Vec<Section> = Vec::new();
    for line in SUMMARY.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            sections.push(Section { title: title.to_owned(), pages: Vec::new() });
        } else if let Some((title, path)) = entry(line)
            && let Some((path, text)) = TEXTS.iter().find(|(known, _)| *known == path)
            && let Some(section) = sections.last_mut()
        {
            let text = Prose::of_guide(text, address);
            section.pages.push(Page { name: name(path), title: title.to_owned(), text });
        }
    }
    Book { sections }
});

impl Book {
    pub(super) fn pages(&self) -> impl Iterator<Item = &Page> {
        self.sections.iter().flat_map(|section| &section.pages)
    }
}

/// Title and path of a line of the summary.
fn entry(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start().trim_start_matches("- ");
    let (title, rest) = line.strip_prefix('[')?.split_once("](")?;
    Some((title, rest.strip_suffix(')')?))
}

/// What a file is called in addresses: its name without its ending.
fn name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".md").unwrap_or(file)
}

/// Where a link of the Markdown leads to here; none where that is not in the guide.
fn address(link: &str) -> Option<String> {
    if link.starts_with("https://") || link.starts_with('#') {
        return Some(link.to_owned());
    }
    let (path, place) = match link.split_once('#') {
        Some((path, place)) => (path, format!("#{place}")),
        None => (link, String::new()),
    };
    let is_page = path.ends_with(".md") && !path.contains("decisions/");
    let known = TEXTS.iter().find(|(known, _)| is_page && name(known) == name(path))?;
    Some(format!("/guide/{}{place}", name(known.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_page_of_the_summary_is_in_the_guide_and_no_other() {
        let told: Vec<&str> = SUMMARY.lines().filter_map(entry).map(|(_, path)| path).collect();
        let told: Vec<&str> =
            told.into_iter().filter(|path| !path.starts_with("src/decisions/")).collect();
        let mut held: Vec<&str> = TEXTS.iter().map(|(path, _)| *path).collect();
        for path in &told {
            assert!(held.contains(path), "docs/{path} is not in the guide: name it in TEXTS");
        }
        held.retain(|path| !told.contains(path));
        assert_eq!(held, Vec::<&str>::new(), "nobody is led to these");
        assert_eq!(BOOK.pages().count(), told.len());
        let mut names: Vec<&str> = BOOK.pages().map(|page| page.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), told.len(), "two have one address");
    }

    /// The values of an attribute.
    fn values<'m>(markup: &'m str, attribute: &'static str) -> impl Iterator<Item = &'m str> {
        markup.split(attribute).skip(1).filter_map(|rest| rest.split('"').next())
    }

    #[test]
    fn every_link_leads_to_a_place_that_is_there() {
        let pages: BTreeMap<&str, String> =
            BOOK.pages().map(|page| (page.name, page.text.to_string())).collect();
        for (name, markup) in &pages {
            for link in values(markup, "href=\"") {
                let (path, place) = link.split_once('#').unwrap_or((link, ""));
                let target = match path.strip_prefix("/guide/") {
                    Some(other) => pages.get(other),
                    None if path.is_empty() => Some(markup),
                    None => {
                        assert!(link.starts_with("https://"), "{name}: {link}");
                        continue;
                    }
                };
                let target = target.unwrap_or_else(|| panic!("{name}: {link}"));
                let is_there = place.is_empty() || values(target, "id=\"").any(|id| id == place);
                assert!(is_there, "{name} leads to {link}, and no heading there is called so");
            }
        }
    }

    #[test]
    fn nothing_in_it_is_refused_by_the_policy_and_every_page_has_one_title() {
        for page in BOOK.pages() {
            let markup = page.text.to_string();
            for refused in ["<script", "style=\"", "<img", "<iframe", " onclick"] {
                assert!(!markup.contains(refused), "{}: {refused}", page.name);
            }
            assert_eq!(markup.matches("<h1").count(), 1, "{}", page.name);
        }
    }

    #[test]
    fn a_link_out_of_the_guide_is_none() {
        for link in
            ["decisions/0001-x.md", "../../SECURITY.md", "javascript:alert(1)", "/etc/passwd"]
        {
            assert_eq!(address(link), None, "{link}");
        }
        assert_eq!(address("../cli.md").as_deref(), Some("/guide/cli"));
        assert_eq!(address("mail.md#a-calendar").as_deref(), Some("/guide/mail#a-calendar"));
    }
}
