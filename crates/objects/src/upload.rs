//! Storing an object while it streams in.

use crate::{
    Objects, ObjectsError,
    chunks::Hasher,
    folder::{self, Unfinished},
    objects::{chunks_path, parent},
};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
};
use std::io::{BufWriter, Write};

/// An object on its way in. Dropping it removes what was written.
#[derive(Debug)]
pub struct Upload<'a> {
    objects: &'a Objects,
    organisation: Id<Organisation>,
    limit: u64,
    size: u64,
    hasher: Hasher,
    file: BufWriter<std::fs::File>,
    unfinished: Unfinished,
}

/// What was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The SHA-256 of its bytes, by which it is found.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

impl<'a> Upload<'a> {
    pub(crate) fn begin(
        objects: &'a Objects,
        organisation: Id<Organisation>,
        limit: u64,
    ) -> Result<Self, ObjectsError> {
        let unfinished = objects.folder().begin()?;
        let handle =
            unfinished.file.try_clone().map_err(ObjectsError::io("begin", unfinished.path()))?;
        Ok(Self {
            objects,
            organisation,
            limit,
            size: 0,
            hasher: Hasher::default(),
            file: BufWriter::with_capacity(1 << 18, handle),
            unfinished,
        })
    }

    /// Takes the next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), ObjectsError> {
        let size = self.size.saturating_add(bytes.len() as u64);
        if size > self.limit {
            return Err(ObjectsError::TooLarge { limit: self.limit });
        }
        self.file.write_all(bytes).map_err(ObjectsError::io("write", self.unfinished.path()))?;
        self.hasher.update(bytes);
        self.size = size;
        Ok(())
    }

    /// How many bytes were taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Makes the object durable under its digest. An object that was stored before is replaced by
    /// the same bytes, which mends it if it had rotted.
    pub fn finish(mut self) -> Result<Stored, ObjectsError> {
        self.file.flush().map_err(ObjectsError::io("write", self.unfinished.path()))?;
        let (digest, chunks) = self.hasher.finish();
        let path = self.objects.object_path(self.organisation, digest);
        let folder = self.objects.folder();
        // The pieces' digests go first: no large object is ever without them.
        if self.size >= self.objects.large {
            let text = chunks.to_text(digest);
            folder.write_unflushed(&chunks_path(&path), text.as_bytes())?;
        }
        folder.place_unflushed(self.unfinished, &path)?;
        folder::flush(parent(&path))?;
        Ok(Stored { digest, size: self.size })
    }

    /// Lets a test write to a device that is full.
    #[cfg(test)]
    pub(crate) fn write_into(&mut self, file: std::fs::File) {
        self.file = BufWriter::with_capacity(16, file);
    }
}
