//! What was confirmed, held against the register of people after something changed there.

use super::{
    tell,
    work::{counts, engaged_until},
};
use crate::{Problem, evidence::document_take_back, people::today};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Actor,
    id::{Id, Organisation},
};
use closedset_store::{
    Tx,
    contacts::{self, SheetRow},
    evidence, people,
};
use serde_json::json;

/// Takes back the file that names both, if there is one that counts.
pub(super) fn take_back(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: (&Actor, Id<Organisation>),
    sheet: &mut SheetRow,
    reason: &str,
) -> Result<(), Problem> {
    let Some(id) = sheet.document else { return Ok(()) };
    let document = evidence::document_by_id(tx, by.1, id)?;
    let is_over = |document: &evidence::DocumentRow, now| {
        document.withdrawn_at.is_some() || document.newest.valid_to <= now
    };
    let now = tx.now();
    if document.is_some_and(|document| !is_over(&document, now)) {
        document_take_back(tx, catalogue, by, id, reason)?;
        sheet.document = None;
    }
    Ok(())
}

/// Asks whoever was confirmed to confirm anew where the register of people says something else now: they are called or
/// reached otherwise, or their engagement ended, was removed, or ends before what they confirmed does.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
) -> Result<(), Problem> {
    let Some(mut sheet) = contacts::sheet_of(tx, organisation)? else { return Ok(()) };
    let (today, before) = (today(tx, organisation)?, sheet);
    for mut row in contacts::contact_list(tx, organisation)? {
        let Some(person) = people::person_by_id(tx, organisation, row.person)? else { continue };
        let email = person.email.unwrap_or_default();
        let is_same = (&person.name, &email) == (&row.name, &row.email);
        let is_over = row.confirmed.is_none_or(|confirmed| confirmed.until < today);
        if is_same && (is_over || counts(tx, organisation, &row, today)?) {
            continue;
        }
        let because = match engaged_until(tx, organisation, row.person, today)? {
            _ if !is_same => "person",
            None => "engagement_over",
            Some(_) => "engagement_ends",
        };
        sheet.changes += 1;
        (row.name, row.email) = (person.name, email);
        (row.edition, row.named_at, row.confirmed) = (sheet.changes, tx.now(), None);
        tell(
            tx,
            (&Actor::Closedset, organisation),
            ("contact.reset", &row),
            json!({"because": because}),
        )?;
        contacts::contact_put(tx, organisation, &row)?;
    }
    if sheet != before {
        let reason = "What the register of people says of somebody whom it names has changed.";
        take_back(tx, catalogue, (&Actor::Closedset, organisation), &mut sheet, reason)?;
        contacts::sheet_put(tx, organisation, &sheet)?;
    }
    Ok(())
}
