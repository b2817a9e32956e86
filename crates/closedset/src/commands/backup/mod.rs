//! `closedset backup`, `closedset restore` and `closedset migrate-db`.

pub(super) mod make;
pub(super) mod migrate_db;
mod passphrase;
mod progress;
pub(super) mod restore;
mod settings;

use super::UserError;
use anyhow::{Error, Result};
use closedset_app::backup::BackupProblem;
use closedset_backup::BackupError;
use closedset_store::StoreError;
use std::path::{Path, PathBuf};

/// Refuses a folder in which no installation has run.
fn require_installation(data: &Path) -> Result<()> {
    if data.join("ledger").is_dir() {
        return Ok(());
    }
    let words = format!(
        "{} is no data folder of an installation that has run; name it with --data",
        data.display()
    );
    Err(UserError(words).into())
}

/// A problem in words, with its causes and what to do about it. What is wrong with a backup itself, or
/// with what was asked, is a finding; what could not be done is a failure.
fn told(problem: BackupProblem) -> Error {
    let mut words = problem.to_string();
    let mut cause = std::error::Error::source(&problem);
    while let Some(error) = cause {
        words += &format!(": {error}");
        cause = error.source();
    }
    let words = format!("{words}. {}", problem.remedy());
    if is_finding(&problem) { UserError(words).into() } else { Error::msg(words) }
}

fn is_finding(problem: &BackupProblem) -> bool {
    match problem {
        BackupProblem::Store(error) => {
            matches!(
                error,
                StoreError::Newer { .. } | StoreError::NotEmpty | StoreError::NoDatabase
            )
        }
        BackupProblem::Form(error) => !matches!(
            error,
            BackupError::Read(_) | BackupError::Write(_) | BackupError::Source { .. }
        ),
        BackupProblem::Objects(_)
        | BackupProblem::Work(_)
        | BackupProblem::File { .. }
        | BackupProblem::ReadBack(_) => false,
        _ => true,
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
