//! Packs that are limited to some controls: which can be chosen, and what of everything stands in such a pack.
//! What that is and why it is no more is told in [`closedset_pack::limited`].

use super::gather::{Gathered, Wanted};
use crate::{App, Caller, Problem, frameworks};
use closedset_catalogue::{Catalogue, Control};
use closedset_core::{Action, Subject, SubjectKind, entry::Log};
use closedset_pack::PackInput;
use closedset_store::{
    Tx,
    ledger::{entry_body_at, pseudonym_of},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// A control, and whether a pack can be limited to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The framework that it belongs to.
    pub framework: String,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The part of the framework in which it stands.
    pub area: &'static str,
    /// It is not tested on computers, nor counted in the register of people.
    pub can_be_chosen: bool,
}

/// The controls of the frameworks that are chosen, in their order.
pub async fn choices(app: &App, caller: &Caller) -> Result<Vec<Choice>, Problem> {
    caller.require(Action::PackCreate)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let catalogue =
        app.store().read(move |tx| frameworks::in_force(tx, &unit_app, organisation, None)).await?;
    let controls = catalogue.chosen().flat_map(|framework| &framework.controls);
    let choice = |control: &Control| Choice {
        framework: control.framework.clone(),
        id: control.id.clone(),
        title: control.title.clone(),
        area: control.area.as_str(),
        can_be_chosen: !is_tested(&catalogue, control),
    };
    Ok(controls.map(choice).collect())
}

/// Whether a control is tested on computers, or counted in the register of people. What the facility itself asks of
/// computers is beside it, and stands in no limited pack.
fn is_tested(catalogue: &Catalogue, control: &Control) -> bool {
    catalogue.checks_of(&control.id).any(|check| !check.is_evidence && !check.is_own)
}

/// The controls of this framework that were asked for, each once and in its order.
pub(super) async fn chosen(
    app: &App,
    caller: &Caller,
    framework: &str,
    wanted: &[String],
) -> Result<Vec<String>, Problem> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let refused = |what: String| Problem::field("controls", what);
    let mut choices = choices(app, caller).await?;
    choices.retain(|choice| choice.framework == framework);
    for id in wanted {
        let known = choices.iter().find(|choice| choice.id == *id);
        let Some(choice) = known else {
            let short: String = id.chars().take(40).collect();
            return Err(refused(format!("The framework has no control \u{201c}{short}\u{201d}.")));
        };
        if !choice.can_be_chosen {
            return Err(refused(format!(
                "{id} is tested on computers or counted from the register of people, of which the ledger speaks for \
                 all controls together. Choose controls that rest on documents and statements, or make a pack of all."
            )));
        }
    }
    let is_wanted = |choice: &Choice| wanted.contains(&choice.id);
    Ok(choices.into_iter().filter(is_wanted).map(|choice| choice.id).collect())
}

/// The pseudonyms of the controls to which the pack is limited; none if it is not.
pub(super) fn names(
    tx: &mut Tx<'_>,
    log: Log,
    wanted: &Wanted,
) -> Result<Option<BTreeSet<String>>, Problem> {
    if wanted.controls.is_empty() {
        return Ok(None);
    }
    let mut names = BTreeSet::new();
    for control in &wanted.controls {
        names.extend(pseudonym_of(tx, log, &Subject::control(control).to_string())?);
    }
    Ok(Some(names))
}

/// Takes out what the pack is not about.
pub(super) fn apply(gathered: &mut Gathered, wanted: &Wanted) {
    if wanted.controls.is_empty() {
        return;
    }
    let is_chosen = |control: &String| wanted.controls.contains(control);
    let has = |subject: &Subject| subject.kind == SubjectKind::Control && is_chosen(&subject.id);
    let input = &mut gathered.input;
    input.controls.retain(|control| is_chosen(&control.id));
    for control in &mut input.controls {
        control.checks.retain(|check| !check.is_own);
    }
    input.verdicts.retain(|row| has(&row.subject));
    input.history.retain(|row| has(&row.subject));
    input.devices.clear();
    // What is excepted on one computer is of an own check.
    input
        .exceptions
        .retain(|row| is_chosen(&row.terms.control) && row.terms.subject.as_ref().is_none_or(has));
    gathered.facts.retain(|(row, _)| has(&row.subject));
    gathered.documents.retain(|row| is_chosen(&row.control));
    gathered.attestations.retain(|(row, _)| is_chosen(&row.control));
}

/// Adds the entries that say of erased ones in the pack that they were erased.
pub(super) fn add_erasures(
    tx: &mut Tx<'_>,
    log: Log,
    input: &mut PackInput,
    erasures: Vec<u64>,
) -> Result<(), Problem> {
    for index in erasures {
        let at = i64::try_from(index).unwrap_or(i64::MAX);
        let Some(body) = entry_body_at(tx, log, at)? else { continue };
        let body: Value = serde_json::from_slice(&body.body)
            .map_err(|error| Problem::fault("the body of an entry could not be read", error))?;
        let erased = body.get("index").and_then(Value::as_u64);
        if erased.is_some_and(|erased| input.erased.binary_search(&erased).is_ok()) {
            input.more_entries.push(index);
        }
    }
    Ok(())
}
