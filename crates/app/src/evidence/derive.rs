//! The deriver `closedset/evidence`: from the registers of documents and attestations to the fact
//! about a control, with the instant at which it changes next by itself.

use crate::{Problem, assessment, people, tasks};
use closedset_catalogue::{Catalogue, Check};
use closedset_core::{
    Actor, Digest, Duration, Subject, Time,
    entry::Log,
    exception::next_change,
    fact::{
        Body, FactRecord,
        evidence::{Evidence, EvidenceItem, Given},
    },
    id::{Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx,
    evidence::{self, AttestationRow, DocumentRow, VersionRow},
    exceptions,
    facts::{self, FactRow},
    tasks::{Plan, TaskRow, task_open},
};
use serde_json::json;

/// How long before the last evidence of a control ends somebody is reminded; half of the time it was
/// given for, if that is shorter.
const NOTICE: Duration = Duration::from_days(14);

/// The source of the fact.
pub(crate) const SOURCE: &str = "closedset/evidence";

/// Lets what began or expired up to `until` take effect, each at its own instant and with an entry
/// that says so. Runs before the registers of the control are written to: what is given now says
/// nothing of the time before.
pub(crate) fn catch_up(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    control: &str,
    until: Time,
) -> Result<(), Problem> {
    let subject = Subject::control(control);
    while let Some(due_at) =
        facts::derivation_due_at(tx, organisation, &subject)?.filter(|due_at| *due_at <= until)
    {
        let given = given(tx, organisation, control)?;
        if remind(tx, catalogue, organisation, &given, (&subject, due_at, until))? {
            continue;
        }
        let (before, _) = Evidence::standing(&given, due_at - Duration::from_millis(1));
        let (after, _) = Evidence::standing(&given, due_at);
        let goes_on = |old: &EvidenceItem| after.items.iter().any(|new| new.id == old.id);
        let expired = !before.items.iter().all(goes_on);
        // Otherwise it is an exception that ended, of which another entry tells.
        if before.items != after.items {
            tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &Actor::Closedset,
                    subject: subject.to_string(),
                    kind: if expired { "evidence.expired" } else { "evidence.began" },
                    body: json!({"control": control, "at": due_at}),
                },
            )?;
        }
        derive_control(tx, catalogue, organisation, control, due_at)?;
    }
    Ok(())
}

/// Derives the control's evidence as of `at` and assesses the control, which falls due again when its
/// evidence or its exceptions change by themselves. The caller has recorded why.
pub(crate) fn derive_control(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    control: &str,
    at: Time,
) -> Result<(), Problem> {
    let subject = Subject::control(control);
    let given = given(tx, organisation, control)?;
    let (standing, _) = Evidence::standing(&given, at);
    let record = Evidence { salt: Some(salt(tx, organisation, &subject)?), ..standing };
    let body = Body::read(&record, Vec::new())
        .and_then(|body| Ok(body.canonical()?))
        .map_err(|error| Problem::fault("a fact could not be written", error))?;
    let fact = FactRow {
        subject: subject.clone(),
        kind: Evidence::KIND.to_owned(),
        source: SOURCE.to_owned(),
        digest: Digest::of(&body),
        collected_at: at,
        entry: 0,
        body,
    };
    let counted = people::derive(tx, catalogue, organisation, (&subject, at))?;
    let next = next_turn(tx, catalogue, organisation, &given, (&subject, at))?;
    let lapse = lapse(&given, at);
    let notice = lapse.map(|(lapse, term)| {
        let notice = lapse - NOTICE.min(half(term));
        if at < notice { notice } else { at + half(lapse.since(at)) }
    });
    let due_at = next.into_iter().chain(notice.filter(|notice| at < *notice)).min();
    facts::derivation_due_set(tx, organisation, &subject, due_at)?;
    let stated = [fact].into_iter().chain(counted).collect();
    assessment::assess(tx, catalogue, organisation, &subject, at, stated)?;
    if lapse.is_some_and(|(lapse, _)| lapse.since(at) > NOTICE)
        && let Some(check) = own_check(catalogue, control)
    {
        tasks::close(tx, organisation, &check.id, &subject, "the evidence was renewed")?;
    }
    Ok(())
}

/// Has whoever must renew a control's evidence be reminded where its framework is chosen again: while nobody asked
/// for it, nobody was, and the task of before is closed.
pub(crate) fn asked_again(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    control: &str,
) -> Result<(), Problem> {
    let (subject, now) = (Subject::control(control), tx.now());
    let given = given(tx, organisation, control)?;
    let Some((lapse, term)) = lapse(&given, now) else { return Ok(()) };
    let notice = (lapse - NOTICE.min(half(term))).max(now);
    let next = next_turn(tx, catalogue, organisation, &given, (&subject, now))?;
    facts::derivation_due_set(tx, organisation, &subject, next.into_iter().chain([notice]).min())?;
    Ok(())
}

/// The salt of the fact about a control: the one that it has, or a new one.
fn salt(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
) -> Result<String, Problem> {
    let stored = facts::fact_one(tx, organisation, subject, Evidence::KIND, SOURCE)?;
    let stored = stored.map(|row| assessment::body(&row.body)).transpose()?;
    let known = stored.and_then(|body| body.record::<Evidence>()).and_then(|one| one.salt);
    Ok(known.unwrap_or_else(|| hex::encode(tx.random::<16>())))
}

/// When the control's evidence, its exceptions or what is counted for it change next by themselves, after `at`.
fn next_turn(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    given: &[Given],
    (subject, at): (&Subject, Time),
) -> Result<Option<Time>, Problem> {
    let exceptions = exceptions::exception_list_about(tx, organisation, subject, at)?;
    let (_, next) = Evidence::standing(given, at);
    let counted = people::next_turn(tx, catalogue, organisation, (subject, at))?;
    Ok(next.into_iter().chain(next_change(&exceptions, at)).chain(counted).min())
}

const fn half(duration: Duration) -> Duration {
    Duration::from_millis(duration.millis() / 2)
}

/// When the last evidence in force ends and none follows it, and how long that was given for; none
/// if none is in force.
fn lapse(given: &[Given], at: Time) -> Option<(Time, Duration)> {
    let (mut then, mut term) = (at, Duration::from_millis(0));
    loop {
        let (standing, next) = Evidence::standing(given, then);
        if standing.in_force == 0 {
            return (then > at).then_some((then, term));
        }
        then = next?;
        let ending = standing.items.iter().filter(|item| item.valid_to == then);
        term = ending.map(|item| then.since(item.valid_from)).max().unwrap_or(term);
    }
}

/// If what falls due at `due_at`, and is looked at `until` later, is no change but that the evidence lapses soon: opens a task, with
/// an entry that says so.
fn remind(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    given: &[Given],
    (subject, due_at, until): (&Subject, Time, Time),
) -> Result<bool, Problem> {
    let just_before = due_at - Duration::from_millis(1);
    let next = next_turn(tx, catalogue, organisation, given, (subject, just_before))?;
    if next.is_some_and(|next| next <= due_at) {
        return Ok(false);
    }
    let control = subject.id.as_str();
    // Whoever comes too late to be reminded is told of the lapse alone.
    let lapse = lapse(given, due_at).filter(|(lapse, _)| *lapse > until);
    if let (Some((lapse, _)), Some(check)) = (lapse, own_check(catalogue, control)) {
        let task = TaskRow {
            id: tx.new_id(),
            title: format!("Renew the evidence for {control} before it ends"),
            control: control.to_owned(),
            check: check.id.clone(),
            subject: subject.clone(),
            due_at: lapse - Duration::from_millis(1),
            created_at: tx.now(),
            done_at: None,
            done_by: None,
            note: String::new(),
            plan: Plan::default(),
        };
        if task_open(tx, organisation, &task)? {
            let entry = NewEntry {
                actor: &Actor::Closedset,
                subject: subject.to_string(),
                kind: "evidence.reminded",
                body: json!({"control": control, "until": lapse}),
            };
            tx.record(Log::Organisation(organisation), entry)?;
        }
    }
    facts::derivation_due_set(tx, organisation, subject, next)?;
    Ok(true)
}

/// The check of a control that asks for evidence.
fn own_check<'c>(catalogue: &'c Catalogue, control: &'c str) -> Option<&'c Check> {
    catalogue.checks_of(control).find(|check| check.is_evidence && catalogue.asks(&check.id))
}

/// What of a control's evidence was in force at a time, as far as it had been given and not withdrawn by then. A
/// statement stands in it whole.
pub(crate) fn in_force_at(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
    at: Time,
) -> Result<Vec<EvidenceItem>, Problem> {
    let mut known = Vec::new();
    for document in evidence::document_list_of_control_as_of(tx, organisation, control, at)? {
        let mut versions = evidence::document_version_list(tx, document.id)?;
        versions.retain(|version| version.uploaded_at <= at);
        versions.reverse();
        known.push(of_document(&document, versions));
    }
    for attestation in evidence::attestation_list_of_control_as_of(tx, organisation, control, at)? {
        let mut whole = of_attestation(&attestation);
        for item in &mut whole.versions {
            item.title.clone_from(&attestation.statement);
        }
        known.push(whole);
    }
    Ok(Evidence::standing(&known, at).0.items)
}

/// What was given for a control, with every version.
fn given(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
) -> Result<Vec<Given>, Problem> {
    let mut given = Vec::new();
    for document in evidence::document_list_of_control(tx, organisation, control)? {
        let mut versions = evidence::document_version_list(tx, document.id)?;
        versions.reverse();
        given.push(of_document(&document, versions));
    }
    for attestation in evidence::attestation_list_of_control(tx, organisation, control)? {
        given.push(of_attestation(&attestation));
    }
    Ok(given)
}

/// A document with these versions, oldest first.
fn of_document(document: &DocumentRow, versions: Vec<VersionRow>) -> Given {
    let item = |version: VersionRow| EvidenceItem {
        id: document.id.to_string(),
        form: "document".into(),
        title: document.title.clone(),
        digest: version.digest.to_string(),
        valid_from: version.valid_from,
        valid_to: version.valid_to,
    };
    Given {
        versions: versions.into_iter().map(item).collect(),
        is_withdrawn: document.withdrawn_at.is_some(),
    }
}

fn of_attestation(attestation: &AttestationRow) -> Given {
    let item = EvidenceItem {
        id: attestation.id.to_string(),
        form: "attestation".into(),
        title: attestation.statement.chars().take(80).collect(),
        digest: attestation.digest.to_string(),
        valid_from: attestation.valid_from,
        valid_to: attestation.valid_to,
    };
    Given { versions: vec![item], is_withdrawn: attestation.withdrawn_at.is_some() }
}
