//! A file on its way in: given up when nothing comes any more, and when whoever sends it may no
//! longer.

use super::Bodies;
use crate::{Limits, refusal::Refusal, session};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::FromRequestParts,
};
use closedset_api::Asker;
use closedset_app::{App, Caller, Problem};
use closedset_core::Actions;
use http::request::Parts;
use hyper::body::Frame;
use std::{
    fmt,
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

/// Why an upload was given up, if it was.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome(Arc<Mutex<Option<Refusal>>>);

impl Outcome {
    pub(super) fn take(&self) -> Option<Refusal> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps it, and breaks the upload off.
    fn refuse(&self, refusal: Refusal) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let why = format!("given up: {refusal:?}");
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal);
        Poll::Ready(Some(Err(axum::Error::new(io::Error::other(why)))))
    }
}

type Looking = Pin<Box<dyn Future<Output = Result<(), Problem>> + Send>>;

/// Finds out again whose upload it is.
pub(super) struct Watch {
    app: App,
    parts: Parts,
    allowed: Actions,
    every: Duration,
    looked_at: Instant,
}

impl Watch {
    pub(super) fn new(bodies: &Bodies, parts: &Parts, caller: Caller) -> Self {
        Self {
            app: bodies.app.clone(),
            parts: parts.clone(),
            allowed: caller.allowed,
            every: bodies.limits.look_again,
            looked_at: Instant::now(),
        }
    }

    fn look(&self) -> Looking {
        let (app, mut parts, allowed) = (self.app.clone(), self.parts.clone(), self.allowed);
        Box::pin(async move {
            session::look(&app, &mut parts).await?;
            let Asker(now) = Asker::from_request_parts(&mut parts, &app)
                .await
                .map_err(|problem| problem.into_problem())?;
            if allowed.without(now.allowed).is_empty() { Ok(()) } else { Err(Problem::Forbidden) }
        })
    }
}

/// The body of an upload.
pub(super) struct Upload {
    body: Body,
    stall: Duration,
    /// Runs while something is waited for.
    waiting: Option<Pin<Box<Sleep>>>,
    /// When it must have come: that of a stranger, which is only read to be refused.
    end: Option<Pin<Box<Sleep>>>,
    watch: Option<Watch>,
    /// A piece, or the end, that is handed on when it is known that its sender still may.
    looking: Option<(Option<Frame<Bytes>>, Looking)>,
    outcome: Outcome,
}

impl Upload {
    pub(super) fn new(body: Body, limits: &Limits, watch: Option<Watch>) -> (Self, Outcome) {
        let outcome = Outcome::default();
        let end = match &watch {
            Some(_) => None,
            None => Some(Box::pin(sleep(limits.body))),
        };
        let upload = Self {
            body,
            stall: limits.stall,
            waiting: None,
            end,
            watch,
            looking: None,
            outcome: outcome.clone(),
        };
        (upload, outcome)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if let Some((_, looking)) = &mut this.looking {
            let looked = ready!(looking.as_mut().poll(context));
            let come = this.looking.take().and_then(|(come, _)| come);
            if let Err(problem) = looked {
                return this.outcome.refuse(Refusal::Problem(problem));
            }
            if let Some(watch) = &mut this.watch {
                watch.looked_at = Instant::now();
            }
            return Poll::Ready(come.map(Ok));
        }
        let is_over = this.end.as_mut().is_some_and(|end| end.as_mut().poll(context).is_ready());
        if is_over {
            return this.outcome.refuse(Refusal::Slow);
        }
        let Poll::Ready(come) = Pin::new(&mut this.body).poll_frame(context) else {
            let until = Instant::now() + this.stall;
            let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep_until(until)));
            ready!(waiting.as_mut().poll(context));
            return this.outcome.refuse(Refusal::Slow);
        };
        this.waiting = None;
        match (come, &this.watch) {
            (Some(Ok(frame)), Some(watch)) if watch.looked_at.elapsed() >= watch.every => {
                this.looking = Some((Some(frame), watch.look()));
                Pin::new(this).poll_frame(context)
            }
            // The end is what makes a document of it, so it is always asked for.
            (None, Some(watch)) => {
                this.looking = Some((None, watch.look()));
                Pin::new(this).poll_frame(context)
            }
            (Some(Err(error)), _) => {
                tracing::debug!(%error, "an upload broke off");
                this.outcome.refuse(Refusal::CutShort)
            }
            (come, _) => Poll::Ready(come),
        }
    }
}
