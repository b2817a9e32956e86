use super::*;
use crate::{
    hash::leaf_hash,
    tile::{bundles_of, tiles_between, tiles_of},
};
use std::collections::BTreeMap;

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn leaves(from: u64, to: u64) -> Vec<Hash> {
    (from..to).map(|index| leaf_hash(&entry(index))).collect()
}

fn entries(from: u64, to: u64) -> Vec<Vec<u8>> {
    (from..to).map(entry).collect()
}

fn at_once(size: u64) -> BTreeMap<TilePath, Vec<u8>> {
    let nothing = BTreeMap::new();
    let tiles = grow(&nothing, TreeSize(0), &leaves(0, size)).unwrap();
    let bundles = grow_bundles(&nothing, TreeSize(0), &entries(0, size)).unwrap();
    tiles.into_iter().chain(bundles).map(|file| (file.path, file.bytes)).collect()
}

#[test]
fn a_tree_grown_in_steps_is_the_tree_written_at_once() {
    let whole = at_once(70_000);
    for steps in [
        vec![1, 255, 256, 257, 511, 512, 513, 1000],
        vec![300, 65_535, 65_536, 65_537, 70_000],
        vec![256, 512, 65_536, 65_792],
    ] {
        let mut files = BTreeMap::new();
        let mut old = 0;
        for new in steps {
            let tiles = grow(&files, TreeSize(old), &leaves(old, new)).unwrap();
            let paths: Vec<_> = tiles.iter().map(|file| file.path).collect();
            let expected: Vec<_> = tiles_between(TreeSize(old), TreeSize(new)).collect();
            assert_eq!(paths, expected, "{old} to {new}");
            let bundles = grow_bundles(&files, TreeSize(old), &entries(old, new)).unwrap();
            files.extend(tiles.into_iter().chain(bundles).map(|file| (file.path, file.bytes)));
            old = new;
            for path in tiles_of(TreeSize(new)).chain(bundles_of(TreeSize(new))) {
                let longest = &whole.iter().find(|(other, _)| {
                    other.layer() == path.layer()
                        && other.index() == path.index()
                        && other.width() >= path.width()
                });
                let (_, longest) = longest.unwrap();
                assert!(longest.starts_with(&files[&path]), "{path} of {new}");
                if path.is_full() {
                    assert_eq!(longest.len(), files[&path].len());
                }
            }
        }
    }
}

#[test]
fn growing_by_nothing_writes_nothing_and_reads_nothing() {
    let nothing = BTreeMap::new();
    assert_eq!(grow(&nothing, TreeSize(100), &[]).unwrap(), []);
    assert_eq!(grow_bundles::<_, &[u8]>(&nothing, TreeSize(100), &[]).unwrap(), []);
}

#[test]
fn a_missing_or_cut_old_tile_is_named() {
    let mut files = at_once(300);
    let path: TilePath = "tile/0/001.p/44".parse().unwrap();
    let bundle: TilePath = "tile/entries/001.p/44".parse().unwrap();
    files.get_mut(&path).unwrap().pop();
    let error = grow(&files, TreeSize(300), &leaves(300, 301)).unwrap_err();
    assert_eq!(error.to_string(), "tile/0/001.p/44 has 1407 bytes, 1408 are wanted");
    files.remove(&path);
    let error = grow(&files, TreeSize(300), &leaves(300, 301)).unwrap_err();
    assert_eq!(error.to_string(), "cannot read tile/0/001.p/44");
    files.get_mut(&bundle).unwrap().pop();
    let error = grow_bundles(&files, TreeSize(300), &entries(300, 301)).unwrap_err();
    assert_eq!(error.to_string(), "tile/entries/001.p/44 is not a valid entry bundle");
}

#[test]
fn an_entry_too_long_and_a_tree_too_large_are_refused() {
    let nothing = BTreeMap::new();
    let error = grow_bundles(&nothing, TreeSize(0), &[vec![], vec![0; 65_536]]).unwrap_err();
    assert!(matches!(
        error,
        TreeError::Bundle { source: BundleError::EntryTooLong { entry: 1, .. }, .. }
    ));
    let error = grow(&nothing, TreeSize(u64::MAX), &leaves(0, 1)).unwrap_err();
    assert!(matches!(error, TreeError::TooLarge { .. }));
}
