//! Choosing: what is asked from now on.

use super::{control_of, wants};
use crate::{App, Caller, Problem, assessment, catalogue_change, evidence, exceptions, own_checks};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx, exceptions as exception_store,
    frameworks::{self, ChoiceRow},
    tasks,
};
use serde_json::json;
use std::collections::BTreeMap;

/// The kind of the entry that says what was chosen.
pub(crate) const CHOSEN: &str = "frameworks.chosen";
/// Rows read at once.
const BATCH: i64 = 500;

fn changed_meanwhile() -> Problem {
    Problem::Conflict {
        code: "frameworks.changed",
        sentence: "Somebody chose other frameworks since you looked.",
        remedy: "Look at what is chosen now, and decide anew.",
    }
}

/// What was meant, or what is wrong with it.
pub(super) fn check(app: &App, wanted: &[String]) -> Result<Vec<String>, Problem> {
    let mut chosen: Vec<String> = Vec::new();
    for id in wanted {
        if app.catalogue().framework(id).is_none() {
            let known: Vec<&str> =
                app.catalogue().frameworks().iter().map(|known| known.id.as_str()).collect();
            let meant: String = id.chars().take(40).collect();
            let message =
                format!("There is no framework {meant:?}. There are: {}.", known.join(", "));
            return Err(Problem::field("frameworks", message));
        }
        if !chosen.contains(id) {
            chosen.push(id.clone());
        }
    }
    if chosen.is_empty() {
        return Err(Problem::field("frameworks", "Choose at least one framework."));
    }
    Ok(chosen)
}

/// Answers these frameworks from now on, and no others. `before` is what the caller saw chosen.
pub async fn frameworks_choose(
    app: &App,
    caller: &Caller,
    wanted: &[String],
    before: &[String],
) -> Result<(), Problem> {
    own_checks::before_change(app, caller).await?;
    let wanted = check(app, wanted)?;
    let (unit_app, before) = (app.clone(), before.to_vec());
    app.write_for(caller, Action::CatalogueWrite, move |tx, caller| {
        let (app, organisation) = (&unit_app, caller.organisation);
        let standing = super::in_force(tx, app, organisation, None)?;
        let chosen: Vec<String> = standing.chosen().map(|one| one.id.clone()).collect();
        // A choice may name one whose file is gone: then the same is chosen anew, without it.
        let row = frameworks::framework_choice_in_force(tx, organisation, None)?;
        if chosen == wanted && row.is_none_or(|row| row.frameworks == wanted) {
            return Ok(());
        }
        if chosen != before {
            return Err(changed_meanwhile());
        }
        let old = app.catalogue_of(tx, organisation)?;
        own_checks::catch_up(tx, app, organisation)?;
        assessment::catch_up_controls(tx, &old, organisation)?;
        let versions: BTreeMap<&str, &str> = standing
            .frameworks()
            .iter()
            .filter(|one| wanted.contains(&one.id))
            .map(|one| (one.id.as_str(), one.version.as_str()))
            .collect();
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("organisation:{organisation}"),
                kind: CHOSEN,
                body: json!({
                    "frameworks": wanted,
                    "before": chosen,
                    "versions": versions,
                    "chosen_by": caller.name,
                }),
            },
        )?;
        let row = ChoiceRow {
            frameworks: wanted.clone(),
            chosen_by: caller.name.clone(),
            chosen_at: tx.now(),
            entry: entry.index,
        };
        frameworks::framework_choice_insert(tx, organisation, &row)?;
        catalogue_change::assess_all(tx, app, organisation)?;
        let new = app.catalogue_of(tx, organisation)?;
        settle_tasks(tx, (&old, &new), organisation)
    })
    .await?;
    own_checks::after_change(app, caller).await
}

/// Has open tasks stand where they are met from now on, closes those about exceptions from what nobody asks
/// any more, and opens those that what is asked again calls for. Those of checks close when what they are about is
/// assessed.
fn settle_tasks(
    tx: &mut Tx<'_>,
    (old, new): (&Catalogue, &Catalogue),
    organisation: Id<Organisation>,
) -> Result<(), Problem> {
    for check in new.asked().filter(|check| !check.is_evidence) {
        let control = new.control_shown(check);
        if old.check(&check.id).is_some_and(|before| old.control_shown(before) != control) {
            tasks::task_set_control(tx, organisation, &check.id, control)?;
        }
    }
    let newly = new.chosen().filter(|framework| !old.is_chosen(&framework.id));
    for control in newly.flat_map(|framework| &framework.controls) {
        evidence::asked_again(tx, new, organisation, &control.id)?;
    }
    let mut after = None;
    loop {
        let page = exception_store::exception_list(tx, organisation, after, BATCH)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for row in page {
            if !wants(new, &row.terms) {
                let note = "the framework that asked for it is no longer chosen";
                exceptions::close_task(tx, organisation, &row, note)?;
                continue;
            }
            if row.terms.check.is_some() {
                let control = control_of(new, &row.terms);
                tasks::task_set_control(tx, organisation, &row.id.to_string(), control)?;
            }
            if !wants(old, &row.terms) {
                exceptions::asked_again(tx, (new, organisation), &row)?;
            }
        }
    }
}
