//! A unit of work on its way through a queue: it runs as often as it must, and its caller gets one
//! answer.

use crate::{Scope, StoreError, Tx, tx::Remains};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};
use tokio::sync::oneshot;

/// A unit whose types are hidden. The answer is held back until [`Job::answer`].
pub(crate) trait Job: Send {
    /// What it writes to; none if it only reads.
    fn scope(&self) -> Option<Scope>;
    /// Runs the unit once more, from nothing.
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran;
    /// Replaces the answer by an error.
    fn refuse(&mut self, error: StoreError);
    /// Tells the caller.
    fn answer(self: Box<Self>);
    /// Nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
}

/// How a unit ended.
pub(crate) struct Ran {
    /// The unit and its entries are to be kept.
    pub(crate) is_done: bool,
    pub(crate) remains: Remains,
}

struct Unit<T, E, F> {
    scope: Option<Scope>,
    unit: F,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

/// The unit as a job, and where its answer arrives.
pub(crate) fn job<T, E, F>(
    scope: Option<Scope>,
    unit: F,
) -> (Box<dyn Job>, oneshot::Receiver<Result<T, E>>)
where
    F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    (Box::new(Unit { scope, unit, result: None, caller }), answer)
}

impl<T, E, F> Job for Unit<T, E, F>
where
    F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn scope(&self) -> Option<Scope> {
        self.scope
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        // The transaction and all it wrote are thrown away after a panic; what the thread
        // remembers is only changed by whole steps.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let value = (self.unit)(tx)?;
            tx.finish()?;
            Ok(value)
        }));
        let result =
            outcome.unwrap_or_else(|panic| Err(StoreError::Panicked(words(&*panic)).into()));
        let is_done = result.is_ok();
        self.result = Some(result);
        Ran { is_done, remains: tx.remains() }
    }

    fn refuse(&mut self, error: StoreError) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>) {
        let result = self.result.unwrap_or_else(|| Err(StoreError::Closed.into()));
        // A caller that went away needs no answer.
        let _ = self.caller.send(result);
    }

    fn is_abandoned(&self) -> bool {
        self.caller.is_closed()
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without words".to_owned())
}
