//! The deriver `closedset/people`: from the register of people to facts about controls. They say how many, and never
//! who: a pack that proves a number names nobody.

use crate::{
    App, Caller, Problem,
    admitted::Admitted,
    contacts,
    days::{end_of, zone_of},
    evidence::{catch_up, derive_control},
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action, Digest, Subject, Time,
    fact::{Body, FactRecord as _, people::Signatures},
    id::{Id, Organisation},
};
use closedset_pack::rows::PEOPLE_SOURCE;
use closedset_store::{
    Tx, agreements, engagements,
    facts::{self, FactRow},
};
use jiff::Span;

/// What is counted for a control as of `at`, if a check of it asks for that, and when that changes next by itself.
pub(crate) fn derive(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    (subject, at): (&Subject, Time),
) -> Result<Option<FactRow>, Problem> {
    if !asks(catalogue, subject) {
        return Ok(None);
    }
    let day = at.timestamp().to_zoned(zone_of(tx, organisation)?).date();
    let record = match agreements::signatures_count(tx, organisation, day)? {
        (0, ..) => Signatures { agreements: 0, engaged: 0, owing: 0 },
        (agreements, engaged, owing) => Signatures { agreements, engaged, owing },
    };
    let known = facts::fact_one(tx, organisation, subject, Signatures::KIND, PEOPLE_SOURCE)?;
    let known = known.map(|row| crate::assessment::body(&row.body)).transpose()?;
    let salt = known.and_then(|body| body.salt().map(str::to_owned));
    let salt = salt.unwrap_or_else(|| hex::encode(tx.random::<16>()));
    let body = Body::read(&record, Vec::new())
        .map(|body| body.salted(salt))
        .and_then(|body| Ok(body.canonical()?))
        .map_err(|error| Problem::fault("a fact could not be written", error))?;
    Ok(Some(FactRow {
        subject: subject.clone(),
        kind: Signatures::KIND.to_owned(),
        source: PEOPLE_SOURCE.to_owned(),
        digest: Digest::of(&body),
        collected_at: at,
        entry: 0,
        body,
    }))
}

/// When what is counted for a control changes next by itself, after `at`: at the beginning of a day on which
/// somebody begins, or no longer works here.
pub(crate) fn next_turn(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    (subject, at): (&Subject, Time),
) -> Result<Option<Time>, Problem> {
    if !asks(catalogue, subject) {
        return Ok(None);
    }
    let zone = zone_of(tx, organisation)?;
    let day = at.timestamp().to_zoned(zone.clone()).date();
    let (begins, ends) = engagements::next_days(tx, organisation, day)?;
    let before = begins.map(|day| day.saturating_sub(Span::new().days(1)));
    let last = before.into_iter().chain(ends).min();
    last.map(|last| end_of(last, &zone)).transpose()
}

/// Changes something of what is counted: first whatever fell due takes effect at its own instant, as the register
/// was; afterwards the controls are assessed by what it says now.
pub(crate) fn counted<T>(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    change: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let catalogue = app.catalogue_of(tx, organisation)?;
    let controls: Vec<&str> = catalogue
        .asked()
        .filter(|check| check.needs.iter().any(|kind| kind == Signatures::KIND))
        .map(|check| check.control.as_str())
        .collect();
    let now = tx.now();
    for control in &controls {
        catch_up(tx, &catalogue, organisation, control, now)?;
    }
    let changed = change(tx)?;
    contacts::settle(tx, &catalogue, organisation)?;
    for control in &controls {
        derive_control(tx, &catalogue, organisation, control, now)?;
    }
    Ok(changed)
}

/// Writes for a caller something of what is counted, as [`App::write_for`] does.
pub(crate) async fn write_counted<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    action: Action,
    change: impl for<'t> Fn(&mut Tx<'t>, &Admitted) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let unit_app = app.clone();
    app.write_for(caller, action, move |tx, caller| {
        counted(tx, &unit_app, caller.organisation, |tx| change(tx, caller))
    })
    .await
}

fn asks(catalogue: &Catalogue, subject: &Subject) -> bool {
    catalogue
        .checks_about(subject)
        .any(|check| check.needs.iter().any(|kind| kind == Signatures::KIND))
}
