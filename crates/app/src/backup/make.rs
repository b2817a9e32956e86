//! Making a backup beside a running server.
//!
//! Checkpoints are read before the database's state is taken: what was signed by then is in it. A
//! checkpoint that comes later is not in the backup, and need not be.

use super::{BackupProblem, CHUNK, Examination, Examined, Phase, Progress, Watch, cells::Columns};
use crate::MasterKey;
use closedset_backup::{
    ColumnLine, FORMAT, Header, KeptFile, Lock, LogLine, Member, MigrationLine, TableLine, Totals,
    VERSION, Writer,
};
use closedset_core::{Time, entry::Log};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{
    DatabaseUrl,
    portable::{Schema, Snapshot},
};
use std::{
    collections::BTreeMap,
    io::{BufReader, Read, Write},
};

/// How often a state is taken until every log that was built has a checkpoint.
const ATTEMPTS: usize = 10;

/// What a backup is made of.
#[derive(Debug)]
pub struct Source<'s> {
    /// The database.
    pub database: &'s DatabaseUrl,
    /// Documents and packs.
    pub objects: &'s Objects,
    /// Checkpoints.
    pub tiles: &'s TileFiles,
    /// Files of the data folder.
    pub files: Vec<(KeptFile, Vec<u8>)>,
    /// Opens the ledger's keys, to see whether it is the right one.
    pub master_key: &'s MasterKey,
    /// The time.
    pub made_at: Time,
    /// The program's version.
    pub program: &'s str,
}

/// A state of the database with the checkpoints that were signed before it.
struct State {
    snapshot: Snapshot,
    checkpoints: BTreeMap<Log, Vec<u8>>,
    built: Vec<LogLine>,
}

/// Makes a backup into `out`, which is given back and not flushed to a disk. What does not agree is
/// refused: then `out` holds the beginning of a backup, which no reader takes for one.
pub fn make<W: Write>(
    source: &Source<'_>,
    out: W,
    lock: &Lock,
    watch: Watch<'_>,
) -> Result<(W, Examined), BackupProblem> {
    let State { mut snapshot, checkpoints, built } = state(source)?;
    watch(Progress { phase: Phase::Integrity, bytes: 0, of: None });
    snapshot.verify()?;
    let schema = snapshot.schema().clone();
    let mut writer = Writer::begin(out, lock, &header(source, &schema, built.clone()))?;
    let mut examination = Examination::new(&built, None)?;
    for (file, bytes) in &source.files {
        writer.add(&Member::File(file.clone()), bytes)?;
    }
    for (log, note) in checkpoints {
        writer.add(&Member::Checkpoint(log), &note)?;
        examination.checkpoint(log, note);
    }
    let mut bytes = 0;
    for table in &schema.tables {
        let mut piece = 0;
        snapshot.chunks::<BackupProblem>(table, CHUNK, |rows, lines| {
            piece += 1;
            examination.rows(table, &rows)?;
            writer.add(&Member::Rows { table: table.name.clone(), piece }, lines)?;
            bytes += lines.len() as u64;
            watch(Progress { phase: Phase::Rows, bytes, of: None });
            Ok(())
        })?;
    }
    // The database is not held any longer than it is read.
    drop(snapshot);
    objects(source, &mut writer, &mut examination, watch)?;
    let found = examination.finish(Some(source.master_key))?;
    let totals = Totals {
        rows: found.rows,
        entries: found.entries,
        objects: found.objects,
        object_bytes: found.object_bytes,
    };
    Ok((writer.finish(totals)?, found))
}

fn objects<W: Write>(
    source: &Source<'_>,
    writer: &mut Writer<W>,
    examination: &mut Examination,
    watch: Watch<'_>,
) -> Result<(), BackupProblem> {
    let of = Some(examination.named_bytes());
    let mut done = 0;
    for (organisation, digest, _) in examination.named() {
        let (file, size) = match source.objects.unchecked(organisation, digest) {
            Ok(found) => found,
            // All that are missing are told, not the first alone.
            Err(error) => {
                examination.object_missing(organisation, digest, &error);
                continue;
            }
        };
        let member = Member::Object { organisation, digest };
        let file = BufReader::with_capacity(1 << 18, file);
        let mut counted = Counted { file, done, of, watch: &mut *watch };
        let found = writer.stream(&member, size, &mut counted)?;
        done += size;
        examination.object(organisation, digest, (size, found));
    }
    Ok(())
}

fn state(source: &Source<'_>) -> Result<State, BackupProblem> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let mut checkpoints = BTreeMap::new();
        for log in source.tiles.logs()? {
            checkpoints.extend(source.tiles.checkpoint(log)?.map(|note| (log, note)));
        }
        let mut snapshot = Snapshot::open(source.database)?;
        let built = built(&mut snapshot)?;
        // A log that began between the two has its checkpoint by now.
        let is_new = |line: &LogLine| line.built > 0 && !checkpoints.contains_key(&line.log);
        if attempt >= ATTEMPTS || !built.iter().any(is_new) {
            return Ok(State { snapshot, checkpoints, built });
        }
    }
}

fn built(snapshot: &mut Snapshot) -> Result<Vec<LogLine>, BackupProblem> {
    let table = snapshot.schema().table("ledger_head")?.clone();
    let columns = Columns::of(&table, ["log", "size"])?;
    let rows = snapshot.rows(&table)?;
    let line = |row| -> Result<LogLine, BackupProblem> {
        Ok(LogLine { log: columns.parsed(row, 0, "a log")?, built: columns.count(row, 1)? })
    };
    rows.iter().map(line).collect()
}

fn header(source: &Source<'_>, schema: &Schema, logs: Vec<LogLine>) -> Header {
    let migrations = schema.applied.iter().map(|applied| MigrationLine {
        number: applied.number,
        name: applied.name.clone(),
        digest: applied.digest,
        applied_at: applied.applied_at,
    });
    Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        program: source.program.to_owned(),
        made_at: source.made_at,
        has_master_key: source.files.iter().any(|(file, _)| *file == KeptFile::MasterKey),
        migrations: migrations.collect(),
        tables: table_lines(schema),
        logs,
    }
}

/// The tables as a header describes them.
pub(super) fn table_lines(schema: &Schema) -> Vec<TableLine> {
    let line = |column: &closedset_store::portable::Column| ColumnLine {
        name: column.name.clone(),
        kind: column.kind.as_str().to_owned(),
    };
    let tables = schema.tables.iter();
    tables
        .map(|table| TableLine {
            name: table.name.clone(),
            columns: table.columns.iter().map(line).collect(),
        })
        .collect()
}

/// Tells how far the reading of an object is.
struct Counted<'c, 'w> {
    file: BufReader<std::fs::File>,
    done: u64,
    of: Option<u64>,
    watch: &'c mut (dyn FnMut(Progress) + 'w),
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.done += count as u64;
        (self.watch)(Progress { phase: Phase::Objects, bytes: self.done, of: self.of });
        Ok(count)
    }
}
