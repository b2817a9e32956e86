//! The folder `tls`: what lies where, and files that appear whole or not at all.

use crate::TlsError;
use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Our own certificate, or one that somebody laid there for our key.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.0.join("certificate.pem")
    }

    /// The key that agents know.
    pub(crate) fn key(&self) -> PathBuf {
        self.0.join("key.pem")
    }

    /// What the facility gave: its chain, and its key unless it is ours, in one file, so that the two
    /// never part.
    pub(crate) fn given(&self) -> PathBuf {
        self.0.join("given.pem")
    }

    /// What the authority gave last.
    pub(crate) fn obtained(&self) -> PathBuf {
        self.0.join("acme.pem")
    }

    /// What was agreed with the authority, with the account's key.
    pub(crate) fn agreement(&self) -> PathBuf {
        self.0.join("acme.json")
    }

    /// Makes it if it is missing, closed to others.
    pub(crate) fn make(&self) -> Result<(), TlsError> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.map_err(failed(&self.0))
    }
}

/// Reads a file; none if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, TlsError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path)(error)),
    }
}

/// Writes a file that only its owner may read, whole or not at all: half a certificate would cost
/// every browser's trust, half a key every agent's.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    // Files of one name and other endings do not meet there.
    let new = path.with_added_extension("new");
    let write = || {
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = fs::OpenOptions::new();
        let mut opened = options.write(true).create_new(true).mode(0o600).open(&new)?;
        opened.write_all(bytes)?;
        opened.sync_all()?;
        fs::rename(&new, path)?;
        match path.parent() {
            Some(parent) => fs::File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    };
    write().map_err(failed(path))
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), TlsError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

pub(crate) fn failed(path: &Path) -> impl FnOnce(io::Error) -> TlsError {
    let path = path.display().to_string();
    move |cause| TlsError::File { path, cause }
}
