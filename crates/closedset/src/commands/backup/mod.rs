//! `closedset backup`, `closedset restore` and `closedset migrate-db`.

pub(super) mod make;
pub(super) mod migrate_db;
mod passphrase;
mod progress;
pub(super) mod restore;
mod settings;

use anyhow::{Error, Result};
use closedset_app::backup::BackupProblem;
use std::path::{Path, PathBuf};

/// A problem with what to do about it, for a person.
fn told(problem: BackupProblem) -> Error {
    let remedy = problem.remedy();
    let words = format!("{problem}. {remedy}");
    match std::error::Error::source(&problem) {
        Some(_) => Error::new(problem).context(remedy),
        None => Error::msg(words),
    }
}

/// The database in a data folder where nothing else is said.
fn database_in(data: &Path) -> Result<String> {
    Ok(format!("sqlite:{}", absolute(&data.join("closedset.sqlite"))?.display()))
}

/// The path from the root, so that it means the same from anywhere.
fn absolute(path: &Path) -> Result<PathBuf> {
    Ok(std::path::absolute(path)?)
}
