//! Audit packs: making them, and their files.

use crate::{
    ApiProblem, Asker,
    address::{Path, id},
    body::Body,
    file,
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode, response::Response};
use closedset_app::{App, packs};
use closedset_core::{Action, Time};
use closedset_store::packs::PackRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(pack_list, pack_create))
        .routes(routes!(pack))
        .routes(routes!(pack_file))
        .routes(routes!(pack_report))
}

/// A pack.
#[derive(Serialize, ToSchema)]
struct PackBody {
    id: String,
    /// The id of the framework that it is about; absent of packs from before there was a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    framework: Option<String>,
    /// The beginning of the period it covers.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    to: Time,
    /// SHA-256 of its manifest, which the ledger's entry holds too.
    manifest_digest: String,
    made_by: String,
    #[schema(value_type = String, format = DateTime)]
    made_at: Time,
    /// The index of the ledger's entry.
    entry: i64,
    /// The controls to which it is limited. Absent if it holds all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    controls: Vec<String>,
    /// To whom the file is encrypted: age recipients. Absent if it is not encrypted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recipients: Vec<String>,
    /// Nobody is named in it.
    without_names: bool,
    /// SHA-256 of the file; absent if it was not finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// The size of the file; absent if it was not finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<i64>,
}

impl From<PackRow> for PackBody {
    fn from(row: PackRow) -> Self {
        let (digest, size_bytes) = row.file.unzip();
        Self {
            id: row.id.to_string(),
            framework: row.framework,
            from: row.period_from,
            to: row.period_to,
            manifest_digest: row.manifest_digest.to_string(),
            made_by: row.made_by,
            made_at: row.made_at,
            entry: row.entry,
            controls: row.controls,
            recipients: row.recipients,
            without_names: row.without_names,
            digest: digest.map(|digest| digest.to_string()),
            size_bytes,
        }
    }
}

/// The packs, newest first, at most a hundred.
#[utoipa::path(get, path = "/api/v1/packs", tag = "packs", security(("token" = [Action::PackCreate])), responses(
    (status = 200, body = Vec<PackBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn pack_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<Vec<PackBody>>, ApiProblem> {
    let rows = packs::pack_list(&app, &caller).await?;
    Ok(Json(rows.into_iter().map(PackBody::from).collect()))
}

/// What the pack is to cover.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPackBody {
    /// The id of a framework that is answered; the first of them, if absent.
    framework: Option<String>,
    /// The beginning of the period.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    to: Time,
    /// The ids of the controls to which it is to be limited, of those that are not tested on computers; all of the
    /// framework's without any. Nothing that only other controls need stands in a limited pack.
    #[serde(default)]
    controls: Vec<String>,
    /// To whom its file is to be encrypted: age recipients with X25519 keys, `age1...`, at most twenty. With any,
    /// the server keeps nothing that it could open itself. Without, it is not encrypted.
    #[serde(default)]
    recipients: Vec<String>,
    /// Whether it is to name nobody. Then people stand in it by pseudonyms, and documents, statements, reasons and
    /// what may name a computer's users are left out; what rests on these is not proven by it.
    #[serde(default)]
    without_names: bool,
}

/// Makes a pack; answers when it is finished.
#[utoipa::path(post, path = "/api/v1/packs", tag = "packs", security(("token" = [Action::PackCreate])), request_body = NewPackBody, responses(
    (status = 201, body = PackBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn pack_create(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(wanted): Body<NewPackBody>,
) -> Result<(StatusCode, Json<PackBody>), ApiProblem> {
    let recipients = packs::recipients(wanted.recipients.iter().map(String::as_str))?;
    let new = packs::NewPack {
        framework: wanted.framework,
        controls: wanted.controls,
        recipients,
        without_names: wanted.without_names,
        ..packs::NewPack::of(wanted.from, wanted.to)
    };
    let row = packs::pack_create(&app, &caller, new).await.map_err(ApiProblem::partly)?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// One pack.
#[utoipa::path(get, path = "/api/v1/packs/{id}", tag = "packs", security(("token" = [Action::PackCreate])), params(("id" = String, Path)), responses(
    (status = 200, body = PackBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn pack(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<PackBody>, ApiProblem> {
    Ok(Json(packs::pack_detail(&app, &caller, id(&text, "pack")?).await?.into()))
}

/// The file of a pack, to be verified without a network: a ZIP, or an age file with one in it.
#[utoipa::path(get, path = "/api/v1/packs/{id}/file", tag = "packs", security(("token" = [Action::PackCreate])), params(("id" = String, Path)), responses(
    (status = 200, description = "The file", body = [u8], content_type = "application/octet-stream"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was not finished", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn pack_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Response, ApiProblem> {
    let (row, reader) = packs::pack_open(&app, &caller, id(&text, "pack")?).await?;
    let name = packs::pack_file_name(&app, &caller, &row).await?;
    Ok(file::download(&name, reader))
}

/// The report of a pack, to be read and printed: a PDF. It stands in the pack's file too, where it can be verified.
#[utoipa::path(get, path = "/api/v1/packs/{id}/report", tag = "packs", security(("token" = [Action::PackCreate])), params(("id" = String, Path)), responses(
    (status = 200, description = "The report", body = [u8], content_type = "application/pdf"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was not finished, is encrypted, or was made before packs had reports", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn pack_report(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Response, ApiProblem> {
    let pack = id(&text, "pack")?;
    let report = packs::pack_report(&app, &caller, pack).await?;
    let row = packs::pack_detail(&app, &caller, pack).await?;
    let name = packs::pack_file_name(&app, &caller, &row).await?;
    Ok(file::pdf(&format!("{}.pdf", name.trim_end_matches(".zip")), report))
}
