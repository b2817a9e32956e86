//! The register of risks: all of them on a map, one of them with what holds it and what lets it through, and the form in
//! which one is written.

pub mod form;
pub mod list;
pub mod risk;

pub use form::{ControlBoxes, RiskForm, RiskFormPage};
pub use list::{ClosedLine, MapCell, MapRow, RiskLine, RisksPage, ScenarioLine};
pub use risk::{Borne, RiskPage, SaidLine, TreatmentLine};

use crate::components::TimeText;
use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::{App, Problem};
use closedset_core::{
    id::{Id, Risk},
    risk::RiskLevel,
};
use jiff::civil::Date;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/risks", get(list::risks))
        .route("/risks/file", post(list::hand_out))
        .route("/risks/new", get(form::new).post(form::add))
        .route("/risks/{id}", get(risk::risk).post(form::change))
        .route("/risks/{id}/change", get(form::ask))
        .route("/risks/{id}/review", post(risk::review))
        .route("/risks/{id}/accept", post(risk::accept))
        .route("/risks/{id}/withdraw", post(risk::withdraw))
        .route("/risks/{id}/close", post(risk::close))
}

fn risk_id(text: &str) -> Result<Id<Risk>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("risk"))
}

fn day_text(day: Date) -> TimeText {
    TimeText::new(day.to_string(), day.strftime("%-d %B %Y").to_string())
}

/// How bad something is: the number, its word, and the word by which the stylesheet knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// Likelihood times impact.
    pub number: i64,
    /// What that is called.
    pub word: &'static str,
    /// The name used in the stylesheet.
    pub key: &'static str,
}

impl Score {
    /// The one of a likelihood and an impact.
    pub const fn of(number: i64) -> Self {
        let level = RiskLevel::of(number);
        Self { number, word: level.title(), key: level.as_str() }
    }
}
