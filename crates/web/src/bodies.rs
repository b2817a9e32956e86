//! Bodies on their way in. All but uploads are read whole before a handler is called, within bounds
//! of time and, together, of memory; an upload is bounded by its progress. Small ones have room of
//! their own, so that a sign-in or an enrolment need not wait for large ones.
//!
//! Who asks is found out when the body is there, not before: a token may be revoked, or a session
//! ended, while a body is on its way. For whoever uploads it is found out again and again.

mod upload;

use self::upload::{Upload, Watch};
use crate::{
    Limits,
    refusal::{Refusal, is_scim},
    room::{Place, Room},
    session,
};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use closedset_api::{Asker, Directory};
use closedset_app::{App, Problem};
use closedset_core::{check_in::CHECK_IN_LIMIT, report::REPORT_LIMIT};
use http::{Method, header, request::Parts};
use http_body_util::BodyExt as _;
use std::{net::SocketAddr, time::Duration};
use tokio::time::{Instant, timeout_at};

/// The largest body of an ordinary request.
pub(crate) const BODY_LIMIT: usize = 1 << 20;
/// The largest of a directory's: a group with all its members.
const SCIM_LIMIT: usize = 512 << 10;
/// The largest that counts as small.
const SMALL: usize = 64 << 10;

/// Reads them.
#[derive(Debug, Clone)]
pub(crate) struct Bodies {
    app: App,
    limits: Limits,
    strangers: Rooms,
    known: Rooms,
}

/// What may be held of them, in bytes.
#[derive(Debug, Clone)]
struct Rooms {
    small: Room,
    large: Room,
}

impl Rooms {
    fn new(bytes: usize) -> Self {
        let small = bytes / 4;
        Self { small: Room::new(small), large: Room::new(bytes - small) }
    }
}

impl Bodies {
    pub(crate) fn new(app: &App, limits: &Limits) -> Self {
        Self {
            app: app.clone(),
            strangers: Rooms::new(limits.strangers_bytes),
            known: Rooms::new(limits.known_bytes),
            limits: limits.clone(),
        }
    }
}

/// Whether this route takes files, of any size that a document may have.
pub(crate) fn is_upload(method: &Method, route: &str) -> bool {
    *method == Method::POST
        && (closedset_api::UPLOADS.contains(&route) || closedset_pages::UPLOADS.contains(&route))
}

/// The largest body that a route takes which is no upload.
fn limit(route: &str) -> usize {
    let is_report = route == closedset_api::REPORTS || closedset_pages::REPORTS.contains(&route);
    match route {
        agents if agents.starts_with("/api/v1/agent/") => CHECK_IN_LIMIT,
        directories if is_scim(directories) => SCIM_LIMIT,
        // A page's form has a few fields around the file.
        _ if is_report => REPORT_LIMIT + (64 << 10),
        _ => BODY_LIMIT,
    }
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
    let caller = match is_scim(&path) {
        true => Directory::from_request_parts(&mut parts, &bodies.app).await.ok().map(|one| one.0),
        false => Asker::from_request_parts(&mut parts, &bodies.app).await.ok().map(|one| one.0),
    };
    if is_upload(&parts.method, route.as_str()) {
        let watch = caller.map(|caller| Watch::new(&bodies, &parts, caller));
        let (upload, outcome) = Upload::new(body, &bodies.limits, watch);
        let response = next.run(Request::from_parts(parts, Body::new(upload))).await;
        return match outcome.take() {
            Some(refusal) => refusal.answer(&path),
            None => response,
        };
    }
    let begun = Instant::now();
    let rooms = if caller.is_some() { &bodies.known } else { &bodies.strangers };
    // The room is given back when the request is answered.
    let (bytes, _held) = match bodies.read(&parts, route.as_str(), body, rooms, begun).await {
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
        rooms: &Rooms,
        begun: Instant,
    ) -> Result<(Bytes, Vec<Place>), Refusal> {
        let limit = limit(route);
        let said = parts.headers.get(header::CONTENT_LENGTH);
        let said = said.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if said.is_some_and(|length| length > limit) {
            return Err(Refusal::Problem(Problem::TooLarge));
        }
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let mut is_small = said.is_none_or(|length| length <= SMALL);
        let (mut bytes, mut held) = (Vec::new(), Vec::new());
        loop {
            // What came earns time for what is still to come.
            let earned = Duration::from_secs(bytes.len() as u64) / self.limits.least_speed;
            let end = begun + self.limits.body + earned;
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
            let length = bytes.len() + data.len();
            if length > limit {
                return Err(Refusal::Problem(Problem::TooLarge));
            }
            if is_small && length > SMALL {
                is_small = false;
                held = vec![rooms.large.take(address, length).ok_or(Refusal::Busy)?];
            } else {
                let room = if is_small { &rooms.small } else { &rooms.large };
                held.push(room.take(address, data.len()).ok_or(Refusal::Busy)?);
            }
            bytes.extend_from_slice(&data);
        }
    }
}
