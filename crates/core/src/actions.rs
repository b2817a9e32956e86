//! Sets of actions: what somebody may do, and the scopes of a token.
//!
//! As text a set has the form of an OAuth scope (RFC 6749, section 3.3): words with one space
//! between them, of which the order does not matter. It is written in the order of [`Action::ALL`],
//! so that equal sets have equal texts.

use crate::Action;
use std::{fmt, str::FromStr};

/// A set of actions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Actions(u32);

const _: () = assert!(Action::ALL.len() <= u32::BITS as usize, "each action has a bit");

const fn bit(action: Action) -> u32 {
    1 << action as u16
}

impl Actions {
    /// No action.
    pub const NONE: Self = Self(0);

    /// Whether there is none in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `action` is in it.
    pub const fn contains(self, action: Action) -> bool {
        self.0 & bit(action) != 0
    }

    /// The set with `action` in it.
    #[must_use]
    pub const fn with(self, action: Action) -> Self {
        Self(self.0 | bit(action))
    }

    /// Those that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Each of them, in the order of [`Action::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Action> {
        Action::ALL.iter().copied().filter(move |action| self.contains(*action))
    }

    /// The set of these words.
    ///
    /// # Errors
    ///
    /// A word that is no action, or that comes twice.
    pub fn from_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Result<Self, ActionsError> {
        words.into_iter().try_fold(Self::NONE, |set, word| {
            let action = Action::from_word(word).ok_or_else(|| ActionsError::unknown(word))?;
            if set.contains(action) {
                Err(ActionsError::Twice(action))
            } else {
                Ok(set.with(action))
            }
        })
    }
}

impl From<Action> for Actions {
    fn from(action: Action) -> Self {
        Self::NONE.with(action)
    }
}

impl FromIterator<Action> for Actions {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Self {
        actions.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Display for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, action) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(action.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Actions({self})")
    }
}

impl FromStr for Actions {
    type Err = ActionsError;

    /// The empty text is the empty set.
    fn from_str(text: &str) -> Result<Self, ActionsError> {
        if text.is_empty() { Ok(Self::NONE) } else { Self::from_words(text.split(' ')) }
    }
}

/// Why words are no set of actions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionsError {
    /// A word is none of the actions; cut to what a person can read.
    #[error("{0:?} is not a scope")]
    Unknown(String),
    /// A word comes twice.
    #[error("{0} is named twice")]
    Twice(Action),
}

impl ActionsError {
    fn unknown(word: &str) -> Self {
        Self::Unknown(word.chars().take(40).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use proptest::prelude::*;

    fn all() -> Actions {
        Action::ALL.iter().copied().collect()
    }

    #[test]
    fn a_role_may_what_its_set_contains() {
        for role in Role::ALL {
            for action in Action::ALL {
                assert_eq!(role.actions().contains(*action), role.may(*action), "{role} {action}");
            }
        }
        assert_eq!(Role::Owner.actions(), all().without(Action::Scim.into()));
        assert_eq!(Role::Member.actions().to_string(), "task.read task.write");
    }

    #[test]
    fn the_text_is_in_the_matrixs_order_whatever_order_was_read() {
        let read: Actions = "ledger.read board.read task.write".parse().unwrap();
        assert_eq!(read.to_string(), "board.read task.write ledger.read");
        assert_eq!(format!("{read:?}"), "Actions(board.read task.write ledger.read)");
        assert_eq!("".parse(), Ok(Actions::NONE));
        assert_eq!(Actions::NONE.to_string(), "");
    }

    #[test]
    fn what_is_missing_is_told_apart() {
        let wanted: Actions = "board.read ledger.erase settings.write".parse().unwrap();
        let lacking = wanted.without("board.read settings.write".parse().unwrap());
        assert_eq!(lacking, Actions::from(Action::LedgerErase));
        assert!(lacking.contains(Action::LedgerErase) && !lacking.contains(Action::BoardRead));
        assert!(wanted.without(all()).is_empty() && !wanted.is_empty());
        assert_eq!(wanted.without(Actions::NONE), wanted);
    }

    #[test]
    fn unknown_doubled_and_badly_spaced_words_are_refused() {
        let unknown = |word: &str| ActionsError::Unknown(word.to_owned());
        for (text, wanted) in [
            (" ", unknown("")),
            (" board.read", unknown("")),
            ("board.read ", unknown("")),
            ("board.read  task.read", unknown("")),
            ("board.read\ttask.read", unknown("board.read\ttask.read")),
            ("board.read\n", unknown("board.read\n")),
            ("board.read,task.read", unknown("board.read,task.read")),
            ("Board.read", unknown("Board.read")),
            ("board.*", unknown("board.*")),
            ("board", unknown("board")),
            ("owner", unknown("owner")),
            ("bоard.read", unknown("bоard.read")), // a Cyrillic letter
            ("board.read\0", unknown("board.read\0")),
            ("board.read board.read", ActionsError::Twice(Action::BoardRead)),
            ("board.read task.read board.read", ActionsError::Twice(Action::BoardRead)),
        ] {
            assert_eq!(text.parse::<Actions>(), Err(wanted), "{text:?}");
        }
    }

    #[test]
    fn what_is_told_of_a_wrong_word_is_short_and_printable() {
        let error = "x\u{1b}[2J".repeat(1 << 16).parse::<Actions>().unwrap_err().to_string();
        assert!(error.len() < 300 && error.chars().all(|letter| !letter.is_control()), "{error}");
    }

    proptest! {
        #[test]
        fn every_set_is_read_back_as_it_was_written(bits in 0u32..1 << Action::ALL.len()) {
            let set = Actions(bits);
            prop_assert_eq!(set.to_string().parse::<Actions>(), Ok(set));
            prop_assert_eq!(set.iter().collect::<Actions>(), set);
        }

        #[test]
        fn no_text_is_read_as_a_set_but_its_own_words(text in "\\PC{0,60}") {
            if let Ok(set) = text.parse::<Actions>() {
                let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
                words.sort_unstable();
                let mut own: Vec<&str> = set.iter().map(Action::as_str).collect();
                own.sort_unstable();
                prop_assert_eq!(words, own);
            }
        }
    }
}
