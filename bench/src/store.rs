//! The store alone: units of work by 64 clients, beside the disk, plain SQLite and `pgbench`.

use crate::{
    Options, disk,
    measure::{Meter, Rate, Report, Row, best, whole},
    peers,
    world::{self, Kept},
};
use anyhow::Result;
use closedset_core::{
    Actor, Digest, Subject, Time,
    check_in::{DeviceKey, Statement},
    entry::Log,
    id::{Device, Id, Organisation},
};
use closedset_store::{
    NewEntry, Scope, Store, StoreError,
    devices::{self, DeviceRow},
    facts::{self, FactRow},
};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How many ask at once.
pub(crate) const CLIENTS: usize = 64;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let folder = world::folder(options)?;
    let flushes = best(
        options.runs,
        || disk::flushes_per_second(folder.path(), options.seconds / 3.0),
        |one, other| one > other,
    )?;
    report.row(Row {
        what: "the disk: a page written and flushed".into(),
        measured: format!("{}/s", whole(flushes)),
        note: "one thread; the limit of one commit after another".into(),
        ..Row::default()
    })?;
    let plain = best(
        options.runs,
        || peers::sqlite_rows_per_second(folder.path(), options.seconds),
        |one, other| one > other,
    )?;
    report.row(Row {
        what: "plain SQLite: one row a commit".into(),
        measured: format!("{}/s", whole(plain)),
        peer: format!("the disk: {}/s", whole(flushes)),
        ratio: Some(plain / flushes),
        note: "one thread, WAL, synchronous FULL".into(),
        ..Row::default()
    })?;
    for kept in Kept::all(options) {
        for organisations in [1, CLIENTS] {
            if kept == Kept::Sqlite && organisations > 1 {
                continue;
            }
            let rate = best(
                options.runs,
                || {
                    let folder = world::folder(options)?;
                    units(kept, folder.path(), organisations, options.seconds)
                },
                Rate::beats,
            )?;
            let (peer, peer_rate) = match kept {
                Kept::Sqlite => ("plain SQLite, one row a commit", plain),
                Kept::Postgres => (
                    "pgbench, the same rows",
                    best(
                        options.runs,
                        || peers::pgbench_per_second(organisations, options.seconds),
                        |one, other| one > other,
                    )?,
                ),
            };
            report.row(Row {
                what: format!(
                    "the store on {}: units of one, {CLIENTS} clients, {organisations} organisation{}",
                    kept.name(),
                    if organisations == 1 { "" } else { "s" }
                ),
                measured: rate.words(),
                peer: format!("{peer}: {}/s", whole(peer_rate)),
                ratio: Some(rate.per_s / peer_rate),
                note: "a unit: counter, entry with body, fact with body".into(),
                ..Row::default()
            })?;
        }
    }
    Ok(())
}

/// A device that exists only as rows.
#[derive(Debug, Clone, Copy)]
struct Client {
    organisation: Id<Organisation>,
    device: Id<Device>,
}

fn units(kept: Kept, folder: &std::path::Path, organisations: usize, seconds: f64) -> Result<Rate> {
    let store = world::store(kept.database(folder)?)?;
    let organisations =
        (0..organisations).map(|_| world::organisation(&store)).collect::<Result<Vec<_>>>()?;
    let clients = (0..CLIENTS)
        .map(|number| client(&store, organisations[number % organisations.len()], number))
        .collect::<Result<Vec<_>>>()?;
    let runtime = Runtime::new()?;
    let rate = runtime.block_on(async {
        let meter = Meter::start();
        let until = meter.begun() + Duration::from_secs_f64(seconds);
        let tasks: Vec<_> = clients
            .into_iter()
            .map(|client| tokio::spawn(work(store.clone(), client, until)))
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

fn client(store: &Store, organisation: Id<Organisation>, number: usize) -> Result<Client> {
    let device = store.write_blocking(Scope::Organisation(organisation), move |tx| {
        let id: Id<Device> = tx.new_id();
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &Actor::Closedset,
                subject: Subject::device(id).to_string(),
                kind: "device.enrolled",
                body: json!({"device": id}),
            },
        )?;
        let row = DeviceRow {
            id,
            organisation,
            name: format!("suite-{number}"),
            key: DeviceKey(tx.random()),
            has_screen: true,
            is_portable: true,
            handles_content: true,
            confirmed_by: None,
            confirmed_at: None,
            enrolled_at: tx.now(),
            enrolled_entry: entry.index,
            revoked_at: None,
        };
        devices::device_insert(tx, &row)?;
        Ok::<_, StoreError>(id)
    })?;
    Ok(Client { organisation, device })
}

async fn work(store: Store, client: Client, until: Instant) -> Result<Vec<Duration>> {
    let mut each = Vec::new();
    for counter in 1.. {
        let begun = Instant::now();
        if begun >= until {
            break;
        }
        let scope = Scope::Organisation(client.organisation);
        store.write(scope, move |tx| unit(tx, client, counter)).await?;
        each.push(begun.elapsed());
    }
    Ok(each)
}

/// What a changed check-in writes at the least, without assessing it.
fn unit(tx: &mut closedset_store::Tx<'_>, client: Client, counter: i64) -> Result<(), StoreError> {
    let Client { organisation, device } = client;
    let subject = Subject::device(device);
    let body = format!(
        r#"{{"all":{counter},"lists_age":3600,"restart_needed":false,"security":0,"seen":"{subject}"}}"#
    );
    let digest = Digest::of(body.as_bytes());
    let now: Time = tx.now();
    let statement = Statement { organisation, device, counter, collected_at: now, facts: digest };
    devices::device_state_advance(tx, &statement, now)?;
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &Actor::Device(device),
            subject: subject.to_string(),
            kind: "device.checked_in",
            body: json!({"statement": statement, "digests": {"pending_updates": digest}}),
        },
    )?;
    let fact = FactRow {
        subject,
        kind: "pending_updates".into(),
        source: "agent".into(),
        digest,
        collected_at: now,
        entry: entry.index,
        body: body.into_bytes(),
    };
    facts::fact_put(tx, organisation, &fact)
}
