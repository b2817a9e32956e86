//! On which day one's weekly mail comes, the link in every mail that says never, and one's calendar.

use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    serve::{
        Done, Form, Looker, PageProblem, Path, Visitor, confirm_first, day, done, go, moment,
        not_found, once, show,
    },
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use closedset_app::{
    App, Problem, calendar,
    mail::{self, WeeklyDay},
};

/// Where the second factor is shown first, and from where it leads back here.
const CONFIRM: &str = "/confirm-it-is-you?next=reminders";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/tasks/reminders", get(page).post(change))
        .route("/tasks/calendar", post(calendar_make))
        .route("/tasks/calendar/withdraw", post(calendar_withdraw))
        .route("/calendar/{file}", get(calendar_file))
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
    /// Since when there is a calendar address.
    pub calendar: Option<TimeText>,
    /// The address that was just made; shown once.
    pub made: Option<String>,
    /// What lets the form for an address be carried out once.
    pub once: String,
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
    Ok(show(&view(&app, &looker, None).await?))
}

async fn view(
    app: &App,
    looker: &Looker,
    made: Option<String>,
) -> Result<RemindersPage, PageProblem> {
    let reminders = mail::reminders(app, &looker.caller).await?;
    let reminders = reminders.ok_or(Problem::NotFound("page"))?;
    let since = calendar::calendar_since(app, &looker.caller).await?;
    Ok(RemindersPage {
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
        calendar: since.map(|at| day(at, &looker.zone)),
        made,
        once: once::token(app),
    })
}

async fn calendar_make(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    if looker.visitor.sent_before(&form) {
        return Ok(go("/tasks/reminders"));
    }
    let made = calendar::calendar_make(&app, &looker.caller).await;
    let made = made.map_err(confirm_first(CONFIRM))?;
    let mut response = show(&view(&app, &looker, Some(made)).await?);
    once::use_up(&mut response, &looker.visitor, &form);
    Ok(response)
}

async fn calendar_withdraw(
    State(app): State<App>,
    looker: Looker,
    _form: Form,
) -> Result<Response, PageProblem> {
    calendar::calendar_withdraw(&app, &looker.caller).await?;
    Ok(done("/tasks/reminders", Done::Saved))
}

/// For programs that cannot sign in: whoever has the address may read it.
async fn calendar_file(
    State(app): State<App>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let plain = |status: StatusCode, words: &'static str| {
        (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], words).into_response()
    };
    let Some(token) = file.strip_suffix(".ics") else {
        return plain(StatusCode::NOT_FOUND, "There is no such calendar.");
    };
    let read = match calendar::calendar_text(&app, token).await {
        Ok(read) => read,
        Err(Problem::NotFound(_)) => {
            return plain(StatusCode::NOT_FOUND, "There is no such calendar.");
        }
        Err(Problem::Limited { retry_after_s }) => {
            let mut response = plain(StatusCode::TOO_MANY_REQUESTS, "This is asked for too often.");
            response.headers_mut().insert(header::RETRY_AFTER, retry_after_s.into());
            return response;
        }
        Err(problem) => {
            tracing::error!(error = ?problem, "a calendar could not be read");
            return plain(StatusCode::SERVICE_UNAVAILABLE, "Try again in a few minutes.");
        }
    };
    let tag = format!("\"{}\"", read.digest);
    let kept =
        [(header::CACHE_CONTROL, "private, max-age=900".to_owned()), (header::ETAG, tag.clone())];
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let is_known = known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*");
    if is_known {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    (kept, kind, read.text).into_response()
}

async fn change(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    let chosen = form.text("day").parse().ok().and_then(WeeklyDay::from_number);
    let chosen = chosen.ok_or_else(|| Problem::field("day", "Choose a day, or never."))?;
    mail::weekly_day_set(&app, &looker.caller, chosen).await?;
    Ok(done("/tasks/reminders", Done::Saved))
}

/// Asks first: what looks into mails opens their links.
async fn stop_ask(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Response {
    match mail::unsubscribe_offer(&app, &token).await {
        Ok(organisation) => {
            show(&MailStop { shell: visitor.outside(), organisation, token, is_done: false })
        }
        Err(Problem::NotFound(_)) => not_found(),
        Err(other) => PageProblem::from(other).into_response(),
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
