//! Runs units on PostgreSQL: a few threads, each with a connection of its own. What writes first
//! locks the row of its scope's log; the queue gives a scope to one thread at a time, so that threads
//! do not wait for one lock. Units of an organisation that wait together are committed together, see
//! `postgres_group`; all others have a transaction of their own.
//!
//! A connection that is lost before COMMIT lost nothing that was promised: the unit runs once more
//! on a new one. While the server is away, units are refused at once and connecting is tried ever
//! more seldom, until one thread gets through: then by all of them at once.

use super::{
    Engine, Reader,
    postgres_address::Address,
    postgres_error, postgres_group,
    postgres_wire::{Heard, Wire},
};
use crate::{
    Row, Scope, StoreError, Tx, Value,
    error::Cause,
    job::{Job, Ran},
    memory::{Memory, Plan},
    queue::{Lanes, Line},
    record::Position,
    row,
    tx::Context,
};
use closedset_core::Time;
use postgres::{Client, SimpleQueryMessage, types::ToSql};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How often a unit runs before it is refused because others stand in its way.
const ATTEMPTS: usize = 5;
const PAUSE_FIRST: Duration = Duration::from_millis(50);
const PAUSE_LAST: Duration = Duration::from_secs(2);

/// A thread with its connection.
pub(crate) struct Worker {
    context: Context,
    link: Link,
}

struct Link {
    address: Address,
    heard: Arc<Heard>,
    connection: Option<Connection>,
    pause: Duration,
    /// When connecting is tried again, unless another thread has connected since then.
    not_before: Option<(Instant, u64)>,
}

pub(super) struct Connection {
    pub(super) client: Wire,
    pub(super) memory: Memory,
}

/// What became of one attempt.
pub(super) enum Attempt {
    /// The answer stands in the job.
    Over,
    /// Nothing was kept; other units stood in the way.
    Contended(StoreError),
    /// Nothing was kept; the connection is gone.
    Lost(StoreError),
    /// COMMIT was sent and not confirmed.
    Unknown(Cause),
}

impl Worker {
    pub(crate) fn new(address: Address, heard: Arc<Heard>, context: Context) -> Self {
        let link = Link { address, heard, connection: None, pause: PAUSE_FIRST, not_before: None };
        Self { context, link }
    }

    /// Runs units that write until the queue is closed and empty.
    pub(crate) fn run_writes(mut self, queue: &Arc<Lanes>, group_limit: usize) {
        let limit = group_limit.min(postgres_group::LIMIT);
        while let Some((scope, mut jobs)) = queue.next(limit) {
            jobs.retain(|job| !job.is_abandoned());
            // Units of the installation may lock other logs: held together, they could stand in
            // the way of others in a circle.
            if scope != Scope::Installation && jobs.len() > 1 {
                jobs = self.group(scope, jobs);
            }
            jobs.into_iter().for_each(|job| self.job(job));
            queue.release(scope);
        }
    }

    /// Runs units together. Returns those that must run again, each by itself: what went wrong may
    /// lie in one of them.
    fn group(&mut self, scope: Scope, mut jobs: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        let Ok(connection) = self.link.connect() else { return jobs };
        match connection.group(&self.context, scope, &mut jobs) {
            Attempt::Over => jobs.drain(..).for_each(Job::answer),
            Attempt::Contended(_) => {}
            Attempt::Lost(_) => self.link.connection = None,
            Attempt::Unknown(cause) => {
                self.link.connection = None;
                for mut job in jobs.drain(..) {
                    job.refuse(StoreError::OutcomeUnknown(cause.clone()));
                    job.answer();
                }
            }
        }
        jobs
    }

    /// Runs units that read until the queue is closed and empty.
    pub(crate) fn run_reads(mut self, queue: &Arc<Line>) {
        while let Some(job) = queue.next() {
            self.job(job);
        }
    }

    fn job(&mut self, mut job: Box<dyn Job>) {
        let mut refusal = StoreError::Busy;
        for _ in 0..ATTEMPTS {
            let attempt = match self.link.connect() {
                Ok(connection) => connection.unit(&self.context, &mut *job),
                Err(error) => {
                    job.refuse(error);
                    return job.answer();
                }
            };
            match attempt {
                Attempt::Over => return job.answer(),
                Attempt::Contended(error) => refusal = error,
                Attempt::Lost(error) => {
                    self.link.connection = None;
                    refusal = error;
                }
                Attempt::Unknown(cause) => {
                    self.link.connection = None;
                    refusal = StoreError::OutcomeUnknown(cause);
                    break;
                }
            }
        }
        job.refuse(refusal);
        job.answer();
    }
}

impl Link {
    fn connect(&mut self) -> Result<&mut Connection, StoreError> {
        if self.connection.is_none() {
            let opened = self.heard.opened();
            if self.not_before.is_some_and(|(time, then)| Instant::now() < time && then == opened) {
                return Err(StoreError::Unavailable(Cause::new("waiting before the next attempt")));
            }
            match Wire::open(&self.heard, || open(&self.address)) {
                Ok(client) => {
                    self.connection = Some(Connection { client, memory: Memory::default() });
                    self.pause = PAUSE_FIRST;
                    self.not_before = None;
                }
                Err(error) => {
                    self.not_before = Some((Instant::now() + self.pause, opened));
                    self.pause = (self.pause * 2).min(PAUSE_LAST);
                    return Err(error);
                }
            }
        }
        self.connection.as_mut().ok_or(StoreError::Closed)
    }
}

/// Connects and makes sure that COMMIT means durable and that nobody holds a lock for ever.
pub(crate) fn open(address: &Address) -> Result<Client, StoreError> {
    let mut client = address.connect()?;
    client
        .batch_execute(
            "SET lock_timeout = '15s';
             SET idle_in_transaction_session_timeout = '60s';
             SET default_transaction_isolation = 'read committed';
             SELECT set_config('synchronous_commit', 'on', false)
             WHERE current_setting('synchronous_commit') IN ('off', 'local');",
        )
        .map_err(|error| postgres_error::of(&error))?;
    Ok(client)
}

impl Connection {
    fn unit(&mut self, context: &Context, job: &mut dyn Job) -> Attempt {
        let scope = job.scope();
        let row = match self.begin(scope, "") {
            Ok(row) => row,
            Err(error) => return self.undo(error),
        };
        let engine = Engine::Postgres(&mut self.client);
        let mut tx = Tx::new(engine, &mut self.memory, context, scope);
        let held = match (scope, row) {
            (None, _) => Ok(()),
            (Some(scope), Some(position)) => {
                tx.adopt(scope.log(), position);
                Ok(())
            }
            (Some(scope), None) => tx.lock(scope.log()),
        };
        if let Err(error) = held {
            return self.undo(error);
        }
        let Ran { is_done, remains } = job.run(&mut tx);
        if !is_done || !remains.wrote {
            return match remains.failure {
                Some(failure) => self.undo_or(failure, Attempt::Over),
                None => self.rollback(),
            };
        }
        tx.journal_keep();
        match self.client.batch_execute("COMMIT") {
            Ok(()) => Attempt::Over,
            Err(error) if postgres_error::is_certain(&error) => {
                self.memory.names.forget();
                let error = postgres_error::of(&error);
                job.refuse(error.clone());
                self.undo_or(error, Attempt::Over)
            }
            Err(error) => Attempt::Unknown(Cause::new(error)),
        }
    }

    /// Begins a transaction, and for what writes locks its log in the same round trip, with what is
    /// to follow.
    pub(super) fn begin(
        &mut self,
        scope: Option<Scope>,
        then: &str,
    ) -> Result<Option<Position>, StoreError> {
        let sql = match scope {
            None => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
            // The name of a log is `installation` or an id: it needs no quoting.
            Some(scope) => format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
                 SELECT next_index, erasures, last_at FROM log WHERE log = '{}' FOR NO KEY UPDATE{then}",
                scope.log()
            ),
        };
        let answer = self.client.simple_query(&sql).map_err(|error| postgres_error::of(&error))?;
        let number = |row: &postgres::SimpleQueryRow, column| {
            row.get(column).and_then(|text| text.parse().ok()).unwrap_or_default()
        };
        Ok(answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(Position {
                next: number(row, 0),
                erasures: number(row, 1),
                last_at: Time::from_millis(number(row, 2)),
            }),
            _ => None,
        }))
    }

    /// Rolls back after `error`, which is the job's answer unless another attempt may mend it.
    pub(super) fn undo(&mut self, error: StoreError) -> Attempt {
        let otherwise = Attempt::Contended(error.clone());
        self.undo_or(error, otherwise)
    }

    fn undo_or(&mut self, error: StoreError, otherwise: Attempt) -> Attempt {
        match error {
            StoreError::Unavailable(_) => Attempt::Lost(error),
            StoreError::Contended(_) => match self.rollback() {
                Attempt::Over => Attempt::Contended(error),
                lost => lost,
            },
            _ => match self.rollback() {
                Attempt::Over => otherwise,
                // The unit's own answer stands; the next one connects anew.
                lost => lost,
            },
        }
    }

    pub(super) fn rollback(&mut self) -> Attempt {
        match self.client.batch_execute("ROLLBACK") {
            Ok(()) => Attempt::Over,
            Err(error) => Attempt::Lost(postgres_error::of(&error)),
        }
    }
}

pub(crate) fn execute(
    client: &mut Wire,
    plan: &Plan,
    params: &[Value<'_>],
) -> Result<u64, StoreError> {
    let statement = prepared(client, plan)?;
    client.execute(statement, &bound(params)).map_err(|error| postgres_error::of(&error))
}

pub(crate) fn query(
    client: &mut Wire,
    plan: &Plan,
    params: &[Value<'_>],
    read: Reader<'_>,
) -> Result<(), StoreError> {
    let statement = prepared(client, plan)?;
    let rows =
        client.query(statement, &bound(params)).map_err(|error| postgres_error::of(&error))?;
    rows.iter().try_for_each(|row| read(&Row(row::Inner::Postgres(row))))
}

fn prepared<'p>(client: &mut Wire, plan: &'p Plan) -> Result<&'p postgres::Statement, StoreError> {
    if let Some(statement) = plan.prepared.get() {
        return Ok(statement);
    }
    let statement = client.prepare(&plan.sql).map_err(|error| postgres_error::of(&error))?;
    Ok(plan.prepared.get_or_init(|| statement))
}

fn bound<'v>(params: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}
