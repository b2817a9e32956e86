//! What kind of building a facility is in.

use serde::{Deserialize, Serialize};

/// A kind of building, by who else is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Building {
    /// Nobody else is in it.
    Own,
    /// Others have other floors or rooms of it.
    Shared,
    /// One of several on a ground with a common entrance.
    Park,
    /// One of a studio's own.
    Studio,
    /// Somebody lives in it.
    Home,
    /// Another kind.
    Other,
}

impl Building {
    /// Every one.
    pub const ALL: &'static [Self] =
        &[Self::Own, Self::Shared, Self::Park, Self::Studio, Self::Home, Self::Other];

    /// The word used in text and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Shared => "shared",
            Self::Park => "park",
            Self::Studio => "studio",
            Self::Home => "home",
            Self::Other => "other",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Own => "A building of our own",
            Self::Shared => "Rooms or floors of a building with others in it",
            Self::Park => "A building on a business park",
            Self::Studio => "A building on a studio’s ground",
            Self::Home => "A home",
            Self::Other => "Another kind",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == word)
    }
}
