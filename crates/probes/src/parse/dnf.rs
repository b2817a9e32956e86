//! What dnf says: `dnf updateinfo list`, `dnf list --upgrades`.

use std::collections::BTreeSet;

/// The packages that an advisory of security would update, in the output of `dnf updateinfo list
/// --security` (dnf 4 and 5): `RLSA-2024:1 Important/Sec. openssl-1:3.0.7-27.el9.x86_64`.
pub fn security_updates(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [advisory, .., package] = words[..] else {
                return None;
            };
            // An advisory's id has a dash and a digit: FEDORA-2024-ab12, RHSA-2024:0001.
            let is_advisory = advisory.contains('-')
                && advisory.chars().any(|c| c.is_ascii_digit())
                && words.len() >= 3;
            // dnf 5 ends a line with the date it was issued.
            let package = words
                .iter()
                .rev()
                .find(|word| word.matches('-').count() >= 2 && word.contains('.'))
                .copied()
                .unwrap_or(package);
            (is_advisory && package != advisory).then(|| package.to_owned())
        })
        .collect()
}

/// How many packages could be newer, in the output of `dnf list --upgrades`.
pub fn upgrades(text: &str) -> usize {
    text.lines()
        .filter(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_default();
            let version = words.next().unwrap_or_default();
            // `openssl.x86_64  1:3.0.7-27.el9  baseos`
            words.next().is_some()
                && name.contains('.')
                && version.starts_with(|c: char| c.is_ascii_alphanumeric())
                && version.contains('-')
        })
        .count()
}
