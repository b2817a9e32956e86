//! The organisation's profile: its name and its sites; and other organisations.

use crate::{ApiProblem, Asker, body::Body, problem::ProblemBody};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{App, demonstration, organisations};
use closedset_core::Action;
use closedset_store::organisations::{FacilityRow, OrganisationRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(profile, profile_change))
        .routes(routes!(organisation_list, organisation_create))
}

/// A site.
#[derive(Serialize, ToSchema)]
struct FacilityBody {
    id: String,
    name: String,
    /// In lines.
    address: String,
    /// ISO 3166-1 alpha-2.
    country: String,
    /// IANA name.
    time_zone: String,
}

impl From<FacilityRow> for FacilityBody {
    fn from(row: FacilityRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            address: row.address,
            country: row.country,
            time_zone: row.time_zone,
        }
    }
}

/// The organisation.
#[derive(Serialize, ToSchema)]
struct ProfileBody {
    id: String,
    /// The company's name.
    organisation: String,
    /// Its sites, oldest first.
    facilities: Vec<FacilityBody>,
    /// Everything in this installation is invented, for demonstration.
    demonstration: bool,
}

/// The organisation and its sites.
#[utoipa::path(get, path = "/api/v1/profile", tag = "settings", responses(
    (status = 200, body = ProfileBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn profile(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<ProfileBody>, ApiProblem> {
    let (organisation, facilities) = organisations::profile(&app, &caller).await?;
    Ok(Json(ProfileBody {
        id: organisation.id.to_string(),
        organisation: organisation.name,
        facilities: facilities.into_iter().map(FacilityBody::from).collect(),
        demonstration: demonstration::is_demonstration(&app).await?,
    }))
}

/// The company's name and its first site.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProfileChangeBody {
    /// The company's name.
    #[schema(min_length = 1, max_length = 120)]
    organisation: String,
    /// The site's name.
    #[schema(min_length = 1, max_length = 120)]
    facility: String,
    /// The site's address, in lines.
    #[schema(min_length = 1, max_length = 500)]
    address: String,
    /// ISO 3166-1 alpha-2, upper case.
    #[schema(pattern = "^[A-Z]{2}$")]
    country: String,
    /// IANA name, such as `Europe/Madrid`.
    #[schema(min_length = 1)]
    time_zone: String,
}

/// Changes the organisation's name and its first site.
#[utoipa::path(put, path = "/api/v1/profile", tag = "settings", security(("token" = [Action::SettingsWrite])), request_body = ProfileChangeBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn profile_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<ProfileChangeBody>,
) -> Result<StatusCode, ApiProblem> {
    let profile = organisations::Profile {
        organisation: said.organisation,
        facility: said.facility,
        address: said.address,
        country: said.country,
        time_zone: said.time_zone,
    };
    organisations::profile_change(&app, &caller, profile).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An organisation that the asker reaches.
#[derive(Serialize, ToSchema)]
struct OrganisationBody {
    id: String,
    /// The company's name.
    name: String,
    /// It is the one that this request acts in.
    is_here: bool,
}

/// The organisations that the asker reaches: a person all they belong to, a token its own.
#[utoipa::path(get, path = "/api/v1/organisations", tag = "settings", responses(
    (status = 200, body = Vec<OrganisationBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn organisation_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<Vec<OrganisationBody>>, ApiProblem> {
    let rows = organisations::organisation_list_of(&app, &caller).await?;
    let body = |row: OrganisationRow| OrganisationBody {
        is_here: row.id == caller.organisation,
        id: row.id.to_string(),
        name: row.name,
    };
    Ok(Json(rows.into_iter().map(body).collect()))
}

/// Sets up another organisation, with a ledger of its own. Its owner is whoever asks, or made the
/// token; the token itself stays where it is.
#[utoipa::path(post, path = "/api/v1/organisations", tag = "settings", security(("token" = [Action::OrganisationCreate])), request_body = ProfileChangeBody, responses(
    (status = 201, body = OrganisationBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn organisation_create(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<ProfileChangeBody>,
) -> Result<(StatusCode, Json<OrganisationBody>), ApiProblem> {
    let name = said.organisation.trim().to_owned();
    let profile = organisations::Profile {
        organisation: said.organisation,
        facility: said.facility,
        address: said.address,
        country: said.country,
        time_zone: said.time_zone,
    };
    let made = organisations::organisation_add(&app, &caller, profile).await?;
    let body = OrganisationBody { id: made.to_string(), name, is_here: false };
    Ok((StatusCode::CREATED, Json(body)))
}
