//! That backups were made, left in the data folder for the next start of the server where none runs, a
//! line for each: an installation that stands still is not opened, and so not brought up to date, for a note.

use crate::{
    data::{DataFolder, Held, write_secret},
    system::SystemRandomness,
};
use anyhow::{Context, Result};
use closedset_app::{
    App,
    backup::{Made, note},
};
use closedset_core::{Actor, Randomness, Time, randomness};
use serde::{Deserialize, Serialize};
use std::{fs, io::ErrorKind, path::Path};

const NAME: &str = "backup-made.json";

/// What is noted of a backup: a line of the file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LeftNote {
    pub(super) made_at: Time,
    pub(super) size_bytes: u64,
    pub(super) entries: u64,
    pub(super) by: u32,
    /// What tells it from others, so that it is written down once.
    #[serde(default)]
    pub(super) id: Option<String>,
}

/// Leaves the note where no server runs, after those that nobody took up yet; whether that is so.
pub(super) fn leave(data: &Path, note: &LeftNote) -> Result<bool> {
    let Held::Here(folder) = DataFolder::take(data)? else { return Ok(false) };
    let path = folder.path().join(NAME);
    let mut lines = read(&path)?.unwrap_or_default();
    if !lines.is_empty() && !lines.ends_with('\n') {
        lines.push('\n');
    }
    let id: [u8; 16] = randomness::bytes(&SystemRandomness as &dyn Randomness);
    let note = LeftNote { id: Some(hex::encode(id)), ..*note };
    lines += &serde_json::to_string(&note)?;
    lines.push('\n');
    write_secret(&path, &lines)?;
    Ok(true)
}

/// Writes the notes that were left into the ledger, each once, and takes them away.
pub(crate) async fn take_up(data: &DataFolder, app: &App) -> Result<()> {
    let path = data.path().join(NAME);
    let Some(lines) = read(&path)? else { return Ok(()) };
    for line in lines.lines() {
        let left: LeftNote = serde_json::from_str(line)
            .with_context(|| format!("a line of {} says nothing of a backup", path.display()))?;
        let made = Made {
            actor: Actor::Operator(left.by),
            made_at: left.made_at,
            size_bytes: i64::try_from(left.size_bytes)?,
            entries: i64::try_from(left.entries)?,
            id: left.id,
        };
        note(app, made).await.map_err(|problem| anyhow::anyhow!(problem.sentence()))?;
    }
    fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
}

/// The file's text; none if nothing was left.
fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
