//! The mark of a demonstration: an installation in which everything is invented.
//!
//! It stands where nothing can take it out again: in the first entry of the installation's own log, in
//! the first of each organisation's, and in the name of the key that signs every checkpoint. An
//! installation that has begun without it never gets it, and a real one begins, with an entry that says
//! so, before its server answers anybody. What is invented is not known here.

use crate::{App, Problem};
use closedset_core::{
    Actor,
    entry::{DEMONSTRATION, Log},
    id::{Id, Organisation},
};
use closedset_store::{NewEntry, Scope, Tx, accounts, ledger, organisations};
use serde_json::json;

/// What the mark says in its entries.
const WORDS: &str =
    "A demonstration: every person, computer, document and verdict in it is invented.";

/// The first entry of a real installation.
const REAL: &str = "installation.begun";

/// Makes an installation that nothing happened in yet a demonstration, for good.
pub async fn begin(app: &App) -> Result<(), Problem> {
    app.store()
        .write(Scope::Installation, |tx| {
            let has_begun = ledger::entry_count(tx, Log::Installation)? > 0
                || !ledger::log_list(tx)?.iter().all(|log| *log == Log::Installation)
                || accounts::account_count(tx)? > 0
                || !organisations::organisation_list(tx)?.is_empty();
            if has_begun {
                return Err(Problem::Conflict {
                    code: "demonstration.begun",
                    sentence: "Something has happened in this installation: it cannot become a demonstration.",
                    remedy: "Name another folder with --data, or none.",
                });
            }
            let entry = NewEntry {
                actor: &Actor::Closedset,
                subject: "installation:self".into(),
                kind: DEMONSTRATION,
                body: json!({"words": WORDS}),
            };
            tx.record(Log::Installation, entry)?;
            Ok(())
        })
        .await?;
    app.remember_demonstration(true);
    Ok(())
}

/// Sees to it that an installation in which nothing happened yet is real, for good. One in which
/// something has is left as it is.
pub async fn rule_out(app: &App) -> Result<(), Problem> {
    let begin = |tx: &mut Tx<'_>| -> Result<_, Problem> {
        if ledger::entry_count(tx, Log::Installation)? > 0 {
            return Ok(());
        }
        let entry = NewEntry {
            actor: &Actor::Closedset,
            subject: "installation:self".into(),
            kind: REAL,
            body: json!({"words": "An installation was begun. It is no demonstration."}),
        };
        tx.record(Log::Installation, entry)?;
        Ok(())
    };
    // A unit that writes nothing is no unit, and every later start would be one.
    match stage(app).await? {
        Stage::Empty => app.store().write(Scope::Installation, begin).await,
        Stage::Real | Stage::Demonstration => Ok(()),
    }
}

/// What an installation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing happened in it yet: it may still become either.
    Empty,
    /// It is real.
    Real,
    /// Everything in it is invented.
    Demonstration,
}

/// What this installation is, as the first entry of its own log says.
pub async fn stage(app: &App) -> Result<Stage, Problem> {
    let asked = |tx: &mut Tx<'_>| -> Result<_, Problem> {
        Ok(match ledger::entry_count(tx, Log::Installation)? {
            0 => Stage::Empty,
            _ if ledger::is_demonstration(tx)? => Stage::Demonstration,
            _ => Stage::Real,
        })
    };
    app.store().read(asked).await
}

/// Whether everything in this installation is invented. The answer is remembered once it is final:
/// while nothing happened, another process may still begin a demonstration here.
pub async fn is_demonstration(app: &App) -> Result<bool, Problem> {
    if let Some(known) = app.remembered_demonstration() {
        return Ok(known);
    }
    let stage = stage(app).await?;
    let is_one = stage == Stage::Demonstration;
    if stage != Stage::Empty {
        app.remember_demonstration(is_one);
    }
    Ok(is_one)
}

/// Says it in the log of an organisation that begins in a demonstration, before all else.
pub(crate) fn mark(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<(), Problem> {
    if ledger::is_demonstration(tx)? {
        let entry = NewEntry {
            actor: &Actor::Closedset,
            subject: format!("organisation:{organisation}"),
            kind: DEMONSTRATION,
            body: json!({"organisation": organisation, "words": WORDS}),
        };
        tx.record(Log::Organisation(organisation), entry)?;
    }
    Ok(())
}
