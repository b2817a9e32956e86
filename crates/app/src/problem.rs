//! What can go wrong, as a person is told it: a stable code, a sentence, and what to do next.

use closedset_certificates::NotTaken;
use closedset_core::Actions;
use closedset_objects::ObjectsError;
use closedset_store::StoreError;

/// One field that was filled in wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name in forms and JSON.
    pub field: &'static str,
    /// What is wrong with it and what is wanted.
    pub message: String,
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Some of what was entered cannot be taken.
    #[error("what was entered cannot be taken")]
    Invalid(Vec<FieldProblem>),
    /// Nobody is signed in, or no longer.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The caller's role does not allow it.
    #[error("this role may not do that")]
    Forbidden,
    /// The caller is a program, and its token's scopes do not name these.
    #[error("the token lacks the scope {0}")]
    ScopeLacking(Actions),
    /// There is none such, or it belongs to somebody else.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It contradicts what is there.
    #[error("{sentence}")]
    Conflict {
        /// A stable code.
        code: &'static str,
        /// What contradicts.
        sentence: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A device's key and counter were used elsewhere.
    #[error("a statement with this counter or a higher one was taken before")]
    CounterReplayed {
        /// The highest counter taken.
        highest: i64,
    },
    /// The device's clock is ahead of the server's.
    #[error("the device's clock is ahead of the server's by {ahead_s} s")]
    ClockAhead {
        /// By how many seconds.
        ahead_s: i64,
    },
    /// Tried too often.
    #[error("tried too often")]
    Limited {
        /// Seconds to wait.
        retry_after_s: i64,
    },
    /// Larger than what is taken.
    #[error("larger than what is taken")]
    TooLarge,
    /// The ledger does not extend because what is signed is ahead of the database.
    #[error("the ledger is closed: {0}")]
    LedgerClosed(String),
    /// The database.
    #[error("the database could not do it")]
    Store(#[from] StoreError),
    /// The files.
    #[error("the files could not be written or read")]
    Objects(#[from] ObjectsError),
    /// A certificate that was not taken, or not obtained.
    #[error("the certificate was not taken")]
    Certificate(#[source] Box<NotTaken>),
    /// A fault in the program: what was expected to hold did not.
    #[error("{0}")]
    Fault(String),
}

impl Problem {
    /// One field that cannot be taken.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldProblem { field, message: message.into() }])
    }

    /// A fault that has a cause.
    pub fn fault(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::Fault(format!("{what}: {cause}"))
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "input.invalid",
            Self::NotSignedIn => "sign_in.needed",
            Self::Forbidden => "role.forbids",
            Self::ScopeLacking(_) => "scope.lacking",
            Self::NotFound(_) => "not_found",
            Self::Conflict { code, .. } => code,
            Self::CounterReplayed { .. } => "counter.replayed",
            Self::ClockAhead { .. } => "clock.ahead",
            Self::Limited { .. } => "limited",
            Self::TooLarge => "too_large",
            Self::LedgerClosed(_) => "ledger.closed",
            Self::Store(StoreError::Nul) => "input.invalid",
            Self::Store(error) => match error {
                StoreError::Busy => "database.busy",
                StoreError::DiskFull => "disk.full",
                StoreError::OutcomeUnknown(_) => "outcome.unknown",
                StoreError::Damaged(_) => "database.damaged",
                StoreError::Corrupt { .. } | StoreError::Column { .. } => "database.damaged",
                _ => "database.unavailable",
            },
            Self::Certificate(not) => match &**not {
                NotTaken::Refused(refusal) => refusal.code(),
                NotTaken::Failed(failed) => failed.code(),
                NotTaken::Tls(_) => "files.unavailable",
            },
            Self::Objects(_) => "files.unavailable",
            Self::Fault(_) => "fault",
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) | Self::ClockAhead { .. } => 422,
            Self::NotSignedIn => 401,
            Self::Forbidden | Self::ScopeLacking(_) => 403,
            Self::NotFound(_) => 404,
            Self::Conflict { code, .. } => match *code {
                "device.unknown" | "statement.signature" => 401,
                "device.revoked"
                | "set_up.token"
                | "role.beyond"
                | "invitation.dead"
                | "invitation.other"
                | "organisation.none"
                | crate::accounts::FACTOR_STALE => 403,
                _ => 409,
            },
            Self::CounterReplayed { .. } => 409,
            Self::Limited { .. } => 429,
            Self::TooLarge => 413,
            Self::Certificate(not) => match **not {
                NotTaken::Refused(_) => 409,
                NotTaken::Failed(_) => 502,
                NotTaken::Tls(_) => 500,
            },
            Self::LedgerClosed(_) | Self::Store(StoreError::Busy) => 503,
            Self::Store(StoreError::DiskFull) => 507,
            Self::Store(StoreError::Nul) => 422,
            Self::Store(
                StoreError::Contended(_) | StoreError::Unavailable(_) | StoreError::Closed,
            ) => 503,
            Self::Store(_) | Self::Objects(_) | Self::Fault(_) => 500,
        }
    }

    /// What happened, in a sentence that shows nothing of the inside.
    pub fn sentence(&self) -> String {
        match self {
            Self::Invalid(fields) => fields
                .iter()
                .map(|problem| problem.message.as_str())
                .collect::<Vec<_>>()
                .join(" "),
            Self::NotSignedIn => "You are not signed in, or your session has ended.".into(),
            Self::Forbidden => "Your role does not allow this.".into(),
            Self::ScopeLacking(lacking) => {
                format!("This token lacks the scope: {lacking}.")
            }
            Self::NotFound(what) => format!("There is no such {what}."),
            Self::Conflict { sentence, .. } => (*sentence).into(),
            Self::CounterReplayed { highest } => format!(
                "A statement of this device with counter {highest} was taken already; this one would go back behind it."
            ),
            Self::ClockAhead { ahead_s } => {
                format!("The device's clock is {ahead_s} seconds ahead of the server's.")
            }
            Self::Limited { .. } => "There were too many attempts, or too much was sent, in a short time.".into(),
            Self::TooLarge => "This is larger than what is taken here.".into(),
            Self::LedgerClosed(why) => format!("The ledger takes no entries now: {why}."),
            Self::Store(StoreError::Busy) => "The server has more to do than it can take right now.".into(),
            Self::Store(StoreError::DiskFull) => "The server's disk is full; nothing was lost, and this was not stored.".into(),
            Self::Store(StoreError::OutcomeUnknown(_)) => {
                "The connection to the database broke while this was being stored; it may or may not have been.".into()
            }
            Self::Store(StoreError::Nul) => "A text has a NUL character in it, which cannot be kept.".into(),
            Self::Store(
                StoreError::Corrupt { .. } | StoreError::Column { .. } | StoreError::Damaged(_),
            ) => "Something in the database is missing or damaged.".into(),
            Self::Store(_) => "The database could not be reached.".into(),
            Self::Certificate(not) => match &**not {
                NotTaken::Refused(refusal) => refusal.sentence(),
                NotTaken::Failed(failed) => failed.sentence(),
                NotTaken::Tls(_) => "A file could not be written or read.".into(),
            },
            Self::Objects(_) => "A file could not be written or read.".into(),
            Self::Fault(_) => "Something went wrong inside Closedset.".into(),
        }
    }

    /// What to do next.
    pub fn remedy(&self) -> String {
        match self {
            Self::Invalid(_) => "Correct what is marked and send it again.".into(),
            Self::NotSignedIn => "Sign in and try again.".into(),
            Self::Forbidden => "Ask an owner of your organisation to do it or to change your role.".into(),
            Self::ScopeLacking(_) => {
                "Use a token that has it, or make one under Settings, API tokens.".into()
            }
            Self::NotFound(_) => "Go back and choose it from the list; it may have been removed.".into(),
            Self::Conflict { remedy, .. } => (*remedy).into(),
            Self::CounterReplayed { .. } => {
                "If the device was restored or copied, revoke it and enrol it anew; else it goes on by itself.".into()
            }
            Self::ClockAhead { .. } => "Set the device's clock, best by a time server, and let it report again.".into(),
            Self::Limited { retry_after_s } => format!("Wait {retry_after_s} seconds and try again."),
            Self::TooLarge => "Send something smaller.".into(),
            Self::LedgerClosed(_) => {
                "Put the newest copy of the data folder back, whole: database, ledger and keys belong together.".into()
            }
            Self::Store(StoreError::Busy) => "Try again in a few seconds.".into(),
            Self::Store(StoreError::DiskFull) => "Make room on the server's disk, then try again.".into(),
            Self::Store(StoreError::OutcomeUnknown(_)) => {
                "Look whether it is there before you do it again.".into()
            }
            Self::Store(StoreError::Nul) => "Remove it and send it again.".into(),
            Self::Store(
                StoreError::Corrupt { .. } | StoreError::Column { .. } | StoreError::Damaged(_),
            ) => "Whoever runs the server should look at its log, run closedset ledger verify, and put the newest backup back: the data folder whole.".into(),
            Self::Certificate(not) => match &**not {
                NotTaken::Refused(refusal) => refusal.remedy().into(),
                NotTaken::Failed(failed) => failed.remedy().into(),
                NotTaken::Tls(_) => "Look at the server's log, which names the file.".into(),
            },
            Self::Store(_) | Self::Objects(_) | Self::Fault(_) => {
                "Try again; if it stays, give the operation id to whoever runs the server.".into()
            }
        }
    }
}
