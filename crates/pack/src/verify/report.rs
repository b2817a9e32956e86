//! What a verification found.

use crate::zone::Zone;
use closedset_core::{
    Digest, Time,
    id::{Id, Organisation, Pack},
};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// The most findings a report lists; the rest is counted.
pub const FINDING_LIMIT: usize = 1_000;

/// What is wrong, or worth knowing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The file ends too early.
    CutOff,
    /// Not a pack at all.
    NotAPack,
    /// A pack of a form that another version of this program reads.
    OtherForm,
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
    /// The log holds an entry on which what the pack says depends, and the pack does not.
    Withheld,
    /// Not the newest that the log holds.
    Outdated,
    /// A fact that Closedset keeps itself, and that does not follow from what the log says.
    OtherFact,
    /// The report is drawn as this program draws, and says something else than the pack's files.
    OtherReport,
    /// The log is not the one that an older pack comes from: it has two histories.
    Forked,
    /// An entry's body was erased; the log still holds that it happened.
    Erased,
    /// A time of confirmation that no signed statement in the pack shows.
    Unconfirmed,
    /// A check or control that the verifier's catalogue knows is missing or asks something else, or
    /// one that it does not know.
    OtherCheck,
    /// This computer's database tells days and times of the pack's zone otherwise than the pack.
    OtherZone,
    /// What was found at some time of the period was erased, so that the history may lack it.
    ErasedHistory,
    /// An entry was erased by which evidence that is in force may have been replaced.
    ErasedEvidence,
    /// Evidence that counts is left out: what it says nobody can see.
    Unseen,
    /// Left out with people's names, and something rests on it that was therefore not made anew.
    Unshown,
    /// The page for people is not the one that this program makes from the pack's files, or the report is
    /// one that this program would draw otherwise.
    OtherPage,
    /// The log was restored from a backup: what happened after that was made may be missing.
    Restored,
    /// Entries whose time lies before that of an earlier one.
    ClockBack,
    /// Left out on purpose, with the reason given.
    LeftOut,
    /// A signature on the checkpoint by somebody who is not known here.
    UnknownSignature,
    /// The log's key was not compared with one known from elsewhere.
    KeyNotCompared,
    /// Everything in it is invented.
    Demonstration,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The pack is not valid.
    Error,
    /// The pack is whole, and something that it says could not be made anew.
    Doubt,
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
            | Self::OtherForm
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
            | Self::OtherVerdict
            | Self::Withheld
            | Self::Outdated
            | Self::OtherFact
            | Self::OtherReport
            | Self::Forked => Severity::Error,
            Self::OtherCheck
            | Self::OtherZone
            | Self::Unseen
            | Self::Unshown
            | Self::OtherPage
            | Self::ErasedHistory
            | Self::ErasedEvidence => Severity::Doubt,
            Self::Erased
            | Self::Unconfirmed
            | Self::Restored
            | Self::ClockBack
            | Self::Demonstration => Severity::Warning,
            Self::LeftOut | Self::UnknownSignature | Self::KeyNotCompared => Severity::Notice,
        }
    }

    /// In two or three words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::CutOff => "cut off",
            Self::NotAPack => "not a pack",
            Self::OtherForm => "other form",
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
            Self::Withheld => "withheld",
            Self::Outdated => "not the newest",
            Self::OtherFact => "other fact",
            Self::OtherReport => "other report",
            Self::Forked => "another history",
            Self::ClockBack => "clock went back",
            Self::Erased => "erased",
            Self::Unconfirmed => "unconfirmed",
            Self::OtherCheck => "other check",
            Self::OtherZone => "other time zone",
            Self::Unseen => "unseen",
            Self::Unshown => "not shown",
            Self::OtherPage => "other page",
            Self::ErasedHistory => "history erased",
            Self::ErasedEvidence => "evidence erased",
            Self::Restored => "restored",
            Self::LeftOut => "left out",
            Self::UnknownSignature => "unknown signature",
            Self::KeyNotCompared => "key not compared",
            Self::Demonstration => "demonstration",
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

/// The most bytes that a finding has of its place, and of what it says: both may repeat what a pack says.
const PLACE_LIMIT: usize = 512;
const WHAT_LIMIT: usize = 4_096;

/// As much of a text as a finding repeats.
pub(super) fn bounded(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
        text.push('\u{2026}');
        text.shrink_to_fit();
    }
    text
}

impl Finding {
    /// A finding about `place`.
    pub(crate) fn new(
        kind: FindingKind,
        place: impl Into<String>,
        what: impl Into<String>,
    ) -> Self {
        let (place, what) = (bounded(place.into(), PLACE_LIMIT), bounded(what.into(), WHAT_LIMIT));
        Self { severity: kind.severity(), kind, place, what }
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
    /// The controls to which it is limited; all of them if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// It is to name nobody: what may is left out of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_names: bool,
    /// The beginning of the period.
    pub from: Time,
    /// The end of the period.
    pub to: Time,
    /// When the log begins, if that is within the period: of the time before, nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_begins_at: Option<Time>,
    /// When it was made, by the maker's clock.
    pub made_at: Time,
    /// In whose time days and times are told.
    pub zone: Zone,
    /// The manifest's digest, which names this very pack.
    pub manifest: Digest,
    /// To whom the file was encrypted that its maker kept, by the log: age recipients.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
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
    /// The size of the log in the older pack that this one's log continues, if one was brought.
    pub continues: Option<u64>,
    /// The findings, worst first; at most [`FINDING_LIMIT`].
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more_findings: More,
    /// Everything in it is invented: it proves nothing about any facility, however whole it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_demonstration: bool,
    /// Of how much severity there are how many, listed or not.
    #[serde(skip)]
    found: BTreeMap<Severity, u64>,
}

/// Findings that are not listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct More {
    /// Errors.
    pub errors: u64,
    /// Doubts.
    pub doubts: u64,
    /// Warnings.
    pub warnings: u64,
    /// Notices.
    pub notices: u64,
}

impl More {
    /// How many in words, worst first; empty if there are none.
    pub fn words(self) -> String {
        let named = [
            (self.errors, "error"),
            (self.doubts, "doubt"),
            (self.warnings, "warning"),
            (self.notices, "notice"),
        ];
        let words = named.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| {
            format!("{count} more {word}{}", if count == 1 { "" } else { "s" })
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

/// What a verification comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is what its maker recorded, and all that it says was made anew.
    Valid,
    /// It is what its maker recorded; not all that it says could be made anew.
    NotProven,
    /// It would be valid, and everything in it is invented.
    Demonstration,
    /// It has a form that this program does not read: nothing in it was looked at.
    NotVerified,
    /// It is not what its maker recorded.
    NotValid,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            about: None,
            log: None,
            counts: Counts::default(),
            continues: None,
            findings: Vec::new(),
            more_findings: More::default(),
            is_demonstration: false,
            found: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        *self.found.entry(finding.severity).or_default() += 1;
        self.findings.push(finding);
        // The worst are kept, whatever comes first.
        if self.findings.len() >= 4 * FINDING_LIMIT {
            self.sort();
        }
    }

    /// Sorts the findings and cuts the list.
    pub(crate) fn sort(&mut self) {
        self.findings
            .sort_by(|a, b| (a.severity, a.kind, &a.place).cmp(&(b.severity, b.kind, &b.place)));
        self.findings.truncate(FINDING_LIMIT);
        let more = |severity| {
            let listed = self.findings.iter().filter(|one| one.severity == severity).count() as u64;
            self.found.get(&severity).copied().unwrap_or(0) - listed
        };
        self.more_findings = More {
            errors: more(Severity::Error),
            doubts: more(Severity::Doubt),
            warnings: more(Severity::Warning),
            notices: more(Severity::Notice),
        };
    }

    /// Tells the times in what was found as the pack tells its own.
    pub(crate) fn tell_times(&mut self) {
        let Some(about) = &self.about else { return };
        for finding in &mut self.findings {
            finding.what = about.zone.tell(&finding.what);
        }
    }

    /// What it comes to.
    pub fn outcome(&self) -> Outcome {
        let has = |severity| self.found.contains_key(&severity);
        let mut errors = self.findings.iter().filter(|one| one.severity == Severity::Error);
        if has(Severity::Error) && errors.all(|one| one.kind == FindingKind::OtherForm) {
            Outcome::NotVerified
        } else if has(Severity::Error) || self.about.is_none() || self.log.is_none() {
            Outcome::NotValid
        } else if has(Severity::Doubt) {
            Outcome::NotProven
        } else if self.is_demonstration {
            Outcome::Demonstration
        } else {
            Outcome::Valid
        }
    }

    /// Whether nothing was found that makes it invalid, whatever else was found.
    pub(crate) fn is_whole(&self) -> bool {
        !matches!(self.outcome(), Outcome::NotValid | Outcome::NotVerified)
    }

    /// Whether the pack is what its maker recorded and all that it says was made anew. Warnings and
    /// notices do not make it invalid; a demonstration is never valid.
    pub fn is_valid(&self) -> bool {
        self.outcome() == Outcome::Valid
    }

    /// Whether there is a finding of this kind.
    pub fn has(&self, kind: FindingKind) -> bool {
        self.findings.iter().any(|finding| finding.kind == kind)
    }

    /// The outcome in a sentence or two.
    pub fn summary(&self) -> String {
        let (Some(about), Some(log), true) = (&self.about, &self.log, self.is_whole()) else {
            return self.refusal();
        };
        let counts = self.counts;
        let headline = match (self.outcome(), log.key_was_compared) {
            (Outcome::Demonstration, _) => {
                "DEMONSTRATION, whole and unaltered: everything in it is invented, and it proves nothing \
                 about any facility"
                    .to_owned()
            }
            (Outcome::Valid, true) => "Valid".to_owned(),
            (Outcome::Valid, false) => {
                format!("Valid, if this key is theirs: SHA-256 {}", log.key_fingerprint)
            }
            (_, true) => "Whole, but not proven".to_owned(),
            (_, false) => format!(
                "Whole, but not proven, and not even that unless this key is theirs: SHA-256 {}",
                log.key_fingerprint
            ),
        };
        let compared = if log.key_was_compared {
            "signed by the expected key"
        } else {
            "signed by the key that it brings along, which was not compared with any other"
        };
        let continues = match self.continues {
            Some(size) => format!(", which continues that of the older pack, of size {size}"),
            None => String::new(),
        };
        let begins = match about.record_begins_at {
            Some(at) => format!(" (its record begins on {})", about.zone.moment(at)),
            None => String::new(),
        };
        let headline = match self.outcome() {
            Outcome::NotProven if self.is_demonstration => format!("DEMONSTRATION. {headline}"),
            _ => headline,
        };
        format!(
            "{headline}. {} of {}, {} to {}{begins}, made on {}, {compared}. {} files, {} facts ({} signed by \
             their device), {} documents and {} attestations stand in {} entries of the log {} of size \
             {}{continues}; {} of {} verdicts were made anew and came out alike. Days and times are those of {}.",
            about.framework,
            about.organisation_name,
            about.zone.day(about.from),
            about.zone.last_day(about.to),
            about.zone.moment(about.made_at),
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
            about.zone.name(),
        )
    }

    fn refusal(&self) -> String {
        if self.outcome() == Outcome::NotVerified {
            return "Not verified: it has a form that this version does not read. It may be whole or forged.".to_owned();
        }
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let words: std::collections::BTreeSet<_> =
            errors.map(|finding| finding.kind.words()).collect();
        let words: Vec<_> = words.into_iter().collect();
        let count = self.found.get(&Severity::Error).copied().unwrap_or(0);
        format!(
            "Not valid: {count} error{} ({}).",
            if count == 1 { "" } else { "s" },
            words.join(", ")
        )
    }
}
