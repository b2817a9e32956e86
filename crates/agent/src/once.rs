//! One look, one statement, one try to deliver.

use crate::{
    Agent, AgentError, Delivery, Dropped, Seen, Stated, Stop,
    agent::Due,
    collected::{Collected, Collector, Depth, Look, collect, measure},
};
use closedset_core::Duration;

/// What one look led to.
#[derive(Debug)]
pub struct RunReport {
    /// What was stated.
    pub stated: Stated,
    /// What became of the queue.
    pub delivery: Delivery,
    /// How many statements still wait.
    pub waiting: usize,
    /// What this run lost.
    pub dropped: Dropped,
    /// When the server wants the next check-in.
    pub next_in: Duration,
}

/// Looks at the computer once, states what it found, and tries to deliver what waits.
///
/// A server that is out of reach is no error: it stands in the report, and the statement waits on
/// the disk. An error is what keeps the agent from stating anything.
pub fn run_once(agent: &mut Agent, collector: &Collector) -> Result<RunReport, AgentError> {
    agent.refuse_if_revoked()?;
    let look = Look { at: agent.clock.now(), depth: Depth::Whole };
    let found = collect(collector, look, &agent.key)?;
    tell(agent, collector, found)
}

/// States what was seen already, and tries to deliver what waits. It counts as of when it was seen.
pub fn report_once(agent: &mut Agent, seen: Seen) -> Result<RunReport, AgentError> {
    agent.refuse_if_revoked()?;
    let bodies = seen.bodies.clone();
    let found = measure(seen, &agent.key)?;
    tell(agent, &move |_| bodies.clone(), found)
}

fn tell(
    agent: &mut Agent,
    collector: &Collector,
    found: Collected,
) -> Result<RunReport, AgentError> {
    let before = agent.progress.dropped;
    // Due now: it always states something.
    let stated = agent.state(&found, Due::Now)?.unwrap_or(Stated::Confirmation);
    let delivery = agent.deliver_all(collector, Some(found), &Stop::default())?;
    Ok(RunReport {
        stated,
        delivery,
        waiting: agent.queue.len(),
        dropped: agent.progress.dropped.since(before),
        next_in: agent.every(),
    })
}
