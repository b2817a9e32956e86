//! A calendar of days (iCalendar, RFC 5545), for programs that ask for it again and again.

use crate::clean;
use closedset_core::Time;
use icalendar::{Calendar, Component, Event, Property};

/// Something that ends on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// What tells it from every other in the world, the same as long as it is the same thing.
    pub uid: String,
    /// What it is.
    pub summary: String,
    /// What else is to be said of it.
    pub description: String,
    /// Where it is looked at.
    pub url: String,
    /// The day, as `20260316`.
    pub day: String,
    /// How often it was changed.
    pub changes: i64,
    /// When it was changed last.
    pub changed_at: Time,
}

/// The whole calendar. The same occasions are the same text.
pub fn calendar(name: &str, occasions: &[Occasion]) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Closedset//Closedset//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        // RFC 7986, and what was usual before it: how often it is worth asking.
        ("X-PUBLISHED-TTL", "PT4H"),
    ] {
        calendar.append_property((key, value));
    }
    calendar.append_property(
        Property::new("REFRESH-INTERVAL", "PT4H").add_parameter("VALUE", "DURATION").done(),
    );
    calendar.name(&clean(name));
    for occasion in occasions {
        calendar.push(event(occasion));
    }
    calendar.to_string()
}

fn event(occasion: &Occasion) -> Event {
    let at = occasion.changed_at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut event = Event::new();
    event.uid(&clean(&occasion.uid));
    event.summary(&clean(&occasion.summary));
    event.description(&clean(&occasion.description));
    event.append_property(
        Property::new("DTSTART", clean(&occasion.day)).add_parameter("VALUE", "DATE").done(),
    );
    // Nobody is busy because something ends.
    for (key, value) in [
        ("DTSTAMP", at.as_str()),
        ("LAST-MODIFIED", at.as_str()),
        ("SEQUENCE", occasion.changes.max(0).to_string().as_str()),
        ("URL", clean(&occasion.url).as_str()),
        ("TRANSP", "TRANSPARENT"),
        ("CLASS", "PRIVATE"),
    ] {
        event.add_property(key, value);
    }
    event.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occasion() -> Occasion {
        Occasion {
            uid: "tsk_1@closedset.example".into(),
            summary: "Lock screens; quickly, please \\ now (IS-7)".into(),
            description: "Yours".into(),
            url: "https://closedset.example/tasks?of=me".into(),
            day: "20260316".into(),
            changes: 2,
            changed_at: Time::from_millis(1_773_307_800_000),
        }
    }

    #[test]
    fn the_same_is_the_same_text_and_every_line_is_short() {
        let long = Occasion { summary: "Größe, Łódź; ".repeat(40), ..occasion() };
        let text = calendar("Halide Post", &[occasion(), long.clone()]);
        assert_eq!(text, calendar("Halide Post", &[occasion(), long]));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        for line in [
            "BEGIN:VCALENDAR",
            "UID:tsk_1@closedset.example",
            "DTSTART;VALUE=DATE:20260316",
            "DTSTAMP:20260312T093000Z",
            "LAST-MODIFIED:20260312T093000Z",
            "SEQUENCE:2",
            "SUMMARY:Lock screens\\; quickly\\, please \\\\ now (IS-7)",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
        }
    }

    #[test]
    fn nobody_adds_a_line_by_a_word() {
        let evil = "a\r\nBEGIN:VALARM\nX:y\u{2028}z\u{85}".to_owned();
        let evil = Occasion {
            uid: evil.clone(),
            summary: evil.clone(),
            description: evil.clone(),
            url: evil.clone(),
            day: evil.clone(),
            ..occasion()
        };
        let text = calendar(&evil.summary.clone(), &[evil]);
        assert_eq!(text.matches("\r\nBEGIN:").count(), 1, "{text}");
        assert!(!text.contains("\r\nX:"));
    }
}
