//! The facility's own time: in it people are told every day and time of a pack.
//!
//! Two computers may know different time-zone databases, and the page for people must come out alike on
//! both to the byte. So a pack brings along what its zone's name meant where it was made: the offsets
//! from UTC over the time of which it speaks. Everything is told by those. Whether the verifier's own
//! database agrees is another question, see [`Zone::disagreement`]. Facts, entries and files for
//! programs are in UTC.

use closedset_core::{Duration, Time};
use jiff::{
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The most changes of the offset that a pack holds: two a year for 250 years.
const TURN_LIMIT: usize = 500;
/// The farthest from UTC, either way. No clock on Earth has been farther than 16 hours.
const SECONDS_LIMIT: u32 = 18 * 3600;
/// The longest name of a zone.
const NAME_LIMIT: usize = 64;
/// The length of a time as Closedset writes it in files.
const WRITTEN: usize = "2026-03-12T09:30:00.000Z".len();
/// The length of a time as sentences of Closedset have it, before `UTC`.
const SAID: usize = "2026-03-12 09:30".len();
/// How a moment is told to people.
const MOMENT: &str = "%-d %B %Y, %H:%M";
/// The years in which the zone's clocks are told, from 1990 to 2100: no zone's change more often in that
/// time than a pack can hold. Times beyond are told in UTC, which is said, so that nothing that anybody
/// writes keeps a pack from being made.
const TOLD: Range<Time> = Time::from_millis(631_152_000_000)..Time::from_millis(4_102_444_800_000);
/// In a longer text no times are looked for: only somebody who means harm writes one.
const TELL_LIMIT: usize = 16 << 10;

/// A time zone by its name, with its offsets over the time of which a pack speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Said")]
pub struct Zone {
    name: String,
    /// East of UTC, before the first turn.
    seconds: i32,
    turns: Vec<Turn>,
}

/// A change of the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    at: Time,
    /// East of UTC from then on.
    seconds: i32,
}

/// What a pack says of its zone, before it is believed to be one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    name: String,
    seconds: i32,
    turns: Vec<Turn>,
}

/// Why something is no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// Nothing that a zone is called.
    #[error("a time zone has a name such as Europe/Madrid")]
    Name,
    /// An offset that no clock has.
    #[error("a time zone is at most 18 hours from UTC")]
    Offset,
    /// Changes that follow each other in no order, or change nothing.
    #[error("the offsets of a time zone follow each other, each another than the one before")]
    Order,
    /// More changes than any zone has.
    #[error("a time zone's offset changes at most {TURN_LIMIT} times")]
    Length,
    /// This computer's database has no zone of the name.
    #[error("this computer knows no such time zone")]
    Unknown,
    /// More changes than a pack holds, over the time of which it speaks.
    #[error(
        "its clocks change {TURN_LIMIT} times or more from {from} to {to}, of which the pack speaks"
    )]
    Span {
        /// The first time of which the pack speaks.
        from: Time,
        /// The last.
        to: Time,
    },
}

impl TryFrom<Said> for Zone {
    type Error = ZoneError;

    fn try_from(said: Said) -> Result<Self, ZoneError> {
        let Said { name, seconds, turns } = said;
        let is_named = !name.is_empty()
            && name.len() <= NAME_LIMIT
            && name.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+')
            });
        if !is_named {
            return Err(ZoneError::Name);
        }
        if turns.len() > TURN_LIMIT {
            return Err(ZoneError::Length);
        }
        let mut before = (None, seconds);
        if seconds.unsigned_abs() > SECONDS_LIMIT {
            return Err(ZoneError::Offset);
        }
        for turn in &turns {
            if turn.seconds.unsigned_abs() > SECONDS_LIMIT {
                return Err(ZoneError::Offset);
            }
            if before.0.is_some_and(|at| at >= turn.at) || before.1 == turn.seconds {
                return Err(ZoneError::Order);
            }
            before = (Some(turn.at), turn.seconds);
        }
        Ok(Self { name, seconds, turns })
    }
}

/// How a pack's zone and the one that this computer knows by its name differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Disagreement {
    /// This computer knows no zone of the name.
    Unknown,
    /// It tells this time otherwise: so.
    At(Time, String),
}

impl Zone {
    /// UTC itself.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), seconds: 0, turns: Vec::new() }
    }

    /// The zone of this name as this computer's database knows it from `first` to `last`; none if it
    /// knows none, or if its clocks change more often than a pack holds.
    pub fn named(name: &str, span: (Time, Time)) -> Option<Self> {
        Self::over(name, span).ok()
    }

    /// The zone of this name as this computer's database knows it from `from` to `to`. It is refused
    /// if a pack cannot hold all of its changes: what comes after the last would be told wrongly.
    pub(crate) fn over(name: &str, (from, to): (Time, Time)) -> Result<Self, ZoneError> {
        let (from, to) = (from.clamp(TOLD.start, TOLD.end), to.clamp(TOLD.start, TOLD.end));
        let zone = TimeZone::get(name).map_err(|_| ZoneError::Unknown)?;
        let seconds = zone.to_offset(from.timestamp()).seconds();
        let mut turns: Vec<Turn> = Vec::new();
        for turn in zone.following(from.timestamp()) {
            if turn.timestamp() > to.timestamp() {
                break;
            }
            let before = turns.last().map_or(seconds, |turn| turn.seconds);
            if turn.offset().seconds() != before {
                let at = Time::from_millis(turn.timestamp().as_millisecond());
                turns.push(Turn { at, seconds: turn.offset().seconds() });
            }
            if turns.len() == TURN_LIMIT {
                return Err(ZoneError::Span { from, to });
            }
        }
        Self::try_from(Said { name: name.to_owned(), seconds, turns })
    }

    /// Its name: `Europe/Madrid`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A day: `12 March 2026`.
    pub fn day(&self, time: Time) -> String {
        self.told(time, "%-d %B %Y")
    }

    /// The last day of something that ends at `end`: the one that is over then.
    pub fn last_day(&self, end: Time) -> String {
        self.day(end - Duration::from_millis(1))
    }

    /// A day as programs write it: `2026-03-12`.
    pub fn date(&self, time: Time) -> String {
        self.local(time).strftime("%Y-%m-%d").to_string()
    }

    /// The day it is at `time`.
    pub(crate) fn civil_day(&self, time: Time) -> Date {
        self.local(time).date()
    }

    /// A moment: `12 March 2026, 10:30`.
    pub fn moment(&self, time: Time) -> String {
        self.told(time, MOMENT)
    }

    /// How far its clocks are from UTC at `time`: `UTC+1`, `UTC−3:30`.
    pub fn from_utc(&self, time: Time) -> String {
        let seconds = self.offset(time);
        let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
        let sign = if seconds < 0 { '\u{2212}' } else { '+' };
        match (seconds, minutes) {
            (0, _) => "UTC".to_owned(),
            (_, 0) => format!("UTC{sign}{hours}"),
            _ => format!("UTC{sign}{hours}:{minutes:02}"),
        }
    }

    /// The text with each time in it that says of itself to be of UTC, as files or sentences of
    /// Closedset have it, told as a moment of this zone.
    pub fn tell(&self, text: &str) -> String {
        if text.len() > TELL_LIMIT {
            return text.to_owned();
        }
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((at, length, time)) = first_time(rest) {
            told.push_str(&rest[..at]);
            told.push_str(&self.moment(time));
            rest = &rest[at + length..];
        }
        told + rest
    }

    /// Whether this computer's database tells one of these times otherwise.
    pub(crate) fn disagreement(&self, times: &[Time]) -> Option<Disagreement> {
        let Ok(zone) = TimeZone::get(&self.name) else { return Some(Disagreement::Unknown) };
        let offset = |time: &Time| zone.to_offset(time.timestamp()).seconds();
        // Honest packs hold fewer changes than they may: behind the last one anything could be missing.
        let end = self.turns.get(TURN_LIMIT - 1).map(|turn| turn.at);
        let is_other = |time: &&Time| {
            TOLD.contains(*time)
                && (offset(time) != self.offset(**time) || end.is_some_and(|end| **time > end))
        };
        let other = times.iter().find(is_other)?;
        let told = local(*other, offset(other)).strftime(MOMENT).to_string();
        Some(Disagreement::At(*other, told))
    }

    fn told(&self, time: Time, form: &str) -> String {
        let told = self.local(time).strftime(form).to_string();
        if TOLD.contains(&time) { told } else { told + " UTC" }
    }

    fn offset(&self, time: Time) -> i32 {
        if !TOLD.contains(&time) {
            return 0;
        }
        let turned = self.turns.partition_point(|turn| turn.at <= time);
        self.turns[..turned].last().map_or(self.seconds, |turn| turn.seconds)
    }

    fn local(&self, time: Time) -> DateTime {
        local(time, self.offset(time))
    }
}

fn local(time: Time, seconds: i32) -> DateTime {
    let offset = Offset::from_seconds(seconds).unwrap_or(Offset::UTC);
    offset.to_datetime(time.timestamp())
}

/// The times that stand in a text, for the span that a zone must cover.
pub(crate) fn times_in(text: &str) -> Vec<Time> {
    let (mut times, mut rest) = (Vec::new(), text);
    if text.len() > TELL_LIMIT {
        return times;
    }
    while let Some((at, length, time)) = first_time(rest) {
        times.push(time);
        rest = &rest[at + length..];
    }
    times
}

/// The first time in a text, where it begins and how long it is.
fn first_time(text: &str) -> Option<(usize, usize, Time)> {
    let written = text.match_indices('Z').find_map(|(end, _)| {
        let at = (end + 1).checked_sub(WRITTEN)?;
        let token = text.get(at..=end)?;
        let time: Time = token.parse().ok()?;
        (time.to_string() == token && TOLD.contains(&time)).then_some((at, WRITTEN, time))
    });
    let said = text.match_indices(" UTC").find_map(|(end, mark)| {
        let at = end.checked_sub(SAID)?;
        let token = text.get(at..end)?;
        let (day, hour) = token.split_once(' ')?;
        let time: Time = format!("{day}T{hour}:00Z").parse().ok()?;
        let is_it = time.to_string().get(..SAID)?.replace('T', " ") == token;
        (is_it && TOLD.contains(&time)).then_some((at, SAID + mark.len(), time))
    });
    match (written, said) {
        (Some(one), Some(other)) => Some(if one.0 < other.0 { one } else { other }),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn of(name: &str) -> Zone {
        Zone::named(name, (time("2026-01-01T00:00:00Z"), time("2027-12-31T00:00:00Z"))).unwrap()
    }

    #[test]
    fn a_day_is_the_facilitys_own() {
        let end = time("2026-04-01T07:00:00Z");
        assert_eq!(of("America/Los_Angeles").last_day(end), "31 March 2026");
        assert_eq!(of("Europe/Madrid").last_day(end), "1 April 2026");
        assert_eq!(of("Asia/Kolkata").moment(end), "1 April 2026, 12:30");
        assert_eq!(Zone::utc().moment(end), "1 April 2026, 07:00");
    }

    #[test]
    fn clocks_turn_when_the_zone_says() {
        let zone = of("Europe/Madrid");
        assert_eq!(zone.moment(time("2026-03-29T00:59:59Z")), "29 March 2026, 01:59");
        assert_eq!(zone.moment(time("2026-03-29T01:00:00Z")), "29 March 2026, 03:00");
        assert_eq!(zone.from_utc(time("2026-03-29T01:00:00Z")), "UTC+2");
        assert_eq!(
            of("America/St_Johns").from_utc(time("2026-01-10T01:00:00Z")),
            "UTC\u{2212}3:30"
        );
        assert_eq!(of("Europe/London").from_utc(time("2026-01-10T01:00:00Z")), "UTC");
        assert_eq!(zone.turns.len(), 4);
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        let read =
            |text: &str| serde_json::from_str::<Zone>(text).map_err(|error| error.to_string());
        let turn = |at: &str, seconds: i32| {
            format!(r#"{{"at":"{at}T00:00:00.000Z","seconds":{seconds}}}"#)
        };
        let zone = |name: &str, seconds: i32, turns: &[String]| {
            read(&format!(
                r#"{{"name":"{name}","seconds":{seconds},"turns":[{}]}}"#,
                turns.join(",")
            ))
        };
        let (one, two) = (turn("2026-03-29", 7200), turn("2026-10-25", 3600));
        assert!(zone("Europe/Madrid", 3600, &[one.clone(), two.clone()]).is_ok());
        assert!(zone("Europe/Madrid", 64_800, &[]).is_ok());
        for (wrong, name, seconds, turns) in [
            ("name", "", 0, vec![]),
            ("name", "Europe Madrid", 0, vec![]),
            ("18 hours", "X", 64_801, vec![]),
            ("18 hours", "X", i32::MIN + 1, vec![]),
            ("18 hours", "X", 0, vec![turn("2026-03-29", -64_801)]),
            ("follow", "X", 3600, vec![two.clone(), one.clone()]),
            ("follow", "X", 3600, vec![one.clone(), one.clone()]),
            ("follow", "X", 7200, vec![one.clone()]),
            ("follow", "X", 0, vec![one.clone(), turn("2026-03-29", 3600)]),
            ("at most", "X", 0, (0..501).map(|n| turn("2026-03-29", n + 1)).collect()),
        ] {
            let refused = zone(name, seconds, &turns).unwrap_err();
            assert!(refused.contains(wrong), "{refused}");
        }
        assert!(read(r#"{"name":"UTC","seconds":-2147483648,"turns":[]}"#).is_err());
        assert!(read(r#"{"name":"UTC","seconds":0,"turns":[],"more":1}"#).is_err());
    }

    #[test]
    fn a_database_that_knows_better_is_heard() {
        let times = [time("2026-02-01T12:00:00Z"), time("2026-07-01T23:30:00Z")];
        assert_eq!(of("Europe/Madrid").disagreement(&times), None);
        let made_up = Zone { name: "Europe/Madrid".into(), seconds: 3600, turns: Vec::new() };
        assert_eq!(made_up.disagreement(&times[..1]), None);
        let expected = Disagreement::At(times[1], "2 July 2026, 01:30".into());
        assert_eq!(made_up.disagreement(&times), Some(expected));
        let nowhere = Zone { name: "Europe/Atlantis".into(), ..made_up };
        assert_eq!(nowhere.disagreement(&times), Some(Disagreement::Unknown));
    }

    #[test]
    fn no_time_escapes_behind_many_made_up_turns() {
        let (first, later) = (time("2026-02-01T12:00:00Z"), time("2026-07-01T23:30:00Z"));
        let turns = |count: i64, last: i32| -> Vec<Turn> {
            let at = |n: i64| first + Duration::from_seconds(n);
            let seconds = |n: i64| if n == count { last } else { 3600 + i32::from(n % 2 == 1) };
            (1..=count).map(|n| Turn { at: at(n), seconds: seconds(n) }).collect()
        };
        let zone = |turns| Zone { name: "Europe/Madrid".into(), seconds: 3600, turns };
        for count in [499, 500] {
            let shifted = zone(turns(count, 50_400)).disagreement(&[first, later]);
            assert_eq!(shifted, Some(Disagreement::At(later, "2 July 2026, 01:30".into())));
        }
        // Behind the last turn that a pack may hold, not even what agrees is believed.
        assert_eq!(zone(turns(499, 7200)).disagreement(&[later]), None);
        assert!(zone(turns(500, 7200)).disagreement(&[later]).is_some());
    }

    #[test]
    fn every_zone_can_be_described_whatever_times_are_told() {
        let span = (time("1970-01-01T00:00:00Z"), time("9999-01-01T00:00:00Z"));
        let mut count = 0;
        for name in jiff::tz::db().available() {
            let zone = Zone::over(name.as_str(), span);
            assert!(zone.is_ok(), "{name}: {zone:?}");
            count += 1;
        }
        assert!(count > 300, "{count}");
        let hebron = Zone::over("Asia/Hebron", span).unwrap();
        assert_eq!(hebron.moment(time("2199-12-31T00:00:00Z")), "31 December 2199, 00:00 UTC");
        assert_eq!(hebron.last_day(time("1970-01-02T00:00:00Z")), "1 January 1970 UTC");
        assert_eq!(hebron.moment(time("2026-01-01T00:00:00Z")), "1 January 2026, 02:00");
        assert_eq!(hebron.disagreement(&[span.0, time("2026-01-01T00:00:00Z"), span.1]), None);
    }

    #[test]
    fn only_what_is_told_in_the_zone_is_described() {
        let from = time("2026-01-01T00:00:00Z");
        let to = |year: i32| time(&format!("{year}-01-01T00:00:00Z"));
        assert_eq!(Zone::over("Europe/Madrid", (from, to(2275))).unwrap().turns.len(), 148);
        assert!(Zone::over("Asia/Tokyo", (from, to(2900))).is_ok());
        assert_eq!(Zone::over("Europe/Atlantis", (from, from)), Err(ZoneError::Unknown));
    }

    #[test]
    fn times_of_utc_in_a_text_are_told_in_the_zone() {
        let zone = of("America/Los_Angeles");
        for (text, told) in [
            ("from 2026-04-01T07:00:00.000Z on", "from 1 April 2026, 00:00 on"),
            ("seen on 2026-04-01 06:59 UTC and counts", "seen on 31 March 2026, 23:59 and counts"),
            ("Z, 2026-04-01T07:00:00Z, 2026-13-01T07:00:00.000Z", ""),
            ("2026-04-32 06:59 UTC; UTC; é\u{2014}Z 2026-04-01T06:59 UTC", ""),
            ("9999-12-31T23:59:59.000Z, 2100-01-01 00:00 UTC, 1989-12-31 23:59 UTC", ""),
            ("to 2099-12-31T23:59:59.000Z", "to 31 December 2099, 15:59"),
            ("", ""),
        ] {
            let expected = if told.is_empty() { text } else { told };
            assert_eq!(zone.tell(text), expected, "{text}");
        }
        assert_eq!(times_in("2026-04-01T07:00:00.000Z, 2026-04-01 06:59 UTC").len(), 2);
    }
}
