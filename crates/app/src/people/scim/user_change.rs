//! What a directory says anew of somebody whom it brought.

use super::{
    activity::{Work, rework, settle},
    known::{
        Said, User, UserWords, describe, later, read, refuse_stale, shown_one, taken, tell_apart,
        user,
    },
};
use crate::{App, Caller, Problem, people::known::tell};
use closedset_core::{
    Action, Digest,
    id::{Id, Person},
};
use closedset_store::scim;
use serde_json::json;

/// Writes down what the directory says now. `expected` is the edition upon which it says so. `is_other_work` where it
/// says of their work what it did not before.
pub async fn user_change(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
    (words, expected, is_other_work): (UserWords, Option<Digest>, bool),
) -> Result<User, Problem> {
    caller.require(Action::Scim)?;
    read(&words)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::Scim, move |tx, caller| {
        let organisation = caller.organisation;
        let read = read(&words)?;
        let (before, mut person) = user(tx, organisation, id)?;
        let shown = shown_one(tx, organisation, before.clone())?;
        refuse_stale(expected, shown.edition())?;
        let mut row = before.clone();
        row.name_key = Some(read.key.clone());
        row.external_id = words.external_id.clone();
        row.resource = words.resource.clone();
        if row.name_key != before.name_key
            && scim::user_by_name(tx, organisation, &read.key)?.is_some()
        {
            return Err(taken());
        }
        if row.resource != before.resource {
            describe(tx, caller, &mut person, &read)?;
        }
        if matches!(words.active, Said::Among(true) | Said::Alone(true))
            && shown.active != Some(true)
        {
            tell_apart(tx, caller, &mut person, &read)?;
        }
        let work = Work { form: words.form, job: &read.job };
        settle(tx, (&unit_app, caller), &mut row, words.active, work)?;
        if is_other_work {
            rework(tx, (&unit_app, caller), &row, work)?;
        }
        if row != before {
            row.changed_at = later(tx, before.changed_at);
            scim::user_put(tx, organisation, &row)?;
            let body = json!({"person": id, "active": row.is_active});
            tell(tx, caller, id, "scim.user_changed", body)?;
        }
        shown_one(tx, organisation, row)
    })
    .await
}
