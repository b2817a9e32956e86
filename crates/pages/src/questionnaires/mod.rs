//! Questionnaires of owners: all of them with the form that takes one in, one with its questions, and a question with
//! the form that answers it.

pub mod list;
pub mod one;
pub mod question;

pub use list::{QuestionnaireLine, QuestionnairesPage, SavedLine};
pub use one::{QuestionLine, QuestionnairePage};
pub use question::{ProposedLine, QuestionPage, ToldLine};

use crate::components::TimeText;
use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::{
    App, Caller, Problem,
    questionnaires::{needs_to_read, needs_to_write},
};
use closedset_core::id::{Id, Questionnaire};
use jiff::civil::Date;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/questionnaires", get(list::questionnaires).post(list::take_in))
        .route("/questionnaires/{id}", get(one::questionnaire))
        .route("/questionnaires/{id}/fill", post(one::fill))
        .route("/questionnaires/{id}/file", post(one::hand_out))
        .route("/questionnaires/{id}/remove", post(one::remove))
        .route(
            "/questionnaires/{id}/questions/{position}",
            get(question::question).post(question::answer),
        )
}

fn questionnaire_id(text: &str) -> Result<Id<Questionnaire>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("questionnaire"))
}

fn may_read(caller: &Caller) -> Result<(), Problem> {
    let lacks = !needs_to_read().without(caller.allowed).is_empty();
    if lacks { Err(Problem::Forbidden) } else { Ok(()) }
}

fn may_write(caller: &Caller) -> bool {
    needs_to_write().without(caller.allowed).is_empty()
}

fn writes(caller: &Caller) -> Result<(), Problem> {
    if may_write(caller) { Ok(()) } else { Err(Problem::Forbidden) }
}

fn day_text(day: Date) -> TimeText {
    TimeText::new(day.to_string(), day.strftime("%-d %B %Y").to_string())
}

/// The first lines of a text that is shown whole elsewhere.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(280) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
