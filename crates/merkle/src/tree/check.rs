//! Holding one file of a log against its root, before anybody builds on it or is given it.

use super::{Fault, Frontier, LeafIndex, TileReader, TreeError, TreeHead, hashes_of_tile};
use crate::{
    hash::{Hash, leaf_hash, perfect_root},
    tile::{Layer, TILE_WIDTH, TilePath, decode_bundle, tile_at},
};

/// Whether `bytes` are what the log with this head has at `path`: a tile or a bundle, also one as
/// narrow as it was in a smaller tree.
///
/// Reads one tile a level from there to the root. A path that the log does not have is
/// [`TreeError::OutsideTree`].
pub fn check_file<R: TileReader>(
    reader: &R,
    head: &TreeHead,
    path: TilePath,
    bytes: &[u8],
) -> Result<(), Fault<R::Error>> {
    let level = match path.layer() {
        Layer::Hashes(level) => level,
        Layer::Entries => 0,
    };
    let mut tile = tile_at(level, path.index(), head.size)
        .filter(|widest| path.width() <= widest.width())
        .ok_or(TreeError::OutsideTree {
            index: LeafIndex(path.index().saturating_mul(u64::from(TILE_WIDTH))),
            size: head.size,
        })?;
    let mut hashes = hashes_of_tile(reader, &tile)?;
    match path.layer() {
        Layer::Hashes(_) => {
            let begin: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
            if begin.get(..usize::from(path.width()) * Hash::LENGTH) != Some(bytes) {
                return Err(Fault::Tile { path, above: tile });
            }
        }
        Layer::Entries => check_bundle(path, bytes, tile, &hashes)?,
    }
    while tile.is_full()
        && let Layer::Hashes(level) = tile.layer()
        && let Some(above) = tile_at(level + 1, tile.index() / u64::from(TILE_WIDTH), head.size)
    {
        let place = (tile.index() % u64::from(TILE_WIDTH)) as usize;
        let hashes_above = hashes_of_tile(reader, &above)?;
        if hashes_above.get(place) != Some(&perfect_root(&hashes)) {
            return Err(Fault::Tile { path: tile, above });
        }
        (tile, hashes) = (above, hashes_above);
    }
    // Every hash of the partial tiles at the right edge goes into the root.
    let computed = Frontier::from_tiles(reader, head.size)?.root();
    if computed == head.root { Ok(()) } else { Err(Fault::Root { computed, expected: head.root }) }
}

fn check_bundle<E: std::error::Error + 'static>(
    bundle: TilePath,
    bytes: &[u8],
    tile: TilePath,
    leaves: &[Hash],
) -> Result<(), Fault<E>> {
    let entries = decode_bundle(bytes, bundle.width())
        .map_err(|source| TreeError::Bundle { path: bundle, source })?;
    match entries.iter().zip(leaves).position(|(entry, leaf)| leaf_hash(entry) != *leaf) {
        None => Ok(()),
        Some(wrong) => {
            let index = LeafIndex(bundle.index() * u64::from(TILE_WIDTH) + wrong as u64);
            Err(Fault::Entry { index, bundle, tile })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        tile::{bundles_of, grow, grow_bundles, tiles_of},
        tree::TreeSize,
    };
    use std::collections::BTreeMap;

    type Files = BTreeMap<TilePath, Vec<u8>>;

    /// A log of `size` entries, grown in steps so that narrow files of smaller trees lie there too.
    fn log(size: u64) -> (Files, TreeHead) {
        let mut files = Files::new();
        let mut frontier = Frontier::new();
        let mut old = 0;
        while old < size {
            let new = (old + 100).min(size);
            let entries: Vec<Vec<u8>> =
                (old..new).map(|index| format!("entry {index}").into_bytes()).collect();
            let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
            let mut grown = grow(&files, TreeSize(old), &leaves).unwrap();
            grown.extend(grow_bundles(&files, TreeSize(old), &entries).unwrap());
            files.extend(grown.into_iter().map(|file| (file.path, file.bytes)));
            frontier.extend(leaves);
            old = new;
        }
        (files, frontier.head())
    }

    #[test]
    fn every_file_fits_and_every_altered_one_does_not() {
        for size in [1, 100, 255, 256, 257, 700, 1024] {
            let (files, head) = log(size);
            assert!(files.len() as u64 > size / 256);
            for (path, bytes) in &files {
                check_file(&files, &head, *path, bytes).unwrap();
                let place = bytes.len() / 2;
                let mut altered = bytes.clone();
                altered[place] ^= 1;
                let mut damaged = files.clone();
                damaged.insert(*path, altered.clone());
                assert!(check_file(&damaged, &head, *path, &altered).is_err(), "{size}: {path}");
                assert!(check_file(&files, &head, *path, &bytes[..bytes.len() - 1]).is_err());
            }
        }
    }

    #[test]
    fn a_file_of_another_log_or_place_does_not_fit() {
        let (files, head) = log(700);
        let tile = |text: &str| text.parse::<TilePath>().unwrap();
        let first = &files[&tile("tile/0/000")];
        assert!(check_file(&files, &head, tile("tile/0/001"), first).is_err());
        assert!(check_file(&files, &head, tile("tile/0/003"), first).is_err());
        assert!(check_file(&files, &head, tile("tile/5/000"), first).is_err());
        let other = TreeHead { root: leaf_hash(b"other"), ..head };
        for path in tiles_of(head.size).chain(bundles_of(head.size)) {
            assert!(check_file(&files, &other, path, &files[&path]).is_err());
        }
    }

    #[test]
    fn a_damaged_tile_above_is_named() {
        let (mut files, head) = log(700);
        let above: TilePath = "tile/1/000.p/2".parse().unwrap();
        files.get_mut(&above).unwrap()[0] ^= 1;
        let path: TilePath = "tile/0/000".parse().unwrap();
        let fault = check_file(&files, &head, path, &files[&path]).unwrap_err();
        assert_eq!(fault.to_string(), "tile/0/000 does not fit tile/1/000.p/2");
    }
}
