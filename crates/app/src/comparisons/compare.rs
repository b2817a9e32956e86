//! Holding a list against the register, and keeping what the two do not agree on. The list itself is let go.

use super::{
    DIFFERENCES,
    carry::Before,
    columns::{Columns, Says},
    held::held,
    judge::judge,
    known::Known,
    rows, tell,
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Comparison, Id},
};
use closedset_store::{
    comparisons::{self, ComparisonRow, DifferenceRow},
    ledger::{self, Page},
};
use serde_json::json;

/// Compares a list that waits, its columns read as whoever brought it says.
pub async fn list_compare(
    app: &App,
    caller: &Caller,
    id: Id<Comparison>,
    chosen: Vec<(usize, Says)>,
) -> Result<(), Problem> {
    let (list, bytes) = held(app, caller, id).await?;
    let organisation = caller.organisation;
    let known = app.store().read(move |tx| Known::read(tx, organisation)).await?;
    let kind = list.kind;
    let judged = tokio::task::spawn_blocking(move || -> Result<_, Problem> {
        let table = rows::table(&bytes)?;
        let columns = Columns::chosen(&chosen, table.heads().len())?;
        let rows = rows::rows(&table, &columns);
        let (mut found, counts) = judge(kind, (&rows, &columns), &known);
        // What matters most is kept where there is too much.
        found.sort_by_key(|one| (one.kind, one.line));
        found.truncate(DIFFERENCES);
        Ok((found, counts, columns.told(), known.position))
    });
    let (found, counts, columns, position) =
        judged.await.map_err(|error| Problem::fault("a thread ended early", error))??;
    let kept = serde_json::to_string(&counts)
        .map_err(|error| Problem::fault("counts could not be written", error))?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        if !comparisons::held_list_delete(tx, organisation, id)? {
            return Err(Problem::NotFound("list"));
        }
        // Whoever was forgotten since must not come back.
        let page = Page { before: None, kind: Some("person.forgotten"), limit: 1 };
        let last = ledger::entry_page(tx, Log::Organisation(organisation), page)?;
        if last.first().is_some_and(|entry| entry.index >= position) {
            return Err(Problem::Conflict {
                code: "comparison.overtaken",
                sentence: "Somebody was forgotten while the list was compared.",
                remedy: "Compare it again.",
            });
        }
        let before = Before::read(tx, organisation, kind)?;
        let row = ComparisonRow {
            id,
            kind,
            digest: list.digest,
            columns: columns.clone(),
            counts: kept.clone(),
            compared_by: caller.name.clone(),
            compared_at: tx.now(),
        };
        comparisons::comparison_insert(tx, organisation, &row)?;
        for one in &found {
            let carried = before.of(one);
            let row = DifferenceRow {
                id: tx.new_id(),
                comparison: id,
                kind: one.kind,
                line: one.line,
                name: one.name.clone(),
                email: one.email.clone(),
                name_key: one.key.clone(),
                person: one.person,
                candidates: one.candidates.clone(),
                note: one.note.clone(),
                task: carried.as_ref().and_then(|(_, task)| *task),
                settled: carried.map(|(settled, _)| settled),
            };
            comparisons::difference_insert(tx, organisation, &row)?;
        }
        let body = json!({
            "comparison": id,
            "list": kind.as_str(),
            "file": list.digest,
            "columns": columns,
            "counts": counts,
        });
        tell(tx, (&caller.actor, organisation), id, "comparison.made", body)?;
        Ok(())
    })
    .await
}
