//! What whoever works here must sign, who signed it, and the links by which they do.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    id::{Agreement, Client, Id, Mail, Organisation, Paper, Person, Signature},
};
use jiff::civil::Date;

/// What is to be signed, with the version in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementRow {
    /// Its id.
    pub id: Id<Agreement>,
    /// What it is called.
    pub name: String,
    /// Whose titles ask for it; none where everybody who works here signs it.
    pub client: Option<Id<Client>>,
    /// The version in force.
    pub number: i64,
    /// The first version whose signatures still count.
    pub counts_from: i64,
    /// Since when it is known.
    pub created_at: Time,
    /// Since when nobody has to sign it any more.
    pub retired_at: Option<Time>,
}

const AGREEMENT: &str = "SELECT id, name, client, number, counts_from, created_at, retired_at FROM agreement \
    WHERE organisation = $1";

fn agreement(row: &Row<'_>) -> Result<AgreementRow, StoreError> {
    Ok(AgreementRow {
        id: row.id(0)?,
        name: row.text(1)?,
        client: row.id_opt(2)?,
        number: row.int(3)?,
        counts_from: row.int(4)?,
        created_at: row.time(5)?,
        retired_at: row.time_opt(6)?,
    })
}

/// Adds an agreement.
pub fn agreement_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    agreement: &AgreementRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO agreement (id, organisation, name, client, number, counts_from, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            agreement.id,
            organisation,
            agreement.name.as_str(),
            agreement.client,
            agreement.number,
            agreement.counts_from,
            agreement.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what an agreement is now. Whose titles ask for it never changes.
pub fn agreement_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    agreement: &AgreementRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE agreement SET name = $3, number = $4, counts_from = $5, retired_at = $6 \
         WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            agreement.id,
            agreement.name.as_str(),
            agreement.number,
            agreement.counts_from,
            agreement.retired_at
        ],
    )?;
    Ok(())
}

/// The agreements of an organisation, retired or not, oldest first.
pub fn agreement_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<AgreementRow>, StoreError> {
    tx.query(&format!("{AGREEMENT} ORDER BY id"), params![organisation], agreement)
}

/// One agreement, retired or not.
pub fn agreement_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Agreement>,
) -> Result<Option<AgreementRow>, StoreError> {
    tx.query_opt(&format!("{AGREEMENT} AND id = $2"), params![organisation, id], agreement)
}

/// The words of an agreement at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementVersionRow {
    /// Its number, from 1.
    pub number: i64,
    /// The words, in Markdown.
    pub text: String,
    /// SHA-256 of the words.
    pub digest: Digest,
    /// The name of who put it in force.
    pub published_by: String,
    /// Since when.
    pub published_at: Time,
    /// The index of the entry that says so.
    pub entry: i64,
}

const VERSION: &str = "SELECT number, words, digest, published_by, published_at, entry FROM agreement_version \
    WHERE agreement = $1";

fn version(row: &Row<'_>) -> Result<AgreementVersionRow, StoreError> {
    Ok(AgreementVersionRow {
        number: row.int(0)?,
        text: row.text(1)?,
        digest: row.digest(2)?,
        published_by: row.text(3)?,
        published_at: row.time(4)?,
        entry: row.int(5)?,
    })
}

/// Adds a version.
pub fn agreement_version_insert(
    tx: &mut Tx<'_>,
    agreement: Id<Agreement>,
    version: &AgreementVersionRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO agreement_version (agreement, number, words, digest, published_by, published_at, entry) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            agreement,
            version.number,
            version.text.as_str(),
            version.digest,
            version.published_by.as_str(),
            version.published_at,
            version.entry
        ],
    )?;
    Ok(())
}

/// The versions of an agreement, the newest first.
pub fn agreement_version_list(
    tx: &mut Tx<'_>,
    agreement: Id<Agreement>,
) -> Result<Vec<AgreementVersionRow>, StoreError> {
    tx.query(&format!("{VERSION} ORDER BY number DESC"), params![agreement], version)
}

/// One version.
pub fn agreement_version(
    tx: &mut Tx<'_>,
    agreement: Id<Agreement>,
    number: i64,
) -> Result<Option<AgreementVersionRow>, StoreError> {
    tx.query_opt(&format!("{VERSION} AND number = $2"), params![agreement, number], version)
}

/// Somebody's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureRow {
    /// Its id.
    pub id: Id<Signature>,
    /// Beneath what.
    pub agreement: Id<Agreement>,
    /// Beneath which version.
    pub number: i64,
    /// Whose.
    pub person: Id<Person>,
    /// The name as it was typed; of one on paper, as it stood in the register.
    pub name: String,
    /// When; of one on paper, when it was confirmed.
    pub signed_at: Time,
    /// SHA-256 of the signed file.
    pub file: Digest,
    /// The index of the entry that says so.
    pub entry: i64,
    /// The paper that it stands on; none of one that was given on a screen.
    pub paper: Option<Id<Paper>>,
    /// Why it does not count any more.
    pub withdrawn: Option<Withdrawn>,
}

/// That a signature was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why.
    pub because: String,
}

const SIGNATURE: &str = "SELECT id, agreement, number, person, name, signed_at, file, entry, paper, withdrawn_by, \
    withdrawn_at, withdrawn_because FROM signature WHERE organisation = $1";

fn signature(row: &Row<'_>) -> Result<SignatureRow, StoreError> {
    Ok(SignatureRow {
        id: row.id(0)?,
        agreement: row.id(1)?,
        number: row.int(2)?,
        person: row.id(3)?,
        name: row.text(4)?,
        signed_at: row.time(5)?,
        file: row.digest(6)?,
        entry: row.int(7)?,
        paper: row.id_opt(8)?,
        withdrawn: match (row.text_opt(9)?, row.time_opt(10)?, row.text_opt(11)?) {
            (Some(by), Some(at), Some(because)) => Some(Withdrawn { by, at, because }),
            _ => None,
        },
    })
}

/// Adds a signature.
pub fn signature_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    signature: &SignatureRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO signature (id, organisation, agreement, number, person, name, signed_at, file, entry, paper) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            signature.id,
            organisation,
            signature.agreement,
            signature.number,
            signature.person,
            signature.name.as_str(),
            signature.signed_at,
            signature.file,
            signature.entry,
            signature.paper
        ],
    )?;
    Ok(())
}

/// Withdraws a signature: it does not count any more.
pub fn signature_withdraw(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Signature>,
    withdrawn: &Withdrawn,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE signature SET withdrawn_by = $3, withdrawn_at = $4, withdrawn_because = $5 \
         WHERE organisation = $1 AND id = $2 AND withdrawn_at IS NULL",
        params![organisation, id, withdrawn.by.as_str(), withdrawn.at, withdrawn.because.as_str()],
    )?;
    Ok(())
}

/// What a person signed, withdrawn or not, the newest versions first.
pub fn signature_list_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<SignatureRow>, StoreError> {
    tx.query(
        &format!("{SIGNATURE} AND person = $2 ORDER BY number DESC, signed_at DESC, id DESC"),
        params![organisation, person],
        signature,
    )
}

/// One signature.
pub fn signature_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Signature>,
) -> Result<Option<SignatureRow>, StoreError> {
    tx.query_opt(&format!("{SIGNATURE} AND id = $2"), params![organisation, id], signature)
}

/// Takes the name out of everything that somebody signed, and the words with which any of it was withdrawn.
pub fn signatures_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    words: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE signature SET name = $3, withdrawn_because = CASE WHEN withdrawn_at IS NULL THEN NULL ELSE $3 END \
         WHERE organisation = $1 AND person = $2",
        params![organisation, person, words],
    )?;
    Ok(())
}

/// Who must sign on a day or later: whoever is engaged, or is assigned to one of the client's titles.
fn bound(agreement: &AgreementRow) -> String {
    let work = if agreement.client.is_some() {
        "SELECT 1 FROM assignment w JOIN title t ON t.id = w.title WHERE t.client = $3 AND t.removed_at IS NULL AND"
    } else {
        "SELECT 1 FROM engagement w WHERE $3 = '' AND"
    };
    whoever(work)
}

/// Whoever has such work on the day `$2` or later, in the organisation `$1`.
pub(crate) fn whoever(work: &str) -> String {
    format!(
        "FROM person p WHERE p.organisation = $1 AND p.forgotten_at IS NULL AND EXISTS ({work} \
         w.organisation = $1 AND w.person = p.id AND w.removed_at IS NULL AND (w.ends_on IS NULL OR w.ends_on >= $2))"
    )
}

const SIGNED: &str = "EXISTS (SELECT 1 FROM signature s WHERE s.agreement = $4 AND s.number >= $5 AND s.person = p.id \
    AND s.withdrawn_at IS NULL)";

/// How many must sign an agreement on a day or later, and how many of them did.
pub fn bound_count(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    agreement: &AgreementRow,
    day: Date,
) -> Result<(i64, i64), StoreError> {
    let from = bound(agreement);
    let client = agreement.client.map(|id| id.to_string()).unwrap_or_default();
    let counts = tx.query_opt(
        &format!("SELECT COUNT(*), COALESCE(SUM(CASE WHEN {SIGNED} THEN 1 ELSE 0 END), 0) {from}"),
        params![organisation, day, client, agreement.id, agreement.counts_from],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    Ok(counts.unwrap_or_default())
}

/// Who must sign an agreement on a day or later and did not, by name, at most `limit`.
pub fn owing(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (agreement, day): (&AgreementRow, Date),
    limit: i64,
) -> Result<Vec<(Id<Person>, String)>, StoreError> {
    let from = bound(agreement);
    let client = agreement.client.map(|id| id.to_string()).unwrap_or_default();
    tx.query(
        &format!("SELECT p.id, p.name {from} AND NOT {SIGNED} ORDER BY p.name, p.id LIMIT $6"),
        params![organisation, day, client, agreement.id, agreement.counts_from, limit],
        |row| Ok((row.id(0)?, row.text(1)?)),
    )
}

/// Whether somebody must sign an agreement on a day or later, signed or not.
pub fn is_bound(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (agreement, day): (&AgreementRow, Date),
    person: Id<Person>,
) -> Result<bool, StoreError> {
    let from = bound(agreement);
    let client = agreement.client.map(|id| id.to_string()).unwrap_or_default();
    let found = tx.query_opt(
        &format!("SELECT p.id {from} AND p.id = $4"),
        params![organisation, day, client, person],
        |row| row.text(0),
    )?;
    Ok(found.is_some())
}

/// How many agreements everybody signs, how many people are engaged on a day, and how many of these have not
/// signed one of them.
pub fn signatures_count(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    day: Date,
) -> Result<(i64, i64, i64), StoreError> {
    let agreements = tx.query_opt(
        "SELECT COUNT(*) FROM agreement WHERE organisation = $1 AND client IS NULL AND retired_at IS NULL",
        params![organisation],
        |row| row.int(0),
    )?;
    let counts = tx.query_opt(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM agreement a WHERE a.organisation = $1 \
         AND a.client IS NULL AND a.retired_at IS NULL AND NOT EXISTS (SELECT 1 FROM signature s \
         WHERE s.agreement = a.id AND s.number >= a.counts_from AND s.person = p.id AND s.withdrawn_at IS NULL)) THEN 1 ELSE 0 END), 0) \
         FROM person p WHERE p.organisation = $1 AND p.forgotten_at IS NULL AND EXISTS (SELECT 1 FROM engagement w \
         WHERE w.organisation = $1 AND w.person = p.id AND w.removed_at IS NULL AND w.begins_on <= $2 \
         AND (w.ends_on IS NULL OR w.ends_on >= $2))",
        params![organisation, day],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    let (engaged, owing) = counts.unwrap_or_default();
    Ok((agreements.unwrap_or_default(), engaged, owing))
}

/// The link of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalLinkRow {
    /// Where.
    pub organisation: Id<Organisation>,
    /// Whose.
    pub person: Id<Person>,
    /// When it was made.
    pub made_at: Time,
    /// Until when it opens.
    pub expires_at: Time,
    /// The mail by which it goes to them; none where somebody hands it on.
    pub mail: Option<Id<Mail>>,
    /// The address to which the mail server took it, and when.
    pub mailed: Option<(String, Time)>,
}

fn link(row: &Row<'_>) -> Result<PersonalLinkRow, StoreError> {
    Ok(PersonalLinkRow {
        organisation: row.id(0)?,
        person: row.id(1)?,
        made_at: row.time(2)?,
        expires_at: row.time(3)?,
        mail: row.id_opt(4)?,
        mailed: row.text_opt(5)?.zip(row.time_opt(6)?),
    })
}

const LINK: &str = "SELECT organisation, person, made_at, expires_at, mail, mailed_to, mailed_at FROM personal_link";

/// Makes somebody's link, in the place of the one before.
pub fn personal_link_put(
    tx: &mut Tx<'_>,
    row: &PersonalLinkRow,
    token: Digest,
) -> Result<(), StoreError> {
    personal_link_delete(tx, row.organisation, row.person)?;
    tx.execute(
        "INSERT INTO personal_link (organisation, person, token_digest, made_at, expires_at, mail) VALUES ($1, $2, $3, $4, $5, $6)",
        params![row.organisation, row.person, token, row.made_at, row.expires_at, row.mail],
    )?;
    Ok(())
}

/// A mail server took the mail with a link, for this address.
pub fn personal_link_mailed(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    mail: Id<Mail>,
    address: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE personal_link SET mailed_to = $3, mailed_at = $4 WHERE organisation = $1 AND mail = $2",
        params![organisation, mail, address, now],
    )?;
    Ok(())
}

/// Takes somebody's link back.
pub fn personal_link_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM personal_link WHERE organisation = $1 AND person = $2",
        params![organisation, person],
    )?;
    Ok(())
}

/// Whose link has this token.
pub fn personal_link_by_token(
    tx: &mut Tx<'_>,
    token: Digest,
) -> Result<Option<PersonalLinkRow>, StoreError> {
    tx.query_opt(&format!("{LINK} WHERE token_digest = $1"), params![token], link)
}

/// Somebody's link.
pub fn personal_link_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Option<PersonalLinkRow>, StoreError> {
    tx.query_opt(
        &format!("{LINK} WHERE organisation = $1 AND person = $2"),
        params![organisation, person],
        link,
    )
}
