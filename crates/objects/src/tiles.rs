//! The ledger's tiles and checkpoints as files: `<log>/tile/0/x001/067`, `<log>/checkpoint`.
//!
//! The paths are those of the C2SP specification tlog-tiles, so that a web server could serve them
//! as they lie. What a tile means is not known here; whoever reads one checks it against the
//! checkpoint's root.

use crate::{
    ObjectsError,
    folder::{self, Folder},
    objects::parent,
};
use closedset_core::entry::Log;
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

const CHECKPOINT: &str = "checkpoint";
/// No tile and no bundle of entries is larger: 256 entries of 65,535 bytes with their lengths.
const FILE_LIMIT: u64 = 256 * (65_535 + 2);

const TURN: &str = "checkpoint.turn";

/// The turn to replace a log's checkpoint; it ends when dropped.
#[derive(Debug)]
pub struct CheckpointTurn {
    _file: fs::File,
}

/// The files of all logs, in one folder.
#[derive(Debug)]
pub struct TileFiles {
    folder: Folder,
}

impl TileFiles {
    /// Opens the folder, makes it if it is missing, and removes what was left unfinished.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, ObjectsError> {
        Ok(Self { folder: Folder::open(root.as_ref())? })
    }

    /// The folder for reading, while another process may have it open: nothing in it is touched.
    pub fn beside(root: impl AsRef<Path>) -> Self {
        Self { folder: Folder::beside(root.as_ref()) }
    }

    /// Writes a tile at its path (`tile/...`). Writing the same bytes again does nothing; other bytes
    /// are refused, because a tile never changes.
    pub fn put_tile(&self, log: Log, path: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        self.put_tiles(log, [(path, bytes)])
    }

    /// Writes many tiles as [`TileFiles::put_tile`] does, and flushes each folder once.
    pub fn put_tiles<'a>(
        &self,
        log: Log,
        tiles: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<(), ObjectsError> {
        let mut folders = BTreeSet::new();
        for (path, bytes) in tiles {
            let place = self.tile_path(log, path)?;
            match read_file(&place)? {
                // Its folder is flushed again all the same: the writer before may not have come to it.
                Some(there) if there == bytes => {}
                Some(_) => {
                    return Err(ObjectsError::TileConflict { log, path: path.to_owned() });
                }
                None => self.folder.write_unflushed(&place, bytes)?,
            }
            folders.insert(parent(&place).to_owned());
        }
        folders.iter().try_for_each(|folder| folder::flush(folder))
    }

    /// The bytes of a tile, or none if there is none at this path.
    pub fn tile(&self, log: Log, path: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        read_file(&self.tile_path(log, path)?)
    }

    /// Waits until no other process that uses this folder replaces the log's checkpoint, and keeps
    /// others waiting until what is returned is dropped. Who reads it, compares, and replaces it
    /// without this may put an older one over a newer.
    pub fn checkpoint_turn(&self, log: Log) -> Result<CheckpointTurn, ObjectsError> {
        let folder = self.log_path(log);
        fs::create_dir_all(&folder).map_err(ObjectsError::io("make", &folder))?;
        let path = folder.join(TURN);
        let file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(ObjectsError::io("open", &path))?;
        file.lock().map_err(ObjectsError::io("lock", &path))?;
        Ok(CheckpointTurn { _file: file })
    }

    /// Replaces the log's checkpoint: whoever reads sees the old one or the new one, whole.
    pub fn put_checkpoint(&self, log: Log, bytes: &[u8]) -> Result<(), ObjectsError> {
        let place = self.log_path(log).join(CHECKPOINT);
        self.folder.write_unflushed(&place, bytes)?;
        folder::flush(parent(&place))
    }

    /// The log's checkpoint, or none if it never had one.
    pub fn checkpoint(&self, log: Log) -> Result<Option<Vec<u8>>, ObjectsError> {
        read_file(&self.log_path(log).join(CHECKPOINT))
    }

    /// The logs that have a checkpoint here.
    pub fn logs(&self) -> Result<Vec<Log>, ObjectsError> {
        let root = self.folder.root();
        let mut logs = Vec::new();
        for entry in fs::read_dir(root).map_err(ObjectsError::io("list", root))? {
            let entry = entry.map_err(ObjectsError::io("list", root))?;
            let log = entry.file_name().to_str().and_then(|name| name.parse::<Log>().ok());
            logs.extend(log.filter(|_| entry.path().join(CHECKPOINT).exists()));
        }
        logs.sort();
        Ok(logs)
    }

    fn log_path(&self, log: Log) -> PathBuf {
        self.folder.root().join(log.to_string())
    }

    fn tile_path(&self, log: Log, path: &str) -> Result<PathBuf, ObjectsError> {
        if is_tile_path(path) {
            Ok(self.log_path(log).join(path))
        } else {
            Err(ObjectsError::TilePath { path: path.to_owned() })
        }
    }
}

/// Whether this is `tile/`, a level or `entries`, groups of three digits, and perhaps a width.
fn is_tile_path(path: &str) -> bool {
    let is_number = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let Some((level, rest)) = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, Some(width)),
        None => (rest, None),
    };
    let mut groups = number.split('/').rev();
    let is_group = |text: &str| text.len() == 3 && is_number(text, 3);
    path.len() <= 64
        && (level == "entries" || is_number(level, 2))
        && width.is_none_or(|width| is_number(width, 3))
        && groups.next().is_some_and(is_group)
        && groups.all(|group| group.strip_prefix('x').is_some_and(is_group))
}

fn read_file(path: &Path) -> Result<Option<Vec<u8>>, ObjectsError> {
    let file = match folder::open_file(path) {
        Ok(file) => file,
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(ObjectsError::io("open", path)(error)),
    };
    let mut bytes = Vec::new();
    file.take(FILE_LIMIT).read_to_end(&mut bytes).map_err(ObjectsError::io("read", path))?;
    Ok(Some(bytes))
}
