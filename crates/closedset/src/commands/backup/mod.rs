//! `closedset backup`, `closedset restore` and `closedset migrate-db`.

pub(super) mod left_note;
pub(super) mod make;
pub(super) mod migrate_db;
mod passphrase;
pub(crate) mod pending_move;
mod progress;
pub(super) mod restore;
mod settings;
mod unfinished;

use super::UserError;
use crate::data::is_unfinished;
use anyhow::{Error, Result};
use closedset_app::backup::BackupProblem;
use closedset_backup::{BackupError, Gap};
use closedset_store::StoreError;
use std::path::{Path, PathBuf};

/// Refuses a folder in which no installation has run.
fn require_installation(data: &Path) -> Result<()> {
    if is_unfinished(data) {
        let words = format!(
            "a restore into {} was begun and not finished: what lies there is not whole",
            data.display()
        );
        return Err(UserError(words).into());
    }
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

/// What is missing in a backup, a line for each.
fn gap_lines(gaps: &[Gap]) -> String {
    let mut lines = format!("Missing in this backup, since they were lost before: {}", gaps.len());
    for gap in gaps {
        let what = gap.belongs_to.join("; ");
        lines += &format!("\n  {what}: {}, SHA-256 {}", gap.why.as_str(), gap.digest);
    }
    lines
}

/// The database in a data folder where nothing else is said.
fn database_in(data: &Path) -> Result<String> {
    Ok(format!("sqlite:{}", absolute(&data.join("closedset.sqlite"))?.display()))
}

/// The path from the root, so that it means the same from anywhere.
fn absolute(path: &Path) -> Result<PathBuf> {
    Ok(std::path::absolute(path)?)
}
