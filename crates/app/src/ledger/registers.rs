//! The registers held against the log: documents, attestations, exceptions and own checks, their periods,
//! grants, terms and withdrawals are what the entries say. Verdicts, pages and packs are made of the rows, so a row
//! that was changed behind the program's back must not stand where its entry says otherwise.
//!
//! Entries come first, then rows, then [`Registers::finish`] tells of what no row is kept. Where a body
//! was erased, that there was such an entry, and when, is all that a row is held against.

use crate::frameworks::CHOSEN;
use closedset_core::{
    Digest, Time,
    entry::Envelope,
    exception::Terms,
    id::{Document, Id, OwnCheck},
    own_check::{RETIRED, WRITTEN},
};
use closedset_store::{
    evidence::{AttestationRow, VersionRow},
    exceptions::{ExceptionRow, InvitedBy},
    frameworks::ChoiceRow,
    own_checks::{OwnVersionRow, Retired},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Entries on which a row rests.
const ROOTS: [&str; 5] =
    ["attestation.signed", WRITTEN, "document.added", "exception.asked", CHOSEN];
/// Entries that change such a row.
const CHANGES: [&str; 5] = [
    "attestation.withdrawn",
    RETIRED,
    "document.withdrawn",
    "exception.granted",
    "exception.withdrawn",
];

/// What a log's entries say of its registers.
#[derive(Debug, Default)]
pub(crate) struct Registers {
    said: BTreeMap<i64, Said>,
    /// The first entry that takes something back, and the one that grants it, by its id.
    withdrawn: BTreeMap<String, i64>,
    granted: BTreeMap<String, i64>,
    /// The entries on which a row rests.
    rested_on: BTreeSet<i64>,
}

#[derive(Debug)]
struct Said {
    kind: &'static str,
    at: Time,
    /// None where it was erased, or does not fit its entry.
    body: Option<Value>,
}

impl Said {
    /// Whether its body says this, or was erased. What an older program did not write down is not
    /// asked for.
    fn is(&self, key: &str, value: &Value) -> bool {
        self.body.as_ref().and_then(|body| body.get(key)).is_none_or(|found| found == value)
    }

    fn has_terms(&self, terms: &Terms) -> bool {
        let found = self.body.as_ref().filter(|body| body.get("terms").is_some());
        found.is_none_or(|body| Terms::in_body(body, None).is_ok_and(|found| found == *terms))
    }
}

/// A document as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct DocumentKept {
    pub(crate) id: Id<Document>,
    pub(crate) control: String,
    pub(crate) title: String,
    pub(crate) withdrawn_at: Option<Time>,
    pub(crate) withdrawn_entry: Option<i64>,
}

impl Registers {
    /// Takes an entry; whether its body is wanted too.
    pub(crate) fn entry(&mut self, index: i64, envelope: &Envelope) -> bool {
        let kind = ROOTS.iter().chain(&CHANGES).find(|kind| **kind == envelope.kind);
        if let Some(kind) = kind {
            self.said.insert(index, Said { kind, at: envelope.at, body: None });
        }
        kind.is_some()
    }

    /// Takes the body of an entry, which fits it.
    pub(crate) fn body(&mut self, index: i64, body: &[u8]) {
        let Some(said) = self.said.get_mut(&index) else { return };
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
        let (id, index_of) = match said.kind {
            "attestation.withdrawn" => (&body["attestation"], &mut self.withdrawn),
            "document.withdrawn" => (&body["document"], &mut self.withdrawn),
            "exception.withdrawn" => (&body["exception"], &mut self.withdrawn),
            "exception.granted" => (&body["exception"], &mut self.granted),
            RETIRED => (&body["check"], &mut self.withdrawn),
            _ => (&Value::Null, &mut self.granted),
        };
        if let Some(id) = id.as_str() {
            index_of.entry(id.to_owned()).or_insert(index);
        }
        said.body = Some(body);
    }

    /// Holds an exception against its entries; what is other, in a sentence.
    pub(crate) fn exception(&mut self, row: &ExceptionRow) -> Option<String> {
        let id = row.id.to_string();
        let mut others = Vec::new();
        match self.root(row.asked_entry, "exception.asked") {
            None => others.push("entry that asks for it"),
            Some(said) => {
                let is_same = said.is("exception", &json!(row.id))
                    && said.is("asked_by", &json!(row.asked_by))
                    && said.at == row.asked_at;
                note(&mut others, "asking", is_same);
                note(&mut others, "terms", said.has_terms(&row.terms));
            }
        }
        let granted = row.granted.as_ref();
        let said = granted.and_then(|granted| self.change(granted.entry, "exception.granted"));
        match (self.granted.get(&id), granted, said) {
            (None, None, _) => {}
            (known, Some(granted), Some(said))
                if known.map_or(said.body.is_none(), |known| *known == granted.entry) =>
            {
                let is_same = said.is("approved_by", &json!(granted.by))
                    && said.is("has_second_person", &json!(granted.has_second_person))
                    && said.is("invited_by", &json!(granted.invited_by.map(InvitedBy::as_str)))
                    && said.at == granted.at;
                note(&mut others, "grant", is_same);
                note(&mut others, "granted terms", said.has_terms(&row.terms));
            }
            _ => others.push("grant"),
        }
        let taken_back = (row.withdrawn_at, row.withdrawn_entry);
        note(&mut others, "withdrawal", self.is_withdrawn(&id, "exception.withdrawn", taken_back));
        sentence(&format!("the exception {id}"), &others)
    }

    /// Holds a version of an own check against its entry.
    pub(crate) fn own_version(&mut self, row: &OwnVersionRow) -> Option<String> {
        let mut others = Vec::new();
        match self.root(row.entry, WRITTEN) {
            None => others.push("entry that writes it"),
            Some(said) => {
                let is_same = said.is("check", &json!(row.id))
                    && said.is("version", &json!(row.version))
                    && said.is("written_by", &json!(row.written_by))
                    && said.at == row.written_at;
                note(&mut others, "writing", is_same);
                note(&mut others, "terms", said.is("terms", &json!(row.terms)));
            }
        }
        let name = format!("version {} of the own check {}", row.version, row.id);
        sentence(&name, &others)
    }

    /// Holds a choice of frameworks against its entry.
    pub(crate) fn choice(&mut self, row: &ChoiceRow) -> Option<String> {
        let mut others = Vec::new();
        match self.root(row.entry, CHOSEN) {
            None => others.push("entry that records it"),
            Some(said) => {
                let is_same =
                    said.is("chosen_by", &json!(row.chosen_by)) && said.at == row.chosen_at;
                note(&mut others, "choosing", is_same);
                note(&mut others, "frameworks", said.is("frameworks", &json!(row.frameworks)));
            }
        }
        sentence(&format!("the choice of frameworks of entry {}", row.entry), &others)
    }

    /// Holds an own check's retirement against the entries.
    pub(crate) fn own_check(&self, id: Id<OwnCheck>, retired: Option<&Retired>) -> Option<String> {
        let mut others = Vec::new();
        let taken_back = (retired.map(|one| one.at), retired.map(|one| one.entry));
        let is_same = self.is_withdrawn(&id.to_string(), RETIRED, taken_back);
        note(&mut others, "retirement", is_same);
        sentence(&format!("the own check {id}"), &others)
    }

    /// Holds an attestation against its entries.
    pub(crate) fn attestation(&mut self, row: &AttestationRow) -> Option<String> {
        let id = row.id.to_string();
        let mut others = Vec::new();
        match self.root(row.entry, "attestation.signed") {
            None => others.push("entry that signs it"),
            Some(said) => {
                let is_same = said.is("attestation", &json!(row.id))
                    && said.is("control", &json!(row.control))
                    && said.is("signed_by", &json!(row.signed_by))
                    && said.at == row.signed_at;
                note(&mut others, "signing", is_same);
                // Where the body was erased, the statement's words were too.
                let has_words = row.digest == Digest::of(row.statement.as_bytes());
                let is_same =
                    said.is("digest", &json!(row.digest)) && (has_words || said.body.is_none());
                note(&mut others, "statement", is_same);
                note(&mut others, "period", has_period(said, row.valid_from, row.valid_to));
            }
        }
        let taken_back = (row.withdrawn_at, row.withdrawn_entry);
        let is_same = self.is_withdrawn(&id, "attestation.withdrawn", taken_back);
        note(&mut others, "withdrawal", is_same);
        sentence(&format!("the attestation {id}"), &others)
    }

    /// Holds a document's withdrawal against the entries.
    pub(crate) fn document(&self, row: &DocumentKept) -> Option<String> {
        let (id, taken_back) = (row.id.to_string(), (row.withdrawn_at, row.withdrawn_entry));
        let mut others = Vec::new();
        let is_same = self.is_withdrawn(&id, "document.withdrawn", taken_back);
        note(&mut others, "withdrawal", is_same);
        sentence(&format!("the document {id}"), &others)
    }

    /// Holds a version of a document against its entry.
    pub(crate) fn version(&mut self, document: &DocumentKept, row: &VersionRow) -> Option<String> {
        let mut others = Vec::new();
        match self.root(row.entry, "document.added") {
            None => others.push("entry that adds it"),
            Some(said) => {
                let is_same = said.is("document", &json!(document.id))
                    && said.is("version", &json!(row.id))
                    && said.is("number", &json!(row.number))
                    && said.is("control", &json!(document.control))
                    && said.is("uploaded_by", &json!(row.uploaded_by))
                    && said.at == row.uploaded_at;
                note(&mut others, "adding", is_same);
                let is_same = said.is("title", &json!(document.title))
                    && said.is("file_name", &json!(row.file_name));
                note(&mut others, "title", is_same);
                let is_same = said.is("digest", &json!(row.digest))
                    && said.is("size", &json!(row.size_bytes));
                note(&mut others, "content", is_same);
                note(&mut others, "period", has_period(said, row.valid_from, row.valid_to));
            }
        }
        let name = format!("version {} of the document {}", row.number, document.id);
        sentence(&name, &others)
    }

    /// The entries of what no row is kept.
    pub(crate) fn finish(self) -> impl Iterator<Item = String> {
        let Self { said, rested_on, .. } = self;
        let is_alone = move |(index, said): &(i64, Said)| {
            ROOTS.contains(&said.kind) && !rested_on.contains(index)
        };
        said.into_iter().filter(is_alone).map(|(index, said)| {
            format!("entry {index} ({}) tells of something of which no row is kept", said.kind)
        })
    }

    /// The entry on which a row rests, and no other row beside it.
    fn root(&mut self, index: i64, kind: &str) -> Option<&Said> {
        let is_first = self.rested_on.insert(index);
        self.change(index, kind).filter(|_| is_first)
    }

    fn change(&self, index: i64, kind: &str) -> Option<&Said> {
        self.said.get(&index).filter(|said| said.kind == kind)
    }

    /// Whether something was taken back just as the row says: when, and by which entry, which older
    /// rows do not name.
    fn is_withdrawn(&self, id: &str, kind: &str, row: (Option<Time>, Option<i64>)) -> bool {
        match (self.withdrawn.get(id), row) {
            (None, (None, None)) => true,
            (Some(index), (Some(at), entry)) => {
                let said = self.change(*index, kind);
                said.is_some_and(|said| said.at == at) && entry.is_none_or(|entry| entry == *index)
            }
            (None, (Some(at), entry)) => self.said.iter().any(|(index, said)| {
                let is_it = said.kind == kind && said.at == at && said.body.is_none();
                is_it && entry.is_none_or(|entry| entry == *index)
            }),
            (_, (None, _)) => false,
        }
    }
}

fn has_period(said: &Said, from: Time, to: Time) -> bool {
    said.is("valid_from", &json!(from)) && said.is("valid_to", &json!(to))
}

fn note(others: &mut Vec<&'static str>, what: &'static str, is_same: bool) {
    if !is_same {
        others.push(what);
    }
}

fn sentence(name: &str, others: &[&str]) -> Option<String> {
    let others = others.join(", ");
    (!others.is_empty())
        .then(|| format!("{name} is kept with another {others} than its entries say"))
}
