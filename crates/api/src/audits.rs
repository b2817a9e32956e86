//! Audits and penetration tests, their reports, and what they found.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::{Body, Created},
    evidence::receive,
    file,
    page::{Page, PageQuery},
    problem::ProblemBody,
};
use axum::{
    Json,
    body::Body as Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use closedset_app::{
    App, Problem,
    audits::{
        self, AuditShown, Closing, FindingCounts, FindingsOf, NewAudit, NewFinding, Report,
        ReportShown, WhoseAudit,
    },
};
use closedset_core::{
    Action, Time,
    audit::{AuditKind, FindingState, Severity},
    id::{Audit, Client, Document, Finding, Id, Kind, Person},
};
use closedset_store::{audits::FindingRow, tasks::Owner};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Where reports are sent.
pub const UPLOAD: &str = "/api/v1/audits/{id}/report";

/// Whether reports are sent to this address.
pub(crate) fn is_upload(path: &str) -> bool {
    path.starts_with("/api/v1/audits/") && path.ends_with("/report")
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(audit_list, audit_add))
        .routes(routes!(audit_list_file))
        .routes(routes!(audit, audit_change))
        .routes(routes!(audit_remove))
        .routes(routes!(audit_report))
        .routes(routes!(finding_list, finding_add))
        .routes(routes!(finding, finding_change))
        .routes(routes!(finding_close))
        .routes(routes!(finding_accept))
        .routes(routes!(finding_reopen))
        .routes(routes!(finding_remove))
}

/// How many findings stand how.
#[derive(Serialize, ToSchema)]
struct FindingCountsBody {
    /// Open ones.
    critical: i64,
    high: i64,
    medium: i64,
    low: i64,
    informational: i64,
    /// Open ones that are past their day.
    late: i64,
    /// Those whose risk is accepted.
    accepted: i64,
    /// Those that were mended.
    closed: i64,
}

impl From<FindingCounts> for FindingCountsBody {
    fn from(counts: FindingCounts) -> Self {
        let [critical, high, medium, low, informational] = counts.open;
        let FindingCounts { late, accepted, closed, .. } = counts;
        Self { critical, high, medium, low, informational, late, accepted, closed }
    }
}

/// A report that is kept here.
#[derive(Serialize, ToSchema)]
struct AuditReportBody {
    /// The document that it is.
    document: String,
    file_name: String,
    size_bytes: i64,
    /// Whether it was taken back, and counts no more.
    is_withdrawn: bool,
    /// Until when it counts.
    #[schema(value_type = String, format = DateTime)]
    valid_to: Time,
}

impl From<ReportShown> for AuditReportBody {
    fn from(report: ReportShown) -> Self {
        Self {
            document: report.document.to_string(),
            file_name: report.file_name,
            size_bytes: report.size_bytes,
            is_withdrawn: report.is_withdrawn,
            valid_to: report.valid_to,
        }
    }
}

/// An audit or a penetration test.
#[derive(Serialize, ToSchema)]
struct AuditBody {
    id: String,
    /// What it was; those that end in `test` are penetration tests.
    #[schema(value_type = String)]
    kind: AuditKind,
    /// Whether it was a client's own.
    is_clients: bool,
    /// The id of the client whose own it was; absent for all others, and without the scope `title.read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    /// The firm that carried it out; of a client's own absent without the scope `title.read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    firm: Option<String>,
    /// Who did, by name; absent likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    assessors: Option<String>,
    /// What was looked at; absent likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// The first day of it.
    #[schema(format = Date)]
    begins_on: String,
    /// The last one.
    #[schema(format = Date)]
    ends_on: String,
    /// The day of the report; absent where there is none yet.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    report_on: Option<String>,
    /// By when the next one is due.
    #[schema(format = Date)]
    due_on: String,
    /// The report; absent where it is not kept here.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<AuditReportBody>,
    findings: FindingCountsBody,
    /// How often it was changed.
    changes: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<AuditShown> for AuditBody {
    fn from(audit: AuditShown) -> Self {
        Self {
            id: audit.id.to_string(),
            kind: audit.kind,
            is_clients: audit.whose != WhoseAudit::Nobodys,
            client: match audit.whose {
                WhoseAudit::Client(id, ..) => Some(id.to_string()),
                WhoseAudit::Nobodys | WhoseAudit::Undisclosed => None,
            },
            firm: audit.firm,
            assessors: audit.assessors,
            scope: audit.scope,
            begins_on: audit.begins_on.to_string(),
            ends_on: audit.ends_on.to_string(),
            report_on: audit.report_on.map(|day| day.to_string()),
            due_on: audit.due_on.to_string(),
            report: audit.report.map(AuditReportBody::from),
            findings: audit.findings.into(),
            changes: audit.changes,
            created_at: audit.created_at,
        }
    }
}

/// The audits and penetration tests, oldest first.
#[utoipa::path(get, path = "/api/v1/audits", tag = "audits", security(("token" = [Action::EvidenceRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^aud_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<AuditBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn audit_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AuditBody>>, ApiProblem> {
    let after = page.after.as_deref().map(str::parse::<Id<Audit>>).transpose();
    let after = after.map_err(|error| Problem::field("after", error.to_string()))?;
    let (items, more) = audits::audit_page(&app, &caller, (after, page.limit.0)).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(AuditBody::from).collect(), next }))
}

/// An audit or a penetration test as it is to be, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAuditBody {
    /// `tpn`, `cdsa`, `content_owner`, `internal`, `other_audit`, `external_test`, `internal_test`,
    /// `web_application_test`, `segmentation_test`, `physical_test` or `other_test`.
    kind: String,
    /// The id of the client whose own it was; of no other kind than `content_owner`.
    #[schema(pattern = "^cli_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    client: Option<String>,
    #[schema(min_length = 1, max_length = 100)]
    firm: String,
    /// Who carried it out, by name; needed of a test.
    #[schema(max_length = 300)]
    #[serde(default)]
    assessors: String,
    #[schema(max_length = 2000)]
    #[serde(default)]
    scope: String,
    /// The first day of it: `2026-09-30`.
    #[schema(format = Date)]
    begins_on: String,
    /// The last one; the first, if absent.
    #[schema(format = Date)]
    ends_on: Option<String>,
    /// The day of the report; absent where there is none yet.
    #[schema(format = Date)]
    report_on: Option<String>,
    /// By when the next one is due, within three years; a year later, if absent.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// How often it had been changed when you looked: if it was since, nothing is done.
    changes: Option<i64>,
}

/// The id that a field holds, if it holds one.
fn named<K: Kind>(
    field: &'static str,
    text: Option<&str>,
    wanted: &str,
) -> Result<Option<Id<K>>, Problem> {
    text.map(str::parse).transpose().map_err(|_| Problem::field(field, wanted))
}

impl TryFrom<NewAuditBody> for NewAudit {
    type Error = Problem;

    fn try_from(said: NewAuditBody) -> Result<Self, Problem> {
        let client: Option<Id<Client>> =
            named("client", said.client.as_deref(), "Write the id of a client.")?;
        Ok(Self {
            kind: said.kind,
            client,
            firm: said.firm,
            assessors: said.assessors,
            scope: said.scope,
            begins_on: said.begins_on,
            ends_on: said.ends_on.unwrap_or_default(),
            report_on: said.report_on.unwrap_or_default(),
            due_on: said.due_on.unwrap_or_default(),
        })
    }
}

/// Enters an audit or a penetration test. Its report is sent after it; until then it is evidence of nothing.
#[utoipa::path(post, path = "/api/v1/audits", tag = "audits", security(("token" = [Action::EvidenceWrite])), request_body = NewAuditBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "There are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn audit_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewAuditBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let id = audits::audit_add(&app, &caller, said.try_into()?, None).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// One audit or penetration test.
#[utoipa::path(get, path = "/api/v1/audits/{id}", tag = "audits", security(("token" = [Action::EvidenceRead])), params(("id" = String, Path)), responses(
    (status = 200, body = AuditBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn audit(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<AuditBody>, ApiProblem> {
    let none = FindingsOf { state: None, skip: 0, limit: 1 };
    let detail = audits::audit_one(&app, &caller, id(&text, "audit")?, none).await?;
    Ok(Json(detail.audit.into()))
}

/// Says what an audit is from now on, whole; its report stays, and is given anew where what it is called, or how long
/// it counts, is another.
#[utoipa::path(put, path = "/api/v1/audits/{id}", tag = "audits", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = NewAuditBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn audit_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<NewAuditBody>,
) -> Result<StatusCode, ApiProblem> {
    let (id, seen) = (id(&text, "audit")?, said.changes);
    audits::audit_change(&app, &caller, id, (said.try_into()?, seen), None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why something is taken out or opened again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WhyBody {
    /// It stands in the ledger.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 500)]
    reason: String,
}

/// Takes an audit out, with its report and the tasks of its findings.
#[utoipa::path(post, path = "/api/v1/audits/{id}/remove", tag = "audits", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = WhyBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn audit_remove(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<WhyBody>,
) -> Result<StatusCode, ApiProblem> {
    audits::audit_remove(&app, &caller, id(&text, "audit")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is said of a report's file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ReportQuery {
    /// The file's name.
    file_name: Option<String>,
    /// What the file is; the header Content-Type, if absent.
    media_type: Option<String>,
}

/// Gives the report of an audit, or another in its place: a document that counts for AD-8 or AD-9 until the next
/// audit is due. The body is the file itself, at most 2 GiB.
#[utoipa::path(post, path = "/api/v1/audits/{id}/report", tag = "audits", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path), ReportQuery),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 2 GiB", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    ))]
async fn audit_report(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Query(said): Query<ReportQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiProblem> {
    let id = id(&text, "audit")?;
    receive(&headers, said.media_type.as_deref(), body, |media_type, pieces| {
        let file_name = said.file_name.clone().unwrap_or_default();
        let report = Report { file_name, media_type, pieces };
        let (app, caller) = (&app, &caller);
        async move { audits::audit_report(app, caller, id, report).await }
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For whom the register is to be handed out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AuditHandOutBody {
    /// The id of the owner whom it is for, who reads nothing of whose others' audits were; the house itself, if absent.
    #[serde(rename = "for")]
    for_client: Option<String>,
}

/// The register as comma-separated values, to be handed out. An entry keeps for whom it was drawn up, and the file's
/// digest. For one owner it takes the scope `title.read` too.
#[utoipa::path(post, path = "/api/v1/audits/list/file", tag = "audits", security(("token" = [Action::EvidenceWrite])), request_body = AuditHandOutBody, responses(
    (status = 200, body = String, content_type = "text/csv"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn audit_list_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<AuditHandOutBody>,
) -> Result<Response, ApiProblem> {
    let for_client = said.for_client.as_deref().map(|text| id(text, "client")).transpose()?;
    let made = audits::audit_list_hand_out(&app, &caller, for_client).await?;
    Ok(file::table(&made.file_name, made.bytes))
}

/// Whose a finding is.
#[derive(Serialize, ToSchema)]
struct OwnerBody {
    person: String,
    name: String,
}

impl From<Owner> for OwnerBody {
    fn from(owner: Owner) -> Self {
        Self { person: owner.person.to_string(), name: owner.name }
    }
}

/// What an audit found.
#[derive(Serialize, ToSchema)]
struct FindingBody {
    id: String,
    /// The audit that found it.
    audit: String,
    /// How the report calls it.
    reference: String,
    what: String,
    #[schema(value_type = String)]
    severity: Severity,
    /// The control that it concerns; absent where it concerns none.
    #[serde(skip_serializing_if = "Option::is_none")]
    control: Option<String>,
    /// `open`, `accepted` or `closed`.
    #[schema(value_type = String)]
    state: FindingState,
    /// Its task, the newest.
    task: String,
    /// Whose it is, or was.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<OwnerBody>,
    /// By when it is to be mended.
    #[schema(value_type = String, format = DateTime)]
    due_at: Time,
    /// What was done, why the risk is accepted, or why it was opened again.
    said: String,
    /// The document that shows that it was mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
    /// Who closed it or accepted the risk.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Time>,
    /// The last day on which the risk is accepted.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_until: Option<String>,
    /// How often it was changed.
    changes: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<FindingRow> for FindingBody {
    fn from(row: FindingRow) -> Self {
        Self {
            id: row.id.to_string(),
            audit: row.audit.to_string(),
            reference: row.reference,
            what: row.words,
            severity: row.severity,
            control: Some(row.control).filter(|control| !control.is_empty()),
            state: row.state,
            task: row.task.to_string(),
            owner: row.owner.map(OwnerBody::from),
            due_at: row.due_at,
            said: row.said,
            proof: row.proof.map(|proof| proof.to_string()),
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            accepted_until: row.accepted_until.map(|day| day.to_string()),
            changes: row.changes,
            created_at: row.created_at,
        }
    }
}

/// The findings of an audit, oldest first.
#[utoipa::path(get, path = "/api/v1/audits/{id}/findings", tag = "audits", security(("token" = [Action::EvidenceRead])), params(("id" = String, Path), ("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^fnd_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<FindingBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn finding_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FindingBody>>, ApiProblem> {
    let after = page.after.as_deref().map(str::parse::<Id<Finding>>).transpose();
    let after = after.map_err(|error| Problem::field("after", error.to_string()))?;
    let audit = id(&text, "audit")?;
    let (items, more) = audits::finding_page(&app, &caller, audit, (after, page.limit.0)).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(FindingBody::from).collect(), next }))
}

/// A finding as it is to be, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFindingBody {
    /// How the report calls it: no two of an audit are called alike.
    #[schema(min_length = 1, max_length = 50)]
    reference: String,
    #[schema(min_length = 1, max_length = 500)]
    what: String,
    /// `critical`, `high`, `medium`, `low` or `informational`.
    severity: String,
    /// The control that it concerns, of a framework that is answered here.
    #[serde(default)]
    control: String,
    /// The id of whoever mends it: somebody who belongs and may complete tasks. To give it to others than oneself
    /// takes the scope `task.assign` too.
    #[schema(pattern = "^per_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    owner: Option<String>,
    /// By when: `2026-09-30`; absent, its severity gives 7, 30, 90 or 180 days.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// How often it had been changed when you looked: if it was since, nothing is done.
    changes: Option<i64>,
}

impl TryFrom<NewFindingBody> for NewFinding {
    type Error = Problem;

    fn try_from(said: NewFindingBody) -> Result<Self, Problem> {
        let owner: Option<Id<Person>> =
            named("owner", said.owner.as_deref(), "Write the id of a person.")?;
        Ok(Self {
            reference: said.reference,
            what: said.what,
            severity: said.severity,
            control: said.control,
            owner,
            due_on: said.due_on.unwrap_or_default(),
        })
    }
}

/// Enters a finding, and opens its task.
#[utoipa::path(post, path = "/api/v1/audits/{id}/findings", tag = "audits", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = NewFindingBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "There are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn finding_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<NewFindingBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let id = audits::finding_add(&app, &caller, id(&text, "audit")?, said.try_into()?).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// One finding.
#[utoipa::path(get, path = "/api/v1/findings/{id}", tag = "audits", security(("token" = [Action::EvidenceRead])), params(("id" = String, Path)), responses(
    (status = 200, body = FindingBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn finding(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<FindingBody>, ApiProblem> {
    let detail = audits::finding_one(&app, &caller, id(&text, "finding")?).await?;
    Ok(Json(detail.finding.into()))
}

/// Says what a finding is from now on, whole. Whose it is and by when can be said of an open one alone.
#[utoipa::path(put, path = "/api/v1/findings/{id}", tag = "audits", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = NewFindingBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn finding_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<NewFindingBody>,
) -> Result<StatusCode, ApiProblem> {
    let (id, seen) = (id(&text, "finding")?, said.changes);
    audits::finding_change(&app, &caller, id, (said.try_into()?, seen)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is said of a finding that was mended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseBody {
    /// What was done.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 1000)]
    said: String,
    /// The id of a document that shows it.
    #[schema(pattern = "^doc_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    proof: Option<String>,
}

/// Closes a finding, and its task.
#[utoipa::path(post, path = "/api/v1/findings/{id}/close", tag = "audits", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = CloseBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Closed before", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn finding_close(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<CloseBody>,
) -> Result<StatusCode, ApiProblem> {
    let proof: Option<Id<Document>> =
        named("proof", said.proof.as_deref(), "Write the id of a document.")?;
    let closing = Closing { said: said.said, proof };
    audits::finding_close(&app, &caller, id(&text, "finding")?, closing).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a risk is borne, and how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptBody {
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 1000)]
    reason: String,
    /// The last day, within a year: `2026-09-30`. After it the finding is open again.
    #[serde(default)]
    #[schema(required, format = Date)]
    until: String,
}

/// Accepts the risk of an open finding until a day. It covers no verdict.
#[utoipa::path(post, path = "/api/v1/findings/{id}/accept", tag = "audits", security(("token" = [Action::EvidenceWrite, Action::ExceptionGrant])), params(("id" = String, Path)), request_body = AcceptBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It is not open", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn finding_accept(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<AcceptBody>,
) -> Result<StatusCode, ApiProblem> {
    let id = id(&text, "finding")?;
    audits::finding_accept(&app, &caller, id, (said.reason, said.until)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a finding again, with a new task.
#[utoipa::path(post, path = "/api/v1/findings/{id}/reopen", tag = "audits", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = WhyBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It is open", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn finding_reopen(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<WhyBody>,
) -> Result<StatusCode, ApiProblem> {
    audits::finding_reopen(&app, &caller, id(&text, "finding")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes out a finding that was entered by mistake, and closes its task.
#[utoipa::path(post, path = "/api/v1/findings/{id}/remove", tag = "audits", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = WhyBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn finding_remove(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<WhyBody>,
) -> Result<StatusCode, ApiProblem> {
    audits::finding_remove(&app, &caller, id(&text, "finding")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
