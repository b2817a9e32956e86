//! Reading a backup, to verify it alone or to put everything in its place.
//!
//! What is put in place is believed only when the last byte was read and everything agrees. How far the
//! ledger's tree was built is not taken over: it is built anew of the entries, see [`super::settle`].

use super::{
    About, BackupProblem, Examination, Examined, Known, Phase, Progress, Watch, make::table_lines,
};
use crate::MasterKey;
use closedset_backup::{
    BackupError, Header, KeptFile, Keys, Manifest, Member, ROW_LIMIT, Totals, Visitor, read,
};
use closedset_core::{
    Digest, Secret, Time,
    id::{Id, Organisation},
};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{
    DatabaseUrl,
    portable::{Applied, Import, Schema, TableDigest, TableHasher, lines},
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read},
};

/// About how many bytes of rows are read and held at once.
const AT_ONCE: usize = 256 << 10;

/// The table of which nothing is taken over.
const BUILT_ANEW: &str = "ledger_head";

/// Where a backup is restored to.
pub struct Target<'t> {
    /// An empty database.
    pub database: &'t DatabaseUrl,
    /// Documents and packs.
    pub objects: &'t Objects,
    /// Checkpoints.
    pub tiles: &'t TileFiles,
    /// Puts a file of the data folder in its place.
    pub put_file: &'t mut dyn FnMut(&KeptFile, &[u8]) -> io::Result<()>,
    /// The time.
    pub now: Time,
}

impl std::fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("database", self.database).finish_non_exhaustive()
    }
}

/// What a backup holds.
#[derive(Debug, Clone)]
pub struct Restored {
    /// When it was made.
    pub made_at: Time,
    /// The program that made it.
    pub program: String,
    /// Whether the master key is in it.
    pub has_master_key: bool,
    /// What was found in order.
    pub found: Examined,
}

/// Verifies a backup and puts nothing anywhere. Without the master key, in it or given, whether it opens
/// the ledger's keys stays open.
pub fn check<R: Read>(
    input: R,
    keys: &Keys,
    master_key: Option<&Secret<32>>,
    known: Option<Known>,
    watch: Watch<'_>,
) -> Result<Restored, BackupProblem> {
    let mut taking = Taking::new(None, master_key, known, watch);
    let manifest = read(input, keys, &mut taking)?;
    taking.finish(&manifest)
}

/// Verifies a backup while everything is put in its place. The database is filled last of all; if this
/// fails, it is as empty as before, and files may lie in the folder.
pub fn restore<R: Read>(
    input: R,
    keys: &Keys,
    master_key: Option<&Secret<32>>,
    known: Option<Known>,
    target: Target<'_>,
    watch: Watch<'_>,
) -> Result<Restored, BackupProblem> {
    let mut taking = Taking::new(Some(target), master_key, known, watch);
    let manifest = read(input, keys, &mut taking)?;
    taking.finish(&manifest)
}

/// Takes a backup's members as they come.
struct Taking<'t, 'w> {
    target: Option<Target<'t>>,
    master_key: Option<Secret<32>>,
    known: Option<Known>,
    watch: Watch<'w>,
    begun: Option<Begun>,
    /// The rows' bytes so far, and the objects'.
    bytes: (u64, u64),
    /// How many bytes all objects have, once the rows that name them have passed.
    of: Option<u64>,
}

/// What the header makes possible.
struct Begun {
    header: Header,
    schema: Schema,
    import: Option<Import>,
    examination: Examination,
    hashers: BTreeMap<String, TableHasher>,
    /// The table whose rows came last, and which piece of it.
    place: (usize, u32),
}

impl<'t, 'w> Taking<'t, 'w> {
    fn new(
        target: Option<Target<'t>>,
        master_key: Option<&Secret<32>>,
        known: Option<Known>,
        watch: Watch<'w>,
    ) -> Self {
        Self {
            target,
            master_key: master_key.cloned(),
            known,
            watch,
            begun: None,
            bytes: (0, 0),
            of: None,
        }
    }

    fn begun(&mut self) -> Result<&mut Begun, BackupProblem> {
        self.begun.as_mut().ok_or_else(|| contradicts("a member comes before the header"))
    }

    fn file(&mut self, file: &KeptFile, from: &mut dyn Read) -> Result<(), BackupProblem> {
        let bytes = all(from)?;
        if *file == KeptFile::MasterKey {
            let text = String::from_utf8_lossy(&bytes);
            let mut key = [0; 32];
            hex::decode_to_slice(text.trim(), &mut key)
                .map_err(|_| contradicts("its master key is none"))?;
            self.master_key = Some(Secret::new(key));
        }
        match &mut self.target {
            Some(target) => (target.put_file)(file, &bytes)
                .map_err(|cause| BackupProblem::File { name: file.to_string(), cause }),
            None => Ok(()),
        }
    }

    fn rows(&mut self, table: &str, piece: u32, from: &mut dyn Read) -> Result<(), BackupProblem> {
        let begun = self.begun()?;
        let tables = &begun.schema.tables;
        let at = tables
            .iter()
            .position(|known| known.name == table)
            .ok_or_else(|| contradicts(format!("it has rows of a table {table}")))?;
        let (last, last_piece) = begun.place;
        let follows = match at.cmp(&last) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => piece == last_piece + 1,
            std::cmp::Ordering::Greater => piece == 1,
        };
        if !follows {
            return Err(contradicts(format!("piece {piece} of the table {table} is out of order")));
        }
        begun.place = (at, piece);
        let mut from = BufReader::with_capacity(1 << 16, from);
        loop {
            let text = some_lines(&mut from)?;
            if text.is_empty() {
                return Ok(());
            }
            let begun = self.begun()?;
            let table = &begun.schema.tables[at];
            let rows = lines::read(table, &text)?;
            begun.examination.rows(table, &rows)?;
            begun.hashers.entry(table.name.clone()).or_default().add(rows.len(), &text);
            if let Some(import) = &mut begun.import
                && table.name != BUILT_ANEW
            {
                import.rows(table, &rows)?;
            }
            self.bytes.0 += text.len() as u64;
            (self.watch)(Progress { phase: Phase::Rows, bytes: self.bytes.0, of: None });
        }
    }

    fn object(
        &mut self,
        (organisation, digest): (Id<Organisation>, Digest),
        size: u64,
        from: &mut dyn Read,
    ) -> Result<(), BackupProblem> {
        let begun = self.begun.as_mut();
        let begun = begun.ok_or_else(|| contradicts("an object comes before the header"))?;
        let of = Some(*self.of.get_or_insert_with(|| begun.examination.named_bytes()));
        let mut upload = match &self.target {
            Some(target) => Some(target.objects.begin(organisation, size)?),
            None => None,
        };
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 18];
        loop {
            let count = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(BackupError::Read(error).into()),
            };
            match &mut upload {
                Some(upload) => upload.write(&buffer[..count])?,
                None => hasher.update(&buffer[..count]),
            }
            self.bytes.1 += count as u64;
            (self.watch)(Progress { phase: Phase::Objects, bytes: self.bytes.1, of });
        }
        let found = match upload {
            Some(upload) => upload.finish()?.digest,
            None => Digest::from_bytes(hasher.finalize().into()),
        };
        begun.examination.object((organisation, digest), (size, found));
        Ok(())
    }

    fn finish(self, manifest: &Manifest) -> Result<Restored, BackupProblem> {
        let Self { target, master_key, watch, begun, .. } = self;
        let mut begun = begun.ok_or_else(|| contradicts("it has no header"))?;
        begun.examination.told_gaps(&manifest.gaps);
        let master_key = master_key.as_ref().map(MasterKey::new);
        let found = begun.examination.finish(master_key.as_ref())?;
        let totals = Totals {
            rows: found.rows,
            entries: found.entries,
            objects: found.objects,
            object_bytes: found.object_bytes,
        };
        if manifest.totals != totals {
            return Err(contradicts("its manifest counts other rows, entries or objects"));
        }
        if let (Some(mut import), Some(target)) = (begun.import, target) {
            watch(Progress { phase: Phase::ReadingBack, bytes: 0, of: None });
            let mut hashers = begun.hashers;
            for table in begun.schema.tables.iter().filter(|table| table.name != BUILT_ANEW) {
                let written: TableDigest = hashers.remove(&table.name).unwrap_or_default().finish();
                if import.digest(table)? != written {
                    return Err(BackupProblem::ReadBack(table.name.clone()));
                }
            }
            import.finish(target.now)?;
        }
        Ok(Restored {
            made_at: begun.header.made_at,
            program: begun.header.program,
            has_master_key: begun.header.has_master_key,
            found,
        })
    }
}

impl Visitor for Taking<'_, '_> {
    type Error = BackupProblem;

    fn header(&mut self, header: Header) -> Result<(), BackupProblem> {
        if self.target.is_some() && !header.has_master_key && self.master_key.is_none() {
            return Err(BackupProblem::NoMasterKey);
        }
        let applied: Vec<Applied> = header
            .migrations
            .iter()
            .map(|line| Applied {
                number: line.number,
                name: line.name.clone(),
                digest: line.digest,
                applied_at: line.applied_at,
            })
            .collect();
        let schema = Schema::of(applied.clone())?;
        if table_lines(&schema) != header.tables {
            return Err(contradicts("its tables are not those of its migrations"));
        }
        let import = match &self.target {
            Some(target) => Some(Import::begin(target.database, applied)?),
            None => None,
        };
        let examination = Examination::new(&header.logs, self.known.take(), About::Backup)?;
        let (hashers, place) = (BTreeMap::new(), (0, 0));
        self.begun = Some(Begun { header, schema, import, examination, hashers, place });
        Ok(())
    }

    fn member(
        &mut self,
        member: &Member,
        size: u64,
        from: &mut dyn Read,
    ) -> Result<(), BackupProblem> {
        match member {
            Member::File(file) => self.file(file, from),
            Member::Checkpoint(log) => {
                let note = all(from)?;
                if let Some(target) = &self.target {
                    target.tiles.put_checkpoint(*log, &note)?;
                }
                self.begun()?.examination.checkpoint(*log, note);
                Ok(())
            }
            Member::Rows { table, piece } => self.rows(table, *piece, from),
            Member::Object { organisation, digest } => {
                self.object((*organisation, *digest), size, from)
            }
            Member::Header | Member::Manifest => Ok(()),
        }
    }
}

fn all(from: &mut dyn Read) -> Result<Vec<u8>, BackupProblem> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).map_err(BackupError::Read)?;
    Ok(bytes)
}

/// The next lines; none at the end. A line is as long as a row can be and no longer.
fn some_lines(from: &mut impl BufRead) -> Result<Vec<u8>, BackupProblem> {
    let mut text = Vec::new();
    while text.len() < AT_ONCE {
        let start = text.len();
        (&mut *from).take(ROW_LIMIT).read_until(b'\n', &mut text).map_err(BackupError::Read)?;
        if (text.len() - start) as u64 == ROW_LIMIT && text.last() != Some(&b'\n') {
            return Err(contradicts("a row in it has no end"));
        }
        if text.len() == start {
            break;
        }
    }
    Ok(text)
}

fn contradicts(what: impl Into<String>) -> BackupProblem {
    BackupError::Contradicts(what.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_a_few_at_a_time_and_one_without_an_end_is_refused() {
        let line = [b'x'; 99_999].into_iter().chain([b'\n']).collect::<Vec<u8>>();
        let text = line.repeat(20);
        let mut from = BufReader::new(&text[..]);
        let mut read = Vec::new();
        loop {
            let some = some_lines(&mut from).unwrap();
            assert!(some.len() < AT_ONCE + line.len());
            if some.is_empty() {
                break;
            }
            read.extend(some);
        }
        assert!(read == text);
        let mut endless = BufReader::new(io::repeat(b'x'));
        let refused = some_lines(&mut endless).unwrap_err();
        assert!(refused.to_string().contains("has no end"), "{refused}");
    }
}
