//! The assessment inside a unit of work: a subject's facts become verdicts, verdicts become
//! intervals, and what turned becomes one entry and the tasks it calls for.

use crate::{Problem, devices::AGENT, evidence, people, tasks};
use closedset_catalogue::{Catalogue, Check, SourcedFact, SubjectFacts};
use closedset_core::{
    Actor, Digest, Subject, SubjectKind, Time, Verdict,
    entry::Log,
    exception::next_change,
    fact::Body,
    id::{Device, Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx, devices, exceptions,
    facts::{self, FactRow},
    verdicts::{self, VerdictRow},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the sources of facts derived from a device's own begin with.
const DERIVED: &str = closedset_pack::rows::RELEASES_SOURCE;

/// Assesses one subject as of `at` (now, or the instant at which something expired), and says for a
/// device when it must be looked at again.
///
/// `stated` are facts that derivers state of the subject now. They are recorded, with what the
/// catalogue derives and with every verdict that turned, in one entry `subject.assessed`. What went
/// stale before `at` takes effect first.
pub(crate) fn assess(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    subject: &Subject,
    at: Time,
    stated: Vec<FactRow>,
) -> Result<(), Problem> {
    if let Some(device) = device_id(subject) {
        catch_up(tx, catalogue, organisation, device, at)?;
    }
    assess_at(tx, catalogue, organisation, subject, at, stated)
}

/// Lets everything of a device that went stale up to `until` take effect, each at its own instant.
/// Runs before a statement moves the device forward: what it confirms says nothing of the time
/// before.
pub(crate) fn catch_up(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    device: Id<Device>,
    until: Time,
) -> Result<(), Problem> {
    let subject = Subject::device(device);
    while let Some(stale_at) = devices::device_stale_at(tx, device)?.filter(|at| *at <= until) {
        assess_at(tx, catalogue, organisation, &subject, stale_at, Vec::new())?;
        if devices::device_stale_at(tx, device)?.is_some_and(|next| next <= stale_at) {
            return Err(Problem::Fault("a device's staleness does not move on".into()));
        }
    }
    Ok(())
}

fn assess_at(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    subject: &Subject,
    at: Time,
    stated: Vec<FactRow>,
) -> Result<(), Problem> {
    let confirmed_at = confirmed_at(tx, subject, at)?;
    let Loaded { mut known, derived } = load(tx, organisation, subject, confirmed_at, at)?;
    let mut new = Vec::new();
    for fact in stated {
        if !known
            .of(&fact.kind)
            .iter()
            .any(|known| known.source == fact.source && known.digest == fact.digest)
        {
            let sourced = SourcedFact::new(
                fact.source.clone(),
                body(&fact.body)?,
                fact.digest,
                fact.collected_at,
            );
            known.put(&fact.kind, sourced.confirmed(at));
            new.push(fact);
        }
    }
    let derivation = derive(catalogue, &mut known, &derived, subject, at)?;
    new.extend(derivation.new);
    let before: BTreeMap<String, VerdictRow> = verdicts::verdict_list(tx, organisation, subject)?
        .into_iter()
        .map(|row| (row.check.clone(), row))
        .collect();
    let exceptions = exceptions::exception_list_about(tx, organisation, subject, at)?;
    let mut verdicts = Vec::new();
    for check in catalogue.checks_about(subject) {
        let beneath = catalogue.assess(check, &known, at);
        verdicts.push((check, catalogue.except(check, subject, beneath, &exceptions, at)));
    }
    let turned: Vec<_> = verdicts
        .iter()
        .filter(|(check, verdict)| {
            before.get(&check.id).is_none_or(|row| differs(row, check.version, verdict))
        })
        .collect();
    // What says the same on other facts goes on: it has been so all along.
    for (check, verdict) in &verdicts {
        let row = before.get(&check.id).filter(|row| !differs(row, check.version, verdict));
        if let Some(row) = row.filter(|row| row.facts != verdict.facts) {
            verdicts::verdict_rest(tx, row.id, &verdict.facts)?;
        }
    }
    let no_longer_asked: Vec<&VerdictRow> =
        before.values().filter(|row| !catalogue.asks(&row.check)).collect();
    if !new.is_empty()
        || !turned.is_empty()
        || !derivation.gone.is_empty()
        || !no_longer_asked.is_empty()
    {
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &Actor::Closedset,
                subject: subject.to_string(),
                kind: "subject.assessed",
                body: json!({
                    "subject": subject,
                    "at": at,
                    "facts": new.iter().map(|fact| json!({
                        "subject": subject,
                        "kind": fact.kind,
                        "source": fact.source,
                        "digest": fact.digest,
                    })).collect::<Vec<_>>(),
                    "verdicts": turned.iter().map(|(check, verdict)| {
                        turn(check, subject, verdict, before.get(&check.id))
                    }).collect::<Vec<_>>(),
                    // Words may name somebody: they stand by themselves, in the same order.
                    "because":
                        turned.iter().map(|(_, verdict)| &verdict.because).collect::<Vec<_>>(),
                    "facts_ended": derivation.gone.iter().map(|fact| json!({
                        "kind": fact.kind,
                        "source": fact.source,
                    })).collect::<Vec<_>>(),
                    "verdicts_ended":
                        no_longer_asked.iter().map(|row| &row.check).collect::<Vec<_>>(),
                }),
            },
        )?;
        for fact in &new {
            facts::fact_put(tx, organisation, &FactRow { entry: entry.index, ..fact.clone() })?;
        }
        for fact in &derivation.gone {
            facts::fact_delete(tx, organisation, subject, &fact.kind, &fact.source)?;
        }
        for row in no_longer_asked {
            verdicts::verdict_end(tx, row.id, at)?;
            let why = match catalogue.check(&row.check) {
                Some(_) => "the framework that asked for it is no longer chosen",
                None => "the check is no longer asked",
            };
            tasks::close(tx, organisation, &row.check, subject, why)?;
        }
        for (check, verdict) in turned {
            let was = before.get(&check.id);
            if let Some(row) = was {
                verdicts::verdict_end(tx, row.id, at)?;
            }
            let row = VerdictRow {
                id: tx.new_id(),
                check: check.id.clone(),
                check_version: check.version,
                subject: subject.clone(),
                status: verdict.status,
                because: verdict.because.clone(),
                facts: verdict.facts.clone(),
                excepted: verdict.excepted,
                began_at: at,
                ended_at: None,
                recorded_at: tx.now(),
                entry: entry.index,
            };
            verdicts::verdict_begin(tx, organisation, &row)?;
            let control = catalogue.control_shown(check);
            tasks::follow(tx, organisation, (check, control), was, &row)?;
        }
    }
    if let Some(device) = device_id(subject) {
        let fresh_until = verdicts.iter().filter_map(|(_, verdict)| verdict.fresh_until);
        let changes_at = derivation.changes_at.into_iter().chain(next_change(&exceptions, at));
        let stale_at = fresh_until.chain(changes_at).min();
        devices::device_state_set_stale(tx, device, stale_at.filter(|stale_at| *stale_at > at))?;
    }
    Ok(())
}

/// What is known of a subject now, with what follows from it: what an assessment would judge by.
pub(crate) fn known_now(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    subject: &Subject,
    now: Time,
) -> Result<SubjectFacts, Problem> {
    let confirmed_at = confirmed_at(tx, subject, now)?;
    let Loaded { mut known, derived } = load(tx, organisation, subject, confirmed_at, now)?;
    derive(catalogue, &mut known, &derived, subject, now)?;
    if let Some(fact) = people::derive(tx, catalogue, organisation, (subject, now))? {
        let body = body(&fact.body)?;
        known.put(&fact.kind, SourcedFact::new(fact.source, body, fact.digest, now));
    }
    Ok(known)
}

/// Ends every verdict about a device that is no more.
pub(crate) fn end_device(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    device: Id<Device>,
) -> Result<(), Problem> {
    let (subject, now) = (Subject::device(device), tx.now());
    for row in verdicts::verdict_list(tx, organisation, &subject)? {
        verdicts::verdict_end(tx, row.id, now)?;
        tasks::close(tx, organisation, &row.check, &subject, "the computer was revoked")?;
    }
    Ok(())
}

/// Assesses every control of an organisation by its evidence, and ends what is in force of controls
/// that nobody asks for any more.
pub(crate) fn assess_controls(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
) -> Result<(), Problem> {
    let now = tx.now();
    catch_up_controls(tx, catalogue, organisation)?;
    let asked = catalogue.chosen().flat_map(|framework| &framework.controls);
    let asked = asked.map(|control| Subject::control(&control.id));
    let before = verdicts::verdict_subjects(tx, organisation, SubjectKind::Control)?;
    for subject in asked.chain(before).collect::<BTreeSet<_>>() {
        if catalogue.checks_about(&subject).any(|check| !check.is_evidence) {
            evidence::derive_control(tx, catalogue, organisation, &subject.id, now)?;
            continue;
        }
        assess(tx, catalogue, organisation, &subject, now, Vec::new())?;
    }
    Ok(())
}

/// Lets what fell due of any control's evidence and was not noticed yet take effect, at its own instant.
pub(crate) fn catch_up_controls(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
) -> Result<(), Problem> {
    let now = tx.now();
    for control in catalogue.frameworks().iter().flat_map(|framework| &framework.controls) {
        evidence::catch_up(tx, catalogue, organisation, &control.id, now)?;
    }
    Ok(())
}

fn device_id(subject: &Subject) -> Option<Id<Device>> {
    (subject.kind == SubjectKind::Device).then(|| subject.id.parse().ok()).flatten()
}

fn confirmed_at(tx: &mut Tx<'_>, subject: &Subject, at: Time) -> Result<Time, Problem> {
    let state = match device_id(subject) {
        Some(device) => devices::device_state(tx, device)?,
        None => None,
    };
    Ok(state.map_or(at, |state| state.confirmed_at))
}

/// The facts that are stored of a subject.
struct Loaded {
    /// What sources said. A device's own facts are as fresh as its last statement; what Closedset
    /// keeps itself is true until it changes.
    known: SubjectFacts,
    /// What was derived from them the last time. It is derived anew, never believed.
    derived: Vec<FactRow>,
}

fn load(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
    confirmed_at: Time,
    at: Time,
) -> Result<Loaded, Problem> {
    let (mut known, mut derived) = (SubjectFacts::new(), Vec::new());
    for row in facts::fact_list(tx, organisation, subject)? {
        if row.source.starts_with(DERIVED) {
            derived.push(row);
            continue;
        }
        let fresh = if row.source == AGENT { confirmed_at } else { at };
        let fact = SourcedFact::new(row.source, body(&row.body)?, row.digest, row.collected_at)
            .confirmed(fresh);
        known.put(&row.kind, fact);
    }
    Ok(Loaded { known, derived })
}

/// A stored fact's body.
pub(crate) fn body(bytes: &[u8]) -> Result<Body, Problem> {
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::fault("a stored fact could not be read", error))
}

struct Derivation {
    /// Those that are not stored yet.
    new: Vec<FactRow>,
    /// Those that are stored and do not follow any more.
    gone: Vec<FactRow>,
    /// When one of them changes by itself.
    changes_at: Option<Time>,
}

/// Adds to `known` what follows from it, and holds that against what is `stored`.
fn derive(
    catalogue: &Catalogue,
    known: &mut SubjectFacts,
    stored: &[FactRow],
    subject: &Subject,
    at: Time,
) -> Result<Derivation, Problem> {
    let derived = catalogue
        .derive(known, at)
        .map_err(|error| Problem::fault("a fact could not be derived", error))?;
    let follows =
        |row: &FactRow| derived.iter().any(|one| one.kind == row.kind && one.source == row.source);
    let gone = stored.iter().filter(|row| !follows(row)).cloned().collect();
    let mut derivation = Derivation { new: Vec::new(), gone, changes_at: None };
    for one in derived {
        derivation.changes_at = derivation.changes_at.into_iter().chain(one.changes_at).min();
        let body = one
            .body
            .canonical()
            .map_err(|error| Problem::fault("a derived fact has no canonical form", error))?;
        let digest = Digest::of(&body);
        let fact = SourcedFact::new(one.source.clone(), one.body, digest, one.collected_at)
            .confirmed(one.confirmed_at);
        known.put(one.kind, fact);
        let is_stored = |row: &FactRow| {
            row.kind == one.kind && row.source == one.source && row.digest == digest
        };
        if stored.iter().any(is_stored) {
            continue;
        }
        derivation.new.push(FactRow {
            subject: subject.clone(),
            kind: one.kind.to_owned(),
            source: one.source,
            digest,
            collected_at: one.collected_at,
            entry: 0,
            body,
        });
    }
    Ok(derivation)
}

/// What the entry says of a verdict that turned.
fn turn(check: &Check, subject: &Subject, verdict: &Verdict, was: Option<&VerdictRow>) -> Value {
    let mut turn = json!({
        "check": check.id,
        "subject": subject,
        "version": check.version,
        "status": verdict.status,
        "was": was.map(|row| row.status),
        "facts": verdict.facts,
    });
    if let Some(excepted) = verdict.excepted {
        turn["excepted"] = json!(excepted);
    }
    turn
}

fn differs(row: &VerdictRow, version: i64, verdict: &Verdict) -> bool {
    row.status != verdict.status
        || row.because != verdict.because
        || row.excepted != verdict.excepted
        || row.check_version != version
}
