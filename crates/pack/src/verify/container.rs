//! Reading the container: every file is digested once, in order; lists, entries and proofs are held.

use super::{Finding, FindingKind::*, Report, VerifyOptions};
use crate::{
    manifest::LEDGER,
    spelling::{limit_of, tree_bytes},
    viewer::Excerpts,
    zip::{Archive, read::Trouble},
};
use closedset_core::Digest;
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read, Seek},
};

/// What was found in the container.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) files: BTreeMap<String, Seen>,
    /// Their names, in the order in which they stand.
    pub(super) order: Vec<String>,
    held: BTreeMap<String, Vec<u8>>,
    /// The beginnings of facts and attestations, for the page.
    pub(super) excerpts: Excerpts,
    /// Files that are there but could not be unpacked; this was reported already.
    broken: BTreeSet<String>,
}

/// What is known of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) size: u64,
    pub(super) digest: Digest,
}

impl Contents {
    /// The bytes of a file that is held.
    pub(super) fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.held.get(path).map(Vec::as_slice)
    }

    /// The bytes of a file that is held and has this digest; any other was reported.
    pub(super) fn whole(&self, path: &str, digest: Digest) -> Option<&[u8]> {
        self.files.get(path).filter(|seen| seen.digest == digest)?;
        self.bytes(path)
    }

    /// The paths of everything in the container, whole or broken.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        let whole = self.files.keys().map(String::as_str);
        whole.chain(self.broken.iter().map(String::as_str))
    }

    fn add_excerpt(&mut self, name: &str, digest: Digest, bytes: &[u8]) {
        if name.starts_with("facts/") {
            self.excerpts.add(digest, bytes);
        } else if let Ok(text) = std::str::from_utf8(bytes) {
            self.excerpts.add_text(digest, text);
        }
    }

    /// Whether the file is there but could not be unpacked.
    pub(super) fn is_broken(&self, path: &str) -> bool {
        self.broken.contains(path)
    }

    /// The bytes of a file that must be there; says so if it is not.
    pub(super) fn demand(&self, path: &str, what: &str, report: &mut Report) -> Option<&[u8]> {
        let bytes = self.bytes(path);
        if bytes.is_none() && !self.is_broken(path) {
            report.add(Finding::new(Removed, path, format!("{what} is not in the pack")));
        }
        bytes
    }
}

/// Reads the container; none if nothing in it can be trusted to be a file.
pub(super) fn read<R: Read + Seek>(
    reader: R,
    options: &VerifyOptions<'_>,
    report: &mut Report,
) -> io::Result<Option<Contents>> {
    let mut contents = Contents::default();
    let mut archive = match Archive::open(reader, &options.limits) {
        Ok(archive) => archive,
        Err(trouble) => return note(trouble, report).map(|()| None),
    };
    let total = archive.headers().len();
    contents.order = archive.headers().iter().map(|header| header.name.clone()).collect();
    let mut left_to_hold = options.limits.held_bytes;
    let mut left_for_trees = options.limits.tree_bytes;
    let mut too_large = Vec::new();
    let outcome = archive.for_each(|header, content| {
        let size = u64::from(header.size);
        let is_held = is_wanted(&header.name);
        let limit = options.limits.held_file_bytes.min(limit_of(&header.name));
        let has_room = size <= limit && size <= left_to_hold;
        if is_held && !has_room {
            too_large.push(header.name.clone());
        }
        // Until it is read to its end, it counts as broken.
        contents.broken.insert(header.name.clone());
        let (seen, bytes) = digest(content, is_held && has_room)?;
        contents.broken.remove(&header.name);
        contents.files.insert(header.name.clone(), seen);
        let tree = if is_tree(&header.name) { tree_bytes(&bytes) } else { 0 };
        let has_memory = tree <= left_for_trees;
        if !has_memory {
            too_large.push(header.name.clone());
        }
        if is_held && has_room && has_memory {
            left_for_trees -= tree;
            left_to_hold -= size;
            if is_excerpted(&header.name) {
                contents.add_excerpt(&header.name, seen.digest, &bytes);
            }
            contents.held.insert(header.name.clone(), bytes);
        }
        Ok(())
    });
    match outcome {
        Ok(findings) => findings.into_iter().for_each(|finding| report.add(finding)),
        Err(trouble) => return note(trouble, report).map(|()| None),
    }
    for name in too_large {
        report.add(Finding::new(TooLarge, name, "it is too large to be looked into"));
    }
    report.counts.files = total as u64;
    report.counts.bytes = contents.files.values().map(|seen| seen.size).sum();
    Ok(Some(contents))
}

fn is_excerpted(name: &str) -> bool {
    name.starts_with("facts/") || name.starts_with("attestations/")
}

/// Whether it is the manifest or a list.
fn is_list(name: &str) -> bool {
    !name.contains('/') && name.ends_with(".json")
}

/// Whether it is read into a tree, which takes many times its size in memory.
fn is_tree(name: &str) -> bool {
    name.starts_with("facts/") || name.starts_with("ledger/entries/")
}

fn is_wanted(name: &str) -> bool {
    is_list(name) || name.starts_with(LEDGER) || is_excerpted(name)
}

fn digest(content: &mut dyn Read, is_held: bool) -> io::Result<(Seen, Vec<u8>)> {
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut bytes = Vec::new();
    let mut buffer = [0; 1 << 15];
    loop {
        let count = match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&buffer[..count]);
        size += count as u64;
        if is_held {
            bytes.extend_from_slice(&buffer[..count]);
        }
    }
    let digest = Digest::from_bytes(hash.finalize().into());
    Ok((Seen { size, digest }, bytes))
}

fn note(trouble: Trouble, report: &mut Report) -> io::Result<()> {
    match trouble {
        Trouble::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            report.add(Finding::new(CutOff, "", "the file became shorter while it was read"));
            Ok(())
        }
        Trouble::Io(error) => Err(error),
        Trouble::Found(finding) => {
            report.add(finding);
            Ok(())
        }
    }
}
