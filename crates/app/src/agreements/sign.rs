//! Signing, by whoever holds the link that was made for them.

use super::{
    list::{Bound, bound_in, file},
    paper::{Signed, paper},
};
use crate::{
    App, Problem,
    days::zone_of,
    evidence::{keep_drawn, let_go_if_refused},
    people::{counted, known_person, name_key},
};
use closedset_core::{
    Actor, Digest, Secret,
    entry::Log,
    id::{Agreement, Id, Organisation, Signature},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    agreements::{self, PersonalLinkRow, SignatureRow},
    organisations,
    people::PersonRow,
};
use serde_json::json;

/// What somebody owes, and what they signed.
#[derive(Debug, Clone)]
pub struct Owed {
    /// To whom.
    pub organisation: String,
    /// Who.
    pub name: String,
    /// Where the facility's clocks are: `Europe/Madrid`.
    pub zone: String,
    /// What they must sign or did, oldest first.
    pub agreements: Vec<Offered>,
}

/// An agreement before whoever signs it.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The agreement, and their signature.
    pub bound: Bound,
    /// The words of the version in force.
    pub text: String,
}

fn dead() -> Problem {
    Problem::Conflict {
        code: "personal_link.dead",
        sentence: "This link opens nothing: its fourteen days are over, or a newer one was made for you.",
        remedy: "Ask whoever gave it to you for a new one.",
    }
}

pub(crate) fn digest_of(token: &str) -> Result<Digest, Problem> {
    Secret::<32>::from_token(token).map(|secret| Digest::of(secret.expose())).ok_or_else(dead)
}

/// Whose link it is, if it opens something.
pub(crate) fn live(
    tx: &mut Tx<'_>,
    token: Digest,
) -> Result<(PersonalLinkRow, PersonRow), Problem> {
    let link = agreements::personal_link_by_token(tx, token)?.ok_or_else(dead)?;
    if link.expires_at <= tx.now() {
        return Err(dead());
    }
    let person =
        known_person(tx, link.organisation, link.person).map_err(|problem| match problem {
            Problem::NotFound(_) => dead(),
            other => other,
        })?;
    Ok((link, person))
}

pub(crate) fn name_of(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<String, Problem> {
    Ok(organisations::organisation_by_id(tx, organisation)?.ok_or_else(dead)?.name)
}

/// What whoever holds this link owes.
pub async fn owed(app: &App, token: &str) -> Result<Owed, Problem> {
    let token = digest_of(token)?;
    app.store()
        .read(move |tx| {
            let (link, person) = live(tx, token)?;
            let mut offered = Vec::new();
            for bound in bound_in(tx, link.organisation, link.person)? {
                // What does not count any more is no business of whoever holds the link.
                if bound.signature.is_none() && !bound.is_owed() {
                    continue;
                }
                let (id, number) = (bound.agreement.id, bound.agreement.number);
                let version = agreements::agreement_version(tx, id, number)?;
                let text = version.ok_or(Problem::NotFound("agreement"))?.text;
                offered.push(Offered { bound, text });
            }
            let organisation = name_of(tx, link.organisation)?;
            let zone = zone_of(tx, link.organisation)?;
            let zone = zone.iana_name().unwrap_or("UTC").to_owned();
            Ok(Owed { organisation, name: person.name, zone, agreements: offered })
        })
        .await
}

/// What is about to be signed, as it stands.
struct Before {
    link: PersonalLinkRow,
    person: PersonRow,
    paper: Signed,
}

/// Signs. `number` is the version that was read: if another came into force meanwhile, nothing is signed. `typed` is
/// the name by which they sign, which must be theirs; `has_read` that they say they read it all.
pub async fn sign(
    app: &App,
    token: &str,
    (agreement, number): (Id<Agreement>, i64),
    (typed, has_read): (&str, bool),
) -> Result<Id<Signature>, Problem> {
    let (token, typed) = (digest_of(token)?, typed.trim().to_owned());
    if !has_read {
        return Err(Problem::field("has_read", "Read it to the end, then say here that you did."));
    }
    let (now, id) = (app.now(), Id::new(app.now(), app.randomness()));
    let unit_typed = typed.clone();
    let before = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let (link, person) = live(tx, token)?;
            if name_key(&unit_typed) != name_key(&person.name) {
                return Err(not_their_name(&person));
            }
            let bound = owed_one(tx, &link, agreement, number)?;
            let version = agreements::agreement_version(tx, agreement, number)?;
            let version = version.ok_or(Problem::NotFound("agreement"))?;
            let paper = Signed {
                id,
                organisation: name_of(tx, link.organisation)?,
                agreement: bound.agreement.name,
                number,
                text: version.text,
                digest: version.digest,
                name: unit_typed.clone(),
                email: person.email.clone(),
                signed_at: now,
                made_at: link.made_at,
                mailed: link.mailed.clone(),
            };
            Ok(Before { link, person, paper })
        })
        .await?;
    let organisation = before.link.organisation;
    let digest = before.paper.digest;
    let drawn = before.paper;
    let (paper_digest, _) = keep_drawn(app, organisation, move || paper(&drawn)).await?;
    let person_before = before.person;
    let unit_app = app.clone();
    let signed = app
        .store()
        .write(Scope::Organisation(organisation), move |tx| {
            let (link, person) = live(tx, token)?;
            if person.id != person_before.id || person.name != person_before.name {
                return Err(not_their_name(&person));
            }
            owed_one(tx, &link, agreement, number)?;
            counted(tx, &unit_app, organisation, |tx| {
                let entry = tx.record(
                    Log::Organisation(organisation),
                    NewEntry {
                        actor: &Actor::Person(person.id),
                        subject: format!("person:{}", person.id),
                        kind: "agreement.signed",
                        body: json!({
                            "signature": id,
                            "agreement": agreement,
                            "number": number,
                            "digest": digest,
                            "person": person.id,
                            "name": typed,
                            "way": "link",
                            "link_made_at": link.made_at,
                            "link_mailed_at": link.mailed.as_ref().map(|(_, at)| *at),
                            "file": paper_digest,
                        }),
                    },
                )?;
                let row = SignatureRow {
                    id,
                    agreement,
                    number,
                    person: person.id,
                    name: typed.clone(),
                    signed_at: now,
                    file: paper_digest,
                    entry: entry.index,
                    paper: None,
                    withdrawn: None,
                };
                agreements::signature_insert(tx, organisation, &row)?;
                Ok(id)
            })
        })
        .await;
    let_go_if_refused(app, organisation, Some(paper_digest), &signed).await?;
    signed
}

fn not_their_name(person: &PersonRow) -> Problem {
    Problem::field("name", format!("Type your name as it stands here: {}", person.name))
}

/// What is to be signed, if it is this version and still owed.
fn owed_one(
    tx: &mut Tx<'_>,
    link: &PersonalLinkRow,
    agreement: Id<Agreement>,
    number: i64,
) -> Result<Bound, Problem> {
    let all = bound_in(tx, link.organisation, link.person)?;
    let bound = all
        .into_iter()
        .find(|bound| bound.agreement.id == agreement)
        .ok_or(Problem::NotFound("agreement"))?;
    if bound.agreement.number != number {
        return Err(Problem::Conflict {
            code: "agreement.changed_while_read",
            sentence: "Other words came into force while you read these; nothing was signed.",
            remedy: "Read the new words, then sign those.",
        });
    }
    if !bound.is_owed() {
        return Err(Problem::Conflict {
            code: "agreement.not_owed",
            sentence: "You have signed this already, or need not.",
            remedy: "There is nothing more to do here.",
        });
    }
    Ok(bound)
}

/// The signed file, for whoever signed it.
pub async fn signed_file(
    app: &App,
    token: &str,
    id: Id<Signature>,
) -> Result<(SignatureRow, Vec<u8>), Problem> {
    let token = digest_of(token)?;
    let (organisation, row) = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let (link, person) = live(tx, token)?;
            let row = agreements::signature_by_id(tx, link.organisation, id)?
                .filter(|row| row.person == person.id)
                .ok_or(Problem::NotFound("signature"))?;
            Ok((link.organisation, row))
        })
        .await?;
    let bytes = file(app, organisation, row.file).await?;
    Ok((row, bytes))
}
