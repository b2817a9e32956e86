//! `Idempotency-Key`: a POST that is sent again is answered as before and not done twice.
//!
//! Answers are kept for a day, by who asked. Two at once under one key are both done only if they
//! overlap before the first is answered; the store's own uniqueness rules hold in that case. A
//! secret that is shown once is not kept: the request sent again is not done twice, but refused.

use crate::{ApiProblem, Asker, evidence};
use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use closedset_app::{App, Problem};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
};
use closedset_store::{
    Scope,
    organisations::{self, IdempotencyRow},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};

const KEY: &str = "idempotency-key";
/// The largest request that can be sent again, and the largest answer that is kept. Uploads are not
/// bound by it: of them only address and length are compared.
const LIMIT: usize = 256 << 10;

/// Lies beside an answer that holds a secret and is not kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownOnce;

pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let key = request.headers().get(KEY).map(|key| key.to_str().unwrap_or_default().to_owned());
    match key {
        Some(key) if *request.method() == Method::POST => {
            match kept(&app, key, request, next).await {
                Ok(response) => response,
                Err(problem) => problem.into_response(),
            }
        }
        _ => next.run(request).await,
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
    let actor = caller.actor.to_string();
    let (request_digest, body) = asked(&parts, body, caller.organisation).await?;
    let known = {
        let (actor, key) = (actor.clone(), key.clone());
        app.store()
            .read(move |tx| -> Result<_, Problem> {
                Ok(organisations::idempotency(tx, &actor, &key)?)
            })
            .await?
    };
    if let Some(known) = known {
        if known.request_digest != request_digest {
            return Err(Problem::Conflict {
                code: "idempotency.reused",
                sentence: "This idempotency key was used for another request.",
                remedy: "Use a new key for each thing to be done.",
            }
            .into());
        }
        return again(known);
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    if !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let answer = match Limited::new(body, LIMIT).collect().await {
        Ok(answer) => answer.to_bytes(),
        Err(_) => return Err(Problem::Fault("an answer was too large to be kept".into()).into()),
    };
    let row = match parts.extensions.get::<ShownOnce>() {
        Some(ShownOnce) => IdempotencyRow { request_digest, status: SHOWN, answer: Vec::new() },
        None => IdempotencyRow {
            request_digest,
            status: i64::from(parts.status.as_u16()),
            answer: answer.to_vec(),
        },
    };
    app.store()
        .write(Scope::Organisation(caller.organisation), move |tx| -> Result<_, Problem> {
            Ok(organisations::idempotency_put(tx, &actor, &key, &row)?)
        })
        .await?;
    Ok(Response::from_parts(parts, Body::from(answer)))
}

/// The status kept in place of an answer that is shown once.
const SHOWN: i64 = 409;

/// What makes two requests the same, and the body to go on with.
async fn asked(
    parts: &Parts,
    body: Body,
    organisation: Id<Organisation>,
) -> Result<(Digest, Body), ApiProblem> {
    let mut asked = format!("{organisation}\n{} {}\n", parts.method, parts.uri).into_bytes();
    if parts.uri.path() == evidence::UPLOAD {
        let length = parts.headers.get(header::CONTENT_LENGTH);
        asked.extend_from_slice(length.map_or(b"", |length| length.as_bytes()));
        return Ok((Digest::of(&asked), body));
    }
    let bytes = Limited::new(body, LIMIT).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            Problem::TooLarge
        } else {
            Problem::field("body", "The body could not be read to its end.")
        }
    })?;
    let bytes = bytes.to_bytes();
    asked.extend_from_slice(&bytes);
    Ok((Digest::of(&asked), Body::from(bytes)))
}

fn again(known: IdempotencyRow) -> Result<Response, ApiProblem> {
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
