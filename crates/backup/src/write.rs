//! Writing a backup, member after member.

use crate::{BackupError, Gap, Header, Lock, Manifest, Member, Totals};
use age::stream::StreamWriter;
use closedset_core::{Digest, Time};
use sha2::{Digest as _, Sha256};
use std::io::{self, Read, Write};

/// A backup that is being written. Without [`Writer::finish`] it is not whole, and a reader says so.
pub struct Writer<W: Write> {
    tar: tar::Builder<StreamWriter<W>>,
    made_at: Time,
    names: Names,
}

impl<W: Write> std::fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

/// What the manifest commits to.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) members: u64,
    lines: Sha256,
}

impl Names {
    pub(crate) fn add(&mut self, member: &Member, size: u64, digest: Digest) {
        self.members += 1;
        self.lines.update(format!("{member} {size} {digest}\n"));
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::from_bytes(self.lines.clone().finalize().into())
    }
}

impl<W: Write> Writer<W> {
    /// Begins a backup with its header.
    pub fn begin(out: W, lock: &Lock, header: &Header) -> Result<Self, BackupError> {
        let mut tar = tar::Builder::new(lock.encrypt(out)?);
        tar.mode(tar::HeaderMode::Deterministic);
        let mut this = Self { tar, made_at: header.made_at, names: Names::default() };
        this.json(&Member::Header, header)?;
        Ok(this)
    }

    /// Adds a member.
    pub fn add(&mut self, member: &Member, bytes: &[u8]) -> Result<(), BackupError> {
        self.stream(member, bytes.len() as u64, &mut &bytes[..]).map(|_| ())
    }

    /// Adds a member of `size` bytes as they are read, and says their digest.
    pub fn stream(
        &mut self,
        member: &Member,
        size: u64,
        bytes: &mut dyn Read,
    ) -> Result<Digest, BackupError> {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.made_at.millis() / 1_000).unwrap_or(0));
        let mut source = Source { inner: bytes, left: size, digest: Sha256::new(), failure: None };
        let written = self.tar.append_data(&mut header, member.to_string(), &mut source);
        let name = || member.to_string();
        if let Some(cause) = source.failure {
            return Err(BackupError::Source { name: name(), cause });
        }
        written.map_err(BackupError::Write)?;
        if source.left > 0 || source.inner.read(&mut [0]).unwrap_or(1) > 0 {
            let cause = io::Error::other("its size changed while it was read");
            return Err(BackupError::Source { name: name(), cause });
        }
        let digest = Digest::from_bytes(source.digest.finalize().into());
        self.names.add(member, size, digest);
        Ok(digest)
    }

    /// Adds the manifest and ends the file; what was written to is given back, not flushed to a disk.
    pub fn finish(mut self, totals: Totals, gaps: Vec<Gap>) -> Result<W, BackupError> {
        let (members, digest) = (self.names.members, self.names.digest());
        let manifest = Manifest { members, digest, totals, gaps };
        self.json(&Member::Manifest, &manifest)?;
        let encrypted = self.tar.into_inner().map_err(BackupError::Write)?;
        encrypted.finish().map_err(BackupError::Write)
    }

    fn json(&mut self, member: &Member, value: &impl serde::Serialize) -> Result<(), BackupError> {
        let mut text = serde_json::to_vec_pretty(value)
            .map_err(|error| BackupError::Write(io::Error::other(error)))?;
        text.push(b'\n');
        self.add(member, &text)
    }
}

/// Counts and digests what is read, and remembers a failure apart from those of writing.
struct Source<'s> {
    inner: &'s mut dyn Read,
    left: u64,
    digest: Sha256,
    failure: Option<io::Error>,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        match self.inner.read(&mut buffer[..most]) {
            Ok(count) => {
                self.left -= count as u64;
                self.digest.update(&buffer[..count]);
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failure = Some(error);
                Err(io::Error::other("the source failed"))
            }
        }
    }
}
