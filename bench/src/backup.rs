//! A backup of an installation with a long ledger and large documents, made, verified and restored,
//! beside copying the same bytes on the same disk.

use crate::{
    Options,
    clock::SystemClock,
    measure::{Report, Row, shortest, span, whole},
    world::{self, Kept, Plan},
};
use anyhow::{Context as _, Result};
use closedset_app::{
    MasterKey,
    backup::{self, Lost, Source, Target},
    ledger,
};
use closedset_backup::{KeptFile, Lock};
use closedset_core::{Actor, Clock as _, Secret, entry::Log};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{DatabaseUrl, NewEntry, Scope, StoreError};
use serde_json::json;
use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
};
use tokio::runtime::Runtime;

const ENTRIES: usize = 200_000;
const DOCUMENTS: usize = 4;
const DOCUMENT_BYTES: usize = 512 << 20;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let folder = world::folder(options)?;
    let app = Plan::new(Kept::Sqlite, folder.path()).app()?;
    let owner = world::owner(world::organisation(app.store())?);
    let runtime = Runtime::new()?;
    let log = Log::Organisation(owner.organisation);
    for _ in 0..ENTRIES / 1_000 {
        app.store().write_blocking(Scope::Organisation(owner.organisation), move |tx| {
            (0..1_000).try_for_each(|number| {
                let body = json!({"number": number, "of": "a thing that was said of a device"});
                let (actor, subject) = (&Actor::Closedset, format!("device:{}", number % 200));
                tx.record(log, NewEntry { actor, subject, kind: "thing.said", body })?;
                Ok::<(), StoreError>(())
            })
        })?;
    }
    for _ in 0..DOCUMENTS {
        runtime.block_on(crate::pack::document(&app, &owner, "AD-1", DOCUMENT_BYTES))?;
    }
    runtime.block_on(async {
        for log in [Log::Installation, log] {
            ledger::verifier_key(&app, log).await?;
            ledger::integrate(&app, log).await?;
        }
        anyhow::Ok(())
    })?;
    app.store().clone().close();
    let database = DatabaseUrl::Sqlite(folder.path().join("closedset.sqlite"));
    let (objects, tiles) = (
        Objects::open(folder.path().join("objects"))?,
        TileFiles::open(folder.path().join("tiles"))?,
    );
    let source = Source {
        database: &database,
        objects: &objects,
        tiles: &tiles,
        files: vec![(KeptFile::MasterKey, "05".repeat(32).into_bytes())],
        master_key: &MasterKey::new(&Secret::new([5; 32])),
        made_at: SystemClock.now(),
        program: "bench",
        lost: Lost::Refused,
        pause: &|| {},
    };
    let identity = aged(folder.path())?;
    let lock = Lock::recipients([identity.as_str()])?;
    let key = lock.witness();
    let file = folder.path().join("one.age");
    let made = shortest(options.runs, || {
        let out = BufWriter::with_capacity(1 << 20, File::create(&file)?);
        let (mut out, _) = backup::make(&source, out, &lock, &mut |_| {})?;
        out.flush()?;
        Ok(out.get_ref().sync_all()?)
    })?;
    let bytes = fs::metadata(&file)?.len();
    let copy = folder.path().join("copy");
    let copied = shortest(options.runs, || {
        fs::copy(&file, &copy)?;
        Ok(File::open(&copy)?.sync_all()?)
    })?;
    let stock = shortest(options.runs, || {
        let mut age = std::process::Command::new("age");
        age.arg("-r").arg(&identity).arg("-o").arg(&copy).arg(&file);
        anyhow::ensure!(age.status().context("age is needed beside backups")?.success());
        Ok(File::open(&copy)?.sync_all()?)
    })?;
    fs::remove_file(&copy)?;
    let checked = shortest(options.runs, || {
        let input = BufReader::with_capacity(1 << 20, File::open(&file)?);
        backup::check(input, key.keys(), None, None, &mut |_| {})?;
        Ok(())
    })?;
    let mut number = 0;
    let restored = shortest(options.runs, || {
        number += 1;
        let there = folder.path().join(format!("restored-{number}"));
        fs::create_dir(&there)?;
        let target = Target {
            database: &DatabaseUrl::Sqlite(there.join("closedset.sqlite")),
            objects: &Objects::open(there.join("objects"))?,
            tiles: &TileFiles::open(there.join("ledger"))?,
            put_file: &mut |_, _| Ok(()),
            now: SystemClock.now(),
        };
        let input = BufReader::with_capacity(1 << 20, File::open(&file)?);
        backup::restore(input, key.keys(), None, None, target, &mut |_| {})?;
        Ok(fs::remove_dir_all(&there)?)
    })?;
    let rate = |seconds: f64| format!("{} MB/s", whole(bytes as f64 / 1e6 / seconds));
    let what = |verb: &str| format!("{verb} a backup of {} MB", whole(bytes as f64 / 1e6));
    let note = format!(
        "{ENTRIES} entries, {DOCUMENTS} documents of 512 MiB; stock age encrypting the same file: {}",
        rate(stock)
    );
    for (verb, seconds, note) in [
        ("make", made, note.as_str()),
        ("verify", checked, ""),
        ("restore", restored, "without building the ledger's tree"),
    ] {
        report.row(Row {
            what: what(verb),
            goal: "the disk's speed",
            measured: format!("{}, {}", span(seconds), rate(seconds)),
            peer: format!("copying the file and flushing it: {}, {}", span(copied), rate(copied)),
            ratio: Some(seconds / copied),
            note: note.to_owned(),
        })?;
    }
    Ok(())
}

/// A recipient whose identity lies in the folder.
fn aged(folder: &Path) -> Result<String> {
    let path: PathBuf = folder.join("identity");
    let made = std::process::Command::new("age-keygen").arg("-o").arg(&path).output();
    let said = String::from_utf8(made.context("age is needed beside backups")?.stderr)?;
    Ok(said.trim().rsplit(' ').next().unwrap_or_default().to_owned())
}
