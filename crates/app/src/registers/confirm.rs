//! A person says that a register is complete: what it holds today becomes the next version of one document.

use super::{
    CONFIRMED_FOR_DAYS, ComparedWith, Register,
    counted::{Counted, counted},
    paper::{Said, paper},
};
use crate::{
    App, Caller, FieldProblem, Problem,
    admitted::Admitted,
    days::{end_of, zone_of},
    evidence::{
        Given, check_period, document_give, invalid_unless_empty, keep_drawn, let_go_if_refused,
    },
    people::is_line,
};
use closedset_core::{
    Action, Digest,
    entry::Log,
    id::{Document, Id},
};
use closedset_store::{
    NewEntry, Tx, evidence, organisations,
    register_confirmations::{ConfirmationRow, confirmation_of, confirmation_put},
};
use jiff::Span;
use serde_json::json;
use std::collections::BTreeSet;

/// The longest note, in characters.
const NOTE_LIMIT: usize = 500;

/// What somebody says of a register.
#[derive(Debug, Clone, Default)]
pub struct Confirming {
    /// That they looked through it, and it is complete.
    pub has_looked: bool,
    /// Which list they looked through: [`super::RegisterStanding::seen`].
    pub seen: String,
    /// With what they compared it, as words of [`ComparedWith`]; a register of people with one thing at least.
    pub compared_with: Vec<String>,
    /// What else is to be said.
    pub note: String,
}

/// What was said, as it is kept.
#[derive(Debug, Clone)]
struct Checked {
    seen: Digest,
    compared_with: BTreeSet<ComparedWith>,
    note: String,
}

fn check(register: Register, said: &Confirming) -> Result<Checked, Problem> {
    let mut problems = Vec::new();
    let mut wrong = |field, message: &str| {
        problems.push(FieldProblem { field, message: message.to_owned() });
    };
    if !said.has_looked {
        wrong("has_looked", "Look through the list, then say here that it is complete.");
    }
    let mut compared_with = BTreeSet::new();
    for word in &said.compared_with {
        compared_with.insert(ComparedWith::from_word(word)?);
    }
    match register {
        Register::People if compared_with.is_empty() => {
            wrong("compared_with", "Say with what you compared it, one thing at least.");
        }
        Register::Clients if !compared_with.is_empty() => {
            wrong("compared_with", "A list of clients is compared with nothing here.");
        }
        Register::People | Register::Clients => {}
    }
    let note = said.note.trim().replace("\r\n", "\n").replace('\r', "\n");
    if note.chars().count() > NOTE_LIMIT || !note.lines().all(|line| is_line(line, NOTE_LIMIT)) {
        wrong("note", "A note has at most 500 characters, none of them invisible.");
    }
    invalid_unless_empty(problems)?;
    let seen = said.seen.trim().parse().map_err(|_| {
        Problem::field("seen", "Say which list you looked through: its digest, as it was shown.")
    })?;
    Ok(Checked { seen, compared_with, note })
}

fn other_list() -> Problem {
    Problem::Conflict {
        code: "register.changed_while_read",
        sentence: "The list is not the one that you looked through: something was entered meanwhile, or the day is over.",
        remedy: "Look through the list as it stands now, then confirm it.",
    }
}

/// Today's list, if it is the one that was looked through, and not empty.
fn looked_through(
    tx: &mut Tx<'_>,
    caller: &Caller,
    register: Register,
    seen: Digest,
) -> Result<Counted, Problem> {
    let counted = counted(tx, caller, register)?;
    match register {
        _ if counted.count > 0 => {}
        Register::Clients => {
            return Err(Problem::Conflict {
                code: "register.empty",
                sentence: "No client is active today, so there is no list to confirm.",
                remedy: "Enter your clients and titles first. If you work for nobody now, sign an attestation that says so.",
            });
        }
        Register::People => {
            return Err(Problem::Conflict {
                code: "register.empty",
                sentence: "Nobody is engaged today, and somebody works here: at least you.",
                remedy: "Enter who works here first.",
            });
        }
    }
    if counted.seen == seen { Ok(counted) } else { Err(other_list()) }
}

/// Confirms it: what it holds today becomes a document for its control, which counts for
/// [`CONFIRMED_FOR_DAYS`] days.
pub async fn register_confirm(
    app: &App,
    caller: &Caller,
    register: Register,
    said: Confirming,
) -> Result<Id<Document>, Problem> {
    caller.require_all(register.needs_to_confirm())?;
    let checked = check(register, &said)?;
    let organisation = caller.organisation;
    let (read_app, read_caller, seen) = (app.clone(), caller.clone(), checked.seen);
    let (counted, house) = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let catalogue = read_app.catalogue_of(tx, organisation)?;
            let (now, end) = (tx.now(), last_moment(tx, &read_caller)?);
            let problems = check_period(&catalogue, register.control(), now, end, now);
            invalid_unless_empty(problems)?;
            let counted = looked_through(tx, &read_caller, register, seen)?;
            let house = organisations::organisation_by_id(tx, organisation)?;
            Ok((counted, house.ok_or(Problem::NotFound("organisation"))?.name))
        })
        .await?;
    let paper_of = Said {
        id: Id::new(app.now(), app.randomness()),
        register,
        house,
        by: caller.name.clone(),
        at: app.now(),
        compared_with: checked.compared_with.iter().copied().collect(),
        note: checked.note.clone(),
        counted: counted.clone(),
    };
    let stored = keep_drawn(app, organisation, move || paper(&paper_of)).await?;
    let unit_app = app.clone();
    let confirmed = app
        .write_for(caller, Action::EvidenceWrite, move |tx, caller| {
            caller.require_all(register.needs_to_confirm())?;
            if looked_through(tx, caller, register, checked.seen)? != counted {
                return Err(other_list());
            }
            give(tx, &unit_app, caller, (register, &counted, &checked), stored)
        })
        .await;
    let_go_if_refused(app, organisation, Some(stored.0), &confirmed).await?;
    confirmed
}

/// The end of the last day on which what is confirmed today counts.
fn last_moment(tx: &mut Tx<'_>, caller: &Caller) -> Result<closedset_core::Time, Problem> {
    let zone = zone_of(tx, caller.organisation)?;
    let today = tx.now().timestamp().to_zoned(zone.clone()).date();
    end_of(today.saturating_add(Span::new().days(CONFIRMED_FOR_DAYS)), &zone)
}

/// Gives the file as the next version of the register's document, and writes down that this is it.
fn give(
    tx: &mut Tx<'_>,
    app: &App,
    caller: &Admitted,
    (register, counted, checked): (Register, &Counted, &Checked),
    stored: (Digest, i64),
) -> Result<Id<Document>, Problem> {
    let (organisation, control) = (caller.organisation, register.control());
    let catalogue = app.catalogue_of(tx, organisation)?;
    let before = match confirmation_of(tx, organisation, control)? {
        // One that was withdrawn stays so: the next is another document.
        Some(row) => evidence::document_by_id(tx, organisation, row.document)?
            .filter(|document| document.withdrawn_at.is_none()),
        None => None,
    };
    let number = before.as_ref().map_or(1, |document| document.newest.number + 1);
    let title = before.as_ref().map_or(register.title(), |document| &document.title);
    let file_name = format!("{}-{}.pdf", register.file_stem(), counted.day);
    let given = Given {
        replaces: before.as_ref().map(|document| document.id),
        control,
        title,
        file_name: &file_name,
        media_type: "application/pdf",
        valid: (tx.now(), last_moment(tx, caller)?),
    };
    let document = document_give(tx, &catalogue, caller, &given, stored)?;
    let compared_with: Vec<&str> = checked.compared_with.iter().map(|one| one.as_str()).collect();
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &caller.actor,
            subject: format!("organisation:{organisation}"),
            kind: "register.confirmed",
            body: json!({
                "register": register.as_str(),
                "control": control,
                "on": counted.day,
                "count": counted.count,
                "seen": checked.seen,
                "compared_with": compared_with,
                "note": checked.note,
                "document": document,
                "number": number,
                "file": stored.0,
            }),
        },
    )?;
    let row = ConfirmationRow { document, number, counted: counted.count, entry: entry.index };
    confirmation_put(tx, organisation, control, &row)?;
    Ok(document)
}
