//! Policies, their drafts and versions, who said that they read which, and the document as which all were given.

use crate::{Row, StoreError, Tx, agreements, params};
use closedset_core::{
    Digest, Time,
    id::{Acknowledgement, Document, Id, Organisation, Person, Policy},
    policy::Topic,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What is to be known and kept to, with the version in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// Its id.
    pub id: Id<Policy>,
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub topics: BTreeSet<Topic>,
    /// The version in force; 0 while none was approved.
    pub number: i64,
    /// The first version that need not be read again.
    pub counts_from: i64,
    /// Rises with every change of its draft.
    pub edition: i64,
    /// The last day on which it counts without being looked at again; none while none was approved.
    pub review_by: Option<Date>,
    /// When somebody last said that nothing is to be changed.
    pub reviewed_at: Option<Time>,
    /// Who.
    pub reviewed_by: Option<String>,
    /// Since when it is known.
    pub created_at: Time,
    /// Since when nobody has to keep to it any more.
    pub retired_at: Option<Time>,
}

impl PolicyRow {
    /// Whether a version was approved, and it was not retired.
    pub const fn is_in_force(&self) -> bool {
        self.number > 0 && self.retired_at.is_none()
    }
}

const POLICY: &str = "SELECT id, name, topics, number, counts_from, edition, review_by, reviewed_at, reviewed_by, \
    created_at, retired_at FROM policy WHERE organisation = $1";

fn policy(row: &Row<'_>) -> Result<PolicyRow, StoreError> {
    Ok(PolicyRow {
        id: row.id(0)?,
        name: row.text(1)?,
        topics: topics(&row.text(2)?),
        number: row.int(3)?,
        counts_from: row.int(4)?,
        edition: row.int(5)?,
        review_by: row.day_opt(6)?,
        reviewed_at: row.time_opt(7)?,
        reviewed_by: row.text_opt(8)?,
        created_at: row.time(9)?,
        retired_at: row.time_opt(10)?,
    })
}

/// Topics as they are kept.
fn words(topics: &BTreeSet<Topic>) -> String {
    topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(" ")
}

/// A topic that this program does not know covers nothing.
fn topics(words: &str) -> BTreeSet<Topic> {
    words.split(' ').filter_map(Topic::from_word).collect()
}

/// Adds a policy.
pub fn policy_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    policy: &PolicyRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO policy (id, organisation, name, topics, number, counts_from, edition, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            policy.id,
            organisation,
            policy.name.as_str(),
            words(&policy.topics),
            policy.number,
            policy.counts_from,
            policy.edition,
            policy.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what a policy is now.
pub fn policy_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    policy: &PolicyRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE policy SET name = $3, topics = $4, number = $5, counts_from = $6, review_by = $7, reviewed_at = $8, \
         reviewed_by = $9, retired_at = $10, edition = $11 WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            policy.id,
            policy.name.as_str(),
            words(&policy.topics),
            policy.number,
            policy.counts_from,
            policy.review_by,
            policy.reviewed_at,
            policy.reviewed_by.as_deref(),
            policy.retired_at,
            policy.edition
        ],
    )?;
    Ok(())
}

/// The policies of an organisation, in force or not, oldest first.
pub fn policy_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<PolicyRow>, StoreError> {
    tx.query(&format!("{POLICY} ORDER BY id"), params![organisation], policy)
}

/// One policy, in force or not.
pub fn policy_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Policy>,
) -> Result<Option<PolicyRow>, StoreError> {
    tx.query_opt(&format!("{POLICY} AND id = $2"), params![organisation, id], policy)
}

/// What is written and not approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// What it is to be called.
    pub name: String,
    /// What it is about.
    pub topics: BTreeSet<Topic>,
    /// The words, in Markdown.
    pub text: String,
    /// Whoever read an earlier version reads again.
    pub asks_again: bool,
    /// The name of who saved it last.
    pub saved_by: String,
    /// Who that was.
    pub saved_actor: String,
    /// When.
    pub saved_at: Time,
    /// Since when it waits to be approved.
    pub sent_at: Option<Time>,
}

const DRAFT: &str = "SELECT d.name, d.topics, d.words, d.asks_again, d.saved_by, d.saved_actor, d.saved_at, \
    d.sent_at FROM policy_draft d WHERE d.policy = $1";

fn draft(row: &Row<'_>) -> Result<DraftRow, StoreError> {
    Ok(DraftRow {
        name: row.text(0)?,
        topics: topics(&row.text(1)?),
        text: row.text(2)?,
        asks_again: row.bool(3)?,
        saved_by: row.text(4)?,
        saved_actor: row.text(5)?,
        saved_at: row.time(6)?,
        sent_at: row.time_opt(7)?,
    })
}

/// Writes down what is written, in the place of what was.
pub fn draft_put(tx: &mut Tx<'_>, of: Id<Policy>, draft: &DraftRow) -> Result<(), StoreError> {
    draft_delete(tx, of)?;
    tx.execute(
        "INSERT INTO policy_draft (policy, name, topics, words, asks_again, saved_by, saved_actor, saved_at, sent_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            of,
            draft.name.as_str(),
            words(&draft.topics),
            draft.text.as_str(),
            draft.asks_again,
            draft.saved_by.as_str(),
            draft.saved_actor.as_str(),
            draft.saved_at,
            draft.sent_at
        ],
    )?;
    Ok(())
}

/// Takes away what was written.
pub fn draft_delete(tx: &mut Tx<'_>, of: Id<Policy>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM policy_draft WHERE policy = $1", params![of])?;
    Ok(())
}

/// What is written and not approved.
pub fn draft_of(tx: &mut Tx<'_>, of: Id<Policy>) -> Result<Option<DraftRow>, StoreError> {
    tx.query_opt(DRAFT, params![of], draft)
}

/// The words of a policy at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersionRow {
    /// Its number, from 1.
    pub number: i64,
    /// What it was called.
    pub name: String,
    /// What it was about.
    pub topics: BTreeSet<Topic>,
    /// The words, in Markdown.
    pub text: String,
    /// SHA-256 of the words.
    pub digest: Digest,
    /// The name of who wrote it.
    pub written_by: String,
    /// The name of who approved it.
    pub approved_by: String,
    /// Another wrote it than approved it.
    pub has_second_person: bool,
    /// Since when it is in force.
    pub approved_at: Time,
    /// The index of the entry that says so.
    pub entry: i64,
}

const VERSION: &str = "SELECT v.number, v.name, v.topics, v.words, v.digest, v.written_by, v.approved_by, \
    v.has_second_person, v.approved_at, v.entry FROM policy_version v WHERE v.policy = $1";

fn version(row: &Row<'_>) -> Result<PolicyVersionRow, StoreError> {
    Ok(PolicyVersionRow {
        number: row.int(0)?,
        name: row.text(1)?,
        topics: topics(&row.text(2)?),
        text: row.text(3)?,
        digest: row.digest(4)?,
        written_by: row.text(5)?,
        approved_by: row.text(6)?,
        has_second_person: row.bool(7)?,
        approved_at: row.time(8)?,
        entry: row.int(9)?,
    })
}

/// Adds a version.
pub fn policy_version_insert(
    tx: &mut Tx<'_>,
    of: Id<Policy>,
    version: &PolicyVersionRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO policy_version (policy, number, name, topics, words, digest, written_by, approved_by, \
         has_second_person, approved_at, entry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            of,
            version.number,
            version.name.as_str(),
            words(&version.topics),
            version.text.as_str(),
            version.digest,
            version.written_by.as_str(),
            version.approved_by.as_str(),
            version.has_second_person,
            version.approved_at,
            version.entry
        ],
    )?;
    Ok(())
}

/// The versions of a policy, the newest first.
pub fn policy_version_list(
    tx: &mut Tx<'_>,
    of: Id<Policy>,
) -> Result<Vec<PolicyVersionRow>, StoreError> {
    tx.query(&format!("{VERSION} ORDER BY v.number DESC"), params![of], version)
}

/// One version.
pub fn policy_version(
    tx: &mut Tx<'_>,
    of: Id<Policy>,
    number: i64,
) -> Result<Option<PolicyVersionRow>, StoreError> {
    tx.query_opt(&format!("{VERSION} AND v.number = $2"), params![of, number], version)
}

/// Somebody's word that they read a version and will keep to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgementRow {
    /// Its id.
    pub id: Id<Acknowledgement>,
    /// Of what.
    pub policy: Id<Policy>,
    /// Of which version.
    pub number: i64,
    /// Whose.
    pub person: Id<Person>,
    /// When.
    pub acknowledged_at: Time,
    /// The index of the entry that says so.
    pub entry: i64,
}

const ACKNOWLEDGEMENT: &str = "SELECT id, policy, number, person, acknowledged_at, entry FROM acknowledgement \
    WHERE organisation = $1";

fn acknowledgement(row: &Row<'_>) -> Result<AcknowledgementRow, StoreError> {
    Ok(AcknowledgementRow {
        id: row.id(0)?,
        policy: row.id(1)?,
        number: row.int(2)?,
        person: row.id(3)?,
        acknowledged_at: row.time(4)?,
        entry: row.int(5)?,
    })
}

/// Adds somebody's word.
pub fn acknowledgement_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &AcknowledgementRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO acknowledgement (id, organisation, policy, number, person, acknowledged_at, entry) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            row.id,
            organisation,
            row.policy,
            row.number,
            row.person,
            row.acknowledged_at,
            row.entry
        ],
    )?;
    Ok(())
}

/// What a person acknowledged, the newest versions first.
pub fn acknowledgement_list_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<AcknowledgementRow>, StoreError> {
    tx.query(
        &format!("{ACKNOWLEDGEMENT} AND person = $2 ORDER BY number DESC, id DESC"),
        params![organisation, person],
        acknowledgement,
    )
}

/// Whoever is engaged on a day or later: they must know what is in force.
fn bound() -> String {
    agreements::whoever("SELECT 1 FROM engagement w WHERE")
}

const ACKNOWLEDGED: &str = "EXISTS (SELECT 1 FROM acknowledgement k WHERE k.policy = $3 AND k.number >= $4 AND k.person = p.id)";

/// How many must know a policy on a day or later, and how many of them said that they do. Nobody must know one that is
/// not in force.
pub fn bound_count(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (policy, day): (&PolicyRow, Date),
) -> Result<(i64, i64), StoreError> {
    if !policy.is_in_force() {
        return Ok((0, 0));
    }
    let from = bound();
    let counts = tx.query_opt(
        &format!(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN {ACKNOWLEDGED} THEN 1 ELSE 0 END), 0) {from}"
        ),
        params![organisation, day, policy.id, policy.counts_from],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    Ok(counts.unwrap_or_default())
}

/// Who must know a policy on a day or later and did not say that they do, by name, at most `limit`.
pub fn owing(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (policy, day): (&PolicyRow, Date),
    limit: i64,
) -> Result<Vec<(Id<Person>, String)>, StoreError> {
    if !policy.is_in_force() {
        return Ok(Vec::new());
    }
    let from = bound();
    tx.query(
        &format!(
            "SELECT p.id, p.name {from} AND NOT {ACKNOWLEDGED} ORDER BY p.name, p.id LIMIT $5"
        ),
        params![organisation, day, policy.id, policy.counts_from, limit],
        |row| Ok((row.id(0)?, row.text(1)?)),
    )
}

/// Whether somebody must know a policy on a day or later, whatever they said.
pub fn is_bound(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (policy, day): (&PolicyRow, Date),
    person: Id<Person>,
) -> Result<bool, StoreError> {
    if !policy.is_in_force() {
        return Ok(false);
    }
    let from = bound();
    let found = tx.query_opt(
        &format!("SELECT p.id {from} AND p.id = $3"),
        params![organisation, day, person],
        |row| row.text(0),
    )?;
    Ok(found.is_some())
}

/// Somebody who said that they know a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgedRow {
    /// Who.
    pub person: Id<Person>,
    /// Their name.
    pub name: String,
    /// The newest version of which they said so.
    pub number: i64,
    /// When they said so of it.
    pub at: Time,
}

/// Who must know a policy on a day or later and said that they do, by name, at most `limit`.
pub fn acknowledged(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (policy, day): (&PolicyRow, Date),
    limit: i64,
) -> Result<Vec<AcknowledgedRow>, StoreError> {
    if !policy.is_in_force() {
        return Ok(Vec::new());
    }
    let from = bound();
    tx.query(
        &format!(
            "SELECT p.id, p.name, (SELECT MAX(k.number) FROM acknowledgement k WHERE k.policy = $3 AND k.person = p.id), (SELECT MAX(k.acknowledged_at) FROM acknowledgement k WHERE k.policy = $3 AND k.person = p.id) {from} \
             AND {ACKNOWLEDGED} ORDER BY p.name, p.id LIMIT $5"
        ),
        params![organisation, day, policy.id, policy.counts_from, limit],
        |row| {
            Ok(AcknowledgedRow {
                person: row.id(0)?,
                name: row.text(1)?,
                number: row.int(2)?,
                at: row.time(3)?,
            })
        },
    )
}

/// The document as which all policies in force were given, whatever became of it.
pub fn handbook_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Option<Id<Document>>, StoreError> {
    tx.query_opt(
        "SELECT document FROM policy_handbook WHERE organisation = $1",
        params![organisation],
        |row| row.id(0),
    )
}

/// Remembers as which document they were given.
pub fn handbook_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    document: Id<Document>,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM policy_handbook WHERE organisation = $1", params![organisation])?;
    tx.execute(
        "INSERT INTO policy_handbook (organisation, document) VALUES ($1, $2)",
        params![organisation, document],
    )?;
    Ok(())
}
