//! Adding the ledger's part: whatever is given is checked, so that a pack that could not be verified
//! is never handed out.

use super::{SealedPack, check_size, check_trees};
use crate::{
    PackError,
    entry_file::{EntryFault, EntryFile, LedgerEntry, OpenedEntry},
    manifest::{CHECKPOINT, CREATED_KIND, KEY, LEDGER, entry_path, proof_path},
    without_names::is_of_people,
};
use closedset_core::{
    canonical,
    entry::{Envelope, Log},
};
use closedset_merkle::{
    Checkpoint, LeafIndex, Proof, SignedNote, TilePath, TileReader, VerifierKey, leaf_hash,
    proof::FILE_EXTENSION,
    tile::{bundles_of, tiles_of},
    tree::{TreeHead, check_file, inclusion_proof, root, verify_inclusion},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Seek, Write},
};

/// The ledger as it stands after `pack.created` was recorded.
#[derive(Debug, Clone, Copy)]
pub struct LedgerInput<'a, R> {
    /// The signed checkpoint, with any cosignatures; it must cover `pack.created`.
    pub checkpoint: &'a [u8],
    /// Reads the log's tiles and bundles of entries.
    pub tiles: &'a R,
}

impl<W: Write + Seek> SealedPack<W> {
    /// Adds checkpoint, tiles, entries and proofs, and finishes the pack. `entries` are those of
    /// [`SealedPack::entries`] and that of `pack.created`, in any order.
    pub fn finish<R: TileReader>(
        mut self,
        ledger: LedgerInput<'_, R>,
        entries: impl IntoIterator<Item = LedgerEntry>,
    ) -> Result<W, PackError> {
        let key: VerifierKey = self.manifest.log.key.parse().map_err(ledger_error)?;
        let note = SignedNote::parse(ledger.checkpoint).map_err(ledger_error)?;
        let opened = Checkpoint::open_note(&note, &key, &[]).map_err(ledger_error)?;
        let head = *opened.checkpoint.head();
        self.add(CHECKPOINT, note.to_string().as_bytes())?;
        self.add(KEY, format!("{key}\n").as_bytes())?;
        let tiles = self.add_tiles(&head, ledger.tiles)?;

        let wanted: BTreeSet<u64> = self.manifest.entries.iter().copied().collect();
        let mut given = BTreeMap::new();
        for entry in entries {
            if let Some(again) = given.insert(entry.index, entry) {
                return Err(PackError::EntryUnasked(again.index));
            }
        }
        if let Some(missing) = wanted.iter().find(|index| !given.contains_key(index)) {
            return Err(PackError::EntryMissing(*missing));
        }
        let mut own = None;
        for (index, entry) in given {
            if wanted.contains(&index) {
                self.add_entry(&entry, &head, &note, &tiles)?;
            } else if own.replace(entry).is_some() {
                return Err(PackError::EntryUnasked(index));
            }
        }
        let own = own.ok_or(PackError::NotRecorded)?;
        if !self.is_own_record(&self.open(&own)?) {
            return Err(PackError::EntryUnasked(own.index));
        }
        self.add_entry(&own, &head, &note, &tiles)?;
        self.zip.finish()
    }

    fn add_tiles<R: TileReader>(
        &mut self,
        head: &TreeHead,
        reader: &R,
    ) -> Result<BTreeMap<TilePath, Vec<u8>>, PackError> {
        let mut tiles = BTreeMap::new();
        for path in tiles_of(head.size) {
            let bytes = reader.tile(&path).map_err(ledger_error)?;
            self.add(&format!("{LEDGER}{path}"), &bytes)?;
            tiles.insert(path, bytes);
        }
        if root(&tiles, head.size).map_err(ledger_error)? != head.root {
            let what = "its tiles do not lead to the checkpoint's root";
            return Err(PackError::Ledger(what.to_owned()));
        }
        for path in bundles_of(head.size) {
            let bytes = reader.tile(&path).map_err(ledger_error)?;
            check_file(&tiles, head, path, &bytes).map_err(ledger_error)?;
            self.add(&format!("{LEDGER}{path}"), &bytes)?;
        }
        Ok(tiles)
    }

    fn add_entry(
        &mut self,
        entry: &LedgerEntry,
        head: &TreeHead,
        note: &SignedNote,
        tiles: &BTreeMap<TilePath, Vec<u8>>,
    ) -> Result<(), PackError> {
        let index = entry.index;
        let refused = |because: String| PackError::Entry { index, because };
        let leaf = LeafIndex(index);
        let hashes =
            inclusion_proof(tiles, leaf, head.size).map_err(|error| refused(error.to_string()))?;
        verify_inclusion(head, (leaf, &leaf_hash(&entry.envelope)), &hashes)
            .map_err(|error| refused(error.to_string()))?;
        let file = self.file(entry).map_err(|fault| refused(fault.to_string()))?;
        let bytes = canonical::to_vec(&file)
            .map_err(|source| PackError::Canonical { what: entry_path(index), source })?;
        let opened = file.open().map_err(|fault| refused(fault.to_string()))?;
        if opened.envelope.log != Log::Organisation(self.manifest.heading.organisation) {
            return Err(refused(format!("it is of the log {}", opened.envelope.log)));
        }
        if opened.is_erased != self.manifest.erased.binary_search(&index).is_ok() {
            return Err(refused("it must be listed as erased exactly if it was".to_owned()));
        }
        let proof = Proof { extra: None, index: leaf, hashes, checkpoint: note.clone() };
        debug_assert!(proof_path(index).ends_with(FILE_EXTENSION));
        check_size(&entry_path(index), &bytes)?;
        check_trees(&mut self.trees, &bytes)?;
        self.add(&entry_path(index), &bytes)?;
        self.add(&proof_path(index), proof.to_string().as_bytes())
    }

    /// The entry's file, as this pack shows it.
    fn file(&self, entry: &LedgerEntry) -> Result<EntryFile, EntryFault> {
        let envelope =
            Envelope::from_canonical(&entry.envelope).map_err(|_| EntryFault::Envelope)?;
        if self.manifest.heading.without_names || is_of_people(&envelope.kind) {
            EntryFile::without_names(entry)
        } else {
            EntryFile::new(entry)
        }
    }

    fn open(&self, entry: &LedgerEntry) -> Result<OpenedEntry, PackError> {
        let opened = self.file(entry).and_then(EntryFile::open);
        opened.map_err(|fault| PackError::Entry { index: entry.index, because: fault.to_string() })
    }

    /// Whether this is the entry that holds the manifest's digest.
    fn is_own_record(&self, entry: &OpenedEntry) -> bool {
        let body = entry.body.as_ref();
        let holds = |field: &str, value: String| {
            body.and_then(|body| body.get(field)?.as_str()) == Some(value.as_str())
        };
        entry.envelope.kind == CREATED_KIND
            && holds("pack", self.manifest.heading.pack.to_string())
            && holds("manifest", self.digest.to_string())
    }

    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), PackError> {
        self.zip.add(path, &mut &bytes[..]).map(|_| ())
    }
}

fn ledger_error(error: impl std::error::Error) -> PackError {
    PackError::Ledger(error.to_string())
}
