//! Who works here and who has signed, as far as the log tells: counted anew, by pseudonyms. Of the entries that
//! this rests on every pack shows all but the names, see [`crate::without_names`].

use super::{
    Finding,
    FindingKind::*,
    Report,
    entries::{Entries, text_of},
    scope::{Counting, Scoped},
};
use crate::{
    manifest::{FORMAT, Manifest, entry_path},
    without_names::is_of_people,
};
use closedset_core::{engagement::Days, entry::Envelope, fact::people::Signatures};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The kind of the entry that says that somebody was forgotten.
const FORGOTTEN_KIND: &str = "person.forgotten";

/// What the log says of people.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The pack shows what people are counted from.
    is_shown: bool,
    /// All that it says was read; what could not be was reported.
    is_known: bool,
    /// By their pseudonym.
    people: BTreeMap<String, Person>,
    agreements: BTreeMap<String, Agreement>,
}

/// Somebody.
#[derive(Debug, Default)]
struct Person {
    /// By their ids, those that were not removed.
    engagements: BTreeMap<String, Days>,
    /// By the signatures' ids, the agreement and version of those that were not withdrawn.
    signed: BTreeMap<String, (String, i64)>,
    is_forgotten: bool,
    /// The first erased entry that may say that they work here.
    erased: Option<u64>,
}

/// What is to be signed.
#[derive(Debug)]
struct Agreement {
    is_for_everybody: bool,
    /// The first version whose signatures count.
    counts_from: i64,
    is_retired: bool,
}

/// What the log's entries come to.
pub(super) enum Counted {
    /// This.
    Signatures(Signatures),
    /// This entry was erased, and somebody may work here by it.
    Erased(u64),
    /// Something could not be read, which was reported.
    Unknown,
    /// The pack does not show what that is counted from: it is limited to some controls, or of an older form.
    Unshown,
}

/// Walks the whole log.
pub(super) fn check(
    envelopes: Option<&[Envelope]>,
    manifest: &Manifest,
    (entries, scope): (&Entries, &Scoped),
    report: &mut Report,
) -> People {
    let is_shown = manifest.format == FORMAT && !scope.is_limited();
    let mut people = People { is_shown, ..People::default() };
    let Some(all) = envelopes.filter(|_| people.is_shown) else { return people };
    people.is_known = true;
    for (index, envelope) in (Counting { all, scope }).first(manifest.log.size) {
        if envelope.kind == FORGOTTEN_KIND {
            let person = people.people.entry(envelope.subject.clone()).or_default();
            person.is_forgotten = true;
        } else if is_of_people(&envelope.kind) {
            people.take(index, envelope, entries, report);
        }
    }
    people
}

impl People {
    /// How many are engaged on `day` and have not signed.
    pub(super) fn signatures(&self, day: Date) -> Counted {
        if !self.is_shown {
            return Counted::Unshown;
        }
        if !self.is_known {
            return Counted::Unknown;
        }
        let here = || self.people.values().filter(|one| !one.is_forgotten);
        if let Some(erased) = here().filter_map(|one| one.erased).min() {
            return Counted::Erased(erased);
        }
        let owed =
            || self.agreements.iter().filter(|(_, one)| one.is_for_everybody && !one.is_retired);
        let is_engaged = |one: &&Person| one.engagements.values().any(|days| days.holds(day));
        let owes = |one: &&Person| {
            owed().any(|(id, agreement)| {
                let counts = |(signed, number): &(String, i64)| {
                    signed == id && *number >= agreement.counts_from
                };
                !one.signed.values().any(counts)
            })
        };
        let count = |all: usize| i64::try_from(all).unwrap_or(i64::MAX);
        let agreements = count(owed().count());
        // Nobody is counted while there is nothing that everybody signs.
        let engaged = || here().filter(is_engaged).filter(|_| agreements > 0);
        Counted::Signatures(Signatures {
            agreements,
            engaged: count(engaged().count()),
            owing: count(engaged().filter(owes).count()),
        })
    }

    fn take(&mut self, index: u64, envelope: &Envelope, entries: &Entries, report: &mut Report) {
        let Some(entry) = entries.get(index) else {
            // That it is not there, or is not a good one, was reported.
            self.is_known = false;
            return;
        };
        let kind = envelope.kind.as_str();
        let Some(body) = &entry.body else {
            // Of a signature nobody is worse off; that it was withdrawn must not be hidden.
            if kind != "agreement.signed" && !kind.starts_with("agreement.paper_") {
                let person = self.people.entry(envelope.subject.clone()).or_default();
                person.erased = person.erased.or(Some(index));
            }
            return;
        };
        let done = match kind.split_once('.') {
            Some(("engagement", what)) => self.engagement(what, &envelope.subject, body),
            Some(("agreement", "signed")) => self.signed(&envelope.subject, body),
            Some(("agreement", "signature_withdrawn")) => self.withdrawn(&envelope.subject, body),
            // It counts when it is confirmed, and is signed then.
            Some(("agreement", "paper_uploaded" | "paper_refused")) => Ok(()),
            Some(("agreement", what)) => self.agreement(what, body),
            _ => Err("nobody knows what it says"),
        };
        if let Err(what) = done {
            report.add(Finding::new(Contradiction, entry_path(index), what));
            self.is_known = false;
        }
    }

    fn engagement(&mut self, what: &str, person: &str, body: &Value) -> Result<(), &'static str> {
        let id = text_of(body, "engagement").ok_or("it does not say which engagement")?;
        let days = Days::deserialize(body).map_err(|_| "it does not say from when to when")?;
        let person = self.people.entry(person.to_owned()).or_default();
        let is_known = person.engagements.contains_key(id);
        match what {
            _ if person.is_forgotten => Err("it is about somebody who was forgotten before"),
            "began" if is_known => Err("it begins what had begun before"),
            "changed" | "ended" | "removed" if !is_known && person.erased.is_none() => {
                Err("it is about an engagement that no entry begins")
            }
            "began" | "changed" | "ended" => {
                person.engagements.insert(id.to_owned(), days);
                Ok(())
            }
            "removed" => {
                person.engagements.remove(id);
                Ok(())
            }
            _ => Err("it does something to an engagement that nobody knows"),
        }
    }

    fn signed(&mut self, person: &str, body: &Value) -> Result<(), &'static str> {
        let (id, number) = numbered(body)?;
        let signature = text_of(body, "signature").ok_or("it does not say which signature")?;
        let is_known = self.agreements.contains_key(id);
        let signed = &mut self.people.entry(person.to_owned()).or_default().signed;
        let before = signed.insert(signature.to_owned(), (id.to_owned(), number));
        if before.is_some() {
            return Err("it gives a signature that was given before");
        }
        if is_known { Ok(()) } else { Err("it signs what no entry puts in force") }
    }

    fn withdrawn(&mut self, person: &str, body: &Value) -> Result<(), &'static str> {
        let signature = text_of(body, "signature").ok_or("it does not say which signature")?;
        let person = self.people.entry(person.to_owned()).or_default();
        match person.signed.remove(signature) {
            Some(_) => Ok(()),
            None => Err("it withdraws a signature that no entry gives"),
        }
    }

    fn agreement(&mut self, what: &str, body: &Value) -> Result<(), &'static str> {
        let id = text_of(body, "agreement").ok_or("it does not say which agreement")?;
        if what == "added" {
            let is_for_everybody = body.get("client").is_none_or(Value::is_null);
            let new = Agreement { is_for_everybody, counts_from: 1, is_retired: false };
            let before = self.agreements.insert(id.to_owned(), new);
            return if before.is_none() { Ok(()) } else { Err("it adds what was added before") };
        }
        let Some(agreement) = self.agreements.get_mut(id) else {
            return Err("it is about an agreement that no entry adds");
        };
        match what {
            "published" => {
                let (_, number) = numbered(body)?;
                let asks_again = body.get("asks_again").and_then(Value::as_bool);
                if asks_again.ok_or("it does not say whether it asks again")? {
                    agreement.counts_from = number;
                }
            }
            "retired" => agreement.is_retired = true,
            _ => return Err("it does something to an agreement that nobody knows"),
        }
        Ok(())
    }
}

fn numbered(body: &Value) -> Result<(&str, i64), &'static str> {
    let id = text_of(body, "agreement").ok_or("it does not say which agreement")?;
    let number = body.get("number").and_then(Value::as_i64);
    Ok((id, number.ok_or("it does not say which version")?))
}
