//! A private folder in which files appear whole or not at all.

use crate::ObjectsError;
use rustix::fs::{FlockOperation, OFlags, flock};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// Where unfinished files lie, below the folder.
const UNFINISHED: &str = "unfinished";

/// A private folder.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Opens the folder, makes it if it is missing, and removes what an earlier run left unfinished.
    pub(crate) fn open(root: &Path) -> Result<Self, ObjectsError> {
        let unfinished = root.join(UNFINISHED);
        for folder in [root, &unfinished] {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(ObjectsError::io("make the folder", folder))?;
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
                .map_err(ObjectsError::io("close to others the folder", folder))?;
        }
        let this = Self { root: root.to_owned() };
        this.remove_unfinished()?;
        Ok(this)
    }

    /// The folder as another process uses it: nothing is made, closed to others or removed.
    pub(crate) fn beside(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Where it is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A new file under a temporary name, locked so that no other opener takes it for a left-over.
    pub(crate) fn begin(&self) -> Result<Unfinished, ObjectsError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("{}-{number}", std::process::id());
            let path = self.root.join(UNFINISHED).join(name);
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            match file {
                Ok(file) => {
                    let unfinished = Unfinished { path, file };
                    flock(&unfinished.file, FlockOperation::NonBlockingLockExclusive).map_err(
                        |error| ObjectsError::io("lock", &unfinished.path)(error.into()),
                    )?;
                    return Ok(unfinished);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ObjectsError::io("begin", path)(error)),
            }
        }
    }

    /// A finished file with these bytes; its folder is not flushed yet.
    pub(crate) fn write_unflushed(&self, path: &Path, bytes: &[u8]) -> Result<(), ObjectsError> {
        let mut unfinished = self.begin()?;
        unfinished.file.write_all(bytes).map_err(ObjectsError::io("write", path))?;
        self.place_unflushed(unfinished, path)
    }

    /// Flushes the file and gives it its name; the folder is not flushed yet.
    pub(crate) fn place_unflushed(
        &self,
        unfinished: Unfinished,
        path: &Path,
    ) -> Result<(), ObjectsError> {
        unfinished.file.sync_all().map_err(ObjectsError::io("flush", path))?;
        self.make_parent(path)?;
        fs::rename(&unfinished.path, path).map_err(ObjectsError::io("name", path))
    }

    /// Makes the folders between the root and `path`, each durable in its own parent.
    fn make_parent(&self, path: &Path) -> Result<(), ObjectsError> {
        let mut missing = Vec::new();
        for folder in path.ancestors().skip(1) {
            if folder == self.root || folder.is_dir() {
                break;
            }
            missing.push(folder);
        }
        for folder in missing.into_iter().rev() {
            match DirBuilder::new().mode(0o700).create(folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => made.map_err(ObjectsError::io("make the folder", folder))?,
            }
            if let Some(parent) = folder.parent() {
                flush(parent)?;
            }
        }
        Ok(())
    }

    fn remove_unfinished(&self) -> Result<(), ObjectsError> {
        let folder = self.root.join(UNFINISHED);
        let entries = fs::read_dir(&folder).map_err(ObjectsError::io("list", &folder))?;
        for entry in entries {
            let path = entry.map_err(ObjectsError::io("list", &folder))?.path();
            let Ok(file) = open_file(&path) else { continue };
            if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

/// A file that has no name of its own yet; gone when dropped.
#[derive(Debug)]
pub(crate) struct Unfinished {
    path: PathBuf,
    pub(crate) file: File,
}

impl Unfinished {
    /// Where it lies for now.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After the rename there is nothing under this name; otherwise the next opener retries.
        let _ = fs::remove_file(&self.path);
    }
}

/// Opens a regular file for reading and follows no symbolic link in its last step.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::from(io::ErrorKind::NotFound))
    }
}

/// Makes the names in a folder durable.
pub(crate) fn flush(folder: &Path) -> Result<(), ObjectsError> {
    File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(ObjectsError::io("flush the folder", folder))
}

/// Removes a file; whether there was one.
pub(crate) fn remove(path: &Path) -> Result<bool, ObjectsError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(ObjectsError::io("remove", path)(error)),
    }
}
