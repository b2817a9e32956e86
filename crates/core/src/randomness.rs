//! Where random bytes come from; only the binaries bring the operating system's.

use std::sync::Mutex;

/// A source of random bytes fit for keys.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` random bytes.
pub fn bytes<const N: usize>(randomness: &dyn Randomness) -> [u8; N] {
    let mut bytes = [0u8; N];
    randomness.fill(&mut bytes);
    bytes
}

/// Repeatable bytes for tests and samples: SHA-256 over a seed and a counter. Never for keys in use.
#[derive(Debug)]
pub struct Seeded {
    seed: u64,
    counter: Mutex<u64>,
}

impl Seeded {
    /// A source that always yields the same bytes for the same seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, counter: Mutex::new(0) }
    }
}

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        use sha2::Digest as _;
        let mut counter = self.counter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(32) {
            let mut hash = sha2::Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(counter.to_be_bytes());
            *counter += 1;
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}
