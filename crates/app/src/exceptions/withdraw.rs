//! Taking an exception back, or declining one that was asked for. It makes no verdict better, so that
//! whoever may give evidence may.

use super::{about, assess, assess_due, catch_up, close_task};
use crate::{App, Caller, Problem, evidence::reason};
use closedset_core::{
    Action,
    entry::Log,
    id::{Exception, Id},
};
use closedset_store::{NewEntry, exceptions};
use serde_json::json;

pub(super) fn again() -> Problem {
    Problem::Conflict {
        code: "exception.withdrawn",
        sentence: "This exception was withdrawn before.",
        remedy: "Nothing more is needed.",
    }
}

/// Takes an exception back: it covers nothing any more. The reason, at most 500 characters, stands in
/// the ledger. Yields its control.
pub async fn exception_withdraw(
    app: &App,
    caller: &Caller,
    id: Id<Exception>,
    why: &str,
) -> Result<String, Problem> {
    caller.require(Action::EvidenceWrite)?;
    let why = reason(why)?;
    let unit_app = app.clone();
    let (control, due) = app
        .write_for(caller, Action::EvidenceWrite, move |tx, caller| {
            let organisation = caller.organisation;
            let row = exceptions::exception_by_id(tx, organisation, id)?
                .ok_or(Problem::NotFound("exception"))?;
            if row.withdrawn_at.is_some() {
                return Err(again());
            }
            if row.granted.is_some() && row.terms.valid_to <= tx.now() {
                return Err(Problem::Conflict {
                    code: "exception.ended",
                    sentence: "The last day of this exception is over.",
                    remedy: "Nothing more is needed: it covers nothing any more.",
                });
            }
            if row.granted.is_some() {
                catch_up(tx, &unit_app, organisation, &row.terms)?;
            }
            let entry = tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: about(&row.terms).to_string(),
                    kind: "exception.withdrawn",
                    body: json!({"exception": id, "control": row.terms.control, "reason": why}),
                },
            )?;
            exceptions::exception_withdraw(tx, id, entry.index)?;
            let due = match row.granted {
                Some(_) => assess(tx, &unit_app, organisation, &row.terms)?,
                None => 0,
            };
            close_task(tx, organisation, &row, "it was withdrawn")?;
            Ok((row.terms.control, due))
        })
        .await?;
    assess_due(app, caller.organisation, due).await?;
    Ok(control)
}
