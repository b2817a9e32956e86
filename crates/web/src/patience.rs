//! Patience with connections: only so many at once, of them half from one address, and none for long
//! that says nothing, where TLS came about but no request begins.
//!
//! The HTTP library times heads and idle connections once it knows which version of HTTP is spoken;
//! until then this does.

use crate::room::{Place, Room};
use axum_server::accept::Accept;
use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// By how many bytes the version is known: the length of the preface of HTTP/2 (RFC 9113).
const PREFACE: usize = 24;

/// Accepts as `inner` does while there is room, and lets go of connections that do not begin a
/// request in time.
#[derive(Debug, Clone)]
pub(crate) struct Patient<A> {
    inner: A,
    limit: Duration,
    room: Room,
}

impl<A> Patient<A> {
    pub(crate) fn new(inner: A, limit: Duration, connections: usize) -> Self {
        Self { inner, limit, room: Room::new(connections) }
    }
}

impl<S, A> Accept<TcpStream, S> for Patient<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
{
    type Stream = Beginning<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        // Without an address it is gone already.
        let address = match stream.peer_addr() {
            Ok(address) => address.ip(),
            Err(error) => return Box::pin(async { Err(error) }),
        };
        let Some(place) = self.room.take(Some(address), 1) else {
            tracing::debug!("a connection was let go: there are as many as may be");
            return Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) });
        };
        let (accepting, limit) = (self.inner.accept(stream, service), self.limit);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            let until = Some(Box::pin(sleep(limit)));
            Ok((Beginning { stream, left: PREFACE, until, _place: Some(place) }, service))
        })
    }
}

/// A connection of which the first bytes are waited for, but not for ever.
#[derive(Debug)]
pub(crate) struct Beginning<S> {
    stream: S,
    /// Bytes until it has begun.
    left: usize,
    /// None once it has begun.
    until: Option<Pin<Box<Sleep>>>,
    /// Given back when the connection ends.
    _place: Option<Place>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Beginning<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let Some(until) = &mut this.until else { return read };
        this.left = this.left.saturating_sub(buffer.filled().len() - before);
        if this.left == 0 {
            this.until = None;
        } else if read.is_pending() && until.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Beginning<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    fn beginning(limit: Duration) -> (Beginning<tokio::io::DuplexStream>, tokio::io::DuplexStream) {
        let (here, there) = duplex(64);
        let until = Some(Box::pin(sleep(limit)));
        (Beginning { stream: here, left: PREFACE, until, _place: None }, there)
    }

    #[tokio::test]
    async fn whoever_says_too_little_is_let_go() {
        let (mut here, mut there) = beginning(Duration::ZERO);
        there.write_all(b"PRI * HTTP").await.unwrap();
        let mut buffer = [0; 32];
        assert_eq!(here.read(&mut buffer).await.unwrap(), 10);
        let error = here.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn whoever_has_begun_is_not_hurried() {
        let (mut here, mut there) = beginning(Duration::ZERO);
        there.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n").await.unwrap();
        let mut buffer = [0; 64];
        assert!(here.read(&mut buffer).await.unwrap() > PREFACE);
        drop(there);
        assert_eq!(here.read(&mut buffer).await.unwrap(), 0);
    }
}
