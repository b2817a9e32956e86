//! Lists of people from elsewhere, held against the register: payroll, the accounts of the identity provider, badges.
//! What the two do not agree on is kept, and settled line by line: a task, a word on why it is well, or who it is.
//!
//! One use case a file. A list never changes the register. It is read by `columns` and `rows`, judged by `judge` without
//! any I/O, and held for a day at most: what is kept of it is what the two do not agree on.

mod account;
mod carry;
mod columns;
mod compare;
mod fold;
mod forget;
mod held;
mod judge;
mod known;
mod list;
mod rows;
mod settle;
#[cfg(test)]
mod tests;

pub use columns::{Says, SaysColumn};
pub use compare::list_compare;
pub(crate) use forget::forget;
pub(crate) use held::held_sweep;
pub use held::{HeldLook, list_hold, list_look};
pub use judge::ComparisonCounts;
pub use list::{ComparisonShown, LastOfKind, comparison_last, comparison_one, difference_person};
pub use settle::{difference_aside, difference_task, difference_tie, names_tie};

use crate::Problem;
use closedset_core::{
    Actor, Duration,
    entry::Log,
    id::{Comparison, Id, Organisation},
};
use closedset_store::{NewEntry, Tx};
use serde_json::Value;

/// A list is held for so long until it is compared.
pub const HELD_LIFE: Duration = Duration::from_hours(24);
/// So many lists of one organisation wait; then the oldest goes.
pub const HELD: usize = 3;
/// The most rows of a list.
pub const ROWS: usize = 20_000;
/// So many differences are kept of one comparison; all are counted.
pub const DIFFERENCES: usize = 2_000;
/// An account that nobody signed in to for so many days is told.
pub const DORMANT_DAYS: i64 = 90;

/// Writes an entry about a comparison; its index.
fn tell(
    tx: &mut Tx<'_>,
    (actor, organisation): (&Actor, Id<Organisation>),
    id: Id<Comparison>,
    kind: &'static str,
    body: Value,
) -> Result<i64, Problem> {
    let new = NewEntry { actor, subject: format!("comparison:{id}"), kind, body };
    Ok(tx.record(Log::Organisation(organisation), new)?.index)
}
