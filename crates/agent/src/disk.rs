//! The few ways in which the agent touches its folder, each of them complete or without effect.
//!
//! [`SystemDisk`] is the real one. The tests put one in its place that fails or loses power at a
//! chosen step. What the files mean is the business of `state`.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// The largest file that is read; above any check-in.
pub const FILE_LIMIT: u64 = 8 << 20;

/// Reads and writes files and folders.
pub trait Disk: Send + Sync {
    /// The whole file; an error above [`FILE_LIMIT`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Writes the file so that after a crash it holds either the old content or the new, and after
    /// a return the new. Only its owner may read it.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Removes the file; an absent one is as good.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// The names and sizes of the files in a folder; none if it is absent.
    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>>;
    /// Makes the folder, and those above it, for its owner alone; a present one is as good.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;
    /// Removes the folder and all in it; an absent one is as good.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;
    /// The permission bits that let others than the owner at the file; none where the platform has
    /// no such bits.
    fn exposure(&self, path: &Path) -> io::Result<Option<u32>>;
}

/// The operating system's disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(FILE_LIMIT + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(io::Error::other("the file is larger than any of ours"));
        }
        Ok(bytes)
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        replace_with(path, |file| file.write_all(bytes))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        absent_is_fine(fs::remove_file(path))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            let details = entry.metadata()?;
            if let (true, Ok(name)) = (details.is_file(), entry.file_name().into_string()) {
                files.push((name, details.len()));
            }
        }
        Ok(files)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        owner_only_folder(&mut builder);
        builder.create(folder)?;
        folder.parent().map_or(Ok(()), sync_folder)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        absent_is_fine(fs::remove_dir_all(folder))
    }

    fn exposure(&self, path: &Path) -> io::Result<Option<u32>> {
        exposed_bits(path)
    }
}

/// Holds the folder against a second agent until it is dropped.
#[derive(Debug)]
pub(crate) struct FolderLock(File);

impl Drop for FolderLock {
    /// Closing is not enough: a child process that is just being started shares the file.
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the folder stays locked until this program ends");
        }
    }
}

impl FolderLock {
    /// Takes the lock, or none if somebody else holds it.
    pub(crate) fn take(folder: &Path) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        owner_only_file(&mut options);
        let file = options.open(folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Writes beside the file, makes that durable, then renames it over the file and makes that durable.
fn replace_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let beside = beside(path);
    absent_is_fine(fs::remove_file(&beside))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only_file(&mut options);
    let mut file = options.open(&beside)?;
    let written =
        write(&mut file).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        // The old file still stands; what is left beside it is removed on the next writing too.
        fs::remove_file(&beside).ok();
        return Err(error);
    }
    path.parent().map_or(Ok(()), sync_folder)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(unix)]
use unix::{exposed_bits, owner_only_file, owner_only_folder, sync_folder};

#[cfg(unix)]
mod unix {
    use super::{File, OpenOptions, Path, fs, io};
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};

    pub(super) fn owner_only_file(options: &mut OpenOptions) {
        options.mode(0o600);
    }
    pub(super) fn owner_only_folder(builder: &mut fs::DirBuilder) {
        builder.mode(0o700);
    }
    pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
    pub(super) fn exposed_bits(path: &Path) -> io::Result<Option<u32>> {
        let bits = fs::metadata(path)?.permissions().mode() & 0o077;
        Ok((bits != 0).then_some(bits))
    }
}

#[cfg(not(unix))]
use elsewhere::{exposed_bits, owner_only_file, owner_only_folder, sync_folder};

/// Elsewhere a file inherits the folder's access list, and a rename needs no second flush.
#[cfg(not(unix))]
mod elsewhere {
    use super::{OpenOptions, Path, fs, io};

    pub(super) fn owner_only_file(_: &mut OpenOptions) {}
    pub(super) fn owner_only_folder(_: &mut fs::DirBuilder) {}
    pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
        Ok(())
    }
    pub(super) fn exposed_bits(_: &Path) -> io::Result<Option<u32>> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_fails_half_way_keeps_the_old_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counter");
        SystemDisk.replace(&path, b"1\n").unwrap();
        let full = replace_with(&path, |file| {
            file.write_all(b"2")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(SystemDisk.read(&path).unwrap(), b"1\n");
        assert_eq!(SystemDisk.list(folder.path()).unwrap(), [("counter".to_owned(), 2)]);
    }

    #[test]
    fn what_a_crash_left_beside_a_file_does_not_hinder_the_next_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counter");
        fs::write(beside(&path), b"torn").unwrap();
        SystemDisk.replace(&path, b"7\n").unwrap();
        assert_eq!(SystemDisk.read(&path).unwrap(), b"7\n");
    }

    #[test]
    fn a_second_holder_of_the_lock_is_turned_away() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        assert!(first.is_some());
        assert!(FolderLock::take(folder.path()).unwrap().is_none());
        drop(first);
        assert!(FolderLock::take(folder.path()).unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn files_and_folders_are_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        SystemDisk.create_folder(&inner).unwrap();
        let path = inner.join("key");
        SystemDisk.replace(&path, b"secret").unwrap();
        for path in [&inner, &path] {
            assert_eq!(SystemDisk.exposure(path).unwrap(), None, "{path:?}");
        }
    }
}
