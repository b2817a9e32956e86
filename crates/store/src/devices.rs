//! Devices, their enrolment, and where each stands in its own sequence of statements.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    check_in::{DeviceKey, DeviceSignature, Statement},
    id::{Account, ApiToken, Device, Enrolment, Id, Organisation},
};

/// A one-time invitation for a device.
#[derive(Debug, Clone)]
pub struct EnrolmentRow {
    /// Its id.
    pub id: Id<Enrolment>,
    /// Where the device will belong.
    pub organisation: Id<Organisation>,
    /// Until when it can be used.
    pub expires_at: Time,
    /// The device it brought in.
    pub device: Option<Id<Device>>,
    /// The account that made it, or whose token did; none where an operator did.
    pub account: Option<Id<Account>>,
    /// The token that made it, if one did.
    pub made_with: Option<Id<ApiToken>>,
}

/// Adds an invitation.
pub fn enrolment_insert(
    tx: &mut Tx<'_>,
    enrolment: &EnrolmentRow,
    token: Digest,
    created_by: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO enrolment (id, organisation, token_digest, created_by, created_at, expires_at, account, made_with) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            enrolment.id,
            enrolment.organisation,
            token,
            created_by,
            now,
            enrolment.expires_at,
            enrolment.account,
            enrolment.made_with
        ],
    )?;
    Ok(())
}

/// The invitation with this token.
pub fn enrolment_by_token(
    tx: &mut Tx<'_>,
    token: Digest,
) -> Result<Option<EnrolmentRow>, StoreError> {
    tx.query_opt(
        "SELECT id, organisation, expires_at, device, account, made_with FROM enrolment WHERE token_digest = $1",
        params![token],
        |row| {
            Ok(EnrolmentRow {
                id: row.id(0)?,
                organisation: row.id(1)?,
                expires_at: row.time(2)?,
                device: row.id_opt(3)?,
                account: row.id_opt(4)?,
                made_with: row.id_opt(5)?,
            })
        },
    )
}

/// Who made a link by which a device can be enrolled.
#[derive(Debug, Clone, Copy)]
pub enum EnrolmentMaker {
    /// This account, or a token of its.
    Account(Id<Account>),
    /// This token.
    Token(Id<ApiToken>),
}

/// Ends the links of a maker that no device used yet, and says which.
pub fn enrolment_end_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    maker: EnrolmentMaker,
) -> Result<Vec<Id<Enrolment>>, StoreError> {
    let now = tx.now();
    let (column, maker) = match maker {
        EnrolmentMaker::Account(account) => ("account", account.to_string()),
        EnrolmentMaker::Token(token) => ("made_with", token.to_string()),
    };
    let open = tx.query(
        &format!(
            "SELECT id FROM enrolment WHERE organisation = $1 AND {column} = $2 \
             AND device IS NULL AND expires_at > $3 ORDER BY id"
        ),
        params![organisation, maker.as_str(), now],
        |row| row.id(0),
    )?;
    for id in &open {
        tx.execute("UPDATE enrolment SET expires_at = $2 WHERE id = $1", params![*id, now])?;
    }
    Ok(open)
}

/// Uses up an invitation; false if another device was faster.
pub fn enrolment_use(
    tx: &mut Tx<'_>,
    id: Id<Enrolment>,
    device: Id<Device>,
) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "UPDATE enrolment SET device = $2 WHERE id = $1 AND device IS NULL",
        params![id, device],
    )?;
    Ok(rows == 1)
}

/// A device in the register.
#[derive(Debug, Clone)]
pub struct DeviceRow {
    /// Its id.
    pub id: Id<Device>,
    /// Where it belongs.
    pub organisation: Id<Organisation>,
    /// What it is called.
    pub name: String,
    /// The key it signs with.
    pub key: DeviceKey,
    /// A person can look at its screen; so until a person says otherwise.
    pub has_screen: bool,
    /// It leaves the building; so until a person says otherwise.
    pub is_portable: bool,
    /// Pre-release content is handled on it; so until a person says otherwise.
    pub handles_content: bool,
    /// Who confirmed the three.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_at: Option<Time>,
    /// When it came.
    pub enrolled_at: Time,
    /// The entry that says so.
    pub enrolled_entry: i64,
    /// When it was sent away.
    pub revoked_at: Option<Time>,
}

const DEVICE: &str = "SELECT id, organisation, name, public_key, has_screen, is_portable, handles_content, \
    confirmed_by, confirmed_at, enrolled_at, enrolled_entry, revoked_at FROM device";

fn device(row: &Row<'_>) -> Result<DeviceRow, StoreError> {
    Ok(DeviceRow {
        id: row.id(0)?,
        organisation: row.id(1)?,
        name: row.text(2)?,
        key: DeviceKey(row.bytes_n(3)?),
        has_screen: row.bool(4)?,
        is_portable: row.bool(5)?,
        handles_content: row.bool(6)?,
        confirmed_by: row.text_opt(7)?,
        confirmed_at: row.time_opt(8)?,
        enrolled_at: row.time(9)?,
        enrolled_entry: row.int(10)?,
        revoked_at: row.time_opt(11)?,
    })
}

/// Adds a device and its state.
pub fn device_insert(tx: &mut Tx<'_>, device: &DeviceRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO device (id, organisation, name, public_key, has_screen, is_portable, handles_content, \
         enrolled_at, enrolled_entry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            device.id,
            device.organisation,
            device.name.as_str(),
            &device.key.0,
            device.has_screen,
            device.is_portable,
            device.handles_content,
            device.enrolled_at,
            device.enrolled_entry
        ],
    )?;
    tx.execute(
        "INSERT INTO device_state (device, organisation, counter, confirmed_at, received_at) \
         VALUES ($1, $2, 0, $3, $3)",
        params![device.id, device.organisation, device.enrolled_at],
    )?;
    Ok(())
}

/// The device with this id.
pub fn device_by_id(tx: &mut Tx<'_>, id: Id<Device>) -> Result<Option<DeviceRow>, StoreError> {
    tx.query_opt(&format!("{DEVICE} WHERE id = $1"), params![id], device)
}

/// The device with this key, revoked or not.
pub fn device_by_key(tx: &mut Tx<'_>, key: &DeviceKey) -> Result<Option<DeviceRow>, StoreError> {
    tx.query_opt(&format!("{DEVICE} WHERE public_key = $1"), params![&key.0], device)
}

/// The devices of an organisation after `after`, oldest first.
pub fn device_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<Id<Device>>,
    limit: i64,
) -> Result<Vec<DeviceRow>, StoreError> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    tx.query(
        &format!("{DEVICE} WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3"),
        params![organisation, after, limit],
        device,
    )
}

/// How many devices are in force.
pub fn device_count(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM device WHERE organisation = $1 AND revoked_at IS NULL",
        params![organisation],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// How many devices were in force at a time.
pub fn device_count_as_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Time,
) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM device WHERE organisation = $1 AND enrolled_at <= $2 \
         AND (revoked_at IS NULL OR revoked_at > $2)",
        params![organisation, at],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// The first device in force of which nobody confirmed what it is.
pub fn device_to_confirm(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Option<DeviceRow>, StoreError> {
    tx.query_opt(
        &format!(
            "{DEVICE} WHERE organisation = $1 AND revoked_at IS NULL AND confirmed_at IS NULL ORDER BY id LIMIT 1"
        ),
        params![organisation],
        device,
    )
}

/// How many devices in force have not been heard of since `since`.
pub fn device_count_silent(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    since: Time,
) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM device_state s JOIN device d ON d.id = s.device \
         WHERE d.organisation = $1 AND d.revoked_at IS NULL AND s.confirmed_at < $2",
        params![organisation, since],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Writes what a person confirmed.
pub fn device_confirm(tx: &mut Tx<'_>, device: &DeviceRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE device SET name = $2, has_screen = $3, is_portable = $4, handles_content = $5, \
         confirmed_by = $6, confirmed_at = $7 WHERE id = $1",
        params![
            device.id,
            device.name.as_str(),
            device.has_screen,
            device.is_portable,
            device.handles_content,
            device.confirmed_by.as_deref(),
            device.confirmed_at
        ],
    )?;
    Ok(())
}

/// Sends a device away; false if it was away already.
pub fn device_revoke(tx: &mut Tx<'_>, id: Id<Device>) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE device SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        params![id, now],
    )?;
    tx.execute("UPDATE device_state SET stale_at = NULL WHERE device = $1", params![id])?;
    Ok(rows == 1)
}

/// What a check-in must be held against, read at once.
#[derive(Debug, Clone, Copy)]
pub struct DeviceStateRow {
    /// Where the device belongs.
    pub organisation: Id<Organisation>,
    /// The highest counter taken.
    pub counter: i64,
    /// The digest of all facts known of it; none before the first full report.
    pub facts_digest: Option<Digest>,
    /// The time of the last statement taken, by the device's clock but never ahead of ours.
    pub confirmed_at: Time,
    /// When that arrived.
    pub received_at: Time,
    /// When its verdicts must be looked at again, if ever.
    pub stale_at: Option<Time>,
    /// The device was sent away.
    pub is_revoked: bool,
}

/// Where a device stands.
pub fn device_state(tx: &mut Tx<'_>, id: Id<Device>) -> Result<Option<DeviceStateRow>, StoreError> {
    tx.query_opt(
        "SELECT s.organisation, s.counter, s.facts_digest, s.confirmed_at, s.received_at, s.stale_at, d.revoked_at \
         FROM device_state s \
         JOIN device d ON d.id = s.device WHERE s.device = $1",
        params![id],
        |row| {
            Ok(DeviceStateRow {
                organisation: row.id(0)?,
                counter: row.int(1)?,
                facts_digest: row.digest_opt(2)?,
                confirmed_at: row.time(3)?,
                received_at: row.time(4)?,
                stale_at: row.time_opt(5)?,
                is_revoked: row.time_opt(6)?.is_some(),
            })
        },
    )
}

/// Moves a device forward to `statement`.
pub fn device_state_advance(
    tx: &mut Tx<'_>,
    statement: &Statement,
    confirmed_at: Time,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE device_state SET counter = $2, facts_digest = $3, confirmed_at = $4, received_at = $5 \
         WHERE device = $1",
        params![statement.device, statement.counter, statement.facts, confirmed_at, now],
    )?;
    Ok(())
}

/// Says when the device's verdicts must be looked at again.
pub fn device_state_set_stale(
    tx: &mut Tx<'_>,
    id: Id<Device>,
    stale_at: Option<Time>,
) -> Result<(), StoreError> {
    tx.execute("UPDATE device_state SET stale_at = $2 WHERE device = $1", params![id, stale_at])?;
    Ok(())
}

/// Says that the verdicts of every device in force must be looked at again at `at`, if not before.
pub fn device_state_set_all_stale(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE device_state SET stale_at = $2 WHERE organisation = $1 \
         AND (stale_at IS NULL OR stale_at > $2) \
         AND device IN (SELECT id FROM device WHERE organisation = $1 AND revoked_at IS NULL)",
        params![organisation, at],
    )?;
    Ok(())
}

/// Lets every device about which `check` does not pass fall due at `at`; how many there are.
pub fn device_state_set_stale_by_check(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    at: Time,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE device_state SET stale_at = $3 WHERE organisation = $1 \
         AND (stale_at IS NULL OR stale_at > $3) \
         AND 'device:' || device IN (SELECT subject FROM verdict WHERE organisation = $1 AND check_id = $2 \
         AND ended_at IS NULL AND status <> 'pass')",
        params![organisation, check, at],
    )
}

/// When the device's verdicts must be looked at again, if ever.
pub fn device_stale_at(tx: &mut Tx<'_>, id: Id<Device>) -> Result<Option<Time>, StoreError> {
    let stale_at =
        tx.query_opt("SELECT stale_at FROM device_state WHERE device = $1", params![id], |row| {
            row.time_opt(0)
        })?;
    Ok(stale_at.flatten())
}

/// A device and where it belongs.
pub type OwnedDevice = (Id<Organisation>, Id<Device>);

/// Devices whose verdicts must be looked at again at `now`.
pub fn device_state_due(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<OwnedDevice>, StoreError> {
    tx.query(
        "SELECT organisation, device FROM device_state WHERE stale_at <= $1 ORDER BY stale_at LIMIT $2",
        params![now, limit],
        |row| Ok((row.id(0)?, row.id(1)?)),
    )
}

/// Keeps a statement that said nothing new, with its signature.
pub fn confirmation_insert(
    tx: &mut Tx<'_>,
    statement: &Statement,
    signature: &DeviceSignature,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO confirmation (organisation, device, counter, facts_digest, collected_at, received_at, \
         signature, rolled_up) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
        params![
            statement.organisation,
            statement.device,
            statement.counter,
            statement.facts,
            statement.collected_at,
            now,
            &signature.0
        ],
    )?;
    Ok(())
}

/// The newest confirmation of a device, if any, with the entry that commits to it, if one does: what
/// stands behind its facts' freshness.
pub fn confirmation_latest(
    tx: &mut Tx<'_>,
    device: Id<Device>,
) -> Result<Option<(Statement, DeviceSignature, Option<i64>)>, StoreError> {
    tx.query_opt(
        "SELECT organisation, device, counter, collected_at, facts_digest, signature, rolled_up \
         FROM confirmation WHERE device = $1 ORDER BY counter DESC LIMIT 1",
        params![device],
        |row| {
            let (statement, signature) = confirmation(row)?;
            // Kept as index + 1.
            let entry = row.int(6)? - 1;
            Ok((statement, signature, (entry >= 0).then_some(entry)))
        },
    )
}

/// The confirmations to which the entry at `index` commits, in the order in which it does.
pub fn confirmation_rolled_up(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    index: i64,
) -> Result<Vec<(Statement, DeviceSignature)>, StoreError> {
    tx.query(
        "SELECT organisation, device, counter, collected_at, facts_digest, signature \
         FROM confirmation WHERE organisation = $1 AND rolled_up = $2 \
         ORDER BY received_at, device, counter",
        params![organisation, index + 1],
        confirmation,
    )
}

/// Organisations with confirmations that no entry commits to yet, received before `before`.
pub fn confirmation_waiting(
    tx: &mut Tx<'_>,
    before: Time,
) -> Result<Vec<Id<Organisation>>, StoreError> {
    tx.query(
        "SELECT DISTINCT organisation FROM confirmation WHERE rolled_up = 0 AND received_at < $1",
        params![before],
        |row| row.id(0),
    )
}

/// The confirmations of an organisation that no entry commits to yet, in order of device and
/// counter.
pub fn confirmation_unrolled(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    limit: i64,
) -> Result<Vec<Unrolled>, StoreError> {
    tx.query(
        "SELECT organisation, device, counter, collected_at, facts_digest, signature, received_at \
         FROM confirmation WHERE organisation = $1 AND rolled_up = 0 \
         ORDER BY received_at, device, counter LIMIT $2",
        params![organisation, limit],
        |row| {
            let (statement, signature) = confirmation(row)?;
            Ok(Unrolled { statement, signature, received_at: row.time(6)? })
        },
    )
}

/// A confirmation that no entry commits to yet.
#[derive(Debug, Clone)]
pub struct Unrolled {
    /// What the device signed.
    pub statement: Statement,
    /// Its signature.
    pub signature: DeviceSignature,
    /// When it came in.
    pub received_at: Time,
}

/// Marks every confirmation that waits, up to and with `last` in the order of
/// [`confirmation_unrolled`], as committed to by the entry at `index` (kept as index + 1); how many
/// there were.
pub fn confirmation_roll_up(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    last: &Unrolled,
    index: i64,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE confirmation SET rolled_up = $2 WHERE organisation = $1 AND rolled_up = 0 \
         AND received_at <= $3 AND (received_at, device, counter) <= ($3, $4, $5)",
        params![
            organisation,
            index + 1,
            last.received_at,
            last.statement.device,
            last.statement.counter
        ],
    )
}

fn confirmation(row: &Row<'_>) -> Result<(Statement, DeviceSignature), StoreError> {
    let statement = Statement {
        organisation: row.id(0)?,
        device: row.id(1)?,
        counter: row.int(2)?,
        collected_at: row.time(3)?,
        facts: row.digest(4)?,
    };
    Ok((statement, DeviceSignature(row.bytes_n(5)?)))
}
