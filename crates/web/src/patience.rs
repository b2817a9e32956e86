//! Patience with connections: only so many at once, of them half from one address, and none for long
//! that says nothing, where TLS came about but no request begins.
//!
//! The HTTP library times heads and idle connections once it knows which version of HTTP is spoken;
//! until then this does.

use axum_server::accept::Accept;
use std::{
    collections::HashMap,
    future::Future,
    io,
    net::{IpAddr, Ipv6Addr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Sleep, sleep},
};

/// By how many bytes the version is known: the length of the preface of HTTP/2 (RFC 9113).
const PREFACE: usize = 24;

/// Room for connections. One address may hold half of it, so that nobody alone keeps all others out.
#[derive(Debug, Clone)]
struct Room {
    all: Arc<Semaphore>,
    of_one: usize,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Room {
    fn new(connections: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(connections)),
            of_one: connections.div_ceil(2),
            held: Arc::default(),
        }
    }

    /// A place for a connection from this address; none if there is no room for it.
    fn take(&self, address: IpAddr) -> Option<Place> {
        let from = network(address);
        let permit = self.all.clone().try_acquire_owned().ok()?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(from).or_default();
        if *count >= self.of_one {
            return None;
        }
        *count += 1;
        drop(held);
        Some(Place { held: self.held.clone(), from, _permit: permit })
    }
}

/// What one party has for itself: an address of IPv4, or 64 bits of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        address => address,
    }
}

/// The place of a connection, given back when it ends.
#[derive(Debug)]
struct Place {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    from: IpAddr,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.from);
            }
        }
    }
}

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
        let Some(place) = self.room.take(address) else {
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

    #[test]
    fn nobody_alone_keeps_all_others_out() {
        let room = Room::new(5);
        let take = |address: &str| room.take(address.parse().unwrap());
        let mut held: Vec<_> = (0..3).map(|_| take("192.0.2.1").unwrap()).collect();
        assert!(take("192.0.2.1").is_none() && take("::ffff:192.0.2.1").is_none());
        held.push(take("2001:db8::1").unwrap());
        held.push(take("2001:db8::2").unwrap());
        assert!(take("198.51.100.7").is_none(), "there is no more room");
        held.remove(0);
        assert!(take("192.0.2.1").is_some());
        drop(held);
        assert!(room.held.lock().unwrap().is_empty());
        // All addresses of one network of 64 bits are one party's.
        let held: Vec<_> = (1..=3).map(|one| take(&format!("2001:db8::{one}")).unwrap()).collect();
        assert!(take("2001:db8::4").is_none() && take("2001:db8:0:1::4").is_some());
        drop(held);
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
