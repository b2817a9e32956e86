//! Listening with TLS until told to stop.

use crate::{Certificate, Limits, patience::Patient};
use axum::Router;
use axum_server::{
    Handle,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use closedset_core::Clock;
use hyper_util::rt::TokioTimer;
use std::{convert::Infallible, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::time::sleep;

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
    /// The certificate, which is made anew when it must be.
    pub certificate: Certificate,
    /// What answers.
    pub router: Router,
    /// By which the certificate's time is told.
    pub clock: Arc<dyn Clock>,
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
    let Served { address, certificate, router, clock, limits } = served;
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
    let tls = RustlsAcceptor::new(config.clone()).handshake_timeout(limits.head);
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
    let serving = server.serve(router.into_make_service_with_connect_info::<SocketAddr>());
    tokio::select! {
        served = serving => served.map_err(ServeError::Serve),
        never = keep_certificate(certificate, config, clock, limits.certificate) => match never {},
    }
}

/// Looks now and then whether the certificate must be made anew, and serves the new one to whoever
/// comes from then on.
async fn keep_certificate(
    mut certificate: Certificate,
    config: RustlsConfig,
    clock: Arc<dyn Clock>,
    every: Duration,
) -> Infallible {
    loop {
        sleep(every).await;
        let (now, mut looked_at) = (clock.now(), certificate.clone());
        let looked = tokio::task::spawn_blocking(move || {
            looked_at.renew(now).map(|has_changed| has_changed.then_some(looked_at))
        });
        match looked.await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(another))) => {
                config.reload_from_config(another.config());
                certificate = another;
            }
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "the certificate could not be looked after");
            }
            Err(error) => tracing::error!(%error, "a thread ended early"),
        }
    }
}
