//! The deriver `closedset/evidence`: from the registers of documents and attestations to the fact
//! about a control, with the instant at which it changes next by itself.

use crate::{Problem, assessment};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Actor, Digest, Subject, Time,
    entry::Log,
    fact::{
        Body, FactRecord,
        evidence::{Evidence, EvidenceItem},
    },
    id::{Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx, evidence,
    facts::{self, FactRow},
};
use serde_json::json;

/// The source of the fact.
pub(crate) const SOURCE: &str = "closedset/evidence";

struct Given {
    item: EvidenceItem,
    is_withdrawn: bool,
}

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
        let expired = given(tx, organisation, control)?
            .iter()
            .any(|one| !one.is_withdrawn && one.item.valid_to == due_at);
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &Actor::Closedset,
                subject: subject.to_string(),
                kind: if expired { "evidence.expired" } else { "evidence.began" },
                body: json!({"control": control, "at": due_at}),
            },
        )?;
        derive_control(tx, catalogue, organisation, control, due_at)?;
    }
    Ok(())
}

/// Derives the control's evidence as of `at` and assesses the control. The caller has
/// recorded why.
pub(crate) fn derive_control(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    control: &str,
    at: Time,
) -> Result<(), Problem> {
    let subject = Subject::control(control);
    let given = given(tx, organisation, control)?;
    let standing =
        |one: &&Given| !one.is_withdrawn && one.item.valid_from <= at && at < one.item.valid_to;
    let items: Vec<EvidenceItem> =
        given.iter().filter(standing).map(|one| one.item.clone()).collect();
    let lapsed = given.iter().filter(|one| one.is_withdrawn || one.item.valid_to <= at).count();
    let next = given
        .iter()
        .filter(|one| !one.is_withdrawn)
        .flat_map(|one| [one.item.valid_from, one.item.valid_to])
        .filter(|instant| *instant > at)
        .min();
    let record = Evidence {
        in_force: i64::try_from(items.len()).unwrap_or(i64::MAX),
        lapsed: i64::try_from(lapsed).unwrap_or(i64::MAX),
        valid_to: items.iter().map(|item| item.valid_to).max(),
        items,
    };
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
    facts::derivation_due_set(tx, organisation, &subject, next)?;
    assessment::assess(tx, catalogue, organisation, &subject, at, vec![fact])
}

fn given(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
) -> Result<Vec<Given>, Problem> {
    let mut given = Vec::new();
    for document in evidence::document_list_of_control(tx, organisation, control)? {
        let item = EvidenceItem {
            id: document.id.to_string(),
            form: "document".into(),
            title: document.title,
            digest: document.newest.digest.to_string(),
            valid_from: document.newest.valid_from,
            valid_to: document.newest.valid_to,
        };
        given.push(Given { item, is_withdrawn: document.withdrawn_at.is_some() });
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
        given.push(Given { item, is_withdrawn: attestation.withdrawn_at.is_some() });
    }
    Ok(given)
}
