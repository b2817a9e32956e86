//! The addresses at which people's calendars are read.

use crate::{StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    id::{Account, Id, Organisation, Person},
};

/// Since when somebody has an address.
pub fn calendar_since(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Option<Time>, StoreError> {
    tx.query_opt(
        "SELECT made_at FROM calendar WHERE organisation = $1 AND person = $2",
        params![organisation, person],
        |row| row.time(0),
    )
}

/// Whose calendar it is, and since when its address is good.
pub type OwnedCalendar = (Id<Organisation>, Id<Person>, Time);

/// Whose calendar is read at the address with this digest, and since when.
pub fn calendar_by_digest(
    tx: &mut Tx<'_>,
    digest: Digest,
) -> Result<Option<OwnedCalendar>, StoreError> {
    tx.query_opt(
        "SELECT organisation, person, made_at FROM calendar WHERE token_digest = $1",
        params![digest],
        |row| Ok((row.id(0)?, row.id(1)?, row.time(2)?)),
    )
}

/// Gives somebody an address, in the place of the one before.
pub fn calendar_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    digest: Digest,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO calendar (organisation, person, token_digest, made_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (organisation, person) DO UPDATE SET token_digest = excluded.token_digest, \
         made_at = excluded.made_at",
        params![organisation, person, digest, now],
    )?;
    Ok(())
}

/// Takes the addresses of a person wherever they belong, and says how many those were.
pub fn calendar_delete_of_account(
    tx: &mut Tx<'_>,
    account: Id<Account>,
) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM calendar WHERE (organisation, person) IN \
         (SELECT organisation, person FROM membership WHERE account = $1)",
        params![account],
    )
}

/// Takes somebody's address; false if they had none.
pub fn calendar_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "DELETE FROM calendar WHERE organisation = $1 AND person = $2",
        params![organisation, person],
    )?;
    Ok(rows == 1)
}
