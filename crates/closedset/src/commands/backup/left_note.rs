//! That a backup was made, left in the data folder for the next start of the server where none runs:
//! an installation that stands still is not opened, and so not brought up to date, for a note.

use crate::data::{DataFolder, Held, write_secret};
use anyhow::{Context, Result};
use closedset_app::{
    App,
    backup::{Made, note},
};
use closedset_core::{Actor, Time};
use serde::{Deserialize, Serialize};
use std::{fs, io::ErrorKind, path::Path};

const NAME: &str = "backup-made.json";

/// What is noted of a backup.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LeftNote {
    pub(super) made_at: Time,
    pub(super) size_bytes: u64,
    pub(super) entries: u64,
    pub(super) by: u32,
}

/// Leaves the note where no server runs; whether that is so. An earlier one that nobody took up goes:
/// what counts is the newest backup.
pub(super) fn leave(data: &Path, note: &LeftNote) -> Result<bool> {
    let Held::Here(folder) = DataFolder::take(data)? else { return Ok(false) };
    write_secret(&folder.path().join(NAME), &serde_json::to_string(note)?)?;
    Ok(true)
}

/// Writes a note that was left into the ledger, and takes it away.
pub(crate) async fn take_up(data: &DataFolder, app: &App) -> Result<()> {
    let path = data.path().join(NAME);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let left: LeftNote = serde_json::from_slice(&text)
        .with_context(|| format!("{} says nothing of a backup", path.display()))?;
    let made = Made {
        actor: Actor::Operator(left.by),
        made_at: left.made_at,
        size_bytes: i64::try_from(left.size_bytes)?,
        entries: i64::try_from(left.entries)?,
    };
    note(app, made).await.map_err(|problem| anyhow::anyhow!(problem.sentence()))?;
    fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
}
