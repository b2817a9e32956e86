//! Every envelope of the log, from the bundles of entries, each held against the tiles. They are
//! what nothing can be left out of: whatever an entry says, that it is there is known.

use super::{
    Finding, FindingKind::*, Report, checkpoint::Log, container::Contents, manifest::Opened,
};
use crate::manifest::LEDGER;
use closedset_core::entry::{self, Envelope};
use closedset_merkle::{
    TilePath, leaf_hash,
    tile::{TILE_WIDTH, bundles_of, decode_bundle},
};

/// Reads them all; none if one of them is missing or is not the log's.
pub(super) fn read(
    contents: &Contents,
    opened: &Opened,
    log: &Log,
    report: &mut Report,
) -> Option<Vec<Envelope>> {
    if !log.has_tiles() {
        return None;
    }
    let organisation = entry::Log::Organisation(opened.manifest.heading.organisation);
    let mut envelopes = Vec::new();
    let mut is_whole = true;
    for path in bundles_of(log.head.size) {
        let name = format!("{LEDGER}{path}");
        let bytes = contents.demand(&name, "a bundle of the log's entries", report);
        match bytes.map(|bytes| bundle(bytes, path, organisation, log)) {
            Some(Ok(list)) => envelopes.extend(list),
            Some(Err((kind, what))) => {
                report.add(Finding::new(kind, name, what));
                is_whole = false;
            }
            None => is_whole = false,
        }
    }
    is_whole.then_some(envelopes)
}

fn bundle(
    bytes: &[u8],
    path: TilePath,
    organisation: entry::Log,
    log: &Log,
) -> Result<Vec<Envelope>, (super::FindingKind, String)> {
    let entries =
        decode_bundle(bytes, path.width()).map_err(|error| (Changed, error.to_string()))?;
    let first = path.index() * u64::from(TILE_WIDTH);
    let mut envelopes = Vec::with_capacity(entries.len());
    for (index, entry) in (first..).zip(entries) {
        if log.leaf(index) != Some(leaf_hash(entry)) {
            return Err((
                Changed,
                format!("entry {index} in it is not the one that the log holds"),
            ));
        }
        let envelope = Envelope::from_canonical(entry).map_err(|_| {
            (Contradiction, format!("entry {index} in it is not an envelope in canonical form"))
        })?;
        if envelope.log != organisation {
            return Err((SplicedIn, format!("entry {index} in it is of the log {}", envelope.log)));
        }
        envelopes.push(envelope);
    }
    Ok(envelopes)
}
