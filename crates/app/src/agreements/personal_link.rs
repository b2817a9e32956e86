//! The link by which somebody without an account sees what they owe, and signs it.

use crate::{App, Caller, Problem, people::known_person};
use closedset_core::{
    Action, Digest, Duration, Secret, Time,
    entry::Log,
    id::{Id, Person},
};
use closedset_store::{
    NewEntry,
    agreements::{self, PersonalLinkRow},
};
use serde_json::json;

/// For how many days a link opens.
pub const LINK_DAYS: i64 = 14;

/// Makes somebody's link, in the place of the one before, which opens nothing any more. It is shown now and never
/// again, and is handed on by whoever asked for it.
pub async fn personal_link_make(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
) -> Result<(String, Time), Problem> {
    caller.require(Action::PeopleWrite)?;
    let secret = Secret::<32>::random(app.randomness());
    let digest = Digest::of(secret.expose());
    let until = app
        .write_for(caller, Action::PeopleWrite, move |tx, caller| {
            let organisation = caller.organisation;
            let person = known_person(tx, organisation, id)?;
            let made_at = tx.now();
            let row = PersonalLinkRow {
                organisation,
                person: person.id,
                made_at,
                expires_at: made_at + Duration::from_days(LINK_DAYS),
            };
            agreements::personal_link_put(tx, &row, digest)?;
            tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("person:{id}"),
                    kind: "person.link_made",
                    body: json!({"person": id, "expires_at": row.expires_at}),
                },
            )?;
            Ok(row.expires_at)
        })
        .await?;
    Ok((format!("{}/mine?token={}", app.public_url(), secret.to_token()), until))
}
