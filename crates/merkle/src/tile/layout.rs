//! Which tiles and bundles a tree of some size has (c2sp.org/tlog-tiles, "Partial Tiles").

use super::{LEVELS, Layer, TILE_WIDTH, TilePath};
use crate::tree::TreeSize;

/// The tile at `index` of `level` in a tree of `size`; `None` where the tree has none.
pub fn tile_at(level: u8, index: u64, size: TreeSize) -> Option<TilePath> {
    at(Layer::Hashes(level), index, level_count(size, level))
}

/// The entry bundle at `index` in a log of `size`; `None` where the log has none.
pub fn bundle_at(index: u64, size: TreeSize) -> Option<TilePath> {
    at(Layer::Entries, index, size.0)
}

/// Every tile of a tree of `size`: level by level from the leaves, left to right.
pub fn tiles_of(size: TreeSize) -> impl Iterator<Item = TilePath> {
    tiles_between(TreeSize(0), size)
}

/// Every entry bundle of a log of `size`, from the left.
pub fn bundles_of(size: TreeSize) -> impl Iterator<Item = TilePath> {
    bundles_between(TreeSize(0), size)
}

/// The tiles that a tree of size `new` has and one of size `old` has not: new, or wider.
pub fn tiles_between(old: TreeSize, new: TreeSize) -> impl Iterator<Item = TilePath> {
    (0..LEVELS).flat_map(move |level| {
        let layer = Layer::Hashes(level);
        between(layer, level_count(old, level), level_count(new, level))
    })
}

/// The entry bundles that a log of size `new` has and one of size `old` has not.
pub fn bundles_between(old: TreeSize, new: TreeSize) -> impl Iterator<Item = TilePath> {
    between(Layer::Entries, old.0, new.0)
}

/// How many hashes stand at `level`: one for each 256^level leaves.
pub(crate) fn level_count(size: TreeSize, level: u8) -> u64 {
    size.0.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

fn between(layer: Layer, old: u64, new: u64) -> impl Iterator<Item = TilePath> {
    let width = u64::from(TILE_WIDTH);
    let first = old / width;
    let end = if new > old { new.div_ceil(width) } else { first };
    (first..end).filter_map(move |index| at(layer, index, new))
}

fn at(layer: Layer, index: u64, count: u64) -> Option<TilePath> {
    let full_tiles = count / u64::from(TILE_WIDTH);
    let rest = (count % u64::from(TILE_WIDTH)) as u16;
    if index < full_tiles {
        return Some(TilePath::of(layer, index, TILE_WIDTH));
    }
    (index == full_tiles && rest > 0).then(|| TilePath::of(layer, index, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn texts(paths: impl Iterator<Item = TilePath>) -> Vec<String> {
        paths.map(|path| path.to_string()).collect()
    }

    #[test]
    fn seventy_thousand_leaves_lie_as_the_specification_says() {
        let tiles: Vec<_> = tiles_of(TreeSize(70_000)).collect();
        let at_level = |level: u8| {
            let at_level = tiles.iter().filter(move |tile| tile.layer() == Layer::Hashes(level));
            at_level.collect::<Vec<_>>()
        };
        assert_eq!(at_level(0).len(), 274);
        assert!(at_level(0)[..273].iter().all(|tile| tile.is_full()));
        assert_eq!(at_level(0)[273].to_string(), "tile/0/273.p/112");
        assert_eq!(
            texts(tiles[274..].iter().copied()),
            ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
        );
        assert_eq!(bundles_of(TreeSize(70_000)).count(), 274);
        assert_eq!(bundle_at(273, TreeSize(70_000)).unwrap().to_string(), "tile/entries/273.p/112");
    }

    #[test]
    fn a_tree_of_256_has_a_full_tile_and_one_hash_above() {
        assert_eq!(texts(tiles_of(TreeSize(256))), ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(texts(tiles_of(TreeSize(0))), [""; 0]);
        assert_eq!(tile_at(0, 1, TreeSize(256)), None);
        assert_eq!(tile_at(63, 0, TreeSize(u64::MAX)), None);
        assert_eq!(tile_at(7, 0, TreeSize(u64::MAX)).unwrap().width(), 255);
    }

    #[test]
    fn what_is_between_is_the_difference_of_what_both_have() {
        for old in (0..1200).step_by(7).chain([255, 256, 257, 65_535, 65_536]) {
            for new in (old..old + 600).step_by(13).chain([old + 65_536]) {
                let had: BTreeSet<_> = tiles_of(TreeSize(old)).collect();
                let has: BTreeSet<_> = tiles_of(TreeSize(new)).collect();
                let between: BTreeSet<_> = tiles_between(TreeSize(old), TreeSize(new)).collect();
                assert_eq!(between, has.difference(&had).copied().collect(), "{old} to {new}");
            }
        }
        assert_eq!(tiles_between(TreeSize(9), TreeSize(3)).count(), 0);
    }
}
