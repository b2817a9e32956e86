//! The data folder: what lies where, who may read it, and that one server has it.

use anyhow::{Context, Result, bail};
use closedset_core::{Randomness, Secret};
use rustix::fs::{FlockOperation, flock};
use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// What can be done about a folder that does not open.
pub(crate) const OTHERWISE: &str =
    "run it as the folder's owner, or name another folder with --data";

/// Lies in a folder into which a backup is being restored, until everything in it is verified.
const UNFINISHED: &str = "restore-unfinished";

/// A data folder that this process holds.
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Whether the folder could be had.
pub(crate) enum Held {
    /// It is ours until this is dropped.
    Here(DataFolder),
    /// A server runs on it.
    ByAnother,
}

impl DataFolder {
    /// Makes the folder if it is missing (mode 0700) and takes its lock. A folder into which a restore
    /// was begun and not finished is refused.
    pub(crate) fn take(path: &Path) -> Result<Held> {
        let held = Self::lock(path)?;
        if let Held::Here(_) = held
            && is_unfinished(path)
        {
            bail!(
                "a restore into {} was begun and not finished: what lies there is not whole. Remove the \
                 folder (and empty its database, where that is PostgreSQL), and restore again",
                path.display()
            );
        }
        Ok(held)
    }

    /// Takes an empty folder, or one that is not there yet, to restore a backup into it. Until
    /// [`Self::restored`] nothing else takes it.
    pub(crate) fn take_empty(path: &Path) -> Result<Self> {
        make(path)?;
        // In a folder of somebody's own not even a lock is made.
        let has = |name: &str| fs::symlink_metadata(path.join(name)).is_ok();
        if !has("lock") && !has(UNFINISHED) {
            refuse_what_lies_in(path)?;
        }
        // First of all, so that nobody is told to remove what another is filling.
        let folder = match Self::lock(path)? {
            Held::Here(folder) => folder,
            Held::ByAnother => bail!(
                "a server, or another restore, is at work in {}; let it be, and name another folder with \
                 --data",
                path.display()
            ),
        };
        if is_unfinished(path) {
            bail!(
                "a restore into {} was begun and not finished; remove the folder and try again",
                path.display()
            );
        }
        refuse_what_lies_in(path)?;
        let marker = path.join(UNFINISHED);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&marker)
            .and_then(|marker| marker.sync_all())
            .and_then(|()| File::open(path)?.sync_all())
            .with_context(|| format!("cannot write {}; {OTHERWISE}", marker.display()))?;
        Ok(folder)
    }

    /// Everything in the folder is verified: it is an installation from here on.
    pub(crate) fn restored(&self) -> Result<()> {
        let marker = self.path.join(UNFINISHED);
        File::open(&self.path)
            .and_then(|folder| folder.sync_all())
            .and_then(|()| fs::remove_file(&marker))
            .and_then(|()| File::open(&self.path)?.sync_all())
            .with_context(|| format!("cannot remove {}", marker.display()))
    }

    /// Removes what a restore that failed has put here; the mark that it is unfinished last of all.
    pub(crate) fn clear(self) -> Result<()> {
        let keep = ["lost+found", UNFINISHED];
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if keep.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        fs::remove_file(self.path.join(UNFINISHED))?;
        Ok(())
    }

    /// Makes the folder if it is missing (mode 0700) and takes its lock.
    fn lock(path: &Path) -> Result<Held> {
        make(path)?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .with_context(|| format!("cannot open {}; {OTHERWISE}", lock_path.display()))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Held::Here(Self { path: path.to_owned(), _lock: lock })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(Held::ByAnother),
            Err(error) => Err(error)
                .with_context(|| format!("cannot lock {}; {OTHERWISE}", lock_path.display())),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder for files that are being made.
    pub(crate) fn work_folder(&self) -> Result<PathBuf> {
        let path = self.path.join("work");
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("cannot make {}", path.display()))?;
        Ok(path)
    }

    /// The master key: 32 bytes in hexadecimal in `master.key` (0600), made once.
    pub(crate) fn master_key(&self, randomness: &dyn Randomness) -> Result<Secret<32>> {
        let path = self.path.join("master.key");
        if !path.exists() {
            // A ledger lies here too where the database is elsewhere.
            let is_new =
                ["closedset.sqlite", "ledger"].iter().all(|name| !self.path.join(name).exists());
            if !is_new {
                bail!(
                    "{} is missing, and the installation's secrets are sealed with it; put it back from where it is kept",
                    path.display()
                );
            }
            let secret = Secret::<32>::random(randomness);
            write_secret(&path, &hex::encode(secret.expose()))?;
        }
        read_master_key(&path)
    }

    /// The file that holds the set-up link.
    pub(crate) fn set_up_file(&self) -> PathBuf {
        self.path.join("set-up-link")
    }
}

/// Refuses a folder in which anything lies but our lock and what a file system of its own has.
fn refuse_what_lies_in(path: &Path) -> Result<()> {
    let entries = fs::read_dir(path)
        .with_context(|| format!("cannot read {}; {OTHERWISE}", path.display()))?;
    for entry in entries {
        let name = entry?.file_name();
        if name != "lost+found" && name != "lock" {
            bail!(
                "{} is not empty ({} lies in it), and nothing is restored over what is there; name another \
                 folder with --data",
                path.display(),
                name.to_string_lossy()
            );
        }
    }
    Ok(())
}

/// Whether a restore into the folder was begun and not finished.
pub(crate) fn is_unfinished(path: &Path) -> bool {
    fs::symlink_metadata(path.join(UNFINISHED)).is_ok()
}

/// The master key in a file.
pub(crate) fn read_master_key(path: &Path) -> Result<Secret<32>> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read {}; {OTHERWISE}", path.display()))?;
    let mut bytes = [0u8; 32];
    hex::decode_to_slice(text.trim(), &mut bytes)
        .with_context(|| format!("{} does not hold 64 hexadecimal characters", path.display()))?;
    Ok(Secret::new(bytes))
}

/// Makes the folder if it is missing, and closes it to others.
fn make(path: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the data folder {}; {OTHERWISE}", path.display()))?;
    let mode = fs::metadata(path)
        .with_context(|| format!("cannot read the data folder {}; {OTHERWISE}", path.display()))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).with_context(|| {
            format!("cannot close the data folder {} to others; {OTHERWISE}", path.display())
        })?;
    }
    Ok(())
}

/// Lays the set-up link down in its file, once the server answers under it.
pub(crate) fn write_set_up_link(file: &Path, link: &str) -> Result<()> {
    write_secret(file, &format!("{link}\n"))
}

/// Writes a file that only its owner may read, whole or not at all.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<()> {
    let fresh = path.with_extension("new");
    let _ = fs::remove_file(&fresh);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)
        .with_context(|| format!("cannot write {}", fresh.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path).with_context(|| format!("cannot write {}", path.display()))?;
    if let Some(parent) = path.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_remove_what_another_is_filling() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let refused = || format!("{:#}", DataFolder::take_empty(&path).err().unwrap());
        let filling = DataFolder::take_empty(&path).unwrap();
        let said = refused();
        assert!(said.contains("another restore, is at work") && !said.contains("remove"), "{said}");
        drop(filling);
        assert!(refused().contains("remove the folder and try again"));
        // One that failed leaves a folder that can be taken again.
        fs::remove_file(path.join(UNFINISHED)).unwrap();
        DataFolder::take_empty(&path).unwrap().clear().unwrap();
        drop(DataFolder::take_empty(&path).unwrap());
        // A server's folder is refused without a mark in it.
        fs::remove_file(path.join(UNFINISHED)).unwrap();
        let Held::Here(serving) = DataFolder::take(&path).unwrap() else { panic!("it is free") };
        assert!(refused().contains("a server, or another restore"));
        drop(serving);
        assert!(!is_unfinished(&path));
        // In somebody's own folder nothing is made.
        let own = folder.path().join("own");
        fs::create_dir(&own).unwrap();
        fs::write(own.join("thesis"), "mine").unwrap();
        let said = format!("{:#}", DataFolder::take_empty(&own).err().unwrap());
        assert!(said.contains("thesis lies in it"), "{said}");
        assert_eq!(fs::read_dir(&own).unwrap().count(), 1);
    }
}
