//! What apt says: `apt-config dump`, `apt list --upgradable`, `apt-cache policy`, release files.

use std::collections::{BTreeMap, BTreeSet};

/// The settings of `apt-config dump`: each name with its values, several for a list.
pub fn config(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut settings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(' ') else {
            continue;
        };
        let value = value.trim().trim_end_matches(';').trim_matches('"');
        settings
            .entry(name.trim_end_matches("::").to_ascii_lowercase())
            .or_default()
            .push(value.to_owned());
    }
    settings
}

/// One package that could be newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgradable {
    /// Its name.
    pub name: String,
    /// The suites that have the newest version: `bookworm-security`.
    pub suites: Vec<String>,
}

impl Upgradable {
    /// The newest version comes from a suite of security updates.
    pub fn is_security(&self) -> bool {
        self.suites.iter().any(|suite| is_security_suite(suite))
    }
}

fn is_security_suite(suite: &str) -> bool {
    suite.ends_with("-security") || suite.ends_with("/updates")
}

/// The packages in the output of `apt list --upgradable`.
pub fn upgradable(text: &str) -> Vec<Upgradable> {
    text.lines()
        .filter(|line| line.contains("[upgradable from:"))
        .filter_map(|line| {
            let (name, rest) = line.split_once('/')?;
            let suites = rest.split_whitespace().next()?;
            Some(Upgradable {
                name: name.into(),
                suites: suites.split(',').map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// The packages for which `apt-cache policy` knows a version from a security suite that is newer
/// than the one installed, whatever suite the newest of all comes from.
pub fn security_in_policy(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut package = String::new();
    let mut is_newer = false;
    for line in text.lines() {
        if !line.starts_with(' ') {
            package = line.trim_end_matches(':').to_owned();
            is_newer = false;
            continue;
        }
        let trimmed = line.trim_start();
        if trimmed.starts_with("Version table:") {
            // Versions stand newest first; the installed one is marked.
            is_newer = true;
        } else if trimmed.starts_with("*** ") {
            is_newer = false;
        } else if is_newer {
            // `500 http://security.debian.org bookworm-security/main amd64 Packages`
            let mut words = trimmed.split_whitespace();
            let is_source = words.next().is_some_and(|word| word.parse::<i32>().is_ok());
            let suite = words.nth(1).and_then(|word| word.rsplit_once('/'));
            if is_source && suite.is_some_and(|(suite, _)| is_security_suite(suite)) {
                found.insert(package.clone());
            }
        }
    }
    found
}

/// The `Date` of a release file, as RFC 2822 text: `Sat, 09 Aug 2025 09:12:33 UTC`.
pub fn release_date(text: &str) -> Option<&str> {
    text.lines().take(200).find_map(|line| line.strip_prefix("Date:")).map(str::trim)
}

/// Whether unattended-upgrades may install from a suite of security updates, by its
/// `Allowed-Origins` and `Origins-Pattern`.
pub fn takes_security(settings: &BTreeMap<String, Vec<String>>) -> bool {
    ["allowed-origins", "origins-pattern"]
        .into_iter()
        .filter_map(|list| settings.get(&format!("unattended-upgrade::{list}")))
        .flatten()
        .any(|origin| {
            let origin = origin.to_ascii_lowercase();
            // A pattern of everything from the distribution takes security with it.
            origin.contains("security") || origin == "origin=debian" || origin == "*:*"
        })
}
