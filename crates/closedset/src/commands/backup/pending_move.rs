//! That the rows were moved to another database, laid into the data folder before anything names that
//! one: broken off wherever it is, nothing starts on the old database, and the next start on the new one,
//! or another `migrate-db`, brings it to its end.

use crate::{
    commands::UserError,
    data::{DataFolder, write_secret},
    system::SystemRandomness,
};
use anyhow::{Context, Result};
use closedset_app::{
    App,
    backup::{Move, moved},
};
use closedset_core::{Actor, Randomness, randomness};
use closedset_store::DatabaseUrl;
use serde::{Deserialize, Serialize};
use std::{fs, io::ErrorKind, path::Path};

const NAME: &str = "database-moved.json";

/// A move whose rows lie in the new database, whole and verified.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PendingMove {
    /// The database that holds the rows, as `closedset.toml` names it.
    pub(super) to: String,
    by: u32,
    id: String,
}

impl PendingMove {
    /// Lays down that the rows are in `to`.
    pub(super) fn begin(data: &DataFolder, to: String) -> Result<Self> {
        let id: [u8; 16] = randomness::bytes(&SystemRandomness as &dyn Randomness);
        let by = rustix::process::getuid().as_raw();
        let this = Self { to, by, id: hex::encode(id) };
        write_secret(&data.path().join(NAME), &serde_json::to_string(&this)?)?;
        Ok(this)
    }

    /// A move that was not brought to its end.
    pub(crate) fn of(data: &Path) -> Result<Option<Self>> {
        let path = data.join(NAME);
        match fs::read(&path) {
            Ok(text) => Ok(Some(
                serde_json::from_slice(&text)
                    .with_context(|| format!("{} says nothing of a database", path.display()))?,
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Refuses every other database than the one that holds the rows.
    pub(crate) fn require(&self, database: &DatabaseUrl) -> Result<()> {
        let to: DatabaseUrl = self.to.parse().context("the new database's URL cannot be used")?;
        if to == *database {
            return Ok(());
        }
        let words = format!(
            "the rows were moved to {to}, which was broken off before that was written down; {database} is \
             what they left. Run closedset migrate-db with --to and that database again, and let nothing \
             name the old one"
        );
        Err(UserError(words).into())
    }

    /// Has the ledger say so, which closes the old database for good.
    pub(crate) async fn finish(self, data: &DataFolder, app: &App) -> Result<()> {
        let this = Move { actor: Actor::Operator(self.by), id: self.id };
        moved(app, this)
            .await
            .map_err(|problem| anyhow::anyhow!("{} {}", problem.sentence(), problem.remedy()))?;
        let path = data.path().join(NAME);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
    }
}
