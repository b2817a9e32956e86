//! The signals that ask a program to end.

use anyhow::{Context, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM, which end nothing by themselves once this was made: make it before anybody
/// is told that the program runs.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Watches for them; within a runtime.
    pub(crate) fn watched() -> Result<Self> {
        let watched = |kind| signal(kind).context("the system's signals cannot be watched for");
        Ok(Self {
            interrupt: watched(SignalKind::interrupt())?,
            terminate: watched(SignalKind::terminate())?,
        })
    }

    /// Waits until one came, also one that came since the last wait.
    pub(crate) async fn told_to_stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
