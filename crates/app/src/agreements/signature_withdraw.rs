//! Withdrawing a signature, given on a screen or on paper: the wrong person signed, or the wrong paper was confirmed.

use crate::{
    App, Caller, Problem,
    evidence::reason,
    people::{known_person, write_counted},
};
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, Person, Signature},
};
use closedset_store::{
    NewEntry,
    agreements::{self, Withdrawn},
};
use serde_json::json;

/// Withdraws a signature: it does not count any more, and stays to be seen. Yields whose it was.
pub async fn signature_withdraw(
    app: &App,
    caller: &Caller,
    id: Id<Signature>,
    why: &str,
) -> Result<Id<Person>, Problem> {
    caller.require(Action::PeopleWrite)?;
    let why = reason(why)?;
    write_counted(app, caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let row = agreements::signature_by_id(tx, organisation, id)?
            .ok_or(Problem::NotFound("signature"))?;
        known_person(tx, organisation, row.person)?;
        if row.withdrawn.is_some() {
            return Err(Problem::Conflict {
                code: "signature.withdrawn",
                sentence: "This signature was withdrawn before.",
                remedy: "Nothing more is needed.",
            });
        }
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("person:{}", row.person),
                kind: "agreement.signature_withdrawn",
                body: json!({
                    "signature": id,
                    "agreement": row.agreement,
                    "number": row.number,
                    "person": row.person,
                    "reason": why,
                }),
            },
        )?;
        let withdrawn = Withdrawn { by: caller.name.clone(), at: tx.now(), because: why.clone() };
        agreements::signature_withdraw(tx, organisation, id, &withdrawn)?;
        Ok(row.person)
    })
    .await
}
