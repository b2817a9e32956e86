//! Mailing a link to whoever must know a policy and did not say that they read it.

use crate::{
    App, Caller, Problem,
    agreements::{REMINDED, Reminded, remind},
    mail,
    people::today,
};
use closedset_core::{
    Action,
    id::{Id, Policy},
};
use closedset_store::policies;

/// Mails them a link, at most [`REMINDED`] in one go.
pub async fn policy_remind(
    app: &App,
    caller: &Caller,
    id: Id<Policy>,
) -> Result<Reminded, Problem> {
    caller.require(Action::PeopleWrite)?;
    let (way, unit_app) = (mail::way(app).await?, app.clone());
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let row =
            policies::policy_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("policy"))?;
        let today = today(tx, organisation)?;
        let owing = policies::owing(tx, organisation, (&row, today), REMINDED)?;
        remind(tx, &unit_app, (caller, &way), owing)
    })
    .await
}
