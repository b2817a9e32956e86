//! A calendar of days (iCalendar, RFC 5545), for programs that ask for it again and again.
//!
//! Written here and not by a crate: those there are bring a second library for time, and a calendar of
//! days is a dozen properties, escaped and folded.

use crate::clean;
use closedset_core::Time;

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
    let mut lines = Lines(String::new());
    for (key, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Closedset//Closedset//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        // How often it is worth asking: RFC 7986, and what was usual before it.
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT4H"),
        ("X-PUBLISHED-TTL", "PT4H"),
    ] {
        lines.raw(key, value);
    }
    lines.text("NAME", name);
    lines.text("X-WR-CALNAME", name);
    for occasion in occasions {
        lines.occasion(occasion);
    }
    lines.raw("END", "VCALENDAR");
    lines.0
}

/// A line has at most so many bytes before its end (section 3.1).
const LINE: usize = 75;

/// The lines of a calendar, folded.
struct Lines(String);

impl Lines {
    fn occasion(&mut self, occasion: &Occasion) {
        let at = occasion.changed_at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
        self.raw("BEGIN", "VEVENT");
        self.text("UID", &occasion.uid);
        self.raw("DTSTAMP", &at);
        self.raw("LAST-MODIFIED", &at);
        self.raw("SEQUENCE", &occasion.changes.max(0).to_string());
        self.raw("DTSTART;VALUE=DATE", &occasion.day);
        self.text("SUMMARY", &occasion.summary);
        self.text("DESCRIPTION", &occasion.description);
        self.raw("URL", &occasion.url);
        // Nobody is busy because something ends.
        self.raw("TRANSP", "TRANSPARENT");
        self.raw("CLASS", "PRIVATE");
        self.raw("END", "VEVENT");
    }

    /// A text: what means something in one is escaped (section 3.3.11).
    fn text(&mut self, key: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for letter in clean(value).chars() {
            if matches!(letter, '\\' | ',' | ';') {
                escaped.push('\\');
            }
            escaped.push(letter);
        }
        self.raw(key, &escaped);
    }

    /// One property, on as many lines as it takes; no letter is cut.
    fn raw(&mut self, key: &str, value: &str) {
        let mut room = LINE;
        for letter in format!("{key}:{}", clean(value)).chars() {
            if letter.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LINE - 1;
            }
            self.0.push(letter);
            room -= letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
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
