//! Whether a register is complete: how it stands, and that somebody says so.

use crate::{
    ApiProblem, Asker,
    body::{Body, Created},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App, Caller, Problem,
    registers::{Confirmed, Confirming, Register, register_confirm, register_standing},
};
use closedset_core::{Action, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(client_list_confirmation, client_list_confirm))
        .routes(routes!(head_count_confirmation, head_count_confirm))
}

/// How a register stands.
#[derive(Serialize, ToSchema)]
struct RegisterStandingBody {
    /// The control that it answers.
    control: &'static str,
    /// The day that it is where the facility is.
    #[schema(format = Date)]
    today: String,
    /// How many clients are active today, or people engaged.
    count: i64,
    /// How many of the active clients are counted in the file and not named.
    undisclosed: i64,
    /// SHA-256 of today's list, as the file of comma-separated values: whoever confirms sends it back, so that what is
    /// confirmed is what they looked through.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    seen: String,
    /// The last confirmation; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<ConfirmedBody>,
}

/// A confirmation of a register.
#[derive(Serialize, ToSchema)]
struct ConfirmedBody {
    /// The document that was drawn up.
    document: String,
    /// The version of it.
    number: i64,
    /// How many it counts.
    counted: i64,
    confirmed_by: String,
    #[schema(value_type = String, format = DateTime)]
    confirmed_at: Time,
    /// The last day on which it counts.
    #[schema(format = Date)]
    counts_until: String,
    /// Its days are over.
    is_over: bool,
    /// Its document was withdrawn, so that it does not count.
    is_withdrawn: bool,
    /// How much was entered in the register since.
    entered_since: i64,
    /// How much was changed.
    changed_since: i64,
    /// How much was taken out.
    removed_since: i64,
}

impl From<Confirmed> for ConfirmedBody {
    fn from(last: Confirmed) -> Self {
        Self {
            document: last.document.to_string(),
            number: last.number,
            counted: last.counted,
            confirmed_by: last.by,
            confirmed_at: last.at,
            counts_until: last.until.to_string(),
            is_over: last.is_over,
            is_withdrawn: last.is_withdrawn,
            entered_since: last.since.entered,
            changed_since: last.since.changed,
            removed_since: last.since.removed,
        }
    }
}

async fn standing(
    app: &App,
    caller: &Caller,
    register: Register,
) -> Result<Json<RegisterStandingBody>, ApiProblem> {
    let standing = register_standing(app, caller, register).await?;
    let standing = standing.ok_or(Problem::NotFound("control"))?;
    Ok(Json(RegisterStandingBody {
        control: register.control(),
        today: standing.today.to_string(),
        count: standing.count,
        undisclosed: standing.undisclosed,
        seen: standing.seen.to_string(),
        last: standing.last.map(ConfirmedBody::from),
    }))
}

/// How the list of active clients stands: when it was confirmed last, and what was entered since.
#[utoipa::path(get, path = "/api/v1/clients/list/confirmation", tag = "titles", security(("token" = [Action::EvidenceRead, Action::TitleRead])), responses(
    (status = 200, body = RegisterStandingBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "Its control is of no framework that is answered", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client_list_confirmation(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<RegisterStandingBody>, ApiProblem> {
    standing(&app, &caller, Register::Clients).await
}

/// What is said of the list of active clients.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmClientsBody {
    /// `seen` of the list that was looked through.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    seen: String,
    /// That a person looked through it today, and it is complete: `true`.
    has_looked: bool,
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Confirms that the list of active clients is complete. As of today it becomes a PDF, a document for its control that counts
/// for 92 days: the next version of the one before, if that was not withdrawn. The id is the document's.
#[utoipa::path(post, path = "/api/v1/clients/list/confirmation", tag = "titles", security(("token" = [Action::EvidenceWrite, Action::TitleWrite])), request_body = ConfirmClientsBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "No client is active, or the list is another than was looked through", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client_list_confirm(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<ConfirmClientsBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let said = Confirming {
        has_looked: said.has_looked,
        seen: said.seen,
        compared_with: Vec::new(),
        note: said.note.unwrap_or_default(),
    };
    let id = register_confirm(&app, &caller, Register::Clients, said).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// How the register of people stands: when it was confirmed last, and what was entered since.
#[utoipa::path(get, path = "/api/v1/head-count/confirmation", tag = "register", security(("token" = [Action::EvidenceRead, Action::PeopleRead, Action::TitleRead])), responses(
    (status = 200, body = RegisterStandingBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "Its control is of no framework that is answered", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn head_count_confirmation(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<RegisterStandingBody>, ApiProblem> {
    standing(&app, &caller, Register::People).await
}

/// With what a register of people was compared.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ComparedWithWord {
    Payroll,
    Invoices,
    Badges,
    Accounts,
}

/// What is said of the register of people.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmPeopleBody {
    /// `seen` of the list that was looked through.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    seen: String,
    /// That a person looked through it today, and it is complete: `true`.
    has_looked: bool,
    /// With what it was compared.
    #[schema(min_items = 1, max_items = 4)]
    compared_with: Vec<ComparedWithWord>,
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Confirms that the register of people is complete. Its counts as of today become a PDF that names nobody who works here, a
/// document for its control that counts for 92 days: the next version of the one before, if that was not withdrawn. The id
/// is the document's.
#[utoipa::path(post, path = "/api/v1/head-count/confirmation", tag = "register", security(("token" = [Action::EvidenceWrite, Action::PeopleWrite, Action::TitleRead])), request_body = ConfirmPeopleBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Nobody is engaged, or the register is another than was looked through", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn head_count_confirm(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<ConfirmPeopleBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let word = |one: &ComparedWithWord| match one {
        ComparedWithWord::Payroll => "payroll",
        ComparedWithWord::Invoices => "invoices",
        ComparedWithWord::Badges => "badges",
        ComparedWithWord::Accounts => "accounts",
    };
    let said = Confirming {
        has_looked: said.has_looked,
        seen: said.seen,
        compared_with: said.compared_with.iter().map(|one| word(one).to_owned()).collect(),
        note: said.note.unwrap_or_default(),
    };
    let id = register_confirm(&app, &caller, Register::People, said).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}
