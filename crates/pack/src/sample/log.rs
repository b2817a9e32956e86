//! A log in memory.

use crate::{EntryBody, LedgerEntry, verify::ERASED_KIND};
use closedset_core::{
    Randomness as _, Time, canonical,
    entry::{Envelope, Log, VERSION, VERSION_1, commitment, commitment_v1},
    id::{Id, Organisation},
    randomness::{Seeded, bytes},
};
use closedset_merkle::{
    Checkpoint, KeyName, SignerKey, TilePath, TreeSize, leaf_hash,
    tile::{grow, grow_bundles},
    tree::{TreeHead, root},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A log in memory, whose key is public.
#[derive(Debug, Clone)]
pub struct SampleLog {
    organisation: Id<Organisation>,
    origin: String,
    signer: SignerKey,
    entries: Vec<LedgerEntry>,
    tiles: BTreeMap<TilePath, Vec<u8>>,
    seed: u64,
    /// The version of entries that are recorded from now on.
    pub version: i64,
}

impl SampleLog {
    /// An empty log of an organisation.
    pub fn new(organisation: Id<Organisation>, seed: u8) -> Self {
        let origin = format!("closedset.example/{organisation}");
        let name = KeyName::new(&origin).expect("an origin is a key's name");
        Self {
            organisation,
            origin,
            signer: SignerKey::from_seed(name, &[seed; 32]),
            entries: Vec::new(),
            tiles: BTreeMap::new(),
            seed: u64::from(seed),
            version: VERSION,
        }
    }

    /// Signs from now on with another key of the same name.
    pub fn change_key(&mut self, seed: u8) {
        let name = self.signer.verifier().name().clone();
        self.signer = SignerKey::from_seed(name, &[seed; 32]);
    }

    /// Signs from now on under another name.
    pub fn change_origin(&mut self, origin: &str) {
        let name = KeyName::new(origin).expect("an origin is a key's name");
        self.signer = SignerKey::from_seed(name, &[7; 32]);
        self.origin = origin.to_owned();
    }

    /// The origin in its checkpoints.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its verifier key.
    pub fn key(&self) -> String {
        self.signer.verifier().to_string()
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Its tiles.
    pub fn tiles(&self) -> &BTreeMap<TilePath, Vec<u8>> {
        &self.tiles
    }

    /// Records an entry; yields its index.
    pub fn record(&mut self, kind: &str, body: &Value, at: Time) -> u64 {
        self.record_as(&subject_of(body), kind, body, at)
    }

    /// Records an entry about whom this pseudonym stands for; yields its index.
    pub fn record_as(&mut self, pseudonym: &str, kind: &str, body: &Value, at: Time) -> u64 {
        let index = self.size();
        let entry = self.make(index, pseudonym, kind, body, at);
        self.append(entry);
        index
    }

    /// Makes history anew with another entry of the same time at `index`: what no log in use can do.
    pub fn rewrite(&mut self, index: u64, kind: &str, body: &Value) {
        self.rewrite_at(index, kind, body, self.envelope(index).at);
    }

    /// The same with an entry of this time.
    pub fn rewrite_at(&mut self, index: u64, kind: &str, body: &Value, at: Time) {
        self.replace(index, &subject_of(body), kind, body, at);
    }

    /// The same under this pseudonym, with an entry of the same time.
    pub fn rewrite_as(&mut self, index: u64, pseudonym: &str, kind: &str, body: &Value) {
        self.replace(index, pseudonym, kind, body, self.envelope(index).at);
    }

    /// The same with every entry that `alter` says is to be another, each under its pseudonym and in the version that
    /// is recorded now.
    pub fn rewrite_each(&mut self, alter: impl Fn(u64, &str, &mut Value) -> bool) {
        let mut entries = std::mem::take(&mut self.entries);
        for entry in &mut entries {
            let Some(held) = &entry.body else { continue };
            let mut body: Value =
                serde_json::from_slice(&held.bytes).expect("samples are canonical");
            let envelope =
                Envelope::from_canonical(&entry.envelope).expect("samples are canonical");
            if alter(entry.index, &envelope.kind, &mut body) {
                *entry =
                    self.make(entry.index, &envelope.subject, &envelope.kind, &body, envelope.at);
            }
        }
        self.tiles.clear();
        entries.into_iter().for_each(|entry| self.append(entry));
    }

    fn replace(&mut self, index: u64, subject: &str, kind: &str, body: &Value, at: Time) {
        let mut entries = std::mem::take(&mut self.entries);
        entries[index as usize] = self.make(index, subject, kind, body, at);
        self.tiles.clear();
        entries.into_iter().for_each(|entry| self.append(entry));
    }

    fn make(&self, index: u64, subject: &str, kind: &str, body: &Value, at: Time) -> LedgerEntry {
        let randomness = Seeded::new(self.seed << 32 | index);
        let salt: [u8; 32] = bytes(&randomness);
        let mut id = [0; 16];
        randomness.fill(&mut id);
        let bytes = canonical::to_vec(body).expect("samples are canonical");
        let committed = match self.version {
            VERSION_1 => commitment_v1(&salt, &bytes),
            _ => commitment(&salt, body).expect("samples have fields"),
        };
        let envelope = Envelope {
            version: self.version,
            id: Id::from_bits(u128::from_be_bytes(id)),
            log: Log::Organisation(self.organisation),
            at,
            actor: "p-1".to_owned(),
            subject: subject.to_owned(),
            kind: kind.to_owned(),
            body: committed,
        };
        LedgerEntry {
            index,
            envelope: envelope.canonical().expect("samples are canonical"),
            body: Some(EntryBody { bytes, salt }),
        }
    }

    /// Appends an entry as it is.
    pub fn append(&mut self, entry: LedgerEntry) {
        let leaf = leaf_hash(&entry.envelope);
        let mut grown = grow(&self.tiles, TreeSize(self.size()), &[leaf])
            .expect("the tiles of a log in memory are whole");
        let bundles = grow_bundles(&self.tiles, TreeSize(self.size()), &[&entry.envelope])
            .expect("the bundles of a log in memory are whole");
        grown.extend(bundles);
        self.tiles.retain(|path, _| {
            !grown
                .iter()
                .any(|new| new.path.layer() == path.layer() && new.path.index() == path.index())
        });
        self.tiles.extend(grown.into_iter().map(|file| (file.path, file.bytes)));
        self.entries.push(entry);
    }

    /// The entry at `index`.
    pub fn entry(&self, index: u64) -> LedgerEntry {
        self.entries[index as usize].clone()
    }

    /// The envelope of the entry at `index`.
    pub fn envelope(&self, index: u64) -> Envelope {
        let bytes = &self.entries[index as usize].envelope;
        Envelope::from_canonical(bytes).expect("samples are canonical")
    }

    /// Erases an entry's body, and records that.
    pub fn erase(&mut self, index: u64) {
        self.entries[index as usize].body = None;
        let at = self.envelope(self.size() - 1).at;
        self.record(ERASED_KIND, &json!({ "index": index }), at);
    }

    /// The signed checkpoint.
    pub fn checkpoint(&self) -> Vec<u8> {
        let size = TreeSize(self.size());
        let root = root(&self.tiles, size).expect("the tiles of a log in memory are whole");
        self.sign_head(size.0, *root.as_bytes())
    }

    /// A checkpoint of any size and root, signed.
    pub fn sign_head(&self, size: u64, root: [u8; 32]) -> Vec<u8> {
        let head = TreeHead { size: TreeSize(size), root: root.into() };
        let checkpoint = Checkpoint::new(&self.origin, head).expect("an origin is an origin");
        checkpoint.sign(&self.signer).to_string().into_bytes()
    }
}

/// A pseudonym for what the body speaks of.
pub(super) fn subject_of(body: &Value) -> String {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let device = body.get("statement").and_then(|statement| statement.get("device"));
    let device = text(device).or_else(|| text(body.get("device")));
    let control = text(body.get("control"));
    let name = device
        .map(|id| format!("device:{id}"))
        .or_else(|| control.map(|id| format!("control:{id}")))
        .or_else(|| text(body.get("subject")));
    match name {
        Some(name) => format!("p-{}", closedset_core::Digest::of(name.as_bytes()).short()),
        None => "p-2".to_owned(),
    }
}
