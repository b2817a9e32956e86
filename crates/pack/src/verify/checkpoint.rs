//! The log's key, the signed checkpoint, and the tiles below it.

use super::{
    Finding, FindingKind::*, LogSeen, Report, VerifyOptions, container::Contents, manifest::Opened,
};
use crate::manifest::{CHECKPOINT, CREATED_KIND, KEY, LEDGER};
use closedset_core::Digest;
use closedset_merkle::{
    Checkpoint, CheckpointError, Frontier, Hash, Layer, NoteError, SignedNote, TilePath, TreeSize,
    VerifierKey,
    tile::{TILE_WIDTH, bundles_of, tile_at, tiles_of},
    tree::{TreeHead, root},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// A log whose checkpoint is signed by the key in the pack.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) note: SignedNote,
    pub(super) head: TreeHead,
    /// The leaves' hashes by tile; none if the tiles do not lead to the root.
    tiles: Option<BTreeMap<TilePath, Vec<u8>>>,
    /// The files of key, checkpoint and tiles.
    pub(super) paths: BTreeSet<String>,
}

impl Log {
    /// Whether the tiles lead to the root.
    pub(super) fn has_tiles(&self) -> bool {
        self.tiles.is_some()
    }

    /// The root that the log had when it was this large; none if it never was, or that is not known.
    pub(super) fn root_at(&self, size: u64) -> Option<Hash> {
        if size > self.head.size.0 {
            return None;
        }
        let mut tree = Frontier::new();
        for index in 0..size {
            tree.append(self.leaf(index)?);
        }
        Some(tree.root())
    }

    /// The hash that the log holds at `index`; none if that is not known.
    pub(super) fn leaf(&self, index: u64) -> Option<Hash> {
        let width = u64::from(TILE_WIDTH);
        let path = tile_at(0, index / width, self.head.size)?;
        let at = usize::try_from(index % width).ok()? * Hash::LENGTH;
        let bytes = self.tiles.as_ref()?.get(&path)?.get(at..at + Hash::LENGTH)?;
        Some(Hash::from_bytes(bytes.try_into().ok()?))
    }
}

/// Checks key, checkpoint and tiles; none if the checkpoint is not the log's.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    options: &VerifyOptions<'_>,
    report: &mut Report,
) -> Option<Log> {
    let key = check_key(contents, opened, options, report)?;
    let bytes = contents.demand(CHECKPOINT, "the log's checkpoint", report)?;
    let note = match SignedNote::parse(bytes) {
        Ok(note) if note.to_string().as_bytes() == bytes => note,
        _ => {
            let what = "it is not a signed checkpoint";
            report.add(Finding::new(Changed, CHECKPOINT, what));
            return None;
        }
    };
    let checkpoint = check_signatures(&note, &key, options, report)?;
    let name = &opened.manifest.log;
    if checkpoint.origin() != name.origin {
        let origin = checkpoint.origin();
        let what = format!("it is of the log {origin}, the pack of {}", name.origin);
        report.add(Finding::new(SplicedIn, CHECKPOINT, what));
        return None;
    }
    let mut log = Log {
        note,
        head: *checkpoint.head(),
        tiles: None,
        paths: BTreeSet::from([CHECKPOINT.to_owned(), KEY.to_owned()]),
    };
    if let Some(last) = last_entry(contents, opened)
        && last >= log.head.size.0
    {
        let size = log.head.size;
        let what = format!("it covers {size} entries; entry {last} of the pack stands after it");
        report.add(Finding::new(OlderCheckpoint, CHECKPOINT, what));
        return None;
    }
    log.tiles = check_tiles(contents, &log.head, &mut log.paths, report);
    if let Some(older) = &options.since {
        check_since(&log, older, report);
    }
    Some(log)
}

/// Whether the log continues the one that an older pack comes from.
fn check_since(log: &Log, older: &LogSeen, report: &mut Report) {
    let Some(seen) = report.log.as_ref() else { return };
    if seen.key != older.key || seen.origin != older.origin {
        let what =
            format!("the older pack comes from the log {}, of the key {}", older.origin, older.key);
        report.add(Finding::new(Forked, CHECKPOINT, what));
    } else if older.size > log.head.size.0 {
        let what = format!(
            "it covers {} entries, and the pack that is said to be older {}",
            log.head.size, older.size
        );
        report.add(Finding::new(OlderCheckpoint, CHECKPOINT, what));
    } else if log.has_tiles() {
        if log.root_at(older.size).map(|root| root.to_base64()).as_ref() == Some(&older.root) {
            report.continues = Some(older.size);
        } else {
            let what = format!(
                "its first {} entries are not those that the older pack's log had: this log has two \
                 histories",
                older.size
            );
            report.add(Finding::new(Forked, CHECKPOINT, what));
        }
    }
}

fn check_key(
    contents: &Contents,
    opened: &Opened,
    options: &VerifyOptions<'_>,
    report: &mut Report,
) -> Option<VerifierKey> {
    let bytes = contents.demand(KEY, "the log's key", report)?;
    let text = std::str::from_utf8(bytes).ok().and_then(|text| text.strip_suffix('\n'));
    let key: Option<VerifierKey> = text.and_then(|text| text.parse().ok());
    let Some(key) = key.filter(|key| Some(key.to_string().as_str()) == text) else {
        report.add(Finding::new(Changed, KEY, "it is not a verifier key"));
        return None;
    };
    if key.to_string() != opened.manifest.log.key {
        let what = "it is not the key that the manifest names";
        report.add(Finding::new(UnknownKey, KEY, what));
    }
    match &options.expected_key {
        None => {
            let what = format!(
                "the log's key has the fingerprint {}; it was not compared with a key known from \
                 elsewhere",
                fingerprint(&key)
            );
            report.add(Finding::new(KeyNotCompared, KEY, what));
        }
        Some(expected) if expected.trim() != key.to_string() => {
            let what = format!(
                "the log's key is {key}, with the fingerprint {}; expected was {}",
                fingerprint(&key),
                expected.trim()
            );
            report.add(Finding::new(UnknownKey, KEY, what));
        }
        Some(_) => {}
    }
    Some(key)
}

fn check_signatures(
    note: &SignedNote,
    key: &VerifierKey,
    options: &VerifyOptions<'_>,
    report: &mut Report,
) -> Option<Checkpoint> {
    let mut witnesses: Vec<VerifierKey> = Vec::new();
    for text in &options.witnesses {
        match text.trim().parse() {
            Ok(witness) => witnesses.push(witness),
            Err(error) => {
                let what = format!("the witness's key {text:?} cannot be used: {error}");
                report.add(Finding::new(UnknownKey, "", what));
            }
        }
    }
    let opened = match Checkpoint::open_note(note, key, &witnesses) {
        Ok(opened) => opened,
        Err(error) => {
            let (kind, what) = match &error {
                CheckpointError::NotSignedByLog(_) => {
                    (UnknownKey, format!("the log's key did not sign it: {error}"))
                }
                CheckpointError::Note(NoteError::WrongSignature { .. }) => {
                    (BadSignature, "a signature on it is wrong".to_owned())
                }
                CheckpointError::OtherOrigin { .. } => (SplicedIn, error.to_string()),
                _ => (Changed, error.to_string()),
            };
            report.add(Finding::new(kind, CHECKPOINT, what));
            return None;
        }
    };
    let checkpoint = opened.checkpoint;
    let seen = 1 + opened.cosignatures.len();
    let others = note.signatures().len().saturating_sub(seen) as u64;
    if others > 0 {
        let what = format!(
            "signatures of others than the log on it that were not checked: {others}; anybody may add \
             one"
        );
        report.add(Finding::new(UnknownSignature, CHECKPOINT, what));
    }
    report.log = Some(LogSeen {
        origin: checkpoint.origin().to_owned(),
        size: checkpoint.head().size.0,
        root: checkpoint.head().root.to_base64(),
        key: key.to_string(),
        key_fingerprint: fingerprint(key),
        key_was_compared: options.expected_key.is_some(),
        witnesses: opened
            .cosignatures
            .iter()
            .map(|signature| signature.key.name().to_string())
            .collect(),
        other_signatures: others,
    });
    Some(checkpoint)
}

/// The SHA-256 of a verifier key's text, for people to compare.
fn fingerprint(key: &VerifierKey) -> Digest {
    Digest::of(key.to_string().as_bytes())
}

/// The highest index of an entry in the pack.
fn last_entry(contents: &Contents, opened: &Opened) -> Option<u64> {
    let listed = opened.manifest.entries.last().copied();
    let own = contents
        .paths()
        .filter_map(super::entries::index_of)
        .filter(|index| opened.manifest.entries.binary_search(index).is_err())
        .filter(|index| {
            let path = crate::manifest::entry_path(*index);
            let entry = contents.bytes(&path).map(super::entries::open_quietly);
            entry.flatten().is_some_and(|entry| entry.envelope.kind == CREATED_KIND)
        })
        .max();
    listed.max(own)
}

fn check_tiles(
    contents: &Contents,
    head: &TreeHead,
    paths: &mut BTreeSet<String>,
    report: &mut Report,
) -> Option<BTreeMap<TilePath, Vec<u8>>> {
    // A size that no pack of this many files could have is not walked.
    if head.size.0 / u64::from(TILE_WIDTH) > contents.files.len() as u64 {
        let what = format!("the tiles of a log of {} entries are not all there", head.size);
        report.add(Finding::new(Removed, "ledger/tile", what));
        return None;
    }
    paths.extend(bundles_of(head.size).map(|path| format!("{LEDGER}{path}")));
    let mut tiles = BTreeMap::new();
    let mut is_whole = true;
    for path in tiles_of(head.size) {
        let name = format!("{LEDGER}{path}");
        let bytes = contents.demand(&name, "a tile of the log", report);
        paths.insert(name.clone());
        let length = usize::from(path.width()) * Hash::LENGTH;
        match bytes {
            Some(bytes) if bytes.len() == length => {
                tiles.insert(path, bytes.to_vec());
            }
            Some(_) => {
                report.add(Finding::new(Changed, name, "it is not as long as a tile of its width"));
                is_whole = false;
            }
            None => is_whole = false,
        }
    }
    if !is_whole {
        return None;
    }
    let read = RefCell::new(BTreeSet::new());
    let reader = |path: &TilePath| {
        read.borrow_mut().insert(*path);
        closedset_merkle::TileReader::tile(&tiles, path)
    };
    if root(&reader, head.size).ok() != Some(head.root) {
        let read = read.into_inner();
        let what = match read.len() {
            1 => "it does not lead to the checkpoint's root",
            _ => "it or another at the tree's right edge does not lead to the checkpoint's root",
        };
        for path in read {
            report.add(Finding::new(Changed, format!("{LEDGER}{path}"), what));
        }
        return None;
    }
    are_linked(&tiles, head.size, report).then_some(tiles)
}

/// Whether each full tile has the hash that stands for it in the tile above.
fn are_linked(tiles: &BTreeMap<TilePath, Vec<u8>>, size: TreeSize, report: &mut Report) -> bool {
    let mut is_linked = true;
    for (path, bytes) in tiles.iter().rev().filter(|(path, _)| path.is_full()) {
        let Layer::Hashes(level) = path.layer() else {
            continue;
        };
        let above = path.index() / u64::from(TILE_WIDTH);
        let at = (path.index() % u64::from(TILE_WIDTH)) as usize * Hash::LENGTH;
        let parent = tile_at(level + 1, above, size)
            .and_then(|parent| tiles.get(&parent)?.get(at..at + Hash::LENGTH));
        let mut tile = Frontier::new();
        let (hashes, _) = bytes.as_chunks::<{ Hash::LENGTH }>();
        tile.extend(hashes.iter().copied().map(Hash::from_bytes));
        if parent != Some(&tile.root().as_bytes()[..]) {
            let what = "it is not the tile that the one above it stands for";
            report.add(Finding::new(Changed, format!("{LEDGER}{path}"), what));
            is_linked = false;
        }
    }
    is_linked
}
