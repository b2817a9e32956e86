//! Writing a pack, file after file.

use super::{
    header::{End, FileHeader},
    name,
};
use crate::PackError;
use closedset_core::Digest;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeSet,
    io::{Read, Seek, SeekFrom, Write},
};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
}

/// Writes a pack.
#[derive(Debug)]
pub(crate) struct ZipWriter<W> {
    inner: W,
    /// Where the next byte goes.
    place: u64,
    headers: Vec<FileHeader>,
    /// Lower case, because some file systems do not tell the cases apart.
    names: BTreeSet<String>,
}

impl<W: Write + Seek> ZipWriter<W> {
    /// A pack written to `inner`, from where it stands; that must be its beginning.
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, place: 0, headers: Vec::new(), names: BTreeSet::new() }
    }

    /// Adds a file with all that `content` has.
    pub(crate) fn add(&mut self, name: &str, content: &mut dyn Read) -> Result<Written, PackError> {
        if !name::is_safe(name) || !self.names.insert(name.to_ascii_lowercase()) {
            return Err(PackError::Name(name.to_owned()));
        }
        let mut header = FileHeader { name: name.to_owned(), crc: 0, size: 0, offset: self.place };
        let local = header.local();
        self.inner.write_all(&local)?;
        let (size, crc, digest) = copy(name, content, &mut self.inner)?;
        header.crc = crc;
        header.size = u32::try_from(size).map_err(|_| PackError::FileTooLarge(name.to_owned()))?;
        self.inner.seek(SeekFrom::Start(self.place))?;
        self.inner.write_all(&header.local())?;
        self.place += local.len() as u64 + size;
        self.inner.seek(SeekFrom::Start(self.place))?;
        self.headers.push(header);
        Ok(Written { digest, size })
    }

    /// Writes the list of files and the end.
    pub(crate) fn finish(mut self) -> Result<W, PackError> {
        let offset = self.place;
        let mut length = 0;
        for header in &self.headers {
            let bytes = header.central();
            length += bytes.len() as u64;
            self.inner.write_all(&bytes)?;
        }
        let end = End { count: self.headers.len() as u64, length, offset };
        self.inner.write_all(&end.bytes())?;
        self.inner.flush()?;
        Ok(self.inner)
    }
}

fn copy(
    name: &str,
    from: &mut dyn Read,
    to: &mut dyn Write,
) -> Result<(u64, u32, Digest), PackError> {
    let mut crc = crc32fast::Hasher::new();
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(source) => {
                return Err(PackError::Content { name: name.to_owned(), source });
            }
        };
        let bytes = &buffer[..count];
        crc.update(bytes);
        hash.update(bytes);
        size += count as u64;
        to.write_all(bytes)?;
    }
    Ok((size, crc.finalize(), Digest::from_bytes(hash.finalize().into())))
}
