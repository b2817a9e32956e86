//! Bringing a list: it is read once, and held until it is compared. What its columns were taken for is shown before that.

use super::{
    HELD, HELD_LIFE,
    columns::{Columns, SaysColumn},
    rows,
};
use crate::{App, Caller, Problem, evidence::file_name};
use closedset_core::{
    Action, Digest, Time,
    comparison::ListKind,
    id::{Comparison, Id},
};
use closedset_sheets::FILE_LIMIT;
use closedset_store::{
    Tx,
    comparisons::{self, HeldListRow},
};

/// Rows that are shown of a list.
const SHOWN: usize = 5;

/// A list that waits to be compared.
#[derive(Debug, Clone)]
pub struct HeldLook {
    /// The list.
    pub list: HeldListRow,
    /// How many rows it has.
    pub rows: usize,
    /// Its columns that have a head, as they would be read.
    pub columns: Vec<SaysColumn>,
    /// The first rows as they would be read: name and addresses.
    pub first: Vec<(String, String)>,
}

/// Holds a list, and lets the oldest go where too many wait.
pub async fn list_hold(
    app: &App,
    caller: &Caller,
    kind: &str,
    (name, bytes): (&str, Vec<u8>),
) -> Result<Id<Comparison>, Problem> {
    caller.require(Action::PeopleWrite)?;
    let Some(kind) = ListKind::from_word(kind) else {
        return Err(Problem::field("kind", "Choose what the list is."));
    };
    if bytes.is_empty() {
        return Err(Problem::field("file", "Choose a file; this one is empty."));
    }
    if bytes.len() > FILE_LIMIT {
        return Err(Problem::field("file", "A list has at most 20 MB. Split it in two."));
    }
    let read = tokio::task::spawn_blocking(move || rows::table(&bytes).map(|_| bytes));
    let bytes = read.await.map_err(|error| Problem::fault("a thread ended early", error))??;
    let (name, digest) = (file_name(name), Digest::of(&bytes));
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        for old in comparisons::held_lists(tx, organisation)?.iter().skip(HELD - 1) {
            comparisons::held_list_delete(tx, organisation, old.id)?;
        }
        let row = HeldListRow {
            id: tx.new_id(),
            kind,
            file_name: name.clone(),
            digest,
            created_at: tx.now(),
        };
        comparisons::held_list_insert(tx, organisation, &row, &bytes)?;
        Ok(row.id)
    })
    .await
}

/// A list that waits and is not too old, with its bytes.
pub(super) async fn held(
    app: &App,
    caller: &Caller,
    id: Id<Comparison>,
) -> Result<(HeldListRow, Vec<u8>), Problem> {
    caller.require(Action::PeopleWrite)?;
    let (organisation, now) = (caller.organisation, app.now());
    app.store()
        .read(move |tx| {
            let found = comparisons::held_list_by_id(tx, organisation, id)?;
            found
                .filter(|(row, _)| row.created_at > now - HELD_LIFE)
                .ok_or(Problem::NotFound("list"))
        })
        .await
}

/// How a list that waits would be read.
pub async fn list_look(
    app: &App,
    caller: &Caller,
    id: Id<Comparison>,
) -> Result<HeldLook, Problem> {
    let (list, bytes) = held(app, caller, id).await?;
    let read = tokio::task::spawn_blocking(move || -> Result<_, Problem> {
        let table = rows::table(&bytes)?;
        let heads = table.heads();
        let columns = Columns::guess(&heads);
        let found = rows::rows(&table, &columns);
        let first =
            found.iter().take(SHOWN).map(|row| (row.name.clone(), row.addresses.join(", ")));
        let first = first.collect();
        let columns =
            heads.iter().enumerate().filter(|(_, head)| !head.is_empty()).map(|(column, head)| {
                SaysColumn { column, head: rows::clean(head, 60), says: columns.says(column) }
            });
        Ok((found.len(), columns.collect(), first))
    });
    let (rows, columns, first) =
        read.await.map_err(|error| Problem::fault("a thread ended early", error))??;
    Ok(HeldLook { list, rows, columns, first })
}

/// Lets go what waits for longer than a day.
pub(crate) fn held_sweep(tx: &mut Tx<'_>, now: Time) -> Result<(), Problem> {
    Ok(comparisons::held_list_sweep(tx, now - HELD_LIFE)?)
}
