//! A new audit or test, with its report or without.

use super::{AUDITS, NewAudit, Report, report, terms, told_audit};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Audit, Id},
};
use closedset_store::{
    NewEntry,
    audits::{audit_insert, audit_list},
};

/// Enters an audit or a test. What is wrong with it is said before its report is read.
pub async fn audit_add(
    app: &App,
    caller: &Caller,
    new: NewAudit,
    report: Option<Report>,
) -> Result<Id<Audit>, Problem> {
    caller.require(Action::EvidenceWrite)?;
    let (first_app, first_caller, first_new) = (app.clone(), caller.clone(), new.clone());
    let comes = report.is_some();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let row = terms::audit(tx, &first_caller, &first_new, None)?;
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
        let mut row = terms::audit(tx, caller, &new, None)?;
        if audit_list(tx, organisation)?.len() >= AUDITS {
            return Err(Problem::Conflict {
                code: "audit.too_many",
                sentence: "There are 500 audits and tests here.",
                remedy: "Take out those that were entered by mistake.",
            });
        }
        report::settle(tx, (&catalogue, caller), None, &mut row, kept.as_ref())?;
        audit_insert(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("audit:{}", row.id),
                kind: "audit.added",
                body: told_audit(&row).into(),
            },
        )?;
        Ok(row.id)
    })
    .await
}
