//! Times the ledger's mathematics on a million entries:
//! `cargo run --release -p closedset-merkle --example million`

use closedset_merkle::{
    Frontier, LeafIndex, TreeSize, leaf_hash,
    tile::{grow, grow_bundles},
    tree::{audit, consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion},
};
use std::{
    collections::BTreeMap,
    error::Error,
    hint::black_box,
    io::{self, Write as _},
    time::Instant,
};

const MILLION: u64 = 1_000_000;
const PROOFS: u64 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let size = TreeSize(MILLION);
    let entries: Vec<_> = (0..MILLION).map(|index| format!("{index:0>200}")).collect();
    let leaves = timed("hash the leaves, 200 bytes each", || {
        entries.iter().map(|entry| leaf_hash(entry.as_bytes())).collect::<Vec<_>>()
    })?;
    let frontier = timed("append the leaves to a frontier", || {
        let mut frontier = Frontier::new();
        frontier.extend(leaves.iter().copied());
        frontier
    })?;
    let tiles = timed("make all tiles", || grow(&BTreeMap::new(), TreeSize(0), &leaves))??;
    let bundles = grow_bundles(&BTreeMap::new(), TreeSize(0), &entries)?;
    let files: BTreeMap<_, _> =
        tiles.into_iter().chain(bundles).map(|file| (file.path, file.bytes)).collect();
    let hashed = timed("the root from entry bundles", || Frontier::from_bundles(&files, size))??;
    assert_eq!(hashed, frontier);
    assert_eq!(timed("the root from tiles", || root(&files, size))??, frontier.root());

    let head = frontier.head();
    assert!(timed("audit every tile and entry", || audit(&files, &head))?.is_empty());
    let mut half = Frontier::new();
    half.extend(leaves[..MILLION as usize / 2 + 77].iter().copied());
    timed("prove and verify 1,000 inclusions", || {
        (0..PROOFS).try_for_each(|at| {
            let index = LeafIndex(at * (MILLION / PROOFS) + at % 997);
            let proof = inclusion_proof(&files, index, size)?;
            verify_inclusion(&head, (index, &leaves[index.0 as usize]), &proof)?;
            Ok::<_, Box<dyn Error>>(())
        })
    })??;
    timed("prove and verify 1,000 consistencies", || {
        (0..PROOFS).try_for_each(|_| {
            let proof = consistency_proof(&files, black_box(half.size()), size)?;
            verify_consistency(&half.head(), &head, &proof)?;
            Ok::<_, Box<dyn Error>>(())
        })
    })??;
    Ok(())
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> io::Result<T> {
    let start = Instant::now();
    let done = work();
    let took_ms = start.elapsed().as_secs_f64() * 1e3;
    writeln!(io::stdout(), "{took_ms:>8.1} ms  {what}")?;
    Ok(done)
}
