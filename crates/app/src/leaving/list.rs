//! Leavings as they are shown.

use crate::{App, Caller, Problem, people::known_person};
use closedset_core::{
    Action,
    id::{Id, Leaving, Organisation, Person},
};
use closedset_store::{
    Tx, engagements,
    leavings::{self, LeavingRow, LeavingStepRow},
};
use jiff::civil::Date;

/// One leaving whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeavingDetail {
    /// The leaving.
    pub leaving: LeavingRow,
    /// Who leaves.
    pub name: String,
    /// The day from which they work here again, if that is known.
    pub returns_on: Option<Date>,
    /// Its steps; none while it is foreseen.
    pub steps: Vec<LeavingStepRow>,
}

impl LeavingDetail {
    /// How many of its steps are open.
    pub fn open(&self) -> usize {
        self.steps.iter().filter(|step| step.outcome.is_none()).count()
    }

    /// Whether it is only foreseen: nobody ended the engagement by hand, and the day is not over.
    pub fn is_foreseen(&self) -> bool {
        self.leaving.opened_at.is_none()
    }
}

fn detail(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    leaving: LeavingRow,
) -> Result<LeavingDetail, Problem> {
    let name = known_person(tx, organisation, leaving.person)?.name;
    let steps = leavings::leaving_step_list(tx, organisation, leaving.id)?;
    let engaged = engagements::engagement_list_of(tx, organisation, leaving.person)?;
    let begins = engaged.iter().map(|one| one.days.first);
    let returns_on = begins.filter(|first| *first > leaving.last_day).min();
    Ok(LeavingDetail { leaving, name, returns_on, steps })
}

/// One leaving.
pub async fn leaving_detail(
    app: &App,
    caller: &Caller,
    id: Id<Leaving>,
) -> Result<LeavingDetail, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let row = leavings::leaving_by_id(tx, organisation, id)?;
            detail(tx, organisation, row.ok_or(Problem::NotFound("leaving"))?)
        })
        .await
}

/// The leavings of somebody, the newest first.
pub async fn leavings_of(
    app: &App,
    caller: &Caller,
    person: Id<Person>,
) -> Result<Vec<LeavingDetail>, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            known_person(tx, organisation, person)?;
            let rows = leavings::leaving_list_of(tx, organisation, person)?;
            rows.into_iter().map(|row| detail(tx, organisation, row)).collect()
        })
        .await
}

/// Which leavings, and from where on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeavingsWanted {
    /// Those of which something is still to happen, by their last day; else those that are over, the last first.
    pub is_open: bool,
    /// The one after which to go on.
    pub after: Option<Id<Leaving>>,
    /// How many at most: 1 to 200.
    pub limit: i64,
}

/// Leavings, and whether there are more.
pub async fn leaving_list(
    app: &App,
    caller: &Caller,
    wanted: LeavingsWanted,
) -> Result<(Vec<LeavingDetail>, bool), Problem> {
    caller.require(Action::PeopleRead)?;
    let (organisation, limit) = (caller.organisation, wanted.limit.clamp(1, 200));
    app.store()
        .read(move |tx| {
            let page = (wanted.after, limit + 1);
            let rows = leavings::leaving_list(tx, organisation, wanted.is_open, page)?;
            let most = usize::try_from(limit).unwrap_or(0);
            let more = rows.len() > most;
            let rows = rows.into_iter().take(most);
            let all = rows.map(|row| detail(tx, organisation, row)).collect::<Result<_, Problem>>();
            Ok((all?, more))
        })
        .await
}
