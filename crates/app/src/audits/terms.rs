//! What somebody enters of an audit or a finding, read whole, so that all that is wrong is told at once.

use crate::{
    Caller, FieldProblem, Problem,
    days::{end_of, zone_of},
    evidence::invalid_unless_empty,
    people::{NAME_RULE, is_line, is_name, name_key, today},
    tasks::{self, AHEAD_YEARS},
    titles::{DAY_RULE, client_here, day},
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action, Duration, Time,
    audit::{AuditKind, FindingState, Severity},
    id::{Client, Id, Person},
};
use closedset_store::{
    Tx,
    audits::{AuditRow, FindingRow, finding_list},
    tasks::Owner,
};
use jiff::{Span, civil::Date};

/// The longest list of assessors.
const ASSESSORS_LIMIT: usize = 300;
/// The longest scope.
const SCOPE_LIMIT: usize = 2_000;
/// The longest reference of a finding.
const REFERENCE_LIMIT: usize = 50;
/// The most that a finding says, in characters.
const WORDS_LIMIT: usize = 500;
/// The next audit is due within so many years, for no evidence counts for longer.
const DUE_YEARS: i64 = 3;

/// An audit or a test as entered, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAudit {
    /// What it was, in a word of [`AuditKind`].
    pub kind: String,
    /// Whose own audit it was; none for all others.
    pub client: Option<Id<Client>>,
    /// The firm that carried it out.
    pub firm: String,
    /// Who did, by name.
    pub assessors: String,
    /// What was looked at.
    pub scope: String,
    /// The first day of it, as `2026-09-30`.
    pub begins_on: String,
    /// The last one; empty where it is the first.
    pub ends_on: String,
    /// The day of the report; empty where there is none yet.
    pub report_on: String,
    /// By when the next one is due; empty for a year later.
    pub due_on: String,
}

/// A finding as entered, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewFinding {
    /// How the report calls it.
    pub reference: String,
    /// What was found.
    pub what: String,
    /// How bad it is, in a word of [`Severity`].
    pub severity: String,
    /// The control that it concerns; empty for none.
    pub control: String,
    /// Who mends it.
    pub owner: Option<Id<Person>>,
    /// By when, as `2026-09-30`; empty for as many days as its severity gives.
    pub due_on: String,
}

/// What was read, and what is wrong with it.
#[derive(Default)]
struct Reading(Vec<FieldProblem>);

impl Reading {
    fn wrong(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(FieldProblem { field, message: message.into() });
    }

    fn line(&mut self, field: &'static str, text: &str, limit: usize) -> String {
        let text = text.trim().to_owned();
        if !is_line(&text, limit) {
            let rule = "characters on one line, none of them invisible";
            self.wrong(field, format!("Write at most {limit} {rule}."));
        }
        text
    }

    fn day(&mut self, field: &'static str, text: &str) -> Option<Date> {
        if text.trim().is_empty() {
            return None;
        }
        let read = day(text);
        if read.is_none() {
            self.wrong(field, DAY_RULE);
        }
        read
    }
}

/// A text of several lines, none of which hides anything, without spaces around it; none if it is no such text.
pub(crate) fn lines(text: &str, limit: usize) -> Option<String> {
    let text = text.trim().replace("\r\n", "\n");
    let is_fit = text.chars().count() <= limit && text.lines().all(|line| is_line(line, limit));
    is_fit.then_some(text)
}

/// A word on what was done or why, which must be there.
pub(crate) fn said(field: &'static str, text: &str, wanted: &str) -> Result<String, Problem> {
    match lines(text, 1_000) {
        Some(text) if text.is_empty() => Err(Problem::field(field, wanted)),
        Some(text) => Ok(text),
        None => {
            Err(Problem::field(field, "Write at most 1,000 characters, none of them invisible."))
        }
    }
}

/// Reads an audit over what it was, or a new one: `before` holds what nobody enters.
pub(super) fn audit(
    tx: &mut Tx<'_>,
    caller: &Caller,
    new: &NewAudit,
    before: Option<&AuditRow>,
) -> Result<AuditRow, Problem> {
    let organisation = caller.organisation;
    let whose = before.and_then(|row| row.client);
    if whose.is_some() || new.client.is_some() {
        caller.require(Action::TitleRead)?;
    }
    let mut reading = Reading::default();
    let kind = AuditKind::from_word(new.kind.trim());
    if kind.is_none() {
        reading.wrong("kind", "Choose what kind of audit or test it was.");
    }
    let is_owners = kind == Some(AuditKind::ContentOwner);
    match new.client {
        None if is_owners => reading.wrong("client", "Choose the client whose own audit it was."),
        Some(_) if kind.is_some() && !is_owners => {
            reading.wrong(
                "client",
                "Only a content owner’s own audit is a client’s: choose none here.",
            );
        }
        Some(id) if whose != Some(id) => match client_here(tx, organisation, id) {
            Err(Problem::NotFound(_)) => {
                reading.wrong("client", "There is no such client here: choose another.");
            }
            other => {
                other?;
            }
        },
        _ => {}
    }
    let firm = new.firm.trim().to_owned();
    if !is_name(&firm) {
        reading.wrong("firm", format!("Enter the firm that did it, {NAME_RULE}."));
    }
    let assessors = reading.line("assessors", &new.assessors, ASSESSORS_LIMIT);
    if kind.is_some_and(AuditKind::is_test) && name_key(&assessors).is_empty() {
        reading.wrong("assessors", "Enter the testers by name: content owners ask for them.");
    }
    let scope = lines(&new.scope, SCOPE_LIMIT);
    if scope.is_none() {
        reading.wrong("scope", "Write at most 2,000 characters, none of them invisible.");
    }
    let days = days(tx, caller, new, &mut reading)?;
    invalid_unless_empty(reading.0)?;
    let (Some(kind), Some(scope), Some(days)) = (kind, scope, days) else {
        return Err(Problem::Fault("an audit was read and is not there".into()));
    };
    let now = tx.now();
    Ok(AuditRow {
        id: before.map_or_else(|| tx.new_id(), |row| row.id),
        kind,
        client: new.client,
        firm,
        assessors,
        scope,
        begins_on: days.begins_on,
        ends_on: days.ends_on,
        report_on: days.report_on,
        due_on: days.due_on,
        document: before.and_then(|row| row.document),
        changes: before.map_or(0, |row| row.changes),
        created_at: before.map_or(now, |row| row.created_at),
        removed_at: None,
    })
}

struct AuditDays {
    begins_on: Date,
    ends_on: Date,
    report_on: Option<Date>,
    due_on: Date,
}

/// The days of an audit; none where something is wrong with one.
fn days(
    tx: &mut Tx<'_>,
    caller: &Caller,
    new: &NewAudit,
    reading: &mut Reading,
) -> Result<Option<AuditDays>, Problem> {
    let today = today(tx, caller.organisation)?;
    let count = reading.0.len();
    let begins_on = reading.day("begins_on", &new.begins_on);
    let ends_on = reading.day("ends_on", &new.ends_on);
    let report_on = reading.day("report_on", &new.report_on);
    let due_on = reading.day("due_on", &new.due_on);
    if new.begins_on.trim().is_empty() {
        reading.wrong("begins_on", "Enter the day on which it was done, or the first of them.");
    }
    if reading.0.len() > count {
        return Ok(None);
    }
    let Some(begins_on) = begins_on else { return Ok(None) };
    let ends_on = ends_on.unwrap_or(begins_on);
    if begins_on > today {
        reading.wrong("begins_on", "Enter it once it has begun: choose today or a day before.");
    } else if ends_on > today {
        reading.wrong("ends_on", "Enter it once it is done: choose today or a day before.");
    } else if ends_on < begins_on {
        reading.wrong("ends_on", "Choose a day that is not before the first one.");
    } else if report_on.is_some_and(|on| on < begins_on || on > today) {
        reading.wrong("report_on", "Choose a day from the first one of the audit to today.");
    }
    let base = report_on.unwrap_or(ends_on);
    let due_on = due_on.unwrap_or_else(|| base.saturating_add(Span::new().years(1)));
    if due_on <= base || due_on > base.saturating_add(Span::new().years(DUE_YEARS)) {
        let message = "Choose a day after the report, and at most three years after it: no evidence counts for longer.";
        reading.wrong("due_on", message);
    }
    if reading.0.len() > count {
        return Ok(None);
    }
    Ok(Some(AuditDays { begins_on, ends_on, report_on, due_on }))
}

/// What is read of a finding.
#[derive(Debug, Clone)]
pub(super) struct FindingTerms {
    pub(super) reference: String,
    pub(super) words: String,
    pub(super) severity: Severity,
    pub(super) control: String,
    pub(super) owner: Option<Owner>,
    pub(super) due_at: Time,
}

/// Reads a finding of an audit. `own` is the one that is changed, if one is.
pub(super) fn finding(
    tx: &mut Tx<'_>,
    (caller, catalogue): (&Caller, &Catalogue),
    audit: &AuditRow,
    new: &NewFinding,
    own: Option<&FindingRow>,
) -> Result<FindingTerms, Problem> {
    let mut reading = Reading::default();
    let reference = reading.line("reference", &new.reference, REFERENCE_LIMIT);
    let key = name_key(&reference);
    if key.is_empty() {
        reading.wrong("reference", "Enter the number or name that the report gives it.");
    } else {
        let others = finding_list(tx, caller.organisation, audit.id)?;
        let is_taken = |row: &FindingRow| {
            own.is_none_or(|own| own.id != row.id) && name_key(&row.reference) == key
        };
        if others.iter().any(is_taken) {
            reading.wrong("reference", "Another finding of this audit is called so.");
        }
    }
    let words = reading.line("what", &new.what, WORDS_LIMIT);
    if name_key(&words).is_empty() {
        reading.wrong("what", "Enter what was found.");
    }
    let severity = Severity::from_word(new.severity.trim());
    if severity.is_none() {
        reading.wrong("severity", "Choose how bad the report says it is.");
    }
    let control = new.control.trim().to_owned();
    let is_kept = own.is_some_and(|own| own.control == control);
    if !control.is_empty() && !is_kept && !catalogue.answers(&control) {
        reading.wrong("control", "Choose a requirement of a framework that is answered here.");
    }
    let mut problems = reading.0;
    let has = own.and_then(|own| own.owner.as_ref());
    let owner = match own.is_some_and(|own| own.state != FindingState::Open) {
        true => {
            if new.owner.is_some() && new.owner != has.map(|owner| owner.person) {
                problems.push(NOT_OPEN.of("owner"));
            }
            Some(has.cloned())
        }
        false => tasks::of_field(tasks::owner(tx, caller, has, new.owner), &mut problems)?,
    };
    let weighed = severity.unwrap_or(Severity::Medium);
    let due_at =
        tasks::of_field(due(tx, caller, (audit, weighed), &new.due_on, own), &mut problems)?;
    invalid_unless_empty(problems)?;
    match (severity, owner, due_at) {
        (Some(severity), Some(owner), Some(due_at)) => {
            Ok(FindingTerms { reference, words, severity, control, owner, due_at })
        }
        _ => Err(Problem::Fault("a finding was read and is not there".into())),
    }
}

/// Said of whose a finding is, and by when, where it is not open.
const NOT_OPEN: NotOpen = NotOpen;

struct NotOpen;

impl NotOpen {
    fn of(&self, field: &'static str) -> FieldProblem {
        FieldProblem { field, message: "Only an open finding is somebody’s, by a day.".into() }
    }
}

/// The last moment of the day by which a finding is to be mended.
fn due(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (audit, severity): (&AuditRow, Severity),
    text: &str,
    own: Option<&FindingRow>,
) -> Result<Time, Problem> {
    let (organisation, text) = (caller.organisation, text.trim());
    let zone = zone_of(tx, organisation)?;
    let today = today(tx, organisation)?;
    let read = day(text);
    if read.is_none() && !text.is_empty() {
        return Err(Problem::field("due_on", DAY_RULE));
    }
    if let Some(own) = own {
        let has = own.due_at.timestamp().to_zoned(zone.clone()).date();
        let is_open = own.state == FindingState::Open;
        match read {
            Some(read) if read == has => return Ok(own.due_at),
            None if !is_open => return Ok(own.due_at),
            Some(_) if !is_open => return Err(Problem::Invalid(vec![NOT_OPEN.of("due_on")])),
            _ => {}
        }
    }
    let wanted = read.unwrap_or_else(|| by_itself(today, severity));
    let last = today.saturating_add(Span::new().years(AHEAD_YEARS));
    if wanted < audit.begins_on || wanted > last {
        let message = "Choose a day from the first one of the audit to two years ahead.";
        return Err(Problem::field("due_on", message));
    }
    Ok(end_of(wanted, &zone)? - Duration::from_millis(1))
}

/// The day by which a finding is to be mended where nobody sets one.
pub(super) fn by_itself(today: Date, severity: Severity) -> Date {
    today.saturating_add(Span::new().days(severity.days()))
}
