//! Packs without people's names: who is named in what was gathered is taken out. What that is stands in
//! [`closedset_pack::without_names`].

use super::{
    gather::{Gathered, named_entries},
    remake::Remake,
};
use crate::{App, Problem};
use closedset_core::{
    entry::{Envelope, Log},
    exception::Exception,
};
use closedset_pack::{
    ControlWords as _, EntryBody, LedgerEntry, PackInput,
    rows::VerdictRow,
    verify::Said,
    without_names::{Contents, is_left_out},
};
use closedset_store::{Tx, ledger};
use std::collections::BTreeMap;

/// Takes out who is named.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    app: &App,
    log: Log,
    gathered: &mut Gathered,
) -> Result<(), Problem> {
    let contents = Contents {
        input: &mut gathered.input,
        facts: &mut gathered.facts,
        documents: gathered.documents.iter_mut().collect(),
        attestations: gathered.attestations.iter_mut().map(|(row, _)| row).collect(),
    };
    let mut envelopes = BTreeMap::new();
    for index in contents.entries() {
        envelopes.insert(index, envelope(&entry(tx, log, index)?)?);
    }
    contents.unname(&envelopes);
    tell_controls(app, &mut gathered.input);
    if !gathered.input.heading.scope.controls.is_empty() {
        refuse_older(tx, log, gathered)?;
    }
    Ok(())
}

fn envelope(entry: &LedgerEntry) -> Result<Envelope, Problem> {
    Envelope::from_canonical(&entry.envelope)
        .map_err(|error| Problem::fault("an entry of the log could not be read", error))
}

/// An entry with its body.
fn entry(tx: &mut Tx<'_>, log: Log, index: u64) -> Result<LedgerEntry, Problem> {
    let at = i64::try_from(index).unwrap_or(i64::MAX);
    let entry = ledger::entry_at(tx, log, at)?.ok_or(Problem::NotFound("entry"))?;
    let body = ledger::entry_body_at(tx, log, at)?;
    let body = body.map(|body| EntryBody { bytes: body.body, salt: body.salt });
    Ok(LedgerEntry { index, envelope: entry.envelope, body })
}

/// Tells anew why controls have their status, by exceptions whose reasons are not shown.
fn tell_controls(app: &App, input: &mut PackInput) {
    let exceptions: Vec<Exception> = input
        .exceptions
        .iter()
        .map(|row| Exception {
            id: row.exception,
            terms: row.terms.clone(),
            granted_at: row.granted_at,
            withdrawn_at: row.withdrawn_at,
        })
        .collect();
    let words = Remake::new(app.catalogue());
    for control in &mut input.controls {
        let of_control = |row: &&VerdictRow| control.checks.iter().any(|one| one.id == row.check);
        let verdicts: Vec<&VerdictRow> = input.verdicts.iter().filter(of_control).collect();
        let said = Said { verdicts: &verdicts, exceptions: &exceptions };
        control.because = words.because(control, said).unwrap_or_default();
    }
}

/// Of entries from before they could be shown in part, a pack that is limited to some controls cannot show to
/// which of them they belong.
fn refuse_older(tx: &mut Tx<'_>, log: Log, gathered: &Gathered) -> Result<(), Problem> {
    for index in named_entries(gathered) {
        if is_left_out(&entry(tx, log, index)?) {
            return Err(Problem::Conflict {
                code: "pack.older_entries",
                sentence: "Some entries about these controls are from before entries could be shown without names, \
                           and a limited pack cannot do without them.",
                remedy: "Make a pack of all controls without names, or a limited one with names.",
            });
        }
    }
    Ok(())
}
