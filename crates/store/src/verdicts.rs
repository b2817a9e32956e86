//! Verdicts as intervals: what a check said of a subject, from when, until when, on which facts.

use crate::{Row, StoreError, Tx, Value, params};
use closedset_core::{
    Digest, Status, Subject, SubjectKind, Time,
    exception::Excepted,
    id::{Id, Organisation, VerdictInterval},
};

/// One interval.
#[derive(Debug, Clone)]
pub struct VerdictRow {
    /// Its id.
    pub id: Id<VerdictInterval>,
    /// The check.
    pub check: String,
    /// The check's version.
    pub check_version: i64,
    /// The subject.
    pub subject: Subject,
    /// The answer.
    pub status: Status,
    /// Why, in words.
    pub because: String,
    /// The digests of the facts it rests on.
    pub facts: Vec<Digest>,
    /// The exception that covers it, and what is beneath.
    pub excepted: Option<Excepted>,
    /// From when it holds.
    pub began_at: Time,
    /// Until when it held; none if it holds.
    pub ended_at: Option<Time>,
    /// When it was written down.
    pub recorded_at: Time,
    /// The entry that recorded it.
    pub entry: i64,
}

const VERDICT: &str = "SELECT id, check_id, check_version, subject, status, because, facts, began_at, ended_at, \
    recorded_at, entry, beneath, exception FROM verdict";

fn verdict(row: &Row<'_>) -> Result<VerdictRow, StoreError> {
    let subject = row.text(3)?;
    let status = row.text(4)?;
    let facts = row.text(6)?;
    Ok(VerdictRow {
        id: row.id(0)?,
        check: row.text(1)?,
        check_version: row.int(2)?,
        subject: subject.parse().map_err(|_| StoreError::corrupt("a subject", &subject))?,
        status: Status::from_word(&status)
            .ok_or_else(|| StoreError::corrupt("a status", &status))?,
        because: row.text(5)?,
        facts: facts
            .split_whitespace()
            .map(|digest| digest.parse().map_err(|_| StoreError::corrupt("a digest", digest)))
            .collect::<Result<_, _>>()?,
        began_at: row.time(7)?,
        ended_at: row.time_opt(8)?,
        recorded_at: row.time(9)?,
        entry: row.int(10)?,
        excepted: excepted(row)?,
    })
}

fn excepted(row: &Row<'_>) -> Result<Option<Excepted>, StoreError> {
    let (Some(beneath), Some(exception)) = (row.text_opt(11)?, row.id_opt(12)?) else {
        return Ok(None);
    };
    let beneath =
        Status::from_word(&beneath).ok_or_else(|| StoreError::corrupt("a status", &beneath))?;
    Ok(Some(Excepted { beneath, exception }))
}

/// The digest of the catalogue by which an organisation was assessed last.
pub fn catalogue_used(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Option<Digest>, StoreError> {
    tx.query_opt(
        "SELECT digest FROM catalogue_use WHERE organisation = $1",
        params![organisation],
        |row| row.digest(0),
    )
}

/// Says by which catalogue an organisation is assessed from now on.
pub fn catalogue_use(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    digest: Digest,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO catalogue_use (organisation, digest, since) VALUES ($1, $2, $3) \
         ON CONFLICT (organisation) DO UPDATE SET digest = $2, since = $3",
        params![organisation, digest, now],
    )?;
    Ok(())
}

/// The verdicts in force about a subject, by check.
pub fn verdict_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
) -> Result<Vec<VerdictRow>, StoreError> {
    tx.query(
        &format!("{VERDICT} WHERE organisation = $1 AND subject = $2 AND ended_at IS NULL ORDER BY check_id"),
        params![organisation, subject.to_string()],
        verdict,
    )
}

/// Whether a verdict in force was recorded by the entry at `index`.
pub fn verdict_rests_on(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    index: i64,
) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT COUNT(*) FROM verdict \
         WHERE organisation = $1 AND ended_at IS NULL AND entry = $2",
        params![organisation, index],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0) > 0)
}

/// The subjects of one kind about which verdicts are in force.
pub fn verdict_subjects(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    kind: SubjectKind,
) -> Result<Vec<Subject>, StoreError> {
    let (first, last) = (format!("{}:", kind.as_str()), format!("{};", kind.as_str()));
    tx.query(
        "SELECT DISTINCT subject FROM verdict WHERE organisation = $1 AND ended_at IS NULL \
         AND subject >= $2 AND subject < $3",
        params![organisation, first, last],
        |row| {
            let subject = row.text(0)?;
            subject.parse().map_err(|_| StoreError::corrupt("a subject", &subject))
        },
    )
}

/// Every status, worst first.
const WORST_FIRST: [Status; 5] =
    [Status::Fail, Status::Unknown, Status::Excepted, Status::Pass, Status::NotApplicable];

/// The verdicts in force of a check, worst first, at most `limit`.
pub fn verdict_list_of_check(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    limit: i64,
) -> Result<Vec<VerdictRow>, StoreError> {
    let mut rows = Vec::new();
    // One after the other, so that the index gives them in order and no more are read than wanted.
    for status in WORST_FIRST {
        let left = limit - i64::try_from(rows.len()).unwrap_or(limit);
        if left <= 0 {
            break;
        }
        rows.extend(tx.query(
            &format!(
                "{VERDICT} WHERE organisation = $1 AND check_id = $2 AND status = $3 \
                 AND ended_at IS NULL ORDER BY subject LIMIT $4"
            ),
            params![organisation, check, status.as_str(), left],
            verdict,
        )?);
    }
    Ok(rows)
}

/// How many verdicts in force a check has of each status.
pub fn verdict_counts_of_check(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
) -> Result<Vec<(String, Status, i64)>, StoreError> {
    tx.query(
        "SELECT check_id, status, COUNT(*) FROM verdict WHERE organisation = $1 AND check_id = $2 \
         AND ended_at IS NULL GROUP BY check_id, status ORDER BY check_id, status",
        params![organisation, check],
        count,
    )
}

/// How many verdicts in force each check has of each status.
pub fn verdict_counts(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<(String, Status, i64)>, StoreError> {
    tx.query(
        "SELECT check_id, status, COUNT(*) FROM verdict WHERE organisation = $1 AND ended_at IS NULL \
         GROUP BY check_id, status ORDER BY check_id, status",
        params![organisation],
        count,
    )
}

fn count(row: &Row<'_>) -> Result<(String, Status, i64), StoreError> {
    let status = row.text(1)?;
    let status =
        Status::from_word(&status).ok_or_else(|| StoreError::corrupt("a status", &status))?;
    Ok((row.text(0)?, status, row.int(2)?))
}

/// How many verdicts in force a subject has of each status, for several subjects at once from
/// `first` to `last` in key order.
pub fn verdict_counts_of_subjects(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    first: &Subject,
    last: &Subject,
) -> Result<Vec<(Subject, Status, i64)>, StoreError> {
    tx.query(
        "SELECT subject, status, COUNT(*) FROM verdict WHERE organisation = $1 AND subject >= $2 \
         AND subject <= $3 AND ended_at IS NULL GROUP BY subject, status ORDER BY subject, status",
        params![organisation, first.to_string(), last.to_string()],
        |row| {
            let subject = row.text(0)?;
            let status = row.text(1)?;
            Ok((
                subject.parse().map_err(|_| StoreError::corrupt("a subject", &subject))?,
                Status::from_word(&status)
                    .ok_or_else(|| StoreError::corrupt("a status", &status))?,
                row.int(2)?,
            ))
        },
    )
}

/// How many devices have a verdict in force that fails, and how many one that is unknown and none
/// that fails.
pub fn verdict_wanting_devices(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<[i64; 2], StoreError> {
    let counts = tx.query(
        "SELECT worst, COUNT(*) FROM (SELECT subject, MIN(CASE status WHEN 'fail' THEN 0 ELSE 1 END) AS worst \
         FROM verdict WHERE organisation = $1 AND ended_at IS NULL AND status IN ('fail', 'unknown') \
         AND subject >= 'device:' AND subject < 'device;' GROUP BY subject) AS each_device \
         GROUP BY worst",
        params![organisation],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    Ok([of(&counts, 0), of(&counts, 1)])
}

/// What a row said at a time: what ended later had no end then.
fn verdict_as_of(row: &Row<'_>, at: Time) -> Result<VerdictRow, StoreError> {
    let row = verdict(row)?;
    Ok(VerdictRow { ended_at: row.ended_at.filter(|ended_at| *ended_at <= at), ..row })
}

/// What was in force at `$2`: an interval holds from its beginning to before its end. Intervals
/// begin when they are recorded or, where something expired, at that very instant.
const IN_FORCE_AT: &str = "began_at <= $2 AND (ended_at IS NULL OR ended_at > $2)";

/// The verdicts about a subject that were in force at a time, by check.
pub fn verdict_list_as_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
    at: Time,
) -> Result<Vec<VerdictRow>, StoreError> {
    tx.query(
        &format!(
            "{VERDICT} WHERE organisation = $1 AND {IN_FORCE_AT} AND subject = $3 ORDER BY check_id"
        ),
        params![organisation, at, subject.to_string()],
        |row| verdict_as_of(row, at),
    )
}

/// The verdicts of a check that were in force at a time, worst first, at most `limit`.
pub fn verdict_list_of_check_as_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    at: Time,
    limit: i64,
) -> Result<Vec<VerdictRow>, StoreError> {
    tx.query(
        &format!(
            "{VERDICT} WHERE organisation = $1 AND {IN_FORCE_AT} AND check_id = $3 \
             ORDER BY CASE status WHEN 'fail' THEN 0 WHEN 'unknown' THEN 1 WHEN 'excepted' THEN 2 \
             WHEN 'pass' THEN 3 ELSE 4 END, subject LIMIT $4"
        ),
        params![organisation, at, check, limit],
        |row| verdict_as_of(row, at),
    )
}

/// How many verdicts of each status each check had in force at a time.
pub fn verdict_counts_as_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Time,
) -> Result<Vec<(String, Status, i64)>, StoreError> {
    tx.query(&counts_as_of_sql(), params![organisation, at], count)
}

pub(crate) fn counts_as_of_sql() -> String {
    format!(
        "SELECT check_id, status, COUNT(*) FROM verdict WHERE organisation = $1 AND {IN_FORCE_AT} \
         GROUP BY check_id, status ORDER BY check_id, status"
    )
}

/// How many devices had a verdict in force at a time that failed, and how many one that was unknown
/// and none that failed.
pub fn verdict_wanting_devices_as_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Time,
) -> Result<[i64; 2], StoreError> {
    let sql = wanting_as_of_sql();
    let counts = tx.query(&sql, params![organisation, at], |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok([of(&counts, 0), of(&counts, 1)])
}

pub(crate) fn wanting_as_of_sql() -> String {
    format!(
        "SELECT worst, COUNT(*) FROM (SELECT subject, MIN(CASE status WHEN 'fail' THEN 0 ELSE 1 END) AS worst \
         FROM verdict WHERE organisation = $1 AND {IN_FORCE_AT} AND status IN ('fail', 'unknown') \
         AND subject >= 'device:' AND subject < 'device;' GROUP BY subject) AS each_device \
         GROUP BY worst"
    )
}

/// A moment, a check and a status: a verdict said so then.
pub type Standing = (Time, String, Status);

/// Which statuses the verdicts of each of these checks had at each of these moments. Of each it is asked
/// only whether there was one, which the latest that began before mostly answers; so however many
/// subjects there are, one moment costs about as much.
pub fn verdict_standings(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    checks: &[&str],
    moments: &[Time],
) -> Result<Vec<Standing>, StoreError> {
    if checks.is_empty() || moments.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value<'_>> = vec![organisation.into()];
    values.extend(moments.iter().map(|at| Value::from(*at)));
    values.extend(checks.iter().map(|check| Value::from(*check)));
    let sql = standings_sql(checks.len(), moments.len());
    tx.query(&sql, &values, |row| {
        let status = row.text(2)?;
        let status =
            Status::from_word(&status).ok_or_else(|| StoreError::corrupt("a status", &status))?;
        Ok((row.time(0)?, row.text(1)?, status))
    })
}

pub(crate) fn standings_sql(checks: usize, moments: usize) -> String {
    let list = |from: usize, count: usize, value: fn(usize) -> String| {
        (from..from + count).map(value).collect::<Vec<_>>().join(", ")
    };
    let moments_list = list(2, moments, |number| format!("(CAST(${number} AS BIGINT))"));
    let checks_list = list(2 + moments, checks, |number| format!("(CAST(${number} AS TEXT))"));
    let statuses = WORST_FIRST.map(|status| format!("('{status}')")).join(", ");
    format!(
        "WITH moment (at) AS (VALUES {moments_list}), asked (check_id) AS (VALUES {checks_list}), \
         said (status) AS (VALUES {statuses}) \
         SELECT moment.at, asked.check_id, said.status FROM moment CROSS JOIN asked CROSS JOIN said \
         WHERE (SELECT 1 FROM verdict v WHERE v.organisation = $1 AND v.check_id = asked.check_id \
         AND v.status = said.status AND v.began_at <= moment.at \
         AND (v.ended_at IS NULL OR v.ended_at > moment.at) ORDER BY v.began_at DESC LIMIT 1) = 1"
    )
}

/// Which end of a list is wanted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// The earliest.
    Earliest,
    /// The latest.
    Latest,
}

/// The verdicts of a check that began to say `status` after `after` and until `until`, each with what
/// it was before; of at most `limit` intervals, from the end that is wanted first.
pub fn verdict_began(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (check, status): (&str, Status),
    (after, until): (Time, Time),
    first: First,
    limit: i64,
) -> Result<Vec<(VerdictRow, Option<Status>)>, StoreError> {
    let rows = tx.query(
        &began_sql(first),
        params![organisation, check, status.as_str(), after, until, limit],
        |row| Ok((verdict(row)?, row.text_opt(13)?)),
    )?;
    let mut began = Vec::new();
    for (row, was) in rows {
        let was = was.map(|word| {
            Status::from_word(&word).ok_or_else(|| StoreError::corrupt("a status", &word))
        });
        let was = was.transpose()?;
        // What lasted no time at all was never in force.
        let was_in_force = row.ended_at.is_none_or(|ended_at| ended_at > row.began_at);
        if was != Some(row.status) && was_in_force {
            began.push((row, was));
        }
    }
    Ok(began)
}

pub(crate) fn began_sql(first: First) -> String {
    let order = match first {
        First::Earliest => "ASC",
        First::Latest => "DESC",
    };
    format!(
        "SELECT v.id, v.check_id, v.check_version, v.subject, v.status, v.because, v.facts, v.began_at, \
         v.ended_at, v.recorded_at, v.entry, v.beneath, v.exception, {WAS} AS was FROM (SELECT * FROM verdict \
         WHERE organisation = $1 AND check_id = $2 AND status = $3 AND began_at > $4 AND began_at <= $5 \
         ORDER BY began_at {order} LIMIT $6) v ORDER BY v.began_at {order}, v.entry {order}, v.id {order}"
    )
}

fn of(counts: &[(i64, i64)], worst: i64) -> i64 {
    counts.iter().find(|(found, _)| *found == worst).map_or(0, |(_, count)| *count)
}

/// Every interval of a subject that touches the period, newest first, as of its end.
pub fn verdict_history(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
    (from, to): (Time, Time),
    limit: i64,
) -> Result<Vec<VerdictRow>, StoreError> {
    tx.query(
        &format!(
            "{VERDICT} WHERE organisation = $1 AND subject = $2 AND (ended_at IS NULL OR ended_at >= $3) \
             AND began_at <= $4 ORDER BY began_at DESC, entry DESC, id DESC LIMIT $5"
        ),
        params![organisation, subject.to_string(), from, to, limit],
        |row| verdict_as_of(row, to),
    )
}

/// Every interval of a check that touches the period, newest first, as of its end.
pub fn verdict_history_of_check(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    (from, to): (Time, Time),
    limit: i64,
) -> Result<Vec<VerdictRow>, StoreError> {
    tx.query(
        &format!(
            "{VERDICT} WHERE organisation = $1 AND check_id = $2 AND (ended_at IS NULL OR ended_at >= $3) \
             AND began_at <= $4 ORDER BY began_at DESC, entry DESC, id DESC LIMIT $5"
        ),
        params![organisation, check, from, to, limit],
        |row| verdict_as_of(row, to),
    )
}

/// Where a page of intervals goes on: when the last one was written down, and its id.
pub type VerdictPlace = (Time, Id<VerdictInterval>);

/// Every interval of an organisation that touches the period, in the order in which they were written
/// down, after `after`.
pub fn verdict_page(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (from, to): (Time, Time),
    after: Option<VerdictPlace>,
    limit: i64,
) -> Result<Vec<VerdictRow>, StoreError> {
    // The place is compared as a pair, which both engines find in the index without reading what lies
    // before it.
    let (at, id) = after
        .map_or_else(|| (Time::from_millis(0), String::new()), |(at, id)| (at, id.to_string()));
    tx.query(&page_sql(), params![organisation, from, to, at, id, limit], verdict)
}

pub(crate) fn page_sql() -> String {
    format!(
        "{VERDICT} WHERE organisation = $1 AND (recorded_at, id) > ($4, $5) AND began_at <= $3 \
         AND (ended_at IS NULL OR ended_at >= $2) ORDER BY recorded_at, id LIMIT $6"
    )
}

/// What the interval `v` was before. The joined text keeps the planner from the index of a check's whole
/// history: a subject's own has a few dozen rows, a check's one for every subject.
const WAS: &str = "(SELECT p.status FROM verdict p \
    WHERE p.organisation = v.organisation AND p.subject = v.subject AND p.check_id || '' = v.check_id \
    AND p.began_at <= v.began_at AND p.entry < v.entry ORDER BY p.began_at DESC, p.entry DESC LIMIT 1)";

/// The verdicts of these checks that turned from `since` to `until`, newest first, each with what it was before.
/// Of at most `limit` intervals written down; the first of a check about a subject is no turn, nor is the
/// first by which anything is known of a device.
pub fn verdict_turns(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    checks: &[&str],
    (since, until): (Time, Time),
    limit: i64,
) -> Result<Vec<(VerdictRow, Status)>, StoreError> {
    if checks.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value<'_>> =
        vec![organisation.into(), since.into(), until.into(), limit.into()];
    values.extend(checks.iter().map(|check| Value::from(*check)));
    let places = (5..5 + checks.len()).map(|number| format!("${number}"));
    let checks = places.collect::<Vec<_>>().join(", ");
    let rows = tx.query(
        &format!(
            "SELECT v.id, v.check_id, v.check_version, v.subject, v.status, v.because, v.facts, v.began_at, \
             v.ended_at, v.recorded_at, v.entry, v.beneath, v.exception, {WAS} AS was, \
             (SELECT COUNT(*) FROM verdict p \
             WHERE p.organisation = v.organisation AND p.subject = v.subject AND p.check_id || '' = v.check_id \
             AND p.began_at <= v.began_at AND p.entry < v.entry AND p.status <> 'unknown') AS known \
             FROM (SELECT * FROM verdict WHERE organisation = $1 AND recorded_at >= $2 AND recorded_at <= $3 \
             AND check_id || '' IN ({checks}) ORDER BY recorded_at DESC, id DESC LIMIT $4) v \
             ORDER BY v.recorded_at DESC, v.entry DESC, v.id DESC"
        ),
        &values,
        |row| Ok((verdict(row)?, row.text_opt(13)?, row.int(14)?)),
    )?;
    let mut turns = Vec::new();
    for (row, was, known) in rows {
        let Some(was) = was else { continue };
        let was = Status::from_word(&was).ok_or_else(|| StoreError::corrupt("a status", &was))?;
        let is_first = row.subject.kind == SubjectKind::Device && known == 0;
        if was != row.status && !is_first {
            turns.push((row, was));
        }
    }
    Ok(turns)
}

/// Begins an interval. The row's `ended_at` is not read.
pub fn verdict_begin(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    verdict: &VerdictRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO verdict (organisation, id, check_id, check_version, subject, status, because, facts, \
         began_at, recorded_at, entry, beneath, exception) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            organisation,
            verdict.id,
            verdict.check.as_str(),
            verdict.check_version,
            verdict.subject.to_string(),
            verdict.status.as_str(),
            verdict.because.as_str(),
            words(&verdict.facts),
            verdict.began_at,
            verdict.recorded_at,
            verdict.entry,
            verdict.excepted.map(|excepted| excepted.beneath.as_str()),
            verdict.excepted.map(|excepted| excepted.exception)
        ],
    )?;
    Ok(())
}

fn words(facts: &[Digest]) -> String {
    facts.iter().map(Digest::to_string).collect::<Vec<_>>().join(" ")
}

/// Has an interval that goes on rest on other facts, which say the same.
pub fn verdict_rest(
    tx: &mut Tx<'_>,
    id: Id<VerdictInterval>,
    facts: &[Digest],
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE verdict SET facts = $2 WHERE id = $1 AND ended_at IS NULL",
        params![id, words(facts)],
    )?;
    Ok(())
}

/// Puts `words` in place of the reasons that the entry at `index` gave, of what is not in force any more.
pub fn verdict_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    index: i64,
    words: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE verdict SET because = $3 \
         WHERE organisation = $1 AND entry = $2 AND ended_at IS NOT NULL",
        params![organisation, index, words],
    )?;
    Ok(())
}

/// Ends an interval.
pub fn verdict_end(tx: &mut Tx<'_>, id: Id<VerdictInterval>, at: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE verdict SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
        params![id, at],
    )?;
    Ok(())
}
