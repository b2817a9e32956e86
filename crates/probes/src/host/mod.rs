//! The one way in which probes look at a computer: run a command, read a file, list a directory,
//! try to reach a host.
//!
//! Every look is bounded in time and size and can be recorded and played back, so that a probe is
//! tested against computers nobody has at hand. [`LiveHost`] looks at this computer,
//! [`RecordedHost`] plays a recording, [`RecordingHost`] makes one.

mod command;
mod error;
mod live;
mod memory;
mod platform;
mod reach;
mod recorded;
mod recording;
mod redaction;

pub use command::{Command, CommandOutput, RunAs};
pub use error::HostError;
pub use live::{LiveHost, LiveLimits};
pub(crate) use memory::RememberingHost;
pub use platform::Platform;
pub use reach::{Destination, Reach};
pub use recorded::{Inventory, Otherwise, RecordedHost};
pub use recording::{RecordingHost, RecordingOptions};

use serde::{Deserialize, Serialize};

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A device, a pipe, a socket.
    Other,
}

/// What stands in a file's directory entry; symbolic links are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMeta {
    /// What it is.
    pub kind: FileKind,
    /// The account number of its owner.
    pub owner: u32,
    /// Its permission bits.
    pub mode: u32,
    /// When its content last changed, in seconds since the beginning of 1970.
    pub modified_s: i64,
}

/// A computer, as probes see it.
pub trait HostView: Send + Sync {
    /// The operating system it runs.
    fn platform(&self) -> Platform;
    /// Runs a program to its end and returns what it wrote. A status other than zero is an answer,
    /// not an error.
    fn run(&self, command: &Command) -> Result<CommandOutput, HostError>;
    /// The content of a regular file.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError>;
    /// The names in a directory, sorted.
    fn list_dir(&self, path: &str) -> Result<Vec<String>, HostError>;
    /// What `path` leads to.
    fn file_meta(&self, path: &str) -> Result<FileMeta, HostError>;
    /// How far `destination` can be reached over the network.
    fn try_reach(&self, destination: &Destination) -> Result<Reach, HostError>;

    /// Whether there is anything at `path`.
    fn exists(&self, path: &str) -> Result<bool, HostError> {
        match self.file_meta(path) {
            Ok(_) => Ok(true),
            Err(HostError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
