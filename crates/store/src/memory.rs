//! What a connection's thread remembers between units: statements that were read and prepared, and
//! the pseudonyms of the logs.

use crate::{StoreError, statement::Statement};
use closedset_core::entry::Log;
use std::{cell::OnceCell, collections::HashMap, rc::Rc};

/// More statements than the program has mean that somebody builds texts from values.
const PLAN_LIMIT: usize = 1_024;
const NAME_LIMIT: usize = 65_536;

/// One connection's memory.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) plans: Plans,
    pub(crate) names: Names,
}

/// Statements by their text.
#[derive(Default)]
pub(crate) struct Plans(HashMap<Box<str>, Rc<Plan>>);

/// A statement that was read, and on PostgreSQL prepared.
pub(crate) struct Plan {
    pub(crate) sql: Box<str>,
    pub(crate) statement: Statement,
    pub(crate) prepared: OnceCell<postgres::Statement>,
}

impl Plans {
    pub(crate) fn find(&mut self, sql: &str) -> Result<Rc<Plan>, StoreError> {
        if let Some(plan) = self.0.get(sql) {
            return Ok(Rc::clone(plan));
        }
        let plan = Rc::new(Plan {
            sql: sql.into(),
            statement: Statement::parse(sql)?,
            prepared: OnceCell::new(),
        });
        if self.0.len() >= PLAN_LIMIT {
            self.0.clear();
        }
        self.0.insert(sql.into(), Rc::clone(&plan));
        Ok(plan)
    }
}

/// Pseudonyms that are committed, by log and name. A log's row counts its erasures: names learnt
/// under another count are forgotten, so that an erasure on any connection or server is noticed.
#[derive(Default)]
pub(crate) struct Names {
    logs: HashMap<Log, NamesOfLog>,
    count: usize,
}

#[derive(Default)]
struct NamesOfLog {
    erasures: i64,
    pseudonyms: HashMap<Box<str>, Box<str>>,
}

impl Names {
    pub(crate) fn find(&self, log: Log, erasures: i64, name: &str) -> Option<&str> {
        let names = self.logs.get(&log).filter(|names| names.erasures == erasures)?;
        names.pseudonyms.get(name).map(AsRef::as_ref)
    }

    pub(crate) fn learn(&mut self, log: Log, erasures: i64, name: &str, pseudonym: &str) {
        if self.count >= NAME_LIMIT {
            self.forget();
        }
        let names = self.logs.entry(log).or_default();
        if names.erasures != erasures {
            self.count -= names.pseudonyms.len();
            names.pseudonyms.clear();
            names.erasures = erasures;
        }
        if names.pseudonyms.insert(name.into(), pseudonym.into()).is_none() {
            self.count += 1;
        }
    }

    pub(crate) fn forget(&mut self) {
        self.logs.clear();
        self.count = 0;
    }
}
