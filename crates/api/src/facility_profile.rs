//! What the facility is like.

use crate::{ApiProblem, Asker, body::Body, problem::ProblemBody};
use axum::{Json, extract::State};
use closedset_app::{
    App,
    facility_profile::{self, FacilityProfileShown, NewFacilityProfile, map_text},
};
use closedset_core::{Action, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(facility_profile, facility_profile_say))
}

/// What the facility is like.
#[derive(Serialize, ToSchema)]
struct FacilityProfileBody {
    /// The facility.
    facility: String,
    name: String,
    address: String,
    country: String,
    /// What was said last; absent while nobody said anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<FacilitySaidBody>,
    /// The document that the file of it is; absent where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    /// Whether that counts for its control today.
    counts: bool,
    /// How often it was said.
    changes: i64,
}

/// What was said last.
#[derive(Serialize, ToSchema)]
struct FacilitySaidBody {
    /// `own`, `shared`, `park`, `studio`, `home` or `other`.
    building: &'static str,
    floor_area_m2: i64,
    /// Which rooms there are, and in which of them content is.
    rooms: String,
    /// Who else is in the building and around it.
    neighbours: String,
    /// Degrees north and east: `40.416780, -3.703790`.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    said_at: Time,
}

impl From<FacilityProfileShown> for FacilityProfileBody {
    fn from(shown: FacilityProfileShown) -> Self {
        let changes = shown.profile.as_ref().map_or(0, |profile| profile.changes);
        Self {
            facility: shown.facility.id.to_string(),
            name: shown.facility.name,
            address: shown.facility.address,
            country: shown.facility.country,
            document: shown.file.map(|file| file.document.to_string()),
            counts: shown.file.is_some_and(|file| file.counts),
            changes,
            said: shown.profile.map(|profile| FacilitySaidBody {
                building: profile.building.as_str(),
                floor_area_m2: profile.floor_area_m2,
                rooms: profile.rooms,
                neighbours: profile.neighbours,
                place: profile.place.map(map_text),
                said_at: profile.said_at,
            }),
        }
    }
}

/// What the facility is like.
#[utoipa::path(get, path = "/api/v1/facility-profile", tag = "evidence", security(("token" = [Action::EvidenceRead])), responses(
    (status = 200, body = FacilityProfileBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn facility_profile(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<FacilityProfileBody>, ApiProblem> {
    Ok(Json(facility_profile::facility_profile(&app, &caller).await?.into()))
}

/// What is said of it, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFacilityProfileBody {
    /// `own`, `shared`, `park`, `studio`, `home` or `other`.
    #[schema(pattern = "^(own|shared|park|studio|home|other)$")]
    building: String,
    #[schema(minimum = 1, maximum = 1000000)]
    floor_area_m2: i64,
    /// Which rooms there are, and in which of them content is.
    #[schema(min_length = 1, max_length = 2000)]
    rooms: String,
    /// Who else is in the building and around it.
    #[schema(min_length = 1, max_length = 2000)]
    neighbours: String,
    /// Degrees north and east: `40.41678, -3.70379`.
    place: Option<String>,
    /// How often it had been said when you looked: if it was since, nothing is done.
    changes: Option<i64>,
}

/// The document that was given.
#[derive(Serialize, ToSchema)]
struct FacilityDescribedBody {
    /// Absent where nobody answers the control here.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
}

/// Says what the facility is like. The file of it counts as a document for AD-1 for a year.
#[utoipa::path(put, path = "/api/v1/facility-profile", tag = "evidence", security(("token" = [Action::EvidenceWrite])), request_body = NewFacilityProfileBody, responses(
    (status = 200, body = FacilityDescribedBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody said it meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn facility_profile_say(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewFacilityProfileBody>,
) -> Result<Json<FacilityDescribedBody>, ApiProblem> {
    let new = NewFacilityProfile {
        building: said.building,
        floor_area_m2: said.floor_area_m2.to_string(),
        rooms: said.rooms,
        neighbours: said.neighbours,
        place: said.place.unwrap_or_default(),
        seen: said.changes,
    };
    let document = facility_profile::facility_profile_say(&app, &caller, new).await?;
    Ok(Json(FacilityDescribedBody { document: document.map(|id| id.to_string()) }))
}
