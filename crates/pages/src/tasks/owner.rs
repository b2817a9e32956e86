//! Whose a task is, in words.

use askama::Template;
use askama::filters::HtmlSafe;
use closedset_core::id::{Id, Person};
use closedset_store::tasks::Plan;

/// Whose a task is.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "tasks/owner.html")]
pub enum Owner {
    /// That of whoever looks.
    Me,
    /// Somebody's, by name.
    Person(String),
    /// Nobody's, and it never was.
    Nobody,
    /// Nobody's: whoever had it does not belong any more, or may complete no tasks.
    LeftBy(String),
}

impl HtmlSafe for Owner {}

impl Owner {
    /// As planned, for whoever looks.
    pub(crate) fn of(plan: &Plan, own: Option<Id<Person>>) -> Self {
        match (&plan.owner, &plan.left_by) {
            (Some(owner), _) if Some(owner.person) == own => Self::Me,
            (Some(owner), _) => Self::Person(owner.name.clone()),
            (None, Some(left)) => Self::LeftBy(left.name.clone()),
            (None, None) => Self::Nobody,
        }
    }

    /// Whether anybody may take it.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Nobody | Self::LeftBy(_))
    }
}
