//! Who stands on the sheet, who confirmed when, and until when the file counts that names both.

use super::{
    CONTROL, needs_to_read,
    work::{counts, engaged_until},
};
use crate::{App, Caller, Problem, days::zone_of, people::today};
use closedset_core::id::{Document, Id};
use closedset_store::{
    Tx,
    contacts::{self, ContactRow, SheetRow},
    evidence,
};
use jiff::{Span, civil::Date};

/// The sheet.
#[derive(Debug, Clone)]
pub struct ContactsShown {
    /// The day that it is where the facility is.
    pub today: Date,
    /// How often it changed: who changes it says which they saw.
    pub changes: i64,
    /// The facility answers the control, so that a file is given for it.
    pub is_asked: bool,
    /// Who answers, then who stands in; nobody where nobody is named.
    pub contacts: Vec<ContactShown>,
    /// The last file that named both.
    pub file: Option<SheetFile>,
}

/// Who has a place.
#[derive(Debug, Clone)]
pub struct ContactShown {
    /// What is known of it.
    pub row: ContactRow,
    /// They are engaged today.
    pub is_engaged: bool,
    /// They confirmed it, and that counts today.
    pub counts: bool,
}

/// A file that names both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetFile {
    /// The document.
    pub document: Id<Document>,
    /// The last day on which it counts.
    pub until: Date,
    /// It does not count any more: its days are over.
    pub is_over: bool,
    /// It does not count any more: it was withdrawn.
    pub is_withdrawn: bool,
}

/// The sheet as it stands.
pub async fn contacts_shown(app: &App, caller: &Caller) -> Result<ContactsShown, Problem> {
    caller.require_all(needs_to_read())?;
    let (unit_app, organisation) = (app.clone(), caller.organisation);
    app.store()
        .read(move |tx| {
            let sheet = contacts::sheet_of(tx, organisation)?.unwrap_or_default();
            let today = today(tx, organisation)?;
            let mut shown = Vec::new();
            for row in contacts::contact_list(tx, organisation)? {
                shown.push(ContactShown {
                    is_engaged: engaged_until(tx, organisation, row.person, today)?.is_some(),
                    counts: counts(tx, organisation, &row, today)?,
                    row,
                });
            }
            Ok(ContactsShown {
                today,
                changes: sheet.changes,
                is_asked: unit_app.catalogue_of(tx, organisation)?.answers(CONTROL),
                contacts: shown,
                file: file(tx, organisation, &sheet)?,
            })
        })
        .await
}

fn file(
    tx: &mut Tx<'_>,
    organisation: Id<closedset_core::id::Organisation>,
    sheet: &SheetRow,
) -> Result<Option<SheetFile>, Problem> {
    let Some(id) = sheet.document else { return Ok(None) };
    let Some(document) = evidence::document_by_id(tx, organisation, id)? else { return Ok(None) };
    // It ends with the day before the first moment at which it does not count.
    let until = document.newest.valid_to.timestamp().to_zoned(zone_of(tx, organisation)?).date();
    Ok(Some(SheetFile {
        document: id,
        until: until.saturating_sub(Span::new().days(1)),
        is_over: document.newest.valid_to <= tx.now(),
        is_withdrawn: document.withdrawn_at.is_some(),
    }))
}
