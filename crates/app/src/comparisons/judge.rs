//! What a list and the register do not agree on. No I/O.

use super::{
    DORMANT_DAYS,
    account::{Told, Used, is_generic, mfa, used},
    columns::{Columns, Says},
    known::{Known, Somebody, Standing},
    rows::Listed,
};
use closedset_core::{
    comparison::{DifferenceKind, ListKind},
    id::{Id, Person},
};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What came of a comparison, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonCounts {
    /// Rows of the list.
    pub rows: usize,
    /// Rows of whoever is known and is or will be engaged.
    pub known: usize,
    /// Accounts and badges that are off: nothing else is asked of them.
    pub off: usize,
    /// Rows that say once more what one above them says.
    pub twice: usize,
    /// Rows that name nobody.
    pub unread: usize,
    /// Differences by their kinds, whether kept or not.
    pub differences: BTreeMap<String, usize>,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: DifferenceKind,
    pub(super) line: i64,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) key: String,
    pub(super) person: Option<Id<Person>>,
    pub(super) candidates: Vec<Id<Person>>,
    pub(super) note: String,
}

/// What a difference says of whoever was never engaged, or is not any more.
pub(super) fn standing_note(standing: Standing) -> String {
    match standing {
        Standing::Ended(day) => format!("Their last engagement ended on {day}."),
        Standing::Never => "They are in the register and were never engaged.".to_owned(),
        Standing::Here | Standing::Coming => String::new(),
    }
}

/// Holds a list against the register.
pub(super) fn judge(
    kind: ListKind,
    (rows, columns): (&[Listed], &Columns),
    known: &Known,
) -> (Vec<Found>, ComparisonCounts) {
    let mut judge = Judge {
        kind,
        columns,
        known,
        counts: ComparisonCounts { rows: rows.len(), ..ComparisonCounts::default() },
        found: Vec::new(),
        listed: HashSet::new(),
        seen: HashMap::new(),
    };
    for row in rows {
        judge.row(row);
    }
    judge.missing();
    for one in &judge.found {
        *judge.counts.differences.entry(one.kind.as_str().to_owned()).or_default() += 1;
    }
    (judge.found, judge.counts)
}

/// Whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Known(usize),
    Other(String),
}

struct Judge<'l> {
    kind: ListKind,
    columns: &'l Columns,
    known: &'l Known,
    counts: ComparisonCounts,
    found: Vec<Found>,
    /// Who is in the list.
    listed: HashSet<usize>,
    /// The first row of each.
    seen: HashMap<Who, i64>,
}

impl Judge<'_> {
    fn row(&mut self, row: &Listed) {
        if row.key.is_empty() && row.addresses.is_empty() && row.login.is_empty() {
            self.counts.unread += 1;
            return;
        }
        let tied = || self.known.tied(row.addresses.first(), &row.key);
        let at = self.known.by_addresses(&row.addresses).or_else(tied);
        let of_name = self.known.by_name(&row.key);
        if row.is_off {
            self.counts.off += 1;
            self.listed.extend(at);
            if at.is_none() {
                self.listed.extend(of_name);
            }
            return;
        }
        let is_account = self.kind == ListKind::Identities;
        if is_account {
            self.account(row, at.and_then(|at| self.known.people.get(at)));
        }
        let who = match at {
            Some(at) => Who::Known(at),
            None => Who::Other(row.addresses.first().unwrap_or(&row.key).clone()),
        };
        let first = self.seen.get(&who).copied();
        if let Some(first) = first {
            self.counts.twice += 1;
            if is_account {
                let person = at.and_then(|at| self.known.people.get(at)).map(|one| one.id);
                let note = format!("Row {first} is an account of the same person.");
                self.add(DifferenceKind::Shared, row, (person, note));
            }
            return;
        }
        self.seen.insert(who, row.line);
        let login = row.addresses.first().unwrap_or(&row.login);
        match at.and_then(|at| self.known.people.get(at)) {
            Some(one) => {
                self.listed.extend(at);
                self.known_one(row, one);
            }
            None if is_account && is_generic(&row.name, login) => {
                let note = "It is called like a desk or a machine: who signs in with it?";
                self.add(DifferenceKind::Shared, row, (None, note.to_owned()));
            }
            None if !of_name.is_empty() => {
                self.listed.extend(of_name);
                let candidates = of_name.iter().filter_map(|at| self.known.people.get(*at));
                let ids = candidates.clone().map(|one| one.id).collect();
                let note = match candidates.collect::<Vec<_>>().as_slice() {
                    [one] => {
                        let other = match (row.addresses.is_empty(), one.email.is_empty()) {
                            (false, false) => " The list has another address.",
                            _ => "",
                        };
                        format!("{}{other}", standing_note(one.standing)).trim().to_owned()
                    }
                    _ => "Several people here have this name.".to_owned(),
                };
                self.add(DifferenceKind::ByName, row, (None, note));
                if let Some(last) = self.found.last_mut() {
                    last.candidates = ids;
                }
            }
            None => self.add(DifferenceKind::NotKnown, row, (None, String::new())),
        }
    }

    fn known_one(&mut self, row: &Listed, one: &Somebody) {
        let said = (Some(one.id), standing_note(one.standing));
        match one.standing {
            Standing::Here | Standing::Coming => self.counts.known += 1,
            Standing::Ended(_) => self.add(DifferenceKind::Gone, row, said),
            Standing::Never => self.add(DifferenceKind::NotKnown, row, said),
        }
    }

    /// What an account that is on says of itself.
    fn account(&mut self, row: &Listed, whose: Option<&Somebody>) {
        let person = whose.map(|one| one.id);
        if self.columns.at(Says::Mfa).is_some() {
            let note = match mfa(&row.mfa) {
                Told::Yes => None,
                Told::No => Some(String::new()),
                Told::Nothing => Some("The list says nothing of it.".to_owned()),
                Told::Unread => Some("What the list says of it could not be read.".to_owned()),
            };
            if let Some(note) = note {
                self.add(DifferenceKind::NoMfa, row, (person, note));
            }
        }
        if self.columns.at(Says::SignIn).is_some() {
            let since = self.known.today.saturating_sub(DORMANT_DAYS.days());
            let note = match used(&row.sign_in, since, self.known.today) {
                Used::Lately => None,
                Used::LongAgo => {
                    Some(format!("Nobody signed in for more than {DORMANT_DAYS} days."))
                }
                Used::Never => Some("Nobody ever signed in.".to_owned()),
                Used::Unread => Some(
                    "When somebody last signed in is not said, or could not be read.".to_owned(),
                ),
            };
            if let Some(note) = note {
                self.add(DifferenceKind::Dormant, row, (person, note));
            }
        }
    }

    /// Whoever is engaged today and in no row.
    fn missing(&mut self) {
        for (at, one) in self.known.people.iter().enumerate() {
            if one.standing == Standing::Here && !self.listed.contains(&at) {
                self.found.push(Found {
                    kind: DifferenceKind::Missing,
                    line: 0,
                    name: one.name.clone(),
                    email: String::new(),
                    key: String::new(),
                    person: Some(one.id),
                    candidates: Vec::new(),
                    note: String::new(),
                });
            }
        }
    }

    fn add(
        &mut self,
        kind: DifferenceKind,
        row: &Listed,
        (person, note): (Option<Id<Person>>, String),
    ) {
        let email = row.addresses.first().cloned().unwrap_or_default();
        let name = match row.name.is_empty() {
            true if email.is_empty() => row.login.clone(),
            _ => row.name.clone(),
        };
        self.found.push(Found {
            kind,
            line: row.line,
            name,
            email,
            key: row.key.clone(),
            person,
            candidates: Vec::new(),
            note,
        });
    }
}
