//! Which day a page shows.

use super::TimeText;

/// The day of the past that a page shows, or that it shows the present.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Today, as `2026-03-12`: the last day that can be asked for.
    pub today: String,
    /// The day that is shown, as `2026-03-12` and in words; none for the present.
    pub shown: Option<(String, TimeText)>,
}

impl Past {
    /// Whether the page shows a day of the past.
    pub fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// What stands behind an address, so that it leads to the same day.
    pub fn query(&self) -> String {
        self.shown.as_ref().map_or_else(String::new, |(day, _)| format!("?as_of={day}"))
    }

    /// The day in the field: the one that is shown, else today.
    pub fn value(&self) -> &str {
        self.shown.as_ref().map_or(&self.today, |(day, _)| day)
    }
}
