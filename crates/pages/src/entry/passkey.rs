//! The two halves of each passkey ceremony, spoken by `passkey.js` in JSON.

use crate::serve::{Done, Drawn, Visitor, cookie, forget_next, leave};
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use closedset_app::{App, Problem, accounts};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/setup/passkey/begin", post(begin))
        .route("/setup/passkey/finish", post(finish))
        .route("/sign-in/passkey/begin", post(sign_in_begin))
        .route("/sign-in/passkey/finish", post(sign_in_finish))
}

/// A problem as the script shows it.
pub(super) enum ScriptProblem {
    /// The use case's own.
    Problem(Problem),
    /// The form belongs to another organisation; the sentence names both.
    Moved(String),
}

impl<P: Into<Problem>> From<P> for ScriptProblem {
    fn from(problem: P) -> Self {
        Self::Problem(problem.into())
    }
}

impl IntoResponse for ScriptProblem {
    fn into_response(self) -> Response {
        let said = match self {
            Self::Problem(problem) => Said {
                status: StatusCode::from_u16(problem.status())
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                code: problem.code(),
                detail: format!("{} {}", problem.sentence(), problem.remedy()),
            },
            Self::Moved(sentence) => Said {
                status: StatusCode::CONFLICT,
                code: "form.elsewhere",
                detail: format!("{sentence} Open the page again."),
            },
        };
        (said.status, Json(json!({"code": said.code, "detail": said.detail}))).into_response()
    }
}

/// A problem in the script's form.
struct Said {
    status: StatusCode,
    code: &'static str,
    detail: String,
}

type Answer = Result<Response, ScriptProblem>;

/// Refuses what a page of this browser did not send where the browser looks now.
pub(super) async fn check_token(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
) -> Result<(), ScriptProblem> {
    let given =
        headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match visitor.drawn(given) {
        Drawn::Here => Ok(()),
        Drawn::Elsewhere(from) => {
            Err(ScriptProblem::Moved(visitor.moved(app, from).await?.sentence()))
        }
        Drawn::Unknown => Err(Problem::NotSignedIn.into()),
    }
}

pub(super) fn credential<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|_| unreadable())
}

pub(super) fn unreadable() -> Problem {
    Problem::field("credential", "The browser's answer could not be read.")
}

/// What the browser is asked.
pub(super) fn begun(asked: impl serde::Serialize) -> Response {
    Json(asked).into_response()
}

#[derive(Deserialize)]
struct Finish {
    #[serde(default)]
    name: String,
    credential: Value,
}

async fn begin(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Answer {
    check_token(&app, &visitor, &headers).await?;
    Ok(begun(accounts::passkey_begin(&app, visitor.signed()?).await?))
}

async fn finish(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Result<Json<Finish>, JsonRejection>,
) -> Answer {
    check_token(&app, &visitor, &headers).await?;
    let Json(body) = body.map_err(|_| unreadable())?;
    let signed = visitor.signed()?;
    let answer = credential(body.credential)?;
    let token =
        accounts::passkey_finish(&app, signed, &body.name, &answer, &visitor.browser).await?;
    if !signed.recovery_is_confirmed {
        return Ok(with_session(&token, "/setup/recovery"));
    }
    let mut response = with_session(&token, "/settings/security");
    leave(&mut response, Done::FactorAdded);
    Ok(response)
}

async fn sign_in_begin(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Answer {
    check_token(&app, &visitor, &headers).await?;
    Ok(begun(accounts::passkey_sign_in_begin(&app, visitor.signed()?).await?))
}

async fn sign_in_finish(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Result<Json<Finish>, JsonRejection>,
) -> Answer {
    check_token(&app, &visitor, &headers).await?;
    let Json(body) = body.map_err(|_| unreadable())?;
    let answer = credential(body.credential)?;
    let token =
        accounts::passkey_sign_in_finish(&app, visitor.signed()?, &answer, &visitor.browser)
            .await?;
    let mut response = with_session(&token, visitor.next());
    forget_next(&mut response);
    Ok(response)
}

pub(super) fn with_session(token: &accounts::SessionToken, next: &str) -> Response {
    let mut response = Json(json!({"next": next})).into_response();
    cookie::set(&mut response, token);
    response
}
