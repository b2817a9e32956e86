//! Packs without people's names: what such a pack shows, and what stands where a name was.
//!
//! This is the one place that says it, for whoever makes a pack and for whoever verifies one: both ask the
//! same functions, so that nothing more can be hidden than this, and nothing less. Of an entry those fields
//! are shown that cannot name anybody; of the others their digests are. Who did something is shown by the
//! pseudonym that the entry's envelope has anyway, so that two people are still two. Texts that somebody typed, documents,
//! and facts in which a computer may name its people are left out.
//!
//! What organisation and facilities are called, and where they lie, stands in every pack.

use crate::{
    builder::PackInput,
    entry_file::{EntryFile, LedgerEntry},
    manifest::CREATED_KIND,
    rows::{AttestationRow, DeviceRow, DocumentRow, ERASED_WORDS, ExceptionRow, FactRow, LeftOut},
    verify::{
        ASKED_KIND, ASSESSED_KIND, ATTESTATION_KIND, CHECKED_IN_KIND, CONFIRMED_KIND,
        DOCUMENT_KIND, ENROLLED_KIND, ERASED_KIND, FACILITY_KIND, GRANTED_KIND, ORGANISATION_KIND,
        RESTORED_KIND, REVOKED_KIND, ROLLED_UP_KIND,
    },
};
use closedset_core::{
    Subject,
    entry::Envelope,
    fact::{
        self, FactRecord, Shape,
        device::{
            AutomaticUpdates, Device, InternetAccess, OperatingSystem, PasswordPolicy,
            PendingUpdates, ReleaseLine, SshServer, StoragePorts, TimeSync,
        },
        people::Signatures,
    },
    own_check::{RETIRED, WRITTEN},
};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// What stands for words that somebody typed, or that may name somebody.
pub const UNSHOWN: &str = "not shown in a pack without people's names";
/// Why a document, a statement or what a computer said is not in the pack.
pub const LEFT_OUT: &str = "it may name people, and this pack is without their names";

/// What such a pack says of itself, on its first page and wherever it is spoken of.
pub(crate) const WORDS: &str = "People's names";
/// What that means.
pub(crate) const MEANS: &str = "People and computers stand here as pseudonyms. What may name somebody is left out, and what rests on it is not proven here.";
/// What is left out, in a pack's list of that.
const LEFT_OUT_TOO: &str = "Who did something, and what computers are called, is shown by pseudonyms. Documents, statements, the \
    reasons that people wrote, the words of verdicts, the facility's own checks, and what computers say of \
    their users are left out with the names; the log holds their digests";

/// Which fields of the bodies of entries are shown; of any other kind, none is.
const SHOWN: [(&str, &[&str]); 22] = [
    (
        CREATED_KIND,
        &["pack", "manifest", "framework", "from", "to", "controls", "recipients", "without_names"],
    ),
    (ORGANISATION_KIND, &["organisation", "profile", "owner"]),
    (FACILITY_KIND, &["organisation", "facility"]),
    (RESTORED_KIND, &["backup_made_at", "entries"]),
    (ERASED_KIND, &["index"]),
    (ENROLLED_KIND, &["device", "organisation", "key", "enrolment"]),
    (CONFIRMED_KIND, &["device", "has_screen", "is_portable", "handles_content"]),
    (REVOKED_KIND, &["device"]),
    (CHECKED_IN_KIND, &["statement", "signature", "digests", "changed"]),
    (ROLLED_UP_KIND, &["count", "root", "first_collected_at", "last_collected_at"]),
    (
        DOCUMENT_KIND,
        &["document", "version", "number", "control", "digest", "size", "valid_from", "valid_to"],
    ),
    ("document.withdrawn", &["document", "control"]),
    (ATTESTATION_KIND, &["attestation", "control", "digest", "valid_from", "valid_to"]),
    ("attestation.withdrawn", &["attestation", "control"]),
    ("evidence.began", &["control", "at"]),
    ("evidence.expired", &["control", "at"]),
    (ASKED_KIND, &["exception", "terms"]),
    (GRANTED_KIND, &["exception", "terms", "asked", "has_second_person"]),
    ("exception.withdrawn", &["exception", "control"]),
    ("exception.lapsed", &["exception", "control", "at"]),
    ("exception.reminded", &["exception", "control", "at"]),
    (ASSESSED_KIND, &["subject", "at", "facts", "verdicts", "facts_ended", "verdicts_ended"]),
];
/// Which fields of the entries about who works here, and who signed what, any pack shows: none of them ever shows
/// names, jobs or what an agreement is called, since a pack counts people and lists nobody.
const SHOWN_OF_PEOPLE: [(&str, &[&str]); 11] = [
    ("engagement.began", &["engagement", "form", "begins_on", "ends_on"]),
    ("engagement.changed", &["engagement", "form", "begins_on", "ends_on"]),
    ("engagement.ended", &["engagement", "form", "begins_on", "ends_on"]),
    ("engagement.removed", &["engagement", "form", "begins_on", "ends_on"]),
    ("agreement.added", &["agreement", "client", "number", "digest"]),
    ("agreement.published", &["agreement", "number", "digest", "asks_again"]),
    ("agreement.retired", &["agreement"]),
    ("agreement.paper_uploaded", &["paper", "agreement", "number", "file"]),
    ("agreement.paper_refused", &["paper", "agreement"]),
    ("agreement.signature_withdrawn", &["signature", "agreement", "number"]),
    ("agreement.signed", &["signature", "agreement", "number", "digest", "file"]),
];

/// Whether an entry of this kind is about who works here, or who signed what.
pub fn is_of_people(kind: &str) -> bool {
    ["engagement.", "agreement."].iter().any(|area| kind.starts_with(area))
}

/// Of what the facility itself asks, in words of its own, only that it did.
const SHOWN_OF_OWN: [(&str, &[&str]); 2] =
    [(WRITTEN, &["check", "version"]), (RETIRED, &["check", "version"])];
/// Words that may stand within a field that is shown otherwise: in entries of version 1.
const WORDS_WITHIN: [&str; 3] = ["because", "reason", "measure"];

/// Of entries of version 1, those that have no other fields than are shown.
const WHOLE: [&str; 9] = [
    ORGANISATION_KIND,
    FACILITY_KIND,
    RESTORED_KIND,
    CHECKED_IN_KIND,
    ROLLED_UP_KIND,
    "evidence.began",
    "evidence.expired",
    "exception.lapsed",
    "exception.reminded",
];

/// Kinds of fact in which no computer names anybody: whose texts come from the program or from the system's makers.
const SHOWN_FACTS: [&str; 11] = [
    Signatures::KIND,
    Device::KIND,
    OperatingSystem::KIND,
    ReleaseLine::KIND,
    AutomaticUpdates::KIND,
    PendingUpdates::KIND,
    PasswordPolicy::KIND,
    SshServer::KIND,
    StoragePorts::KIND,
    TimeSync::KIND,
    InternetAccess::KIND,
];

/// Whether this field of the body of an entry of this kind is shown.
pub fn shows(kind: &str, field: &str, value: &Value) -> bool {
    let known =
        SHOWN.iter().chain(&SHOWN_OF_OWN).chain(&SHOWN_OF_PEOPLE).find(|(known, _)| *known == kind);
    known.is_some_and(|(_, fields)| fields.contains(&field)) && !has_words(kind, value)
}

/// Whether a hidden field of this name is one that is shown in every pack, as far as its name tells.
pub(crate) fn shows_name(kind: &str, field: &str) -> bool {
    shows(kind, field, &Value::Null)
}

/// Whether words stand in what is shown of an assessment or of an exception.
fn has_words(kind: &str, value: &Value) -> bool {
    let has = |value: &Value| WORDS_WITHIN.iter().any(|word| value.get(word).is_some());
    match kind {
        ASSESSED_KIND => value.as_array().is_some_and(|all| all.iter().any(has)),
        ASKED_KIND | GRANTED_KIND => has(value),
        _ => false,
    }
}

/// Whether the body of a fact of this kind is shown: if it says nothing but what the kind is known to say. What
/// could not be read is told with paths, and a path may go through somebody's home folder; and of what a newer
/// agent says more, nobody decided anything.
pub fn shows_fact(kind: &str, body: &Value) -> bool {
    static SHAPES: LazyLock<BTreeMap<&str, Shape>> = LazyLock::new(|| {
        let known = fact::kinds().into_iter().filter(|kind| shows_fact_kind(kind.name));
        known.map(|kind| (kind.name, kind.shape)).collect()
    });
    let is_salt = |value: &Value| {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        value.as_str().is_some_and(|text| text.len() == 32 && text.bytes().all(digit))
    };
    let is_known = |(shape, said): (&Shape, &Map<String, Value>)| {
        said.iter().all(|(name, value)| match shape.field(name) {
            Some(shape) => shape.knows(value),
            None => name == fact::SALT && is_salt(value),
        })
    };
    SHAPES.get(kind).zip(body.as_object()).is_some_and(is_known)
}

/// Whether facts of this kind are shown where all of them could be read.
pub(crate) fn shows_fact_kind(kind: &str) -> bool {
    SHOWN_FACTS.contains(&kind)
}

/// Whether an entry of version 1 of this kind is never left out: whatever its body says is shown.
pub(crate) fn shows_all_of(kind: &str) -> bool {
    WHOLE.contains(&kind)
}

/// Whether nothing of an entry is shown: it is of a version that is shown whole or not at all, and names somebody.
pub fn is_left_out(entry: &LedgerEntry) -> bool {
    EntryFile::without_names(entry).and_then(EntryFile::open).is_ok_and(|entry| entry.is_left_out())
}

/// What stands for words; that something was erased is said still.
pub(crate) fn unshown(words: &str) -> &'static str {
    if words == ERASED_WORDS { ERASED_WORDS } else { UNSHOWN }
}

impl DeviceRow {
    /// What a computer is called: its pseudonym.
    pub(crate) fn is_unnamed(&self, enrolled: &Envelope) -> bool {
        self.name == enrolled.subject
    }
}

impl DocumentRow {
    /// The row as such a pack has it, where the entry that added the version has this envelope.
    pub(crate) fn unnamed(self, added: &Envelope) -> Self {
        Self {
            title: self.document.to_string(),
            file_name: String::new(),
            given_by: added.actor.clone(),
            path: None,
            left_out: Some(LEFT_OUT.to_owned()),
            ..self
        }
    }
}

impl AttestationRow {
    /// The row as such a pack has it, where the entry that holds it has this envelope.
    pub(crate) fn unnamed(self, signed: &Envelope) -> Self {
        Self { signed_by: signed.actor.clone(), left_out: Some(LEFT_OUT.to_owned()), ..self }
    }
}

impl ExceptionRow {
    /// The row as such a pack has it, where asking and granting have these envelopes.
    pub(crate) fn unnamed(mut self, asked: &Envelope, granted: &Envelope) -> Self {
        self.asked_by.clone_from(&asked.actor);
        self.approved_by.clone_from(&granted.actor);
        UNSHOWN.clone_into(&mut self.terms.reason);
        UNSHOWN.clone_into(&mut self.terms.measure);
        self
    }
}

/// Everything of a pack in which people are named, before it is built.
#[derive(Debug)]
pub struct Contents<'a> {
    /// What is neither evidence nor the ledger.
    pub input: &'a mut PackInput,
    /// Facts with their bodies.
    pub facts: &'a mut Vec<(FactRow, Option<Vec<u8>>)>,
    /// Documents.
    pub documents: Vec<&'a mut DocumentRow>,
    /// Statements.
    pub attestations: Vec<&'a mut AttestationRow>,
}

impl Contents<'_> {
    /// Every entry whose envelope [`Contents::unname`] wants.
    pub fn entries(&self) -> BTreeSet<u64> {
        let devices = self.input.devices.iter().map(|row| row.enrolled);
        let exceptions = self.input.exceptions.iter().flat_map(|row| [row.asked, row.entry]);
        let documents = self.documents.iter().map(|row| row.entry);
        let attestations = self.attestations.iter().map(|row| row.entry);
        devices.chain(exceptions).chain(documents).chain(attestations).collect()
    }

    /// Takes out who is named. Documents and statements must then be added without content, and why the
    /// controls have their status be told anew. Of an entry that is not among `envelopes` nothing is told.
    pub fn unname(self, envelopes: &BTreeMap<u64, Envelope>) {
        let Self { input, facts, documents, attestations } = self;
        input.heading.without_names = true;
        input.heading.made_by.clear();
        input.heading.scope.recipient.clear();
        let mut names: BTreeMap<Subject, String> = BTreeMap::new();
        for row in &mut input.devices {
            row.name =
                envelopes.get(&row.enrolled).map_or_else(String::new, |one| one.subject.clone());
            names.insert(Subject::device(row.id), row.name.clone());
        }
        let rename = |subject: &Subject, name: &mut String| {
            if let Some(pseudonym) = names.get(subject) {
                name.clone_from(pseudonym);
            }
        };
        for control in &mut input.controls {
            control.checks.retain(|check| !check.is_own);
        }
        let checks: BTreeSet<String> = input
            .controls
            .iter()
            .flat_map(|control| &control.checks)
            .map(|check| check.id.clone())
            .collect();
        input.verdicts.retain(|row| checks.contains(&row.check));
        input.history.retain(|row| checks.contains(&row.check));
        for row in &mut input.verdicts {
            rename(&row.subject, &mut row.subject_name);
            unshown(&row.because).clone_into(&mut row.because);
        }
        for row in &mut input.history {
            rename(&row.subject, &mut row.subject_name);
            unshown(&row.because).clone_into(&mut row.because);
        }
        for row in &mut input.exceptions {
            if let (Some(asked), Some(granted)) =
                (envelopes.get(&row.asked), envelopes.get(&row.entry))
            {
                *row = row.clone().unnamed(asked, granted);
            }
        }
        for row in documents {
            if let Some(envelope) = envelopes.get(&row.entry) {
                *row = row.clone().unnamed(envelope);
            }
        }
        for row in attestations {
            if let Some(envelope) = envelopes.get(&row.entry) {
                *row = row.clone().unnamed(envelope);
            }
        }
        for (row, body) in facts {
            rename(&row.subject, &mut row.subject_name);
            let read = body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
            if !read.is_some_and(|read: Value| shows_fact(&row.kind, &read)) {
                *body = None;
                row.left_out = Some(LEFT_OUT.to_owned());
            }
        }
        input.left_out.push(LeftOut { what: WORDS.to_owned(), why: LEFT_OUT_TOO.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::fact;
    use serde_json::json;

    #[test]
    fn what_names_somebody_is_not_shown() {
        for (kind, field) in [
            (DOCUMENT_KIND, "title"),
            (DOCUMENT_KIND, "file_name"),
            (DOCUMENT_KIND, "uploaded_by"),
            (ATTESTATION_KIND, "signed_by"),
            (ASKED_KIND, "asked_by"),
            (ASKED_KIND, "reason"),
            (GRANTED_KIND, "approved_by"),
            (GRANTED_KIND, "measure"),
            (ENROLLED_KIND, "name"),
            (CONFIRMED_KIND, "name"),
            (REVOKED_KIND, "reason"),
            (ASSESSED_KIND, "because"),
            (WRITTEN, "terms"),
            (WRITTEN, "written_by"),
            (RETIRED, "reason"),
            ("person.joined", "name"),
        ] {
            assert!(!shows(kind, field, &json!("Ada")), "{kind} {field}");
            assert!(!shows_name(kind, field), "{kind} {field}");
        }
        assert!(shows(DOCUMENT_KIND, "digest", &json!("00")));
    }

    #[test]
    fn words_within_a_field_keep_it_from_being_shown() {
        assert!(shows(ASSESSED_KIND, "verdicts", &json!([{"check": "a"}])));
        assert!(!shows(ASSESSED_KIND, "verdicts", &json!([{"check": "a"}, {"because": "b"}])));
        assert!(shows(GRANTED_KIND, "terms", &json!({"control": "IS-7"})));
        assert!(!shows(GRANTED_KIND, "terms", &json!({"control": "IS-7", "reason": "b"})));
    }

    #[test]
    fn a_fact_is_shown_if_its_kind_names_nobody_and_all_of_it_was_read() {
        assert!(shows_fact("ssh_server", &json!({"is_running": false})));
        assert!(shows_fact("ssh_server", &json!({"salt": "0123456789abcdef0123456789abcdef"})));
        assert!(!shows_fact("ssh_server", &json!({"salt": "ada lindqvist"})));
        let unread = json!([{"path": "is_running", "why": "/home/ada could not be read"}]);
        assert!(!shows_fact("ssh_server", &json!({"unread": unread})));
        for kind in ["local_accounts", "screen_lock", "disk_encryption", "evidence", "new"] {
            assert!(!shows_fact(kind, &json!({})), "{kind}");
        }
        // Whichever kinds there will be, somebody decides about each.
        let known: Vec<_> = fact::kinds().into_iter().map(|kind| kind.name).collect();
        assert!(SHOWN_FACTS.iter().all(|kind| known.contains(kind)));
    }

    /// What is shown is part of the form: whoever shows or hides something else makes packs that other versions of
    /// this program find wrong. So it is changed together with [`FORMAT`](crate::manifest::FORMAT), and what older
    /// forms showed is kept beside it.
    #[test]
    fn what_is_shown_is_changed_with_the_form_alone() {
        let shapes = fact::kinds().into_iter().filter(|kind| shows_fact_kind(kind.name));
        let shapes: Vec<_> = shapes.map(|kind| (kind.name, names(&kind.shape))).collect();
        let table = format!(
            "{SHOWN:?}{SHOWN_OF_OWN:?}{SHOWN_OF_PEOPLE:?}{WORDS_WITHIN:?}{WHOLE:?}{shapes:?}"
        );
        let digest = closedset_core::Digest::of(table.as_bytes()).to_string();
        assert_eq!(
            (crate::manifest::FORMAT, &digest[..16]),
            ("closedset-pack/8", "22d69856e72ffff3")
        );
    }

    /// The names of a record's fields, however deep.
    fn names(shape: &Shape) -> Vec<String> {
        match shape {
            Shape::Optional(inner) | Shape::List(inner) => names(inner),
            Shape::Record(fields) => fields
                .iter()
                .flat_map(|field| {
                    let within = names(&field.shape).into_iter();
                    let within = within.map(|name| format!("{}.{name}", field.name));
                    std::iter::once(field.name.to_owned()).chain(within).collect::<Vec<_>>()
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}
