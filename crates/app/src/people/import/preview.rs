//! What would become of a list, as of now. Nothing is written.

use super::{
    IMPORT_LIFE, IMPORT_ROWS, ImportWritten, hold,
    judge::{self, Fate, ImportCounts, JudgedRow, Judgement},
    register::Register,
    rows::Rows,
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Id, Import},
};
use closedset_store::imports::{self, ImportRow};
use std::sync::Arc;

/// What would become of a list.
#[derive(Debug, Clone)]
pub struct ImportPreview {
    /// The list.
    pub import: ImportRow,
    /// The sheet that was read, of a workbook.
    pub sheet: Option<String>,
    /// The heads of the columns that are read.
    pub read: Vec<String>,
    /// The heads of those that are not.
    pub unread: Vec<String>,
    /// How many rows, and what they add.
    pub counts: ImportCounts,
    /// Rows: those refused first, then those of which something is left aside, then what adds; at most
    /// [`IMPORT_ROWS`].
    pub rows: Vec<JudgedRow>,
    /// What tells this outcome from another.
    pub mark: String,
    /// What was written of it.
    pub written: Option<ImportWritten>,
}

/// Judges a list that is held.
pub async fn import_preview(
    app: &App,
    caller: &Caller,
    id: Id<Import>,
) -> Result<ImportPreview, Problem> {
    caller.require(Action::PeopleWrite)?;
    let (import, rows) = held(app, caller, id).await?;
    let (rows, judged) = judged(app, caller, Arc::new(rows)).await?;
    let (counts, mark) = (judged.counts, judged.mark());
    let mut shown = judged.rows;
    // The sort keeps rows that are alike in their order.
    shown.sort_by_key(|row| match row.fate {
        Fate::Refused => 0,
        _ if !row.problems.is_empty() => 1,
        Fate::NewPerson | Fate::NewWork => 2,
        Fate::Known => 3,
    });
    shown.truncate(IMPORT_ROWS);
    Ok(ImportPreview {
        written: ImportWritten::of(&import),
        import,
        sheet: rows.sheet.clone(),
        read: rows.heads.0.clone(),
        unread: rows.heads.1.clone(),
        counts,
        rows: shown,
        mark,
    })
}

/// A list that is held and not too old, read again.
pub(super) async fn held(
    app: &App,
    caller: &Caller,
    id: Id<Import>,
) -> Result<(ImportRow, Rows), Problem> {
    let (organisation, now) = (caller.organisation, app.now());
    let (import, bytes) = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let row = imports::import_by_id(tx, organisation, id)?
                .filter(|row| row.created_at > now - IMPORT_LIFE)
                .ok_or(Problem::NotFound("list"))?;
            let bytes = imports::import_bytes(tx, organisation, id)?;
            Ok((row, bytes.ok_or(Problem::NotFound("list"))?))
        })
        .await?;
    let rows = hold::read(Arc::new(bytes)).await?;
    if rows.has_titles {
        caller.require(Action::TitleWrite)?;
    }
    Ok((import, rows))
}

/// Judges a list against the register as it is now.
pub(super) async fn judged(
    app: &App,
    caller: &Caller,
    rows: Arc<Rows>,
) -> Result<(Arc<Rows>, Judgement), Problem> {
    let organisation = caller.organisation;
    let register = app.store().read(move |tx| Register::read(tx, organisation)).await?;
    tokio::task::spawn_blocking(move || {
        let judged = judge::judge(&rows, register);
        (rows, judged)
    })
    .await
    .map_err(|error| Problem::fault("a thread ended early", error))
}
