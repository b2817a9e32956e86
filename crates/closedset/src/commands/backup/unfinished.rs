//! The file under another name until it is whole. Nothing that exists is overwritten, by no name.

use crate::commands::UserError;
use anyhow::{Context, Result, bail};
use rustix::{
    fs::{CWD, FlockOperation, OFlags, RenameFlags, flock, renameat_with},
    io::Errno,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// How a file in age format begins.
const AGE: &[u8] = b"age-encryption.org/";

/// A backup that is being written; gone when dropped before it has its name.
pub(super) struct Unfinished {
    pub(super) path: PathBuf,
    pub(super) file: File,
    is_kept: bool,
}

impl Unfinished {
    /// Makes `TARGET.unfinished`, which must not be there unless a backup that was killed has left it.
    pub(super) fn begin(target: &Path) -> Result<Self> {
        let mut name = target.as_os_str().to_owned();
        name.push(".unfinished");
        let path = PathBuf::from(name);
        let create = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create_new(true).mode(0o600).open(&path)
        };
        let file = match create() {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let _left = left(&path)?;
                fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
                create()
            }
            created => created,
        };
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Self::held(path, file)
    }

    /// Locks what was made. Until then another backup could take it for what a killed one has left, and
    /// remove it: then it is that one's turn.
    fn held(path: PathBuf, file: File) -> Result<Self> {
        // Where there are no locks, as on some network disks, that it was made here must do.
        let locked = flock(&file, FlockOperation::NonBlockingLockExclusive);
        if locked == Err(Errno::WOULDBLOCK) || !is_still(&file, &path) {
            return Err(another(&path));
        }
        Ok(Self { path, file, is_kept: false })
    }

    /// Gives it its name, if nothing has that name.
    pub(super) fn place(mut self, target: &Path) -> Result<()> {
        let placed = match renameat_with(CWD, &self.path, CWD, target, RenameFlags::NOREPLACE) {
            // Not every file system can; then it has both names for a moment.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                fs::hard_link(&self.path, target).and_then(|()| fs::remove_file(&self.path))
            }
            renamed => renamed.map_err(Into::into),
        };
        match placed {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                bail!("{} has come into being meanwhile; name another file", target.display());
            }
            Err(error) => {
                self.is_kept = true;
                return Err(error).with_context(|| {
                    format!(
                        "the backup is whole and lies in {}, and cannot be named {} without overwriting \
                         what may be there; rename it yourself",
                        self.path.display(),
                        target.display()
                    )
                });
            }
        }
        self.is_kept = true;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))
            .and_then(|folder| folder.sync_all())
            .with_context(|| format!("cannot name {}", target.display()))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Only its own: another backup's may have the name by now.
        if !self.is_kept && is_still(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether the file is the one that has this name.
fn is_still(file: &File, path: &Path) -> bool {
    let (Ok(held), Ok(named)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (held.dev(), held.ino()) == (named.dev(), named.ino())
}

/// Opens what lies there and holds its lock, if it is what a backup of ours that was killed has left.
fn left(path: &Path) -> Result<File> {
    let foreign = || {
        let words = format!(
            "{} exists and is not what a backup has left; take it away, or name another file",
            path.display()
        );
        anyhow::Error::from(UserError(words))
    };
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags.bits())?)
        .open(path)
        .map_err(|_| foreign())?;
    let data = file.metadata()?;
    let is_ours = data.is_file()
        && data.uid() == rustix::process::geteuid().as_raw()
        && data.mode() & 0o777 == 0o600
        && data.nlink() == 1;
    if !is_ours {
        return Err(foreign());
    }
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => return Err(another(path)),
        Err(_) => {
            let words = format!(
                "{} exists, and this disk cannot tell whether it is being written; if no backup runs, \
                 remove it",
                path.display()
            );
            return Err(UserError(words).into());
        }
    }
    let mut start = Vec::new();
    (&mut file).take(AGE.len() as u64).read_to_end(&mut start)?;
    // Whoever held it may have given it its name, or another be at work already.
    if !is_still(&file, path) {
        return Err(another(path));
    }
    if AGE.starts_with(&start) { Ok(file) } else { Err(foreign()) }
}

fn another(path: &Path) -> anyhow::Error {
    UserError(format!("another backup is being written to {}", path.display())).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn what_a_killed_backup_left_is_taken_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("one.age");
        let path = folder.path().join("one.age.unfinished");
        let write = |text: &str, mode: u32| {
            let _ = fs::remove_file(&path);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let refused = || Unfinished::begin(&target).map(|_| ()).unwrap_err().to_string();
        write("age-encryption.org/v1\nhalf", 0o600);
        drop(Unfinished::begin(&target).unwrap());
        assert!(!path.exists());
        write("", 0o600);
        drop(Unfinished::begin(&target).unwrap());
        // A file of somebody's own, one that others may read, a link, a folder.
        write("my thesis", 0o600);
        assert!(refused().contains("is not what a backup has left"));
        assert_eq!(fs::read(&path).unwrap(), b"my thesis");
        write("age-encryption.org/v1\nhalf", 0o644);
        assert!(refused().contains("is not what a backup has left"));
        fs::remove_file(&path).unwrap();
        let aim = folder.path().join("aim");
        for is_there in [false, true] {
            if is_there {
                fs::write(&aim, "").unwrap();
            }
            symlink(&aim, &path).unwrap();
            assert!(refused().contains("is not what a backup has left"));
            assert_eq!(aim.exists(), is_there);
            fs::remove_file(&path).unwrap();
        }
        fs::create_dir(&path).unwrap();
        assert!(refused().contains("is not what a backup has left"));
        fs::remove_dir(&path).unwrap();
        let one = Unfinished::begin(&target).unwrap();
        assert_eq!(one.file.metadata().unwrap().mode() & 0o777, 0o600);
        assert!(refused().contains("another backup is being written"));
        assert!(path.exists(), "the other one's file stays");
    }

    #[test]
    fn a_file_that_another_backup_took_away_before_it_was_locked_is_given_up_and_not_taken_along() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("one.age");
        let path = folder.path().join("one.age.unfinished");
        let made = File::create_new(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        // Between making and locking the second one comes, takes it for a leftover and makes its own.
        let second = Unfinished::begin(&target).unwrap();
        let refused = Unfinished::held(path.clone(), made).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("another backup is being written"), "{refused}");
        assert!(is_still(&second.file, &path), "the second one's file stays");
        // Nor does one that ends take along what has its name by then.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "").unwrap();
        drop(second);
        assert!(path.exists());
    }

    #[test]
    fn what_has_the_name_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("one.age");
        let one = Unfinished::begin(&target).unwrap();
        symlink(folder.path().join("nowhere"), &target).unwrap();
        let refused = one.place(&target).unwrap_err().to_string();
        assert!(refused.contains("has come into being meanwhile"), "{refused}");
        fs::remove_file(&target).unwrap();
        Unfinished::begin(&target).unwrap().place(&target).unwrap();
        assert!(target.exists() && !folder.path().join("one.age.unfinished").exists());
    }
}
