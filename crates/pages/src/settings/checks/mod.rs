//! The facility's own checks and thresholds: their list, one of them, and the form that writes one.

mod form;
mod list;
mod one;
mod preview;
mod threshold;

pub use form::{CheckFormPage, LineFields};
pub use list::{OwnCheckLine, OwnChecksPage, ThresholdLine};
pub use one::{CheckVersionLine, OwnCheckPage};
pub use preview::{PreviewRow, PreviewView};
pub use threshold::ThresholdPage;

use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::{App, Problem};
use closedset_core::id::{Id, OwnCheck};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/checks", get(list::checks))
        .route("/settings/checks/new", get(form::new).post(form::write))
        .route("/settings/checks/thresholds/{limit}", get(threshold::ask).post(threshold::set))
        .route("/settings/checks/thresholds/{limit}/clear", post(threshold::clear))
        .route("/settings/checks/{id}", get(one::check))
        .route("/settings/checks/{id}/edit", get(form::edit).post(form::change))
        .route("/settings/checks/{id}/retire", post(one::retire))
}

fn check_id(text: &str) -> Result<Id<OwnCheck>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("own check"))
}

/// A threshold's number with its unit, and in minutes or hours where people would say it so: it is entered
/// in its unit all the same.
fn counted(value: i64, unit: &str) -> String {
    let counted = format!("{value} {unit}");
    if unit != "seconds" || value < 60 || value % 60 != 0 {
        return counted;
    }
    let (whole, word) = match value % 3_600 {
        0 => (value / 3_600, "hour"),
        _ => (value / 60, "minute"),
    };
    format!("{whole} {word}{} ({counted})", if whole == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn seconds_are_told_as_people_say_them() {
        for (value, unit, words) in [
            (900, "seconds", "15 minutes (900 seconds)"),
            (60, "seconds", "1 minute (60 seconds)"),
            (7_200, "seconds", "2 hours (7200 seconds)"),
            (90, "seconds", "90 seconds"),
            (45, "seconds", "45 seconds"),
            (12, "characters", "12 characters"),
        ] {
            assert_eq!(counted(value, unit), words);
        }
    }
}
