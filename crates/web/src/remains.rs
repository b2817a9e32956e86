//! What still comes of a body whose request was refused already. Over HTTP/2 a stream that ends
//! while its sender is in the middle is reset, and clients show their user the reset in place of the
//! answer. So the answer goes out at once, and its end waits while the remains are read and dropped:
//! for a bounded time and size, without anything being held.

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::Version;
use hyper::body::{Frame, SizeHint};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// How much of it is borne.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) time: Duration,
    pub(crate) bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(5), bytes: 64 << 20 }
    }
}

/// Lets the answer to a refused request reach who is still sending it.
pub(crate) async fn drop_them(
    State(bounds): State<Bounds>,
    request: Request,
    next: Next,
) -> Response {
    if request.version() != Version::HTTP_2 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let lent = Lent(Arc::new(Mutex::new(body)));
    let rest = lent.clone();
    let response = next.run(Request::from_parts(parts, Body::new(lent))).await;
    if response.status().as_u16() < 400 || rest.is_end_stream() {
        return response;
    }
    response.map(|body| {
        let end = Box::pin(sleep(bounds.time));
        Body::new(Answer { body, is_told: false, rest, left: bounds.bytes, end })
    })
}

type Polled = Poll<Option<Result<Frame<Bytes>, axum::Error>>>;

/// A request's body that outlives whoever reads it.
#[derive(Debug, Clone)]
struct Lent(Arc<Mutex<Body>>);

impl Lent {
    fn body(&self) -> MutexGuard<'_, Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        Pin::new(&mut *self.body()).poll_frame(context)
    }
    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}

/// A refusal's body: it ends when the request's has, or when enough was borne.
struct Answer {
    body: Body,
    is_told: bool,
    rest: Lent,
    left: usize,
    end: Pin<Box<Sleep>>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        if !this.is_told {
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(frame) => return Poll::Ready(Some(frame)),
                None => this.is_told = true,
            }
        }
        while this.end.as_mut().poll(context).is_pending() {
            let Some(Ok(frame)) = ready!(Pin::new(&mut this.rest).poll_frame(context)) else {
                break;
            };
            let length = frame.data_ref().map_or(0, Bytes::len);
            match this.left.checked_sub(length) {
                Some(left) => this.left = left,
                None => break,
            }
        }
        Poll::Ready(None)
    }
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
