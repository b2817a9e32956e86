//! Bringing a list: it is read once, and held for a day if it can be.

use super::{IMPORT_LIFE, IMPORTS, rows};
use crate::{App, Caller, Problem, evidence::file_name};
use closedset_core::{
    Action, Digest, Time,
    id::{Id, Import},
};
use closedset_sheets::FILE_LIMIT;
use closedset_store::{
    Tx,
    imports::{self, ImportRow},
};
use std::sync::Arc;

/// Holds a list, and lets the oldest go where too many are held.
pub async fn import_hold(
    app: &App,
    caller: &Caller,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Id<Import>, Problem> {
    caller.require(Action::PeopleWrite)?;
    if bytes.is_empty() {
        return Err(Problem::field("file", "Choose a file; this one is empty."));
    }
    if bytes.len() > FILE_LIMIT {
        return Err(Problem::field("file", "A list has at most 20 MB. Split it in two."));
    }
    let bytes = Arc::new(bytes);
    let rows = read(Arc::clone(&bytes)).await?;
    if rows.has_titles && !caller.may(Action::TitleWrite) {
        return Err(Problem::field(
            "file",
            "You may not put people on titles. Take the column with titles out, or ask somebody who may.",
        ));
    }
    let (name, digest) = (file_name(name), Digest::of(&bytes));
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        for old in imports::import_list(tx, organisation)?.iter().skip(IMPORTS - 1) {
            imports::import_delete(tx, organisation, old.id)?;
        }
        let row = ImportRow {
            id: tx.new_id(),
            brought_by: caller.actor.to_string(),
            file_name: name.clone(),
            digest,
            created_at: tx.now(),
            written_at: None,
            written: String::new(),
        };
        imports::import_insert(tx, organisation, &row, &bytes)?;
        Ok(row.id)
    })
    .await
}

/// Reads a list where it holds up nobody.
pub(super) async fn read(bytes: Arc<Vec<u8>>) -> Result<rows::Rows, Problem> {
    tokio::task::spawn_blocking(move || rows::read(&bytes))
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))?
}

/// The lists that are held, the latest first.
pub async fn import_list(app: &App, caller: &Caller) -> Result<Vec<ImportRow>, Problem> {
    caller.require(Action::PeopleWrite)?;
    let (organisation, now) = (caller.organisation, app.now());
    app.store()
        .read(move |tx| {
            let mut rows = imports::import_list(tx, organisation)?;
            rows.retain(|row| row.created_at > now - IMPORT_LIFE);
            Ok(rows)
        })
        .await
}

/// Lets go what is held for longer than a day.
pub(crate) fn import_sweep(tx: &mut Tx<'_>, now: Time) -> Result<(), Problem> {
    Ok(imports::import_sweep(tx, now - IMPORT_LIFE)?)
}
