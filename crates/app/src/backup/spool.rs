//! What entries commit to, kept in a file until their bodies come: both come in the order of logs and
//! indexes, so that one pass over the file is enough, however many there are.

use super::BackupProblem;
use closedset_backup::BackupError;
use closedset_core::{
    Digest,
    entry::{Commitment, Log},
};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
};

/// Commitments in the order in which their entries came.
pub(super) struct Spool {
    stage: Stage,
    /// How many each log has, in the order in which they came.
    logs: Vec<(Log, u64)>,
    /// The next one to be read: which log, and which of its entries.
    next: (usize, u64),
}

enum Stage {
    Writing(BufWriter<File>),
    Reading(BufReader<File>),
}

/// A commitment and where its entry stands.
pub(super) struct Kept {
    pub(super) log: Log,
    pub(super) index: u64,
    pub(super) commitment: Commitment,
}

impl Spool {
    pub(super) fn new() -> Result<Self, BackupProblem> {
        let file = tempfile::tempfile().map_err(BackupProblem::Work)?;
        let stage = Stage::Writing(BufWriter::with_capacity(1 << 17, file));
        Ok(Self { stage, logs: Vec::new(), next: (0, 0) })
    }

    /// Adds the next entry's.
    pub(super) fn add(&mut self, log: Log, commitment: Commitment) -> Result<(), BackupProblem> {
        match self.logs.last_mut() {
            Some((last, count)) if *last == log => *count += 1,
            _ => self.logs.push((log, 1)),
        }
        match &mut self.stage {
            Stage::Writing(file) => {
                let Commitment { version, digest } = commitment;
                let written = file.write_all(&version.to_be_bytes());
                written.and_then(|()| file.write_all(digest.bytes())).map_err(BackupProblem::Work)
            }
            Stage::Reading(_) => {
                let what = "entries come after bodies, which is no order that this program writes";
                Err(BackupError::Contradicts(what.into()).into())
            }
        }
    }

    /// The next one; none when all were read. Nothing can be added from here on.
    pub(super) fn next(&mut self) -> Result<Option<Kept>, BackupProblem> {
        if let Stage::Writing(file) = &mut self.stage {
            file.flush().map_err(BackupProblem::Work)?;
            let mut file = file.get_ref().try_clone().map_err(BackupProblem::Work)?;
            file.seek(SeekFrom::Start(0)).map_err(BackupProblem::Work)?;
            self.stage = Stage::Reading(BufReader::with_capacity(1 << 17, file));
        }
        let Stage::Reading(file) = &mut self.stage else { return Ok(None) };
        let Some((log, count)) = self.logs.get(self.next.0).copied() else { return Ok(None) };
        let index = self.next.1;
        self.next = if index + 1 < count { (self.next.0, index + 1) } else { (self.next.0 + 1, 0) };
        let (mut version, mut digest) = ([0; 8], [0; 32]);
        file.read_exact(&mut version).map_err(BackupProblem::Work)?;
        file.read_exact(&mut digest).map_err(BackupProblem::Work)?;
        let (version, digest) = (i64::from_be_bytes(version), Digest::from_bytes(digest));
        Ok(Some(Kept { log, index, commitment: Commitment { version, digest } }))
    }
}
