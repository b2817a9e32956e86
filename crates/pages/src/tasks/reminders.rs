//! On which day one's weekly mail comes, and the link in every mail that says never.

use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    serve::{Done, Form, Looker, PageProblem, Path, Visitor, done, moment, not_found, show},
};
use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use closedset_app::{
    App, Problem,
    mail::{self, WeeklyDay},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/tasks/reminders", get(page).post(change))
        .route("/mail/stop/{token}", get(stop_ask).post(stop))
}

/// What one is reminded of, and how.
#[derive(Debug, Clone, Template)]
#[template(path = "tasks/reminders.html")]
pub struct RemindersPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The role gives something to do here.
    pub has_work: bool,
    /// Mail goes out from this installation.
    pub is_sending: bool,
    /// Where the mail goes.
    pub email: String,
    /// The day that is chosen.
    pub day: Field,
    /// The days to choose from.
    pub days: Vec<Choice>,
    /// When the last one was written, and how far it got.
    pub last: Option<(TimeText, &'static str)>,
}

/// The link in a mail that says never.
#[derive(Debug, Clone, Template)]
#[template(path = "tasks/mail_stop.html")]
pub struct MailStop {
    /// The frame around the page.
    pub shell: Shell,
    /// Whose mails.
    pub organisation: String,
    /// The link's secret part.
    pub token: String,
    /// It was just done.
    pub is_done: bool,
}

/// The days to choose from.
pub(crate) fn days() -> Vec<Choice> {
    ["Never", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        .into_iter()
        .zip(0..)
        .map(|(words, number)| Choice::new(number.to_string(), words))
        .collect()
}

async fn page(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    let reminders = mail::reminders(&app, &looker.caller).await?;
    let reminders = reminders.ok_or(Problem::NotFound("page"))?;
    Ok(show(&RemindersPage {
        shell: looker.shell(Area::Tasks),
        has_work: reminders.has_work,
        is_sending: reminders.is_sending,
        email: reminders.email,
        day: Field::new(reminders.day.number().to_string()),
        days: days(),
        last: reminders.last.map(|row| {
            let state = match (row.sent_at, row.ended_at) {
                (Some(_), _) => "was sent",
                (None, Some(_)) => "was not sent",
                (None, None) => "waits to be sent",
            };
            (moment(row.written_at, &looker.zone), state)
        }),
    }))
}

async fn change(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    let day = form.text("day").parse().ok().and_then(WeeklyDay::from_number);
    let day = day.ok_or_else(|| Problem::field("day", "Choose a day, or never."))?;
    mail::weekly_day_set(&app, &looker.caller, day).await?;
    Ok(done("/tasks/reminders", Done::Saved))
}

/// Asks first: what looks into mails opens their links.
async fn stop_ask(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Response {
    match mail::unsubscribe_offer(&app, &token).await {
        Ok(organisation) => {
            show(&MailStop { shell: visitor.outside(), organisation, token, is_done: false })
        }
        Err(Problem::NotFound(_)) => not_found(),
        Err(other) => axum::response::IntoResponse::into_response(PageProblem::from(other)),
    }
}

/// By the button, or by a mail reader (RFC 8058): the link itself says whose mails end, so that
/// nothing else is asked for.
async fn stop(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, PageProblem> {
    let organisation = match mail::unsubscribe_offer(&app, &token).await {
        Ok(organisation) => organisation,
        Err(Problem::NotFound(_)) => return Ok(not_found()),
        Err(other) => return Err(other.into()),
    };
    mail::unsubscribe(&app, &token).await?;
    Ok(show(&MailStop { shell: visitor.outside(), organisation, token, is_done: true }))
}
