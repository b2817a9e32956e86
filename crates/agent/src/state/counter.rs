//! The number that counts up with every statement a key signs, and never down.

use super::Folder;
use crate::AgentError;
use closedset_core::canonical::INTEGER_LIMIT;

const FILE: &str = "counter";

/// The highest number that may have been signed with.
pub(crate) struct Counter {
    folder: Folder,
    value: i64,
}

impl Counter {
    /// Begins to count, unless the device counts already: its link may be used twice.
    pub(crate) fn begin(folder: &Folder) -> Result<(), AgentError> {
        match folder.read(FILE)? {
            Some(_) => Self::load(folder).map(drop),
            None => folder.write(FILE, b"0\n"),
        }
    }

    /// Goes on counting. An absent counter is an error: to begin anew would repeat numbers.
    pub(crate) fn load(folder: &Folder) -> Result<Self, AgentError> {
        let Some(bytes) = folder.read(FILE)? else {
            return Err(folder.damaged(FILE, "it is gone"));
        };
        let value = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.trim_end().parse().ok())
            .filter(|value| (0..=INTEGER_LIMIT).contains(value))
            .ok_or_else(|| folder.damaged(FILE, "it holds no number"))?;
        Ok(Self { folder: folder.clone(), value })
    }

    /// The highest number that may have been signed with.
    pub(crate) fn value(&self) -> i64 {
        self.value
    }

    /// Stores that `count` more numbers are taken, and yields the first of them.
    pub(crate) fn take(&mut self, count: usize) -> Result<i64, AgentError> {
        let first = self.value + 1;
        let count = i64::try_from(count).map_err(|_| AgentError::CounterSpent)?;
        self.raise_to(self.value.saturating_add(count))?;
        Ok(first)
    }

    /// Stores that all numbers up to `value` are taken; lower ones are so already.
    pub(crate) fn raise_to(&mut self, value: i64) -> Result<(), AgentError> {
        if value <= self.value {
            return Ok(());
        }
        if value > INTEGER_LIMIT {
            return Err(AgentError::CounterSpent);
        }
        // Counted as taken even if the write fails: whether it reached the disk is unknown.
        self.value = value;
        self.folder.write(FILE, format!("{value}\n").as_bytes())
    }
}
