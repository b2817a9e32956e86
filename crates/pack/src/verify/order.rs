//! The order of the files. With it, every byte of the archive follows from what its files hold: headers
//! are a function of their file, nothing is compressed, and nothing stands between them. So no byte can
//! be another in a pack that verifies, but for signatures that others add to the checkpoint: those are
//! reported.

use super::{
    Finding, FindingKind::*, Report, checkpoint::Log, container::Contents, entries::Entries,
    manifest::Opened,
};
use crate::manifest::{CHECKPOINT, KEY, LEDGER, MANIFEST, entry_path, proof_path};
use closedset_merkle::tile::{bundles_of, tiles_of};

/// Compares the order with the one that the builder writes.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    (log, entries): (&Log, &Entries),
    report: &mut Report,
) {
    if !report.is_whole() {
        // Something is missing, is too much or could not be read, which was reported.
        return;
    }
    let size = log.head.size;
    let listed = opened.manifest.files.iter().map(|file| file.path.clone());
    let first = [MANIFEST, CHECKPOINT, KEY].map(str::to_owned);
    let tiles = tiles_of(size).map(|path| format!("{LEDGER}{path}"));
    let bundles = bundles_of(size).map(|path| format!("{LEDGER}{path}"));
    let indexes = opened.manifest.entries.iter().copied().chain(entries.own());
    let entries = indexes.flat_map(|index| [entry_path(index), proof_path(index)]);
    let expected = listed.chain(first).chain(tiles).chain(bundles).chain(entries);
    let mut order = contents.order.iter();
    for path in expected {
        if order.next() != Some(&path) {
            let what = "it does not stand where packs have it: put together by another program";
            report.add(Finding::new(ForeignZip, path, what));
            return;
        }
    }
}
