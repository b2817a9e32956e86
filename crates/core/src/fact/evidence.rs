//! What people give by hand for a control: documents and attestations.

use super::record::records;
use crate::Time;

records! {
    /// The documents and attestations given for one control that are in force.
    Evidence = "evidence" about Control, "Documents and attestations" {
        /// How many are in force now.
        in_force: i64,
        /// How many were given and have expired.
        lapsed: i64,
        /// How many were withdrawn by a person.
        taken_back: i64,
        /// Those in force.
        items: Vec<EvidenceItem>,
        /// When the last one in force expires.
        valid_to: Option<Time>,
        /// When the next one that was given begins to count.
        begins_at: Option<Time>,
        /// Random, and the same for a control from then on: its digest tells nobody what things are called.
        salt: Option<String>,
    }
    /// One document or attestation.
    EvidenceItem {
        /// Its id.
        id: String,
        /// `document` or `attestation`.
        form: String,
        /// Its title, or the statement's first words.
        title: String,
        /// SHA-256 of the file, or of the statement.
        digest: String,
        /// From when it says something.
        valid_from: Time,
        /// Until when it counts; the beginning of the version that replaces it, if that is earlier.
        valid_to: Time,
    }
}

/// A document with all its versions, or an attestation, which has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Oldest first, with the periods as they were given.
    pub versions: Vec<EvidenceItem>,
    /// Whether it was taken back.
    pub is_withdrawn: bool,
}

impl Given {
    /// The versions with the periods in which each counts: until the next one begins. One that was
    /// replaced before it began never counts.
    fn periods(&self) -> Vec<EvidenceItem> {
        let mut next_from = None;
        let mut periods = Vec::new();
        for version in self.versions.iter().rev() {
            let valid_to = next_from.map_or(version.valid_to, |next| version.valid_to.min(next));
            if version.valid_from < valid_to {
                periods.push(EvidenceItem { valid_to, ..version.clone() });
            }
            next_from =
                Some(next_from.map_or(version.valid_from, |next| version.valid_from.min(next)));
        }
        periods.reverse();
        periods
    }
}

impl Evidence {
    /// What of `given` is in force at `at`, and when that changes next by itself.
    pub fn standing(given: &[Given], at: Time) -> (Self, Option<Time>) {
        let (mut items, mut later) = (Vec::new(), Vec::new());
        let (mut lapsed, mut taken_back) = (0, 0);
        for one in given {
            if one.is_withdrawn {
                taken_back += 1;
                continue;
            }
            let periods = one.periods();
            if periods.iter().all(|period| period.valid_to <= at) {
                lapsed += 1;
            }
            for period in periods {
                if at < period.valid_from {
                    later.push(period);
                } else if at < period.valid_to {
                    items.push(period);
                }
            }
        }
        let begins_at = later.iter().map(|item| item.valid_from).min();
        let ends_at = items.iter().map(|item| item.valid_to).min();
        let record = Self {
            in_force: i64::try_from(items.len()).unwrap_or(i64::MAX),
            lapsed,
            taken_back,
            valid_to: items.iter().map(|item| item.valid_to).max(),
            begins_at,
            items,
            salt: None,
        };
        (record, begins_at.into_iter().chain(ends_at).min())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: usize, from: i64, to: i64) -> EvidenceItem {
        EvidenceItem {
            id: "doc".into(),
            form: "document".into(),
            title: format!("version {number}"),
            digest: String::new(),
            valid_from: Time::from_millis(from),
            valid_to: Time::from_millis(to),
        }
    }

    fn document(periods: &[(i64, i64)]) -> Given {
        let versions =
            periods.iter().enumerate().map(|(place, (from, to))| version(place + 1, *from, *to));
        Given { versions: versions.collect(), is_withdrawn: false }
    }

    /// The title in force at each of these times, and when that changes next.
    fn told(given: &Given, at: i64) -> (Vec<String>, Option<i64>) {
        let (record, next) = Evidence::standing(std::slice::from_ref(given), Time::from_millis(at));
        let titles = record.items.into_iter().map(|item| item.title).collect();
        (titles, next.map(Time::millis))
    }

    fn titles(of: &[&str]) -> Vec<String> {
        of.iter().map(|title| (*title).to_owned()).collect()
    }

    #[test]
    fn the_old_version_counts_until_the_new_one_begins() {
        let renewed = document(&[(10, 100), (100, 200)]);
        assert_eq!(told(&renewed, 5), (vec![], Some(10)));
        assert_eq!(told(&renewed, 50), (titles(&["version 1"]), Some(100)));
        assert_eq!(told(&renewed, 100), (titles(&["version 2"]), Some(200)));
        assert_eq!(told(&renewed, 200), (vec![], None));
    }

    #[test]
    fn a_version_that_begins_earlier_replaces_the_one_before_it_whole() {
        let corrected = document(&[(50, 100), (20, 60)]);
        assert_eq!(told(&corrected, 55), (titles(&["version 2"]), Some(60)));
        assert_eq!(told(&corrected, 70), (vec![], None));
        let overlapping = document(&[(10, 100), (50, 60)]);
        assert_eq!(told(&overlapping, 40), (titles(&["version 1"]), Some(50)));
        assert_eq!(told(&overlapping, 70), (vec![], None), "what was replaced does not come back");
        let with_a_gap = document(&[(10, 40), (50, 60)]);
        assert_eq!(told(&with_a_gap, 45), (vec![], Some(50)));
        let thrice = document(&[(10, 100), (50, 60), (30, 90)]);
        assert_eq!(told(&thrice, 20), (titles(&["version 1"]), Some(30)));
        assert_eq!(told(&thrice, 55), (titles(&["version 3"]), Some(90)));
    }

    #[test]
    fn what_does_not_count_is_told_apart() {
        let given = [
            document(&[(10, 20)]),
            Given { is_withdrawn: true, ..document(&[(10, 100)]) },
            document(&[(70, 80)]),
            document(&[(10, 90)]),
        ];
        let (record, next) = Evidence::standing(&given, Time::from_millis(50));
        assert_eq!((record.in_force, record.lapsed, record.taken_back), (1, 1, 1));
        assert_eq!(record.begins_at.map(Time::millis), Some(70));
        assert_eq!(record.valid_to.map(Time::millis), Some(90));
        assert_eq!(next.map(Time::millis), Some(70));
    }
}
