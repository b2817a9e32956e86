//! What becomes of each row: whether somebody is new, is known with work that is new, or is known altogether; or why
//! the row is refused. Rows are taken from top to bottom, and what one adds the next ones find.

use super::{
    CellProblem,
    register::{Register, Somebody, Who},
    rows::{Cell, Entered, Rows},
};
use crate::people::{
    known::{ASSIGNMENTS, ENGAGEMENTS},
    name::key,
};
use closedset_core::{
    Digest,
    engagement::Days,
    id::{Id, Title},
};
use serde::{Deserialize, Serialize};

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Something is wrong with it, and nothing of it is written.
    Refused,
    /// Somebody is entered, with their work.
    NewPerson,
    /// Work is added for somebody who is known.
    NewWork,
    /// All of it is known.
    Known,
}

/// A row with what becomes of it.
#[derive(Debug, Clone)]
pub struct JudgedRow {
    /// Its number in the spreadsheet.
    pub number: u32,
    /// Whom it names.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
    /// What is wrong with it; of a row that is not refused, what of it is left aside.
    pub problems: Vec<CellProblem>,
}

/// How many rows, and what they add.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Rows that say something.
    pub rows: usize,
    /// Rows that are refused.
    pub refused: usize,
    /// Rows of which all is known.
    pub known: usize,
    /// People who are entered.
    pub people: usize,
    /// Engagements that are added.
    pub engagements: usize,
    /// Assignments that are added.
    pub assignments: usize,
}

/// What one row adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// Its place among the rows.
    pub(super) row: usize,
    pub(super) who: Who,
    pub(super) is_engaged: bool,
    pub(super) title: Option<Id<Title>>,
}

/// What becomes of a list.
#[derive(Debug)]
pub(super) struct Judgement {
    pub(super) rows: Vec<JudgedRow>,
    pub(super) steps: Vec<Step>,
    pub(super) counts: ImportCounts,
    /// How many entries the ledger had when it was judged.
    pub(super) position: i64,
}

impl Judgement {
    /// What two judgements have in common that come to the same: each row's fate, to whom it adds what, and on which
    /// title.
    pub(super) fn mark(&self) -> String {
        let mut said = Vec::with_capacity(self.rows.len() + 64);
        for row in &self.rows {
            said.push(b'0' + row.fate as u8);
        }
        for step in &self.steps {
            let title = step.title.map(|title| title.to_string()).unwrap_or_default();
            let who = match step.who {
                Who::Known(person) => person.to_string(),
                Who::New(row) => row.to_string(),
            };
            let line = format!("\n{} {who} {} {title}", step.row, u8::from(step.is_engaged));
            said.extend_from_slice(line.as_bytes());
        }
        Digest::of(&said).to_string()
    }
}

/// Judges a list.
pub(super) fn judge(rows: &Rows, mut register: Register) -> Judgement {
    let position = register.position;
    let (mut judged, mut steps) = (Vec::with_capacity(rows.rows.len()), Vec::new());
    let mut counts = ImportCounts { rows: rows.rows.len(), ..ImportCounts::default() };
    for (at, row) in rows.rows.iter().enumerate() {
        let outcome = match &row.entered {
            Ok(entered) => one(&mut register, at, entered).map_err(|(cell, message)| {
                vec![CellProblem { cell: rows.cell(cell, row.number), message }]
            }),
            Err(problems) => Err(problems.clone()),
        };
        let (fate, problems) = match outcome {
            Ok((step, remark)) => {
                counts.people += usize::from(step.who == Who::New(at));
                counts.engagements += usize::from(step.is_engaged);
                counts.assignments += usize::from(step.title.is_some());
                let remark = remark.map(|message| CellProblem {
                    cell: rows.cell(Cell::Phone, row.number),
                    message,
                });
                let fate = if step.who == Who::New(at) {
                    Fate::NewPerson
                } else if step.is_engaged || step.title.is_some() {
                    Fate::NewWork
                } else {
                    counts.known += 1;
                    Fate::Known
                };
                if fate != Fate::Known {
                    steps.push(step);
                }
                (fate, remark.into_iter().collect())
            }
            Err(problems) => {
                counts.refused += 1;
                (Fate::Refused, problems)
            }
        };
        judged.push(JudgedRow { number: row.number, name: row.name.clone(), fate, problems });
    }
    Judgement { rows: judged, steps, counts, position }
}

/// What is wrong with a row, and in which cell.
type Refusal = (Cell, String);

/// What a row adds, and what is to be said of it. The register has it then.
fn one(
    register: &mut Register,
    row: usize,
    entered: &Entered,
) -> Result<(Step, Option<String>), Refusal> {
    let known = somebody(register, entered)?;
    let own = known.and_then(|at| register.people.get(at));
    let is_engaged = match own {
        Some(own) => is_engagement_new(register, own, entered)?,
        None => true,
    };
    let title = title(register, own, entered)?;
    let remark =
        own.filter(|own| !entered.phone.is_empty() && own.phone != entered.phone).map(|own| {
            match own.phone.is_empty() {
                true => "No telephone is known here; enter it on their page.".to_owned(),
                false => "Another telephone is known here, and stays.".to_owned(),
            }
        });
    let at = match known {
        Some(at) => at,
        None => {
            let who = Who::New(row);
            let email = entered.email.clone();
            register.add(Somebody {
                who,
                name: entered.name.clone(),
                key: entered.key.clone(),
                has_email: email.is_some(),
                // As of nobody else, as an id is later.
                address: email.unwrap_or_else(|| format!("row {row}")),
                phone: entered.phone.clone(),
                engagements: Vec::new(),
                assignments: Vec::new(),
            })
        }
    };
    let Some(somebody) = register.people.get_mut(at) else {
        return Err((Cell::Name, "This row could not be looked at.".to_owned()));
    };
    if is_engaged {
        somebody.engagements.push((entered.form, entered.job.clone(), entered.days));
    }
    if let Some(title) = title {
        somebody.assignments.push((title, entered.job.clone(), entered.days));
    }
    let (who, address) = (somebody.who, somebody.address.clone());
    if is_engaged {
        register.take(entered.key.clone(), address);
    }
    Ok((Step { row, who, is_engaged, title }, remark))
}

/// Whom a row is about: by the address, else by the name; none for somebody new.
fn somebody(register: &Register, entered: &Entered) -> Result<Option<usize>, Refusal> {
    let name = |message: &str| Err((Cell::Name, message.to_owned()));
    let of_name = register.by_key.get(&entered.key).map(Vec::as_slice).unwrap_or_default();
    let Some(email) = &entered.email else {
        return match of_name {
            [] if register.is_taken(&entered.key, "") => {
                name("Somebody who is invited has this name. Add their address.")
            }
            [] => Ok(None),
            [at] => Ok(Some(*at)),
            _ => {
                name("Several people here have this name. Add the address of the one who is meant.")
            }
        };
    };
    if let Some(at) = register.by_email.get(email) {
        let known = register.people.get(*at);
        return match known.filter(|known| known.key != entered.key) {
            Some(known) => Err((
                Cell::Name,
                format!(
                    "This address is known here as that of {}. Write the name alike, or change it on their page.",
                    known.name
                ),
            )),
            None => Ok(Some(*at)),
        };
    }
    let is_without = |at: &usize| register.people.get(*at).is_some_and(|known| !known.has_email);
    if of_name.iter().any(is_without) {
        return name(
            "Somebody of this name is known here without an address. Enter the address on their page, or tell the two apart by their names.",
        );
    }
    if register.is_taken(&entered.key, email) {
        return name(
            "Somebody else who belongs, is invited, or works here has this name. Tell the two apart by their names.",
        );
    }
    Ok(None)
}

/// Whether the engagement is not known yet.
fn is_engagement_new(
    register: &Register,
    own: &Somebody,
    entered: &Entered,
) -> Result<bool, Refusal> {
    let is_same = |(form, job, days): &(_, String, Days)| {
        *form == entered.form && *job == entered.job && *days == entered.days
    };
    if own.engagements.iter().any(is_same) {
        return Ok(false);
    }
    if own.engagements.len() >= ENGAGEMENTS {
        let message = "This person has 200 engagements, and more are not kept.";
        return Err((Cell::Name, message.to_owned()));
    }
    let beside = own
        .engagements
        .iter()
        .find(|(form, _, days)| *form == entered.form && days.overlap(entered.days));
    if let Some((_, job, days)) = beside {
        return Err((
            Cell::First,
            format!(
                "They are engaged in the same form {} already, as {job}. Change that engagement on their page.",
                span(*days)
            ),
        ));
    }
    if register.is_taken(&own.key, &own.address) {
        let message = "Somebody else who belongs, is invited, or works here has this name. Change it on one of their pages.";
        return Err((Cell::Name, message.to_owned()));
    }
    Ok(true)
}

/// The title of an assignment that is not known yet.
fn title(
    register: &Register,
    own: Option<&Somebody>,
    entered: &Entered,
) -> Result<Option<Id<Title>>, Refusal> {
    if entered.title.is_empty() {
        return Ok(None);
    }
    let Some(title) = register.titles.get(&key(&entered.title)).copied() else {
        let message = "No title has this alias. Enter the title first, or write its alias as it stands under Titles.";
        return Err((Cell::Title, message.to_owned()));
    };
    let Some(own) = own else { return Ok(Some(title)) };
    let is_same = |(on, job, days): &(Id<Title>, String, Days)| {
        *on == title && *job == entered.job && *days == entered.days
    };
    if own.assignments.iter().any(is_same) {
        return Ok(None);
    }
    if own.assignments.len() >= ASSIGNMENTS {
        let message = "This person has 2,000 assignments, and more are not kept.";
        return Err((Cell::Title, message.to_owned()));
    }
    let beside =
        own.assignments.iter().find(|(on, _, days)| *on == title && days.overlap(entered.days));
    match beside {
        Some((_, job, days)) => Err((
            Cell::Title,
            format!(
                "They work on this title {} already, as {job}. Change that assignment on their page.",
                span(*days)
            ),
        )),
        None => Ok(Some(title)),
    }
}

fn span(days: Days) -> String {
    match days.last {
        Some(last) => format!("from {} to {last}", days.first),
        None => format!("from {} on", days.first),
    }
}
