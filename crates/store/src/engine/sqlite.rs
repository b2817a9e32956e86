//! Runs units on SQLite: one thread writes, in groups that are committed together; a few threads
//! read.
//!
//! A group is what waited during the last commit; it never waits for more. Each unit has a
//! savepoint of its own, so that one can fail without the others. No caller hears anything, not
//! even a refusal, before the group is on disk: a refusal may rest on what an earlier unit of the
//! group wrote.

use super::{Engine, Reader, sqlite_error};
use crate::{
    Row, StoreError, Tx, Value,
    error::Cause,
    job::{Job, Ran},
    memory::{Memory, Plan},
    queue::Line,
    row,
    tx::Context,
};
use rusqlite::{
    Connection,
    types::{ToSqlOutput, ValueRef},
};
use std::{collections::VecDeque, sync::Arc};

/// The thread that writes.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) context: Context,
    pub(crate) queue: Arc<Line>,
    /// How many units a group has at most.
    pub(crate) group_limit: usize,
}

/// How a unit ended for its group.
enum Step {
    /// It is kept or undone; the group goes on.
    Stands,
    /// SQLite ended the transaction: what the group did so far is gone.
    GroupLost,
}

impl Writer {
    /// Runs until the queue is closed and empty.
    pub(crate) fn run(self) {
        let mut memory = Memory::default();
        let mut again: VecDeque<Box<dyn Job>> = VecDeque::new();
        let mut limit = self.group_limit;
        while let Some(first) = again.pop_front().or_else(|| self.queue.next()) {
            let (lost, size) = self.group(&mut memory, first, &mut again, limit);
            if lost.is_empty() {
                limit = self.group_limit;
            } else {
                // Whoever needs too much space must be found, so that the others get through.
                limit = (size / 2).max(1);
                memory.names.forget();
                for job in lost.into_iter().rev() {
                    again.push_front(job);
                }
            }
        }
        // A tidy end leaves one file.
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log stays beside the database");
        }
    }

    /// Runs and commits one group. Returns the units that must run again, and the group's size.
    fn group(
        &self,
        memory: &mut Memory,
        first: Box<dyn Job>,
        again: &mut VecDeque<Box<dyn Job>>,
        limit: usize,
    ) -> (Vec<Box<dyn Job>>, usize) {
        let mut group = Vec::new();
        if let Err(error) = self.run_sql("BEGIN IMMEDIATE") {
            refuse(vec![first], &sqlite_error::of(&error));
            return (group, 0);
        }
        let mut next = Some(first);
        while let Some(mut job) = next {
            match self.unit(memory, &mut *job) {
                Step::Stands => group.push(job),
                Step::GroupLost => {
                    memory.names.forget();
                    job.answer();
                    let size = group.len();
                    return (group, size);
                }
            }
            next = None;
            if group.len() < limit {
                next = again.pop_front().or_else(|| self.queue.next_waiting());
            }
        }
        let size = group.len();
        let Err(error) = self.run_sql("COMMIT") else {
            group.into_iter().for_each(Job::answer);
            return (Vec::new(), size);
        };
        self.abandon();
        memory.names.forget();
        match sqlite_error::of(&error) {
            certain if is_certain(&certain) => {
                if size > 1 {
                    return (group, size);
                }
                refuse(group, &certain);
            }
            _ => refuse(group, &StoreError::OutcomeUnknown(Cause::new(error))),
        }
        (Vec::new(), size)
    }

    fn unit(&self, memory: &mut Memory, job: &mut dyn Job) -> Step {
        if let Err(error) = self.run_sql("SAVEPOINT unit") {
            job.refuse(sqlite_error::of(&error));
            return self.standing();
        }
        let scope = job.scope();
        let engine = Engine::Sqlite(&self.connection);
        let mut tx = Tx::new(engine, memory, &self.context, scope);
        // As on PostgreSQL, a unit that writes begins with its log: it decides how late it is.
        if let Some(Err(error)) = scope.map(|scope| tx.lock(scope.log())) {
            job.refuse(error);
            return self.standing();
        }
        let Ran { is_done, remains } = job.run(&mut tx);
        let is_kept = is_done && remains.wrote;
        if is_done {
            tx.journal_keep();
        }
        if self.connection.is_autocommit() {
            // The unit may have hidden the failure; its own answer stands if it did not.
            if is_done {
                job.refuse(StoreError::Io(Cause::new("the transaction ended by itself")));
            }
            return Step::GroupLost;
        }
        let undo = if is_kept { Ok(()) } else { self.run_sql("ROLLBACK TO unit") };
        if let Err(error) = undo.and_then(|()| self.run_sql("RELEASE unit")) {
            // Half of a unit must not be committed with the group.
            job.refuse(sqlite_error::of(&error));
            self.abandon();
            return Step::GroupLost;
        }
        self.standing()
    }

    fn standing(&self) -> Step {
        if self.connection.is_autocommit() { Step::GroupLost } else { Step::Stands }
    }

    fn abandon(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.run_sql("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    fn run_sql(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.raw_execute().map(|_| ())
    }
}

/// Whether an error in answer to COMMIT says for certain that nothing was kept: the commit mark is
/// the last thing that SQLite writes, and rules are checked before it writes anything.
fn is_certain(error: &StoreError) -> bool {
    matches!(error, StoreError::DiskFull | StoreError::Constraint { .. } | StoreError::Busy)
}

fn refuse(jobs: Vec<Box<dyn Job>>, error: &StoreError) {
    for mut job in jobs {
        job.refuse(error.clone());
        job.answer();
    }
}

/// A thread that reads: each unit sees one state of the database.
pub(crate) struct Reading {
    pub(crate) connection: Connection,
    pub(crate) context: Context,
    pub(crate) queue: Arc<Line>,
}

impl Reading {
    /// Runs until the queue is closed and empty.
    pub(crate) fn run(self) {
        let mut memory = Memory::default();
        while let Some(mut job) = self.queue.next() {
            if let Err(error) = self.unit(&mut memory, &mut *job) {
                job.refuse(sqlite_error::of(&error));
            }
            job.answer();
        }
    }

    fn unit(&self, memory: &mut Memory, job: &mut dyn Job) -> rusqlite::Result<()> {
        self.connection.prepare_cached("BEGIN")?.raw_execute()?;
        job.run(&mut Tx::new(Engine::Sqlite(&self.connection), memory, &self.context, None));
        if !self.connection.is_autocommit() {
            self.connection.prepare_cached("COMMIT")?.raw_execute()?;
        }
        Ok(())
    }
}

pub(crate) fn execute(
    connection: &Connection,
    plan: &Plan,
    params: &[Value<'_>],
) -> Result<u64, StoreError> {
    let run = || -> rusqlite::Result<usize> {
        let mut statement = connection.prepare_cached(&plan.statement.sqlite)?;
        for (place, value) in params.iter().enumerate() {
            statement.raw_bind_parameter(place + 1, value)?;
        }
        statement.raw_execute()
    };
    run().map(|rows| rows as u64).map_err(|error| sqlite_error::of(&error))
}

pub(crate) fn query(
    connection: &Connection,
    plan: &Plan,
    params: &[Value<'_>],
    read: Reader<'_>,
) -> Result<(), StoreError> {
    let says = |error: rusqlite::Error| sqlite_error::of(&error);
    let mut statement = connection.prepare_cached(&plan.statement.sqlite).map_err(says)?;
    for (place, value) in params.iter().enumerate() {
        statement.raw_bind_parameter(place + 1, value).map_err(says)?;
    }
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(says)? {
        read(&Row(row::Inner::Sqlite(row)))?;
    }
    Ok(())
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}
