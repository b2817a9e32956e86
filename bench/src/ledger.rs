//! The ledger: durable entries, tiles from entries, proofs, and a million entries verified.

use crate::{
    Options,
    measure::{Meter, Rate, Report, Row, best, shortest, span, whole},
    peers,
    world::{self, Kept, Plan},
};
use anyhow::{Result, ensure};
use closedset_core::{
    Actor,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_merkle::{
    Frontier, Hash, LeafIndex, TileReader as _, TreeHead, TreeSize, leaf_hash,
    tile::{TilePath, bundles_of, grow, grow_bundles, tiles_of},
    tree::{audit, inclusion_proof, verify_inclusion},
};
use closedset_store::{NewEntry, Scope, Store, StoreError};
use serde_json::json;
use sha2::Digest as _;
use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const MILLION: u64 = 1_000_000;
const PROOFS: u64 = 2_000;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let folder = world::folder(options)?;
    let plain = best(
        options.runs,
        || peers::sqlite_rows_per_second(folder.path(), options.seconds),
        |one, other| one > other,
    )?;
    for kept in Kept::all(options) {
        for (clients, batch, goal) in
            [(64, 1, "20,000/s"), (256, 1, "20,000/s"), (8, 100, "50,000/s")]
        {
            let rate = best(options.runs, || appended(options, kept, clients, batch), Rate::beats)?;
            report.row(Row {
                what: format!(
                    "durable entries, {batch} a unit, {clients} clients, {}",
                    kept.name()
                ),
                goal: if kept == Kept::Sqlite { goal } else { "" },
                measured: format!(
                    "{}/s, p50 {:.1} ms, p99 {:.1} ms a unit, {:.0} µs of processor an entry",
                    whole(rate.per_s * batch as f64),
                    rate.p50_ms,
                    rate.p99_ms,
                    rate.processor_us / batch as f64
                ),
                peer: format!("plain SQLite, one row a commit: {}/s", whole(plain)),
                ratio: Some(rate.per_s * batch as f64 / plain),
                note: "each with envelope, salt, body and pseudonyms, in one log".into(),
            })?;
        }
    }
    integrated(options, report)?;
    million(options, report)
}

/// Records into one log.
fn record(tx: &mut closedset_store::Tx<'_>, log: Log, number: usize) -> Result<i64, StoreError> {
    let entry = NewEntry {
        actor: &Actor::Closedset,
        subject: format!("door:{}", number % 512),
        kind: "door.opened",
        body: json!({"door": number % 512, "by": "badge", "number": number}),
    };
    Ok(tx.record(log, entry)?.index)
}

fn appended(options: &Options, kept: Kept, clients: usize, batch: usize) -> Result<Rate> {
    let folder = world::folder(options)?;
    let store = world::store(kept.database(folder.path())?)?;
    let organisation = world::organisation(&store)?;
    let runtime = Runtime::new()?;
    let seconds = Duration::from_secs_f64(options.seconds);
    let rate = runtime.block_on(async {
        let meter = Meter::start();
        let until = meter.begun() + seconds;
        let tasks: Vec<_> = (0..clients)
            .map(|_| tokio::spawn(append(store.clone(), organisation, batch, until)))
            .collect();
        let mut each = Vec::new();
        for task in tasks {
            each.extend(task.await??);
        }
        anyhow::Ok(meter.stop(each))
    })?;
    store.close();
    Ok(rate)
}

async fn append(
    store: Store,
    organisation: Id<Organisation>,
    batch: usize,
    until: Instant,
) -> Result<Vec<Duration>> {
    let log = Log::Organisation(organisation);
    let mut each = Vec::new();
    loop {
        let begun = Instant::now();
        if begun >= until {
            return Ok(each);
        }
        let unit = move |tx: &mut closedset_store::Tx<'_>| {
            (0..batch).try_for_each(|number| record(tx, log, number).map(|_| ()))
        };
        store.write::<_, StoreError>(Scope::Organisation(organisation), unit).await?;
        each.push(begun.elapsed());
    }
}

/// Tiles, head and checkpoint for entries that are committed.
fn integrated(options: &Options, report: &mut Report) -> Result<()> {
    const ENTRIES: usize = 100_000;
    let folder = world::folder(options)?;
    let app = Plan::new(Kept::Sqlite, folder.path()).app()?;
    let organisation = world::organisation(app.store())?;
    let log = Log::Organisation(organisation);
    let runtime = Runtime::new()?;
    let mut best_s = f64::INFINITY;
    for _ in 0..options.runs {
        for _ in 0..ENTRIES / 1_000 {
            app.store()
                .write_blocking::<_, StoreError>(Scope::Organisation(organisation), move |tx| {
                    (0..1_000).try_for_each(|number| record(tx, log, number).map(|_| ()))
                })?;
        }
        let begun = Instant::now();
        runtime.block_on(closedset_app::ledger::integrate(&app, log))?;
        best_s = best_s.min(begun.elapsed().as_secs_f64());
    }
    report.row(Row {
        what: "integrate 100,000 entries: tiles on disk, head, checkpoint".into(),
        measured: format!("{}, {} entries/s", span(best_s), whole(ENTRIES as f64 / best_s)),
        note: "SQLite; every tile flushed".into(),
        ..Row::default()
    })
}

fn million(options: &Options, report: &mut Report) -> Result<()> {
    let size = TreeSize(MILLION);
    // As long as a real envelope.
    let entries: Vec<String> = (0..MILLION).map(|index| format!("{index:0>340}")).collect();
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry.as_bytes())).collect();
    let mut frontier = Frontier::new();
    frontier.extend(leaves.iter().copied());
    let head = frontier.head();
    let files: BTreeMap<TilePath, Vec<u8>> = grow(&BTreeMap::new(), TreeSize(0), &leaves)?
        .into_iter()
        .chain(grow_bundles(&BTreeMap::new(), TreeSize(0), &entries)?)
        .map(|file| (file.path, file.bytes))
        .collect();
    drop(entries);
    let each = proofs(options, &files, &head, &leaves)?;
    report.row(Row {
        what: "prove and verify one entry of a million".into(),
        goal: "< 1 ms",
        measured: span(each),
        note: "tiles in memory".into(),
        ..Row::default()
    })?;
    let bytes: u64 = tiles_of(size)
        .chain(bundles_of(size))
        .map(|path| files.tile(&path).map(|tile| tile.len() as u64))
        .sum::<Result<_, _>>()?;
    let audited = shortest(options.runs, || {
        ensure!(audit(&files, &head).is_empty(), "the log fits");
        Ok(())
    })?;
    let ours = shortest(options.runs, || hash_all::<true>(&files))?;
    let theirs = shortest(options.runs, || hash_all::<false>(&files))?;
    let rate = |seconds: f64| whole(bytes as f64 / seconds / 1e6);
    report.row(Row {
        what: "verify a million entries: every tile and every entry".into(),
        goal: "< 2 s",
        measured: span(audited),
        peer: format!(
            "SHA-256 over the same {} MB by aws-lc: {} ({} MB/s); by sha2: {} ({} MB/s)",
            whole(bytes as f64 / 1e6),
            span(theirs),
            rate(theirs),
            span(ours),
            rate(ours)
        ),
        ratio: Some(audited / theirs),
        note: "one thread, in memory; the tree hashes each entry by itself and each inner node \
               twice: small messages, which cost more a byte"
            .into(),
    })
}

fn proofs(
    options: &Options,
    files: &BTreeMap<TilePath, Vec<u8>>,
    head: &TreeHead,
    leaves: &[Hash],
) -> Result<f64> {
    let all = shortest(options.runs, || {
        for at in 0..PROOFS {
            let index = LeafIndex(at * (MILLION / PROOFS) + at % 499);
            let proof = inclusion_proof(files, index, head.size)?;
            verify_inclusion(head, (index, &leaves[index.0 as usize]), &proof)?;
        }
        Ok(())
    })?;
    Ok(all / PROOFS as f64)
}

fn hash_all<const BY_SHA2: bool>(files: &BTreeMap<TilePath, Vec<u8>>) -> Result<()> {
    for bytes in files.values() {
        if BY_SHA2 {
            black_box(sha2::Sha256::digest(bytes));
        } else {
            black_box(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes));
        }
    }
    Ok(())
}
