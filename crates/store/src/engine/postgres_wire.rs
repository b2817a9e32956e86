//! A connection to PostgreSQL, and when the server was last heard of. Where it hangs, whoever waits is
//! answered all the same: nothing can be taken back from a driver that waits, but nobody needs to wait
//! with it.

use crate::{StoreError, error::Cause};
use postgres::{Client, Error, Row, SimpleQueryMessage, Statement, types::ToSql};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// When a server was last heard of, over all connections to it.
#[derive(Debug)]
pub(crate) struct Heard {
    state: Mutex<State>,
    /// For how long one that was asked may say nothing on any connection.
    limit: Duration,
}

#[derive(Debug)]
struct State {
    /// How many statements wait for their answer.
    asked: usize,
    /// When the last answer came, or the first of those that wait was asked.
    since: Instant,
    /// How many connections came about.
    opened: u64,
}

impl Heard {
    pub(crate) fn new(limit: Duration) -> Arc<Self> {
        let state = Mutex::new(State { asked: 0, since: Instant::now(), opened: 0 });
        Arc::new(Self { state, limit })
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// How many connections came about so far: where it grew, the server is there.
    pub(crate) fn opened(&self) -> u64 {
        self.lock().opened
    }

    /// Refuses while the server was asked and has answered nothing for too long.
    pub(crate) fn refuse_silence(&self) -> Result<(), StoreError> {
        let state = self.lock();
        if state.asked == 0 || state.since.elapsed() < self.limit {
            return Ok(());
        }
        Err(StoreError::Unavailable(Cause::new("the database server is silent")))
    }

    fn ask<T>(&self, question: impl FnOnce() -> T) -> T {
        {
            let mut state = self.lock();
            if state.asked == 0 {
                state.since = Instant::now();
            }
            state.asked += 1;
        }
        let _answered = Answered(self);
        question()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that an answer came, also where the driver panicked.
struct Answered<'h>(&'h Heard);

impl Drop for Answered<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.asked -= 1;
        state.since = Instant::now();
    }
}

/// A connection whose every statement is noted.
pub(crate) struct Wire {
    client: Client,
    heard: Arc<Heard>,
}

type Answer<T> = Result<T, Error>;

impl Wire {
    /// Connects by `open`, which is waited for as a statement is.
    pub(crate) fn open(
        heard: &Arc<Heard>,
        open: impl FnOnce() -> Result<Client, StoreError>,
    ) -> Result<Self, StoreError> {
        let client = heard.ask(open)?;
        heard.lock().opened += 1;
        Ok(Self { client, heard: Arc::clone(heard) })
    }

    pub(crate) fn batch_execute(&mut self, sql: &str) -> Answer<()> {
        self.heard.ask(|| self.client.batch_execute(sql))
    }

    pub(crate) fn simple_query(&mut self, sql: &str) -> Answer<Vec<SimpleQueryMessage>> {
        self.heard.ask(|| self.client.simple_query(sql))
    }

    pub(crate) fn prepare(&mut self, sql: &str) -> Answer<Statement> {
        self.heard.ask(|| self.client.prepare(sql))
    }

    pub(crate) fn execute(
        &mut self,
        statement: &Statement,
        params: &[&(dyn ToSql + Sync)],
    ) -> Answer<u64> {
        self.heard.ask(|| self.client.execute(statement, params))
    }

    pub(crate) fn query(
        &mut self,
        statement: &Statement,
        params: &[&(dyn ToSql + Sync)],
    ) -> Answer<Vec<Row>> {
        self.heard.ask(|| self.client.query(statement, params))
    }
}
