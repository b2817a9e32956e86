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
    let endings: Vec<_> = engaged
        .iter()
        .filter_map(|one| one.days.last.filter(|day| !goes_on(*day)).map(|day| (one.id, day)))
        .collect();
    let taken: Vec<_> =
        known.iter().filter(|row| is_pending(row)).map(|row| row.engagement).collect();
    for row in &mut known {
        if !is_pending(row) {
            // Whoever is back starts with nothing owed.
            let is_back = row.last_day < today && engaged.iter().any(|one| one.days.holds(today));
            if row.settled_at.is_some() && is_back {
                entries += come_back(tx, organisation, by, row)?;
            }
            continue;
        }
        let its = endings.iter().find(|(id, _)| *id == row.engagement);
        // Where another engagement outlasts it, they leave at the end of that: what is done stays done.
        let other = || endings.iter().find(|(id, day)| !taken.contains(id) && *day >= today);
        let Some((engagement, day)) = its.or_else(other).copied() else {
            call_off(tx, organisation, by, row)?;
            entries += 1;
            continue;
        };
        let due_at = end_of(day, &zone)?;
        if (engagement, day, due_at) != (row.engagement, row.last_day, row.due_at) {
            (row.engagement, row.last_day, row.due_at) = (engagement, day, due_at);
            leavings::leaving_update(tx, organisation, row)?;
            let said = json!({"engagement": engagement, "last_day": day});
            tell(tx, organisation, (by.actor, &*row), "leaving.moved", said)?;
            entries += 1;
            for step in leavings::leaving_step_list(tx, organisation, row.id)? {
                let (check, due_at) = (step.id.to_string(), due_at - Duration::from_millis(1));
                tasks::task_move(tx, organisation, &check, due_at)?;
            }
        }
        if ended == Some(row.engagement) && row.opened_at.is_none() {
            row.owner = by.owner;
            open(tx, organisation, by.actor, row)?;
            entries += 1;
        }
    }
    for (engagement, last_day) in endings {
        // Nor does whoever has left leave again when it turns out that it was a day earlier.
        let is_known = known.iter().any(|row| {
            let is_earlier = row.settled_at.is_some()
                && row.engagement == engagement
                && last_day <= row.last_day;
            row.called_off_at.is_none() && (row.last_day == last_day || is_earlier)
        });
        let due_at = end_of(last_day, &zone)?;
        // One that was entered as over is none of today.
        if is_known || (due_at <= tx.now() && ended != Some(engagement)) {
            continue;
        }
        let mut row = LeavingRow {
            id: tx.new_id(),
            person,
            engagement,
            last_day,
            due_at,
            owner: by.owner,
            opened_at: None,
            settled_at: None,
            called_off_at: None,
        };
        leavings::leaving_insert(tx, organisation, &row)?;
        if ended == Some(engagement) {
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
    let entry = tell(tx, organisation, (by.actor, row), "leaving.come_back", said)?;
    call_off_steps(tx, organisation, row, ("they are back", entry))?;
    Ok(1)
}
