//! What the agent keeps between two looks, in one folder for its owner alone.
//!
//! ```text
//! lock                 held by the one agent that uses the folder
//! identity.json        who this device is, and where; names the folder of the device
//! pending.json         the key of an enrolment that has no answer yet
//! DEVICE/key           the device's private key
//! DEVICE/enrol.json    the request to be enrolled, where no server was asked; goes with each report
//! DEVICE/counter       the highest number ever signed with the key
//! DEVICE/progress.json what the server took last, what was lost, what stands in the way
//! DEVICE/queue/        statements that are not delivered yet, a file each
//! ```
//!
//! Everything of one enrolment lies under its device's id, so the one write of `identity.json`
//! moves the computer from an old enrolment to a new one. The counter is stored before a statement
//! is signed with it: a crash skips a number and never says two things under one.

mod counter;
mod identity;
mod key;
mod progress;
mod queue;

pub use identity::Identity;
pub use progress::{Dropped, Replays, Trouble};
pub use queue::QueueLimits;

pub(crate) use counter::Counter;
pub(crate) use identity::IdentityParts;
pub(crate) use key::{Pending, load_key, store_key};
pub(crate) use progress::{Accepted, Digests, Progress};
pub(crate) use queue::{Queue, Queued};

use crate::{AgentError, disk::Disk};
use closedset_core::id::{Device, Id};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The folder and the disk it lies on.
#[derive(Clone)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) disk: Arc<dyn Disk>,
}

impl Folder {
    pub(crate) fn new(path: &Path, disk: Arc<dyn Disk>) -> Self {
        Self { path: path.to_owned(), disk }
    }

    /// The folder of one device.
    pub(crate) fn of_device(&self, device: Id<Device>) -> Self {
        Self { path: self.path.join(device.to_string()), disk: Arc::clone(&self.disk) }
    }

    /// The bytes of a file; none if there is no such file.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AgentError> {
        let path = self.path.join(name);
        match self.disk.read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(AgentError::disk("read", &path)(error)),
        }
    }

    /// The value that a JSON file holds; none if there is no such file.
    pub(crate) fn read_json<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, AgentError> {
        let Some(bytes) = self.read(name)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| self.damaged(name, error.to_string()))
    }

    /// Replaces a file whole.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AgentError> {
        let path = self.path.join(name);
        self.disk.replace(&path, bytes).map_err(AgentError::disk("write", &path))
    }

    /// Replaces a JSON file whole.
    pub(crate) fn write_json<T: Serialize>(&self, name: &str, value: &T) -> Result<(), AgentError> {
        let mut bytes = serde_json::to_vec_pretty(value)
            .map_err(closedset_core::canonical::CanonicalError::Json)?;
        bytes.push(b'\n');
        self.write(name, &bytes)
    }

    /// Removes a file.
    pub(crate) fn remove(&self, name: &str) -> Result<(), AgentError> {
        let path = self.path.join(name);
        self.disk.remove(&path).map_err(AgentError::disk("remove", &path))
    }

    /// Makes the folder itself.
    pub(crate) fn create(&self) -> Result<(), AgentError> {
        self.disk.create_folder(&self.path).map_err(AgentError::disk("make the folder", &self.path))
    }

    /// The error of a file that this program did not write so.
    pub(crate) fn damaged(&self, name: &str, what: impl Into<String>) -> AgentError {
        AgentError::Damaged { path: self.path.join(name), what: what.into() }
    }
}
