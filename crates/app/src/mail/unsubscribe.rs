//! The link in every weekly mail that ends them without signing in.

use super::wish::{WeeklyDay, change};
use crate::{App, Problem};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use closedset_core::{
    Actor, Time,
    id::{Id, Organisation, Person},
};
use closedset_store::{Scope, Tx, organisations, people};

/// What the link is sealed for.
const PURPOSE: &str = "mail-unsubscribe";

/// The address by which no more mails come, for this person alone. It is sealed, so that it stands
/// nowhere and nobody makes another's.
pub(super) fn unsubscribe_url(
    app: &App,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<String, Problem> {
    let plain = format!("{organisation} {person}");
    let sealed = app.master_key().seal(PURPOSE, plain.as_bytes(), app.randomness())?;
    Ok(format!("{}/mail/stop/{}", app.public_url(), URL_SAFE_NO_PAD.encode(sealed)))
}

/// Whose link it is.
fn opened(app: &App, token: &str) -> Option<(Id<Organisation>, Id<Person>)> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let plain = String::from_utf8(app.master_key().open(PURPOSE, &sealed).ok()?).ok()?;
    let (organisation, person) = plain.split_once(' ')?;
    Some((organisation.parse().ok()?, person.parse().ok()?))
}

/// The organisation whose weekly mails a link stops; not found where it stops none.
pub async fn unsubscribe_offer(app: &App, token: &str) -> Result<String, Problem> {
    let (organisation, person) = opened(app, token).ok_or(Problem::NotFound("link"))?;
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            require_member(tx, organisation, person)?;
            let row = organisations::organisation_by_id(tx, organisation)?;
            Ok(row.ok_or(Problem::NotFound("link"))?.name)
        })
        .await
}

/// No more weekly mails for whoever's link it is.
pub async fn unsubscribe(app: &App, token: &str) -> Result<(), Problem> {
    let (organisation, person) = opened(app, token).ok_or(Problem::NotFound("link"))?;
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            require_member(tx, organisation, person)?;
            change(tx, &Actor::Closedset, organisation, person, WeeklyDay::NEVER)
        })
        .await
}

fn require_member(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Time, Problem> {
    let now = tx.now();
    let member = people::member_by_person(tx, organisation, person)?;
    let member = member.filter(|member| member.ends_at.is_none_or(|end| now < end));
    Ok(member.ok_or(Problem::NotFound("link"))?.since)
}
