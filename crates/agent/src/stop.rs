//! How the agent waits, and how it is told to stop.

use closedset_core::Duration;
use std::sync::{Condvar, Mutex, PoisonError};

/// What waits; a test puts one in its place that moves the clock.
pub trait Sleeper: Send + Sync {
    /// Waits for `span`, or less if stopping is asked for.
    fn sleep(&self, span: Duration);
}

/// The wish that the agent stops, shared with whoever may have it. It also waits: a wish wakes it.
#[derive(Debug, Default)]
pub struct Stop {
    asked: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    /// Asks the agent to stop: now if it waits, else after the statement it is delivering.
    pub fn ask(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Whether stopping was asked for.
    pub fn is_asked(&self) -> bool {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sleeper for Stop {
    fn sleep(&self, span: Duration) {
        let span = std::time::Duration::from_millis(span.millis().max(0).unsigned_abs());
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        // Whether the time passed or the wish came is for the caller to look at.
        drop(self.changed.wait_timeout_while(asked, span, |asked| !*asked));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_to_stop_wakes_who_waits_for_days() {
        let stop = std::sync::Arc::new(Stop::default());
        let asker = std::sync::Arc::clone(&stop);
        let thread = std::thread::spawn(move || asker.ask());
        stop.sleep(Duration::from_days(30));
        assert!(stop.is_asked());
        thread.join().unwrap();
    }
}
