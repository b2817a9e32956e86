//! The day of the past that a page shows: `?as_of=2026-03-12` asks for its last moment.

use super::{Looker, day, form, refused, show};
use crate::components::{Field, Past};
use askama::Template;
use axum::response::Response;
use closedset_core::{Duration, Time};
use serde::Deserialize;

/// What asks for the past.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct AsOfQuery {
    as_of: Option<String>,
    framework: Option<String>,
}

impl AsOfQuery {
    /// The last moment of the day that is asked for, in the facility's zone, and what the page says
    /// of it; no moment where no day is asked for, or today, or one that cannot be shown.
    pub(crate) fn past(&self, looker: &Looker) -> (Option<Time>, Past) {
        let text = self.as_of.as_deref().unwrap_or_default().trim();
        past(text, looker.present, looker.since, &looker.zone)
    }

    /// The framework that is asked for.
    pub(crate) fn framework(&self) -> Option<&str> {
        self.framework.as_deref().filter(|id| !id.is_empty())
    }
}

fn past(text: &str, now: Time, since: Time, zone: &str) -> (Option<Time>, Past) {
    let present = Past { today: form::date_text(now, zone), ..Past::default() };
    if text.is_empty() || text == present.today {
        return (None, present);
    }
    let not = |why: &str| {
        let refused = Some(Field::new(text).with_error(why));
        (None, Past { refused, ..present.clone() })
    };
    let Some(end) = form::date_end(text, zone) else {
        return not("Write the day like 2026-03-12.");
    };
    let last = end - Duration::from_millis(1);
    if last > now {
        return not("Choose a day of the past; what will be is not known.");
    }
    let shown = Some((form::date_text(last, zone), day(last, zone)));
    let begins = (last < since).then(|| day(since, zone));
    (Some(last), Past { shown, begins, ..present })
}

/// The page of the present, which says where it is not the day that was asked for.
pub(crate) fn show_present(view: &impl Template, past: &Past) -> Response {
    if past.is_refused() { refused(view) } else { show(view) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_past_is_shown_and_any_other_refused_beside_its_field() {
        // Half past midnight in Madrid, still the day before in UTC.
        let now = Time::from_millis(1_773_271_800_000);
        let since = now - Duration::from_days(30);
        let ask = |text: &str| past(text, now, since, "Europe/Madrid");
        for present in ["", "2026-03-12"] {
            let (at, past) = ask(present);
            assert!(at.is_none() && !past.is_shown() && !past.is_refused(), "{present}");
            assert_eq!(past.field().value, "2026-03-12");
        }
        let (at, past) = ask("2026-03-11");
        assert_eq!(at.unwrap().to_string(), "2026-03-11T22:59:59.999Z");
        assert_eq!((past.query().as_str(), past.is_refused()), ("?as_of=2026-03-11", false));
        assert!(past.begins.is_none());
        // The organisation was set up in the first half hour of 10 February there.
        assert!(ask("2026-02-10").1.begins.is_none());
        let (at, past) = ask("2026-02-09");
        assert!(at.is_some() && past.begins.unwrap().words.contains("10 Feb"));
        for (asked, why) in [
            ("2026-03-13", "Choose a day of the past; what will be is not known."),
            ("yesterday", "Write the day like 2026-03-12."),
            ("2026-02-30", "Write the day like 2026-03-12."),
        ] {
            let (at, past) = ask(asked);
            assert!(at.is_none() && !past.is_shown() && past.query().is_empty(), "{asked}");
            assert_eq!(past.field(), Field::new(asked).with_error(why));
        }
    }
}
