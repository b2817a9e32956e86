//! Who answers for content security in an organisation, and who stands in.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Time,
    contact::ContactPlace,
    id::{Document, Id, Organisation, Person},
};
use jiff::civil::Date;

/// The sheet on which both stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SheetRow {
    /// How often either place changed.
    pub changes: i64,
    /// The last file that names both.
    pub document: Option<Id<Document>>,
}

/// Who has a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// Which.
    pub place: ContactPlace,
    /// Who.
    pub person: Id<Person>,
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Where they are called at any hour.
    pub phone: String,
    /// The change of the sheet by which the place became what it is.
    pub edition: i64,
    /// When it did.
    pub named_at: Time,
    /// That they confirmed it.
    pub confirmed: Option<ConfirmedContact>,
}

/// That somebody confirmed their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmedContact {
    /// When.
    pub at: Time,
    /// When the link was made by which they did.
    pub link_made_at: Time,
    /// The last day on which it counts.
    pub until: Date,
}

/// The sheet of an organisation, if it has one.
pub fn sheet_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Option<SheetRow>, StoreError> {
    tx.query_opt(
        "SELECT changes, document FROM contact_sheet WHERE organisation = $1",
        params![organisation],
        |row| Ok(SheetRow { changes: row.int(0)?, document: row.id_opt(1)? }),
    )
}

/// Writes down what the sheet is now.
pub fn sheet_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    sheet: &SheetRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO contact_sheet (organisation, changes, document) VALUES ($1, $2, $3) \
         ON CONFLICT (organisation) DO UPDATE SET changes = excluded.changes, document = excluded.document",
        params![organisation, sheet.changes, sheet.document],
    )?;
    Ok(())
}

fn contact(row: &Row<'_>) -> Result<ContactRow, StoreError> {
    let word = row.text(0)?;
    let confirmed = match (row.time_opt(7)?, row.time_opt(8)?, row.day_opt(9)?) {
        (Some(at), Some(link_made_at), Some(until)) => {
            Some(ConfirmedContact { at, link_made_at, until })
        }
        _ => None,
    };
    Ok(ContactRow {
        place: ContactPlace::from_word(&word)
            .ok_or_else(|| StoreError::corrupt("a place on the sheet of contacts", &word))?,
        person: row.id(1)?,
        name: row.text(2)?,
        email: row.text(3)?,
        phone: row.text(4)?,
        edition: row.int(5)?,
        named_at: row.time(6)?,
        confirmed,
    })
}

/// Who stands on the sheet: who answers before who stands in.
pub fn contact_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<ContactRow>, StoreError> {
    tx.query(
        "SELECT place, person, name, email, phone, edition, named_at, confirmed_at, link_made_at, counts_until \
         FROM contact WHERE organisation = $1 ORDER BY place DESC",
        params![organisation],
        contact,
    )
}

/// Writes down who has a place now, whoever had it before.
pub fn contact_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &ContactRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO contact (organisation, place, person, name, email, phone, edition, named_at, confirmed_at, \
         link_made_at, counts_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (organisation, place) DO UPDATE SET person = excluded.person, name = excluded.name, \
         email = excluded.email, phone = excluded.phone, edition = excluded.edition, named_at = excluded.named_at, \
         confirmed_at = excluded.confirmed_at, link_made_at = excluded.link_made_at, \
         counts_until = excluded.counts_until",
        params![
            organisation,
            row.place.as_str(),
            row.person,
            row.name.as_str(),
            row.email.as_str(),
            row.phone.as_str(),
            row.edition,
            row.named_at,
            row.confirmed.map(|one| one.at),
            row.confirmed.map(|one| one.link_made_at),
            row.confirmed.map(|one| one.until)
        ],
    )?;
    Ok(())
}

/// Takes somebody off the sheet.
pub fn contact_delete_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM contact WHERE organisation = $1 AND person = $2",
        params![organisation, person],
    )?;
    Ok(())
}
