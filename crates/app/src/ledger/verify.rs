//! The whole log held against itself: entries, bodies, tiles, head and checkpoint; and the registers
//! against what it says of them.

use super::{
    DocumentKept, LogTiles, Registers,
    guard::{Verified, unsigned},
    integrate::{committed, entries_from},
    key::signer,
    tiles::sentence,
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::{Envelope, Log},
    id::{Document, Id},
};
use closedset_merkle::{
    Checkpoint, Frontier, TilePath, TileReader, TreeHead, TreeSize, leaf_hash,
    tile::{bundles_of, tiles_of},
    tree,
};
use closedset_store::{
    evidence::{self, AttestationRow, DocumentRow, VersionRow},
    exceptions::{self, ExceptionRow},
    frameworks::{self, ChoiceRow},
    ledger::{self, EntryColumns},
    own_checks::{self, OwnCheckRow, OwnVersionRow},
};
use std::collections::{BTreeMap, BTreeSet};

/// What was held against what, and what does not fit.
#[derive(Debug, Clone, Default)]
pub struct LedgerReport {
    /// Entries that were read.
    pub entries: u64,
    /// Bodies that fit their entries.
    pub bodies: u64,
    /// Bodies that were erased and are counted as such.
    pub tombstones: u64,
    /// Tiles and bundles that were read.
    pub tiles: u64,
    /// Entries that the signed checkpoint covers.
    pub signed: u64,
    /// What does not fit, each in a sentence; none if all does.
    pub faults: Vec<String>,
}

/// Verifies the caller's log.
pub async fn verify(app: &App, caller: &Caller) -> Result<LedgerReport, Problem> {
    caller.require(Action::LedgerRead)?;
    verify_log(app, Log::Organisation(caller.organisation)).await
}

/// Verifies a log, and remembers for the board how it stood.
pub(crate) async fn verify_log(app: &App, log: Log) -> Result<LedgerReport, Problem> {
    let report = report(app, log).await?;
    let is_whole = report.faults.is_empty();
    if !is_whole {
        tracing::error!(%log, faults = ?report.faults, "the ledger is not whole");
    }
    app.ledger_guard().set_verified(log, Verified { at: app.now(), is_whole });
    Ok(report)
}

async fn report(app: &App, log: Log) -> Result<LedgerReport, Problem> {
    let mut report = LedgerReport::default();
    let key = signer(app, log).await?;
    let signed = app.tiles().checkpoint(log)?;
    let signed = match signed.map(|note| Checkpoint::open(&note, key.verifier(), &[])) {
        None => None,
        Some(Ok(opened)) => Some(*opened.checkpoint.head()),
        Some(Err(error)) => {
            report.faults.push(format!("the checkpoint on disk is not valid: {error}"));
            None
        }
    };
    let kept = Kept::read(app, log).await?;
    let mut erasures = Erasures::default();
    let mut registers = Registers::default();
    let mut frontier = Frontier::default();
    let mut root_when_signed = signed.filter(|head| head.size.0 == 0).map(|_| frontier.root());
    loop {
        let from = frontier.head().size;
        let entries = entries_from(app, log, from).await?;
        if entries.is_empty() {
            break;
        }
        for (offset, entry) in (0u64..).zip(&entries) {
            let index = from.0 + offset;
            match Envelope::from_canonical(entry) {
                Ok(envelope) if envelope.log == log => {
                    // What was recorded since says nothing of the rows that were read.
                    let index = i64::try_from(index).unwrap_or(i64::MAX);
                    if index < kept.entries {
                        registers.entry(index, &envelope);
                    }
                }
                Ok(envelope) => {
                    report.faults.push(format!("entry {index} belongs to the log {}", envelope.log))
                }
                Err(error) => report.faults.push(format!("entry {index} is not an entry: {error}")),
            }
            frontier.append(leaf_hash(entry));
            if signed.is_some_and(|head| head.size == frontier.head().size) {
                root_when_signed = Some(frontier.root());
            }
        }
        let taking = Taking { erasures: &mut erasures, registers: &mut registers };
        bodies(app, log, (from, &entries), taking, &mut report).await?;
        report.entries += entries.len() as u64;
    }
    for index in erasures.done.difference(&erasures.told) {
        report.faults.push(format!("the body of entry {index} was erased, and no entry says so"));
    }
    kept.hold(registers, &mut report);
    if let Some(signed) = signed {
        report.signed = signed.size.0;
        match root_when_signed {
            None => report.faults.push(format!(
                "the checkpoint covers {} entries, the database holds {}",
                signed.size, report.entries
            )),
            Some(root) if root != signed.root => {
                report.faults.push(format!(
                    "the first {} entries are not those that were signed",
                    signed.size
                ));
            }
            Some(_) => {}
        }
        files(app, log, signed, &mut report);
    } else {
        let head = committed(app, log).await?.head();
        if head.size.0 > 0 && report.faults.is_empty() {
            report.faults.push(unsigned(log, head.size).sentence());
        }
    }
    Ok(report)
}

/// Which bodies were erased, and of which an entry says so.
#[derive(Debug, Default)]
struct Erasures {
    done: BTreeSet<u64>,
    told: BTreeSet<u64>,
}

/// The rows of an organisation's registers, read at once, and how many entries there were then.
#[derive(Default)]
struct Kept {
    entries: i64,
    documents: BTreeMap<Id<Document>, DocumentKept>,
    versions: Vec<(Id<Document>, VersionRow)>,
    attestations: Vec<AttestationRow>,
    exceptions: Vec<ExceptionRow>,
    own_checks: Vec<OwnCheckRow>,
    own_versions: Vec<OwnVersionRow>,
    choices: Vec<ChoiceRow>,
}

impl Kept {
    async fn read(app: &App, log: Log) -> Result<Self, Problem> {
        let Log::Organisation(organisation) = log else { return Ok(Self::default()) };
        app.store()
            .read(move |tx| -> Result<_, Problem> {
                let documents = evidence::document_list(tx, organisation, None, i64::MAX)?;
                let kept = |row: DocumentRow| DocumentKept {
                    id: row.id,
                    control: row.control,
                    title: row.title,
                    withdrawn_at: row.withdrawn_at,
                    withdrawn_entry: row.withdrawn_entry,
                };
                Ok(Self {
                    entries: ledger::entry_count(tx, log)?,
                    documents: documents.into_iter().map(|row| (row.id, kept(row))).collect(),
                    versions: evidence::document_version_list_of_organisation(tx, organisation)?,
                    attestations: evidence::attestation_list(tx, organisation, None, i64::MAX)?,
                    exceptions: exceptions::exception_list(tx, organisation, None, i64::MAX)?,
                    own_checks: own_checks::own_check_list(tx, organisation, None, i64::MAX)?,
                    own_versions: own_checks::own_check_versions(tx, organisation, None)?,
                    choices: frameworks::framework_choice_list(tx, organisation)?,
                })
            })
            .await
    }

    fn hold(&self, mut registers: Registers, report: &mut LedgerReport) {
        let faults = &mut report.faults;
        faults.extend(self.documents.values().filter_map(|row| registers.document(row)));
        for (document, row) in &self.versions {
            let document = self.documents.get(document);
            faults.extend(document.and_then(|document| registers.version(document, row)));
        }
        faults.extend(self.attestations.iter().filter_map(|row| registers.attestation(row)));
        faults.extend(self.exceptions.iter().filter_map(|row| registers.exception(row)));
        faults.extend(self.own_versions.iter().filter_map(|row| registers.own_version(row)));
        faults.extend(self.choices.iter().filter_map(|row| registers.choice(row)));
        for row in &self.own_checks {
            faults.extend(registers.own_check(row.newest.id, row.retired.as_ref()));
        }
        faults.extend(registers.finish());
    }
}

/// What is gathered of bodies while they pass by.
struct Taking<'t> {
    erasures: &'t mut Erasures,
    registers: &'t mut Registers,
}

/// Which columns of an entry say otherwise than its envelope: pages and answers are made from them.
fn other_columns(columns: &EntryColumns, envelope: &Envelope) -> Vec<&'static str> {
    let is_other = [
        ("id", columns.id != envelope.id),
        ("time", columns.at != envelope.at),
        ("kind", columns.kind != envelope.kind),
        ("actor", columns.actor != envelope.actor),
        ("subject", columns.subject != envelope.subject),
    ];
    is_other.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name).collect()
}

async fn bodies(
    app: &App,
    log: Log,
    (from, entries): (TreeSize, &[Vec<u8>]),
    Taking { erasures, registers }: Taking<'_>,
    report: &mut LedgerReport,
) -> Result<(), Problem> {
    let first = i64::try_from(from.0).unwrap_or(i64::MAX);
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let (kept, columns) = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let erased: BTreeSet<i64> = ledger::erasure_list(tx, log, first, i64::MAX)?
                .into_iter()
                .map(|(index, _)| index)
                .collect();
            let mut kept = Vec::new();
            for index in first..first + count {
                kept.push((ledger::entry_body_at(tx, log, index)?, erased.contains(&index)));
            }
            Ok((kept, ledger::entry_columns_from(tx, log, first, count)?))
        })
        .await?;
    let rows = entries.iter().zip(kept).zip(columns);
    for (index, ((entry, (body, is_erased)), columns)) in (from.0..).zip(rows) {
        let Ok(envelope) = Envelope::from_canonical(entry) else { continue };
        let others = other_columns(&columns, &envelope);
        if !others.is_empty() {
            let others = others.join(", ");
            report.faults.push(format!(
                "entry {index} is kept with another {others} than it was recorded with"
            ));
        }
        if is_erased {
            erasures.done.insert(index);
        }
        match (body, is_erased) {
            (Some(body), false) if envelope.commitment().is_to(&body.salt, &body.body) => {
                report.bodies += 1;
                registers.body(i64::try_from(index).unwrap_or(i64::MAX), &body.body);
                if envelope.kind == "entry.erased" {
                    erasures.told.extend(erased_by(&body.body));
                }
            }
            (Some(_), false) => {
                report.faults.push(format!("the body of entry {index} was changed"))
            }
            (None, true) => report.tombstones += 1,
            (None, false) => report
                .faults
                .push(format!("the body of entry {index} is missing without a tombstone")),
            (Some(_), true) => report
                .faults
                .push(format!("the body of entry {index} is there but counted as erased")),
        }
    }
    Ok(())
}

/// Of which entry a body says that its own was erased.
fn erased_by(body: &[u8]) -> Option<u64> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    body.get("index")?.as_u64()
}

fn files(app: &App, log: Log, head: TreeHead, report: &mut LedgerReport) {
    let reader = LogTiles { app, log };
    report.faults.extend(tree::audit(&reader, &head).iter().map(sentence));
    let is_there = |path: &TilePath| reader.tile(path).is_ok();
    let count = tiles_of(head.size).chain(bundles_of(head.size)).filter(is_there).count();
    report.tiles = count as u64;
}
