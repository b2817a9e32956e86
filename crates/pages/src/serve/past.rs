//! The day of the past that a page shows: `?as_of=2026-03-12` asks for its last moment.

use super::{Looker, PageProblem, day, form};
use crate::components::Past;
use closedset_app::Problem;
use closedset_core::{Duration, Time};
use serde::Deserialize;

/// What asks for the past.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct AsOfQuery {
    as_of: Option<String>,
}

impl AsOfQuery {
    /// The last moment of the day that is asked for, in the facility's zone, and what the page says
    /// of it; neither where no day is, or today.
    pub(crate) fn past(
        &self,
        looker: &Looker,
        now: Time,
    ) -> Result<(Option<Time>, Past), PageProblem> {
        let today = form::date_text(now, &looker.zone);
        let text = self.as_of.as_deref().map(str::trim).unwrap_or_default();
        if text.is_empty() || text == today {
            return Ok((None, Past { today, shown: None }));
        }
        let end = form::date_end(text, &looker.zone);
        let end = end.ok_or_else(|| refusal("Write the day like 2026-03-12."))?;
        let last = end - Duration::from_millis(1);
        if last > now {
            return Err(refusal("Choose a day of the past; what will be is not known."));
        }
        let shown = Some((form::date_text(last, &looker.zone), day(last, &looker.zone)));
        Ok((Some(last), Past { today, shown }))
    }
}

fn refusal(message: &str) -> PageProblem {
    PageProblem::Problem(Problem::field("as_of", message))
}
