//! How mail goes out: the installation's mail server, a test mail, and the latest mails.

use crate::{ApiProblem, Asker, body::Body, problem::ProblemBody};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App,
    mail::{self, MailSettings, NewMailServer, ServerShown, Source},
};
use closedset_core::{Action, Time};
use closedset_store::mail::MailRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(mail_settings, mail_server_put, mail_server_remove))
        .routes(routes!(mail_test))
        .routes(routes!(mail_resume))
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
    /// The Monday of the week that it is of.
    week: String,
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
            week: row.week,
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

/// A mail server.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailServerChangeBody {
    /// Its name or address.
    #[schema(min_length = 1, max_length = 253)]
    host: String,
    /// Its port; the usual one if nothing is said.
    #[schema(minimum = 1, maximum = 65535)]
    port: Option<i64>,
    /// `tls` from the first byte, `starttls`, or `plain`, which is for this very machine alone.
    #[schema(pattern = "^(tls|starttls|plain)$")]
    security: String,
    /// Who signs in; nobody if nothing is said.
    #[serde(default)]
    user: String,
    /// Their password. Left out, the one that is kept for the same server and user goes on.
    #[serde(default)]
    password: String,
    /// The name that mails come from.
    #[serde(default)]
    #[schema(max_length = 120)]
    sender_name: String,
    /// The address that mails come from.
    #[schema(min_length = 3, max_length = 254)]
    sender: String,
}

/// Sets the mail server of the installation. Only the organisation that keeps it may.
#[utoipa::path(put, path = "/api/v1/mail", tag = "settings", security(("token" = [Action::SettingsWrite])), request_body = MailServerChangeBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn mail_server_put(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<MailServerChangeBody>,
) -> Result<StatusCode, ApiProblem> {
    let new = NewMailServer {
        host: said.host,
        port: said.port,
        security: said.security,
        user: said.user,
        password: said.password.into(),
        sender_name: said.sender_name,
        sender: said.sender,
    };
    mail::server_put(&app, &caller, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the mail server out: nothing is sent any more.
#[utoipa::path(delete, path = "/api/v1/mail", tag = "settings", security(("token" = [Action::SettingsWrite])), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn mail_server_remove(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<StatusCode, ApiProblem> {
    mail::server_remove(&app, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
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

/// Lets mail go out again that was held back because the installation was restored from a backup.
#[utoipa::path(post, path = "/api/v1/mail/resume", tag = "settings", security(("token" = [Action::SettingsWrite])), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn mail_resume(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<StatusCode, ApiProblem> {
    mail::resume(&app, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
