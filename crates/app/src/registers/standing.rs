//! How a register stands: when it was confirmed last, until when that counts, and what was entered since.

use super::{Register, counted::counted};
use crate::{App, Caller, Problem, days::zone_of};
use closedset_core::{
    Digest, Time,
    entry::Log,
    id::{Document, Id, Organisation},
};
use closedset_store::{Tx, evidence, ledger, register_confirmations::confirmation_of};
use jiff::{Span, civil::Date};

/// How a register stands.
#[derive(Debug, Clone)]
pub struct RegisterStanding {
    /// Which.
    pub register: Register,
    /// The day that it is where the facility is.
    pub today: Date,
    /// How many clients are active today, or people engaged.
    pub count: i64,
    /// How many of the active clients are not named in the document.
    pub undisclosed: i64,
    /// SHA-256 of today's list as it can be downloaded: who confirms says which they looked through.
    pub seen: Digest,
    /// The last confirmation.
    pub last: Option<Confirmed>,
}

/// A confirmation.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The document that was drawn up.
    pub document: Id<Document>,
    /// The version of it.
    pub number: i64,
    /// How many it counts.
    pub counted: i64,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Time,
    /// The last day on which it counts.
    pub until: Date,
    /// It does not count any more: its days are over.
    pub is_over: bool,
    /// It does not count any more: the document was withdrawn.
    pub is_withdrawn: bool,
    /// What was entered since.
    pub since: Changes,
}

/// How many changes a register saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// What was entered.
    pub entered: i64,
    /// What was changed.
    pub changed: i64,
    /// What was taken out.
    pub removed: i64,
}

impl Changes {
    /// There were none.
    pub const fn is_none(self) -> bool {
        self.entered == 0 && self.changed == 0 && self.removed == 0
    }
}

/// How it stands, for whoever sees it and evidence; none where its control is of no framework that is answered.
pub async fn register_standing(
    app: &App,
    caller: &Caller,
    register: Register,
) -> Result<Option<RegisterStanding>, Problem> {
    caller.require_all(register.needs_to_read())?;
    let (unit_app, caller) = (app.clone(), caller.clone());
    app.store()
        .read(move |tx| {
            let organisation = caller.organisation;
            if !unit_app.catalogue_of(tx, organisation)?.answers(register.control()) {
                return Ok(None);
            }
            let now = counted(tx, &caller, register)?;
            Ok(Some(RegisterStanding {
                register,
                today: now.day,
                count: now.count,
                undisclosed: now.undisclosed,
                seen: now.seen,
                last: last(tx, organisation, register)?,
            }))
        })
        .await
}

fn last(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    register: Register,
) -> Result<Option<Confirmed>, Problem> {
    let Some(row) = confirmation_of(tx, organisation, register.control())? else {
        return Ok(None);
    };
    let Some(document) = evidence::document_by_id(tx, organisation, row.document)? else {
        return Ok(None);
    };
    let versions = evidence::document_version_list(tx, row.document)?;
    let version = versions.into_iter().find(|version| version.number == row.number);
    let Some(version) = version else { return Ok(None) };
    // It ends with the day before the first moment at which it does not count.
    let zone = zone_of(tx, organisation)?;
    let until = version.valid_to.timestamp().to_zoned(zone).date();
    Ok(Some(Confirmed {
        document: row.document,
        number: row.number,
        counted: row.counted,
        by: version.uploaded_by,
        at: version.uploaded_at,
        until: until.saturating_sub(Span::new().days(1)),
        is_over: version.valid_to <= tx.now(),
        is_withdrawn: document.withdrawn_at.is_some(),
        since: changes(tx, organisation, register, row.entry)?,
    }))
}

fn changes(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    register: Register,
    entry: i64,
) -> Result<Changes, Problem> {
    let [entered, changed, removed] = kinds(register);
    let log = Log::Organisation(organisation);
    let mut count = |kinds: &[&str]| -> Result<i64, Problem> {
        let mut all = 0;
        for kind in kinds {
            all += ledger::entries_after(tx, log, kind, entry)?;
        }
        Ok(all)
    };
    Ok(Changes { entered: count(entered)?, changed: count(changed)?, removed: count(removed)? })
}

/// The kinds of entry by which something is entered, changed and taken out.
const fn kinds(register: Register) -> [&'static [&'static str]; 3] {
    match register {
        Register::Clients => [
            &["client.added", "title.added"],
            &["client.changed", "title.changed"],
            &["client.removed", "title.removed"],
        ],
        Register::People => [
            &["engagement.began", "assignment.added"],
            &["engagement.changed", "engagement.ended", "assignment.changed"],
            &["engagement.removed", "assignment.removed", "person.forgotten"],
        ],
    }
}
