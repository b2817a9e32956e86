//! Documents: their list, their versions, their files. How a file comes in lies in `upload`.

use super::{WithdrawBody, upload};
use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::Body,
    file,
    page::{Page, PageQuery, after},
    problem::ProblemBody,
};
use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
};
use closedset_app::{App, evidence};
use closedset_core::{Action, Time};
use closedset_store::evidence::{DocumentRow, VersionRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    let streamed = OpenApiRouter::new()
        .routes(routes!(document_list, upload::document_add))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(streamed)
        .routes(routes!(document))
        .routes(routes!(document_withdraw))
        .routes(routes!(document_file))
}

/// One version of a document.
#[derive(Serialize, ToSchema)]
struct VersionBody {
    id: String,
    /// 1 for the first.
    number: i64,
    /// SHA-256 of the file.
    digest: String,
    size_bytes: i64,
    file_name: String,
    /// As the uploader gave it.
    media_type: String,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Time,
    #[schema(value_type = String, format = DateTime)]
    valid_to: Time,
    uploaded_by: String,
    #[schema(value_type = String, format = DateTime)]
    uploaded_at: Time,
    /// The index of the ledger's entry.
    entry: i64,
}

impl From<VersionRow> for VersionBody {
    fn from(row: VersionRow) -> Self {
        Self {
            id: row.id.to_string(),
            number: row.number,
            digest: row.digest.to_string(),
            size_bytes: row.size_bytes,
            file_name: row.file_name,
            media_type: row.media_type,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            uploaded_by: row.uploaded_by,
            uploaded_at: row.uploaded_at,
            entry: row.entry,
        }
    }
}

/// A document.
#[derive(Serialize, ToSchema)]
struct DocumentBody {
    id: String,
    /// The control it is given for.
    control: String,
    title: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Time>,
    /// The index of the ledger's entry that says why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_entry: Option<i64>,
    newest: VersionBody,
}

impl From<DocumentRow> for DocumentBody {
    fn from(row: DocumentRow) -> Self {
        Self {
            id: row.id.to_string(),
            control: row.control,
            title: row.title,
            withdrawn_at: row.withdrawn_at,
            withdrawn_entry: row.withdrawn_entry,
            newest: row.newest.into(),
        }
    }
}

/// The documents, oldest first.
#[utoipa::path(get, path = "/api/v1/documents", tag = "evidence", security(("token" = [Action::EvidenceRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^doc_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<DocumentBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn document_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DocumentBody>>, ApiProblem> {
    let after = after(page.after.as_deref())?;
    let (items, more) = evidence::document_list(&app, &caller, after, page.limit.0).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(DocumentBody::from).collect(), next }))
}

/// A document with its versions.
#[derive(Serialize, ToSchema)]
struct DocumentDetailBody {
    #[serde(flatten)]
    document: DocumentBody,
    /// Newest first.
    versions: Vec<VersionBody>,
}

/// One document.
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "evidence", security(("token" = [Action::EvidenceRead])), params(("id" = String, Path)), responses(
    (status = 200, body = DocumentDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn document(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<DocumentDetailBody>, ApiProblem> {
    let detail = evidence::document_detail(&app, &caller, id(&text, "document")?).await?;
    Ok(Json(DocumentDetailBody {
        document: detail.document.into(),
        versions: detail.versions.into_iter().map(VersionBody::from).collect(),
    }))
}

/// Which version of a file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FileQuery {
    /// The version's number; the newest if absent.
    version: Option<i64>,
}

/// The file of a document, as it was uploaded.
#[utoipa::path(get, path = "/api/v1/documents/{id}/file", tag = "evidence", security(("token" = [Action::EvidenceRead])), params(("id" = String, Path), FileQuery), responses(
    (status = 200, description = "The file", body = [u8], content_type = "application/octet-stream"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn document_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Query(which): Query<FileQuery>,
) -> Result<Response, ApiProblem> {
    let id = id(&text, "document")?;
    let (version, reader) = evidence::document_open(&app, &caller, id, which.version).await?;
    Ok(file::download(&version.file_name, reader))
}

/// Withdraws a document: it no longer counts; the file and its history stay.
#[utoipa::path(post, path = "/api/v1/documents/{id}/withdraw", tag = "evidence", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = WithdrawBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Withdrawn before", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn document_withdraw(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<WithdrawBody>,
) -> Result<StatusCode, ApiProblem> {
    evidence::document_withdraw(&app, &caller, id(&text, "document")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
