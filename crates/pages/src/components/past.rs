//! Which day a page shows.

use super::{Field, TimeText};

/// The day of the past that a page shows, or that it shows the present.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Today, as `2026-03-12`: the last day that can be asked for.
    pub today: String,
    /// What was asked for and is not shown, and why not.
    pub refused: Option<Field>,
    /// The day that is shown, as `2026-03-12` and in words; none for the present.
    pub shown: Option<(String, TimeText)>,
    /// The framework whose board is shown, where it was asked for.
    pub framework: Option<String>,
    /// The day on which the record begins, where the day that is shown lies before it.
    pub begins: Option<TimeText>,
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

    /// What stands behind the board's address, so that it leads to the same framework today.
    pub fn today_query(&self) -> String {
        self.framework.as_ref().map_or_else(String::new, |id| format!("?framework={id}"))
    }

    /// The present, which says why it is not the day that was to be shown.
    #[must_use]
    pub fn refusing(self, why: &str) -> Self {
        Self { refused: Some(self.field().with_error(why)), shown: None, begins: None, ..self }
    }

    /// Whether a day was asked for that cannot be shown.
    pub fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// The field for the day: what was asked for, else the day that is shown, else today.
    pub fn field(&self) -> Field {
        let shown = || Field::new(self.shown.as_ref().map_or(&self.today, |(day, _)| day));
        self.refused.clone().unwrap_or_else(shown)
    }
}
