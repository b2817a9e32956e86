//! Whom one calls about content security: who answers for it, and who stands in.

use serde::{Deserialize, Serialize};

/// A place on the sheet of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactPlace {
    /// Answers for content security.
    Responsible,
    /// Stands in for them.
    Deputy,
}

impl ContactPlace {
    /// Every one.
    pub const ALL: &'static [Self] = &[Self::Responsible, Self::Deputy];

    /// The word used in text and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Deputy => "deputy",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Responsible => "Responsible for content security",
            Self::Deputy => "Deputy",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|place| place.as_str() == word)
    }
}
