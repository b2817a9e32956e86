//! What was asked for: which checks, which kinds of facts, which server.

use super::UserError;
use crate::kinds::{nearest, plain};
use closedset_catalogue::{Catalogue, Check};
use closedset_core::{
    SubjectKind,
    fact::{
        FactRecord,
        device::{Hardware, OperatingSystem},
    },
};
use std::collections::BTreeSet;

/// The catalogue that asks what these frameworks ask; what is asked of whoever did not choose, if none is
/// named.
pub(super) fn choosing(catalogue: &Catalogue, ids: &[String]) -> Result<Catalogue, UserError> {
    let known = || catalogue.frameworks().iter().map(|framework| framework.id.as_str());
    let ids: Vec<String> = ids.iter().map(|id| id.trim().to_owned()).collect();
    if let Some(id) = ids.iter().find(|id| !known().any(|known| known == id.as_str())) {
        let all: Vec<&str> = known().collect();
        return Err(UserError(format!(
            "there is no framework {id}{}; there are {}",
            nearest(id, known()),
            all.join(", ")
        )));
    }
    Ok(catalogue.choosing(&ids))
}

/// The device checks of the controls with these ids, of all controls if none is named.
pub(super) fn checks<'c>(
    catalogue: &'c Catalogue,
    ids: &[String],
) -> Result<Vec<&'c Check>, UserError> {
    let all = || {
        catalogue.asked().filter(|check| check.over == SubjectKind::Device && !check.is_evidence)
    };
    if ids.is_empty() {
        return Ok(all().collect());
    }
    let ids: Vec<&str> = ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Err(UserError(
            "--control names no control; write it as --control IS-7, or leave it out for all"
                .into(),
        ));
    }
    let has_checks = |control: &str| {
        catalogue.checks_of(control).any(|check| all().any(|one| one.id == check.id))
    };
    let checkable: BTreeSet<&str> = catalogue
        .chosen()
        .flat_map(|framework| &framework.controls)
        .map(|control| control.id.as_str())
        .filter(|id| has_checks(id))
        .collect();
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    for id in ids {
        let control = control(catalogue, id, &checkable)?;
        wanted.extend(catalogue.checks_of(control).map(|check| check.id.as_str()));
    }
    Ok(all().filter(|check| wanted.contains(check.id.as_str())).collect())
}

/// The id, as the catalogue writes it, of a control that a computer can be checked against.
fn control<'c>(
    catalogue: &'c Catalogue,
    asked: &str,
    checkable: &BTreeSet<&'c str>,
) -> Result<&'c str, UserError> {
    let controls = || catalogue.chosen().flat_map(|framework| &framework.controls);
    let Some(control) = controls().find(|control| plain(&control.id) == plain(asked)) else {
        let others = catalogue.frameworks().iter().filter(|one| !catalogue.is_chosen(&one.id));
        let its = |id: &str| plain(id) == plain(asked);
        if let Some(of) = others.into_iter().find(|one| one.controls.iter().any(|one| its(&one.id)))
        {
            return Err(UserError(format!(
                "{asked} is a control of {}: name it with --framework {}",
                of.title, of.id
            )));
        }
        let meant = nearest(asked, controls().map(|control| control.id.as_str()));
        return Err(UserError(format!(
            "there is no control {asked}{meant}; a computer can be checked against {}",
            listed(checkable)
        )));
    };
    match checkable.get(control.id.as_str()) {
        Some(id) => Ok(id),
        None => Err(UserError(format!(
            "{} ({}) is not proven by what a computer says of itself; a computer can be checked against {}",
            control.id,
            control.title,
            listed(checkable)
        ))),
    }
}

/// The kinds of facts that `checks` read, and those that say which computer it is.
pub(super) fn kinds(checks: &[&Check]) -> BTreeSet<String> {
    let read = checks.iter().flat_map(|check| &check.needs).cloned();
    read.chain([OperatingSystem::KIND, Hardware::KIND].map(str::to_owned)).collect()
}

/// A host with its port.
pub(super) fn server(text: &str) -> Result<String, UserError> {
    let host_and_port = text.strip_prefix("https://").unwrap_or(text).trim_end_matches('/');
    let is_whole = host_and_port.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok()
    });
    if is_whole {
        Ok(host_and_port.to_owned())
    } else {
        Err(UserError(format!(
            "--server {text} is not a host with its port; write it as closedset.example.com:443"
        )))
    }
}

fn listed(ids: &BTreeSet<&str>) -> String {
    let mut ids: Vec<&str> = ids.iter().copied().collect();
    ids.sort_by_key(|id| (id.len(), *id));
    ids.join(", ")
}
