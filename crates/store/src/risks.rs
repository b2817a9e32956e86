//! Risks: what can happen, how likely and how bad it is, and what is done about it.

use crate::{Row, StoreError, Tx, params, tasks::Owner};
use closedset_core::{
    Time,
    id::{Id, Organisation, Risk, Task},
};
use jiff::civil::Date;

/// A risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskRow {
    /// Its id.
    pub id: Id<Risk>,
    /// What it is called.
    pub title: String,
    /// What can happen: cause and effect.
    pub words: String,
    /// The scenario of the catalogue that it began from; empty for one's own.
    pub begun_from: String,
    /// How likely it is with nothing done about it, from 1 to 5.
    pub likelihood: i64,
    /// How bad it would be, from 1 to 5.
    pub impact: i64,
    /// The controls that treat it, in the order in which they were chosen.
    pub controls: Vec<String>,
    /// Who looks after it.
    pub owner: Option<Owner>,
    /// The day by which somebody looks at it again.
    pub review_on: Date,
    /// When the task for that opens; none while it is open, and once the risk is closed.
    pub remind_at: Option<Time>,
    /// The open task to look at it again.
    pub task: Option<Id<Task>>,
    /// When somebody looked at it last.
    pub reviewed: Option<RiskSaid>,
    /// That what is left of it is borne.
    pub accepted: Option<RiskAcceptance>,
    /// That it is followed no more.
    pub closed: Option<RiskSaid>,
    /// How often it was changed.
    pub changes: i64,
    /// Since when it is known.
    pub created_at: Time,
}

/// What somebody said of a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskSaid {
    /// In these words.
    pub words: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Time,
}

/// A decision to bear what is left of a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskAcceptance {
    /// Who decided, when, and why.
    pub said: RiskSaid,
    /// The last day of it.
    pub until: Date,
    /// The first moment after that day.
    pub lapses_at: Time,
}

const RISK: &str = "SELECT r.id, r.title, r.words, r.begun_from, r.likelihood, r.impact, r.controls, r.owner, o.name, \
    r.review_on, r.remind_at, r.task, r.reviewed_said, r.reviewed_by, r.reviewed_at, r.accepted_why, r.accepted_by, \
    r.accepted_at, r.accepted_until, r.lapses_at, r.closed_why, r.closed_by, r.closed_at, r.changes, r.created_at \
    FROM risk r LEFT JOIN person o ON o.id = r.owner";

fn risk(row: &Row<'_>) -> Result<RiskRow, StoreError> {
    // Three columns: what was said, by whom, when.
    let said = |column: usize| -> Result<Option<RiskSaid>, StoreError> {
        let words = row.text(column)?;
        let (by, at) = (row.text_opt(column + 1)?, row.time_opt(column + 2)?);
        Ok(at.map(|at| RiskSaid { words, by: by.unwrap_or_default(), at }))
    };
    let (owner, name) = (row.id_opt(7)?, row.text_opt(8)?);
    let accepted = match (said(15)?, row.day_opt(18)?, row.time_opt(19)?) {
        (Some(said), Some(until), Some(lapses_at)) => {
            Some(RiskAcceptance { said, until, lapses_at })
        }
        _ => None,
    };
    Ok(RiskRow {
        id: row.id(0)?,
        title: row.text(1)?,
        words: row.text(2)?,
        begun_from: row.text(3)?,
        likelihood: row.int(4)?,
        impact: row.int(5)?,
        controls: row.text(6)?.split_whitespace().map(str::to_owned).collect(),
        owner: owner.map(|person| Owner { person, name: name.unwrap_or_default() }),
        review_on: row.day(9)?,
        remind_at: row.time_opt(10)?,
        task: row.id_opt(11)?,
        reviewed: said(12)?,
        accepted,
        closed: said(20)?,
        changes: row.int(23)?,
        created_at: row.time(24)?,
    })
}

/// Adds a risk, of which nothing was said yet.
pub fn risk_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    risk: &RiskRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO risk (id, organisation, title, words, begun_from, likelihood, impact, controls, owner, review_on, \
         remind_at, reviewed_said, accepted_why, closed_why, changes, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '', $12, $13)",
        params![
            risk.id,
            organisation,
            risk.title.as_str(),
            risk.words.as_str(),
            risk.begun_from.as_str(),
            risk.likelihood,
            risk.impact,
            risk.controls.join(" "),
            risk.owner.as_ref().map(|owner| owner.person),
            risk.review_on,
            risk.remind_at,
            risk.changes,
            risk.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what a risk is now.
pub fn risk_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    risk: &RiskRow,
) -> Result<(), StoreError> {
    let words = |said: Option<&RiskSaid>| said.map_or_else(String::new, |said| said.words.clone());
    let accepted = risk.accepted.as_ref().map(|accepted| &accepted.said);
    let (reviewed, closed) = (risk.reviewed.as_ref(), risk.closed.as_ref());
    tx.execute(
        "UPDATE risk SET title = $3, words = $4, likelihood = $5, impact = $6, controls = $7, owner = $8, review_on = $9, \
         remind_at = $10, task = $11, reviewed_said = $12, reviewed_by = $13, reviewed_at = $14, accepted_why = $15, \
         accepted_by = $16, accepted_at = $17, accepted_until = $18, lapses_at = $19, closed_why = $20, closed_by = $21, \
         closed_at = $22, changes = $23 WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            risk.id,
            risk.title.as_str(),
            risk.words.as_str(),
            risk.likelihood,
            risk.impact,
            risk.controls.join(" "),
            risk.owner.as_ref().map(|owner| owner.person),
            risk.review_on,
            risk.remind_at,
            risk.task,
            words(reviewed),
            reviewed.map(|said| said.by.as_str()),
            reviewed.map(|said| said.at),
            words(accepted),
            accepted.map(|said| said.by.as_str()),
            accepted.map(|said| said.at),
            risk.accepted.as_ref().map(|accepted| accepted.until),
            risk.accepted.as_ref().map(|accepted| accepted.lapses_at),
            words(closed),
            closed.map(|said| said.by.as_str()),
            closed.map(|said| said.at),
            risk.changes
        ],
    )?;
    Ok(())
}

/// All risks, closed ones too, oldest first.
pub fn risk_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<RiskRow>, StoreError> {
    tx.query(
        &format!("{RISK} WHERE r.organisation = $1 ORDER BY r.id"),
        params![organisation],
        risk,
    )
}

/// One risk, closed or not.
pub fn risk_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Risk>,
) -> Result<Option<RiskRow>, StoreError> {
    tx.query_opt(
        &format!("{RISK} WHERE r.organisation = $1 AND r.id = $2"),
        params![organisation, id],
        risk,
    )
}

/// A risk and whose it is.
pub type RiskOf = (Id<Organisation>, Id<Risk>);

/// Risks that are to be looked at again, or whose acceptance is over, of any organisation.
pub fn risk_due(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<RiskOf>, StoreError> {
    tx.query(
        "SELECT organisation, id FROM risk WHERE remind_at IS NOT NULL AND remind_at <= $1 \
         UNION SELECT organisation, id FROM risk WHERE lapses_at IS NOT NULL AND lapses_at <= $1 \
         ORDER BY id LIMIT $2",
        params![now, limit],
        |row| Ok((row.id(0)?, row.id(1)?)),
    )
}
