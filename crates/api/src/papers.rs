//! Agreements signed on paper: the scan, who confirms or refuses it, and signatures that are withdrawn.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::{Body as Said, Created},
    evidence::WithdrawBody,
    file,
    problem::ProblemBody,
};
use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
};
use closedset_app::{
    App, Problem,
    agreements::{self, NewPaper, SCAN_LIMIT, ScanForm},
};
use closedset_core::{
    Action, Time,
    id::{Agreement, Id, Person},
};
use closedset_store::papers::PaperRow;
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Where scans are sent.
pub const PAPERS: &str = "/api/v1/papers";

pub(crate) fn routes() -> OpenApiRouter<App> {
    let streamed =
        OpenApiRouter::new().routes(routes!(paper_upload)).layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(streamed)
        .routes(routes!(paper_one))
        .routes(routes!(paper_file))
        .routes(routes!(paper_confirm))
        .routes(routes!(paper_refuse))
        .routes(routes!(signature_withdraw))
}

/// An agreement that was signed on paper, as somebody uploaded it. It counts once it is confirmed.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperBody {
    id: String,
    /// Whose.
    person: String,
    /// The agreement's id.
    agreement: String,
    /// As which version it counts.
    version: i64,
    /// The day that stands on it.
    #[schema(format = Date)]
    signed_on: String,
    /// Its words are earlier ones, which the facility holds to cover that version.
    is_earlier_wording: bool,
    /// SHA-256 of the scan.
    digest: String,
    uploaded_by: String,
    #[schema(value_type = String, format = DateTime)]
    uploaded_at: Time,
    /// The index of the entry that says so.
    entry: i64,
    /// `waits`, `confirmed` or `refused`.
    state: &'static str,
    /// Who looked at it; absent while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    judged_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    judged_at: Option<Time>,
    /// Whether that was another than who uploaded it; absent while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_second_person: Option<bool>,
    /// Why it was refused; absent where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_because: Option<String>,
}

impl From<PaperRow> for PaperBody {
    fn from(row: PaperRow) -> Self {
        let state = match &row.judged {
            None => "waits",
            Some(judged) if judged.refused_because.is_some() => "refused",
            Some(_) => "confirmed",
        };
        let judged = row.judged;
        Self {
            id: row.id.to_string(),
            person: row.person.to_string(),
            agreement: row.agreement.to_string(),
            version: row.number,
            signed_on: row.signed_on.to_string(),
            is_earlier_wording: row.is_earlier_wording,
            digest: row.file.to_string(),
            uploaded_by: row.uploaded_by,
            uploaded_at: row.uploaded_at,
            entry: row.entry,
            state,
            judged_by: judged.as_ref().map(|judged| judged.by.clone()),
            judged_at: judged.as_ref().map(|judged| judged.at),
            has_second_person: judged.as_ref().map(|judged| judged.has_second_person),
            refused_because: judged.and_then(|judged| judged.refused_because),
        }
    }
}

/// What is said of the scan.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PaperQuery {
    /// Who signed.
    #[param(value_type = String)]
    person: Id<Person>,
    /// Which agreement.
    #[param(value_type = String)]
    agreement: Id<Agreement>,
    /// As which version it is to count.
    version: i64,
    /// The day that stands on it, as `2025-09-30`.
    #[param(format = Date)]
    signed_on: String,
    /// Its words are not those of that version but earlier ones, which the facility holds to cover it.
    #[serde(default)]
    is_earlier_wording: bool,
}

/// Uploads what somebody signed on paper. The body is the scan itself: a PDF, JPEG or PNG of at most 20 MiB. It does not
/// count until somebody else confirms it.
#[utoipa::path(post, path = "/api/v1/papers", tag = "agreements", security(("token" = [Action::PeopleWrite])), params(PaperQuery),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses(
        (status = 201, body = Created),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such person or agreement", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "This scan is there already", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 20 MiB", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Not acceptable", body = ProblemBody, content_type = "application/problem+json"),
    ))]
async fn paper_upload(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(said): Query<PaperQuery>,
    mut body: Body,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    caller.require(Action::PeopleWrite)?;
    let mut scan = Vec::new();
    while let Some(frame) = body.frame().await {
        let cut = |_| Problem::field("file", "The upload was cut short; send the file again.");
        let Ok(data) = frame.map_err(cut)?.into_data() else { continue };
        if scan.len() + data.len() > SCAN_LIMIT {
            return Err(Problem::TooLarge.into());
        }
        scan.extend_from_slice(&data);
    }
    let new = NewPaper {
        agreement: said.agreement,
        number: said.version,
        signed_on: said.signed_on,
        is_earlier_wording: said.is_earlier_wording,
        scan,
    };
    let id = agreements::paper_upload(&app, &caller, said.person, new).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// One paper.
#[utoipa::path(get, path = "/api/v1/papers/{id}", tag = "agreements", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = PaperBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn paper_one(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<PaperBody>, ApiProblem> {
    let row = agreements::paper_one(&app, &caller, id(&text, "paper")?).await?;
    Ok(Json(PaperBody::from(row)))
}

/// The scan, as it was uploaded: a PDF, JPEG or PNG.
#[utoipa::path(get, path = "/api/v1/papers/{id}/file", tag = "agreements", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, description = "The file", body = [u8], content_type = "application/octet-stream"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn paper_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Response, ApiProblem> {
    let bytes = agreements::paper_file(&app, &caller, id(&text, "paper")?).await?;
    Ok(signed(bytes))
}

/// The answer that carries a signed file or a scan, by what it is.
pub(crate) fn signed(bytes: Vec<u8>) -> Response {
    let form = ScanForm::of(&bytes).unwrap_or(ScanForm::Pdf);
    file::saved((&format!("signed.{}", form.as_str()), form.media_type()), bytes)
}

/// The signature that a paper became.
#[derive(Serialize, ToSchema)]
struct PaperConfirmedBody {
    /// Its id.
    signature: String,
}

/// Confirms that a paper bears this person's signature beneath this agreement: it counts from now on. Not by who
/// uploaded it, where somebody else may; and a program counts as whoever made its token.
#[utoipa::path(post, path = "/api/v1/papers/{id}/confirm", tag = "agreements", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), responses(
    (status = 200, body = PaperConfirmedBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It waits for a second person, or somebody looked at it before", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn paper_confirm(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<PaperConfirmedBody>, ApiProblem> {
    let signature = agreements::paper_confirm(&app, &caller, id(&text, "paper")?).await?;
    Ok(Json(PaperConfirmedBody { signature: signature.to_string() }))
}

/// Refuses a paper: it never counts. The reason stands in the ledger.
#[utoipa::path(post, path = "/api/v1/papers/{id}/refuse", tag = "agreements", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), request_body = WithdrawBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody looked at it before", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn paper_refuse(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Said(said): Said<WithdrawBody>,
) -> Result<StatusCode, ApiProblem> {
    agreements::paper_refuse(&app, &caller, id(&text, "paper")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws a signature, given on a screen or on paper: it does not count any more, and stays to be seen. The reason
/// stands in the ledger.
#[utoipa::path(post, path = "/api/v1/signatures/{id}/withdraw", tag = "agreements", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), request_body = WithdrawBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Withdrawn before", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn signature_withdraw(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Said(said): Said<WithdrawBody>,
) -> Result<StatusCode, ApiProblem> {
    agreements::signature_withdraw(&app, &caller, id(&text, "signature")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
