//! Points in time and spans of it, in whole milliseconds, and the clock that is passed in.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    fmt,
    ops::{Add, Sub},
    str::FromStr,
    sync::atomic::{AtomicI64, Ordering},
};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
///
/// Its text form is RFC 3339 in UTC with three decimals: `2026-03-12T09:30:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(i64);

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

/// The last millisecond of the year 9999: what every engine and text form can hold.
const LAST: i64 = 253_402_300_799_999;

impl Time {
    /// The point `millis` milliseconds after the beginning of 1970, held between the years 1970
    /// and 9999.
    pub const fn from_millis(millis: i64) -> Self {
        Self(if millis < 0 {
            0
        } else if millis > LAST {
            LAST
        } else {
            millis
        })
    }

    /// Milliseconds since the beginning of 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the beginning of 1970.
    pub const fn seconds(self) -> i64 {
        self.0 / 1000
    }

    /// As a `jiff` time stamp, for calendars and time zones.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// How much later this is than `earlier`; negative if it is not.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0 - earlier.0)
    }
}

impl Duration {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A span of `millis` milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }
    /// A span of `seconds` seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }
    /// A span of `minutes` minutes.
    pub const fn from_minutes(minutes: i64) -> Self {
        Self::from_seconds(minutes.saturating_mul(60))
    }
    /// A span of `hours` hours.
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_minutes(hours.saturating_mul(60))
    }
    /// A span of `days` times 24 hours.
    pub const fn from_days(days: i64) -> Self {
        Self::from_hours(days.saturating_mul(24))
    }
    /// Milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }
    /// Whole seconds.
    pub const fn seconds(self) -> i64 {
        self.0 / 1000
    }

    /// In words, rounded down to the largest unit that fits: `3 days`, `1 hour`, `40 s`.
    pub fn words(self) -> String {
        let seconds = self.seconds().max(0);
        let (count, unit) = match seconds {
            0..=119 => return format!("{seconds} s"),
            120..=7_199 => return format!("{} min", seconds / 60),
            7_200..=172_799 => (seconds / 3_600, "hour"),
            _ => (seconds / 86_400, "day"),
        };
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

impl Add<Duration> for Time {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(span.0))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

/// Why a text is not a point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a time is written as 2026-03-12T09:30:00Z, with its zone")]
pub struct TimeError;

impl FromStr for Time {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let timestamp: jiff::Timestamp = text.parse().map_err(|_| TimeError)?;
        let millis = timestamp.as_millisecond();
        if (0..=LAST).contains(&millis) { Ok(Self(millis)) } else { Err(TimeError) }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A duration in JSON is a whole number of seconds.
impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.seconds())
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::from_seconds)
    }
}

/// What says what time it is.
pub trait Clock: Send + Sync {
    /// The present time.
    fn now(&self) -> Time;
}

/// A clock that stands still until it is moved; for tests and replays.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    pub const fn new(now: Time) -> Self {
        Self(AtomicI64::new(now.0))
    }
    /// Moves the clock to `now`, forwards or backwards.
    pub fn set(&self, now: Time) {
        self.0.store(now.0, Ordering::SeqCst);
    }
    /// Moves the clock forwards.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_is_rfc_3339_with_three_decimals_and_reads_back() {
        let time = Time::from_millis(1_773_307_800_000);
        assert_eq!(time.to_string(), "2026-03-12T09:30:00.000Z");
        assert_eq!("2026-03-12T10:30:00+01:00".parse(), Ok(time));
        assert_eq!("2026-03-12T09:30:00".parse::<Time>(), Err(TimeError));
        assert_eq!("1969-12-31T23:59:59Z".parse::<Time>(), Err(TimeError));
    }

    #[test]
    fn words_name_the_largest_unit() {
        let words = |seconds| Duration::from_seconds(seconds).words();
        assert_eq!(
            [words(40), words(900), words(7_300), words(3 * 86_400)],
            ["40 s", "15 min", "2 hours", "3 days"]
        );
    }
}
