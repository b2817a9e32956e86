//! The end of a last day: what the system takes back by itself, in one unit with the entries that say so.

use super::{Ending, follow, is_pending, open, open_task, tell};
use crate::{
    App, Problem,
    people::{refuse_last_owner, remove_in},
};
use closedset_core::{
    Actor, Role,
    entry::Log,
    id::{Id, Leaving, Organisation},
};
use closedset_store::{
    NewEntry, Tx, agreements, engagements,
    leavings::{self, LeavingRow, LeavingStepRow},
    people,
};
use serde_json::json;

/// Those whose last day is over and that were not looked at since.
pub(crate) async fn lapsing(
    app: &App,
    limit: i64,
) -> Result<Vec<(Id<Organisation>, Id<Leaving>)>, Problem> {
    let now = app.now();
    app.store().read(move |tx| Ok(leavings::leaving_due(tx, now, limit)?)).await
}

/// Takes back what the system gave, once the last day is over. Nothing, where somebody else's hand was quicker or the
/// engagement goes on.
pub(crate) fn take_effect(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Leaving>,
) -> Result<(), Problem> {
    let due = |tx: &mut Tx<'_>| -> Result<Option<LeavingRow>, Problem> {
        let row = leavings::leaving_by_id(tx, organisation, id)?;
        let now = tx.now();
        Ok(row.filter(|row| is_pending(row) && row.due_at <= now))
    };
    let Some(row) = due(tx)? else { return Ok(()) };
    let by = Ending { actor: &Actor::Closedset, owner: None };
    // The facility may have another time zone since.
    follow(tx, organisation, &by, (row.person, None))?;
    let Some(mut row) = due(tx)? else { return Ok(()) };
    if row.opened_at.is_none() {
        open(tx, organisation, by.actor, &mut row)?;
    }
    for mut step in leavings::leaving_step_list(tx, organisation, row.id)? {
        if step.outcome.is_some() {
            continue;
        }
        let done = match step.act.as_str() {
            "account" => account(tx, organisation, &row, &mut step)?,
            "assignments" => assignments(tx, organisation, (&row, &mut step))?,
            "link" => link(tx, organisation, &row)?,
            _ => continue,
        };
        let Some((outcome, entry)) = done else {
            leavings::leaving_step_update(tx, organisation, &step)?;
            open_task(tx, organisation, &row, &step)?;
            continue;
        };
        (step.outcome, step.entry) = (Some(outcome.to_owned()), entry);
        (step.done_by, step.done_at) = (Some("Closedset".to_owned()), Some(tx.now()));
        leavings::leaving_step_update(tx, organisation, &step)?;
    }
    row.settled_at = Some(tx.now());
    leavings::leaving_update(tx, organisation, &row)?;
    let said = json!({"last_day": row.last_day, "at": row.due_at});
    tell(tx, organisation, (by.actor, &row), "leaving.settled", said)?;
    Ok(())
}

/// What became of a step, with the entry that says so; none where a person must do it.
type Done = Option<(&'static str, Option<i64>)>;

const NOT_HAD: Done = Some(("not_had", None));

/// Ends their membership, with sessions, tokens and invitations. That of the last owner stays, and that of whoever may
/// more than who ended the engagement: to let somebody go takes as much as to let them in.
fn account(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingRow,
    step: &mut LeavingStepRow,
) -> Result<Done, Problem> {
    let invitation = take_invitation(tx, organisation, row)?;
    let Some(member) = people::member_by_person(tx, organisation, row.person)? else {
        return Ok(invitation.map_or(NOT_HAD, |entry| Some(("done", Some(entry)))));
    };
    if member.role == Role::Owner && refuse_last_owner(tx, organisation, &member).is_err() {
        step.act = String::new();
        step.name = "Access to Closedset ended: it is the only owner who can sign in, so that somebody else must \
            become one first"
            .to_owned();
        return Ok(None);
    }
    let ender = match row.owner {
        Some(owner) => people::member_by_person(tx, organisation, owner)?.map(|one| one.role),
        None => None,
    };
    // Whoever enters engagements is a coordinator at least.
    let ender = ender.unwrap_or(Role::Coordinator);
    let may_more = !member.role.actions().without(ender.actions()).is_empty();
    if may_more || (member.role == Role::Owner && ender != Role::Owner) {
        step.act = String::new();
        step.name = "Access to Closedset ended: they may more than who ended the engagement, so that somebody who may \
            remove them must"
            .to_owned();
        return Ok(None);
    }
    Ok(Some(("done", Some(remove_in(tx, organisation, &member, &Actor::Closedset)?))))
}

/// Takes back an invitation to sign in that they have not followed; the index of the entry that says so.
fn take_invitation(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingRow,
) -> Result<Option<i64>, Problem> {
    let person = crate::people::known_person(tx, organisation, row.person)?;
    let Some(email) = person.email else { return Ok(None) };
    let open = people::invitation_list(tx, organisation)?;
    let Some(theirs) = open.into_iter().find(|one| one.email.eq_ignore_ascii_case(&email)) else {
        return Ok(None);
    };
    people::invitation_delete(tx, theirs.id)?;
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &Actor::Closedset,
            subject: format!("invitation:{}", theirs.id),
            kind: "invitation.revoked",
            body: json!({"invitation": theirs.id, "leaving": row.id}),
        },
    )?;
    Ok(Some(entry.index))
}

/// Takes them off titles on the days after their last, unless they work here again later.
fn assignments(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (row, step): (&LeavingRow, &mut LeavingStepRow),
) -> Result<Done, Problem> {
    let engaged = engagements::engagement_list_of(tx, organisation, row.person)?;
    let later = engaged.iter().filter(|one| one.days.first > row.last_day);
    if let Some(back) = later.map(|one| one.days.first).min() {
        step.note = format!("They work here again from {back}, and stay on their titles.");
        return Ok(NOT_HAD);
    }
    let mut newest = None;
    for mut one in engagements::assignment_list_of(tx, organisation, row.person)? {
        if one.days.last.is_some_and(|last| last <= row.last_day) {
            continue;
        }
        let kind = match one.days.first > row.last_day {
            true => {
                one.removed_at = Some(tx.now());
                "assignment.removed"
            }
            false => {
                one.days.last = Some(row.last_day);
                "assignment.changed"
            }
        };
        engagements::assignment_update(tx, organisation, &one)?;
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &Actor::Closedset,
                subject: format!("person:{}", row.person),
                kind,
                body: crate::people::told_assignment(&one),
            },
        )?;
        newest = Some(entry.index);
    }
    Ok(newest.map_or(NOT_HAD, |entry| Some(("done", Some(entry)))))
}

/// Takes their personal link back.
fn link(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingRow,
) -> Result<Done, Problem> {
    if agreements::personal_link_of(tx, organisation, row.person)?.is_none() {
        return Ok(NOT_HAD);
    }
    agreements::personal_link_delete(tx, organisation, row.person)?;
    let actor = &Actor::Closedset;
    let entry = tell(tx, organisation, (actor, row), "leaving.link_revoked", json!({}))?;
    Ok(Some(("done", Some(entry))))
}
