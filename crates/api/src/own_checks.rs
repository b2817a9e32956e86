//! The facility's own checks and thresholds: beyond every framework, in versions.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::Body,
    page::{Page, PageQuery, after},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App,
    own_checks::{self, Place, Preview, StandingThreshold},
};
use closedset_catalogue::Direction;
use closedset_core::{
    Action, Status, Time,
    own_check::{Applies, Terms},
};
use closedset_store::own_checks::{OwnCheckRow, OwnVersionRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(own_check_list, own_check_write))
        .routes(routes!(own_check_preview))
        .routes(routes!(own_check, own_check_change))
        .routes(routes!(own_check_retire))
        .routes(routes!(threshold_list))
        .routes(routes!(threshold_set))
        .routes(routes!(threshold_clear))
}

/// Which computers an own check concerns.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AppliesBody {
    /// A condition that sees only what a person confirmed: `device.has_screen`.
    when: String,
    /// Why the check does not concern the others.
    otherwise: String,
}

/// What an own check asks.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckTermsBody {
    /// The control beside whose checks it stands.
    control: String,
    /// What is so when it passes.
    #[schema(min_length = 3, max_length = 120)]
    title: String,
    /// The condition, in the language of checks.
    #[schema(max_length = 2000)]
    pass: String,
    /// What was found, in the same language: the first that can be said is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 5)]
    because: Vec<String>,
    /// What is wanted, in plain words.
    #[schema(min_length = 3, max_length = 500)]
    wanted: String,
    /// What mends it.
    #[serde(default)]
    #[schema(max_length = 2000)]
    fix: String,
    /// How long a fact counts after it was last confirmed: `7d`.
    #[schema(pattern = "^[1-9][0-9]?d$")]
    fresh_for: String,
    /// All computers, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    applies: Option<AppliesBody>,
    /// Paths that may be an empty list, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    may_be_empty: BTreeMap<String, String>,
    /// Paths that may be missing, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    may_be_absent: BTreeMap<String, String>,
}

impl From<CheckTermsBody> for Terms {
    fn from(said: CheckTermsBody) -> Self {
        Self {
            control: said.control,
            title: said.title,
            pass: said.pass,
            because: said.because,
            wanted: said.wanted,
            fix: said.fix,
            fresh_for: said.fresh_for,
            applies: said
                .applies
                .map(|applies| Applies { when: applies.when, otherwise: applies.otherwise }),
            may_be_empty: said.may_be_empty,
            may_be_absent: said.may_be_absent,
            stricter: None,
        }
    }
}

impl From<Terms> for CheckTermsBody {
    fn from(terms: Terms) -> Self {
        Self {
            control: terms.control,
            title: terms.title,
            pass: terms.pass,
            because: terms.because,
            wanted: terms.wanted,
            fix: terms.fix,
            fresh_for: terms.fresh_for,
            applies: terms
                .applies
                .map(|applies| AppliesBody { when: applies.when, otherwise: applies.otherwise }),
            may_be_empty: terms.may_be_empty,
            may_be_absent: terms.may_be_absent,
        }
    }
}

/// The facility's own check in its newest version.
#[derive(Serialize, ToSchema)]
struct OwnCheckBody {
    id: String,
    /// The newest, counted from 1.
    version: i64,
    terms: CheckTermsBody,
    /// The check of a framework that this one asks with a stricter number; absent for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    stricter_than: Option<String>,
    written_by: String,
    #[schema(value_type = String, format = DateTime)]
    written_at: Time,
    /// The index of the ledger's entry that holds the terms.
    entry: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_at: Option<Time>,
    /// The index of the ledger's entry that says why it was retired.
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_entry: Option<i64>,
}

impl From<OwnCheckRow> for OwnCheckBody {
    fn from(row: OwnCheckRow) -> Self {
        let OwnVersionRow { id, version, terms, written_by, written_at, entry } = row.newest;
        Self {
            id: id.to_string(),
            version,
            stricter_than: terms.stricter.as_ref().map(|stricter| stricter.than.clone()),
            terms: terms.into(),
            written_by,
            written_at,
            entry,
            retired_at: row.retired.as_ref().map(|retired| retired.at),
            retired_entry: row.retired.map(|retired| retired.entry),
        }
    }
}

/// An own check with its past.
#[derive(Serialize, ToSchema)]
struct OwnCheckDetailBody {
    check: OwnCheckBody,
    /// Every version, newest first.
    versions: Vec<CheckVersionBody>,
    /// Why this program cannot ask it; absent where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_asked: Option<String>,
}

/// One version of an own check.
#[derive(Serialize, ToSchema)]
struct CheckVersionBody {
    version: i64,
    terms: CheckTermsBody,
    written_by: String,
    #[schema(value_type = String, format = DateTime)]
    written_at: Time,
    entry: i64,
}

/// The facility's own checks, oldest first, those that were retired too.
#[utoipa::path(get, path = "/api/v1/own-checks", tag = "own checks", security(("token" = [Action::BoardRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^chk_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<OwnCheckBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn own_check_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<OwnCheckBody>>, ApiProblem> {
    let after = after(page.after.as_deref())?;
    let (items, more) = own_checks::own_check_list(&app, &caller, after, page.limit.0).await?;
    let next = items.last().filter(|_| more).map(|last| last.newest.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(OwnCheckBody::from).collect(), next }))
}

/// One own check with every version.
#[utoipa::path(get, path = "/api/v1/own-checks/{id}", tag = "own checks", security(("token" = [Action::BoardRead])), params(("id" = String, Path)), responses(
    (status = 200, body = OwnCheckDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn own_check(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<OwnCheckDetailBody>, ApiProblem> {
    let detail = own_checks::own_check_one(&app, &caller, id(&text, "own check")?).await?;
    let version = |row: OwnVersionRow| CheckVersionBody {
        version: row.version,
        terms: row.terms.into(),
        written_by: row.written_by,
        written_at: row.written_at,
        entry: row.entry,
    };
    Ok(Json(OwnCheckDetailBody {
        check: detail.row.into(),
        versions: detail.versions.into_iter().map(version).collect(),
        not_asked: detail.not_asked,
    }))
}

/// What was written.
#[derive(Serialize, ToSchema)]
struct WrittenBody {
    id: String,
    /// The version in force from now on.
    version: i64,
}

/// Writes an own check: from now on it is asked of every computer, beside the checks of its control, whose
/// status it never touches.
#[utoipa::path(post, path = "/api/v1/own-checks", tag = "own checks", security(("token" = [Action::CatalogueWrite])), request_body = CheckTermsBody, responses(
    (status = 201, body = WrittenBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "There are 100 in force", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn own_check_write(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<CheckTermsBody>,
) -> Result<(StatusCode, Json<WrittenBody>), ApiProblem> {
    let written = own_checks::own_check_write(&app, &caller, Place::New, said.into()).await?;
    let answer = WrittenBody { id: written.id.to_string(), version: written.version };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Other words for an own check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckChangeBody {
    /// The version that was looked at. If it is no longer the newest, nothing changes.
    #[schema(minimum = 1)]
    version: i64,
    terms: CheckTermsBody,
}

/// Writes the next version of an own check. In the words of the newest, nothing is written.
#[utoipa::path(put, path = "/api/v1/own-checks/{id}", tag = "own checks", security(("token" = [Action::CatalogueWrite])), params(("id" = String, Path)), request_body = CheckChangeBody, responses(
    (status = 200, body = WrittenBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Changed meanwhile, or retired", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn own_check_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<CheckChangeBody>,
) -> Result<Json<WrittenBody>, ApiProblem> {
    let place = Place::After { id: id(&text, "own check")?, version: said.version };
    let written = own_checks::own_check_write(&app, &caller, place, said.terms.into()).await?;
    Ok(Json(WrittenBody { id: written.id.to_string(), version: written.version }))
}

/// The end of an own check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetireBody {
    /// The version that was looked at.
    #[schema(minimum = 1)]
    version: i64,
    /// It stands in the ledger.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Retires an own check: it is asked no more, and what it found stays.
#[utoipa::path(post, path = "/api/v1/own-checks/{id}/retire", tag = "own checks", security(("token" = [Action::CatalogueWrite])), params(("id" = String, Path)), request_body = RetireBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Changed meanwhile, or retired before", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn own_check_retire(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<RetireBody>,
) -> Result<StatusCode, ApiProblem> {
    let id = id(&text, "own check")?;
    own_checks::own_check_retire(&app, &caller, id, said.version, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a check would say of every computer by today's facts.
#[derive(Serialize, ToSchema)]
struct PreviewBody {
    /// How many computers there are of each status.
    counts: BTreeMap<String, u64>,
    /// The first 50 of each status, worst first.
    computers: Vec<PreviewLineBody>,
}

/// What a check would say of one computer.
#[derive(Serialize, ToSchema)]
struct PreviewLineBody {
    device: String,
    name: String,
    #[schema(value_type = String)]
    status: Status,
    because: String,
}

impl From<Preview> for PreviewBody {
    fn from(preview: Preview) -> Self {
        let counts = preview.counts.iter().map(|(status, count)| (status.to_string(), *count));
        Self {
            counts: counts.collect(),
            computers: preview
                .lines
                .into_iter()
                .map(|line| PreviewLineBody {
                    device: line.device.to_string(),
                    name: line.name,
                    status: line.status,
                    because: line.because,
                })
                .collect(),
        }
    }
}

/// Asks every computer what an own check would ask, by today's facts. Nothing is written.
#[utoipa::path(post, path = "/api/v1/own-checks/preview", tag = "own checks", security(("token" = [Action::CatalogueWrite])), request_body = CheckTermsBody, responses(
    (status = 200, body = PreviewBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn own_check_preview(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<CheckTermsBody>,
) -> Result<Json<PreviewBody>, ApiProblem> {
    Ok(Json(own_checks::own_check_preview(&app, &caller, said.into()).await?.into()))
}

/// A number that the facility may set stricter than everybody's.
#[derive(Serialize, ToSchema)]
struct ThresholdBody {
    /// Its name in conditions.
    limit: String,
    title: String,
    unit: String,
    /// What is asked of everybody.
    floor: i64,
    /// Whether a `lower` or a `higher` number is stricter.
    #[schema(pattern = "^(lower|higher)$")]
    stricter: &'static str,
    /// The facility's own; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    /// The checks that ask with `floor`.
    checks: Vec<String>,
    /// The own checks that ask with `value`.
    own_checks: Vec<String>,
}

impl From<StandingThreshold> for ThresholdBody {
    fn from(standing: StandingThreshold) -> Self {
        let threshold = standing.threshold;
        Self {
            limit: threshold.limit,
            title: threshold.title,
            unit: threshold.unit,
            floor: threshold.floor,
            stricter: match threshold.stricter {
                Direction::Lower => "lower",
                Direction::Higher => "higher",
            },
            value: standing.value,
            checks: threshold.checks,
            own_checks: standing.checks.iter().map(|row| row.newest.id.to_string()).collect(),
        }
    }
}

/// Every threshold.
#[derive(Serialize, ToSchema)]
struct ThresholdsBody {
    items: Vec<ThresholdBody>,
}

/// The numbers that the facility may set stricter, and its own.
#[utoipa::path(get, path = "/api/v1/thresholds", tag = "own checks", security(("token" = [Action::BoardRead])), responses(
    (status = 200, body = ThresholdsBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn threshold_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<ThresholdsBody>, ApiProblem> {
    let items = own_checks::threshold_list(&app, &caller).await?;
    Ok(Json(ThresholdsBody { items: items.into_iter().map(ThresholdBody::from).collect() }))
}

/// The facility's own number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ValueBody {
    /// Stricter than what is asked of everybody; a laxer one is refused.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    value: i64,
}

/// Asks with the facility's own number from now on, beside the framework's, whose status it never touches.
#[utoipa::path(put, path = "/api/v1/thresholds/{limit}", tag = "own checks", security(("token" = [Action::CatalogueWrite])), params(("limit" = String, Path)), request_body = ValueBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "There are 100 own checks in force", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Laxer than what is asked of everybody, or no number that can be meant", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn threshold_set(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(limit): Path<String>,
    Body(said): Body<ValueBody>,
) -> Result<StatusCode, ApiProblem> {
    own_checks::threshold_set(&app, &caller, &limit, said.value).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a number is given up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClearBody {
    /// It stands in the ledger.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Asks with the framework's number alone again.
#[utoipa::path(post, path = "/api/v1/thresholds/{limit}/clear", tag = "own checks", security(("token" = [Action::CatalogueWrite])), params(("limit" = String, Path)), request_body = ClearBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The facility has no number of its own there", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn threshold_clear(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(limit): Path<String>,
    Body(said): Body<ClearBody>,
) -> Result<StatusCode, ApiProblem> {
    own_checks::threshold_clear(&app, &caller, &limit, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
