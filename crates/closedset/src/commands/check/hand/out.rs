//! The file for a signed report: seen to before anything is looked at, and written to by its handle
//! alone. Whoever owns the folder may put a link or another file in its place meanwhile: it is never
//! followed and never overwritten, also where the superuser signs in somebody else's folder.
//!
//! Until the report is whole, the file has no name, so that nothing is left when it is broken off.
//! Where the system has no files without a name, as on most memory sticks, it is made at the end.

use crate::commands::{UserError, no_new_file};
use anyhow::{Context, Result};
use rustix::{
    fs::{AtFlags, Mode, OFlags, linkat, openat, statat, unlinkat},
    io::Errno,
};
use std::{
    ffi::OsString,
    fs::File,
    io::{self, Write},
    os::fd::{AsFd, AsRawFd, OwnedFd},
    path::{Path, PathBuf},
};

/// A file that will hold a report.
pub(super) struct Out {
    path: PathBuf,
    /// The folder as it was at the beginning, whatever lies under its path later.
    folder: OwnedFd,
    name: OsString,
    /// The file while it has no name; none where the system has no such files.
    file: Option<File>,
}

fn only_owner() -> Mode {
    Mode::RUSR | Mode::WUSR
}

impl Out {
    /// Refuses what exists and what cannot be written to.
    pub(super) fn begin(path: &Path) -> Result<Self> {
        let name = path.file_name().ok_or_else(|| {
            UserError(format!("{} is no name of a file; name one with --out", path.display()))
        })?;
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(above.unwrap_or(Path::new(".")), flags, Mode::empty())
            .with_context(|| no_new_file(path))?;
        match statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => {}
            Ok(_) => return Err(io::Error::from(Errno::EXIST)).with_context(|| no_new_file(path)),
            Err(error) => return Err(error).with_context(|| no_new_file(path)),
        }
        let file = nameless(&folder).with_context(|| no_new_file(path))?;
        let out = Self { path: path.to_owned(), folder, name: name.to_owned(), file };
        if out.file.is_none() {
            // Whether a file can be made here at all.
            out.remove(&out.made().with_context(|| no_new_file(path))?);
        }
        Ok(out)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file and gives it its name, if nothing has that meanwhile.
    pub(super) fn write(self, bytes: &[u8]) -> Result<()> {
        let cannot = || format!("{} cannot be written", self.path.display());
        let Some(file) = &self.file else {
            let file = self.made().with_context(cannot)?;
            return filled(&file, bytes)
                .inspect_err(|_| self.remove(&file))
                .and_then(|()| self.folder_synced())
                .with_context(cannot);
        };
        filled(file, bytes).with_context(cannot)?;
        // The way by which a file without a name gets one, open(2).
        let itself = format!("/proc/self/fd/{}", file.as_raw_fd());
        let named = linkat(
            rustix::fs::CWD,
            itself.as_str(),
            &self.folder,
            &self.name,
            AtFlags::SYMLINK_FOLLOW,
        );
        match named {
            Ok(()) => self.folder_synced().with_context(cannot),
            Err(Errno::EXIST) => Err(io::Error::from(Errno::EXIST)).with_context(cannot),
            // Without /proc.
            Err(_) => Self { file: None, ..self }.write(bytes),
        }
    }

    /// The new file under its name.
    fn made(&self) -> io::Result<File> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(openat(&self.folder, &self.name, flags, only_owner())?))
    }

    /// Removes what was made, unless something else has its name by now.
    fn remove(&self, file: &File) {
        let (Ok(named), Ok(made)) = (
            statat(&self.folder, &self.name, AtFlags::SYMLINK_NOFOLLOW),
            rustix::fs::fstat(file.as_fd()),
        ) else {
            return;
        };
        if (named.st_dev, named.st_ino) == (made.st_dev, made.st_ino) {
            // Best effort: the error that is told is the one before.
            let _ = unlinkat(&self.folder, &self.name, AtFlags::empty());
        }
    }

    fn folder_synced(&self) -> io::Result<()> {
        match rustix::fs::fsync(&self.folder) {
            // Not every file system does that for folders.
            Err(Errno::INVAL) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn filled(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// A file in the folder that has no name yet; none where there are no such files.
#[cfg(target_os = "linux")]
fn nameless(folder: &OwnedFd) -> io::Result<Option<File>> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    match openat(folder, ".", flags, only_owner()) {
        Ok(file) => Ok(Some(File::from(file))),
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::NOENT | Errno::INVAL) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A file in the folder that has no name yet: there are none here.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "it is one on Linux")]
fn nameless(_folder: &OwnedFd) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs,
        os::unix::fs::{PermissionsExt, symlink},
    };

    /// Both ways: without a name until the end, and made at the end.
    fn begun(path: &Path) -> [Out; 2] {
        [Out::begin(path).unwrap(), Out { file: None, ..Out::begin(path).unwrap() }]
    }

    #[test]
    fn what_is_put_in_its_place_meanwhile_is_neither_followed_nor_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (path, precious) = (folder.path().join("report.json"), folder.path().join("precious"));
        fs::write(&precious, "mine").unwrap();
        for out in begun(&path) {
            symlink(&precious, &path).unwrap();
            assert!(out.write(b"report").is_err());
            assert_eq!(fs::read(&precious).unwrap(), b"mine");
            assert_eq!(fs::read_link(&path).unwrap(), precious, "what is there stays");
            fs::remove_file(&path).unwrap();
        }
        for out in begun(&path) {
            fs::write(&path, "another").unwrap();
            assert!(out.write(b"report").is_err());
            assert_eq!(fs::read(&path).unwrap(), b"another");
            fs::remove_file(&path).unwrap();
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn another_folder_under_the_same_path_gets_nothing() {
        let root = tempfile::tempdir().unwrap();
        let (folder, moved, precious) =
            (root.path().join("here"), root.path().join("moved"), root.path().join("precious"));
        for is_made_at_the_end in [0, 1] {
            fs::create_dir(&folder).unwrap();
            fs::create_dir_all(&precious).unwrap();
            let [nameless, made] = begun(&folder.join("report.json"));
            fs::rename(&folder, &moved).unwrap();
            symlink(&precious, &folder).unwrap();
            if is_made_at_the_end == 0 { nameless } else { made }.write(b"report").unwrap();
            assert_eq!(fs::read_dir(&precious).unwrap().count(), 0);
            assert_eq!(fs::read(moved.join("report.json")).unwrap(), b"report");
            fs::remove_file(&folder).unwrap();
            fs::remove_dir_all(&moved).unwrap();
        }
    }

    #[test]
    fn the_report_is_its_owners_alone_and_nothing_is_there_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        for out in begun(&path) {
            assert_eq!(
                fs::read_dir(folder.path()).unwrap().count(),
                0,
                "broken off, nothing is left"
            );
            out.write(b"report").unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"report");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert!(Out::begin(&path).is_err(), "what exists is refused at once");
            fs::remove_file(&path).unwrap();
        }
        symlink(folder.path().join("nowhere"), &path).unwrap();
        assert!(Out::begin(&path).is_err());
        assert!(Out::begin(&folder.path().join("none/report.json")).is_err());
    }
}
