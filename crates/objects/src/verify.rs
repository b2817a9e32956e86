//! Reading everything that is kept, to find what has rotted before somebody needs it.

use crate::{
    Objects, ObjectsError,
    chunks::{self, Chunks},
    folder,
    objects::chunks_path,
};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Objects read.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Of the objects read, those found broken.
    pub broken: u64,
}

/// An object that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Whose it is.
    pub organisation: Id<Organisation>,
    /// Which one.
    pub digest: Digest,
    /// What is wrong, in words.
    pub because: String,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Objects read.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Those that are broken, in the order of their paths.
    pub broken: Vec<Broken>,
    /// Files in the folder that nothing here put there.
    pub foreign: Vec<PathBuf>,
}

pub(crate) fn verify_all(
    objects: &Objects,
    progress: &mut dyn FnMut(Progress),
) -> Result<VerifyReport, ObjectsError> {
    let mut report = VerifyReport { objects: 0, bytes: 0, broken: Vec::new(), foreign: Vec::new() };
    for organisation_folder in list(objects.folder().root())? {
        let Some(organisation) = organisation_of(&organisation_folder) else {
            continue;
        };
        for shelf in list(&organisation_folder)? {
            if !shelf.is_dir() {
                report.foreign.push(shelf);
                continue;
            }
            for path in list(&shelf)? {
                if path.extension().is_some_and(|kind| kind == "chunks") {
                    if !path.with_extension("").exists() {
                        report.foreign.push(path);
                    }
                    continue;
                }
                let Some(digest) = digest_of(&path) else {
                    report.foreign.push(path);
                    continue;
                };
                verify_one(objects, organisation, digest, &path, &mut report);
                progress(Progress {
                    objects: report.objects,
                    bytes: report.bytes,
                    broken: report.broken.len() as u64,
                });
            }
        }
    }
    Ok(report)
}

fn verify_one(
    objects: &Objects,
    organisation: Id<Organisation>,
    digest: Digest,
    path: &Path,
    report: &mut VerifyReport,
) {
    report.objects += 1;
    let because = match folder::open_file(path).and_then(chunks::digest_all) {
        Ok((found, chunks)) => {
            report.bytes += chunks.size;
            if found != digest {
                Some(format!("its bytes have the digest {found}"))
            } else if chunks.size >= objects.large && !has_chunks(path, digest, &chunks) {
                Some("the digests of its pieces are missing or wrong; the object is whole".into())
            } else {
                None
            }
        }
        Err(error) => Some(format!("it cannot be read: {error}")),
    };
    if let Some(because) = because {
        report.broken.push(Broken { organisation, digest, because });
    }
}

fn has_chunks(path: &Path, digest: Digest, chunks: &Chunks) -> bool {
    fs::read_to_string(chunks_path(path))
        .ok()
        .and_then(|text| Chunks::from_text(&text, digest))
        .is_some_and(|kept| kept == *chunks)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, ObjectsError> {
    let mut paths = fs::read_dir(folder)
        .and_then(|entries| {
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
        })
        .map_err(ObjectsError::io("list", folder))?;
    paths.sort();
    Ok(paths)
}

fn organisation_of(folder: &Path) -> Option<Id<Organisation>> {
    folder.file_name()?.to_str()?.parse().ok()
}

fn digest_of(path: &Path) -> Option<Digest> {
    let rest = path.file_name()?.to_str()?;
    let first = path.parent()?.file_name()?.to_str()?;
    (first.len() == 2).then(|| format!("{first}{rest}").parse().ok()).flatten()
}
