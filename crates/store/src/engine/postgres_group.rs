//! Commits units of one organisation together on PostgreSQL: what waited during the last commit is
//! one transaction, so that its cost is shared. As on SQLite each unit has a savepoint, sees what the
//! units before it wrote, and fails without the others; and no caller hears anything before COMMIT.
//!
//! What may lie in one unit and undoes all of them (a deadlock, a lost connection, a rule that is
//! checked at COMMIT) is told to the worker, which then runs each by itself.

use super::{
    Engine,
    postgres::{Attempt, Connection},
    postgres_error,
};
use crate::{
    Scope, StoreError, Tx,
    error::Cause,
    job::{Job, Ran},
    record::Position,
    tx::Context,
};

/// How many units are committed together at most. PostgreSQL keeps the numbers of 64
/// subtransactions at hand; with more, every other transaction looks them up on disk.
pub(super) const LIMIT: usize = 64;

/// How a unit ended for its group.
enum Step {
    /// It is kept; the log stands there now.
    Kept(Option<Position>),
    /// Nothing of it is kept.
    Undone,
}

impl Connection {
    /// Runs the units in one transaction and commits it. Their answers stand in them if it is over.
    pub(super) fn group(
        &mut self,
        context: &Context,
        scope: Scope,
        jobs: &mut [Box<dyn Job>],
    ) -> Attempt {
        let attempt = match self.run_group(context, scope, jobs) {
            Ok(true) => self.commit(),
            Ok(false) => self.rollback(),
            Err(error) => self.undo(error),
        };
        if !matches!(attempt, Attempt::Over) {
            // Pseudonyms of units that were to be kept.
            self.memory.names.forget();
        }
        attempt
    }

    /// Whether anything was written; an error undoes all of it.
    fn run_group(
        &mut self,
        context: &Context,
        scope: Scope,
        jobs: &mut [Box<dyn Job>],
    ) -> Result<bool, StoreError> {
        let mut position = self.begin(Some(scope), "; SAVEPOINT unit")?;
        let mut is_first = true;
        let mut wrote = false;
        for job in jobs.iter_mut().filter(|job| !job.is_abandoned()) {
            if !std::mem::take(&mut is_first) {
                // After an undone unit this renews the savepoint, which is as good.
                self.run_sql("RELEASE unit; SAVEPOINT unit")?;
            }
            match self.step(context, scope, position, &mut **job)? {
                Step::Kept(after) => (position, wrote) = (after, true),
                Step::Undone => self.run_sql("ROLLBACK TO unit")?,
            }
        }
        Ok(wrote)
    }

    fn step(
        &mut self,
        context: &Context,
        scope: Scope,
        position: Option<Position>,
        job: &mut dyn Job,
    ) -> Result<Step, StoreError> {
        let engine = Engine::Postgres(&mut self.client);
        let mut tx = Tx::new(engine, &mut self.memory, context, Some(scope));
        match position {
            Some(position) => tx.adopt(scope.log(), position),
            None => tx.lock(scope.log())?,
        }
        let Ran { is_done, remains } = job.run(&mut tx);
        match remains.failure {
            Some(error @ (StoreError::Unavailable(_) | StoreError::Contended(_))) => Err(error),
            _ if is_done && remains.wrote => {
                tx.journal_keep();
                Ok(Step::Kept(tx.position()))
            }
            _ => Ok(Step::Undone),
        }
    }

    fn commit(&mut self) -> Attempt {
        match self.client.batch_execute("COMMIT") {
            Ok(()) => Attempt::Over,
            Err(error) if postgres_error::is_certain(&error) => {
                self.undo(postgres_error::of(&error))
            }
            Err(error) => Attempt::Unknown(Cause::new(error)),
        }
    }

    fn run_sql(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| postgres_error::of(&error))
    }
}
