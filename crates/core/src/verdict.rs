//! What a check says of a subject.

use crate::{Digest, Time, exception::Excepted};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The five answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The condition does not hold.
    Fail,
    /// Something is missing or stale; the verdict names it.
    Unknown,
    /// The risk was accepted, by whom and until when the verdict says.
    Excepted,
    /// The condition holds on fresh evidence.
    Pass,
    /// The check does not concern this subject; the verdict says why.
    NotApplicable,
}

impl Status {
    /// Every one, from worst to best.
    pub const ALL: &'static [Self] =
        &[Self::Fail, Self::Unknown, Self::Excepted, Self::Pass, Self::NotApplicable];

    /// The word used in text and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Excepted => "excepted",
            Self::Pass => "pass",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The one with this word.
    pub fn from_word(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.as_str() == text)
    }

    /// The worse of two, by the order fail, unknown, excepted, pass; not applicable only if both are.
    pub fn worse(self, other: Self) -> Self {
        self.min(other)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One check's answer about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The answer.
    pub status: Status,
    /// Why, in words a person understands: what was found, or what is missing.
    pub because: String,
    /// The digests of the facts it rests on, in the check's order.
    pub facts: Vec<Digest>,
    /// When it turns unknown by itself because a fact goes stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<Time>,
    /// What a person's signature covers, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excepted: Option<Excepted>,
}
