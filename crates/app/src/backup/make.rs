//! Making a backup beside a running server.
//!
//! Checkpoints are read before the database's state is taken: what was signed by then is in it. A
//! checkpoint that comes later is not in the backup, and need not be.

use super::{
    About, BackupProblem, CHUNK, Examination, Examined, Phase, Progress, Watch, cells::Columns,
    examine::head_of, held::Key,
};
use crate::MasterKey;
use closedset_backup::{
    ColumnLine, FORMAT, GapReason, Header, KeptFile, Lock, LogLine, Member, MigrationLine,
    TableLine, Totals, VERSION, Writer,
};
use closedset_core::{Digest, Time, entry::Log};
use closedset_objects::{Objects, ObjectsError, TileFiles};
use closedset_store::{
    DatabaseUrl,
    portable::{Schema, Snapshot},
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fmt,
    io::{self, BufReader, Read, Write},
};

/// How often a state is taken until every log is signed as far as its tree was built.
const ATTEMPTS: usize = 50;

/// What becomes of a document or a pack that was lost or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// No backup is made.
    Refused,
    /// The backup lists it as missing.
    Listed,
}

/// What a backup is made of.
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
    /// What becomes of documents and packs that were lost.
    pub lost: Lost,
    /// Waits a moment, in which a running server signs what it recorded.
    pub pause: &'s (dyn Fn() + Sync),
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("database", self.database).finish_non_exhaustive()
    }
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
    let mut examination = Examination::new(&built, None, About::Installation)?;
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
    Ok((writer.finish(totals, found.gaps.clone())?, found))
}

fn objects<W: Write>(
    source: &Source<'_>,
    writer: &mut Writer<W>,
    examination: &mut Examination,
    watch: Watch<'_>,
) -> Result<(), BackupProblem> {
    let of = Some(examination.named_bytes());
    let mut done = 0;
    for key in examination.named() {
        let (organisation, digest) = key;
        let (file, size) = match found(source, key)? {
            Ok(found) => found,
            Err(why) => {
                if source.lost == Lost::Listed {
                    examination.gap(key, why);
                }
                // All that are missing are told, not the first alone.
                continue;
            }
        };
        let member = Member::Object { organisation, digest };
        let file = BufReader::with_capacity(1 << 18, file);
        let mut counted = Counted { file, done, of, watch: &mut *watch };
        let found = writer.stream(&member, size, &mut counted)?;
        done += size;
        examination.object(key, (size, found));
    }
    Ok(())
}

/// The file of an object. Where lost ones are listed, it is read beforehand: what is damaged is none.
fn found(
    source: &Source<'_>,
    (organisation, digest): Key,
) -> Result<Result<(std::fs::File, u64), GapReason>, BackupProblem> {
    let open = || source.objects.unchecked(organisation, digest);
    let (file, size) = match (open(), source.lost) {
        (Ok(found), _) => found,
        (Err(ObjectsError::Missing { .. }), _) => return Ok(Err(GapReason::Missing)),
        (Err(_), Lost::Listed) => return Ok(Err(GapReason::Damaged)),
        (Err(error), Lost::Refused) => return Err(error.into()),
    };
    if source.lost == Lost::Refused {
        return Ok(Ok((file, size)));
    }
    match digest_of(file) {
        Ok(found) if found == digest => Ok(Ok(open()?)),
        Ok(_) | Err(_) => Ok(Err(GapReason::Damaged)),
    }
}

fn digest_of(mut file: std::fs::File) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Digest::from_bytes(hasher.finalize().into())),
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
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
        let begun = counts(&mut snapshot, ("log", "next_index"))?;
        let built = counts(&mut snapshot, ("ledger_head", "size"))?;
        // A log that began or grew between the two has its checkpoint by and by.
        let signed = |log: &Log| {
            checkpoints.get(log).and_then(|note| head_of(note)).map_or(0, |head| head.size.0)
        };
        let is_signed = begun.iter().all(|(log, next)| signed(log) > 0 || *next == 0)
            && built.iter().all(|(log, size)| signed(log) >= *size);
        if is_signed || attempt >= ATTEMPTS {
            let built = built.into_iter().map(|(log, built)| LogLine { log, built }).collect();
            return Ok(State { snapshot, checkpoints, built });
        }
        drop(snapshot);
        (source.pause)();
    }
}

/// A number of each log.
fn counts(
    snapshot: &mut Snapshot,
    (table, column): (&str, &str),
) -> Result<Vec<(Log, u64)>, BackupProblem> {
    let table = snapshot.schema().table(table)?.clone();
    let columns = Columns::of(&table, ["log", column])?;
    let rows = snapshot.rows(&table)?;
    let one = |row| -> Result<(Log, u64), BackupProblem> {
        Ok((columns.parsed(row, 0, "a log")?, columns.count(row, 1)?))
    };
    rows.iter().map(one).collect()
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
