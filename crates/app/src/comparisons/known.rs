//! The register as a list is held against it: everybody by the addresses that they have or had, and by name, with how they
//! stand today.

use super::fold::fold;
use crate::{Problem, people::today};
use closedset_core::{
    engagement::Days,
    entry::Log,
    id::{Id, Organisation, Person},
};
use closedset_store::{
    Tx, comparisons, imports,
    ledger::{self, Page},
};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::HashMap;

/// Entries looked at in one go.
const BATCH: i64 = 500;
/// How many entries are looked through for former addresses.
const ENTRIES: usize = 20_000;

/// How somebody stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Here,
    /// Engaged from a later day.
    Coming,
    /// Every engagement is over, the last on this day.
    Ended(Date),
    /// Never engaged.
    Never,
}

/// Somebody.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    pub(super) id: Id<Person>,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) standing: Standing,
}

/// Everybody.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) people: Vec<Somebody>,
    /// Addresses that somebody has.
    by_address: HashMap<String, usize>,
    /// Addresses that somebody had; none where several had it.
    by_former: HashMap<String, Option<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    ties: HashMap<String, usize>,
    /// How many entries the ledger had then.
    pub(super) position: i64,
    pub(super) today: Date,
}

impl Known {
    /// Reads all of it.
    pub(super) fn read(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<Self, Problem> {
        let mut known = Self {
            position: ledger::entry_count(tx, Log::Organisation(organisation))?,
            today: today(tx, organisation)?,
            ..Self::default()
        };
        let mut places = HashMap::new();
        let mut days: HashMap<Id<Person>, Vec<_>> = HashMap::new();
        for row in imports::engagements_all(tx, organisation)? {
            days.entry(row.person).or_default().push(row.days);
        }
        for row in imports::people_all(tx, organisation)? {
            let own = days.remove(&row.id).unwrap_or_default();
            let standing = Self::standing(own.iter().copied(), known.today);
            places.insert(row.id, known.people.len());
            known.add(Somebody {
                id: row.id,
                name: row.name,
                email: row.email.unwrap_or_default(),
                standing,
            });
        }
        for (name, person) in comparisons::tie_list(tx, organisation)? {
            if let Some(at) = places.get(&person) {
                known.ties.insert(name, *at);
            }
        }
        known.former(tx, organisation, &places)?;
        Ok(known)
    }

    /// How somebody who is engaged on these days stands today.
    pub(super) fn standing(own: impl Iterator<Item = Days> + Clone, today: Date) -> Standing {
        if own.clone().any(|days| days.holds(today)) {
            Standing::Here
        } else if own.clone().any(|days| days.first > today) {
            Standing::Coming
        } else {
            own.filter_map(|days| days.last).max().map_or(Standing::Never, Standing::Ended)
        }
    }

    /// Adds somebody.
    pub(super) fn add(&mut self, one: Somebody) {
        let at = self.people.len();
        if !one.email.is_empty() {
            self.by_address.insert(one.email.clone(), at);
        }
        self.by_name.entry(fold(&one.name)).or_default().push(at);
        self.people.push(one);
    }

    /// Somebody had this address.
    pub(super) fn had(&mut self, address: String, at: usize) {
        let of = self.by_former.entry(address).or_insert(Some(at));
        if *of != Some(at) {
            *of = None;
        }
    }

    /// What entries say that people's addresses were.
    fn former(
        &mut self,
        tx: &mut Tx<'_>,
        organisation: Id<Organisation>,
        places: &HashMap<Id<Person>, usize>,
    ) -> Result<(), Problem> {
        let log = Log::Organisation(organisation);
        for kind in ["person.changed", "person.added"] {
            let (mut before, mut seen) = (None, 0);
            while seen < ENTRIES {
                let page = Page { before, kind: Some(kind), limit: BATCH };
                let page = ledger::entry_page(tx, log, page)?;
                let Some(last) = page.last() else { break };
                before = Some(last.index);
                seen += page.len();
                for entry in page {
                    let Some(body) = ledger::entry_body_at(tx, log, entry.index)? else { continue };
                    let Ok(body) = serde_json::from_slice::<Value>(&body.body) else { continue };
                    let said = |key: &str| body.get(key).and_then(Value::as_str);
                    let person = said("person").and_then(|id| id.parse().ok());
                    let at = person.and_then(|id: Id<Person>| places.get(&id)).copied();
                    if let (Some(at), Some(address)) = (at, said("email")) {
                        self.had(address.to_lowercase(), at);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whoever has one of these addresses, or had it and nobody else.
    pub(super) fn by_addresses(&self, addresses: &[String]) -> Option<usize> {
        let has = addresses.iter().find_map(|one| self.by_address.get(one).copied());
        has.or_else(|| addresses.iter().find_map(|one| self.by_former.get(one).copied().flatten()))
    }

    /// Who has this name, folded.
    pub(super) fn by_name(&self, key: &str) -> &[usize] {
        self.by_name.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whom a person said a list means; by a name alone only while nobody else has it.
    pub(super) fn tied(&self, address: Option<&String>, key: &str) -> Option<usize> {
        let at = self
            .ties
            .get(&tie_name(address.map(String::as_str).unwrap_or_default(), key))
            .copied()?;
        (address.is_some() || self.by_name(key) == [at]).then_some(at)
    }
}

/// Under which name a tie is kept: the address where there is one, else the name as it is compared.
pub(super) fn tie_name(address: &str, key: &str) -> String {
    if address.is_empty() { format!("name:{key}") } else { format!("mail:{address}") }
}
