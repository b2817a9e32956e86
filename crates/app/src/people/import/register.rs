//! The register as a list is held against it: everybody by address and by name, with their work.

use crate::{Problem, people::name::key};
use closedset_core::{
    engagement::{Days, EngagementForm},
    entry::Log,
    id::{Id, Organisation, Person, Title},
};
use closedset_store::{Tx, imports, ledger, people, register, titles};
use std::collections::HashMap;

/// Whom a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Who {
    /// Somebody who is known.
    Known(Id<Person>),
    /// Somebody whom this row of the list names first, by its place among the rows.
    New(usize),
}

/// Somebody, and what they do.
#[derive(Debug)]
pub(super) struct Somebody {
    pub(super) who: Who,
    pub(super) name: String,
    pub(super) key: String,
    /// Their address, or what stands for it.
    pub(super) address: String,
    pub(super) has_email: bool,
    pub(super) phone: String,
    pub(super) engagements: Vec<(EngagementForm, String, Days)>,
    pub(super) assignments: Vec<(Id<Title>, String, Days)>,
}

/// The register.
#[derive(Debug, Default)]
pub(super) struct Register {
    pub(super) people: Vec<Somebody>,
    pub(super) by_email: HashMap<String, usize>,
    pub(super) by_key: HashMap<String, Vec<usize>>,
    /// The names that belong to somebody who belongs, is invited, or works here or ever did, and their addresses.
    taken: HashMap<String, Vec<String>>,
    /// Titles by the keys of their aliases.
    pub(super) titles: HashMap<String, Id<Title>>,
    /// How many entries the ledger had: since every change leaves one, what was read is so until there are more.
    pub(super) position: i64,
}

impl Register {
    /// Reads all of it.
    pub(super) fn read(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<Self, Problem> {
        let mut read = Self {
            position: ledger::entry_count(tx, Log::Organisation(organisation))?,
            ..Self::default()
        };
        let mut places: HashMap<Id<Person>, usize> = HashMap::new();
        for row in imports::people_all(tx, organisation)? {
            let address = row.address();
            places.insert(row.id, read.people.len());
            read.add(Somebody {
                who: Who::Known(row.id),
                key: key(&row.name),
                name: row.name,
                has_email: row.email.is_some(),
                address,
                phone: row.phone,
                engagements: Vec::new(),
                assignments: Vec::new(),
            });
        }
        for row in imports::engagements_all(tx, organisation)? {
            if let Some(somebody) = places.get(&row.person).and_then(|at| read.people.get_mut(*at))
            {
                somebody.engagements.push((row.form, row.job, row.days));
            }
        }
        for row in imports::assignments_all(tx, organisation)? {
            if let Some(somebody) = places.get(&row.person).and_then(|at| read.people.get_mut(*at))
            {
                somebody.assignments.push((row.title, row.job, row.days));
            }
        }
        for (name, address) in register::register_names(tx, organisation)? {
            read.take(key(&name), address);
        }
        for row in people::invitation_list(tx, organisation)? {
            read.take(key(&row.name), row.email);
        }
        let mut after = None;
        loop {
            let rows = people::member_list(tx, organisation, after, 200)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.person);
            for row in rows {
                read.take(key(&row.name), row.email);
            }
        }
        for row in titles::title_list(tx, organisation, None)? {
            read.titles.insert(key(&row.alias), row.id);
        }
        Ok(read)
    }

    /// Adds somebody and says where they stand.
    pub(super) fn add(&mut self, somebody: Somebody) -> usize {
        let at = self.people.len();
        if somebody.has_email {
            self.by_email.insert(somebody.address.clone(), at);
        }
        self.by_key.entry(somebody.key.clone()).or_default().push(at);
        self.people.push(somebody);
        at
    }

    /// A name belongs to somebody from now on.
    pub(super) fn take(&mut self, key: String, address: String) {
        let known = self.taken.entry(key).or_default();
        if !known.contains(&address) {
            known.push(address);
        }
    }

    /// Whether a name belongs to another than whoever has this address.
    pub(super) fn is_taken(&self, key: &str, address: &str) -> bool {
        self.taken.get(key).is_some_and(|by| by.iter().any(|other| other != address))
    }
}
