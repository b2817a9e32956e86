//! Serving an object so that no wrong byte leaves.

use crate::{
    Objects, ObjectsError,
    chunks::{self, CHUNK, Chunks},
    folder,
    objects::chunks_path,
};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// The bytes of an object, each piece of one MiB checked before any of it is handed out.
///
/// A small object is digested as a whole when it is opened. A large one is checked against the
/// digests kept beside it; because somebody could have altered both alike, its last piece is held
/// back until the whole has the right digest too. A read that fails for this reason carries
/// [`ObjectsError::Corrupt`], see [`ObjectsError::inside`].
#[derive(Debug)]
pub struct ObjectReader {
    organisation: Id<Organisation>,
    digest: Digest,
    file: File,
    chunks: Chunks,
    /// Digests what was read so far; none if the whole was checked before.
    whole: Option<Sha256>,
    next: usize,
    piece: Vec<u8>,
    given: usize,
    has_failed: bool,
}

impl ObjectReader {
    pub(crate) fn open(
        objects: &Objects,
        organisation: Id<Organisation>,
        digest: Digest,
    ) -> Result<Self, ObjectsError> {
        let path = objects.object_path(organisation, digest);
        let mut file = folder::open_file(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ObjectsError::Missing { organisation, digest },
            _ => ObjectsError::io("open", &path)(error),
        })?;
        let size = file.metadata().map_err(ObjectsError::io("look at", &path))?.len();
        let kept = if size >= objects.large {
            kept_chunks(&path, digest).filter(|chunks| chunks.size == size)
        } else {
            None
        };
        let (chunks, whole) = match kept {
            Some(chunks) => (chunks, Some(Sha256::new())),
            None => {
                let (found, chunks) =
                    chunks::digest_all(&file).map_err(ObjectsError::io("read", &path))?;
                if found != digest {
                    return Err(ObjectsError::Corrupt { organisation, digest });
                }
                file.seek(SeekFrom::Start(0)).map_err(ObjectsError::io("read", &path))?;
                (chunks, None)
            }
        };
        Ok(Self {
            organisation,
            digest,
            file,
            chunks,
            whole,
            next: 0,
            piece: Vec::new(),
            given: 0,
            has_failed: false,
        })
    }

    /// The object's size in bytes.
    pub fn size(&self) -> u64 {
        self.chunks.size
    }

    /// Reads and checks the next piece; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(expected) = self.chunks.digests.get(self.next) else {
            return Ok(false);
        };
        self.piece.clear();
        self.given = 0;
        (&mut self.file).take(CHUNK as u64).read_to_end(&mut self.piece)?;
        if Digest::of(&self.piece) != *expected {
            return Err(self.corrupt());
        }
        self.next += 1;
        if let Some(whole) = &mut self.whole {
            whole.update(&self.piece);
            let is_last = self.next == self.chunks.digests.len();
            if is_last && whole.finalize_reset()[..] != self.digest.bytes()[..] {
                return Err(self.corrupt());
            }
        }
        Ok(true)
    }

    fn corrupt(&self) -> io::Error {
        let error = ObjectsError::Corrupt { organisation: self.organisation, digest: self.digest };
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.has_failed {
            return Err(self.corrupt());
        }
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.given == self.piece.len() {
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return Ok(0),
                Err(error) => {
                    self.piece.clear();
                    self.given = 0;
                    self.has_failed = true;
                    return Err(error);
                }
            }
        }
        let rest = &self.piece[self.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

fn kept_chunks(object: &Path, digest: Digest) -> Option<Chunks> {
    let mut text = String::new();
    folder::open_file(&chunks_path(object)).ok()?.take(64 << 20).read_to_string(&mut text).ok()?;
    Chunks::from_text(&text, digest)
}
