//! Chance that comes out alike for the same seed: what happens in the story, never a secret.

use sha2::{Digest as _, Sha256};

/// Dice of one seed. What is thrown depends on the names alone, not on what was thrown before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number from 0 to before `sides`.
    pub(crate) fn throw(self, what: &str, one: usize, two: i64, sides: u64) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.0.to_be_bytes());
        hash.update(what.as_bytes());
        hash.update((one as u64).to_be_bytes());
        hash.update(two.to_be_bytes());
        let bytes = hash.finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&bytes[..8]);
        u64::from_be_bytes(first) % sides.max(1)
    }

    /// The same as a number of days, minutes or milliseconds.
    pub(crate) fn number(self, what: &str, one: usize, two: i64, sides: i64) -> i64 {
        i64::try_from(self.throw(what, one, two, u64::try_from(sides).unwrap_or(1))).unwrap_or(0)
    }
}
