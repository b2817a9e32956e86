//! Whether what belongs together agrees: entries without a gap, bodies that fit their entries or are
//! counted as erased, checkpoints that the log's key signed over just these entries, keys that the
//! master key opens, and every object that a row names.
//!
//! Everything passes by once and in order, a piece at a time; what must be remembered is a hash for
//! each log, a line for each object, and a file of commitments.

use super::{BackupProblem, Known, cells::Columns, spool::Spool};
use crate::{MasterKey, ledger::unsealed};
use closedset_backup::LogLine;
use closedset_core::{
    Digest,
    entry::{Envelope, Log, commitment},
    id::{Id, Organisation},
};
use closedset_merkle::{
    Checkpoint, Frontier, Hash, SignedNote, TreeHead, TreeSize, VerifierKey, leaf_hash,
};
use closedset_store::portable::{Cells, Table};
use std::collections::{BTreeMap, BTreeSet};

/// No more faults are told one by one.
const FAULTS: usize = 20;

/// What was found in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examined {
    /// The logs.
    pub logs: Vec<LogExamined>,
    /// Entries of all logs.
    pub entries: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Objects.
    pub objects: u64,
    /// Bytes of all objects.
    pub object_bytes: u64,
}

/// A log that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogExamined {
    /// Which.
    pub log: Log,
    /// How many entries it has.
    pub entries: u64,
    /// How many of them are signed.
    pub signed: u64,
    /// Its verifier key, if it ever signed.
    pub key: Option<String>,
}

/// Takes everything as it passes by.
pub(super) struct Examination {
    logs: BTreeMap<Log, OneLog>,
    spool: Spool,
    /// Entries whose bodies did not come; erasures must account for them.
    bodiless: BTreeSet<(Log, u64)>,
    bodies_are_over: bool,
    packs: BTreeMap<String, Id<Organisation>>,
    /// Objects that rows name, with their sizes.
    named: BTreeMap<(Id<Organisation>, Digest), u64>,
    came: BTreeSet<(Id<Organisation>, Digest)>,
    known: Option<Known>,
    faults: Vec<String>,
    found: Examined,
}

/// A log while its entries pass by.
#[derive(Default)]
struct OneLog {
    is_row: bool,
    next: u64,
    frontier: Frontier,
    /// The roots at sizes that something else speaks of.
    roots: BTreeMap<u64, Option<Hash>>,
    checkpoint: Option<(Vec<u8>, TreeHead)>,
    built: Option<u64>,
    opened_at: Option<u64>,
    key: Option<VerifierKey>,
    sealed: Option<(String, Vec<u8>)>,
}

impl OneLog {
    fn want(&mut self, size: u64) {
        let is_now = self.frontier.size().0 == size;
        let root = is_now.then(|| self.frontier.root());
        self.roots.entry(size).or_insert(root);
    }

    fn root_at(&self, size: u64) -> Option<Hash> {
        self.roots.get(&size).copied().flatten()
    }
}

impl Examination {
    /// Begins with how far the trees are said to be built, and with what the receiver knows.
    pub(super) fn new(built: &[LogLine], known: Option<Known>) -> Result<Self, BackupProblem> {
        let mut logs: BTreeMap<Log, OneLog> = BTreeMap::new();
        for line in built {
            let log = logs.entry(line.log).or_default();
            log.built = Some(line.built);
            log.want(line.built);
        }
        if let Some(known) = &known {
            logs.entry(known.log).or_default().want(known.size);
        }
        Ok(Self {
            logs,
            spool: Spool::new()?,
            bodiless: BTreeSet::new(),
            bodies_are_over: false,
            packs: BTreeMap::new(),
            named: BTreeMap::new(),
            came: BTreeSet::new(),
            known,
            faults: Vec::new(),
            found: Examined::default(),
        })
    }

    /// Takes a log's checkpoint; they come before the rows.
    pub(super) fn checkpoint(&mut self, log: Log, note: Vec<u8>) {
        let parsed = SignedNote::parse(&note)
            .ok()
            .and_then(|signed| Checkpoint::parse(signed.text()).ok())
            .map(|checkpoint| *checkpoint.head());
        match parsed {
            Some(head) => {
                let one = self.logs.entry(log).or_default();
                one.want(head.size.0);
                one.checkpoint = Some((note, head));
            }
            None => self.fault(format!("the checkpoint of the log {log} is none")),
        }
    }

    /// Takes rows of a table.
    pub(super) fn rows(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        self.found.rows += rows.len() as u64;
        match table.name.as_str() {
            "log" => self.log_rows(table, rows),
            "entry" => self.entries(table, rows),
            "entry_body" => self.bodies(table, rows),
            "entry_erasure" => self.erasures(table, rows),
            "ledger_head" => self.heads(table, rows),
            "ledger_key" => self.keys(table, rows),
            "document_version" => self.documents(table, rows),
            "pack" => self.pack_rows(table, rows),
            "pack_file" => self.pack_files(table, rows),
            _ => Ok(()),
        }
    }

    /// The objects that rows name, in order, with their sizes; complete when all rows have passed.
    pub(super) fn named(&self) -> Vec<(Id<Organisation>, Digest, u64)> {
        self.named
            .iter()
            .map(|((organisation, digest), size)| (*organisation, *digest, *size))
            .collect()
    }

    /// How large all of them are together.
    pub(super) fn named_bytes(&self) -> u64 {
        self.named.values().sum()
    }

    /// Takes an object, of which this was found.
    pub(super) fn object(
        &mut self,
        organisation: Id<Organisation>,
        digest: Digest,
        (size, found): (u64, Digest),
    ) {
        let name = format!("the object {digest} of {organisation}");
        if found != digest {
            self.fault(format!("{name} is damaged: its bytes have the digest {found}"));
        }
        match self.named.get(&(organisation, digest)) {
            None => self.fault(format!("{name} is named by no row")),
            Some(named) if *named != size => {
                self.fault(format!("{name} has {size} bytes, and its row says {named}"));
            }
            Some(_) => {}
        }
        if !self.came.insert((organisation, digest)) {
            self.fault(format!("{name} comes twice"));
        }
        self.found.objects += 1;
        self.found.object_bytes += size;
    }

    /// Notes that an object which a row names cannot be had.
    pub(super) fn object_missing(
        &mut self,
        organisation: Id<Organisation>,
        digest: Digest,
        why: &dyn std::fmt::Display,
    ) {
        self.came.insert((organisation, digest));
        self.fault(format!("the object {digest} of {organisation} cannot be read: {why}"));
    }

    /// Says what was found, or what does not agree.
    pub(super) fn finish(mut self, master: Option<&MasterKey>) -> Result<Examined, BackupProblem> {
        self.end_bodies()?;
        let unaccounted: Vec<_> = std::mem::take(&mut self.bodiless).into_iter().collect();
        for (log, index) in unaccounted {
            self.fault(format!(
                "the body of entry {index} of the log {log} is missing without a tombstone"
            ));
        }
        let absent: Vec<_> =
            self.named.keys().filter(|key| !self.came.contains(key)).copied().collect();
        for (organisation, digest) in absent {
            self.fault(format!(
                "the object {digest} of {organisation}, which a row names, is missing"
            ));
        }
        let logs: Vec<Log> = self.logs.keys().copied().collect();
        for log in &logs {
            self.end_log(*log, master);
        }
        if self.faults.is_empty() {
            // Only a log that is whole can be held against what somebody knows.
            self.hold_against_known()?;
            return Ok(self.found);
        }
        let more = self.faults.len().saturating_sub(FAULTS);
        self.faults.truncate(FAULTS);
        if more > 0 {
            self.faults.push(format!("and {more} more"));
        }
        Err(BackupProblem::Faults(self.faults))
    }

    fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    fn log_rows(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["log", "next_index"])?;
        for row in rows {
            let log: Log = columns.parsed(row, 0, "a log")?;
            let one = self.logs.entry(log).or_default();
            one.is_row = true;
            one.next = columns.count(row, 1)?;
        }
        Ok(())
    }

    fn entries(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["log", "idx", "kind", "envelope"])?;
        for row in rows {
            let log: Log = columns.parsed(row, 0, "a log")?;
            let (index, bytes) = (columns.count(row, 1)?, columns.bytes(row, 3)?);
            let one = self.logs.entry(log).or_default();
            let wanted = one.frontier.size().0;
            one.frontier.append(leaf_hash(bytes));
            let size = one.frontier.size().0;
            if let Some(root) = one.roots.get_mut(&size) {
                *root = Some(one.frontier.root());
            }
            if columns.text(row, 2)? == "log.opened" && one.opened_at.is_none() {
                one.opened_at = Some(index);
            }
            if index != wanted {
                self.fault(format!("the log {log} has entry {index} where {wanted} is next"));
            }
            match Envelope::from_canonical(bytes) {
                Ok(envelope) => {
                    if envelope.log != log {
                        self.fault(format!(
                            "entry {index} of the log {log} is of {}",
                            envelope.log
                        ));
                    }
                    self.spool.add(log, envelope.body)?;
                }
                Err(error) => {
                    self.fault(format!("entry {index} of the log {log} is none: {error}"));
                    self.spool.add(log, Digest::of(b""))?;
                }
            }
            self.found.entries += 1;
        }
        Ok(())
    }

    fn bodies(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["log", "idx", "salt", "body"])?;
        for row in rows {
            let log: Log = columns.parsed(row, 0, "a log")?;
            let (index, body) = (columns.count(row, 1)?, columns.bytes(row, 3)?);
            let found = commitment(&columns.array(row, 2)?, body);
            loop {
                let Some(kept) = self.spool.next()? else {
                    self.fault(format!(
                        "entry {index} of the log {log} has a body and no envelope"
                    ));
                    break;
                };
                if (kept.log, kept.index) == (log, index) {
                    if kept.commitment != found {
                        self.fault(format!(
                            "the body of entry {index} of the log {log} was changed"
                        ));
                    }
                    break;
                }
                self.bodiless.insert((kept.log, kept.index));
            }
            if let Some(one) = self.logs.get_mut(&log)
                && one.opened_at == Some(index)
            {
                one.key = verifier_in(body);
            }
        }
        Ok(())
    }

    fn end_bodies(&mut self) -> Result<(), BackupProblem> {
        if !self.bodies_are_over {
            self.bodies_are_over = true;
            while let Some(kept) = self.spool.next()? {
                self.bodiless.insert((kept.log, kept.index));
            }
        }
        Ok(())
    }

    fn erasures(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        self.end_bodies()?;
        let columns = Columns::of(table, ["log", "idx"])?;
        for row in rows {
            let (log, index) = (columns.parsed(row, 0, "a log")?, columns.count(row, 1)?);
            if !self.bodiless.remove(&(log, index)) {
                self.fault(format!(
                    "the body of entry {index} of the log {log} is there but counted as erased"
                ));
            }
        }
        Ok(())
    }

    fn heads(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["log", "size", "root"])?;
        for row in rows {
            let log: Log = columns.parsed(row, 0, "a log")?;
            let (size, root) = (columns.count(row, 1)?, Hash::from_bytes(columns.array(row, 2)?));
            let one = self.logs.entry(log).or_default();
            let (built, found) = (one.built, one.root_at(size));
            if built != Some(size) || found != Some(root) {
                self.fault(format!(
                    "the tree that was built of the log {log} is not of its entries"
                ));
            }
        }
        Ok(())
    }

    fn keys(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["log", "name", "seed_sealed"])?;
        for row in rows {
            let log: Log = columns.parsed(row, 0, "a log")?;
            let sealed = (columns.text(row, 1)?.to_owned(), columns.bytes(row, 2)?.to_vec());
            self.logs.entry(log).or_default().sealed = Some(sealed);
        }
        Ok(())
    }

    fn documents(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["organisation", "digest", "size_bytes"])?;
        for row in rows {
            let organisation = columns.parsed(row, 0, "an id")?;
            let digest = Digest::from_bytes(columns.array(row, 1)?);
            self.named.insert((organisation, digest), columns.count(row, 2)?);
        }
        Ok(())
    }

    fn pack_rows(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["id", "organisation"])?;
        for row in rows {
            let organisation = columns.parsed(row, 1, "an id")?;
            self.packs.insert(columns.text(row, 0)?.to_owned(), organisation);
        }
        Ok(())
    }

    fn pack_files(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["pack", "digest", "size_bytes"])?;
        for row in rows {
            let pack = columns.text(row, 0)?;
            let digest = Digest::from_bytes(columns.array(row, 1)?);
            match self.packs.get(pack).copied() {
                Some(organisation) => {
                    self.named.insert((organisation, digest), columns.count(row, 2)?);
                }
                None => self.fault(format!("the file of the pack {pack} belongs to no pack")),
            }
        }
        Ok(())
    }

    fn end_log(&mut self, log: Log, master: Option<&MasterKey>) {
        let is_only_known = self.known.as_ref().is_some_and(|known| known.log == log);
        let mut faults = Vec::new();
        let Some(one) = self.logs.get_mut(&log) else { return };
        let entries = one.frontier.size().0;
        if !one.is_row {
            if !is_only_known || one.checkpoint.is_some() || entries > 0 {
                faults
                    .push(format!("a checkpoint or entries of the log {log}, which no row knows"));
            }
            self.faults.append(&mut faults);
            return;
        }
        if one.next != entries {
            faults
                .push(format!("the log {log} should have {} entries and has {entries}", one.next));
        }
        match (&one.sealed, master) {
            (Some(sealed), Some(master)) => match unsealed(master, log, sealed.clone()) {
                Ok(signer) => match &one.key {
                    None => one.key = Some(signer.verifier().clone()),
                    Some(key) if key == signer.verifier() => {}
                    Some(_) => faults.push(format!(
                        "the key of the log {log} is not the one that its entry names"
                    )),
                },
                Err(_) => faults.push(format!(
                    "the master key does not open the key of the log {log}: it is another installation's"
                )),
            },
            (None, _) if one.checkpoint.is_some() => {
                faults.push(format!("the log {log} was signed, and its key is missing"));
            }
            _ => {}
        }
        let mut signed = 0;
        match (&one.checkpoint, &one.key) {
            (Some((note, head)), Some(key)) => match Checkpoint::open(note, key, &[]) {
                Ok(_) if one.root_at(head.size.0) == Some(head.root) => signed = head.size.0,
                Ok(_) if head.size > TreeSize(entries) => faults.push(format!(
                    "the checkpoint of the log {log} covers {} entries, and there are {entries}: the \
                     database is older than it",
                    head.size
                )),
                Ok(_) => faults.push(format!(
                    "the first {} entries of the log {log} are not those that were signed",
                    head.size
                )),
                Err(error) => faults.push(format!(
                    "the checkpoint of the log {log} was not signed by its key ({error})"
                )),
            },
            (Some(_), None) => {
                faults.push(format!("the key that signed the log {log} is known from nowhere"));
            }
            (None, _) if one.built.is_some_and(|built| built > 0) => faults.push(format!(
                "{} entries of the log {log} were committed to, and the checkpoint over them is gone",
                one.built.unwrap_or(0)
            )),
            (None, _) => {}
        }
        let key = one.key.as_ref().map(ToString::to_string);
        self.found.logs.push(LogExamined { log, entries, signed, key });
        self.faults.append(&mut faults);
    }

    fn hold_against_known(&self) -> Result<(), BackupProblem> {
        let Some(known) = &self.known else { return Ok(()) };
        let log = known.log.to_string();
        let Some(one) = self.logs.get(&known.log).filter(|one| one.is_row) else {
            return Err(BackupProblem::Foreign { log });
        };
        if !one.key.as_ref().is_some_and(|key| known.is_signed_by(key)) {
            return Err(BackupProblem::Foreign { log });
        }
        let entries = one.frontier.size().0;
        match one.root_at(known.size) {
            Some(root) if root == known.root => Ok(()),
            None if known.size > entries => {
                Err(BackupProblem::Older { log, missing: known.size - entries })
            }
            _ => Err(BackupProblem::Forked { log, size: known.size }),
        }
    }
}

/// The key that the entry `log.opened` names.
fn verifier_in(body: &[u8]) -> Option<VerifierKey> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    body["verifier_key"].as_str()?.parse().ok()
}
