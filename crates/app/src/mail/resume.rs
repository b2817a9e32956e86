//! Somebody says that an installation which was restored is the one that runs: mail goes out again.

use super::{
    course::{begin, note},
    server::require_keeper,
};
use crate::{App, Caller, Problem};
use closedset_core::{Action, entry::Log};
use closedset_store::mail;
use serde_json::json;

/// Mail goes out from here from now on.
pub async fn resume(app: &App, caller: &Caller) -> Result<(), Problem> {
    caller.require(Action::SettingsWrite)?;
    caller.require_person_with_fresh_factor(app.now())?;
    app.write_for_in_installation(caller, Action::SettingsWrite, |tx, caller| {
        require_keeper(tx, caller)?;
        let held = mail::mail_course(tx)?.filter(|course| course.held_at.is_some());
        if held.is_none() {
            return Ok(());
        }
        begin(tx)?;
        tx.record(Log::Installation, note(&caller.actor, "mail.resumed", json!({})))?;
        Ok(())
    })
    .await?;
    app.forget_mail_looks();
    Ok(())
}
