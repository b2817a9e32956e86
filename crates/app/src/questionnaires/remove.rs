//! Taking a questionnaire out.

use super::{known, needs_to_write, tell};
use crate::{App, Caller, Problem, evidence::reason};
use closedset_core::{
    Action,
    id::{Id, Questionnaire},
};
use closedset_store::questionnaires::questionnaire_delete;
use serde_json::json;

/// Takes a questionnaire out for good, with its questions and answers, which are proposed no more. Why, in at most 500
/// characters, stands in the ledger.
pub async fn questionnaire_remove(
    app: &App,
    caller: &Caller,
    id: Id<Questionnaire>,
    why: &str,
) -> Result<(), Problem> {
    caller.require_all(needs_to_write())?;
    let why = reason(why)?;
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        caller.require_all(needs_to_write())?;
        let organisation = caller.organisation;
        let row = known(tx, organisation, id)?;
        questionnaire_delete(tx, organisation, id)?;
        let body = json!({"questionnaire": id, "name": row.name, "reason": why});
        tell(tx, (&caller.actor, organisation), id, "questionnaire.removed", body)?;
        Ok(())
    })
    .await
}
