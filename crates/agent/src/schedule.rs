//! When the agent acts next: spread out, so that a fleet does not knock in step, and ever more
//! patient with a server that does not answer.

use closedset_core::{Duration, Randomness, Time, randomness::bytes};

/// The longest that the agent waits before it tries again, whatever the server asks.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_minutes(15);
/// After the first failure.
const FIRST_WAIT: Duration = Duration::from_seconds(10);

/// Seconds between check-ins where no server has said yet how many it wants.
pub(crate) const USUAL_S: i64 = 300;

/// Seconds between check-ins, held between what spares the server and what keeps facts fresh.
pub(crate) fn every(wanted_s: i64) -> Duration {
    Duration::from_seconds(wanted_s.clamp(10, 86_400))
}

/// The span, up to a tenth shorter or longer.
pub(crate) fn jittered(span: Duration, randomness: &dyn Randomness) -> Duration {
    scaled(span, 900 + thousandths(200, randomness))
}

/// A point in time to wait for, by a clock that people may move.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alarm {
    set_at: Time,
    span: Duration,
}

impl Alarm {
    /// An alarm that rings `span` from `now`.
    pub(crate) fn set(now: Time, span: Duration) -> Self {
        Self { set_at: now, span }
    }

    /// How long until it rings; nothing if the clock was moved back before the alarm was set.
    pub(crate) fn left(&self, now: Time) -> Duration {
        if now < self.set_at {
            return Duration::ZERO;
        }
        (self.set_at + self.span).since(now).max(Duration::ZERO)
    }

    /// Whether it rings.
    pub(crate) fn rings(&self, now: Time) -> bool {
        self.left(now) == Duration::ZERO
    }
}

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
pub(crate) fn retry_after(text: &str, now: Time) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_seconds(seconds.into()));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    let date = Time::from_millis(date.timestamp().as_millisecond());
    Some(date.since(now).max(Duration::ZERO))
}

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    failures: u32,
}

impl Patience {
    /// All is well again.
    pub(crate) fn restore(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after one more failure: as the server asked and a little longer, else
    /// between half and all of 10 s, doubled with every failure; 15 minutes at most.
    pub(crate) fn wait(
        &mut self,
        asked: Option<Duration>,
        randomness: &dyn Randomness,
    ) -> Duration {
        self.failures = self.failures.saturating_add(1);
        if let Some(asked) = asked {
            let asked = asked.clamp(Duration::from_seconds(1), LONGEST_WAIT);
            return scaled(asked, 1_000 + thousandths(100, randomness));
        }
        let doublings = self.failures.saturating_sub(1).min(10);
        let span = Duration::from_millis(FIRST_WAIT.millis() << doublings).min(LONGEST_WAIT);
        scaled(span, 500 + thousandths(500, randomness))
    }
}

fn scaled(span: Duration, thousandths: i64) -> Duration {
    Duration::from_millis(span.millis().saturating_mul(thousandths) / 1_000)
}

/// A random number from 0 to `most`.
fn thousandths(most: i64, randomness: &dyn Randomness) -> i64 {
    i64::from(u16::from_be_bytes(bytes(randomness))) * most / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::randomness::Seeded;

    #[test]
    fn jitter_stays_within_a_tenth_and_differs() {
        let randomness = Seeded::new(1);
        let spans: std::collections::BTreeSet<i64> =
            (0..200).map(|_| jittered(Duration::from_seconds(300), &randomness).millis()).collect();
        assert!(spans.len() > 100);
        assert!(spans.iter().all(|span| (270_000..=330_000).contains(span)));
    }

    #[test]
    fn patience_doubles_to_a_quarter_of_an_hour_and_no_further() {
        let randomness = Seeded::new(2);
        let mut patience = Patience::default();
        let ceilings = [10, 20, 40, 80, 160, 320, 640, 900, 900, 900];
        for ceiling in ceilings {
            let wait = patience.wait(None, &randomness).millis();
            assert!((ceiling * 500..=ceiling * 1_000).contains(&wait), "{wait}");
        }
        patience.restore();
        assert!(patience.wait(None, &randomness) <= Duration::from_seconds(10));
    }

    #[test]
    fn what_the_server_asks_is_kept_within_reason() {
        let randomness = Seeded::new(3);
        let mut patience = Patience::default();
        let mut wait =
            |asked_s| patience.wait(Some(Duration::from_seconds(asked_s)), &randomness).millis();
        assert!((120_000..=132_000).contains(&wait(120)));
        assert!((1_000..=1_100).contains(&wait(0)));
        assert!((900_000..=990_000).contains(&wait(86_400)));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_nothing_else() {
        let now = "2026-03-12T09:30:00Z".parse().unwrap();
        let read = |text| retry_after(text, now).map(Duration::seconds);
        assert_eq!(read("90"), Some(90));
        assert_eq!(read("Thu, 12 Mar 2026 09:31:00 GMT"), Some(60));
        assert_eq!(read("Thu, 12 Mar 2026 09:00:00 GMT"), Some(0));
        for nonsense in ["", "-1", "soon", "1e9", "99999999999"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_put_the_agent_to_sleep() {
        let at = Time::from_millis;
        let alarm = Alarm::set(at(100_000), Duration::from_minutes(1));
        assert_eq!(alarm.left(at(100_000)), Duration::from_minutes(1));
        assert_eq!(alarm.left(at(130_000)), Duration::from_seconds(30));
        assert!(alarm.rings(at(160_000)));
        assert!(alarm.rings(at(99_999)));
    }
}
