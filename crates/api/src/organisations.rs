//! The organisation's profile: its name and its sites.

use crate::{ApiProblem, Asker, body::Body, problem::ProblemBody};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{App, demonstration, organisations};
use closedset_core::Action;
use closedset_store::organisations::FacilityRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(profile, profile_change))
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
