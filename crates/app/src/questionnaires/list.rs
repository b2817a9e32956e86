//! The questionnaires.

use super::needs_to_read;
use crate::{App, Caller, Problem, people::today};
use closedset_store::questionnaires::{self, QuestionnaireCounted};
use jiff::civil::Date;

/// All questionnaires, the latest first, and the day that it is.
pub async fn questionnaire_list(
    app: &App,
    caller: &Caller,
) -> Result<(Vec<QuestionnaireCounted>, Date), Problem> {
    caller.require_all(needs_to_read())?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let rows = questionnaires::questionnaire_list(tx, organisation)?;
            Ok((rows, today(tx, organisation)?))
        })
        .await
}
