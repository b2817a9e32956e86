//! Approving a draft: by another than wrote it, where there is a second person who may.

use super::{
    IN_FORCE, VERSIONS, drafted,
    handbook::{After, carry_out},
    refuse_same_name, review_day, tell,
};
use crate::{App, Caller, Problem, people::today, second_person};
use closedset_core::{
    Action, Digest,
    id::{Id, Policy},
};
use closedset_store::{
    Tx,
    policies::{self, PolicyRow, PolicyVersionRow},
};
use jiff::Span;
use serde_json::json;

/// What is approved, and until when it need not be looked at again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approving {
    /// The edition of the draft that was read: another is not approved.
    pub edition: i64,
    /// The day by which it is reviewed, as `2026-09-30`; a year from today where it is empty. Where no second person
    /// approves it, it is the next day.
    pub review_by: String,
}

/// Puts what was sent in force, and yields its version. Everybody who is engaged must know it from now on.
pub async fn policy_approve(
    app: &App,
    caller: &Caller,
    id: Id<Policy>,
    approving: Approving,
) -> Result<i64, Problem> {
    let prepare =
        move |tx: &mut Tx<'_>, caller: &Caller| Ok(Some(approved(tx, caller, id, &approving)?));
    carry_out(app, caller, prepare, move |tx, caller, after| {
        let Some(After { row, version: Some(mut version) }) = after else { return Ok(0) };
        let body = json!({
            "policy": id,
            "number": version.number,
            "edition": row.edition,
            "name": version.name,
            "topics": version.topics,
            "digest": version.digest,
            "asks_again": row.counts_from == row.number,
            "review_by": row.review_by,
            "has_second_person": version.has_second_person,
            "approved_by_person": caller.person,
        });
        version.entry = tell(tx, caller, id, "policy.approved", body)?;
        policies::policy_update(tx, caller.organisation, &row)?;
        policies::policy_version_insert(tx, id, &version)?;
        policies::draft_delete(tx, id)?;
        Ok(version.number)
    })
    .await
}

/// The policy as it is once its draft is approved.
fn approved(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: Id<Policy>,
    approving: &Approving,
) -> Result<After, Problem> {
    let organisation = caller.organisation;
    let (row, draft) = drafted(tx, organisation, (id, approving.edition))?;
    if draft.sent_at.is_none() {
        return Err(Problem::Conflict {
            code: "policy.not_sent",
            sentence: "This draft was not sent to be approved.",
            remedy: "Send it first, once it is finished.",
        });
    }
    let today = today(tx, organisation)?;
    let review_by = review_day(&approving.review_by, today)?;
    refuse_same_name(tx, organisation, (id, &draft.name))?;
    refuse_too_many(tx, &row, caller)?;
    let word = second_person::approves(tx, caller, &draft.saved_actor, Action::PeopleManage)?;
    let has_second_person = word.ok_or(Problem::Conflict {
        code: "policy.second_person",
        sentence: "Whoever wrote a policy does not approve it alone.",
        remedy: "Ask another who manages people to read and approve it.",
    })?;
    // Whoever was alone with it sleeps on it.
    let review_by =
        if has_second_person { review_by } else { today.saturating_add(Span::new().days(1)) };
    let number = row.number + 1;
    let version = PolicyVersionRow {
        number,
        name: draft.name.clone(),
        topics: draft.topics.clone(),
        digest: Digest::of(draft.text.as_bytes()),
        text: draft.text,
        written_by: draft.saved_by,
        approved_by: caller.name.clone(),
        has_second_person,
        approved_at: tx.now(),
        entry: 0,
    };
    let row = PolicyRow {
        name: draft.name,
        topics: draft.topics,
        number,
        counts_from: if draft.asks_again || number == 1 { number } else { row.counts_from },
        review_by: Some(review_by),
        reviewed_at: None,
        reviewed_by: None,
        ..row
    };
    Ok(After { row, version: Some(version) })
}

fn refuse_too_many(tx: &mut Tx<'_>, row: &PolicyRow, caller: &Caller) -> Result<(), Problem> {
    if row.number >= VERSIONS {
        return Err(Problem::Conflict {
            code: "policy.too_many_versions",
            sentence: "This policy has 200 versions, and more are not kept.",
            remedy: "Begin another policy with these words, and take this one out of force.",
        });
    }
    let others = policies::policy_list(tx, caller.organisation)?;
    let in_force = others.iter().filter(|other| other.is_in_force() && other.id != row.id).count();
    if in_force >= IN_FORCE {
        return Err(Problem::Conflict {
            code: "policy.too_many_in_force",
            sentence: "20 policies are in force, and nobody reads more.",
            remedy: "Take one out of force, or put these words into one that is there.",
        });
    }
    Ok(())
}
