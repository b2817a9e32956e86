//! Bodies on their way in. All but uploads are read whole before a handler is called, within bounds
//! of time and, together, of memory; an upload is bounded by its progress.
//!
//! Who asks is found out when the body is there, not before: a token may be revoked, or a session
//! ended, while a body is on its way. For whoever uploads it is found out again and again.

mod upload;

use self::upload::{Upload, Watch};
use crate::{Limits, refusal::Refusal, session};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{FromRequestParts, MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use closedset_api::Asker;
use closedset_app::{App, Problem};
use closedset_core::check_in::CHECK_IN_LIMIT;
use http::{Method, header, request::Parts};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

/// The largest body of an ordinary request.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

/// Reads them.
#[derive(Debug, Clone)]
pub(crate) struct Bodies {
    app: App,
    limits: Limits,
    /// What may still be held of them, in bytes.
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
}

impl Bodies {
    pub(crate) fn new(app: &App, limits: &Limits) -> Self {
        let room = |bytes: usize| Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)));
        Self {
            app: app.clone(),
            strangers: room(limits.strangers_bytes),
            known: room(limits.known_bytes),
            limits: limits.clone(),
        }
    }
}

/// Whether this route takes files, of any size that a document may have.
pub(crate) fn is_upload(method: &Method, route: &str) -> bool {
    *method == Method::POST
        && (route == closedset_api::UPLOAD || closedset_pages::UPLOADS.contains(&route))
}

/// Takes the body in, then calls the handler. What no route takes is not read.
pub(crate) async fn take(State(bodies): State<Bodies>, request: Request, next: Next) -> Response {
    let Some(route) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await;
    };
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let (mut parts, body) = request.into_parts();
    let caller = Asker::from_request_parts(&mut parts, &bodies.app).await.ok();
    if is_upload(&parts.method, route.as_str()) {
        let watch = caller.map(|Asker(caller)| Watch::new(&bodies, &parts, caller));
        let (upload, outcome) = Upload::new(body, &bodies.limits, watch);
        let response = next.run(Request::from_parts(parts, Body::new(upload))).await;
        return match outcome.take() {
            Some(refusal) => refusal.answer(&path),
            None => response,
        };
    }
    let begun = Instant::now();
    let room = if caller.is_some() { &bodies.known } else { &bodies.strangers };
    // The room is given back when the request is answered.
    let (bytes, _held) = match bodies.read(&parts, route.as_str(), body, room, begun).await {
        Ok(read) => read,
        Err(refusal) => return refusal.answer(&path),
    };
    if begun.elapsed() >= bodies.limits.look_again
        && let Err(problem) = session::look(&bodies.app, &mut parts).await
    {
        return Refusal::Problem(problem).answer(&path);
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

impl Bodies {
    async fn read(
        &self,
        parts: &Parts,
        route: &str,
        mut body: Body,
        room: &Arc<Semaphore>,
        begun: Instant,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Refusal> {
        let is_agents = route.starts_with("/api/v1/agent/");
        let limit = if is_agents { CHECK_IN_LIMIT } else { BODY_LIMIT };
        let said = parts.headers.get(header::CONTENT_LENGTH);
        let said = said.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if said.is_some_and(|length| length > limit) {
            return Err(Refusal::Problem(Problem::TooLarge));
        }
        let end = begun + self.limits.body;
        let (mut bytes, mut held) = (Vec::new(), None::<OwnedSemaphorePermit>);
        loop {
            let until = end.min(Instant::now() + self.limits.stall);
            let frame = match timeout_at(until, body.frame()).await {
                Err(_) => return Err(Refusal::Slow),
                Ok(None) => return Ok((bytes.into(), held)),
                Ok(Some(Err(error))) => {
                    tracing::debug!(%error, "a body broke off");
                    return Err(Refusal::CutShort);
                }
                Ok(Some(Ok(frame))) => frame,
            };
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > limit {
                return Err(Refusal::Problem(Problem::TooLarge));
            }
            let count = u32::try_from(data.len()).unwrap_or(u32::MAX);
            let more = room.clone().try_acquire_many_owned(count).map_err(|_| Refusal::Busy)?;
            match &mut held {
                Some(held) => held.merge(more),
                None => held = Some(more),
            }
            bytes.extend_from_slice(&data);
        }
    }
}
