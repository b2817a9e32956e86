//! The container: a small, strict subset of ZIP (APPNOTE 6.3.10).
//!
//! ZIP says most things twice and lets programs disagree about which copy counts; that is where
//! files hide. So a pack has exactly one spelling: files follow each other without a gap, every
//! header is a pure function of name, size and checksum, names are plain ASCII, nothing is compressed,
//! encrypted, linked or commented. The reader rebuilds each header and compares the bytes, and the
//! verifier demands the files in one order: so every byte of a pack follows from its files. Any common
//! unpacker opens it; only this writer writes it.

pub(crate) mod header;
pub(crate) mod name;
pub(crate) mod read;
pub(crate) mod stream;
pub(crate) mod write;

pub(crate) use read::Archive;
pub(crate) use write::ZipWriter;

#[cfg(test)]
mod tests;
