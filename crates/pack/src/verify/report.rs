//! What a verification found.

use closedset_core::{
    Digest, Time,
    id::{Id, Organisation, Pack},
};
use serde::Serialize;
use std::fmt;

/// The most findings a report lists; the rest is counted.
pub const FINDING_LIMIT: usize = 1_000;

/// What is wrong, or worth knowing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The file ends too early.
    CutOff,
    /// Not a pack at all, or of a form this program does not know.
    NotAPack,
    /// A ZIP archive in a form that packs never have: repacked by another tool, or built to mislead.
    ForeignZip,
    /// Something in it is encrypted.
    Encrypted,
    /// A file whose name leaves the folder it is unpacked in or is not the same everywhere.
    UnsafeName,
    /// Two files of one name.
    DuplicateName,
    /// A symbolic link.
    Link,
    /// More files or bytes than a pack may have; a bomb.
    TooLarge,
    /// Bytes that belong to no file.
    HiddenBytes,
    /// Something is not what was recorded.
    Changed,
    /// Something that was recorded is not there.
    Removed,
    /// Something is there that was not recorded.
    Added,
    /// Something genuine that belongs elsewhere: another log, device or place.
    SplicedIn,
    /// A signature that the key did not make.
    BadSignature,
    /// Signed by another key than the one expected or named.
    UnknownKey,
    /// The checkpoint ends before what the pack holds.
    OlderCheckpoint,
    /// No valid proof ties it to the checkpoint.
    NotProven,
    /// A device's statement stands twice, or out of order.
    Replayed,
    /// Two things in the pack do not fit each other.
    Contradiction,
    /// The catalogue, run again, says something else.
    OtherVerdict,
    /// An entry's body was erased; the log still holds that it happened.
    Erased,
    /// A time of confirmation that no signed statement in the pack shows.
    Unconfirmed,
    /// A check or control that the verifier's catalogue knows is missing, or asks something else.
    OtherCheck,
    /// The page for people is not the one that this program makes from the pack's files.
    OtherPage,
    /// Left out on purpose, with the reason given.
    LeftOut,
    /// The log's key was not compared with one known from elsewhere.
    KeyNotCompared,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The pack is not valid.
    Error,
    /// The pack is valid; something rests on less than it could.
    Warning,
    /// Worth knowing.
    Notice,
}

impl FindingKind {
    /// How much it matters.
    pub const fn severity(self) -> Severity {
        match self {
            Self::CutOff
            | Self::NotAPack
            | Self::ForeignZip
            | Self::Encrypted
            | Self::UnsafeName
            | Self::DuplicateName
            | Self::Link
            | Self::TooLarge
            | Self::HiddenBytes
            | Self::Changed
            | Self::Removed
            | Self::Added
            | Self::SplicedIn
            | Self::BadSignature
            | Self::UnknownKey
            | Self::OlderCheckpoint
            | Self::NotProven
            | Self::Replayed
            | Self::Contradiction
            | Self::OtherVerdict => Severity::Error,
            Self::Erased | Self::Unconfirmed | Self::OtherCheck | Self::OtherPage => {
                Severity::Warning
            }
            Self::LeftOut | Self::KeyNotCompared => Severity::Notice,
        }
    }

    /// In two or three words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::CutOff => "cut off",
            Self::NotAPack => "not a pack",
            Self::ForeignZip => "foreign archive",
            Self::Encrypted => "encrypted",
            Self::UnsafeName => "unsafe name",
            Self::DuplicateName => "name used twice",
            Self::Link => "symbolic link",
            Self::TooLarge => "too large",
            Self::HiddenBytes => "hidden bytes",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Added => "added",
            Self::SplicedIn => "from elsewhere",
            Self::BadSignature => "bad signature",
            Self::UnknownKey => "unknown key",
            Self::OlderCheckpoint => "older checkpoint",
            Self::NotProven => "not proven",
            Self::Replayed => "replayed",
            Self::Contradiction => "contradiction",
            Self::OtherVerdict => "other verdict",
            Self::Erased => "erased",
            Self::Unconfirmed => "unconfirmed",
            Self::OtherCheck => "other check",
            Self::OtherPage => "other page",
            Self::LeftOut => "left out",
            Self::KeyNotCompared => "key not compared",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The file in the pack, or empty for the pack as a whole.
    pub place: String,
    /// In a sentence.
    pub what: String,
}

impl Finding {
    /// A finding about `place`.
    pub(crate) fn new(
        kind: FindingKind,
        place: impl Into<String>,
        what: impl Into<String>,
    ) -> Self {
        Self { severity: kind.severity(), kind, place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.kind.words();
        if self.place.is_empty() {
            write!(f, "{words}: {}", self.what)
        } else {
            write!(f, "{words}: {}: {}", self.place, self.what)
        }
    }
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files in the pack.
    pub files: u64,
    /// Their bytes, unpacked.
    pub bytes: u64,
    /// Entries of the ledger, each proven to stand in the log.
    pub entries: u64,
    /// Of these, those whose body was erased.
    pub erased: u64,
    /// Facts that stand in an entry.
    pub facts: u64,
    /// Of these, those signed by the device that they speak of.
    pub facts_signed: u64,
    /// Devices.
    pub devices: u64,
    /// Documents that stand in an entry.
    pub documents: u64,
    /// Attestations that stand in an entry.
    pub attestations: u64,
    /// Verdicts.
    pub verdicts: u64,
    /// Of these, those that the catalogue, run again, gave alike.
    pub recomputed: u64,
    /// Controls.
    pub controls: u64,
}

/// What the pack says of itself, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// The pack's id.
    pub pack: Id<Pack>,
    /// Whose it is.
    pub organisation: Id<Organisation>,
    /// Its name.
    pub organisation_name: String,
    /// The framework's title.
    pub framework: String,
    /// The beginning of the period.
    pub from: Time,
    /// The end of the period.
    pub to: Time,
    /// When it was made, by the maker's clock.
    pub made_at: Time,
    /// The manifest's digest, which names this very pack.
    pub manifest: Digest,
}

/// The log that the pack is tied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogSeen {
    /// The log's name.
    pub origin: String,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// The root of the tree, in base64 as in the checkpoint.
    pub root: String,
    /// The log's verifier key.
    pub key: String,
    /// The SHA-256 of that key's text, to be compared by telephone or on paper.
    pub key_fingerprint: Digest,
    /// The key was compared with one known from elsewhere, and is the same.
    pub key_was_compared: bool,
    /// Witnesses, of those known to the verifier, that signed the checkpoint.
    pub witnesses: Vec<String>,
    /// Further signatures on the checkpoint, which were not checked.
    pub other_signatures: u64,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What the pack says of itself.
    pub about: Option<About>,
    /// The log.
    pub log: Option<LogSeen>,
    /// How much was looked at.
    pub counts: Counts,
    /// The findings, worst first; at most [`FINDING_LIMIT`].
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more_findings: u64,
    /// Whether any finding, listed or not, is an error.
    is_broken: bool,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            about: None,
            log: None,
            counts: Counts::default(),
            findings: Vec::new(),
            more_findings: 0,
            is_broken: false,
        }
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        self.is_broken |= finding.severity == Severity::Error;
        if self.findings.len() < FINDING_LIMIT {
            self.findings.push(finding);
        } else {
            self.more_findings += 1;
        }
    }

    pub(crate) fn sort(&mut self) {
        self.findings
            .sort_by(|a, b| (a.severity, a.kind, &a.place).cmp(&(b.severity, b.kind, &b.place)));
    }

    /// Whether the pack is what its maker recorded. Warnings and notices do not make it invalid.
    pub fn is_valid(&self) -> bool {
        !self.is_broken && self.about.is_some() && self.log.is_some()
    }

    /// Whether there is a finding of this kind.
    pub fn has(&self, kind: FindingKind) -> bool {
        self.findings.iter().any(|finding| finding.kind == kind)
    }

    /// The outcome in a sentence or two.
    pub fn summary(&self) -> String {
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let (Some(about), Some(log), true) = (&self.about, &self.log, self.is_valid()) else {
            let words: std::collections::BTreeSet<_> =
                errors.clone().map(|finding| finding.kind.words()).collect();
            let words: Vec<_> = words.into_iter().collect();
            let count = errors.count() as u64 + self.more_findings;
            return format!(
                "Not valid: {count} finding{} ({}).",
                if count == 1 { "" } else { "s" },
                words.join(", ")
            );
        };
        let counts = self.counts;
        let compared = if log.key_was_compared {
            "signed by the expected key"
        } else {
            "signed by the key that it brings along, which was not compared with any other"
        };
        format!(
            "Valid: {} of {}, {} to {}, {compared}. {} files, {} facts ({} signed by their device), \
             {} documents and {} attestations stand in {} entries of the log {} of size {}; {} of {} \
             verdicts were made anew and came out alike.",
            about.framework,
            about.organisation_name,
            day(about.from),
            day(about.to),
            counts.files,
            counts.facts,
            counts.facts_signed,
            counts.documents,
            counts.attestations,
            counts.entries,
            log.origin,
            log.size,
            counts.recomputed,
            counts.verdicts,
        )
    }
}

fn day(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}
