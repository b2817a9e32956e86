//! The pages of documents and attestations, filled, and what is posted from them.

use super::{
    Attestations, DocumentPage, Documents, Withdraw,
    attestations::AttestationLine,
    document::{VersionForm, VersionLine},
    documents::{DocumentLine, Standing},
    upload,
    withdraw::asked_again,
};
use crate::{
    Area,
    components::{DigestText, Field, Paging, TimeText},
    devices::size,
    serve::{
        Done, Form, ListQuery, Looker, Multipart, PageProblem, Path, Query, day, done, go, moment,
        refused, show,
    },
};
use axum::{extract::State, http::Uri, response::Response};
use closedset_app::{App, Problem, evidence};
use closedset_core::{
    Action, Duration, Time,
    id::{Attestation, Document, Id},
};
use closedset_store::evidence::{DocumentRow, VersionRow};
use serde::Deserialize;

/// How many one page lists.
const PAGE: i64 = 50;
/// How long before its end evidence is said to be ending.
const ENDING: Duration = Duration::from_days(30);

/// Which version of the file is wanted; the newest if absent.
#[derive(Debug, Deserialize)]
pub(super) struct FileQuery {
    version: Option<i64>,
}

fn document_id(text: &str) -> Result<Id<Document>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("document"))
}

pub(super) async fn documents(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageProblem> {
    let after = query.after.as_deref().map(document_id).transpose()?;
    let (rows, more) = evidence::document_list(&app, &looker.caller, after, PAGE).await?;
    let now = looker.present;
    let next = rows.last().filter(|_| more).map(|last| format!("/documents?after={}", last.id));
    let documents: Vec<DocumentLine> = rows
        .into_iter()
        .map(|row| DocumentLine {
            id: row.id.to_string(),
            title: row.title,
            control: row.control,
            standing: of_version(&row.newest, row.withdrawn_at.is_some(), now),
            last_day: last_day(row.newest.valid_to, &looker.zone),
            versions: row.newest.number,
            by: row.newest.uploaded_by,
        })
        .collect();
    Ok(show(&Documents {
        shell: looker.shell(Area::Documents),
        paging: Paging {
            shown: i64::try_from(documents.len()).unwrap_or(i64::MAX),
            total: None,
            first: after.map(|_| "/documents".into()),
            next,
        },
        documents,
        tab: "documents",
    }))
}

pub(super) async fn attestations(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageProblem> {
    let after = query.after.as_deref().map(str::parse::<Id<Attestation>>).transpose();
    let after = after.map_err(|_| Problem::NotFound("attestation"))?;
    let (rows, more) = evidence::attestation_list(&app, &looker.caller, after, PAGE).await?;
    let now = looker.present;
    let next = rows.last().filter(|_| more).map(|last| format!("/attestations?after={}", last.id));
    let attestations: Vec<AttestationLine> = rows
        .into_iter()
        .map(|row| AttestationLine {
            standing: standing(row.valid_from, row.valid_to, row.withdrawn_at.is_some(), now),
            statement: row.statement,
            control: row.control,
            last_day: last_day(row.valid_to, &looker.zone),
            by: row.signed_by,
            entry: row.entry,
            withdrawn_entry: row.withdrawn_entry,
        })
        .collect();
    Ok(show(&Attestations {
        shell: looker.shell(Area::Documents),
        paging: Paging {
            shown: i64::try_from(attestations.len()).unwrap_or(i64::MAX),
            total: None,
            first: after.map(|_| "/attestations".into()),
            next,
        },
        attestations,
        tab: "attestations",
    }))
}

fn of_version(version: &VersionRow, is_withdrawn: bool, now: Time) -> Standing {
    standing(version.valid_from, version.valid_to, is_withdrawn, now)
}

fn standing(from: Time, to: Time, is_withdrawn: bool, now: Time) -> Standing {
    if is_withdrawn {
        Standing::Withdrawn
    } else if to <= now {
        Standing::Expired
    } else if now < from {
        Standing::NotYet
    } else if to.since(now) < ENDING {
        Standing::Ending
    } else {
        Standing::InForce
    }
}

/// The day before the instant at which a period ends, where that is a midnight.
pub(crate) fn last_day(end: Time, zone: &str) -> TimeText {
    day(end - Duration::from_millis(1), zone)
}

pub(super) async fn document(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, document_id(&id)?).await?))
}

async fn view(app: &App, looker: &Looker, id: Id<Document>) -> Result<DocumentPage, PageProblem> {
    let detail = evidence::document_detail(app, &looker.caller, id).await?;
    let (document, zone, now) = (detail.document, looker.zone.as_str(), looker.present);
    let is_withdrawn = document.withdrawn_at.is_some();
    // From when each version is replaced by a later one, newest first.
    let mut replaced_from: Option<Time> = None;
    let replaced: Vec<bool> = detail
        .versions
        .iter()
        .map(|version| {
            let is_replaced = replaced_from.is_some_and(|from| from <= now);
            let from =
                replaced_from.map_or(version.valid_from, |from| from.min(version.valid_from));
            replaced_from = Some(from);
            is_replaced
        })
        .collect();
    let control = app.catalogue().control(&document.control);
    Ok(DocumentPage {
        shell: looker.shell(Area::Documents),
        id: document.id.to_string(),
        title: document.title,
        control_title: control.map(|control| control.title.clone()).unwrap_or_default(),
        control: document.control,
        standing: of_version(&document.newest, is_withdrawn, now),
        withdrawn: document.withdrawn_at.map(|time| moment(time, zone)),
        withdrawn_entry: document.withdrawn_entry,
        versions: detail
            .versions
            .into_iter()
            .zip(replaced)
            .map(|(version, is_replaced)| VersionLine {
                number: version.number,
                size: size(version.size_bytes),
                digest: DigestText::new(version.digest.to_string()),
                standing: if is_replaced {
                    Standing::Replaced
                } else {
                    of_version(&version, is_withdrawn, now)
                },
                first_day: day(version.valid_from, zone),
                last_day: last_day(version.valid_to, zone),
                when: moment(version.uploaded_at, zone),
                entry: version.entry,
                file_name: version.file_name,
                by: version.uploaded_by,
            })
            .collect(),
        upload: VersionForm::default(),
        can_write: looker.caller.may(Action::EvidenceWrite),
    })
}

/// The file of one version, sent by the API to whoever is signed in.
pub(super) async fn file(
    _looker: Looker,
    Path(id): Path<String>,
    Query(query): Query<FileQuery>,
) -> Result<Response, PageProblem> {
    let id = document_id(&id)?;
    let version = query.version.map(|version| format!("?version={version}")).unwrap_or_default();
    Ok(go(&format!("/api/v1/documents/{id}/file{version}")))
}

/// Asks before a document is taken back.
pub(super) async fn withdraw_ask(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let id = document_id(&id)?;
    let document = evidence::document_detail(&app, &looker.caller, id).await?.document;
    if document.withdrawn_at.is_some() {
        return Ok(go(&format!("/documents/{id}")));
    }
    Ok(show(&question(&looker, document)))
}

fn question(looker: &Looker, document: DocumentRow) -> Withdraw {
    Withdraw {
        shell: looker.shell(Area::Documents),
        form: "document",
        title: document.title,
        control: document.control,
        back: format!("/documents/{}", document.id),
        action: format!("/documents/{}/withdraw", document.id),
        reason: Field::default(),
    }
}

/// Takes a document back.
pub(super) async fn withdraw(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = document_id(&id)?;
    let asked = async {
        let detail = evidence::document_detail(&app, &looker.caller, id).await?;
        Ok(question(&looker, detail.document))
    };
    if let Some(again) = asked_again(&form, asked).await? {
        return Ok(again);
    }
    evidence::document_withdraw(&app, &looker.caller, id, form.text("reason")).await?;
    Ok(done(&format!("/documents/{id}"), Done::Withdrawn))
}

/// Takes a new version.
pub(super) async fn version(
    State(app): State<App>,
    looker: Result<Looker, PageProblem>,
    Path(id): Path<String>,
    uri: Uri,
    Multipart(multipart): Multipart,
) -> Result<Response, PageProblem> {
    let id = document_id(&id)?;
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(upload::lost(problem, &uri, multipart).await),
    };
    let refusal = match upload::receive(&app, &looker, multipart, None, Some(id), &uri).await? {
        Ok(id) => return Ok(done(&format!("/documents/{id}"), Done::Uploaded)),
        Err(refusal) => refusal,
    };
    let mut page = view(&app, &looker, id).await?;
    let field = |name: &str| Field {
        value: refusal.form.text(name).to_owned(),
        error: refusal
            .problems
            .iter()
            .find(|problem| problem.field == name)
            .map(|problem| problem.message.clone()),
    };
    page.upload = VersionForm {
        valid_from: field("valid_from"),
        valid_to: field("valid_to"),
        file: field("file"),
    };
    Ok(refused(&page))
}
