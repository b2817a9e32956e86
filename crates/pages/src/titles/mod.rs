//! Clients and titles: whose content is worked on and held here, and the list of active clients that owners
//! ask for.

pub mod client;
pub mod list;
pub mod printed;
pub mod title;

pub use client::{ClientForm, ClientPage};
pub use list::{ClientLine, TitleLine, TitlesPage};
pub use printed::{PrintedClient, PrintedPage};
pub use title::{MemberLine, TitleForm, TitlePage};

use crate::components::{Field, TimeText};
use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::{App, FieldProblem, Problem, titles::TitleShown};
use closedset_core::id::{Client, Id, Title};
use jiff::civil::Date;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/titles", get(list::titles))
        .route("/titles/list", get(printed::printed).post(printed::hand_out))
        .route("/titles/list/confirm", post(printed::confirm))
        .route("/titles/new", get(title::new).post(title::add))
        .route("/titles/{id}", get(title::title).post(title::change))
        .route("/titles/{id}/remove", post(title::remove))
        .route("/clients/new", get(client::new).post(client::add))
        .route("/clients/{id}", get(client::client).post(client::change))
        .route("/clients/{id}/remove", post(client::remove))
}

fn client_id(text: &str) -> Result<Id<Client>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("client"))
}

fn title_id(text: &str) -> Result<Id<Title>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("title"))
}

/// A day in words.
fn day_text(day: Date) -> TimeText {
    TimeText::new(day.to_string(), day.strftime("%-d %B %Y").to_string())
}

/// What was typed into a field, with what is wrong with it.
fn typed(name: &str, value: impl Into<String>, problems: &[FieldProblem]) -> Field {
    let problem = problems.iter().find(|problem| problem.field == name);
    Field { value: value.into(), error: problem.map(|problem| problem.message.clone()) }
}

/// How a title stands on a day.
fn state(title: &TitleShown, day: Date) -> &'static str {
    match (title.days.holds(day), title.is_held_on(day)) {
        (true, true) => "in work",
        (true, false) => "in work, no content held",
        (false, true) => "ended, content still held",
        (false, false) if day < title.days.first => "booked",
        (false, false) => "over, nothing held",
    }
}
