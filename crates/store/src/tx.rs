//! The transaction that a unit of work sees: statements, time, randomness and the ledger.
//!
//! After the first error of a statement nothing of the unit is kept, even if the unit goes on and
//! returns `Ok`: PostgreSQL has aborted the transaction by then, and SQLite must not differ.

use crate::{
    Row, Scope, StoreError, Value,
    engine::Engine,
    exempt,
    memory::{Memory, Plan},
    record::{Journal, Position},
};
use closedset_core::{
    Clock, Duration, Randomness, Time,
    id::{Id, Kind},
    randomness,
};
use std::{rc::Rc, sync::Arc};

/// How far a clock may have gone back for a log to wait for it. One that was wrong by more is not
/// waited for: the times of everything would stand still until it comes there again.
const PATIENCE: Duration = Duration::from_days(1);

/// What a unit needs beside the database.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
}

/// A unit's transaction.
pub struct Tx<'t> {
    engine: Engine<'t>,
    pub(crate) memory: &'t mut Memory,
    context: &'t Context,
    scope: Option<Scope>,
    now: Time,
    changed: Vec<Rc<Plan>>,
    failure: Option<StoreError>,
    pub(crate) journal: Journal,
}

/// What is left of a unit when it is over.
pub(crate) struct Remains {
    /// The first failure of a statement.
    pub(crate) failure: Option<StoreError>,
    /// Rows were changed or entries written.
    pub(crate) wrote: bool,
}

impl<'t> Tx<'t> {
    pub(crate) fn new(
        engine: Engine<'t>,
        memory: &'t mut Memory,
        context: &'t Context,
        scope: Option<Scope>,
    ) -> Self {
        Self {
            engine,
            memory,
            context,
            scope,
            now: context.clock.now(),
            changed: Vec::new(),
            failure: None,
            journal: Journal::default(),
        }
    }

    /// When the unit began: after it got hold of its log, and not before that log's last entry, so
    /// that no later number has an earlier time (unless the clock went back by more than a day). The
    /// same during the whole unit of an organisation.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Lets the unit begin no earlier than `last`.
    pub(crate) fn not_before(&mut self, last: Time) {
        if last.since(self.now) <= PATIENCE {
            self.now = self.now.max(last);
        }
    }

    /// A new id.
    pub fn new_id<K: Kind>(&mut self) -> Id<K> {
        Id::new(self.now, &*self.context.randomness)
    }

    /// Random bytes fit for keys.
    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        randomness::bytes(&*self.context.randomness)
    }

    /// Which log's row is held; none in a unit that only reads.
    pub(crate) fn scope(&self) -> Option<Scope> {
        self.scope
    }

    /// Runs INSERT, UPDATE or DELETE and says how many rows it concerned.
    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.guarded(|tx| {
            let plan = tx.plan(sql, params, Reach::Areas)?;
            let rows = tx.engine.execute(&plan, params)?;
            tx.note(&plan, rows);
            Ok(rows)
        })
    }

    /// Runs a statement and reads each row of its answer.
    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut answer = Vec::new();
        self.guarded(|tx| {
            let plan = tx.plan(sql, params, Reach::Areas)?;
            let mut rows = 0;
            let outcome = tx.engine.query(&plan, params, &mut |row| {
                rows += 1;
                answer.push(read(row)?);
                Ok(())
            });
            tx.note(&plan, rows);
            outcome
        })?;
        Ok(answer)
    }

    /// Runs a statement whose answer has at most one row.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut rows = self.query(sql, params, read)?;
        if rows.len() > 1 {
            return self.guarded(|_| {
                Err(StoreError::statement("more than one row answers a query for at most one"))
            });
        }
        Ok(rows.pop())
    }

    /// Runs a statement on the tables that only the store writes; not counted as a change.
    pub(crate) fn execute_reserved(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        self.guarded(|tx| {
            let plan = tx.plan(sql, params, Reach::Store)?;
            let rows = tx.engine.execute(&plan, params)?;
            tx.journal.wrote |= rows > 0;
            Ok(rows)
        })
    }

    /// Locks the row of a log and reads where it stands.
    pub(crate) fn log_row(&mut self, log: &str) -> Result<Option<Position>, StoreError> {
        let sql = match self.engine {
            Engine::Sqlite(_) => "SELECT next_index, erasures, last_at FROM log WHERE log = $1",
            Engine::Postgres(_) => {
                "SELECT next_index, erasures, last_at FROM log WHERE log = $1 FOR NO KEY UPDATE"
            }
        };
        self.query_opt(sql, &[Value::from(log)], |row| {
            Ok(Position { next: row.int(0)?, erasures: row.int(1)?, last_at: row.time(2)? })
        })
    }

    /// Ends the unit: refuses changes without an entry, then writes the entries.
    pub(crate) fn finish(&mut self) -> Result<(), StoreError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if !self.changed.is_empty() && self.journal.is_empty() {
            let tables: Vec<&str> =
                self.changed.iter().filter_map(|plan| plan.statement.target.as_deref()).collect();
            if tables.iter().any(|table| !exempt::is_exempt(table)) {
                let named = tables.into_iter().filter(|table| !exempt::is_exempt(table));
                return Err(StoreError::NoEntry { tables: named.collect::<Vec<_>>().join(", ") });
            }
        }
        self.journal_flush()
    }

    pub(crate) fn remains(&mut self) -> Remains {
        Remains {
            failure: self.failure.take(),
            wrote: self.journal.wrote || !self.changed.is_empty(),
        }
    }

    fn plan(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        reach: Reach,
    ) -> Result<Rc<Plan>, StoreError> {
        let plan = self.memory.plans.find(sql)?;
        if plan.statement.placeholders != params.len() {
            return Err(StoreError::statement(format!(
                "{} placeholders and {} values",
                plan.statement.placeholders,
                params.len()
            )));
        }
        if let Some(table) = &plan.statement.target {
            if self.scope.is_none() {
                return Err(StoreError::ReadOnly { table: table.clone() });
            }
            if matches!(reach, Reach::Areas) && exempt::is_reserved(table) {
                return Err(StoreError::statement(format!(
                    "only the store itself writes to {table}"
                )));
            }
        }
        let has_nul = |value: &Value<'_>| matches!(value, Value::Text(text) if text.contains('\0'));
        if params.iter().any(has_nul) {
            return Err(StoreError::Nul);
        }
        Ok(plan)
    }

    fn note(&mut self, plan: &Rc<Plan>, rows: u64) {
        let target = &plan.statement.target;
        if rows > 0
            && target.is_some()
            && !self.changed.iter().any(|known| known.statement.target == *target)
        {
            self.changed.push(Rc::clone(plan));
        }
    }

    /// Remembers the first error, and lets nothing run after it.
    pub(crate) fn guarded<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let outcome = step(self);
        if let Err(error) = &outcome {
            self.failure = Some(error.clone());
        }
        outcome
    }
}

#[derive(Clone, Copy)]
enum Reach {
    Areas,
    Store,
}
