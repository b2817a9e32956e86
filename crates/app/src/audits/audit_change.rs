//! Correcting an audit, and giving its report later.

use super::{CHANGED, NewAudit, Report, audit_here, report, terms, told_audit};
use crate::{App, Caller, Problem, titles::changed};
use closedset_core::{
    Action,
    entry::Log,
    id::{Audit, Id},
};
use closedset_store::{
    NewEntry, Tx,
    audits::{AuditRow, audit_update},
};

/// How often an audit or a finding had been changed when somebody looked at it; none says that it does not matter.
pub type Seen = Option<i64>;

/// Says what an audit is from now on, whole, with another report or the one that it has. The same again changes
/// nothing and leaves no entry. Where its day, its firm or its due day is another, its report is given anew.
pub async fn audit_change(
    app: &App,
    caller: &Caller,
    id: Id<Audit>,
    (new, seen): (NewAudit, Seen),
    report: Option<Report>,
) -> Result<(), Problem> {
    change(app, caller, id, (Some(new), seen), report).await
}

/// Gives the report of an audit, or another in its place.
pub async fn audit_report(
    app: &App,
    caller: &Caller,
    id: Id<Audit>,
    report: Report,
) -> Result<(), Problem> {
    change(app, caller, id, (None, None), Some(report)).await
}

/// The audit as it was and as it is to be.
fn read(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: Id<Audit>,
    new: Option<&NewAudit>,
    seen: Seen,
) -> Result<(AuditRow, AuditRow), Problem> {
    let before = audit_here(tx, caller.organisation, id)?;
    if before.client.is_some() {
        caller.require(Action::TitleRead)?;
    }
    if seen.is_some_and(|seen| seen != before.changes) {
        return Err(CHANGED);
    }
    let row = match new {
        Some(new) => terms::audit(tx, caller, new, Some(&before))?,
        None => before.clone(),
    };
    Ok((before, row))
}

async fn change(
    app: &App,
    caller: &Caller,
    id: Id<Audit>,
    (new, seen): (Option<NewAudit>, Seen),
    report: Option<Report>,
) -> Result<(), Problem> {
    caller.require(Action::EvidenceWrite)?;
    let (first_app, first_caller, first_new) = (app.clone(), caller.clone(), new.clone());
    let comes = report.is_some();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let (_, row) = read(tx, &first_caller, id, first_new.as_ref(), seen)?;
            if comes {
                report::refuse(&*first_app.catalogue_of(tx, first_caller.organisation)?, &row)?;
            }
            Ok(())
        })
        .await?;
    let kept = report::keep(app, caller, report).await?;
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        let (before, mut row) = read(tx, caller, id, new.as_ref(), seen)?;
        if row == before && kept.is_none() {
            return Ok(());
        }
        report::settle(tx, (&catalogue, caller), Some(&before), &mut row, kept.as_ref())?;
        row.changes += 1;
        audit_update(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("audit:{id}"),
                kind: "audit.changed",
                body: changed(told_audit(&before), told_audit(&row)),
            },
        )?;
        Ok(())
    })
    .await
}
