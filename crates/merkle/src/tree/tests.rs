use super::*;
use crate::{
    hash::{empty_root, leaf_hash, node_hash},
    tile::{TilePath, grow, grow_bundles},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Tiles = BTreeMap<TilePath, Vec<u8>>;

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|index| leaf_hash(&index.to_be_bytes())).collect()
}

fn tiles(leaves: &[Hash]) -> Tiles {
    let files = grow(&Tiles::new(), TreeSize(0), leaves).unwrap();
    files.into_iter().map(|file| (file.path, file.bytes)).collect()
}

/// The definitions of RFC 6962 section 2.1 word for word, to hold the rest against.
mod naive {
    use super::*;
    use std::{cell::RefCell, collections::HashMap};

    thread_local! {
        /// Each range's root is computed once; leaves are distinct, so first and last name a range.
        static ROOTS: RefCell<HashMap<(Hash, Hash, usize), Hash>> = RefCell::default();
    }

    fn k(n: usize) -> usize {
        let mut k = 1;
        while k * 2 < n {
            k *= 2;
        }
        k
    }

    pub fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            [first, .., last] => {
                let key = (*first, *last, leaves.len());
                if let Some(root) = ROOTS.with_borrow(|roots| roots.get(&key).copied()) {
                    return root;
                }
                let (left, right) = leaves.split_at(k(leaves.len()));
                let root = node_hash(&root(left), &root(right));
                ROOTS.with_borrow_mut(|roots| roots.insert(key, root));
                root
            }
        }
    }

    pub fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let k = k(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut path, sibling) =
            if m < k { (path(m, left), root(right)) } else { (path(m - k, right), root(left)) };
        path.push(sibling);
        path
    }

    pub fn consistency(m: usize, leaves: &[Hash]) -> Vec<Hash> {
        subproof(m, leaves, true)
    }

    fn subproof(m: usize, leaves: &[Hash], is_whole: bool) -> Vec<Hash> {
        if m == leaves.len() {
            return if is_whole { Vec::new() } else { vec![root(leaves)] };
        }
        let k = k(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut proof, sibling) = if m <= k {
            (subproof(m, left, is_whole), root(right))
        } else {
            (subproof(m - k, right, false), root(left))
        };
        proof.push(sibling);
        proof
    }
}

fn other(hash: &Hash) -> Hash {
    node_hash(hash, hash)
}

#[test]
fn every_inclusion_to_300_is_as_the_definition_says() {
    let leaves = leaves(300);
    for size in 0..=300 {
        let tree = &leaves[..size];
        let tiles = tiles(tree);
        let head = TreeHead { size: TreeSize(size as u64), root: naive::root(tree) };
        assert_eq!(root(&tiles, head.size).unwrap(), head.root);
        for (at, leaf) in tree.iter().enumerate() {
            let index = LeafIndex(at as u64);
            let proof = inclusion_proof(&tiles, index, head.size).unwrap();
            assert_eq!(proof, naive::path(at, tree), "{at} of {size}");
            verify_inclusion(&head, (index, leaf), &proof).unwrap();
            assert!(verify_inclusion(&head, (index, &other(leaf)), &proof).is_err());
            let next = LeafIndex((at as u64 + 1) % head.size.0);
            assert!(size == 1 || verify_inclusion(&head, (next, leaf), &proof).is_err());
        }
    }
}

#[test]
fn every_consistency_to_300_is_as_the_definition_says() {
    let leaves = leaves(300);
    let heads: Vec<_> = (0..=300)
        .map(|size| TreeHead { size: TreeSize(size as u64), root: naive::root(&leaves[..size]) })
        .collect();
    for (new_size, new) in heads.iter().enumerate() {
        let tiles = tiles(&leaves[..new_size]);
        for (old_size, old) in heads[..=new_size].iter().enumerate() {
            let proof = consistency_proof(&tiles, old.size, new.size).unwrap();
            if old_size > 0 {
                let expected = naive::consistency(old_size, &leaves[..new_size]);
                assert_eq!(proof, expected, "{old_size} to {new_size}");
            }
            verify_consistency(old, new, &proof).unwrap();
            let forged = TreeHead { root: other(&old.root), ..*old };
            assert!(verify_consistency(&forged, new, &proof).is_err());
            let forged = TreeHead { root: other(&new.root), ..*new };
            // Any root continues the empty tree.
            let is_proven = verify_consistency(old, &forged, &proof).is_ok();
            assert_eq!(is_proven, old_size == 0 && new_size > 0);
        }
    }
}

#[test]
fn a_proof_with_any_hash_changed_added_or_removed_is_refused() {
    let leaves = leaves(77);
    let tiles = tiles(&leaves);
    let head = TreeHead { size: TreeSize(77), root: naive::root(&leaves) };
    let old = TreeHead { size: TreeSize(45), root: naive::root(&leaves[..45]) };
    let (index, leaf) = (LeafIndex(76), &leaves[76]);
    let inclusion = inclusion_proof(&tiles, index, head.size).unwrap();
    let consistency = consistency_proof(&tiles, old.size, head.size).unwrap();
    for (proof, verify) in [
        (
            &inclusion,
            &(|proof: &[Hash]| verify_inclusion(&head, (index, leaf), proof))
                as &dyn Fn(&[Hash]) -> Result<(), VerifyError>,
        ),
        (&consistency, &|proof: &[Hash]| verify_consistency(&old, &head, proof)),
    ] {
        assert_eq!(verify(proof), Ok(()));
        let expected = proof.len();
        for at in 0..expected {
            let mut changed = proof.clone();
            changed[at] = other(&changed[at]);
            assert!(matches!(
                verify(&changed),
                Err(VerifyError::Root { .. } | VerifyError::OldRoot { .. })
            ));
            let mut shorter = proof.clone();
            shorter.remove(at);
            let length = VerifyError::Length { expected, found: expected - 1 };
            assert_eq!(verify(&shorter), Err(length));
        }
        let mut longer = proof.clone();
        longer.push(head.root);
        let length = VerifyError::Length { expected, found: expected + 1 };
        assert_eq!(verify(&longer), Err(length));
    }
}

#[test]
fn leaves_outside_and_trees_that_shrank_are_refused() {
    let leaves = leaves(5);
    let tiles = tiles(&leaves);
    let head = TreeHead { size: TreeSize(5), root: naive::root(&leaves) };
    let outside = LeafIndex(5);
    assert!(matches!(
        inclusion_proof(&tiles, outside, head.size),
        Err(TreeError::OutsideTree { .. })
    ));
    assert_eq!(
        verify_inclusion(&head, (outside, &leaves[0]), &[]),
        Err(VerifyError::OutsideTree { index: outside, size: head.size })
    );
    let smaller = TreeHead { size: TreeSize(4), root: naive::root(&leaves[..4]) };
    assert!(matches!(
        consistency_proof(&tiles, head.size, smaller.size),
        Err(TreeError::Shrunk { .. })
    ));
    assert!(matches!(verify_consistency(&head, &smaller, &[]), Err(VerifyError::Shrunk { .. })));
}

#[test]
fn trees_that_span_tiles_prove_with_few_reads() {
    let leaves = leaves(70_000);
    let tiles = tiles(&leaves);
    let head = TreeHead { size: TreeSize(70_000), root: naive::root(&leaves) };
    let reads = std::cell::Cell::new(0);
    let counting = |path: &TilePath| {
        reads.set(reads.get() + 1);
        tiles.get(path).cloned().ok_or(MissingTile(*path))
    };
    assert_eq!(root(&counting, head.size).unwrap(), head.root);
    assert_eq!(reads.take(), 3, "the right edge: one partial tile a level");
    for at in [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        let index = LeafIndex(at);
        let proof = inclusion_proof(&counting, index, head.size).unwrap();
        assert!(reads.take() <= 5);
        assert_eq!(proof, naive::path(at as usize, &leaves));
        verify_inclusion(&head, (index, &leaves[at as usize]), &proof).unwrap();
        let old = TreeHead { size: TreeSize(at), root: naive::root(&leaves[..at as usize]) };
        let proof = consistency_proof(&counting, old.size, head.size).unwrap();
        assert!(reads.take() <= 6);
        verify_consistency(&old, &head, &proof).unwrap();
    }
}

#[test]
fn a_missing_or_cut_tile_is_named() {
    let mut tiles = tiles(&leaves(300));
    let path: TilePath = "tile/0/001.p/44".parse().unwrap();
    tiles.get_mut(&path).unwrap().push(0);
    let error = root(&tiles, TreeSize(300)).unwrap_err();
    assert_eq!(error.to_string(), "tile/0/001.p/44 has 1409 bytes, 1408 are wanted");
    tiles.remove(&path);
    let error = root(&tiles, TreeSize(300)).unwrap_err();
    assert!(matches!(error, TreeError::Read { path: named, .. } if named == path));
}

#[test]
fn a_frontier_follows_the_tree_from_everywhere() {
    let leaves = leaves(600);
    let all = tiles(&leaves);
    let mut frontier = Frontier::new();
    for size in 0..=600u64 {
        let tree = &leaves[..size as usize];
        assert_eq!(frontier.head(), TreeHead { size: TreeSize(size), root: naive::root(tree) });
        assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Ok(frontier.clone()));
        let cut = |path: &TilePath| {
            let bytes = all.iter().find(|(longest, _)| {
                (longest.layer(), longest.index()) == (path.layer(), path.index())
            });
            let (_, bytes) = bytes.ok_or(MissingTile(*path))?;
            Ok::<_, MissingTile>(bytes[..usize::from(path.width()) * Hash::LENGTH].to_vec())
        };
        assert_eq!(Frontier::from_tiles(&cut, TreeSize(size)).unwrap(), frontier);
        frontier.extend(leaves.get(size as usize).copied());
    }
}

#[test]
fn a_frontier_is_hashed_anew_from_bundles() {
    let entries: Vec<_> = (0..1000u64).map(u64::to_be_bytes).collect();
    let files = grow_bundles(&Tiles::new(), TreeSize(0), &entries).unwrap();
    let mut bundles: Tiles = files.into_iter().map(|file| (file.path, file.bytes)).collect();
    let frontier = Frontier::from_bundles(&bundles, TreeSize(1000)).unwrap();
    assert_eq!(frontier.root(), naive::root(&leaves(1000)));
    bundles.values_mut().nth(1).unwrap().pop();
    let error = Frontier::from_bundles(&bundles, TreeSize(1000)).unwrap_err();
    assert_eq!(error.to_string(), "tile/entries/001 is not a valid entry bundle");
}

#[test]
fn bytes_that_are_no_frontier_are_refused() {
    let mut bytes = Frontier::new().to_bytes();
    assert_eq!(Frontier::from_bytes(&bytes[..7]), Err(FrontierError::NoSize));
    bytes.push(0);
    let length = FrontierError::Length { size: 0, expected: 8, found: 9 };
    assert_eq!(Frontier::from_bytes(&bytes), Err(length));
    let too_large = u64::MAX.to_be_bytes();
    assert_eq!(Frontier::from_bytes(&too_large), Err(FrontierError::TooLarge(u64::MAX)));
    let nothing = Tiles::new();
    let error = Frontier::from_tiles(&nothing, TreeSize(u64::MAX)).unwrap_err();
    assert!(matches!(error, TreeError::TooLarge { .. }));
}

proptest! {
    #[test]
    fn any_proof_is_judged_without_panic(
        index: u64, old: u64, new: u64,
        hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let hashes: Vec<_> = hashes.into_iter().map(Hash::from_bytes).collect();
        let root = empty_root();
        let (old, new) = (TreeHead { size: TreeSize(old), root }, TreeHead { size: TreeSize(new), root });
        prop_assert!(verify_inclusion(&new, (LeafIndex(index), &root), &hashes).is_err());
        prop_assert!(verify_consistency(&old, &new, &hashes).is_err());
    }

    #[test]
    fn a_proof_of_the_right_length_for_any_size_is_climbed_without_panic(old: u64, new: u64) {
        let root = empty_root();
        let (low, high) = (old.min(new), old.max(new));
        let (old, new) = (TreeHead { size: TreeSize(low), root }, TreeHead { size: TreeSize(high), root });
        for length in 0..=66 {
            let proof = vec![root; length];
            let _ = verify_inclusion(&new, (LeafIndex(low), &root), &proof);
            let _ = verify_consistency(&old, &new, &proof);
        }
    }

    #[test]
    fn any_bytes_are_read_as_a_frontier_without_panic(bytes: Vec<u8>) {
        if let Ok(mut frontier) = Frontier::from_bytes(&bytes) {
            prop_assert_eq!(frontier.to_bytes(), bytes);
            frontier.append(empty_root());
            let _ = frontier.root();
        }
    }

    #[test]
    fn any_tree_reads_only_tiles_it_has(size in 1u64.., at: u64, old: u64) {
        let size = TreeSize(size);
        let zeroes = |path: &TilePath| {
            assert_eq!(crate::tile::tile_at(level(path), path.index(), size), Some(*path));
            Ok::<_, MissingTile>(vec![0; usize::from(path.width()) * Hash::LENGTH])
        };
        root(&zeroes, size).unwrap();
        inclusion_proof(&zeroes, LeafIndex(at % size.0), size).unwrap();
        consistency_proof(&zeroes, TreeSize(old % size.0), size).unwrap();
    }
}

fn level(path: &TilePath) -> u8 {
    match path.layer() {
        crate::tile::Layer::Hashes(level) => level,
        crate::tile::Layer::Entries => panic!("proofs need no entries"),
    }
}

fn whole_log(size: u64) -> (Tiles, TreeHead) {
    let entries: Vec<_> = (0..size).map(u64::to_be_bytes).collect();
    let mut files = tiles(&leaves(size));
    let bundles = grow_bundles(&Tiles::new(), TreeSize(0), &entries).unwrap();
    files.extend(bundles.into_iter().map(|file| (file.path, file.bytes)));
    let head = Frontier::from_bundles(&files, TreeSize(size)).unwrap().head();
    (files, head)
}

#[test]
fn an_audit_finds_nothing_in_a_whole_log() {
    for size in [0, 1, 255, 256, 257, 65_536, 66_000] {
        let (files, head) = whole_log(size);
        assert!(audit(&files, &head).is_empty(), "{size}");
    }
}

#[test]
fn an_audit_names_every_file_that_was_changed_or_removed() {
    let (files, head) = whole_log(66_000);
    let paths: Vec<_> = files.keys().filter(|path| path.index() % 100 < 2).copied().collect();
    assert!(paths.len() > 9);
    for path in paths {
        let mut changed = files.clone();
        let bytes = changed.get_mut(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let faults: Vec<_> = audit(&changed, &head).iter().map(ToString::to_string).collect();
        let is_named = faults.iter().any(|fault| fault.contains(&path.to_string()));
        let is_edge = faults.iter().any(|fault| fault.contains("the tiles lead to root"));
        assert!(is_named || is_edge, "{path}: {faults:?}");
        let mut removed = files.clone();
        removed.remove(&path);
        let missing = format!("cannot read {path}");
        let faults = audit(&removed, &head);
        assert!(faults.iter().any(|fault| fault.to_string() == missing), "{path}: {faults:?}");
    }
}

#[test]
fn an_audit_says_which_entry_and_which_root() {
    let (mut files, head) = whole_log(300);
    let path: TilePath = "tile/entries/001.p/44".parse().unwrap();
    *files.get_mut(&path).unwrap().last_mut().unwrap() ^= 1;
    let faults: Vec<_> = audit(&files, &head).iter().map(ToString::to_string).collect();
    assert_eq!(faults, ["entry 299 in tile/entries/001.p/44 does not fit tile/0/001.p/44"]);
    let (files, _) = whole_log(300);
    let forged = TreeHead { root: other(&head.root), ..head };
    let faults = audit(&files, &forged);
    assert!(matches!(faults[..], [Fault::Root { computed, .. }] if computed == head.root));
}

#[test]
fn an_audit_of_a_vast_claim_ends() {
    let head = TreeHead { size: TreeSize(u64::MAX), root: empty_root() };
    assert_eq!(audit(&Tiles::new(), &head).len(), MAX_FAULTS);
}
