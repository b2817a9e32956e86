//! The fork guard: a log goes on only from where it was last signed.
//!
//! The last signed checkpoint lies outside the database. If it covers entries that the database does
//! not have, or has otherwise, an older or another database was put in its place: going on would give
//! the log two histories, so nothing is served until the right database is back.

use super::{
    integrate::{committed, entries_from},
    key::{known, signer},
    tiles::{LogTiles, TileError},
};
use crate::{App, Problem};
use closedset_core::{
    Time,
    entry::{Envelope, Log},
};
use closedset_merkle::{
    Checkpoint, Frontier, SignerKey, TileReader, TreeError, TreeHead, TreeSize, leaf_hash,
    tile::{TILE_WIDTH, bundle_at, decode_bundle},
    tree,
};
use closedset_store::ledger;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// The entry that says that a log's rows were moved to another database.
pub(crate) const MOVED: &str = "log.moved";

/// Which logs are closed and why; and whose turn it is to integrate.
#[derive(Debug, Default)]
pub struct Guard {
    turn: tokio::sync::Mutex<()>,
    closed: Mutex<BTreeMap<Log, String>>,
    verified: Mutex<BTreeMap<Log, Verified>>,
}

/// When a log was last held against itself, and whether all of it fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// When.
    pub at: Time,
    /// Whether nothing was found.
    pub is_whole: bool,
}

impl Guard {
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    pub(super) fn close(&self, log: Log, why: &str) {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).insert(log, why.to_owned());
    }

    pub(super) fn require_open(&self, log: Log) -> Result<(), Problem> {
        match self.closed.lock().unwrap_or_else(PoisonError::into_inner).get(&log) {
            None => Ok(()),
            Some(why) => Err(Problem::LedgerClosed(why.clone())),
        }
    }

    pub(super) fn set_verified(&self, log: Log, verified: Verified) {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner).insert(log, verified);
    }

    pub(super) fn verified(&self, log: Log) -> Option<Verified> {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner).get(&log).copied()
    }

    pub(super) fn closed(&self) -> Option<String> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).values().next().cloned()
    }
}

/// Holds every log against its last signed checkpoint. Called once, before anything is served.
pub async fn open(app: &App) -> Result<(), Problem> {
    let logs = app.store().read(|tx| -> Result<_, Problem> { Ok(ledger::log_list(tx)?) }).await?;
    for log in app.tiles().logs()? {
        if !logs.contains(&log) {
            let why = format!(
                "a checkpoint of the log {log} was signed, but the database knows no such log: another database or an empty one is in its place"
            );
            app.ledger_guard().close(log, &why);
            return Err(Problem::LedgerClosed(why));
        }
    }
    // Before any key is made: those of one installation are sealed with one master key.
    for log in &logs {
        known(app, *log).await?;
    }
    for log in logs {
        if let Err(problem) = hold(app, log).await {
            if let Problem::LedgerClosed(why) = &problem {
                app.ledger_guard().close(log, why);
            }
            return Err(problem);
        }
    }
    Ok(())
}

/// The head of the checkpoint that lies on disk, signed by this log's key.
pub(super) fn checkpoint_on_disk(
    app: &App,
    log: Log,
    key: &SignerKey,
) -> Result<Option<TreeHead>, Problem> {
    let Some(bytes) = app.tiles().checkpoint(log)? else { return Ok(None) };
    let opened = Checkpoint::open(&bytes, key.verifier(), &[]).map_err(|error| {
        Problem::LedgerClosed(format!(
            "the checkpoint kept for the log {log} is not one of its own ({error})"
        ))
    })?;
    Ok(Some(*opened.checkpoint.head()))
}

async fn hold(app: &App, log: Log) -> Result<(), Problem> {
    let key = signer(app, log).await?;
    let frontier = committed(app, log).await?;
    let head = frontier.head();
    let Some(signed) = checkpoint_on_disk(app, log, &key)? else {
        return if head.size.0 == 0 { Ok(()) } else { Err(unsigned(log, head.size)) };
    };
    if head.size >= signed.size {
        let reader = LogTiles { app, log };
        let whole = tree::root(&reader, head.size).map_err(|error| damaged(log, &error))?;
        if whole != head.root {
            return Err(Problem::LedgerClosed(format!(
                "the tiles of the log {log} are not those of its database"
            )));
        }
        return hold_head(&reader, &signed, &head);
    }
    if root_from_entries(app, log, frontier, signed).await? == signed.root {
        Ok(())
    } else {
        Err(other_history(log, &signed))
    }
}

/// Whether the tree of `head`, which is not smaller, goes on from what was signed. The proof is made
/// of the tiles of `head`: those of the signed tree may lie there still and say nothing of it.
pub(super) fn hold_head(
    reader: &LogTiles<'_>,
    signed: &TreeHead,
    head: &TreeHead,
) -> Result<(), Problem> {
    let proof = tree::consistency_proof(reader, signed.size, head.size)
        .map_err(|error| damaged(reader.log, &error))?;
    tree::verify_consistency(signed, head, &proof).map_err(|_| other_history(reader.log, signed))
}

/// A checkpoint is signed before anything is committed, so somebody took it away.
pub(super) fn unsigned(log: Log, size: TreeSize) -> Problem {
    Problem::LedgerClosed(format!(
        "{size} entries of the log {log} were committed to, but the checkpoint that was signed over them is gone"
    ))
}

fn other_history(log: Log, signed: &TreeHead) -> Problem {
    Problem::LedgerClosed(format!(
        "the database's log {log} has another history than the checkpoint that was signed over its first {} entries",
        signed.size
    ))
}

fn damaged(log: Log, error: &TreeError<TileError>) -> Problem {
    Problem::LedgerClosed(format!("the tiles of the log {log} are damaged: {error}"))
}

async fn root_from_entries(
    app: &App,
    log: Log,
    mut frontier: Frontier,
    signed: TreeHead,
) -> Result<closedset_merkle::Hash, Problem> {
    while frontier.head().size < signed.size {
        let entries = entries_from(app, log, frontier.head().size).await?;
        if entries.is_empty() && was_moved(app, log, frontier.head().size, signed) {
            return Err(Problem::LedgerClosed(format!(
                "the rows of the log {log} were moved to another database, and this is the one that they left: closedset.toml or --database is to name the other"
            )));
        }
        if entries.is_empty() {
            return Err(Problem::LedgerClosed(format!(
                "a checkpoint over {} entries of the log {log} was signed, but the database holds only {}: an older copy was restored",
                signed.size,
                frontier.head().size
            )));
        }
        for entry in entries {
            if frontier.head().size < signed.size {
                frontier.append(leaf_hash(&entry));
            }
        }
    }
    Ok(frontier.root())
}

/// Whether the first entry that the database does not have, as it lies in the log's own files, says
/// that the rows were moved. It explains, and decides nothing.
fn was_moved(app: &App, log: Log, size: TreeSize, signed: TreeHead) -> bool {
    let width = u64::from(TILE_WIDTH);
    let entry = || {
        let path = bundle_at(size.0 / width, signed.size)?;
        let bytes = LogTiles { app, log }.tile(&path).ok()?;
        let count = signed.size.0.saturating_sub(size.0 / width * width).min(width);
        let entries = decode_bundle(&bytes, u16::try_from(count).ok()?).ok()?;
        let entry = entries.get(usize::try_from(size.0 % width).ok()?)?;
        Envelope::from_canonical(entry).ok()
    };
    entry().is_some_and(|entry| entry.kind == MOVED)
}
