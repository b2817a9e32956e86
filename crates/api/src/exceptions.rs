//! Exceptions: asked for, approved, withdrawn.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::Body,
    evidence::WithdrawBody,
    page::{Page, PageQuery, after},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App,
    exceptions::{self, NewException},
};
use closedset_core::{Action, Subject, Time, exception::ExceptionForm};
use closedset_store::exceptions::{ExceptionRow, InvitedBy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(exception_list, exception_ask))
        .routes(routes!(exception))
        .routes(routes!(exception_approve))
        .routes(routes!(exception_withdraw))
}

/// What a person signed where a check does not pass, or is asked to sign.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExceptionBody {
    id: String,
    /// `risk_accepted`, `not_applicable` or `none_exists`.
    #[schema(value_type = String, pattern = "^(risk_accepted|not_applicable|none_exists)$")]
    form: ExceptionForm,
    control: String,
    /// Absent where it is about the control as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<String>,
    /// `kind:id`; absent where it is about all subjects of the check.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Subject>,
    /// It covers the check also while that is unknown.
    covers_unknown: bool,
    reason: String,
    /// What is done instead; may be empty where no risk is accepted.
    measure: String,
    /// The end of its last day where the facility is.
    #[schema(value_type = String, format = DateTime)]
    valid_to: Time,
    asked_by: String,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Time,
    /// Absent while nobody has approved it: then it covers nothing, as is all below but `withdrawn_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_at: Option<Time>,
    /// Whether two accounts asked and approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_second_person: Option<bool>,
    /// Which of the two had invited the other, `asker` or `approver`; absent where neither had.
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_by: Option<&'static str>,
    /// The index of the ledger's entry that granted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Time>,
    /// The index of the ledger's entry that says why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_entry: Option<i64>,
}

impl From<ExceptionRow> for ExceptionBody {
    fn from(row: ExceptionRow) -> Self {
        let terms = row.terms;
        let granted = row.granted.as_ref();
        Self {
            id: row.id.to_string(),
            form: terms.form,
            control: terms.control,
            check: terms.check,
            subject: terms.subject,
            covers_unknown: terms.covers_unknown,
            reason: terms.reason,
            measure: terms.measure,
            valid_to: terms.valid_to,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            approved_by: granted.map(|granted| granted.by.clone()),
            granted_at: granted.map(|granted| granted.at),
            has_second_person: granted.map(|granted| granted.has_second_person),
            invited_by: granted.and_then(|granted| granted.invited_by).map(InvitedBy::as_str),
            entry: granted.map(|granted| granted.entry),
            withdrawn_at: row.withdrawn_at,
            withdrawn_entry: row.withdrawn_entry,
        }
    }
}

/// The exceptions, oldest first.
#[utoipa::path(get, path = "/api/v1/exceptions", tag = "exceptions", security(("token" = [Action::EvidenceRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^exc_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<ExceptionBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn exception_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ExceptionBody>>, ApiProblem> {
    let after = after(page.after.as_deref())?;
    let (items, more) = exceptions::exception_list(&app, &caller, after, page.limit.0).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(ExceptionBody::from).collect(), next }))
}

/// One exception.
#[utoipa::path(get, path = "/api/v1/exceptions/{id}", tag = "exceptions", security(("token" = [Action::EvidenceRead])), params(("id" = String, Path)), responses(
    (status = 200, body = ExceptionBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn exception(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<ExceptionBody>, ApiProblem> {
    let id = id(&text, "exception")?;
    Ok(Json(exceptions::exception_one(&app, &caller, id).await?.into()))
}

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskBody {
    /// `risk_accepted`, `not_applicable` or `none_exists`.
    #[schema(value_type = String, pattern = "^(risk_accepted|not_applicable|none_exists)$")]
    form: ExceptionForm,
    control: String,
    /// One of the control's checks; for the control as a whole, if absent.
    check: Option<String>,
    /// `device:dev_...`; for all that there are and will be, if absent.
    #[schema(value_type = Option<String>)]
    subject: Option<Subject>,
    /// Whether it is to cover an accepted risk also while the check is unknown.
    #[serde(default)]
    covers_unknown: bool,
    /// It stands in the ledger.
    #[schema(min_length = 20, max_length = 1000)]
    reason: String,
    /// What is done instead, in 20 characters at least where a risk is accepted.
    #[serde(default)]
    #[schema(max_length = 1000)]
    measure: String,
    /// The last day on which it counts where the facility is: `2026-12-31`. At most a year ahead.
    #[schema(format = Date)]
    last_day: String,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
struct Asked {
    id: String,
    /// It was granted at once, since there is no second person who could approve it.
    is_granted: bool,
}

/// Asks for an exception. It covers nothing until somebody approves it, unless whoever asks may grant
/// it and there is no second person who could.
#[utoipa::path(post, path = "/api/v1/exceptions", tag = "exceptions", security(("token" = [Action::EvidenceWrite])), request_body = AskBody, responses(
    (status = 201, body = Asked),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn exception_ask(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<AskBody>,
) -> Result<(StatusCode, Json<Asked>), ApiProblem> {
    let new = NewException {
        form: said.form,
        control: said.control,
        check: said.check,
        subject: said.subject,
        covers_unknown: said.covers_unknown,
        reason: said.reason,
        measure: said.measure,
        last_day: said.last_day,
    };
    let asked = exceptions::exception_ask(&app, &caller, new).await?;
    let answer = Asked { id: asked.id.to_string(), is_granted: asked.is_granted };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Approves an exception: from now on it covers what it names. Where two people may, whoever asked
/// does not, nor does a program.
#[utoipa::path(post, path = "/api/v1/exceptions/{id}/approve", tag = "exceptions", security(("token" = [Action::ExceptionGrant])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Granted or withdrawn before, its last day is over, or a second person must approve it", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn exception_approve(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    exceptions::exception_approve(&app, &caller, id(&text, "exception")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws an exception, or declines one that was asked for: it covers nothing any more.
#[utoipa::path(post, path = "/api/v1/exceptions/{id}/withdraw", tag = "exceptions", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = WithdrawBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Withdrawn before, or its last day is over", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn exception_withdraw(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<WithdrawBody>,
) -> Result<StatusCode, ApiProblem> {
    let id = id(&text, "exception")?;
    exceptions::exception_withdraw(&app, &caller, id, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
