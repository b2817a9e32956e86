//! `Idempotency-Key`: a POST that is sent again is answered as before and never done twice.
//!
//! The key is claimed in a unit of its own before anything is done. Whoever comes with a claimed key
//! is told to wait, or, long after, that nobody knows how it went. What was refused sets the key
//! free again; what went well is kept for a day, by who asked. A secret that is shown once is not
//! kept: the request sent again is refused. Files are told apart by their bytes, not only by where
//! they are sent to.

mod asked;
mod claim;

use self::{asked::Asked, claim::Claim};
use crate::{ApiProblem, Asker, problem::NothingKept};
use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use closedset_app::{App, Problem};
use closedset_store::organisations::{IDEMPOTENCY_PENDING, IdempotencyRow};
use http_body_util::{BodyExt, Limited};
use tracing::Instrument as _;

const KEY: &str = "idempotency-key";
/// The largest request that can be sent again, and the largest answer that is kept. Uploads are not
/// bound by it.
const LIMIT: usize = 256 << 10;

/// Lies beside an answer that holds a secret and is not kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownOnce;

pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let key = request.headers().get(KEY).map(|key| key.to_str().unwrap_or_default().to_owned());
    let key = match key {
        Some(key) if *request.method() == Method::POST => key,
        _ => return next.run(request).await,
    };
    // Goes on to its end though the asker leaves, so that the answer lies ready when it is back.
    let doing = async move { kept(&app, key, request, next).await };
    match tokio::spawn(doing.in_current_span()).await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(error) => {
            ApiProblem::from(Problem::fault("a request ended early", error)).into_response()
        }
    }
}

async fn kept(
    app: &App,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response, ApiProblem> {
    if key.is_empty() || key.len() > 128 {
        return Err(Problem::field(
            "idempotency_key",
            "An idempotency key has 1 to 128 characters.",
        )
        .into());
    }
    let (mut parts, body) = request.into_parts();
    // Whoever may not ask is told so by the route; agents are nobody here and sign what they send.
    let Ok(Asker(caller)) = Asker::from_request_parts(&mut parts, app).await else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let (asked, body) = Asked::of(&parts, body, caller.organisation).await?;
    let claim = Claim::new(app, &caller, key);
    if let Some(known) = claim.take(asked.digest()).await? {
        let digest = match known.status {
            IDEMPOTENCY_PENDING => asked.digest(),
            _ => asked.whole(body).await?,
        };
        return again(app, known, digest);
    }
    let (asked, body) = asked.watch(body);
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    if status.is_client_error() || response.extensions().get::<NothingKept>().is_some() {
        claim.release().await;
        return Ok(response);
    }
    if !status.is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let answer = match Limited::new(body, LIMIT).collect().await {
        Ok(answer) => answer.to_bytes(),
        Err(_) => return Err(Problem::Fault("an answer was too large to be kept".into()).into()),
    };
    let (status, kept) = match parts.extensions.get::<ShownOnce>() {
        Some(ShownOnce) => (SHOWN, Vec::new()),
        None => (i64::from(parts.status.as_u16()), answer.to_vec()),
    };
    claim.complete(asked.digest(), status, kept).await;
    Ok(Response::from_parts(parts, Body::from(answer)))
}

/// The status kept in place of an answer that is shown once.
const SHOWN: i64 = 409;

fn again(
    app: &App,
    known: IdempotencyRow,
    digest: closedset_core::Digest,
) -> Result<Response, ApiProblem> {
    if known.request_digest != digest {
        return Err(Problem::Conflict {
            code: "idempotency.reused",
            sentence: "This idempotency key was used for another request.",
            remedy: "Use a new key for each thing to be done.",
        }
        .into());
    }
    if known.status == IDEMPOTENCY_PENDING {
        return Err(claim::pending(app, &known).into());
    }
    if known.status == SHOWN {
        return Err(Problem::Conflict {
            code: "idempotency.shown_once",
            sentence: "This was done, and its answer held a secret that is shown only once.",
            remedy: "If the answer was lost, take back what was made and make another with a new key.",
        }
        .into());
    }
    let status =
        u16::try_from(known.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::OK);
    let replay = [("idempotent-replay", "true")];
    if known.answer.is_empty() {
        return Ok((status, replay).into_response());
    }
    Ok((status, replay, [("content-type", "application/json")], known.answer).into_response())
}
