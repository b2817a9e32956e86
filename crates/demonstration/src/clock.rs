//! The clock of a story: it shows what it is set to, and the real time once the story is told.

use closedset_core::{Clock, Time};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// What the hand stands at when the clock shows the real time.
const REAL: i64 = -1;

/// A clock that can be set into the past, and let go.
pub struct StoryClock {
    real: Arc<dyn Clock>,
    hand: AtomicI64,
}

impl StoryClock {
    /// A clock that shows the time of `real`.
    pub fn new(real: Arc<dyn Clock>) -> Self {
        Self { real, hand: AtomicI64::new(REAL) }
    }

    /// The real time, whatever the clock shows.
    pub fn real_now(&self) -> Time {
        self.real.now()
    }

    /// Stops the clock at `time`.
    pub fn set(&self, time: Time) {
        self.hand.store(time.millis(), Ordering::SeqCst);
    }

    /// Lets it show the real time from here on.
    pub fn let_go(&self) {
        self.hand.store(REAL, Ordering::SeqCst);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Time {
        match self.hand.load(Ordering::SeqCst) {
            REAL => self.real.now(),
            millis => Time::from_millis(millis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::time::ManualClock;

    #[test]
    fn it_stands_still_until_it_is_let_go() {
        let real = Arc::new(ManualClock::new(Time::from_millis(9_000)));
        let clock = StoryClock::new(real.clone());
        assert_eq!(clock.now().millis(), 9_000);
        clock.set(Time::from_millis(4_000));
        real.set(Time::from_millis(9_500));
        assert_eq!((clock.now().millis(), clock.real_now().millis()), (4_000, 9_500));
        clock.let_go();
        assert_eq!(clock.now().millis(), 9_500);
    }
}
