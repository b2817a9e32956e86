//! What the verifier brings along.

use crate::{
    rows::{Check, Control, FactRow, Scope, VerdictRow},
    spelling::TREES_LIMIT,
};
use closedset_core::{
    Digest, Status, Subject, Time,
    exception::{Excepted, Exception, Terms},
    own_check::OwnCheck,
};
use serde_json::Value;
use std::fmt;

use super::LogSeen;

/// What the verifier brings along.
#[derive(Clone, Default)]
pub struct VerifyOptions<'a> {
    /// The log's verifier key as known from elsewhere: `name+id+base64`.
    pub expected_key: Option<String>,
    /// Verifier keys of witnesses whose cosignatures on the checkpoint are to be checked.
    pub witnesses: Vec<String>,
    /// The log as an older pack of the same organisation has it, which was verified before: this
    /// pack's log must continue it.
    pub since: Option<LogSeen>,
    /// A catalogue that makes the verdicts anew.
    pub recompute: Option<&'a dyn Recompute>,
    /// How much is read at most.
    pub limits: Limits,
}

impl fmt::Debug for VerifyOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyOptions")
            .field("expected_key", &self.expected_key)
            .field("witnesses", &self.witnesses)
            .field("since", &self.since)
            .field("recompute", &self.recompute.is_some())
            .field("limits", &self.limits)
            .finish()
    }
}

/// How much of a stranger's file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files.
    pub files: u64,
    /// Bytes of the list of files.
    pub list_bytes: u64,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes of one file that is held in memory. Lists are held to 64 MiB as well, that of
    /// verdicts to 256 MiB, that of the controls, facts and attestations to 4 MiB, entries to 1 MiB.
    pub held_file_bytes: u64,
    /// Bytes of memory that the bodies of facts and entries take once they are read.
    pub tree_bytes: u64,
    /// Bytes of all files that are held in memory.
    pub held_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            files: 2_000_000,
            list_bytes: 512 << 20,
            file_bytes: 4 << 30,
            bytes: 256 << 30,
            held_file_bytes: 256 << 20,
            tree_bytes: TREES_LIMIT,
            held_bytes: 1 << 30,
        }
    }
}

/// A fact of the pack with its body.
#[derive(Debug, Clone, Copy)]
pub struct KnownFact<'a> {
    /// What is known of it.
    pub row: &'a FactRow,
    /// Its body.
    pub body: &'a Value,
    /// When its device last said so, by a signature in the pack; none if no device says it. What the
    /// row claims about that is not to be believed.
    pub confirmed_at: Option<Time>,
}

/// A fact that follows from others alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedFact {
    /// Its kind.
    pub kind: String,
    /// Its source.
    pub source: String,
    /// The digest of its body.
    pub digest: Digest,
    /// When what it follows from was read.
    pub collected_at: Time,
}

/// A verdict that was made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remade {
    /// The answer.
    pub status: Status,
    /// Why; none where nobody can say it anew.
    pub because: Option<String>,
    /// The facts it rests on; none where nobody can say it anew.
    pub facts: Option<Vec<Digest>>,
    /// The exception that covers it, and what is beneath.
    pub excepted: Option<Excepted>,
}

impl From<Status> for Remade {
    fn from(status: Status) -> Self {
        Self { status, because: None, facts: None, excepted: None }
    }
}

/// The verdicts of one control, and what people signed.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The verdicts in the pack, of whatever check of the control.
    pub verdicts: &'a [&'a VerdictRow],
    /// Every exception that the log tells of.
    pub exceptions: &'a [Exception],
}

/// Makes the words of controls anew.
pub trait ControlWords {
    /// Why the control has its status by the verdicts in the pack, of those of its checks that are
    /// known here. None if the control is not known here.
    fn because(&self, control: &Control, said: Said<'_>) -> Option<String>;
}

/// What makes verdicts anew, those of the facility's own checks included.
pub struct WithOwn<'a> {
    /// It.
    pub recompute: Box<dyn Recompute + 'a>,
    /// What is wrong with own checks, each with its id, in words.
    pub faults: Vec<(String, String)>,
}

impl fmt::Debug for WithOwn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithOwn").field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// Makes verdicts and statuses anew.
pub trait Recompute: ControlWords {
    /// What the check of this id says of the subject as of `at`, when the pack was made, as the check
    /// is known here, whatever the pack says of it. `facts` are all of this subject's in the pack but
    /// those that follow from others, `exceptions` those of the log that may cover it. None if the check
    /// is not known here.
    fn assess(
        &self,
        check: &str,
        subject: &Subject,
        facts: &[KnownFact<'_>],
        exceptions: &[Exception],
        at: Time,
    ) -> Option<Remade>;

    /// The same with the facility's own checks, by the terms that the log has. None if nothing can be made of
    /// them here.
    fn with_own(&self, own: &[OwnCheck]) -> Option<WithOwn<'_>> {
        let _ = own;
        None
    }

    /// Whether these terms can be granted: the check, if they name one, belongs to the control, and that
    /// there is none is an answer there if that is what was signed. None if the control or the check is
    /// not known here.
    fn grants(&self, terms: &Terms) -> Option<bool> {
        let _ = terms;
        None
    }

    /// The kinds of fact that the check of this id rests on. None if it is not known here.
    fn needs(&self, check: &str) -> Option<Vec<String>> {
        let _ = check;
        None
    }

    /// Whether the check is known here in just this version.
    fn has_version(&self, check: &Check) -> bool {
        let _ = check;
        true
    }

    /// Whether facts of this kind follow from others alone.
    fn is_derived(&self, kind: &str) -> bool {
        let _ = kind;
        false
    }

    /// What follows from these facts of one subject at `at`.
    fn derive(&self, facts: &[KnownFact<'_>], at: Time) -> Vec<DerivedFact> {
        let _ = (facts, at);
        Vec::new()
    }

    /// Whether the check of this id asks about `subject`, so that there must be a verdict.
    fn concerns(&self, check: &str, subject: &Subject) -> bool {
        let _ = (check, subject);
        false
    }

    /// What the pack's controls and their checks do not have in common with the framework as it is
    /// known here, each in a sentence: those that are missing, those that ask something else, and
    /// those that are not known here.
    fn differences(&self, scope: &Scope, controls: &[Control]) -> Vec<String> {
        let _ = (scope, controls);
        Vec::new()
    }

    /// The control's status by the verdicts in the pack, of those of its checks that are known here.
    /// None if the control is not known here.
    fn control(&self, control: &Control, said: Said<'_>) -> Option<Status> {
        let _ = (control, said);
        None
    }
}
