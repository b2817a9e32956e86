//! Growing a log: the tiles and bundles to write when leaves are appended.
//!
//! Both functions are pure: the same old tiles and new leaves yield the same files, so a writer
//! that crashed may simply do it again.

use super::{BundleError, Layer, TILE_WIDTH, TilePath, bundle, layout};
use crate::{
    hash::{Hash, perfect_root},
    tree::{TileReader, TreeError, TreeSize, hashes_of_tile},
};

/// One file of a log: where it lies and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileFile {
    /// Its path below the log's prefix.
    pub path: TilePath,
    /// Its whole content.
    pub bytes: Vec<u8>,
}

/// Every tile to write, all levels, when `leaves` are appended to a tree of size `old`.
///
/// Reads from `reader` only the partial tiles at the right edge of the old tree, at most one a
/// level. Yields exactly the tiles of [`super::tiles_between`]; partial tiles of sizes in between
/// are left out.
pub fn grow<R: TileReader>(
    reader: &R,
    old: TreeSize,
    leaves: &[Hash],
) -> Result<Vec<TileFile>, TreeError<R::Error>> {
    let mut files = Vec::new();
    let mut appended = leaves.to_vec();
    let mut level = 0;
    grown_size(old, leaves.len())?;
    while !appended.is_empty() {
        let had = layout::level_count(old, level);
        let first = had / u64::from(TILE_WIDTH);
        let mut row = match layout::tile_at(level, first, old) {
            Some(partial) => hashes_of_tile(reader, &partial)?,
            None => Vec::new(),
        };
        row.append(&mut appended);
        for (index, hashes) in (first..).zip(row.chunks(usize::from(TILE_WIDTH))) {
            let path = TilePath::of(Layer::Hashes(level), index, hashes.len() as u16);
            if path.is_full() {
                appended.push(perfect_root(hashes));
            }
            let bytes = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
            files.push(TileFile { path, bytes });
        }
        level += 1;
    }
    Ok(files)
}

/// Every entry bundle to write when `entries` are appended to a log of size `old`.
///
/// Reads from `reader` only the partial bundle at the end of the old log, if there is one.
pub fn grow_bundles<R: TileReader, T: AsRef<[u8]>>(
    reader: &R,
    old: TreeSize,
    entries: &[T],
) -> Result<Vec<TileFile>, TreeError<R::Error>> {
    grown_size(old, entries.len())?;
    let first = old.0 / u64::from(TILE_WIDTH);
    let (mut bytes, mut width) = match layout::bundle_at(first, old) {
        Some(partial) if !entries.is_empty() => (read_bundle(reader, &partial)?, partial.width()),
        _ => (Vec::new(), 0),
    };
    let mut files = Vec::new();
    let mut index = first;
    for (at, entry) in entries.iter().enumerate() {
        let path = TilePath::of(Layer::Entries, index, width + 1);
        bundle::append_entry(&mut bytes, at, entry.as_ref())
            .map_err(|source| TreeError::Bundle { path, source })?;
        width += 1;
        if path.is_full() || at + 1 == entries.len() {
            files.push(TileFile { path, bytes: std::mem::take(&mut bytes) });
            index += 1;
            width = 0;
        }
    }
    Ok(files)
}

fn read_bundle<R: TileReader>(reader: &R, path: &TilePath) -> Result<Vec<u8>, TreeError<R::Error>> {
    let read = reader.tile(path);
    let bytes = read.map_err(|source| TreeError::Read { path: *path, source })?;
    let checked = super::decode_bundle(&bytes, path.width());
    checked.map_err(|source: BundleError| TreeError::Bundle { path: *path, source })?;
    Ok(bytes)
}

fn grown_size<E: std::error::Error + 'static>(
    old: TreeSize,
    appended: usize,
) -> Result<TreeSize, TreeError<E>> {
    let grown = u64::try_from(appended).ok().and_then(|appended| old.0.checked_add(appended));
    grown.map(TreeSize).ok_or(TreeError::TooLarge { size: old })
}

#[cfg(test)]
mod tests;
