//! Digests of an object's pieces of one MiB, so that each piece can be checked before it is served.
//!
//! For large objects they are kept beside the object in a small text file: a label, the object's
//! digest, its size, then one digest a line.

use closedset_core::Digest;
use sha2::{Digest as _, Sha256};
use std::{fmt::Write as _, io, io::Read};

/// The size of a piece; the last one may be shorter.
pub(crate) const CHUNK: usize = 1 << 20;
const LABEL: &str = "closedset/object-chunks/v1";

/// The digests of an object's pieces.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Chunks {
    pub(crate) size: u64,
    pub(crate) digests: Vec<Digest>,
}

impl Chunks {
    /// The text kept beside the object `digest`.
    pub(crate) fn to_text(&self, digest: Digest) -> String {
        let mut text = format!("{LABEL}\n{digest}\n{}\n", self.size);
        for chunk in &self.digests {
            let _ = writeln!(text, "{chunk}");
        }
        text
    }

    /// Reads the text; none if it is not whole or speaks of another object.
    pub(crate) fn from_text(text: &str, digest: Digest) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next()? != LABEL || lines.next()?.parse() != Ok(digest) {
            return None;
        }
        let size: u64 = lines.next()?.parse().ok()?;
        let digests = lines.map(|line| line.parse().ok()).collect::<Option<Vec<Digest>>>()?;
        (digests.len() as u64 == size.div_ceil(CHUNK as u64)).then_some(Self { size, digests })
    }
}

/// Digests a stream as a whole and in pieces.
#[derive(Debug, Default)]
pub(crate) struct Hasher {
    whole: Sha256,
    chunk: Sha256,
    in_chunk: usize,
    chunks: Chunks,
}

impl Hasher {
    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        self.whole.update(bytes);
        self.chunks.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.in_chunk));
            self.chunk.update(now);
            self.in_chunk += now.len();
            bytes = later;
            if self.in_chunk == CHUNK {
                self.end_chunk();
            }
        }
    }

    /// The digest of everything, and of the pieces.
    pub(crate) fn finish(mut self) -> (Digest, Chunks) {
        if self.in_chunk > 0 {
            self.end_chunk();
        }
        (Digest::from_bytes(self.whole.finalize().into()), self.chunks)
    }

    fn end_chunk(&mut self) {
        let chunk = self.chunk.finalize_reset();
        self.chunks.digests.push(Digest::from_bytes(chunk.into()));
        self.in_chunk = 0;
    }
}

/// Digests all that `reader` has.
pub(crate) fn digest_all(mut reader: impl Read) -> io::Result<(Digest, Chunks)> {
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 1 << 17];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
