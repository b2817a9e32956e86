//! Documents: a file streamed in, its digest, the period it speaks of, and its versions.

use super::{Piece, catch_up, check_period, derive_control, invalid_unless_empty, page};
use crate::{
    App, Caller, FieldProblem, Problem, admitted::Admitted, own_checks::catalogue_in_force,
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action, Actor, Digest, Subject, Time,
    entry::Log,
    id::{Document, Id, Organisation},
};
use closedset_objects::{ObjectReader, ObjectsError};
use closedset_store::{
    NewEntry, Tx,
    evidence::{self, DocumentRow, VersionRow},
};
use serde_json::json;
use tokio::sync::mpsc;

/// The largest file taken: 2 GiB.
pub const DOCUMENT_LIMIT: u64 = 2 << 30;

/// A document as given.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// The document this is a new version of; none for a new one.
    pub replaces: Option<Id<Document>>,
    /// The control; that of the document it replaces, if it does.
    pub control: String,
    /// The title; the file's name if empty.
    pub title: String,
    /// The file's name.
    pub file_name: String,
    /// The media type as the browser says.
    pub media_type: String,
    /// From when it says something; now if none is given.
    pub valid_from: Option<Time>,
    /// Until when it counts.
    pub valid_to: Time,
}

/// Takes a document: the bytes come through `chunks`, an error in it means that the sender broke
/// off. Nothing is kept of a file that is too large or cut short.
pub async fn document_add(
    app: &App,
    caller: &Caller,
    mut new: NewDocument,
    chunks: mpsc::Receiver<Piece>,
) -> Result<Id<Document>, Problem> {
    caller.require(Action::EvidenceWrite)?;
    if let Some(id) = new.replaces {
        let organisation = caller.organisation;
        let known = app
            .store()
            .read(move |tx| -> Result<_, Problem> {
                Ok(evidence::document_by_id(tx, organisation, id)?)
            })
            .await?
            .filter(|document| document.withdrawn_at.is_none())
            .ok_or(Problem::NotFound("document"))?;
        new.control = known.control;
        new.title = known.title;
    }
    new.file_name = file_name(&new.file_name);
    let valid_from = new.valid_from.unwrap_or_else(|| app.now());
    let mut problems = check_period(
        &*catalogue_in_force(app, caller).await?,
        &new.control,
        valid_from,
        new.valid_to,
        app.now(),
    );
    let title = match new.title.trim() {
        "" => new.file_name.clone(),
        title => title.to_owned(),
    };
    if title.chars().count() > 200 {
        problems.push(FieldProblem {
            field: "title",
            message: "A title has at most 200 characters.".into(),
        });
    }
    invalid_unless_empty(problems)?;
    let stored = receive(app, caller, chunks).await?;
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let catalogue = unit_app.catalogue_of(tx, caller.organisation)?;
        let given = Given {
            replaces: new.replaces,
            control: &new.control,
            title: &title,
            file_name: &new.file_name,
            media_type: &new.media_type,
            valid: (valid_from, new.valid_to),
        };
        document_give(tx, &catalogue, caller, &given, stored)
    })
    .await
}

/// A document whose file is kept already.
pub(crate) struct Given<'g> {
    pub(crate) replaces: Option<Id<Document>>,
    pub(crate) control: &'g str,
    pub(crate) title: &'g str,
    pub(crate) file_name: &'g str,
    pub(crate) media_type: &'g str,
    /// From when until when it counts.
    pub(crate) valid: (Time, Time),
}

/// Gives a document for its control, as one of its own or as the next version of another, with its entry: the file
/// is kept under this digest and has this size. The control is assessed by it.
pub(crate) fn document_give(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    caller: &Admitted,
    given: &Given<'_>,
    (digest, size): (Digest, i64),
) -> Result<Id<Document>, Problem> {
    let (now, organisation) = (tx.now(), caller.organisation);
    catch_up(tx, catalogue, organisation, given.control, now)?;
    let (id, number) = match given.replaces {
        Some(id) => {
            let known = evidence::document_by_id(tx, organisation, id)?
                // It may have been withdrawn while the file came in.
                .filter(|document| document.withdrawn_at.is_none())
                .ok_or(Problem::NotFound("document"))?;
            (id, known.newest.number + 1)
        }
        None => {
            let id = tx.new_id();
            evidence::document_insert(tx, organisation, id, given.control, given.title)?;
            (id, 1)
        }
    };
    let version_id = tx.new_id();
    let media_type: String =
        given.media_type.chars().filter(char::is_ascii_graphic).take(100).collect();
    let (valid_from, valid_to) = given.valid;
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &caller.actor,
            subject: Subject::control(given.control).to_string(),
            kind: "document.added",
            body: json!({
                "document": id,
                "version": version_id,
                "number": number,
                "control": given.control,
                "title": given.title,
                "file_name": given.file_name,
                "digest": digest,
                "size": size,
                "valid_from": valid_from,
                "valid_to": valid_to,
                "uploaded_by": caller.name,
                "uploaded_by_person": caller.person,
            }),
        },
    )?;
    let version = VersionRow {
        id: version_id,
        number,
        digest,
        size_bytes: size,
        file_name: given.file_name.to_owned(),
        media_type,
        valid_from,
        valid_to,
        uploaded_by: caller.name.clone(),
        uploaded_at: now,
        entry: entry.index,
    };
    evidence::document_version_insert(tx, organisation, id, &version)?;
    derive_control(tx, catalogue, organisation, given.control, now)?;
    Ok(id)
}

/// Keeps a file whose bytes come through `chunks`: its digest and size.
pub(crate) async fn receive(
    app: &App,
    caller: &Caller,
    mut chunks: mpsc::Receiver<Piece>,
) -> Result<(Digest, i64), Problem> {
    let (app, organisation) = (app.clone(), caller.organisation);
    tokio::task::spawn_blocking(move || {
        let mut upload = app.objects().begin(organisation, DOCUMENT_LIMIT)?;
        while let Some(chunk) = chunks.blocking_recv() {
            let chunk = chunk.map_err(|why| {
                tracing::info!(why, "an upload was cut short");
                Problem::field("file", "The upload was cut short; send the file again.")
            })?;
            match upload.write(&chunk) {
                Err(ObjectsError::TooLarge { .. }) => {
                    return Err(Problem::field("file", "A file has at most 2 GiB."));
                }
                other => other?,
            }
        }
        if upload.size() == 0 {
            return Err(Problem::field("file", "Choose a file; this one is empty."));
        }
        let stored = upload.finish()?;
        Ok((stored.digest, i64::try_from(stored.size).unwrap_or(i64::MAX)))
    })
    .await
    .map_err(|error| Problem::fault("a thread ended early", error))?
}

/// The name without folders and control characters, at most 200 characters.
pub(crate) fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    let name = name.trim().trim_start_matches('.');
    let tail: String = name.chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
    if tail.is_empty() { "document".into() } else { tail }
}

/// The documents after `after`, oldest first, and whether there are more.
pub async fn document_list(
    app: &App,
    caller: &Caller,
    after: Option<Id<Document>>,
    limit: i64,
) -> Result<(Vec<DocumentRow>, bool), Problem> {
    caller.require(Action::EvidenceRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    app.store()
        .read(move |tx| {
            let rows = evidence::document_list(tx, organisation, after, limit + 1)?;
            Ok(page(rows, limit))
        })
        .await
}

/// A document with every version.
#[derive(Debug, Clone)]
pub struct DocumentDetail {
    /// The document.
    pub document: DocumentRow,
    /// Its versions, newest first.
    pub versions: Vec<VersionRow>,
}

/// One document.
pub async fn document_detail(
    app: &App,
    caller: &Caller,
    id: Id<Document>,
) -> Result<DocumentDetail, Problem> {
    caller.require(Action::EvidenceRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let document = evidence::document_by_id(tx, organisation, id)?
                .ok_or(Problem::NotFound("document"))?;
            Ok(DocumentDetail { document, versions: evidence::document_version_list(tx, id)? })
        })
        .await
}

/// Opens the file of one version (the newest if none is named); its bytes are verified as they are
/// read.
pub async fn document_open(
    app: &App,
    caller: &Caller,
    id: Id<Document>,
    number: Option<i64>,
) -> Result<(VersionRow, ObjectReader), Problem> {
    let detail = document_detail(app, caller, id).await?;
    let version = match number {
        None => detail.document.newest,
        Some(number) => detail
            .versions
            .into_iter()
            .find(|version| version.number == number)
            .ok_or(Problem::NotFound("version"))?,
    };
    let (app, organisation, digest) = (app.clone(), caller.organisation, version.digest);
    let reader = tokio::task::spawn_blocking(move || app.objects().read(organisation, digest))
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))??;
    Ok((version, reader))
}

/// Takes a document back: it no longer counts; the file and its history stay. The reason, at most
/// 500 characters, stands in the ledger.
pub async fn document_withdraw(
    app: &App,
    caller: &Caller,
    id: Id<Document>,
    reason: &str,
) -> Result<(), Problem> {
    caller.require(Action::EvidenceWrite)?;
    let reason = super::reason(reason)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let catalogue = unit_app.catalogue_of(tx, caller.organisation)?;
        document_take_back(tx, &catalogue, (&caller.actor, caller.organisation), id, &reason)
    })
    .await
}

/// Takes a document back, with its entry, and assesses its control.
pub(crate) fn document_take_back(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (actor, organisation): (&Actor, Id<Organisation>),
    id: Id<Document>,
    reason: &str,
) -> Result<(), Problem> {
    let document =
        evidence::document_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("document"))?;
    let now = tx.now();
    catch_up(tx, catalogue, organisation, &document.control, now)?;
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor,
            subject: Subject::control(&document.control).to_string(),
            kind: "document.withdrawn",
            body: json!({"document": id, "control": document.control, "reason": reason}),
        },
    )?;
    if !evidence::document_withdraw(tx, organisation, id, entry.index)? {
        return Err(Problem::Conflict {
            code: "document.withdrawn",
            sentence: "This document was withdrawn before.",
            remedy: "Nothing more is needed.",
        });
    }
    derive_control(tx, catalogue, organisation, &document.control, now)
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_file_name_keeps_no_folder_and_no_control_characters() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\papers\\TPN\r\n report.pdf"), "TPN report.pdf");
        assert_eq!(file_name("..."), "document");
        assert_eq!(file_name(&"x".repeat(500)).len(), 200);
    }
}
