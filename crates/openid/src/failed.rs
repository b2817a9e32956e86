//! Why a provider's answer led nowhere.

use closedset_https::Unreachable;

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// It is no signed token, or too long.
    Shape,
    /// It is signed by no algorithm that is believed here, or not at all.
    Algorithm,
    /// It is signed by a key that the provider does not name.
    Key,
    /// Its signature is not right.
    Signature,
    /// It was given by another provider.
    Issuer,
    /// It was given to another program.
    Audience,
    /// Its time is over.
    Expired,
    /// It was not given just now.
    NotNow,
    /// It answers another question.
    Nonce,
    /// It says nobody's name, or that of somebody else.
    Subject,
}

impl Distrust {
    /// One word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotNow => "not now",
            Self::Nonce => "nonce",
            Self::Subject => "subject",
        }
    }
}

/// Why a provider's answer led nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// It was not reached, or did not answer in time, or too much.
    #[error("the provider was not reached: {why}")]
    Unreachable {
        /// Why.
        why: String,
    },
    /// What it says of itself cannot be used.
    #[error("what the provider says of itself cannot be used: {why}")]
    Odd {
        /// What.
        why: String,
    },
    /// It gives nothing for this code, or does not know this program or its secret.
    #[error("the provider gives nothing for the code: {why}")]
    Refused {
        /// What it says.
        why: String,
    },
    /// It gave a token that is not believed.
    #[error("the provider's token is not believed: {}", .0.word())]
    NotBelieved(Distrust),
}

/// The longest text of a provider that is shown or logged.
const WORDS_LIMIT: usize = 200;

impl Failed {
    pub(crate) fn odd(why: impl Into<String>) -> Self {
        Self::Odd { why: why.into() }
    }
}

impl From<Unreachable> for Failed {
    fn from(Unreachable(why): Unreachable) -> Self {
        Self::Unreachable { why }
    }
}

/// A provider's own words, as they are shown: one line, and no longer than a line is.
pub(crate) fn words(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(WORDS_LIMIT).collect()
}
