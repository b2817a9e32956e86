//! Opening a pack that may be encrypted, and saying what to do where it cannot be opened.

use crate::commands::UserError;
use anyhow::{Context, Error, Result};
use closedset_pack::lock::{self, Identities, LockError, Wrapping};
use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
};

/// What the one who asks holds to open packs with.
pub(super) struct Keys(Option<Identities>);

/// A pack that is open.
pub(super) enum Opened {
    /// It was not encrypted, or is no pack.
    Plain(BufReader<File>),
    /// It is decrypted as it is read.
    Encrypted(lock::Opened<BufReader<File>>),
}

impl Keys {
    /// Those in the file, if one was named.
    pub(super) fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self(None)) };
        let cannot = || format!("cannot read {}", path.display());
        let file = File::open(path).with_context(cannot)?;
        match Identities::read(BufReader::new(file)) {
            Ok(identities) => Ok(Self(Some(identities))),
            Err(LockError::Read(error)) => Err(Error::new(error).context(cannot())),
            Err(error) => Err(UserError(format!("{}: {error}", path.display())).into()),
        }
    }

    /// Opens a pack.
    pub(super) fn open(&self, path: &Path) -> Result<Opened> {
        let cannot = || format!("cannot read {}", path.display());
        let mut file = BufReader::new(File::open(path).with_context(cannot)?);
        let asked = |words: String| Error::from(UserError(format!("{}: {words}", path.display())));
        match (Wrapping::of(&mut file).with_context(cannot)?, &self.0) {
            (Wrapping::Plain, _) => Ok(Opened::Plain(file)),
            (Wrapping::Age, Some(identities)) => match identities.open(file) {
                Ok(file) => Ok(Opened::Encrypted(file)),
                Err(LockError::Read(error)) => Err(Error::new(error).context(cannot())),
                Err(error) => Err(asked(error.to_string())),
            },
            (Wrapping::Age, None) => Err(asked(
                "it is encrypted. If it was made for you, name the file with your age identity by \
                 --identity KEYFILE; if not, ask whoever made it for one with your recipient"
                    .to_owned(),
            )),
            (Wrapping::Armoured, _) => Err(asked(
                "it is encrypted and written in letters, which packs are not: open it first with \
                 age --decrypt -i KEYFILE, and verify what comes out"
                    .to_owned(),
            )),
        }
    }
}

/// Why a pack could not be read to its end.
pub(super) fn unreadable(path: &Path, error: io::Error) -> Error {
    if LockError::is_inside(&error) {
        return UserError(format!("{}: {error}", path.display())).into();
    }
    Error::new(error).context(format!("cannot read {}", path.display()))
}
