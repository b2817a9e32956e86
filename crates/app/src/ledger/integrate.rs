//! From committed entries to tiles, a committed head and a signed checkpoint.

use super::{
    guard::{checkpoint_on_disk, hold_head, unsigned},
    key::{scope, signer},
    tiles::{LogTiles, damaged},
};
use crate::{App, Problem};
use closedset_core::{Digest, entry::Log};
use closedset_merkle::{
    Checkpoint, Frontier, TileReader, TreeError, TreeHead, TreeSize, leaf_hash,
    tile::{TILE_WIDTH, bundle_at, grow, grow_bundles},
    tree::{self, Fault},
};
use closedset_store::ledger;

/// The most entries integrated at once.
const BATCH: i64 = 65_536;

/// Brings the log's tree up to its entries and signs what is committed; the head that is signed then.
/// One integration runs at a time in this process; on several servers each writes the same bytes.
pub async fn integrate(app: &App, log: Log) -> Result<TreeHead, Problem> {
    let _turn = app.ledger_guard().turn().await;
    app.ledger_guard().require_open(log)?;
    let mut frontier = committed(app, log).await?;
    if frontier.head().size.0 == 0 {
        // So that a log without a checkpoint is one of which nothing was ever committed.
        sign(app, log, frontier.head(), true).await?;
    }
    loop {
        let from = frontier.head().size;
        let entries = entries_from(app, log, from).await?;
        if entries.is_empty() {
            break;
        }
        let is_last = i64::try_from(entries.len()).unwrap_or(BATCH) < BATCH;
        let unit_app = app.clone();
        frontier = blocking(move || write_tiles(&unit_app, log, frontier, &entries)).await??;
        commit(app, log, from, &frontier).await?;
        if is_last {
            break;
        }
    }
    let head = frontier.head();
    let signed = sign(app, log, head, false).await;
    if let Err(Problem::LedgerClosed(why)) = &signed {
        app.ledger_guard().close(log, why);
    }
    signed.map(|()| head)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))
}

/// The tree as it is committed.
pub(super) async fn committed(app: &App, log: Log) -> Result<Frontier, Problem> {
    let head = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(ledger::ledger_head(tx, log)?) })
        .await?;
    match head {
        None => Ok(Frontier::default()),
        Some(head) => Frontier::from_bytes(&head.frontier).map_err(|error| {
            Problem::fault("the committed head of a log could not be read", error)
        }),
    }
}

pub(super) async fn entries_from(
    app: &App,
    log: Log,
    from: TreeSize,
) -> Result<Vec<Vec<u8>>, Problem> {
    let from = i64::try_from(from.0).unwrap_or(i64::MAX);
    app.store()
        .read(move |tx| -> Result<_, Problem> { Ok(ledger::entries_from(tx, log, from, BATCH)?) })
        .await
}

fn write_tiles(
    app: &App,
    log: Log,
    mut frontier: Frontier,
    entries: &[Vec<u8>],
) -> Result<Frontier, Problem> {
    let failed = |error: &dyn std::fmt::Display| {
        Problem::Fault(format!("a tile of the log could not be made: {error}"))
    };
    let reader = LogTiles { app, log };
    let old = frontier.head().size;
    check_edge(&reader, &frontier)?;
    let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let mut files = grow(&reader, old, &leaves).map_err(|error| failed(&error))?;
    files.extend(grow_bundles(&reader, old, entries).map_err(|error| failed(&error))?);
    let files: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|file| (file.path.to_string(), file.bytes)).collect();
    app.tiles()
        .put_tiles(log, files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))?;
    frontier.extend(leaves);
    Ok(frontier)
}

/// Refuses to build on tiles that are damaged: what is wrong in them would be copied on.
fn check_edge(reader: &LogTiles<'_>, frontier: &Frontier) -> Result<(), Problem> {
    let head = frontier.head();
    let Some(last) = head.size.0.checked_sub(1) else { return Ok(()) };
    let Some(bundle) = bundle_at(last / u64::from(TILE_WIDTH), head.size) else { return Ok(()) };
    let bytes = reader.tile(&bundle).map_err(|source| {
        damaged(reader.log, &Fault::File(TreeError::Read { path: bundle, source }))
    })?;
    tree::check_file(reader, &head, bundle, &bytes).map_err(|fault| damaged(reader.log, &fault))
}

/// Commits the head under the log's lock, unless somebody else went on from `from` meanwhile: then
/// theirs stands, and it is over the same entries.
async fn commit(app: &App, log: Log, from: TreeSize, frontier: &Frontier) -> Result<(), Problem> {
    let head = frontier.head();
    let row = ledger::LedgerHead {
        size: i64::try_from(head.size.0).unwrap_or(i64::MAX),
        root: Digest::from_bytes(*head.root.as_bytes()),
        frontier: frontier.to_bytes(),
        committed_at: app.now(),
    };
    let from = i64::try_from(from.0).unwrap_or(i64::MAX);
    app.store()
        .write(scope(log), move |tx| -> Result<_, Problem> {
            ledger::ledger_head_commit(tx, log, from, &row)?;
            Ok(())
        })
        .await
}

/// Signs a committed head unless a checkpoint over as much or more is signed already. What was signed
/// must be the beginning of it: the database may have been put back while the server ran.
async fn sign(app: &App, log: Log, head: TreeHead, is_first: bool) -> Result<(), Problem> {
    let key = signer(app, log).await?;
    let unit_app = app.clone();
    blocking(move || {
        // Another server may sign a later head between our look and our writing.
        let _turn = unit_app.tiles().checkpoint_turn(log)?;
        match checkpoint_on_disk(&unit_app, log, &key)? {
            Some(signed) if signed.size > head.size => return Ok(()),
            Some(signed) => {
                hold_head(&LogTiles { app: &unit_app, log }, &signed, &head)?;
                if signed.size == head.size {
                    return Ok(());
                }
            }
            None if is_first => {}
            None => return Err(unsigned(log, head.size)),
        }
        let checkpoint = Checkpoint::new(key.verifier().name().as_str(), head)
            .map_err(|error| Problem::fault("a checkpoint could not be made", error))?;
        let note = checkpoint.sign(&key).to_string();
        unit_app.tiles().put_checkpoint(log, note.as_bytes())?;
        Ok(())
    })
    .await?
}
