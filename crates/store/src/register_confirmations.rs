//! Which document says last that a register is complete.

use crate::{Row, StoreError, Tx, params};
use closedset_core::id::{Document, Id, Organisation};

/// The newest confirmation of the register that a control rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationRow {
    /// The document that was drawn up.
    pub document: Id<Document>,
    /// The version of it.
    pub number: i64,
    /// How many it counts.
    pub counted: i64,
    /// The entry that says so.
    pub entry: i64,
}

fn confirmation(row: &Row<'_>) -> Result<ConfirmationRow, StoreError> {
    Ok(ConfirmationRow {
        document: row.id(0)?,
        number: row.int(1)?,
        counted: row.int(2)?,
        entry: row.int(3)?,
    })
}

/// The newest one for a control.
pub fn confirmation_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
) -> Result<Option<ConfirmationRow>, StoreError> {
    tx.query_opt(
        "SELECT document, number, counted, entry FROM register_confirmation \
         WHERE organisation = $1 AND control = $2",
        params![organisation, control],
        confirmation,
    )
}

/// Puts this one in the place of the one before.
pub fn confirmation_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
    row: &ConfirmationRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO register_confirmation (organisation, control, document, number, counted, entry) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organisation, control) DO UPDATE SET \
         document = excluded.document, number = excluded.number, counted = excluded.counted, \
         entry = excluded.entry",
        params![organisation, control, row.document, row.number, row.counted, row.entry],
    )?;
    Ok(())
}
