//! Exceptions as the log tells of them. The pack's list is held against that, and so is every verdict
//! and every interval that says it was covered by one; verdicts are made anew by these alone.

use super::{
    ASKED_KIND, Finding,
    FindingKind::*,
    GRANTED_KIND, Report,
    container::Contents,
    entries::{Entries, text_of},
    given,
    manifest::Opened,
    register::SLACK,
    scope::Counting,
};
use crate::{
    entry_file::OpenedEntry,
    manifest::{EXCEPTIONS, entry_path},
    rows::{ExceptionRow, Interval},
    without_names::UNSHOWN,
};
use closedset_core::{
    Status, Subject, Time,
    entry::Envelope,
    exception::{Exception, Terms},
    id::{self, Id},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// The kind of the entry that takes an exception back.
const WITHDRAWN_KIND: &str = "exception.withdrawn";
/// The kind of the entry that says that an exception lapsed.
const LAPSED_KIND: &str = "exception.lapsed";

/// Those that the log grants.
#[derive(Debug, Default)]
pub(super) struct Exceptions {
    all: Vec<Exception>,
    rows: BTreeMap<Id<id::Exception>, ExceptionRow>,
    /// Entries that grant what is left out with the names in it.
    unshown: BTreeSet<u64>,
    /// The entries that take back what was not granted by then.
    declined: BTreeMap<Id<id::Exception>, u64>,
    /// The log could be read, and nothing of it was erased.
    is_known: bool,
}

/// What an entry that asks for one or grants one holds beside the terms and who did it.
#[derive(Deserialize)]
struct About {
    exception: Id<id::Exception>,
    #[serde(default)]
    asked: Option<u64>,
    #[serde(default)]
    has_second_person: Option<bool>,
}

/// What the entry says that asks for one.
struct Asked {
    exception: Id<id::Exception>,
    terms: Terms,
    asked_by: String,
}

/// What the entry says that grants one.
struct Granted {
    exception: Id<id::Exception>,
    terms: Terms,
    asked: u64,
    asked_by: String,
    approved_by: String,
    has_second_person: bool,
}

impl Asked {
    fn of(entry: &OpenedEntry) -> Result<Self, String> {
        let (About { exception, .. }, terms) = about(entry)?;
        let asked_by = who(entry, "asked_by", &entry.envelope)?;
        Ok(Self { exception, terms, asked_by })
    }
}

impl Granted {
    fn of(entry: &OpenedEntry, entries: &Entries) -> Result<Self, String> {
        let (About { exception, asked, has_second_person }, terms) = about(entry)?;
        let asked = asked.ok_or("where it was asked for is missing")?;
        let asker = entries.get(asked).map_or(&entry.envelope, |asked| &asked.envelope);
        Ok(Self {
            exception,
            terms,
            asked,
            asked_by: who(entry, "asked_by", asker)?,
            approved_by: who(entry, "approved_by", &entry.envelope)?,
            has_second_person: has_second_person.ok_or("whether two people signed is missing")?,
        })
    }
}

fn about(entry: &OpenedEntry) -> Result<(About, Terms), String> {
    let body = entry.body.as_ref().unwrap_or(&Value::Null);
    let unshown = entry.hidden.contains("reason").then_some(UNSHOWN);
    let about =
        About::deserialize(body).and_then(|about| Ok((about, Terms::in_body(body, unshown)?)));
    about.map_err(|error| error.to_string())
}

/// Who did something: the name in this field, or the actor's pseudonym where names are not shown.
fn who(entry: &OpenedEntry, field: &str, did: &Envelope) -> Result<String, String> {
    if entry.hidden.contains(field) {
        return Ok(did.actor.clone());
    }
    let name = entry.body.as_ref().and_then(|body| text_of(body, field));
    name.map(str::to_owned).ok_or_else(|| format!("{field} is missing"))
}

/// Reads what the log says and compares the pack's list.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    (envelopes, entries): (Option<Counting<'_>>, &Entries),
    report: &mut Report,
) -> Exceptions {
    let mut exceptions = Exceptions::default();
    if let Some(envelopes) = envelopes {
        exceptions.is_known = true;
        for (index, envelope) in envelopes.first(opened.manifest.log.size) {
            exceptions.take(index, envelope, entries, report);
        }
    }
    exceptions.all = exceptions.rows.values().map(exception).collect();
    let rows: Vec<ExceptionRow> = given::list(contents, EXCEPTIONS, report).unwrap_or_default();
    exceptions.compare(&rows, (opened.manifest.heading.scope.from, entries), report);
    exceptions
}

fn exception(row: &ExceptionRow) -> Exception {
    Exception {
        id: row.exception,
        terms: row.terms.clone(),
        granted_at: row.granted_at,
        withdrawn_at: row.withdrawn_at,
    }
}

impl Exceptions {
    /// Every one that the log grants.
    pub(super) fn all(&self) -> &[Exception] {
        &self.all
    }

    /// What was granted, with the entry that says so.
    pub(super) fn granted(&self) -> impl Iterator<Item = (&Terms, u64)> {
        self.rows.values().map(|row| (&row.terms, row.entry))
    }

    fn take(&mut self, index: u64, envelope: &Envelope, entries: &Entries, report: &mut Report) {
        let kind = envelope.kind.as_str();
        if !matches!(kind, GRANTED_KIND | WITHDRAWN_KIND | LAPSED_KIND) {
            return;
        }
        let fault = |what: String| Finding::new(Contradiction, entry_path(index), what);
        let Some(entry) = entries.get(index) else {
            // That it is not in the pack was reported.
            self.is_known = false;
            return;
        };
        let Some(body) = &entry.body else {
            self.is_known = false;
            if entry.is_left_out() && kind == GRANTED_KIND {
                self.unshown.insert(index);
            }
            let (kind, what) = match entry.is_left_out() {
                true => (Unshown, "what was excepted is left out with the names in it"),
                false => (NotProven, "what was excepted was erased"),
            };
            let what = format!("{what}, so that nothing shows what it covers");
            report.add(Finding::new(kind, entry_path(index), what));
            return;
        };
        if kind != GRANTED_KIND {
            let Some(id) = body.get("exception").and_then(|id| Id::deserialize(id).ok()) else {
                report.add(fault("it does not say which exception ended".to_owned()));
                return;
            };
            let Some(row) = self.rows.get_mut(&id) else {
                self.declined.insert(id, index);
                return;
            };
            if kind == WITHDRAWN_KIND {
                row.withdrawn_at = row.withdrawn_at.or(Some(envelope.at));
            } else if body.get("at").and_then(|at| Time::deserialize(at).ok())
                != Some(row.terms.valid_to)
            {
                report.add(fault("it says that an exception lapsed at another time".to_owned()));
            }
            return;
        }
        let said = match Granted::of(entry, entries) {
            Ok(said) => said,
            Err(error) => {
                report.add(fault(format!("it does not say what was granted: {error}")));
                return;
            }
        };
        if let Err(error) = said.terms.check(envelope.at) {
            report.add(fault(format!("what it grants cannot be granted: {error}")));
        }
        for finding in asked_faults(&said, index, envelope, entries) {
            report.add(finding);
        }
        if let Some(end) = self.declined.get(&said.exception) {
            report.add(fault(format!("it grants what entry {end} had ended before")));
        }
        let row = ExceptionRow {
            exception: said.exception,
            terms: said.terms,
            asked_by: said.asked_by,
            approved_by: said.approved_by,
            has_second_person: said.has_second_person,
            granted_at: envelope.at,
            withdrawn_at: None,
            asked: said.asked,
            entry: index,
        };
        match self.rows.entry(row.exception) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(_) => {
                report.add(fault("it grants again what was granted before".to_owned()));
            }
        }
    }

    /// Holds the pack's list against the log. Whatever covered something within the period must be in
    /// it.
    fn compare(
        &self,
        rows: &[ExceptionRow],
        (from, entries): (Time, &Entries),
        report: &mut Report,
    ) {
        let mut listed = BTreeSet::new();
        let mut granted = BTreeSet::new();
        for row in rows {
            let mut add = |what: String| {
                let what = format!("the exception {}: {what}", row.exception);
                report.add(Finding::new(Contradiction, EXCEPTIONS, what));
            };
            if !listed.insert(row.exception) {
                add("it stands there twice".to_owned());
            }
            if !granted.insert(row.entry) {
                add(format!("entry {} grants another one that is listed", row.entry));
            }
            let Some(logged) = self.rows.get(&row.exception) else {
                if self.unshown.contains(&row.entry) {
                    unshown_differences(row, entries).into_iter().for_each(add);
                } else if self.is_known || !self.unshown.is_empty() {
                    add("no entry grants it".to_owned());
                }
                continue;
            };
            for what in differences(row, logged) {
                add(what);
            }
        }
        for (id, row) in &self.rows {
            let ends_at = exception(row).ends_at();
            if ends_at >= from && !listed.contains(id) {
                let what = format!("the exception {id} of entry {} is not in it", row.entry);
                report.add(Finding::new(Removed, EXCEPTIONS, what));
            }
        }
    }

    /// What is wrong with what an interval says of an exception, if something is.
    pub(super) fn fault(&self, interval: &Interval, made_at: Time) -> Option<String> {
        let Some(excepted) = interval.excepted else {
            let is_bare = interval.status == Status::Excepted;
            return is_bare.then(|| "a risk was accepted, and no exception is named".to_owned());
        };
        let id = excepted.exception;
        let Some(row) = self.rows.get(&id) else {
            return self.is_known.then(|| format!("no entry grants the exception {id}"));
        };
        let control = || Subject::control(&row.terms.control);
        let is_named = match &row.terms.check {
            Some(check) => {
                *check == interval.check
                    && row.terms.subject.as_ref().is_none_or(|one| *one == interval.subject)
            }
            None => interval.subject == control(),
        };
        if !is_named {
            return Some(format!("the exception {id} is about something else"));
        }
        if row.terms.turns(excepted.beneath) != Some(interval.status) {
            return Some(format!(
                "the exception {id} makes no {} of {}",
                interval.status, excepted.beneath
            ));
        }
        let (begins_at, ends_at) = (row.granted_at, exception(row).ends_at());
        let until = interval.to.unwrap_or(made_at);
        if begins_at.since(interval.from) > SLACK || until.since(ends_at) > SLACK {
            return Some(format!("the exception {id} held from {begins_at} to {ends_at}"));
        }
        None
    }
}

/// What is wrong with the asking that an entry which grants refers to.
fn asked_faults(
    said: &Granted,
    index: u64,
    envelope: &Envelope,
    entries: &Entries,
) -> Vec<Finding> {
    let fault = |what: String| Finding::new(Contradiction, entry_path(index), what);
    let asked = entries.get(said.asked).filter(|_| said.asked < index);
    let Some(asked) = asked.filter(|entry| entry.envelope.kind == ASKED_KIND) else {
        return vec![fault(format!("entry {} does not ask for what it grants", said.asked))];
    };
    if asked.body.is_none() {
        let (kind, what) = match asked.is_left_out() {
            true => (Unshown, "what was asked for is left out with the names in it"),
            false => (NotProven, "what was asked for was erased"),
        };
        let what = format!("{what}, so that nothing shows whether that was granted");
        return vec![Finding::new(kind, entry_path(said.asked), what)];
    }
    let mut faults = Vec::new();
    match Asked::of(asked) {
        Ok(wanted) if wanted.exception == said.exception => {
            if wanted.terms != said.terms {
                faults.push(fault(format!("entry {} asked for other terms", said.asked)));
            }
            if wanted.asked_by != said.asked_by {
                faults.push(fault(format!("somebody else asked in entry {}", said.asked)));
            }
        }
        _ => faults.push(fault(format!("entry {} does not ask for what it grants", said.asked))),
    }
    if said.has_second_person && asked.envelope.actor == envelope.actor {
        faults.push(fault(format!(
            "it speaks of a second person, and the same one asked in entry {}",
            said.asked
        )));
    }
    faults
}

/// What the row says otherwise than the envelopes of its entries, of which nothing else is shown.
fn unshown_differences(row: &ExceptionRow, entries: &Entries) -> Vec<String> {
    let mut differences = Vec::new();
    let envelope = |index: u64| entries.get(index).map(|entry| &entry.envelope);
    let asked = envelope(row.asked).filter(|one| one.kind == ASKED_KIND && row.asked < row.entry);
    let (Some(granted), Some(asked)) = (envelope(row.entry), asked) else {
        return vec![format!("entry {} does not ask for it", row.asked)];
    };
    if (&row.asked_by, &row.approved_by) != (&asked.actor, &granted.actor)
        || row.has_second_person && asked.actor == granted.actor
    {
        let index = row.entry;
        differences.push(format!("entry {index} says otherwise who asked and who approved"));
    }
    if asked.subject != granted.subject {
        differences.push(format!("entry {} asks for it about something else", row.asked));
    }
    if row.granted_at.since(granted.at) > SLACK || granted.at.since(row.granted_at) > SLACK {
        differences.push(format!("it was granted on {}", granted.at));
    }
    if [&row.terms.reason, &row.terms.measure].into_iter().any(|words| words != UNSHOWN) {
        differences.push("words are given as its own that no entry shows".to_owned());
    }
    differences
}

fn differences(row: &ExceptionRow, logged: &ExceptionRow) -> Vec<String> {
    let mut differences = Vec::new();
    let near = |one: Time, other: Time| one.since(other) <= SLACK && other.since(one) <= SLACK;
    let index = logged.entry;
    if row.terms != logged.terms {
        differences.push(format!("its terms are not those that entry {index} holds"));
    }
    if (&row.asked_by, &row.approved_by, row.has_second_person)
        != (&logged.asked_by, &logged.approved_by, logged.has_second_person)
    {
        differences.push(format!("entry {index} says otherwise who asked and who approved"));
    }
    if (row.asked, row.entry) != (logged.asked, index) {
        differences.push(format!("it was granted in entry {index}"));
    }
    if !near(row.granted_at, logged.granted_at) {
        differences.push(format!("it was granted on {}", logged.granted_at));
    }
    match (row.withdrawn_at, logged.withdrawn_at) {
        (None, None) => {}
        (Some(one), Some(other)) if near(one, other) => {}
        (_, Some(at)) => differences.push(format!("it was withdrawn on {at}")),
        (Some(_), None) => {
            differences.push("it is said to be withdrawn, and no entry says so".to_owned());
        }
    }
    differences
}
