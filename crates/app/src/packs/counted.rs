//! Which entries a pack must hold besides those that its rows name, and what is to be caught up with
//! before anything is read.

use crate::{App, Problem, assessment, evidence, exceptions};
use closedset_core::{
    SubjectKind, Time,
    entry::{Envelope, Log},
    id::{Id, Organisation},
};
use closedset_pack::{
    counts, counts_from, counts_of_period,
    limited::{About, about},
    rows::Restored,
    verify::{CHECKED_IN_KIND, RESTORED_KIND},
};
use closedset_store::{
    Scope, Tx, devices, exceptions as exception_store, facts,
    ledger::{self, time_in},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Envelopes read at once.
const BATCH: i64 = 4_096;

/// What a pack depends on.
pub(super) struct Counted {
    /// The entries.
    pub(super) entries: Vec<u64>,
    /// When the log was restored since the period began.
    pub(super) restored: Vec<Restored>,
    /// The entries that say that others were erased, where the pack is limited: they stand in it if those do.
    pub(super) erasures: Vec<u64>,
}

/// The entries, of the first `size` of the log, on which what a pack from `from` on says depends. If it is
/// limited, `names` are the pseudonyms of its controls.
pub(super) fn counted(
    tx: &mut Tx<'_>,
    log: Log,
    (size, from): (i64, Time),
    names: Option<&BTreeSet<String>>,
) -> Result<Counted, Problem> {
    let (mut counted, mut restored, mut erasures) = (Vec::new(), Vec::new(), Vec::new());
    // By the device's pseudonym, oldest first.
    let mut check_ins: BTreeMap<String, Vec<(i64, Time)>> = BTreeMap::new();
    let mut next = 0;
    while next < size {
        let page = ledger::entries_from(tx, log, next, BATCH.min(size - next))?;
        if page.is_empty() {
            break;
        }
        for bytes in page {
            let envelope = Envelope::from_canonical(&bytes)
                .map_err(|error| Problem::fault("an entry of the log could not be read", error))?;
            if envelope.kind == RESTORED_KIND && envelope.at >= from {
                restored.push((next, envelope.at));
            }
            let is_asked = names.is_none_or(|names| match about(&envelope.kind) {
                About::Organisation => true,
                About::Control => names.contains(&envelope.subject),
                About::Erased | About::Other => false,
            });
            if !is_asked {
                if about(&envelope.kind) == About::Erased {
                    erasures.push(super::gather::index(next));
                }
            } else if counts(&envelope.kind) || counts_of_period(&envelope.kind, envelope.at, from)
            {
                counted.push(super::gather::index(next));
            } else if envelope.kind == CHECKED_IN_KIND {
                check_ins.entry(envelope.subject).or_default().push((next, envelope.at));
            }
            next += 1;
        }
    }
    for of_device in check_ins.into_values() {
        let Some((newest, _)) = of_device.last().copied() else { continue };
        counted.push(super::gather::index(newest));
        let collected_at = time_at(tx, log, newest, &["statement", "collected_at"])?;
        let Some(since) = collected_at.map(counts_from) else { continue };
        let is_since = |(index, at): &&(i64, Time)| *index != newest && *at >= since;
        counted.extend(
            of_device.iter().filter(is_since).map(|(index, _)| super::gather::index(*index)),
        );
    }
    let restored = restored.into_iter().map(|(entry, at)| -> Result<_, Problem> {
        let backup_made_at = time_at(tx, log, entry, &["backup_made_at"])?.unwrap_or(at);
        Ok(Restored { at, backup_made_at, entry: super::gather::index(entry) })
    });
    let restored = restored.collect::<Result<_, _>>()?;
    Ok(Counted { entries: counted, restored, erasures })
}

/// The time at this place of an entry's body; none if that was erased.
fn time_at(tx: &mut Tx<'_>, log: Log, index: i64, place: &[&str]) -> Result<Option<Time>, Problem> {
    let Some(body) = ledger::entry_body_at(tx, log, index)? else { return Ok(None) };
    let body: Value = serde_json::from_slice(&body.body)
        .map_err(|error| Problem::fault("the body of an entry could not be read", error))?;
    let at = place.iter().try_fold(&body, |value, name| value.get(name));
    Ok(at.and_then(Value::as_str).and_then(|at| at.parse().ok()))
}

/// Whether something of the organisation fell due up to `until` and has not taken effect yet.
pub(super) fn is_due(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    until: Time,
) -> Result<bool, Problem> {
    let devices = devices::device_state_due(tx, until, i64::MAX)?;
    let evidence = facts::derivation_due(tx, until, i64::MAX)?;
    let exceptions = exception_store::exception_due(tx, until, i64::MAX)?;
    Ok(exceptions.iter().any(|(of, _)| *of == organisation)
        || devices.iter().any(|(of, _)| *of == organisation)
        || evidence
            .iter()
            .any(|(of, subject)| *of == organisation && subject.kind == SubjectKind::Control))
}

/// Lets whatever fell due take effect, as the sweeper would.
pub(crate) async fn catch_up(app: &App, organisation: Id<Organisation>) -> Result<(), Problem> {
    let (now, exceptions, devices, controls) = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let now = time_in(tx, Log::Organisation(organisation))?;
            let devices = devices::device_state_due(tx, now, i64::MAX)?;
            let exceptions = exception_store::exception_due(tx, now, i64::MAX)?;
            Ok((now, exceptions, devices, facts::derivation_due(tx, now, i64::MAX)?))
        })
        .await?;
    let scope = Scope::Organisation(organisation);
    for (_, exception) in exceptions.into_iter().filter(|(of, _)| *of == organisation) {
        let unit_app = app.clone();
        app.store()
            .write(scope, move |tx| -> Result<_, Problem> {
                exceptions::take_effect(tx, &unit_app, organisation, exception)
            })
            .await?;
    }
    for (_, device) in devices.into_iter().filter(|(of, _)| *of == organisation) {
        let unit_app = app.clone();
        app.store()
            .write(scope, move |tx| -> Result<_, Problem> {
                let catalogue = unit_app.catalogue_of(tx, organisation)?;
                assessment::catch_up(tx, &catalogue, organisation, device, now)
            })
            .await?;
    }
    for (_, subject) in controls.into_iter().filter(|(of, _)| *of == organisation) {
        if subject.kind != SubjectKind::Control {
            continue;
        }
        let unit_app = app.clone();
        app.store()
            .write(scope, move |tx| -> Result<_, Problem> {
                let catalogue = unit_app.catalogue_of(tx, organisation)?;
                evidence::catch_up(tx, &catalogue, organisation, &subject.id, now)
            })
            .await?;
    }
    Ok(())
}
