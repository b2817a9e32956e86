//! Listening with TLS until told to stop.

use crate::{Limits, patience::Patient};
use axum::Router;
use axum_server::{
    Handle,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

/// How long open requests may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How often an HTTP/2 connection is asked whether anybody is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}; is another server running there? Stop it, or listen elsewhere, for instance with CLOSEDSET_LISTEN=127.0.0.1:9443"
    )]
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

/// What is served, where and how.
pub struct Served {
    /// The address to listen on.
    pub address: SocketAddr,
    /// How TLS is spoken, and by which certificate.
    pub tls: Arc<ServerConfig>,
    /// What answers.
    pub router: Router,
    /// What the server bears.
    pub limits: Limits,
}

/// Serves until `stop` completes, then lets open requests finish. `ready` is told the address once
/// connections are taken.
pub async fn serve(
    served: Served,
    ready: impl FnOnce(SocketAddr) + Send + 'static,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let Served { address, tls, router, limits } = served;
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
    let tls = RustlsAcceptor::new(RustlsConfig::from_config(tls)).handshake_timeout(limits.head);
    let mut server = axum_server::from_tcp(listener)
        .map_err(ServeError::Serve)?
        .acceptor(Patient::new(tls, limits.head, limits.connections))
        .handle(handle);
    // Whoever sends half a head, or holds a connection without using it, is let go.
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    server
        .http_builder()
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(limits.head)
        .max_concurrent_streams(128);
    server
        .serve(router.into_make_service_with_connect_info::<SocketAddr>())
        .await
        .map_err(ServeError::Serve)
}
