//! How mail goes out: the mail server, a test mail, and the latest mails.

use super::handlers::{Answer, field};
use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    serve::{Done, Form, Looker, confirm_first, day, done, moment, refused, show},
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem,
    mail::{self, MailSettings, NewMailServer, ServerShown, Source},
};
use closedset_core::Action;

/// Where the second factor is shown first, and from where it leads back here.
const CONFIRM: &str = "/confirm-it-is-you?next=mail";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/mail", get(page).post(change))
        .route("/settings/mail/test", post(test))
        .route("/settings/mail/remove", post(remove))
        .route("/settings/mail/resume", post(resume))
}

/// How mail goes out.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/mail.html")]
pub struct MailPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// How it goes out now.
    pub state: MailState,
    /// Since when it is held back.
    pub held: Option<TimeText>,
    /// The organisation keeps the mail server, and whoever looks may change it.
    pub may_change: bool,
    /// The second factor was shown a short while ago.
    pub is_confirmed: bool,
    /// The server in a line, for whoever keeps it.
    pub server: Option<String>,
    /// Somebody signs in there with a password that is kept.
    pub has_password: bool,
    /// What came of a test mail, if one was just sent.
    pub tested: Option<Tested>,
    /// The form.
    pub form: MailForm,
    /// The latest mails.
    pub mails: Vec<MailLine>,
}

/// How mail goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// A demonstration sends nothing.
    Demonstration,
    /// There is no mail server.
    Nowhere,
    /// It was set here.
    Here,
    /// It stands in the configuration.
    Configured,
}

/// What came of a test mail.
#[derive(Debug, Clone)]
pub struct Tested {
    /// The server took it.
    pub is_sent: bool,
    /// What happened.
    pub sentence: String,
    /// What to look at.
    pub remedy: String,
    /// What the server said.
    pub answer: String,
    /// Where it went.
    pub to: String,
}

/// The fields of a mail server.
#[derive(Debug, Clone, Default)]
pub struct MailForm {
    /// Its name or address.
    pub host: Field,
    /// Its port.
    pub port: Field,
    /// How the connection is encrypted.
    pub security: Field,
    /// Ways of encryption to choose from.
    pub securities: Vec<Choice>,
    /// Who signs in.
    pub user: Field,
    /// Their password: never filled.
    pub password: Field,
    /// The name that mails come from.
    pub sender_name: Field,
    /// The address that mails come from.
    pub sender: Field,
}

/// One mail.
#[derive(Debug, Clone)]
pub struct MailLine {
    /// To whom.
    pub name: String,
    /// When it was written.
    pub written: TimeText,
    /// `sent`, `waits`, `given up`, `withdrawn`.
    pub state: &'static str,
    /// Why, or what the server said.
    pub note: String,
}

/// Ways of encryption, with what they are called.
pub(crate) fn securities() -> Vec<Choice> {
    vec![
        Choice::new("tls", "Encrypted from the start (usually port 465)"),
        Choice::new("starttls", "STARTTLS (usually port 587)"),
        Choice::new("plain", "Not encrypted: a server on this very machine"),
    ]
}

async fn page(State(app): State<App>, looker: Looker) -> Answer {
    let settings = mail::settings(&app, &looker.caller).await?;
    let form = form_of(settings.server.as_ref());
    Ok(show(&view(&app, &looker, settings, form, None)))
}

fn form_of(server: Option<&ServerShown>) -> MailForm {
    let securities = securities();
    let Some(server) = server else {
        return MailForm {
            security: Field::new("tls"),
            securities,
            sender_name: Field::new("Closedset"),
            ..MailForm::default()
        };
    };
    MailForm {
        host: Field::new(&server.host),
        port: Field::new(server.port.to_string()),
        security: Field::new(server.security.as_str()),
        securities,
        user: Field::new(&server.user),
        password: Field::default(),
        sender_name: Field::new(&server.sender_name),
        sender: Field::new(&server.sender),
    }
}

fn view(
    app: &App,
    looker: &Looker,
    settings: MailSettings,
    form: MailForm,
    tested: Option<Tested>,
) -> MailPage {
    let zone = looker.zone.as_str();
    let state = match settings.source {
        _ if settings.is_demonstration => MailState::Demonstration,
        Source::Nowhere => MailState::Nowhere,
        Source::Screen => MailState::Here,
        Source::Configuration => MailState::Configured,
    };
    MailPage {
        shell: looker.shell(Area::Settings),
        tab: "mail",
        state,
        held: settings
            .held_at
            .filter(|_| state != MailState::Demonstration)
            .map(|at| day(at, zone)),
        may_change: settings.is_keeper && looker.caller.may(Action::SettingsWrite),
        is_confirmed: looker.signed.has_fresh_factor(app.now()),
        server: settings
            .server
            .as_ref()
            .map(|server| format!("{}, port {}, as {}", server.host, server.port, server.sender)),
        has_password: settings.server.as_ref().is_some_and(|server| !server.user.is_empty()),
        tested,
        form,
        mails: settings
            .mails
            .into_iter()
            .map(|row| MailLine {
                state: match (row.sent_at, row.ended_at, row.answer.is_empty()) {
                    (Some(_), ..) => "sent",
                    (None, Some(_), true) => "withdrawn",
                    (None, Some(_), false) => "given up",
                    (None, None, _) => "waits",
                },
                note: match row.ended_why {
                    Some(why) if row.answer.is_empty() => why,
                    _ => row.answer,
                },
                name: row.name,
                written: moment(row.written_at, zone),
            })
            .collect(),
    }
}

async fn change(State(app): State<App>, looker: Looker, form: Form) -> Answer {
    let text = |name: &str| form.text(name).to_owned();
    let port = form.text("port").trim();
    let new = NewMailServer {
        host: text("host"),
        // What is no number is told as a port that is none.
        port: (!port.is_empty()).then(|| port.parse().unwrap_or(0)),
        security: text("security"),
        user: text("user"),
        password: text("password").into(),
        sender_name: text("sender_name"),
        sender: text("sender"),
    };
    match mail::server_put(&app, &looker.caller, new).await {
        Ok(()) => Ok(done("/settings/mail", Done::Saved)),
        Err(Problem::Invalid(problems)) => {
            let settings = mail::settings(&app, &looker.caller).await?;
            Ok(refused(&view(&app, &looker, settings, entered(&form, &problems), None)))
        }
        Err(other) => Err(confirm_first(CONFIRM)(other)),
    }
}

fn entered(form: &Form, problems: &[FieldProblem]) -> MailForm {
    let of = |name: &str| field(form, problems, name);
    MailForm {
        host: of("host"),
        port: of("port"),
        security: of("security"),
        securities: securities(),
        user: of("user"),
        password: Field { value: String::new(), ..of("password") },
        sender_name: of("sender_name"),
        sender: of("sender"),
    }
}

async fn test(State(app): State<App>, looker: Looker, _form: Form) -> Answer {
    let answer = mail::test(&app, &looker.caller).await?;
    let tested = Tested {
        is_sent: answer.is_sent,
        sentence: answer.sentence,
        remedy: answer.remedy,
        answer: answer.answer,
        to: answer.to,
    };
    let settings = mail::settings(&app, &looker.caller).await?;
    let form = form_of(settings.server.as_ref());
    Ok(show(&view(&app, &looker, settings, form, Some(tested))))
}

async fn remove(State(app): State<App>, looker: Looker, _form: Form) -> Answer {
    let removed = mail::server_remove(&app, &looker.caller).await;
    removed.map_err(confirm_first(CONFIRM))?;
    Ok(done("/settings/mail", Done::Saved))
}

async fn resume(State(app): State<App>, looker: Looker, _form: Form) -> Answer {
    let resumed = mail::resume(&app, &looker.caller).await;
    resumed.map_err(confirm_first(CONFIRM))?;
    Ok(done("/settings/mail", Done::Saved))
}

impl MailPage {
    /// Whether a test mail can be asked for.
    pub fn can_test(&self) -> bool {
        self.may_change && matches!(self.state, MailState::Here | MailState::Configured)
    }
}
