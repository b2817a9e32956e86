//! When a week's mail is due: at seven in the morning where the facility is, on the day that its
//! recipient chose.

use closedset_core::{Duration, Time};
use jiff::{
    Span,
    civil::{Date, Weekday},
    tz::TimeZone,
};

/// The hour, where the facility is.
const HOUR: i8 = 7;

/// A mail that is due later than this is left out: the next one comes soon.
pub(super) const LATE: Duration = Duration::from_hours(72);

/// When a mail was due last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// The moment.
    pub(super) at: Time,
    /// The Monday of its week.
    pub(super) week: Date,
}

fn moment(day: Date, zone: &TimeZone) -> Option<Time> {
    // Where clocks skip the hour, the moment is that much later; where they repeat it, the first.
    let at = day.at(HOUR, 0, 0, 0).to_zoned(zone.clone()).ok()?;
    Some(Time::from_millis(at.timestamp().as_millisecond()))
}

fn today(now: Time, zone: &TimeZone) -> Date {
    now.timestamp().to_zoned(zone.clone()).date()
}

/// When the mail of whoever wants it on this day, Monday being 1, was due last.
pub(super) fn last(now: Time, zone: &TimeZone, day: i64) -> Option<Due> {
    let weekday = Weekday::from_monday_one_offset(i8::try_from(day).ok()?).ok()?;
    let today = today(now, zone);
    let mut on = today;
    while on.weekday() != weekday {
        on = on.yesterday().ok()?;
    }
    if moment(on, zone)? > now {
        on = on.checked_sub(Span::new().weeks(1)).ok()?;
    }
    let week = on.checked_sub(Span::new().days(day - 1)).ok()?;
    Some(Due { at: moment(on, zone)?, week })
}

/// When any mail is due next.
pub(super) fn next(now: Time, zone: &TimeZone) -> Option<Time> {
    let today = today(now, zone);
    [today, today.tomorrow().ok()?, today.tomorrow().ok()?.tomorrow().ok()?]
        .into_iter()
        .filter_map(|day| moment(day, zone))
        .find(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn due(now: &str, zone: &str, day: i64) -> (String, String) {
        let due = last(time(now), &TimeZone::get(zone).unwrap(), day).unwrap();
        (due.at.to_string(), due.week.to_string())
    }

    fn pair(at: &str, week: &str) -> (String, String) {
        (format!("{at}.000Z"), week.to_owned())
    }

    #[test]
    fn a_mail_is_due_at_seven_where_the_facility_is() {
        let monday = pair("2026-03-09T06:00:00", "2026-03-09");
        assert_eq!(due("2026-03-09T06:00:00Z", "Europe/Stockholm", 1), monday);
        assert_eq!(due("2026-03-16T05:59:59Z", "Europe/Stockholm", 1), monday);
        let sunday = pair("2026-03-15T06:00:00", "2026-03-09");
        assert_eq!(due("2026-03-16T05:59:59Z", "Europe/Stockholm", 7), sunday);
        // There it is Monday already, here still Sunday.
        let there = pair("2026-03-08T18:00:00", "2026-03-09");
        assert_eq!(due("2026-03-08T18:00:00Z", "Pacific/Auckland", 1), there);
    }

    #[test]
    fn the_hour_stays_when_clocks_are_changed() {
        let zone = "Europe/Stockholm";
        let before = pair("2026-03-28T06:00:00", "2026-03-23");
        assert_eq!(due("2026-03-28T12:00:00Z", zone, 6), before);
        let after = pair("2026-03-29T05:00:00", "2026-03-23");
        assert_eq!(due("2026-03-29T12:00:00Z", zone, 7), after);
        let autumn = pair("2026-10-26T06:00:00", "2026-10-26");
        assert_eq!(due("2026-10-26T06:00:00Z", zone, 1), autumn);
        let zone = TimeZone::get(zone).unwrap();
        assert_eq!(next(time("2026-10-24T05:00:00Z"), &zone), Some(time("2026-10-25T06:00:00Z")));
        assert_eq!(next(time("2026-03-28T06:00:00Z"), &zone), Some(time("2026-03-29T05:00:00Z")));
    }

    #[test]
    fn whoever_chooses_another_day_stays_in_the_same_week() {
        for day in 1..=7 {
            let (_, week) = due("2026-03-15T23:00:00Z", "UTC", day);
            assert_eq!(week, "2026-03-09");
        }
        assert_eq!(last(time("2026-03-15T23:00:00Z"), &TimeZone::UTC, 0), None);
        assert_eq!(last(time("2026-03-15T23:00:00Z"), &TimeZone::UTC, 8), None);
    }
}
