//! `Idempotency-Key`: a POST that is sent again is answered as before and not done twice.
//!
//! Answers are kept for a day, by who asked. Two at once under one key are both done only if they
//! overlap before the first is answered; the store's own uniqueness rules hold in that case.

use crate::{ApiProblem, Asker};
use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use closedset_app::{App, Problem};
use closedset_core::Digest;
use closedset_store::{
    Scope,
    organisations::{self, IdempotencyRow},
};
use http_body_util::BodyExt;

const KEY: &str = "idempotency-key";
/// Requests and answers beyond this are not kept: uploads are found by their digest instead.
const LIMIT: usize = 256 << 10;

pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let key = request.headers().get(KEY).map(|key| key.to_str().unwrap_or_default().to_owned());
    match key {
        Some(key) if *request.method() == Method::POST => match kept(&app, key, request, next).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        },
        _ => next.run(request).await,
    }
}

async fn kept(app: &App, key: String, request: Request, next: Next) -> Result<Response, ApiProblem> {
    if key.is_empty() || key.len() > 128 {
        return Err(Problem::field("idempotency_key", "An idempotency key has 1 to 128 characters.").into());
    }
    let (mut parts, body) = request.into_parts();
    let Asker(caller) = Asker::from_request_parts(&mut parts, app).await?;
    let actor = caller.actor.to_string();
    let bytes = match http_body_util::Limited::new(body, LIMIT).collect().await {
        Ok(bytes) => bytes.to_bytes(),
        Err(_) => return Err(Problem::TooLarge.into()),
    };
    let mut asked = format!("{} {}\n", parts.method, parts.uri).into_bytes();
    asked.extend_from_slice(&bytes);
    let request_digest = Digest::of(&asked);
    let known = {
        let (actor, key) = (actor.clone(), key.clone());
        app.store()
            .read(move |tx| -> Result<_, Problem> { Ok(organisations::idempotency(tx, &actor, &key)?) })
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
        let status = u16::try_from(known.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let headers = [("content-type", "application/json"), ("idempotent-replay", "true")];
        return Ok((status.unwrap_or(StatusCode::OK), headers, known.answer).into_response());
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let answer = match http_body_util::Limited::new(body, LIMIT).collect().await {
        Ok(answer) => answer.to_bytes(),
        Err(_) => return Err(Problem::Fault("an answer was too large to be kept".into()).into()),
    };
    let row = IdempotencyRow { request_digest, status: i64::from(parts.status.as_u16()), answer: answer.to_vec() };
    app.store()
        .write(Scope::Organisation(caller.organisation), move |tx| -> Result<_, Problem> {
            Ok(organisations::idempotency_put(tx, &actor, &key, &row)?)
        })
        .await?;
    Ok(Response::from_parts(parts, Body::from(answer)))
}
