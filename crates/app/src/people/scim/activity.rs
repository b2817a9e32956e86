//! Whether somebody is here, by a directory's word: engagements that begin and end on the facility's day.

use super::known::{Said, is_here};
use crate::{
    App, Problem,
    admitted::Admitted,
    people::{
        counted,
        known::{ended, refuse_overlap, tell, today, told},
    },
};
use closedset_core::{
    engagement::{Days, EngagementForm},
    id::{Engagement, Id, Person},
};
use closedset_store::{
    Tx,
    engagements::{self, EngagementRow},
    scim::UserRow,
};
use jiff::civil::Date;

/// What somebody does, as what.
#[derive(Clone, Copy)]
pub(super) struct Work<'w> {
    pub(super) form: EngagementForm,
    pub(super) job: &'w str,
}

/// Has the register say what the directory says of whether somebody is here.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    (app, caller): (&App, &Admitted),
    row: &mut UserRow,
    said: Said,
    work: Work<'_>,
) -> Result<(), Problem> {
    let wanted = match said {
        Said::Nothing => return Ok(()),
        Said::TakenBack => {
            row.is_active = None;
            return Ok(());
        }
        Said::Among(wanted) if row.is_active == Some(wanted) => return Ok(()),
        Said::Among(wanted) | Said::Alone(wanted) => wanted,
    };
    let today = today(tx, caller.organisation)?;
    let engaged = engagements::engagement_list_of(tx, caller.organisation, row.person)?;
    let is_here = is_here(&engaged, row.is_active.unwrap_or(true), today);
    row.is_active = Some(wanted);
    match (wanted, is_here) {
        (true, false) => {
            let begun = counted(tx, app, caller.organisation, |tx| {
                begin(tx, caller, (row.person, &engaged), work, today)
            })?;
            row.engagement = Some(begun);
        }
        (false, true) => {
            counted(tx, app, caller.organisation, |tx| end(tx, caller, &engaged, today))?;
        }
        (true, true) | (false, false) => {}
    }
    Ok(())
}

/// Engages somebody from today on; the engagement that ended today goes on.
fn begin(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    (person, engaged): (Id<Person>, &[EngagementRow]),
    work: Work<'_>,
    today: Date,
) -> Result<Id<Engagement>, Problem> {
    if let Some(over) = engaged.iter().find(|row| row.days.last == Some(today)) {
        let row = EngagementRow { days: Days { last: None, ..over.days }, ..over.clone() };
        engagements::engagement_update(tx, caller.organisation, &row)?;
        tell(tx, caller, person, "engagement.changed", told(&row))?;
        ended(tx, caller, person, None)?;
        return Ok(row.id);
    }
    let row = EngagementRow {
        id: tx.new_id(),
        person,
        form: work.form,
        job: work.job.to_owned(),
        days: Days { first: today, last: None },
        created_at: tx.now(),
        removed_at: None,
    };
    refuse_overlap(tx, caller.organisation, &row)?;
    engagements::engagement_insert(tx, caller.organisation, &row)?;
    tell(tx, caller, person, "engagement.began", told(&row))?;
    ended(tx, caller, person, None)?;
    Ok(row.id)
}

/// Ends with today whatever goes on beyond it. What has not begun never does.
pub(super) fn end(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    engaged: &[EngagementRow],
    today: Date,
) -> Result<(), Problem> {
    for before in engaged {
        if before.days.last.is_some_and(|last| last <= today) {
            continue;
        }
        let mut row = before.clone();
        let kind = if row.days.first > today {
            row.removed_at = Some(tx.now());
            "engagement.removed"
        } else {
            row.days.last = Some(today);
            "engagement.ended"
        };
        engagements::engagement_update(tx, caller.organisation, &row)?;
        tell(tx, caller, row.person, kind, told(&row))?;
        // Whoever the directory lets go leaves as anybody does: what they hold is asked back.
        ended(tx, caller, row.person, row.removed_at.is_none().then_some(row.id))?;
    }
    Ok(())
}

/// Has the engagement that began by the directory's word say what it now says of somebody's work.
pub(super) fn rework(
    tx: &mut Tx<'_>,
    (app, caller): (&App, &Admitted),
    row: &UserRow,
    work: Work<'_>,
) -> Result<(), Problem> {
    let Some(id) = row.engagement else { return Ok(()) };
    let today = today(tx, caller.organisation)?;
    let engaged = engagements::engagement_list_of(tx, caller.organisation, row.person)?;
    let Some(before) = engaged.iter().find(|one| one.id == id && !one.days.are_before(today))
    else {
        return Ok(());
    };
    let mut after = EngagementRow { form: work.form, job: work.job.to_owned(), ..before.clone() };
    // Beside another of the other form the form stays.
    let is_beside = |other: &EngagementRow| {
        other.id != id && other.form == after.form && other.days.overlap(after.days)
    };
    if engaged.iter().any(is_beside) {
        after.form = before.form;
    }
    if after == *before {
        return Ok(());
    }
    counted(tx, app, caller.organisation, |tx| {
        engagements::engagement_update(tx, caller.organisation, &after)?;
        tell(tx, caller, after.person, "engagement.changed", told(&after))
    })
}
