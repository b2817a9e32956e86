//! Whether what belongs together agrees: entries without a gap, bodies that fit their entries or are
//! counted as erased, checkpoints that the log's key signed over just these entries, keys that the
//! master key opens, and every object that a row names.
//!
//! Everything passes by once and in order, a piece at a time; what must be remembered is a hash for
//! each log, a line for each object, and a file of commitments.

use super::{
    BackupProblem, Known,
    cells::Columns,
    faults::{About, Faults},
    held::{Held, Key},
    registers::AllRegisters,
    spool::Spool,
};
use crate::{MasterKey, ledger::unsealed};
use closedset_backup::{Gap, GapReason, LogLine};
use closedset_core::{
    Digest,
    entry::{Commitment, DEMONSTRATION, Envelope, Log},
};
use closedset_merkle::{
    Checkpoint, Frontier, Hash, SignedNote, TreeHead, TreeSize, VerifierKey, leaf_hash,
};
use closedset_store::portable::{Cells, Table};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Objects that rows name and that were lost before.
    pub gaps: Vec<Gap>,
    /// Everything in it is invented, as the first entry of the installation's log says.
    pub is_demonstration: bool,
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
    held: Held,
    registers: AllRegisters,
    known: Option<Known>,
    /// The installation that is saved, or a backup.
    about: About,
    faults: Faults,
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
    /// Begins with how far the trees are said to be built, and with what the receiver knows; of an
    /// installation, or of a backup.
    pub(super) fn new(
        built: &[LogLine],
        known: Option<Known>,
        about: About,
    ) -> Result<Self, BackupProblem> {
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
            held: Held::default(),
            registers: AllRegisters::default(),
            known,
            about,
            faults: Faults::default(),
            found: Examined::default(),
        })
    }

    /// Takes a log's checkpoint; they come before the rows.
    pub(super) fn checkpoint(&mut self, log: Log, note: Vec<u8>) {
        match head_of(&note) {
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
        for fault in self.registers.rows(table, rows)? {
            self.fault(fault);
        }
        match table.name.as_str() {
            "log" => self.log_rows(table, rows),
            "entry" => self.entries(table, rows),
            "entry_body" => self.bodies(table, rows),
            "entry_erasure" => self.erasures(table, rows),
            "ledger_head" => self.heads(table, rows),
            "ledger_key" => self.keys(table, rows),
            "document" => self.held.documents(table, rows),
            "document_version" => self.held.versions(table, rows),
            "pack" => self.held.packs(table, rows),
            "pack_file" => {
                for fault in self.held.pack_files(table, rows)? {
                    self.fault(fault);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The objects that rows name, in order; complete when all rows have passed.
    pub(super) fn named(&self) -> Vec<Key> {
        self.held.keys()
    }

    /// How large all of them are together.
    pub(super) fn named_bytes(&self) -> u64 {
        self.held.bytes()
    }

    /// Takes an object, of which this was found.
    pub(super) fn object(&mut self, key: Key, (size, found): (u64, Digest)) {
        self.held.object(key, (size, found), self.about, &mut self.faults);
        self.found.objects += 1;
        self.found.object_bytes += size;
    }

    /// Notes that an object which a row names was lost, and that this is no reason to refuse all else.
    pub(super) fn gap(&mut self, key: Key, why: GapReason) {
        self.held.lost(key, why);
    }

    /// Takes what a backup says of its own gaps: each is named by a row, and is none that came.
    pub(super) fn told_gaps(&mut self, gaps: &[Gap]) {
        for gap in gaps {
            self.held.lost((gap.organisation, gap.digest), gap.why);
        }
        if self.held.gaps() != gaps || self.held.has_come_though_lost() {
            self.fault("what it says is missing in it is not what is missing".to_owned());
        }
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
        let about = if self.about == About::Backup { self.about } else { About::Objects };
        for fault in self.held.absent() {
            self.faults.add(about, fault);
        }
        for fault in std::mem::take(&mut self.registers).finish() {
            self.fault(fault);
        }
        let logs: Vec<Log> = self.logs.keys().copied().collect();
        for log in &logs {
            self.end_log(*log, master);
        }
        match std::mem::take(&mut self.faults).problem() {
            Some(problem) => Err(problem),
            None => {
                // Only a log that is whole can be held against what somebody knows.
                self.hold_against_known()?;
                self.found.gaps = self.held.gaps();
                Ok(self.found)
            }
        }
    }

    fn fault(&mut self, what: String) {
        self.faults.add(self.about, what);
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
                    self.found.is_demonstration |=
                        index == 0 && log == Log::Installation && envelope.kind == DEMONSTRATION;
                    if envelope.log != log {
                        self.fault(format!(
                            "entry {index} of the log {log} is of {}",
                            envelope.log
                        ));
                    }
                    self.registers.entry(log, index, &envelope);
                    self.spool.add(log, envelope.commitment())?;
                }
                Err(error) => {
                    self.fault(format!("entry {index} of the log {log} is none: {error}"));
                    self.spool.add(log, Commitment { version: 0, digest: Digest::of(b"") })?;
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
            let salt = columns.array(row, 2)?;
            loop {
                let Some(kept) = self.spool.next()? else {
                    self.fault(format!(
                        "entry {index} of the log {log} has a body and no envelope"
                    ));
                    break;
                };
                if (kept.log, kept.index) == (log, index) {
                    if kept.commitment.is_to(&salt, body) {
                        self.registers.body(log, index, body);
                    } else {
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
            faults.into_iter().for_each(|fault| self.fault(fault));
            return;
        }
        let (mut unsigned, mut key_faults) = (Vec::new(), Vec::new());
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
                Err(_) => key_faults.push(format!(
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
                Ok(_) if one.root_at(head.size.0) == Some(head.root) => {
                    signed = head.size.0;
                    let least = one.built.unwrap_or(0).max(u64::from(entries > 0));
                    if signed < least {
                        unsigned.push(format!(
                            "the checkpoint of the log {log} covers {signed} of {entries} entries, and \
                             {least} were committed to"
                        ));
                    }
                }
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
            (None, _) if entries > 0 || one.built.is_some_and(|built| built > 0) => {
                let entries = entries.max(one.built.unwrap_or(0));
                let what = format!("there are {entries} entries of the log {log}, and the checkpoint");
                match one.built {
                    None | Some(0) => unsigned.push(format!("{what} over them is not there")),
                    Some(_) => faults.push(format!("{what} that was signed over them is gone")),
                }
            }
            (None, _) => {}
        }
        let key = one.key.as_ref().map(ToString::to_string);
        self.found.logs.push(LogExamined { log, entries, signed, key });
        let is_backup = self.about == About::Backup;
        let unsigned_is = if is_backup { self.about } else { About::Unsigned };
        faults.into_iter().for_each(|fault| self.fault(fault));
        unsigned.into_iter().for_each(|fault| self.faults.add(unsigned_is, fault));
        key_faults.into_iter().for_each(|fault| self.faults.add(About::MasterKey, fault));
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

/// The head that a checkpoint speaks of, whoever signed it.
pub(super) fn head_of(note: &[u8]) -> Option<TreeHead> {
    let signed = SignedNote::parse(note).ok()?;
    Checkpoint::parse(signed.text()).ok().map(|checkpoint| *checkpoint.head())
}

/// The key that the entry `log.opened` names.
fn verifier_in(body: &[u8]) -> Option<VerifierKey> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    body["verifier_key"].as_str()?.parse().ok()
}
