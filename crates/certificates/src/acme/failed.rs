//! Why an authority gave nothing, in words for whoever waits for it.

use crate::{Failure, Refusal, refusal::sentence};
use closedset_core::Time;

/// Why an authority gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// It was not reached.
    #[error("the authority was not reached: {why}")]
    Unreachable {
        /// Why.
        why: String,
    },
    /// It could not reach the server under its name, or found another one there.
    #[error("the authority did not find this server under its name: {why}")]
    NotFound {
        /// What it says.
        why: String,
    },
    /// It was asked too often.
    #[error("the authority was asked too often: {why}")]
    Limited {
        /// What it says.
        why: String,
    },
    /// It gives none for this name or to this account.
    #[error("the authority refuses: {why}")]
    Refused {
        /// What it says.
        why: String,
    },
    /// It does not know the account.
    #[error("the authority does not know the account: {why}")]
    Account {
        /// What it says.
        why: String,
    },
    /// It knows no way to look that this server has.
    #[error("the authority does not look on the port that people use (TLS-ALPN-01)")]
    NoWay,
    /// It took too long.
    #[error("the authority took too long")]
    Late,
    /// What it gave cannot be used.
    #[error("what the authority gave cannot be used: {why}")]
    Useless {
        /// Why.
        why: String,
    },
    /// What it gave could not be written down here.
    #[error("what the authority gave could not be written down on this server")]
    NotKept,
    /// What it said makes no sense.
    #[error("what the authority said makes no sense: {why}")]
    Odd {
        /// What.
        why: String,
    },
}

/// The longest text of an authority that is shown to people.
const WORDS_LIMIT: usize = 400;

impl Failed {
    pub(crate) fn odd(error: &dyn std::error::Error) -> Self {
        Self::Odd { why: error.to_string() }
    }

    pub(crate) fn useless(refusal: Refusal) -> Self {
        Self::Useless { why: refusal.to_string() }
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "acme.unreachable",
            Self::NotFound { .. } => "acme.not_found",
            Self::Limited { .. } => "acme.limited",
            Self::Refused { .. } => "acme.refused",
            Self::Account { .. } => "acme.account",
            Self::NoWay => "acme.no_way",
            Self::Late => "acme.late",
            Self::Useless { .. } => "acme.useless",
            Self::NotKept => "acme.not_kept",
            Self::Odd { .. } => "acme.odd",
        }
    }

    /// What happened, in a sentence.
    pub fn sentence(&self) -> String {
        sentence(&self.to_string())
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "Look whether this server may reach the internet, and whether the authority's address is right."
            }
            Self::NotFound { .. } => {
                "Look whether the name leads to this server from the internet, and whether port 443 is let through to it, with nothing between that ends TLS."
            }
            Self::Limited { .. } => "Wait a day. The server asks again by itself.",
            Self::Refused { .. } => {
                "Look what it says; perhaps another authority gives one for this name."
            }
            Self::Account { .. } => "Agree with it again: closedset certificate acme.",
            Self::NoWay => "Choose another authority, or give a certificate of your own.",
            Self::Late => "Try again later: closedset certificate renew.",
            Self::NotKept => "Look whether the server's disk is full; its log names the file.",
            Self::Useless { .. } | Self::Odd { .. } => {
                "Look whether the address of the directory is right, or choose another authority."
            }
        }
    }

    pub(crate) fn to_failure(&self, at: Time) -> Failure {
        Failure {
            at,
            code: self.code().into(),
            sentence: self.sentence(),
            remedy: self.remedy().into(),
        }
    }
}

/// What an authority wrote, as it may be shown: a line of bounded length.
fn shown(text: &str) -> String {
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.chars().map(plain).take(WORDS_LIMIT).collect::<String>().trim().to_owned()
}

impl From<instant_acme::Problem> for Failed {
    fn from(problem: instant_acme::Problem) -> Self {
        let kind = problem.r#type.unwrap_or_default();
        let parts = problem.subproblems.iter().filter_map(|part| part.detail.as_deref());
        let said: Vec<&str> = problem.detail.as_deref().into_iter().chain(parts).collect();
        let why = match said.is_empty() {
            true => shown(&kind),
            false => shown(&said.join(" ")),
        };
        // RFC 8555, section 6.7.
        match kind.rsplit(':').next().unwrap_or_default() {
            "accountDoesNotExist" => Self::Account { why },
            "rateLimited" => Self::Limited { why },
            "connection" | "dns" | "tls" | "unauthorized" | "incorrectResponse" => {
                Self::NotFound { why }
            }
            _ => Self::Refused { why },
        }
    }
}

impl From<instant_acme::Error> for Failed {
    fn from(error: instant_acme::Error) -> Self {
        match error {
            instant_acme::Error::Api(problem) => problem.into(),
            instant_acme::Error::Timeout(_) => Self::Late,
            instant_acme::Error::Other(cause) => match cause.downcast::<Self>() {
                Ok(failed) => *failed,
                Err(cause) => Self::Odd { why: shown(&cause.to_string()) },
            },
            other => Self::Odd { why: shown(&other.to_string()) },
        }
    }
}
