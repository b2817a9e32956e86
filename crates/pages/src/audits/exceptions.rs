//! Exceptions: what was signed where a check does not pass, or waits to be.

use crate::Shell;
use crate::components::{Paging, TimeText};
use askama::Template;

/// The exceptions of the organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/exceptions.html")]
pub struct Exceptions {
    /// The frame around the page.
    pub shell: Shell,
    /// The exceptions of this part of the list.
    pub exceptions: Vec<ExceptionLine>,
    /// Where the list goes on.
    pub paging: Paging,
    /// Which of the tabs this is.
    pub tab: &'static str,
}

/// An exception in a list.
#[derive(Debug, Clone)]
pub struct ExceptionLine {
    /// Its id.
    pub id: String,
    /// The control it concerns.
    pub control: String,
    /// What is signed: `Risk accepted`.
    pub form: &'static str,
    /// What it is about, in words.
    pub about: String,
    /// Whether it counts.
    pub state: ExceptionState,
    /// Why.
    pub reason: String,
    /// What is done instead; may be empty.
    pub measure: String,
    /// It covers also what is unknown.
    pub covers_unknown: bool,
    /// Who asked for it.
    pub asked_by: String,
    /// The same person looks at the page.
    pub is_own: bool,
    /// Who approved it; none while nobody has.
    pub approved_by: Option<String>,
    /// It was approved, and it is not shown that two people asked and approved.
    pub is_one_person: bool,
    /// Who of the two had invited the other, in words; empty where neither had.
    pub invited_by: &'static str,
    /// The last day on which it counts.
    pub last_day: TimeText,
    /// The index of the entry that granted it, or in which it was asked for.
    pub entry: i64,
    /// The entry that says why it was withdrawn or declined.
    pub withdrawn_entry: Option<i64>,
    /// Whether this person may approve it, here and now.
    pub may_approve: bool,
    /// Whether this person may withdraw it, here and now.
    pub may_withdraw: bool,
}

/// Whether an exception counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExceptionState {
    /// Nobody has approved it yet.
    Waiting,
    /// It counts.
    InForce,
    /// It counts, for less than 30 days more.
    Ending,
    /// Its last day has passed.
    Lapsed,
    /// A person took it back.
    Withdrawn,
    /// Nobody approved it: it was declined, or its last day passed before.
    Declined,
}
