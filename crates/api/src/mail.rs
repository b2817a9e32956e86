//! How mail goes out: the installation's mail server, a test mail, and the latest mails. The server is set
//! by people on the screen, or in the configuration: what a token set would outlast the token.

use crate::{ApiProblem, Asker, problem::ProblemBody};
use axum::{Json, extract::State};
use closedset_app::{
    App,
    mail::{self, MailSettings, ServerShown, Source},
};
use closedset_core::{Action, Time};
use closedset_store::mail::MailRow;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(mail_settings)).routes(routes!(mail_test))
}

/// A mail server, without its password.
#[derive(Serialize, ToSchema)]
struct MailServerBody {
    host: String,
    port: i64,
    /// `tls`, `starttls` or `plain`
    security: &'static str,
    /// Who signs in.
    #[serde(skip_serializing_if = "String::is_empty")]
    user: String,
    /// The name that mails come from.
    sender_name: String,
    /// The address that mails come from.
    sender: String,
}

impl From<ServerShown> for MailServerBody {
    fn from(server: ServerShown) -> Self {
        Self {
            host: server.host,
            port: server.port,
            security: server.security.as_str(),
            user: server.user,
            sender_name: server.sender_name,
            sender: server.sender,
        }
    }
}

/// One mail, and how far it got.
#[derive(Serialize, ToSchema)]
struct MailBody {
    id: String,
    /// To whom.
    person: String,
    /// `weekly`, or `personal_link`.
    kind: String,
    /// The Monday of the week that it is of; absent of other kinds.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    week: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    written_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Time>,
    /// When it was withdrawn or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// Why it was withdrawn or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_why: Option<String>,
    /// How often it was tried.
    attempts: i64,
    /// What was answered last.
    #[serde(skip_serializing_if = "String::is_empty")]
    answer: String,
}

impl From<MailRow> for MailBody {
    fn from(row: MailRow) -> Self {
        Self {
            id: row.id.to_string(),
            person: row.person.to_string(),
            week: (row.kind == "weekly").then_some(row.week),
            kind: row.kind,
            written_at: row.written_at,
            sent_at: row.sent_at,
            ended_at: row.ended_at,
            ended_why: row.ended_why,
            attempts: row.attempts,
            answer: row.answer,
        }
    }
}

/// How mail goes out.
#[derive(Serialize, ToSchema)]
struct MailSettingsBody {
    /// Where the mail server is said: `nowhere`, `screen` or `configuration`.
    source: &'static str,
    /// The mail server, for the organisation that keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<MailServerBody>,
    /// The organisation keeps the mail server.
    is_keeper: bool,
    /// Since when mail is held back, because the installation was restored from a backup.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    held_at: Option<Time>,
    /// The latest mails of the organisation, newest first.
    mails: Vec<MailBody>,
}

impl From<MailSettings> for MailSettingsBody {
    fn from(settings: MailSettings) -> Self {
        Self {
            source: match settings.source {
                Source::Nowhere => "nowhere",
                Source::Screen => "screen",
                Source::Configuration => "configuration",
            },
            server: settings.server.map(MailServerBody::from),
            is_keeper: settings.is_keeper,
            held_at: settings.held_at,
            mails: settings.mails.into_iter().map(MailBody::from).collect(),
        }
    }
}

/// How mail goes out, and the latest mails.
#[utoipa::path(get, path = "/api/v1/mail", tag = "settings", security(("token" = [Action::SettingsRead])), responses(
    (status = 200, body = MailSettingsBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn mail_settings(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<MailSettingsBody>, ApiProblem> {
    Ok(Json(mail::settings(&app, &caller).await?.into()))
}

/// What became of a test mail.
#[derive(Serialize, ToSchema)]
struct MailTestBody {
    /// The mail server took it.
    is_sent: bool,
    /// What happened.
    sentence: String,
    /// What to look at, where it was not sent.
    #[serde(skip_serializing_if = "String::is_empty")]
    remedy: String,
    /// What the mail server said itself.
    answer: String,
    /// The address it was sent to.
    to: String,
}

/// Sends a test mail to whoever asks, or made the token, and tells what the mail server said.
#[utoipa::path(post, path = "/api/v1/mail/test", tag = "settings", security(("token" = [Action::SettingsWrite])), responses(
    (status = 200, body = MailTestBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn mail_test(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<MailTestBody>, ApiProblem> {
    let answer = mail::test(&app, &caller).await?;
    Ok(Json(MailTestBody {
        is_sent: answer.is_sent,
        sentence: answer.sentence,
        remedy: answer.remedy,
        answer: answer.answer,
        to: answer.to,
    }))
}
