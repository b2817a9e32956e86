//! The report of an audit, which is a document for AD-8 or AD-9 and counts until the next audit is due.
//!
//! What a client's own audit is called as a document names neither the client nor who came for it: documents are
//! seen by other clients' assessors, and go into packs.

use crate::{
    App, Caller, Problem,
    admitted::Admitted,
    days::{end_of, zone_of},
    evidence::{Given, Piece, document_give, document_take_back, file_name, receive},
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Digest, Time,
    id::{Id, Organisation},
};
use closedset_store::{Tx, audits::AuditRow, evidence};
use jiff::Span;
use tokio::sync::mpsc;

/// A report on its way in.
#[derive(Debug)]
pub struct Report {
    /// The file's name.
    pub file_name: String,
    /// The media type as the browser says.
    pub media_type: String,
    /// Its bytes; an error means that the sender broke off.
    pub pieces: mpsc::Receiver<Piece>,
}

/// A report whose file is kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    file: (Digest, i64),
    file_name: String,
    media_type: String,
}

/// Takes the bytes of a report, if one comes.
pub(super) async fn keep(
    app: &App,
    caller: &Caller,
    report: Option<Report>,
) -> Result<Option<Kept>, Problem> {
    let Some(report) = report else { return Ok(None) };
    let file = receive(app, caller, report.pieces).await?;
    let file_name = file_name(&report.file_name);
    Ok(Some(Kept { file, file_name, media_type: report.media_type }))
}

/// Refuses a report before it is taken, and again when it is given.
pub(super) fn refuse(catalogue: &Catalogue, row: &AuditRow) -> Result<(), Problem> {
    if row.report_on.is_none() {
        return Err(Problem::field("report_on", "Enter the day of the report."));
    }
    if !catalogue.answers(row.kind.control()) {
        let message = format!(
            "A report is evidence for {}, which no framework asks that is answered here: leave it out.",
            row.kind.control()
        );
        return Err(Problem::field("file", message));
    }
    Ok(())
}

/// Gives the report that came, or the one that is there under what the audit is called and due now. `before` is what
/// the audit was, if it is changed.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    (catalogue, caller): (&Catalogue, &Admitted),
    before: Option<&AuditRow>,
    row: &mut AuditRow,
    kept: Option<&Kept>,
) -> Result<(), Problem> {
    let organisation = caller.organisation;
    let standing = match row.document {
        Some(id) => evidence::document_by_id(tx, organisation, id)?,
        None => None,
    };
    let standing = standing.filter(|document| document.withdrawn_at.is_none());
    if kept.is_some() {
        refuse(catalogue, row)?;
    } else if standing.is_some() && row.report_on.is_none() {
        return Err(Problem::field(
            "report_on",
            "Its report is kept here: enter the report’s day.",
        ));
    }
    let (title, valid) = (title(row), valid(tx, organisation, row)?);
    if kept.is_none()
        && let Some(before) = before
        && (self::title(before), self::valid(tx, organisation, before)?) == (title.clone(), valid)
        && before.kind.control() == row.kind.control()
    {
        return Ok(());
    }
    let (file, name, media_type) = match (kept, &standing) {
        (Some(kept), _) => (kept.file, kept.file_name.clone(), kept.media_type.clone()),
        (None, Some(document)) => {
            let newest = &document.newest;
            let file = (newest.digest, newest.size_bytes);
            (file, newest.file_name.clone(), newest.media_type.clone())
        }
        (None, None) => return Ok(()),
    };
    let control = row.kind.control();
    let goes_on =
        |document: &&evidence::DocumentRow| document.control == control && document.title == title;
    let replaces = standing.as_ref().filter(goes_on).map(|document| document.id);
    let given = Given {
        replaces,
        control,
        title: &title,
        file_name: &called(row, name),
        media_type: &media_type,
        valid,
    };
    row.document = Some(document_give(tx, catalogue, caller, &given, file)?);
    match standing {
        Some(old) if replaces.is_none() => {
            let why = "The audit whose report it is was corrected: it is given anew.";
            document_take_back(tx, catalogue, (&caller.actor, organisation), old.id, why)
        }
        _ => Ok(()),
    }
}

/// What the document is called.
fn title(row: &AuditRow) -> String {
    match row.client {
        Some(_) => format!("{}, {}", row.kind.title(), row.ends_on),
        None => format!("{}, {}, {}", row.kind.title(), row.firm, row.ends_on),
    }
}

/// What the file is called: for a client's own audit nothing of what somebody called it but its ending.
fn called(row: &AuditRow, name: String) -> String {
    if row.client.is_none() {
        return name;
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let is_plain = |ending: &&str| {
        (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let ending = ending.filter(is_plain).map(|ending| format!(".{}", ending.to_lowercase()));
    format!("content-owner-audit-{}{}", row.ends_on, ending.unwrap_or_default())
}

/// From the beginning of the report's day to the end of the day by which the next audit is due.
fn valid(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &AuditRow,
) -> Result<(Time, Time), Problem> {
    let zone = zone_of(tx, organisation)?;
    let first = row.report_on.unwrap_or(row.ends_on);
    let before = first.saturating_sub(Span::new().days(1));
    Ok((end_of(before, &zone)?, end_of(row.due_on, &zone)?))
}
