//! What becomes of an exception by itself: somebody is reminded of its end, and when it has lapsed an
//! entry says so. The verdicts that it covered turn at the instant of its end, when they are assessed.

use super::{about, ask::approve_task, close_task, device, open_task, outlasts, remind_at, title};
use crate::{App, Problem, frameworks};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Actor, Duration,
    entry::Log,
    id::{Exception, Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx, devices,
    exceptions::{self, ExceptionRow},
};
use serde_json::json;

/// Notes what fell due of an exception up to now.
pub(crate) fn take_effect(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    id: Id<Exception>,
) -> Result<(), Problem> {
    let Some(row) = exceptions::exception_by_id(tx, organisation, id)? else { return Ok(()) };
    let terms = &row.terms;
    let has_lapsed = terms.valid_to <= tx.now();
    let is_news = match has_lapsed {
        true => exceptions::exception_lapse(tx, id)?,
        false => exceptions::exception_remind(tx, id)?,
    };
    if !is_news {
        return Ok(());
    }
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &Actor::Closedset,
            subject: about(terms).to_string(),
            kind: if has_lapsed { "exception.lapsed" } else { "exception.reminded" },
            body: json!({"exception": id, "control": terms.control, "at": terms.valid_to}),
        },
    )?;
    if has_lapsed {
        let note = if row.granted.is_some() { "it lapsed" } else { "nobody answered in time" };
        return close_task(tx, organisation, &row, note);
    }
    let catalogue = app.catalogue_of(tx, organisation)?;
    if !frameworks::wants(&catalogue, terms) {
        return Ok(());
    }
    renew_task(tx, (&catalogue, organisation), &row)
}

/// Asks somebody to see to what an exception covers before it ends.
fn renew_task(
    tx: &mut Tx<'_>,
    (catalogue, organisation): (&Catalogue, Id<Organisation>),
    row: &ExceptionRow,
) -> Result<(), Problem> {
    let terms = &row.terms;
    if let Some(device) = device(terms)
        && devices::device_by_id(tx, device)?.is_none_or(|row| row.revoked_at.is_some())
    {
        return Ok(());
    }
    let words = format!("Mend it or renew the exception: {}", title(catalogue, terms));
    open_task(tx, (catalogue, organisation), row, words, terms.valid_to - Duration::from_millis(1))
}

/// Opens the task that an exception calls for by now, where what it covers is asked again: it was closed
/// when nobody asked any more, or never opened.
pub(crate) fn asked_again(
    tx: &mut Tx<'_>,
    (catalogue, organisation): (&Catalogue, Id<Organisation>),
    row: &ExceptionRow,
) -> Result<(), Problem> {
    let (terms, now) = (&row.terms, tx.now());
    if row.withdrawn_at.is_some() || terms.valid_to <= now {
        return Ok(());
    }
    let Some(granted) = &row.granted else {
        return approve_task(tx, (catalogue, organisation), row);
    };
    if now < remind_at(terms, granted.at) {
        return Ok(());
    }
    let all = exceptions::exception_list_of_control(tx, organisation, &terms.control)?;
    if all.iter().any(|other| outlasts(other, row)) {
        return Ok(());
    }
    renew_task(tx, (catalogue, organisation), row)
}
