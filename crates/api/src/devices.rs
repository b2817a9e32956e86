//! Devices: links, lists, what a person confirms, revocation.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    agent::{CheckInBody, EnrolBody},
    board::VerdictBody,
    body::{Body, Raw},
    idempotency::ShownOnce,
    page::{AsOfQuery, Page, PageQuery, after},
    problem::ProblemBody,
};
use axum::{
    Extension, Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use closedset_app::{App, Problem, devices};
use closedset_core::{
    Action, Status, Time,
    check_in::Outcome,
    id::{Device, Id},
    report::REPORT_LIMIT,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enrolment_create))
        .routes(routes!(device_list))
        .routes(routes!(device))
        .routes(routes!(device_confirm))
        .routes(routes!(device_revoke))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(report_hand_in))
                .layer(DefaultBodyLimit::max(REPORT_LIMIT)),
        )
}

/// Where reports are handed in, which are larger than other requests.
pub const REPORTS: &str = "/api/v1/devices/reports";

/// What became of a report.
#[derive(Serialize, ToSchema)]
struct HandedInBody {
    /// Whose it was.
    device: String,
    /// `changed`: it said something new; `confirmed`: nothing new; `repeated`: it was handed in before.
    #[schema(value_type = String)]
    outcome: Outcome,
    /// The entry with the device's statement; absent if it said nothing new.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
    /// When it was made, by the device's clock. What it says counts from then.
    #[schema(value_type = String, format = DateTime)]
    collected_at: Time,
    /// Whether the computer was enrolled by it, now.
    is_new: bool,
}

/// Takes the report of a computer without network: the file that `closedset check --sign --out`
/// wrote, as it is. The computer's signature in it says who speaks; that you handed it in is written
/// down.
#[utoipa::path(post, path = "/api/v1/devices/reports", tag = "devices", security(("token" = [Action::DeviceManage])),
    request_body(content = ReportBody, content_type = "application/json"),
    responses(
        (status = 200, description = "Taken, now or before", body = HandedInBody),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed, or the device was revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Older than another, not signed by that computer, of another organisation, or by a link that is not valid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No report, or made ahead of time", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "More than one device may have written; the header Retry-After says when again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
async fn report_hand_in(
    State(app): State<App>,
    Asker(caller): Asker,
    Raw(bytes): Raw,
) -> Result<Json<HandedInBody>, ApiProblem> {
    // Enrolment and statement are two units.
    let handed_in =
        devices::report_hand_in(&app, &caller, &bytes, None).await.map_err(ApiProblem::partly)?;
    Ok(Json(HandedInBody {
        device: handed_in.device.to_string(),
        outcome: handed_in.outcome,
        entry: handed_in.entry,
        collected_at: handed_in.collected_at,
        is_new: handed_in.is_new,
    }))
}

/// The file as it was written.
#[derive(ToSchema)]
#[schema(as = HandReport)]
#[expect(dead_code, reason = "describes what is read as the core's type, which knows no OpenAPI")]
struct ReportBody {
    /// `closedset-report/1`
    format: String,
    /// Its request to be enrolled, which is heeded once.
    enrol: Option<EnrolBody>,
    check_in: CheckInBody,
}

/// A one-time link.
#[derive(Serialize, ToSchema)]
struct EnrolmentBody {
    /// For `closedset agent enrol`. Shown once.
    link: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

/// Makes a link by which one device can be enrolled within a day.
#[utoipa::path(post, path = "/api/v1/enrolments", tag = "devices", security(("token" = [Action::DeviceManage])), responses(
    (status = 201, body = EnrolmentBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn enrolment_create(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<EnrolmentBody>), ApiProblem> {
    let (link, expires_at) = devices::enrolment_create(&app, &caller).await?;
    let body = EnrolmentBody { link: link.to_string(), expires_at };
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(body)))
}

/// A device.
#[derive(Serialize, ToSchema)]
struct DeviceBody {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    /// What a person confirmed; with `as_of` it and what else is known of now alone is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_screen: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_portable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handles_content: Option<bool>,
    /// Who confirmed the three; absent if nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    enrolled_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<Time>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
    /// SHA-256 of its public key.
    fingerprint: String,
    /// How many verdicts of each status.
    verdicts: BTreeMap<&'static str, i64>,
}

fn device_body(summary: devices::DeviceSummary) -> DeviceBody {
    let device = summary.device;
    DeviceBody {
        id: device.id.to_string(),
        fingerprint: device.key.fingerprint().to_string(),
        name: device.name,
        system: summary.system,
        has_screen: Some(device.has_screen),
        is_portable: Some(device.is_portable),
        handles_content: Some(device.handles_content),
        confirmed_by: device.confirmed_by,
        enrolled_at: device.enrolled_at,
        last_seen_at: Some(summary.state.confirmed_at),
        revoked_at: device.revoked_at,
        verdicts: summary
            .counts
            .into_iter()
            .map(|(status, count)| (status.as_str(), count))
            .collect(),
    }
}

/// The devices, oldest first.
#[utoipa::path(get, path = "/api/v1/devices", tag = "devices", security(("token" = [Action::DeviceRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^dev_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<DeviceBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn device_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DeviceBody>>, ApiProblem> {
    let after = after(page.after.as_deref())?;
    let (items, more) = devices::device_list(&app, &caller, after, page.limit.0).await?;
    let next = items.last().filter(|_| more).map(|last| last.device.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(device_body).collect(), next }))
}

fn device_id(text: &str) -> Result<Id<Device>, Problem> {
    id(text, "device")
}

/// A fact.
#[derive(Serialize, ToSchema)]
struct FactBody {
    kind: String,
    source: String,
    digest: String,
    #[schema(value_type = String, format = DateTime)]
    collected_at: Time,
    entry: i64,
    body: serde_json::Value,
}

/// A device with its facts and verdicts.
#[derive(Serialize, ToSchema)]
struct DeviceDetailBody {
    #[serde(flatten)]
    device: DeviceBody,
    /// What it says; absent where the past is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<Vec<FactBody>>,
    in_force: Vec<VerdictBody>,
    history: Vec<VerdictBody>,
}

/// One device; with `as_of`, its verdicts then.
#[utoipa::path(get, path = "/api/v1/devices/{id}", tag = "devices", security(("token" = [Action::DeviceRead])), params(("id" = String, Path), AsOfQuery), responses(
    (status = 200, body = DeviceDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn device(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
    Query(AsOfQuery { as_of }): Query<AsOfQuery>,
) -> Result<Json<DeviceDetailBody>, ApiProblem> {
    let id = device_id(&id)?;
    let detail = match as_of {
        Some(at) => devices::device_detail_as_of(&app, &caller, id, at).await?,
        None => devices::device_detail(&app, &caller, id).await?,
    };
    let mut counts: BTreeMap<Status, i64> = BTreeMap::new();
    for verdict in &detail.verdicts {
        *counts.entry(verdict.status).or_default() += 1;
    }
    let facts: Vec<FactBody> = detail
        .facts
        .into_iter()
        .map(|fact| FactBody {
            kind: fact.kind,
            source: fact.source,
            digest: fact.digest.to_string(),
            collected_at: fact.collected_at,
            entry: fact.entry,
            body: serde_json::from_slice(&fact.body).unwrap_or_default(),
        })
        .collect();
    let system = facts
        .iter()
        .find(|fact| fact.kind == "operating_system")
        .and_then(|fact| fact.body.get("name")?.as_str().map(str::to_owned));
    let summary =
        devices::DeviceSummary { device: detail.device, state: detail.state, system, counts };
    let mut device = device_body(summary);
    if as_of.is_some() {
        (device.has_screen, device.is_portable, device.handles_content) = (None, None, None);
        (device.confirmed_by, device.last_seen_at) = (None, None);
    }
    Ok(Json(DeviceDetailBody {
        device,
        facts: as_of.is_none().then_some(facts),
        in_force: detail.verdicts.into_iter().map(VerdictBody::from).collect(),
        history: detail.history.into_iter().map(VerdictBody::from).collect(),
    }))
}

/// What a person confirms of a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmBody {
    #[schema(min_length = 1, max_length = 253)]
    name: String,
    has_screen: bool,
    is_portable: bool,
    handles_content: bool,
}

/// Confirms what a device is.
#[utoipa::path(put, path = "/api/v1/devices/{id}/confirmed", tag = "devices", security(("token" = [Action::DeviceManage])), params(("id" = String, Path)), request_body = ConfirmBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn device_confirm(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
    Body(said): Body<ConfirmBody>,
) -> Result<StatusCode, ApiProblem> {
    let said = devices::Confirmed {
        name: said.name,
        has_screen: said.has_screen,
        is_portable: said.is_portable,
        handles_content: said.handles_content,
    };
    devices::device_confirm(&app, &caller, device_id(&id)?, said).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a device is sent away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    #[serde(default)]
    reason: String,
}

/// Revokes a device: it is refused from now on.
#[utoipa::path(post, path = "/api/v1/devices/{id}/revoke", tag = "devices", security(("token" = [Action::DeviceManage])), params(("id" = String, Path)), request_body = RevokeBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn device_revoke(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
    Body(body): Body<RevokeBody>,
) -> Result<StatusCode, ApiProblem> {
    devices::device_revoke(&app, &caller, device_id(&id)?, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
