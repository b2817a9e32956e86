//! Reading what must be known, and saying so, by whoever holds the link that was made for them.

use super::list::{Known, known_in};
use crate::{
    App, Problem,
    agreements::{digest_of, live, name_of},
    days::zone_of,
};
use closedset_core::{
    Actor, Digest, Time,
    entry::Log,
    id::{Acknowledgement, Id, Organisation, Person, Policy},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    policies::{self, AcknowledgementRow},
};
use serde_json::json;

/// What somebody must know, and said that they do.
#[derive(Debug, Clone)]
pub struct ToRead {
    /// To whom.
    pub organisation: String,
    /// Who.
    pub name: String,
    /// Where the facility's clocks are: `Europe/Madrid`.
    pub zone: String,
    /// Oldest first.
    pub policies: Vec<Known>,
}

/// A policy before whoever reads it.
#[derive(Debug, Clone)]
pub struct Read {
    /// To whom.
    pub organisation: String,
    /// Who.
    pub name: String,
    /// Where the facility's clocks are.
    pub zone: String,
    /// The policy, and what they said of it.
    pub known: Known,
    /// The words in force.
    pub text: String,
}

/// What whoever holds this link must know.
pub async fn to_read(app: &App, token: &str) -> Result<ToRead, Problem> {
    let token = digest_of(token)?;
    app.store()
        .read(move |tx| {
            let (link, person) = live(tx, token)?;
            let policies = known_in(tx, link.organisation, link.person)?;
            let (organisation, zone) = place(tx, link.organisation)?;
            Ok(ToRead { organisation, name: person.name, zone, policies })
        })
        .await
}

/// One policy with its words, for whoever holds this link.
pub async fn to_read_one(app: &App, token: &str, id: Id<Policy>) -> Result<Read, Problem> {
    let token = digest_of(token)?;
    app.store()
        .read(move |tx| {
            let (link, person) = live(tx, token)?;
            let known = known_one(tx, (link.organisation, link.person), id)?;
            let version = policies::policy_version(tx, id, known.policy.number)?;
            let text = version.ok_or(Problem::NotFound("policy"))?.text;
            let (organisation, zone) = place(tx, link.organisation)?;
            Ok(Read { organisation, name: person.name, zone, known, text })
        })
        .await
}

fn place(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<(String, String), Problem> {
    let zone = zone_of(tx, organisation)?;
    Ok((name_of(tx, organisation)?, zone.iana_name().unwrap_or("UTC").to_owned()))
}

/// A policy in force that somebody must know, or said that they do.
fn known_one(
    tx: &mut Tx<'_>,
    (organisation, person): (Id<Organisation>, Id<Person>),
    id: Id<Policy>,
) -> Result<Known, Problem> {
    known_in(tx, organisation, person)?
        .into_iter()
        .find(|known| known.policy.id == id && known.policy.is_in_force())
        .ok_or(Problem::NotFound("policy"))
}

/// Says that whoever holds this link read a policy and will keep to it. `number` is the version that was read: if another
/// came into force meanwhile, nothing is said. Saying it again says nothing more.
pub async fn acknowledge(
    app: &App,
    token: &str,
    (id, number): (Id<Policy>, i64),
) -> Result<Id<Acknowledgement>, Problem> {
    let token = digest_of(token)?;
    // Whose link it is, and with it where, stands in the link.
    let organisation = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(live(tx, token)?.0.organisation) })
        .await?;
    app.store()
        .write(Scope::Organisation(organisation), move |tx| {
            let (link, person) = live(tx, token)?;
            let known = known_one(tx, (organisation, person.id), id)?;
            if known.policy.number != number {
                return Err(Problem::Conflict {
                    code: "policy.changed_while_read",
                    sentence: "Other words came into force while you read these; nothing was written down.",
                    remedy: "Read the new words, then say so.",
                });
            }
            match known.acknowledgement {
                Some(said) if !known.is_owed => return Ok(said.id),
                _ if known.is_owed => {}
                _ => return Err(Problem::NotFound("policy")),
            }
            let version = policies::policy_version(tx, id, number)?;
            let digest = version.ok_or(Problem::NotFound("policy"))?.digest;
            let mut row = AcknowledgementRow {
                id: tx.new_id(),
                policy: id,
                number,
                person: person.id,
                acknowledged_at: tx.now(),
                entry: 0,
            };
            row.entry = tell(tx, organisation, &row, (link.made_at, digest))?;
            policies::acknowledgement_insert(tx, organisation, &row)?;
            Ok(row.id)
        })
        .await
}

fn tell(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &AcknowledgementRow,
    (link_made_at, digest): (Time, Digest),
) -> Result<i64, Problem> {
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &Actor::Person(row.person),
            subject: format!("person:{}", row.person),
            kind: "policy.acknowledged",
            body: json!({
                "acknowledgement": row.id,
                "policy": row.policy,
                "number": row.number,
                "digest": digest,
                "person": row.person,
                "way": "link",
                "link_made_at": link_made_at,
            }),
        },
    )?;
    Ok(entry.index)
}
