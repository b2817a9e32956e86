//! Approving an exception: by another than asked for it, where there is a second person who may.

use super::{Approval, assess_due, grant};
use crate::{App, Caller, Problem, admitted::Admitted, second_person};
use closedset_core::{
    Action,
    id::{Account, Exception, Id},
};
use closedset_store::{
    Tx, devices,
    exceptions::{self, InvitedBy},
    people,
};

/// Approves what was asked for: from now on it covers what it names.
pub async fn exception_approve(
    app: &App,
    caller: &Caller,
    id: Id<Exception>,
) -> Result<(), Problem> {
    let unit_app = app.clone();
    let due = app
        .write_for(caller, Action::ExceptionGrant, move |tx, caller| {
            let now = tx.now();
            let row = exceptions::exception_by_id(tx, caller.organisation, id)?
                .ok_or(Problem::NotFound("exception"))?;
            if row.withdrawn_at.is_some() {
                return Err(super::withdraw::again());
            }
            if row.granted.is_some() {
                return Err(Problem::Conflict {
                    code: "exception.granted",
                    sentence: "This exception was granted before.",
                    remedy: "Nothing more is needed.",
                });
            }
            if row.terms.valid_to <= now {
                return Err(Problem::Conflict {
                    code: "exception.ended",
                    sentence: "The last day of this exception is over.",
                    remedy: "Ask for a new one with a later day.",
                });
            }
            if let Some(device) = super::device(&row.terms)
                && devices::device_by_id(tx, device)?.is_none_or(|row| row.revoked_at.is_some())
            {
                return Err(Problem::Conflict {
                    code: "device.revoked",
                    sentence: "This device was revoked.",
                    remedy: "Withdraw the exception; nothing is left that it could cover.",
                });
            }
            let action = Action::ExceptionGrant;
            let word = second_person::approves(tx, caller, &row.asked_actor, action)?;
            let has_second_person = word.ok_or(Problem::Conflict {
                code: "exception.second_person",
                sentence: "Whoever asked for an exception does not approve it alone.",
                remedy: "Ask another owner or security contact to approve it.",
            })?;
            let approval = match has_second_person {
                false => Approval::OnePerson,
                true => Approval::TwoAccounts(which_invited(tx, caller, &row.asked_actor)?),
            };
            grant(tx, &unit_app, caller, &row, approval)
        })
        .await?;
    assess_due(app, caller.organisation, due).await
}

/// Which of the account that asked and the one that approves had invited the other.
fn which_invited(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    asked_actor: &str,
) -> Result<Option<InvitedBy>, Problem> {
    let asker: Option<Id<Account>> =
        asked_actor.strip_prefix("account:").and_then(|id| id.parse().ok());
    let (Some(asker), Some(approver)) = (asker, caller.account) else { return Ok(None) };
    let organisation = caller.organisation;
    if people::person_inviter(tx, organisation, approver)? == Some(asker) {
        return Ok(Some(InvitedBy::Asker));
    }
    let is_by_approver = people::person_inviter(tx, organisation, asker)? == Some(approver);
    Ok(is_by_approver.then_some(InvitedBy::Approver))
}
