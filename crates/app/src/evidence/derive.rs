//! The deriver `closedset/evidence`: from the registers of documents and attestations to the fact
//! about a control, with the instant at which it changes next by itself.

use crate::{Problem, assessment};
use closedset_catalogue::Catalogue;
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
    evidence::{self, VersionRow},
    exceptions,
    facts::{self, FactRow},
};
use serde_json::json;

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
    let (record, next) = Evidence::standing(&given(tx, organisation, control)?, at);
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
    let exceptions = exceptions::exception_list_about(tx, organisation, &subject, at)?;
    let next = next.into_iter().chain(next_change(&exceptions, at)).min();
    facts::derivation_due_set(tx, organisation, &subject, next)?;
    assessment::assess(tx, catalogue, organisation, &subject, at, vec![fact])
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
        let item = |version: VersionRow| EvidenceItem {
            id: document.id.to_string(),
            form: "document".into(),
            title: document.title.clone(),
            digest: version.digest.to_string(),
            valid_from: version.valid_from,
            valid_to: version.valid_to,
        };
        given.push(Given {
            versions: versions.into_iter().map(item).collect(),
            is_withdrawn: document.withdrawn_at.is_some(),
        });
    }
    for attestation in evidence::attestation_list_of_control(tx, organisation, control)? {
        let item = EvidenceItem {
            id: attestation.id.to_string(),
            form: "attestation".into(),
            title: attestation.statement.chars().take(80).collect(),
            digest: attestation.digest.to_string(),
            valid_from: attestation.valid_from,
            valid_to: attestation.valid_to,
        };
        given
            .push(Given { versions: vec![item], is_withdrawn: attestation.withdrawn_at.is_some() });
    }
    Ok(given)
}
