//! Listening with TLS until told to stop.

use crate::{Certificate, patience::Patient};
use axum::Router;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use hyper_util::rt::TokioTimer;
use std::{future::Future, io, net::SocketAddr, time::Duration};

/// How long open requests may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long the head of a request may take, and an answer to a ping.
const HEAD_LIMIT: Duration = Duration::from_secs(15);
/// How often an HTTP/2 connection is asked whether anybody is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}; is another server running there?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// Serving ended with an error.
    #[error("the server stopped")]
    Serve(#[source] io::Error),
}

/// Serves until `stop` completes, then lets open requests finish. `ready` is told the address once
/// connections are taken.
pub async fn serve(
    address: SocketAddr,
    certificate: &Certificate,
    router: Router,
    ready: impl FnOnce(SocketAddr) + Send + 'static,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let listener = std::net::TcpListener::bind(address)
        .map_err(|cause| ServeError::Listen { address, cause })?;
    listener.set_nonblocking(true).map_err(|cause| ServeError::Listen { address, cause })?;
    let handle = Handle::new();
    let stopper = handle.clone();
    tokio::spawn(async move {
        stop.await;
        stopper.graceful_shutdown(Some(GRACE));
    });
    let told = handle.clone();
    tokio::spawn(async move {
        if let Some(address) = told.listening().await {
            ready(address);
        }
    });
    let config = RustlsConfig::from_config(certificate.config());
    let mut server = axum_server::from_tcp_rustls(listener, config)
        .map_err(ServeError::Serve)?
        .map(|tls| Patient::new(tls, HEAD_LIMIT))
        .handle(handle);
    // Whoever sends half a head, or holds a connection without using it, is let go.
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
    server
        .http_builder()
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(HEAD_LIMIT)
        .max_concurrent_streams(128);
    server
        .serve(router.into_make_service_with_connect_info::<SocketAddr>())
        .await
        .map_err(ServeError::Serve)
}
