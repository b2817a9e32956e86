//! Files and directories of this computer.

use crate::host::{FileKind, FileMeta, HostError};
use rustix::fs::OFlags;
use std::{
    fs::{self, OpenOptions},
    io::Read,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
};

/// How many names a directory may have.
const NAMES_LIMIT: usize = 100_000;

/// Reads a regular file of at most `limit` bytes.
pub(super) fn read(path: &str, limit: usize) -> Result<Vec<u8>, HostError> {
    // Without NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let flags = (OFlags::NONBLOCK | OFlags::CLOEXEC).bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(HostError::NotRegular);
    }
    let mut content = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut content)?;
    if content.len() > limit {
        return Err(HostError::TooLarge { limit });
    }
    Ok(content)
}

/// Lists a directory.
pub(super) fn list(path: &str) -> Result<Vec<String>, HostError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
        if names.len() > NAMES_LIMIT {
            return Err(HostError::TooLarge { limit: NAMES_LIMIT });
        }
    }
    names.sort();
    Ok(names)
}

/// What stands in the directory entry of what `path` leads to.
pub(super) fn meta(path: &str) -> Result<FileMeta, HostError> {
    let metadata = fs::metadata(path)?;
    Ok(FileMeta {
        kind: if metadata.is_file() {
            FileKind::File
        } else if metadata.is_dir() {
            FileKind::Directory
        } else {
            FileKind::Other
        },
        owner: metadata.uid(),
        mode: metadata.mode() & 0o7777,
        modified_s: metadata.mtime(),
    })
}
