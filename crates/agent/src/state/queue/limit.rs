//! What the queue gives up when a server is out of reach for long.
//!
//! Confirmations go first, the oldest that another one follows: it is that later one which says how
//! long a state held. Then the remaining confirmations, then the oldest reports, whose bodies move
//! to the next report as far as it builds on them.

use super::{Kind, Queue, Queued};
use crate::{AgentError, state::Dropped};
use closedset_core::check_in::{CHECK_IN_LIMIT, CheckIn};

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLimits {
    /// The most statements.
    pub statements: usize,
    /// The most bytes.
    pub bytes: u64,
}

impl Default for QueueLimits {
    /// 2,000 statements (a week of confirmations every five minutes) and 64 MiB.
    fn default() -> Self {
        Self { statements: 2_000, bytes: 64 << 20 }
    }
}

/// Gives up statements until the queue is within its limits; never the newest one.
pub(super) fn make_room(queue: &mut Queue) -> Result<Dropped, AgentError> {
    let mut dropped = Dropped::default();
    while queue.len() > queue.limits.statements || queue.bytes() > queue.limits.bytes {
        let Some(victim) = victim(queue) else {
            break;
        };
        queue.give_up(&victim)?;
        match victim.kind {
            Kind::Confirmation => dropped.confirmations += 1,
            Kind::Report => dropped.reports += 1,
        }
    }
    Ok(dropped)
}

fn victim(queue: &Queue) -> Option<Queued> {
    let older = queue.len().saturating_sub(1);
    let is_confirmation = |item: &&Queued| item.kind == Kind::Confirmation;
    let followed = queue
        .items
        .iter()
        .zip(queue.items.iter().skip(1))
        .find(|(item, next)| is_confirmation(item) && is_confirmation(next))
        .map(|(item, _)| item);
    followed
        .or_else(|| queue.items.iter().take(older).find(is_confirmation))
        .or_else(|| queue.items.iter().take(older).next())
        .copied()
}

/// Moves the bodies of `item` to the next report, as far as that one speaks of them and has not
/// got its own. Where it would grow beyond what a server takes it stays as it is: then the server
/// asks for everything.
pub(super) fn hand_on(queue: &mut Queue, item: &Queued) -> Result<(), AgentError> {
    let later = |other: &&Queued| other.counter > item.counter && other.kind == Kind::Report;
    let Some(next) = queue.items.iter().find(later).copied() else {
        return Ok(());
    };
    let (Some((_, given)), Some((_, mut taker))) = (queue.read(item)?, queue.read(&next)?) else {
        return Ok(());
    };
    if !take_over(&mut taker, given) || serialised_length(&taker) > CHECK_IN_LIMIT {
        return Ok(());
    }
    let rewritten = queue.write(&taker)?;
    if let Some(slot) = queue.items.iter_mut().find(|slot| slot.counter == next.counter) {
        *slot = rewritten;
    }
    Ok(())
}

/// Whether anything moved.
fn take_over(taker: &mut CheckIn, given: CheckIn) -> bool {
    let before = taker.bodies.len();
    for (kind, body) in given.bodies {
        let spoken_of = taker.digests.as_ref().and_then(|all| all.get(&kind));
        if spoken_of.is_some() && spoken_of.copied() == body.digest().ok() {
            taker.bodies.entry(kind).or_insert(body);
        }
    }
    taker.bodies.len() > before
}

fn serialised_length(check_in: &CheckIn) -> usize {
    serde_json::to_vec(check_in).map_or(usize::MAX, |bytes| bytes.len())
}
