//! The folder of objects: `<organisation>/ab/cdef...`, by SHA-256.
//!
//! Organisations share nothing: the same file given by two of them lies there twice, so that neither
//! learns from the other and each can erase its own.

use crate::{
    ObjectReader, ObjectsError, Progress, Upload, VerifyReport,
    folder::{self, Folder},
    verify,
};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// From this size on the digests of an object's pieces are kept beside it, and it is served piece by
/// piece without being read to its end first.
const LARGE: u64 = 64 << 20;

/// Objects by organisation and digest, in one folder.
#[derive(Debug)]
pub struct Objects {
    folder: Folder,
    pub(crate) large: u64,
}

impl Objects {
    /// Opens the folder, makes it if it is missing, and removes uploads that were cut short.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, ObjectsError> {
        Ok(Self { folder: Folder::open(root.as_ref())?, large: LARGE })
    }

    /// The folder for reading, while another process may have it open: nothing in it is touched.
    pub fn beside(root: impl AsRef<Path>) -> Self {
        Self { folder: Folder::beside(root.as_ref()), large: LARGE }
    }

    /// Opens an object's file as it lies there, with its size, for whoever digests it on the way. Its
    /// bytes are **not** checked.
    pub fn unchecked(
        &self,
        organisation: Id<Organisation>,
        digest: Digest,
    ) -> Result<(fs::File, u64), ObjectsError> {
        let path = self.object_path(organisation, digest);
        let file = folder::open_file(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ObjectsError::Missing { organisation, digest },
            _ => ObjectsError::io("open", &path)(error),
        })?;
        let size = file.metadata().map_err(ObjectsError::io("look at", &path))?.len();
        Ok((file, size))
    }

    /// Begins to store an object of at most `limit` bytes. Nothing can be seen of it before
    /// [`Upload::finish`]; an upload that is dropped leaves nothing behind.
    pub fn begin(
        &self,
        organisation: Id<Organisation>,
        limit: u64,
    ) -> Result<Upload<'_>, ObjectsError> {
        Upload::begin(self, organisation, limit)
    }

    /// Opens an object. Its bytes are checked before they are handed out, see [`ObjectReader`].
    pub fn read(
        &self,
        organisation: Id<Organisation>,
        digest: Digest,
    ) -> Result<ObjectReader, ObjectsError> {
        ObjectReader::open(self, organisation, digest)
    }

    /// The object's size in bytes, or none if it is not here. Its bytes are not looked at.
    pub fn size(
        &self,
        organisation: Id<Organisation>,
        digest: Digest,
    ) -> Result<Option<u64>, ObjectsError> {
        let path = self.object_path(organisation, digest);
        match fs::symlink_metadata(&path) {
            Ok(data) => Ok(data.is_file().then_some(data.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ObjectsError::io("look at", path)(error)),
        }
    }

    /// Removes an object; whether it was there. When this returns it stays away even after a power
    /// cut. Copies in backups and snapshots are not reached.
    pub fn remove(
        &self,
        organisation: Id<Organisation>,
        digest: Digest,
    ) -> Result<bool, ObjectsError> {
        let path = self.object_path(organisation, digest);
        let was_there = folder::remove(&path)?;
        let had_chunks = folder::remove(&chunks_path(&path))?;
        if was_there || had_chunks {
            folder::flush(parent(&path))?;
        }
        Ok(was_there)
    }

    /// Reads every object of every organisation and says which no longer match their digests. After
    /// each object `progress` is told how far it is.
    pub fn verify_all(
        &self,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<VerifyReport, ObjectsError> {
        verify::verify_all(self, progress)
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(crate) fn object_path(&self, organisation: Id<Organisation>, digest: Digest) -> PathBuf {
        let text = digest.to_string();
        let (first, rest) = text.split_at(2);
        let mut path = self.folder.root().join(organisation.to_string());
        path.extend([first, rest]);
        path
    }
}

/// Where the digests of a large object's pieces lie.
pub(crate) fn chunks_path(object: &Path) -> PathBuf {
    object.with_extension("chunks")
}

/// The folder a path lies in.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
