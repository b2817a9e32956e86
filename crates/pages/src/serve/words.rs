//! Times, counts and states in the words of the screen.

use crate::components::{Status, TimeText};
use closedset_core::Time;

/// How long ago a moment was: `40 seconds ago`, `3 days ago`; `just now` within ten seconds.
pub(crate) fn ago(time: Time, now: Time) -> TimeText {
    let seconds = now.since(time).seconds();
    let words = if seconds < 0 {
        return moment(time, "UTC");
    } else if seconds < 10 {
        "just now".to_owned()
    } else {
        let (count, unit) = match seconds {
            0..=119 => (seconds, "second"),
            120..=7_199 => (seconds / 60, "minute"),
            7_200..=172_799 => (seconds / 3_600, "hour"),
            _ => (seconds / 86_400, "day"),
        };
        format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
    };
    TimeText::new(time.to_string(), words)
}

/// For how long something has been so: `for 40 seconds`, `since 12 March 2026, 10:30`.
pub(crate) fn lasting(since: TimeText) -> TimeText {
    let words = match since.words.strip_suffix(" ago") {
        Some(span) => format!("for {span}"),
        None if since.words == "just now" => "for a few seconds".to_owned(),
        None => format!("since {}", since.words),
    };
    TimeText { words, ..since }
}

/// A moment in the facility's time: `12 March 2026, 10:30`.
pub(crate) fn moment(time: Time, zone: &str) -> TimeText {
    TimeText::new(time.to_string(), format(time, zone, "%-d %B %Y, %H:%M"))
}

/// The date in the facility's time.
pub(crate) fn date(time: Time, zone: &str) -> jiff::civil::Date {
    let timestamp = time.timestamp();
    timestamp.in_tz(zone).unwrap_or_else(|_| timestamp.to_zoned(jiff::tz::TimeZone::UTC)).date()
}

/// A day in the facility's time: `12 March 2026`.
pub(crate) fn day(time: Time, zone: &str) -> TimeText {
    TimeText::new(time.to_string(), format(time, zone, "%-d %B %Y"))
}

fn format(time: Time, zone: &str, form: &str) -> String {
    let zoned = time
        .timestamp()
        .in_tz(zone)
        .unwrap_or_else(|_| time.timestamp().to_zoned(jiff::tz::TimeZone::UTC));
    zoned.strftime(form).to_string()
}

/// A count with separators: `1,204`.
pub(crate) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("−{text}") } else { text }
}

/// A verdict's status on the screen.
pub(crate) fn status(status: closedset_core::Status) -> Status {
    match status {
        closedset_core::Status::Pass => Status::Pass,
        closedset_core::Status::Fail => Status::Fail,
        closedset_core::Status::Unknown => Status::Unknown,
        closedset_core::Status::Excepted => Status::Excepted,
        closedset_core::Status::NotApplicable => Status::NotApplicable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_times_read_as_people_write_them() {
        assert_eq!(
            [count(0), count(999), count(1_204), count(1_000_000)],
            ["0", "999", "1,204", "1,000,000"]
        );
        let now = Time::from_millis(10_000_000);
        assert_eq!(ago(Time::from_millis(9_960_000), now).words, "40 seconds ago");
        let lasts = |time: i64| lasting(ago(Time::from_millis(time), now)).words;
        assert_eq!(lasts(9_960_000), "for 40 seconds");
        assert_eq!(lasts(9_999_000), "for a few seconds");
        assert_eq!(lasts(10_100_000), "since 1 January 1970, 02:48");
        assert_eq!(ago(Time::from_millis(9_999_000), now).words, "just now");
        assert_eq!(
            day("2026-03-12T23:30:00Z".parse().unwrap(), "Europe/Madrid").words,
            "13 March 2026"
        );
    }
}
