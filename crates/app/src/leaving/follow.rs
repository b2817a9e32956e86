//! Following somebody's engagements: which endings are foreseen, opened, moved and called off.

use super::{Ending, call_off_steps, is_pending, open, tell};
use crate::{
    Problem,
    days::{end_of, zone_of},
};
use closedset_core::{
    Duration,
    id::{Engagement, Id, Organisation, Person},
};
use closedset_store::{
    Tx, engagements,
    leavings::{self, LeavingRow},
    tasks,
};
use jiff::{Span, civil::Date};
use serde_json::json;

/// Brings somebody's leavings in line with their engagements. `ended` is the engagement to which somebody has just given
/// its last day: its leaving is opened at once; others when the day is over. Says how many entries it wrote.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    by: &Ending<'_>,
    (person, ended): (Id<Person>, Option<Id<Engagement>>),
) -> Result<i64, Problem> {
    let mut entries = 0;
    let zone = zone_of(tx, organisation)?;
    let today = tx.now().timestamp().to_zoned(zone.clone()).date();
    let engaged = engagements::engagement_list_of(tx, organisation, person)?;
    let goes_on = |day: Date| {
        let next = day.saturating_add(Span::new().days(1));
        engaged.iter().any(|other| other.days.holds(next))
    };
    let mut known = leavings::leaving_list_of(tx, organisation, person)?;
    for row in &mut known {
        if !is_pending(row) {
            // Whoever is back starts with nothing owed.
            let is_back = row.last_day < today && engaged.iter().any(|one| one.days.holds(today));
            if row.settled_at.is_some() && is_back {
                entries += come_back(tx, organisation, by, row)?;
            }
            continue;
        }
        let its = engaged.iter().find(|one| one.id == row.engagement);
        match its.and_then(|one| one.days.last).filter(|day| !goes_on(*day)) {
            None => {
                call_off(tx, organisation, by, row)?;
                entries += 1;
            }
            Some(day) => {
                let due_at = end_of(day, &zone)?;
                if (day, due_at) != (row.last_day, row.due_at) {
                    (row.last_day, row.due_at) = (day, due_at);
                    leavings::leaving_update(tx, organisation, row)?;
                    let said = json!({"last_day": day});
                    tell(tx, organisation, (by.actor, &*row), "leaving.moved", said)?;
                    entries += 1;
                    for step in leavings::leaving_step_list(tx, organisation, row.id)? {
                        let check = step.id.to_string();
                        tasks::task_move(
                            tx,
                            organisation,
                            &check,
                            due_at - Duration::from_millis(1),
                        )?;
                    }
                }
                if ended == Some(row.engagement) && row.opened_at.is_none() {
                    row.owner = by.owner;
                    open(tx, organisation, by.actor, row)?;
                    entries += 1;
                }
            }
        }
    }
    for one in &engaged {
        let Some(last_day) = one.days.last.filter(|day| !goes_on(*day)) else { continue };
        // Nor does whoever has left leave again when it turns out that it was a day earlier.
        let is_known = known.iter().any(|row| {
            let is_earlier =
                row.settled_at.is_some() && row.engagement == one.id && last_day <= row.last_day;
            row.called_off_at.is_none() && (row.last_day == last_day || is_earlier)
        });
        let due_at = end_of(last_day, &zone)?;
        // One that was entered as over is none of today.
        if is_known || (due_at <= tx.now() && ended != Some(one.id)) {
            continue;
        }
        let mut row = LeavingRow {
            id: tx.new_id(),
            person,
            engagement: one.id,
            last_day,
            due_at,
            owner: by.owner,
            opened_at: None,
            settled_at: None,
            called_off_at: None,
        };
        leavings::leaving_insert(tx, organisation, &row)?;
        if ended == Some(one.id) {
            open(tx, organisation, by.actor, &mut row)?;
            entries += 1;
        }
        known.push(row);
    }
    Ok(entries)
}

/// Brings every leaving that is not over in line with where the facility is now: its days end at other instants.
pub(crate) fn follow_all(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    by: &Ending<'_>,
) -> Result<(), Problem> {
    for person in leavings::leaving_pending(tx, organisation)? {
        follow(tx, organisation, by, (person, None))?;
    }
    Ok(())
}

/// Calls a leaving off: the engagement goes on, or was entered by mistake.
fn call_off(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    by: &Ending<'_>,
    row: &mut LeavingRow,
) -> Result<(), Problem> {
    row.called_off_at = Some(tx.now());
    leavings::leaving_update(tx, organisation, row)?;
    let said = json!({"last_day": row.last_day});
    let entry = tell(tx, organisation, (by.actor, &*row), "leaving.called_off", said)?;
    call_off_steps(tx, organisation, row, ("they do not leave", entry))
}

/// Closes what is open of an earlier leaving.
fn come_back(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    by: &Ending<'_>,
    row: &LeavingRow,
) -> Result<i64, Problem> {
    let steps = leavings::leaving_step_list(tx, organisation, row.id)?;
    if steps.iter().all(|step| step.outcome.is_some()) {
        return Ok(0);
    }
    let said = json!({"last_day": row.last_day});
    let entry = tell(tx, organisation, (by.actor, &*row), "leaving.come_back", said)?;
    call_off_steps(tx, organisation, row, ("they are back", entry))?;
    Ok(1)
}
