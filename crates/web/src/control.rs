//! The control socket: the same router for commands on the server's own machine. Whoever may open the
//! socket (mode 0600) is the operator, by the user id the kernel tells.

use axum::{Extension, Router};
use closedset_api::Operator;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use std::{
    future::Future,
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tokio::net::UnixListener;

/// Where the control socket of a data folder lies.
pub fn control_socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Why there is no control socket.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on the control socket {path}")]
pub struct ControlError {
    path: String,
    #[source]
    cause: io::Error,
}

/// Serves the control socket until `stop` completes, then removes it. The data folder is locked by
/// the caller, so a socket that lies there already is left over.
pub async fn serve_control(
    path: &Path,
    router: Router,
    stop: impl Future<Output = ()>,
) -> Result<(), ControlError> {
    let failed = |cause| ControlError { path: path.display().to_string(), cause };
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    tokio::pin!(stop);
    loop {
        let (stream, _) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection to the control socket was not accepted");
                    continue;
                }
            },
        };
        let Ok(peer) = stream.peer_cred() else { continue };
        let service = router.clone().layer(Extension(Operator(peer.uid())));
        tokio::spawn(async move {
            let service = TowerToHyperService::new(service);
            let served = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection to the control socket ended early");
            }
        });
    }
    let _ = std::fs::remove_file(path);
    Ok(())
}
