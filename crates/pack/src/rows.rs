//! What a pack says, row by row. The same structs are handed to the builder, stand in the pack's
//! JSON files, and are read back by the verifier.

use crate::{rolled_up::RolledUp, zone::Zone};
use closedset_core::{
    Digest, Status, Subject, Time,
    check_in::{DeviceKey, DeviceSignature, Statement},
    exception::{Excepted, Terms},
    fact,
    id::{self, Attestation, Device, Document, DocumentVersion, Exception, Id, Organisation, Pack},
};
use serde::{Deserialize, Serialize};

/// The source of facts that a device signed itself.
pub const AGENT_SOURCE: &str = "agent";
/// The source of facts about what was given for a control.
pub const EVIDENCE_SOURCE: &str = "closedset/evidence";
/// The source of facts that are counted in the register of people.
pub const PEOPLE_SOURCE: &str = "closedset/people";
/// The source of facts about what people confirmed of a device.
pub const REGISTER_SOURCE: &str = "closedset/register";
/// What the source of a fact begins with that follows from a device's operating system and from what
/// the catalogue knows of its releases.
pub const RELEASES_SOURCE: &str = "closedset/release-line/";

/// What facts of this kind are called.
pub fn fact_title(kind: &str) -> String {
    let known = fact::kinds().into_iter().find(|known| known.name == kind);
    known.map_or(kind, |known| known.title).to_owned()
}

/// What the pack is and whom it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// The pack's id.
    pub pack: Id<Pack>,
    /// Whose it is; entries, statements and facts of any other are refused.
    pub organisation: Id<Organisation>,
    /// Its name.
    pub organisation_name: String,
    /// Its facilities, oldest first.
    pub facilities: Vec<Facility>,
    /// In whose time people are told days and times: the first facility's. To a builder, only its
    /// name counts.
    pub zone: Zone,
    /// What it is about.
    pub scope: Scope,
    /// When it was made.
    pub made_at: Time,
    /// Who made it, for people; may be left empty.
    pub made_by: String,
    /// The program and version that made it: `closedset 0.1.0`.
    pub made_with: String,
    /// Everything in it is invented. The log says the same, or the pack is not valid.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_demonstration: bool,
    /// Nobody is named in it, see [`crate::without_names`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_names: bool,
}

/// A site of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facility {
    /// Its id.
    pub id: Id<id::Facility>,
    /// What it is called.
    pub name: String,
    /// Its address, in lines.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The name of its time zone: `Europe/Madrid`.
    pub time_zone: String,
}

/// What a pack is about. Nothing outside it stands in the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The framework's id.
    pub framework: String,
    /// The framework's title.
    pub framework_title: String,
    /// Its version.
    pub framework_version: String,
    /// The controls to which it is limited, in the framework's order; all of them if there are none. See
    /// [`crate::limited`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// For whom it is made, for people: the content owner or title; may be empty.
    pub recipient: String,
    /// The beginning of the period.
    pub from: Time,
    /// The end of the period.
    pub to: Time,
}

/// Something that was left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// What, in words that give nothing away.
    pub what: String,
    /// Why.
    pub why: String,
}

/// What stands as the reason where the entry that gave it was erased.
pub const ERASED_WORDS: &str = "what was said then was erased";

/// The log that proves the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogName {
    /// The origin in its checkpoints.
    pub origin: String,
    /// Its verifier key: `name+id+base64`.
    pub key: String,
    /// How many entries it had when everything in the pack was read: the pack says what they say
    /// together, and what was recorded from there on happened while it was being made.
    pub size: u64,
    /// When its first entry was recorded: of the time before, nothing is known.
    pub begins_at: Time,
    /// When it was restored from a backup since the period began, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restored: Vec<Restored>,
}

/// That everything was put back to what a backup held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// When.
    pub at: Time,
    /// When the backup was made: what happened after that may be missing.
    pub backup_made_at: Time,
    /// The entry that says so.
    pub entry: u64,
}

/// One requirement and how it is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Its id: `IS-7`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The part of the framework it belongs to, for people: `Information`.
    pub area: String,
    /// What is asked, in plain words.
    pub asks: String,
    /// How strongly the source asks: `must`, `should`, `where possible`.
    pub verb: String,
    /// The worst of its checks.
    pub status: Status,
    /// Why, in words.
    pub because: String,
    /// What is tested.
    pub checks: Vec<Check>,
}

/// One testable question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its id: `device-screen-lock`.
    pub id: String,
    /// The question in words.
    pub title: String,
    /// The condition as the catalogue has it; empty for checks that people answer.
    pub condition: String,
    /// For how long a fact counts, in words: `7 days`; empty if it does not go stale.
    pub fresh_for: String,
    /// The kinds of fact it rests on.
    pub needs: Vec<String>,
    /// Its version.
    pub version: String,
    /// It is the facility's own, beyond the framework, whose status it never touches. Its terms stand in the
    /// log.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_own: bool,
}

/// What a check says of a subject as the pack is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictRow {
    /// The check.
    pub check: String,
    /// What it is about.
    pub subject: Subject,
    /// What people call it.
    pub subject_name: String,
    /// The answer.
    pub status: Status,
    /// Why.
    pub because: String,
    /// The facts it rests on.
    pub facts: Vec<Digest>,
    /// The exception that covers it, and what it would be without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excepted: Option<Excepted>,
    /// Since when it has been so.
    pub since: Time,
}

/// A time during which a check said the same of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The check.
    pub check: String,
    /// Its version then.
    pub check_version: String,
    /// What it was about.
    pub subject: Subject,
    /// What people call it.
    pub subject_name: String,
    /// The answer.
    pub status: Status,
    /// Why.
    pub because: String,
    /// The exception that covered it, and what it would have been without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excepted: Option<Excepted>,
    /// From when.
    pub from: Time,
    /// Until when; still so if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Time>,
    /// The entry that recorded it.
    pub entry: u64,
}

/// What one source said of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactRow {
    /// What it is about.
    pub subject: Subject,
    /// What people call that.
    pub subject_name: String,
    /// Its kind: `screen_lock`.
    pub kind: String,
    /// What the kind is called: `Screen lock`.
    pub title: String,
    /// Who said it: [`AGENT_SOURCE`], or `closedset/<deriver>`.
    pub source: String,
    /// The SHA-256 of its canonical body, which is `facts/<digest>.json`.
    pub digest: Digest,
    /// When it was read.
    pub collected_at: Time,
    /// When the source last said it is still so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Time>,
    /// The entry that recorded it.
    pub entry: u64,
    /// Why its body is not in the pack, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// A device that signs what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRow {
    /// The device.
    pub id: Id<Device>,
    /// What people call it.
    pub name: String,
    /// Its public key.
    pub key: DeviceKey,
    /// The entry that enrolled it.
    pub enrolled: u64,
    /// When it was sent away, if it was; nothing in force rests on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// Statements that said nothing new, with which it confirmed its facts; the newest is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirmations: Vec<Confirmation>,
}

/// A statement that said nothing new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// What the device signed.
    pub statement: Statement,
    /// Its signature.
    pub signature: DeviceSignature,
    /// The entry that commits to it; none if there is none yet, since entries do so by the hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_up: Option<RolledUp>,
}

/// A file given as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRow {
    /// The document.
    pub document: Id<Document>,
    /// This version of it.
    pub version: Id<DocumentVersion>,
    /// Its title.
    pub title: String,
    /// The name of the file as it was given.
    pub file_name: String,
    /// The SHA-256 of the file.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// The control it is evidence for.
    pub control: String,
    /// From when it says something.
    pub valid_from: Time,
    /// Until when it counts.
    pub valid_to: Time,
    /// Who gave it, for people; may be empty.
    pub given_by: String,
    /// When.
    pub given_at: Time,
    /// When it was withdrawn, if it was; it does not count from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Time>,
    /// The entry that recorded it.
    pub entry: u64,
    /// Where it lies in the pack; the builder fills this in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Why it is not in the pack, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// A signed statement given as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestationRow {
    /// The attestation.
    pub attestation: Id<Attestation>,
    /// The SHA-256 of the statement's text, which is `attestations/<digest>.txt`.
    pub digest: Digest,
    /// The control it is evidence for.
    pub control: String,
    /// Who signed it, for people.
    pub signed_by: String,
    /// When.
    pub signed_at: Time,
    /// From when it counts.
    pub valid_from: Time,
    /// Until when it counts.
    pub valid_to: Time,
    /// When it was withdrawn, if it was; it does not count from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Time>,
    /// The entry that recorded it.
    pub entry: u64,
    /// Why its text is not in the pack, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// Something that a person signed where a check does not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionRow {
    /// The exception.
    pub exception: Id<Exception>,
    /// What was signed.
    pub terms: Terms,
    /// Who asked for it, for people.
    pub asked_by: String,
    /// Who approved it, for people.
    pub approved_by: String,
    /// These are two people.
    pub has_second_person: bool,
    /// When it was granted: from then on it covers.
    pub granted_at: Time,
    /// When it was withdrawn, if it was; it covers nothing from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Time>,
    /// The entry in which it was asked for.
    pub asked: u64,
    /// The entry that granted it.
    pub entry: u64,
}
