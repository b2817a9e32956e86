//! Who belongs to an organisation: people, the memberships of accounts, and invitations that are open.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Role, Time,
    id::{Account, ApiToken, Id, Invitation, Organisation, Person},
};

/// Adds a person.
pub fn person_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Person>,
    name: &str,
    email: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO person (id, organisation, name, email, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![id, organisation, name, email, now],
    )?;
    Ok(())
}

/// The person with this address, who may have belonged here before.
pub fn person_by_email(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    email: &str,
) -> Result<Option<Id<Person>>, StoreError> {
    tx.query_opt(
        "SELECT id FROM person WHERE organisation = $1 AND email = $2",
        params![organisation, email],
        |row| row.id(0),
    )
}

/// Somebody whom an organisation knows, with an account or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Their id.
    pub id: Id<Person>,
    /// Their name.
    pub name: String,
    /// Their address, where one is known.
    pub email: Option<String>,
    /// Their telephone; empty where none is known.
    pub phone: String,
    /// Since when they are known.
    pub created_at: Time,
}

impl PersonRow {
    /// What stands where an address would, one of a kind too: their id, to which nobody can write.
    pub fn address(&self) -> String {
        self.email.clone().unwrap_or_else(|| self.id.to_string())
    }
}

pub(crate) const PERSON: &str = "SELECT p.id, p.name, p.email, p.phone, p.created_at FROM person p \
    WHERE p.organisation = $1 AND p.forgotten_at IS NULL";

pub(crate) fn person(row: &Row<'_>) -> Result<PersonRow, StoreError> {
    let (id, email) = (row.id::<Person>(0)?, row.text(2)?);
    Ok(PersonRow {
        id,
        name: row.text(1)?,
        email: (email != id.to_string()).then_some(email),
        phone: row.text(3)?,
        created_at: row.time(4)?,
    })
}

/// One person who was not forgotten.
pub fn person_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Person>,
) -> Result<Option<PersonRow>, StoreError> {
    tx.query_opt(&format!("{PERSON} AND p.id = $2"), params![organisation, id], person)
}

/// Writes down what is known of a person now.
pub fn person_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: &PersonRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE person SET name = $3, email = $4, phone = $5 WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            person.id,
            person.name.as_str(),
            person.address(),
            person.phone.as_str()
        ],
    )?;
    Ok(())
}

/// Calls a person by another name.
pub fn person_rename(tx: &mut Tx<'_>, id: Id<Person>, name: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE person SET name = $2 WHERE id = $1", params![id, name])?;
    Ok(())
}

/// Writes down by whose invitation a person belongs.
pub fn person_set_inviter(
    tx: &mut Tx<'_>,
    id: Id<Person>,
    inviter: Option<Id<Account>>,
) -> Result<(), StoreError> {
    tx.execute("UPDATE person SET inviter = $2 WHERE id = $1", params![id, inviter])?;
    Ok(())
}

/// By whose invitation the person belongs, or belonged, whose account this is.
pub fn person_inviter(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    account: Id<Account>,
) -> Result<Option<Id<Account>>, StoreError> {
    let inviter = tx.query_opt(
        "SELECT inviter FROM person WHERE organisation = $1 AND account = $2",
        params![organisation, account],
        |row| row.id_opt(0),
    )?;
    Ok(inviter.flatten())
}

/// Puts `words` in the place of the name of a person who is gone, and forgets their address.
pub fn person_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Person>,
    words: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    // The address is one of a kind here, so that it is put in the place of itself.
    tx.execute(
        "UPDATE person SET name = $3, email = id, phone = '', account = NULL, forgotten_at = $4 WHERE organisation = $1 AND id = $2",
        params![organisation, id, words, now],
    )?;
    crate::contacts::contact_delete_of(tx, organisation, id)?;
    crate::scim::user_delete(tx, organisation, id)
}

/// A person, their name, and the account that they have or had.
pub type NamedPerson = (Id<Person>, String, Id<Account>);

/// Everybody who belongs to an organisation or ever did, the latest first.
pub fn person_names(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    limit: i64,
) -> Result<Vec<NamedPerson>, StoreError> {
    tx.query(
        "SELECT id, name, account FROM person WHERE organisation = $1 AND account IS NOT NULL \
         ORDER BY id DESC LIMIT $2",
        params![organisation, limit],
        |row| Ok((row.id(0)?, row.text(1)?, row.id(2)?)),
    )
}

/// Where an account belongs and what it may do there.
#[derive(Debug, Clone)]
pub struct MembershipRow {
    /// The organisation.
    pub organisation: Id<Organisation>,
    /// Its name.
    pub organisation_name: String,
    /// The person the account is there.
    pub person: Id<Person>,
    /// What they are called there.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it ends by itself.
    pub ends_at: Option<Time>,
    /// Sessions that began until then do not reach it.
    pub signed_out_at: Option<Time>,
}

impl MembershipRow {
    /// Whether it has not ended.
    pub fn is_in_force(&self, now: Time) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }

    /// Whether it has not ended, and a session that began then reaches it.
    pub fn is_open_to(&self, session_began: Time, now: Time) -> bool {
        self.is_in_force(now) && self.signed_out_at.is_none_or(|until| session_began > until)
    }
}

fn role(row: &Row<'_>, column: usize) -> Result<Role, StoreError> {
    let word = row.text(column)?;
    Role::from_word(&word).ok_or_else(|| StoreError::corrupt("a role", &word))
}

const MEMBERSHIP: &str = "SELECT m.organisation, o.name, m.person, m.role, m.ends_at, m.signed_out_at, p.name \
    FROM membership m JOIN organisation o ON o.id = m.organisation JOIN person p ON p.id = m.person \
    WHERE m.account = $1";

fn membership(row: &Row<'_>) -> Result<MembershipRow, StoreError> {
    Ok(MembershipRow {
        organisation: row.id(0)?,
        organisation_name: row.text(1)?,
        person: row.id(2)?,
        role: role(row, 3)?,
        ends_at: row.time_opt(4)?,
        signed_out_at: row.time_opt(5)?,
        name: row.text(6)?,
    })
}

/// The memberships of an account, oldest organisation first; those that ended too.
pub fn membership_list(
    tx: &mut Tx<'_>,
    account: Id<Account>,
) -> Result<Vec<MembershipRow>, StoreError> {
    tx.query(&format!("{MEMBERSHIP} ORDER BY m.organisation"), params![account], membership)
}

/// The membership of an account in an organisation, even if it ended.
pub fn membership_of(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
) -> Result<Option<MembershipRow>, StoreError> {
    let sql = format!("{MEMBERSHIP} AND m.organisation = $2");
    tx.query_opt(&sql, params![account, organisation], membership)
}

/// The accounts that belong to an organisation now and can sign in, and what each is there.
pub fn membership_roles(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<(Id<Account>, Role)>, StoreError> {
    let now = tx.now();
    tx.query(
        "SELECT m.account, m.role FROM membership m JOIN account a ON a.id = m.account \
         WHERE m.organisation = $1 AND (m.ends_at IS NULL OR m.ends_at > $2) \
         AND (a.second_factor_at IS NOT NULL OR EXISTS (SELECT 1 FROM identity i WHERE i.account = a.id)) \
         ORDER BY m.account",
        params![organisation, now],
        |row| Ok((row.id(0)?, role(row, 1)?)),
    )
}

/// Makes an account a member.
pub fn membership_insert(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    role: Role,
    ends_at: Option<Time>,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO membership (account, organisation, person, role, created_at, ends_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![account, organisation, person, role.as_str(), now, ends_at],
    )?;
    tx.execute(
        "UPDATE person SET account = $3 WHERE organisation = $1 AND id = $2",
        params![organisation, person, account],
    )?;
    Ok(())
}

/// Gives a member another role, or another end.
pub fn membership_change(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
    role: Role,
    ends_at: Option<Time>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE membership SET role = $3, ends_at = $4, lapsed_at = NULL \
         WHERE account = $1 AND organisation = $2",
        params![account, organisation, role.as_str(), ends_at],
    )?;
    Ok(())
}

/// Ends a membership.
pub fn membership_delete(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM membership WHERE account = $1 AND organisation = $2",
        params![account, organisation],
    )?;
    Ok(())
}

/// Somebody came in now.
pub fn membership_signed_in(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
) -> Result<(), StoreError> {
    let now = tx.now();
    membership_mark(tx, account, organisation, "signed_in_at", now)
}

/// Sessions that the account has now do not reach it any more, whatever clock they began by.
pub fn membership_sign_out(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
) -> Result<(), StoreError> {
    let latest = tx.query_opt(
        "SELECT MAX(created_at) FROM session WHERE account = $1",
        params![account],
        |row| row.time_opt(0),
    )?;
    let until = latest.flatten().map_or(tx.now(), |latest| latest.max(tx.now()));
    membership_shut(tx, account, organisation, until)
}

/// Sessions that began until then do not reach it.
pub fn membership_shut(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
    until: Time,
) -> Result<(), StoreError> {
    membership_mark(tx, account, organisation, "signed_out_at", until)
}

/// A person with the organisation where they belong.
pub type OwnedPerson = (Id<Organisation>, Id<Person>);

/// Memberships that ended by themselves and were not looked at since, at most `limit`.
pub fn membership_lapsing(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<OwnedPerson>, StoreError> {
    tx.query(
        "SELECT organisation, person FROM membership \
         WHERE ends_at IS NOT NULL AND ends_at <= $1 AND lapsed_at IS NULL ORDER BY ends_at LIMIT $2",
        params![now, limit],
        |row| Ok((row.id(0)?, row.id(1)?)),
    )
}

/// It was looked at.
pub fn membership_lapsed(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
) -> Result<(), StoreError> {
    let now = tx.now();
    membership_mark(tx, account, organisation, "lapsed_at", now)
}

/// Writes down when something last befell a membership.
fn membership_mark(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
    what: &'static str,
    at: Time,
) -> Result<(), StoreError> {
    tx.execute(
        &format!("UPDATE membership SET {what} = $3 WHERE account = $1 AND organisation = $2"),
        params![account, organisation, at],
    )?;
    Ok(())
}

/// Somebody who belongs to an organisation, and how their account is protected.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// The person.
    pub person: Id<Person>,
    /// Their account.
    pub account: Id<Account>,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may.
    pub role: Role,
    /// Since when.
    pub since: Time,
    /// When it ends by itself.
    pub ends_at: Option<Time>,
    /// That it ended was written down.
    pub lapsed_at: Option<Time>,
    /// When they last came in here.
    pub signed_in_at: Option<Time>,
    /// They have an authenticator app.
    pub has_totp: bool,
    /// How many passkeys they have.
    pub passkeys: i64,
    /// They ever had a second factor here: without, the account is not finished.
    pub has_second_factor: bool,
    /// A provider knows them.
    pub has_identity: bool,
}

const MEMBER: &str = "SELECT m.person, m.account, p.name, a.email, m.role, m.created_at, m.ends_at, m.lapsed_at, m.signed_in_at, \
    CASE WHEN a.totp_sealed IS NULL THEN 0 ELSE 1 END, \
    (SELECT COUNT(*) FROM passkey k WHERE k.account = a.id), \
    CASE WHEN a.second_factor_at IS NULL THEN 0 ELSE 1 END, \
    (SELECT COUNT(*) FROM identity i WHERE i.account = a.id) \
    FROM membership m JOIN person p ON p.id = m.person JOIN account a ON a.id = m.account \
    WHERE m.organisation = $1";

fn member(row: &Row<'_>) -> Result<MemberRow, StoreError> {
    Ok(MemberRow {
        person: row.id(0)?,
        account: row.id(1)?,
        name: row.text(2)?,
        email: row.text(3)?,
        role: role(row, 4)?,
        since: row.time(5)?,
        ends_at: row.time_opt(6)?,
        lapsed_at: row.time_opt(7)?,
        signed_in_at: row.time_opt(8)?,
        has_totp: row.int(9)? == 1,
        passkeys: row.int(10)?,
        has_second_factor: row.int(11)? == 1,
        has_identity: row.int(12)? > 0,
    })
}

/// Who belongs to an organisation after `after`, in the order in which they were first known, at most
/// `limit`.
pub fn member_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<Id<Person>>,
    limit: i64,
) -> Result<Vec<MemberRow>, StoreError> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    tx.query(
        &format!("{MEMBER} AND m.person > $2 ORDER BY m.person LIMIT $3"),
        params![organisation, after, limit],
        member,
    )
}

/// The member who this person is.
pub fn member_by_person(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Option<MemberRow>, StoreError> {
    tx.query_opt(&format!("{MEMBER} AND m.person = $2"), params![organisation, person], member)
}

/// The member with this address.
pub fn member_by_email(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    email: &str,
) -> Result<Option<MemberRow>, StoreError> {
    tx.query_opt(&format!("{MEMBER} AND a.email = $2"), params![organisation, email], member)
}

/// An invitation that is open.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    /// Its id.
    pub id: Id<Invitation>,
    /// Where to.
    pub organisation: Id<Organisation>,
    /// Whom, by their address in lower case.
    pub email: String,
    /// Their name, as whoever invited wrote it.
    pub name: String,
    /// What they will be.
    pub role: Role,
    /// When the membership will end by itself.
    pub ends_at: Option<Time>,
    /// The name of who invited.
    pub invited_by: String,
    /// The account of who invited, or whose token did; none where an operator did.
    pub inviter: Option<Id<Account>>,
    /// The token that invited, if one did.
    pub inviter_token: Option<Id<ApiToken>>,
    /// Since when.
    pub created_at: Time,
    /// Until when.
    pub expires_at: Time,
}

const INVITATION: &str = "SELECT id, organisation, email, name, role, ends_at, invited_by, inviter, created_at, expires_at, inviter_token FROM invitation";

fn invitation(row: &Row<'_>) -> Result<InvitationRow, StoreError> {
    Ok(InvitationRow {
        id: row.id(0)?,
        organisation: row.id(1)?,
        email: row.text(2)?,
        name: row.text(3)?,
        role: role(row, 4)?,
        ends_at: row.time_opt(5)?,
        invited_by: row.text(6)?,
        inviter: row.id_opt(7)?,
        created_at: row.time(8)?,
        expires_at: row.time(9)?,
        inviter_token: row.id_opt(10)?,
    })
}

/// Adds an invitation.
pub fn invitation_insert(
    tx: &mut Tx<'_>,
    invitation: &InvitationRow,
    token: Digest,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO invitation (id, organisation, email, name, role, ends_at, token_digest, invited_by, inviter, created_at, expires_at, inviter_token) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            invitation.id,
            invitation.organisation,
            invitation.email.as_str(),
            invitation.name.as_str(),
            invitation.role.as_str(),
            invitation.ends_at,
            token,
            invitation.invited_by.as_str(),
            invitation.inviter,
            invitation.created_at,
            invitation.expires_at,
            invitation.inviter_token
        ],
    )?;
    Ok(())
}

/// The invitation with this token's digest.
pub fn invitation_by_token(
    tx: &mut Tx<'_>,
    token: Digest,
) -> Result<Option<InvitationRow>, StoreError> {
    tx.query_opt(&format!("{INVITATION} WHERE token_digest = $1"), params![token], invitation)
}

/// The invitation with this id.
pub fn invitation_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Invitation>,
) -> Result<Option<InvitationRow>, StoreError> {
    tx.query_opt(
        &format!("{INVITATION} WHERE organisation = $1 AND id = $2"),
        params![organisation, id],
        invitation,
    )
}

/// The invitations of an organisation, oldest first; those that expired too, until they are removed.
pub fn invitation_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<InvitationRow>, StoreError> {
    let sql = format!("{INVITATION} WHERE organisation = $1 ORDER BY id");
    tx.query(&sql, params![organisation], invitation)
}

/// Removes an invitation; false if there is none such.
pub fn invitation_delete(tx: &mut Tx<'_>, id: Id<Invitation>) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM invitation WHERE id = $1", params![id])? == 1)
}
