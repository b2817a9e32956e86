//! Entries, their bodies, their proofs, and erasing a body.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query},
    body::Body,
    page::{Limit, Page},
    problem::ProblemBody,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use closedset_app::{App, Problem, ledger};
use closedset_core::{Action, Time};
use closedset_store::ledger::EntryRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(entry_list))
        .routes(routes!(entry))
        .routes(routes!(entry_proof))
        .routes(routes!(entry_erase))
}

/// Which entries are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EntryQuery {
    /// Only entries before this index: `next` of the page before.
    before: Option<i64>,
    /// How many at most; 50 if nothing is said.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    #[serde(default)]
    limit: Limit,
    /// Only entries of this kind, such as `device.enrolled`.
    kind: Option<String>,
}

/// One thing that happened.
#[derive(Serialize, ToSchema)]
struct EntryBody {
    /// Its number in the log.
    index: i64,
    id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// What happened.
    kind: String,
    /// Who did it, by the pseudonym that stands in the log.
    actor: String,
    /// Whom that stands for; absent if it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_name: Option<String>,
    /// What it is about, by the pseudonym that stands in the log.
    subject: String,
    /// What that stands for; absent if it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_name: Option<String>,
    /// Whether its body was erased.
    is_erased: bool,
}

impl From<EntryRow> for EntryBody {
    fn from(row: EntryRow) -> Self {
        Self {
            index: row.index,
            id: row.id.to_string(),
            at: row.at,
            kind: row.kind,
            actor: row.actor,
            actor_name: row.actor_name,
            subject: row.subject,
            subject_name: row.subject_name,
            is_erased: row.is_erased,
        }
    }
}

/// The entries, newest first.
#[utoipa::path(get, path = "/api/v1/ledger/entries", tag = "ledger", security(("token" = [Action::LedgerRead])), params(EntryQuery), responses(
    (status = 200, body = Page<EntryBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn entry_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(wanted): Query<EntryQuery>,
) -> Result<Json<Page<EntryBody>>, ApiProblem> {
    let limit = wanted.limit.0;
    let mut rows = ledger::entry_list(&app, &caller, wanted.before, limit + 1, wanted.kind).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more).map(|last| last.index.to_string());
    Ok(Json(Page { items: rows.into_iter().map(EntryBody::from).collect(), next }))
}

/// An entry with what it commits to.
#[derive(Serialize, ToSchema)]
struct EntryDetailBody {
    #[serde(flatten)]
    entry: EntryBody,
    /// The leaf of the tree, byte for byte: canonical JSON (RFC 8785).
    envelope: String,
    /// The body, byte for byte; absent if it was erased. What the envelope's `body` is made of
    /// is told in "The ledger", under "What an entry commits to". Without the scope `title.write` a title's
    /// name is left out of it, and there is no salt.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// 32 bytes in hexadecimal; absent if it was erased, or the body is not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
}

/// One entry.
#[utoipa::path(get, path = "/api/v1/ledger/entries/{index}", tag = "ledger", security(("token" = [Action::LedgerRead])), params(("index" = u64, Path)), responses(
    (status = 200, body = EntryDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn entry(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<EntryDetailBody>, ApiProblem> {
    let detail = ledger::entry_detail(&app, &caller, index(&text)?).await?;
    let (body, salt) = detail.body.unzip();
    let words = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Json(EntryDetailBody {
        envelope: words(detail.entry.envelope.clone()),
        entry: detail.entry.into(),
        body: body.or(detail.in_part).map(words),
        salt: salt.map(hex::encode),
    }))
}

fn index(text: &str) -> Result<i64, Problem> {
    text.parse().ok().filter(|index| *index >= 0).ok_or(Problem::NotFound("entry"))
}

/// The proof that an entry is in the log, as a file that stands alone (C2SP tlog-proof).
#[utoipa::path(get, path = "/api/v1/ledger/entries/{index}/proof", tag = "ledger", security(("token" = [Action::LedgerRead])), params(("index" = u64, Path)), responses(
    (status = 200, body = String, content_type = "text/plain"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn entry_proof(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], String), ApiProblem> {
    let proof = ledger::entry_proof(&app, &caller, index(&text)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], proof))
}

/// Why a body is erased.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EraseBody {
    /// It stands in the ledger.
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

/// Erases the body and salt of an entry for good. The log still verifies.
#[utoipa::path(post, path = "/api/v1/ledger/entries/{index}/erase", tag = "ledger", security(("token" = [Action::LedgerErase])), params(("index" = u64, Path)), request_body = EraseBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Erased before, or other evidence rests on it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn entry_erase(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<EraseBody>,
) -> Result<StatusCode, ApiProblem> {
    ledger::entry_erase(&app, &caller, index(&text)?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
