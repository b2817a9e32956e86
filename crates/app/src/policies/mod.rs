//! What whoever works here must know and keep to: written policies, one use case a file.
//!
//! A policy is written as a draft, sent, and approved by another person, where there is another who may. Approval makes
//! it the version in force: everybody who is engaged says that they read it, on the page that their personal link
//! opens. Once a year somebody looks at it again. While the policies in force cover every topic that content owners name,
//! all of them together are given as one document for their control; a topic that nothing covers takes it back.

mod acknowledge;
mod approve;
mod draft;
mod draft_drop;
mod draft_send;
mod handbook;
mod list;
mod paper;
mod remind;
mod retire;
mod review;
mod templates;
mod text;

pub use acknowledge::{Read, ToRead, acknowledge, to_read, to_read_one};
pub use approve::{Approving, policy_approve};
pub use draft::{NewDraft, policy_draft_save, policy_start};
pub use draft_drop::policy_draft_drop;
pub use draft_send::policy_send;
pub use handbook::{CONTROL, HandbookStanding, handbook_give};
pub use list::{
    Known, LISTED, Policies, PolicyDetail, PolicyShown, known_by, policy_detail, policy_list,
};
pub use remind::policy_remind;
pub use retire::policy_retire;
pub use review::policy_review;
pub use templates::{EVERYTHING, Template, template_list};

use crate::{
    Problem,
    admitted::Admitted,
    people::{day_of, name_key},
};
use closedset_core::{
    entry::Log,
    id::{Id, Organisation, Policy},
};
use closedset_store::{
    NewEntry, Tx,
    policies::{self, DraftRow, PolicyRow},
};
use jiff::{Span, civil::Date};
use serde_json::Value;

/// More policies are not kept, those that are not in force any more among them.
const POLICIES: usize = 100;
/// More policies are not in force at once.
const IN_FORCE: usize = 20;
/// More versions of one policy are not kept.
const VERSIONS: i64 = 200;

/// A policy that was not retired, approved or not.
fn kept(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Policy>,
) -> Result<PolicyRow, Problem> {
    policies::policy_by_id(tx, organisation, id)?
        .filter(|row| row.retired_at.is_none())
        .ok_or(Problem::NotFound("policy"))
}

/// A policy and its draft, as somebody saw them.
fn drafted(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (id, edition): (Id<Policy>, i64),
) -> Result<(PolicyRow, DraftRow), Problem> {
    let row = kept(tx, organisation, id)?;
    match policies::draft_of(tx, id)? {
        Some(draft) if row.edition == edition => Ok((row, draft)),
        _ => Err(changed()),
    }
}

const fn changed() -> Problem {
    Problem::Conflict {
        code: "policy.changed",
        sentence: "Somebody changed, sent or approved this policy meanwhile.",
        remedy: "Look at it as it stands now, then do again what is still needed.",
    }
}

/// Refuses the name of another that was not retired.
fn refuse_same_name(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (id, name): (Id<Policy>, &str),
) -> Result<(), Problem> {
    let is_called_so = |other: &PolicyRow| {
        other.id != id && other.retired_at.is_none() && name_key(&other.name) == name_key(name)
    };
    if policies::policy_list(tx, organisation)?.iter().any(is_called_so) {
        return Err(Problem::Conflict {
            code: "policy.same_name",
            sentence: "Another policy is called so.",
            remedy: "Change that one, or call this one otherwise.",
        });
    }
    Ok(())
}

/// The day by which it is looked at again: the one that is typed, or a year from today.
fn review_day(typed: &str, today: Date) -> Result<Date, Problem> {
    let wrong = |message: &str| Err(Problem::field("review_by", message));
    let latest = today.saturating_add(Span::new().years(1));
    let day = match typed.trim() {
        "" => return Ok(latest),
        text => day_of(text),
    };
    match day {
        None => wrong("Write the day like 2026-09-30."),
        Some(day) if day <= today => wrong("The day by which it is reviewed lies ahead."),
        Some(day) if day > latest => wrong("A policy is reviewed within a year."),
        Some(day) => Ok(day),
    }
}

/// Writes an entry about a policy and yields its index.
fn tell(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    id: Id<Policy>,
    kind: &'static str,
    body: Value,
) -> Result<i64, Problem> {
    let subject = format!("policy:{id}");
    let new = NewEntry { actor: &caller.actor, subject, kind, body };
    Ok(tx.record(Log::Organisation(caller.organisation), new)?.index)
}
