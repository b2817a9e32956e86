//! The frameworks that there are, and which of them are answered here.

use crate::{ApiProblem, Asker, body::Body, problem::ProblemBody};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App,
    frameworks::{self, FrameworkPreview, KnownFramework},
};
use closedset_core::{Action, Status, Time};
use closedset_store::frameworks::ChoiceRow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(framework_list, frameworks_choose))
        .routes(routes!(frameworks_preview))
}

/// A framework.
#[derive(Serialize, ToSchema)]
struct FrameworkBody {
    id: String,
    title: String,
    /// Whose it is.
    owner: String,
    /// The source's version.
    version: String,
    /// Where it was read, and what it is not.
    source: String,
    /// It is answered here.
    is_chosen: bool,
    /// How many controls it has.
    controls: usize,
    /// How many of them computers answer, at least in part.
    measured: usize,
}

impl From<KnownFramework> for FrameworkBody {
    fn from(known: KnownFramework) -> Self {
        let framework = known.framework;
        Self {
            is_chosen: known.is_chosen,
            controls: framework.controls.len(),
            measured: known.technical,
            id: framework.id,
            title: framework.title,
            owner: framework.owner,
            version: framework.version,
            source: framework.source,
        }
    }
}

/// A choice that was made.
#[derive(Serialize, ToSchema)]
struct ChoiceBody {
    /// The ids of the frameworks, in their order.
    frameworks: Vec<String>,
    chosen_by: String,
    #[schema(value_type = String, format = DateTime)]
    chosen_at: Time,
    /// The index of the ledger's entry.
    entry: i64,
}

impl From<ChoiceRow> for ChoiceBody {
    fn from(row: ChoiceRow) -> Self {
        let ChoiceRow { frameworks, chosen_by, chosen_at, entry } = row;
        Self { frameworks, chosen_by, chosen_at, entry }
    }
}

/// Every framework, and what was chosen.
#[derive(Serialize, ToSchema)]
struct FrameworksBody {
    /// Those that are chosen, in the order of the choice, then the others.
    items: Vec<FrameworkBody>,
    /// The ids of those that are chosen, in the order of the choice; the first is shown where none is named.
    chosen: Vec<String>,
    /// Every choice, newest first; none while nobody chose and the default holds.
    choices: Vec<ChoiceBody>,
}

/// The frameworks that there are, and which of them are answered here.
#[utoipa::path(get, path = "/api/v1/frameworks", tag = "frameworks", security(("token" = [Action::BoardRead])), responses(
    (status = 200, body = FrameworksBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn framework_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<FrameworksBody>, ApiProblem> {
    let standing = frameworks::framework_list(&app, &caller).await?;
    Ok(Json(FrameworksBody {
        chosen: standing.chosen(),
        items: standing.frameworks.into_iter().map(FrameworkBody::from).collect(),
        choices: standing.choices.into_iter().map(ChoiceBody::from).collect(),
    }))
}

/// What is to be answered from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChooseBody {
    /// The ids of the frameworks, at least one; the first is shown where none is named.
    #[schema(min_items = 1)]
    frameworks: Vec<String>,
    /// What was seen to be chosen: `chosen` of the list. If it is something else by now, nothing happens.
    before: Vec<String>,
}

/// Answers these frameworks from now on, and no others. What was given, signed and found stays.
#[utoipa::path(put, path = "/api/v1/frameworks", tag = "frameworks", security(("token" = [Action::CatalogueWrite])), request_body = ChooseBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Changed meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn frameworks_choose(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<ChooseBody>,
) -> Result<StatusCode, ApiProblem> {
    frameworks::frameworks_choose(&app, &caller, &said.frameworks, &said.before).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which frameworks are looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedBody {
    /// Their ids, at least one.
    #[schema(min_items = 1)]
    frameworks: Vec<String>,
}

/// How a framework would stand.
#[derive(Serialize, ToSchema)]
struct FrameworkPreviewBody {
    framework: String,
    /// How many of its controls would have each status.
    counts: BTreeMap<&'static str, i64>,
    /// How many checks would be asked of computers that are not asked now.
    new_checks: usize,
    /// Every control, in the framework's order.
    controls: Vec<ControlPreviewBody>,
}

/// How a control would stand.
#[derive(Serialize, ToSchema)]
struct ControlPreviewBody {
    id: String,
    #[schema(value_type = String)]
    status: Status,
    because: String,
}

impl From<FrameworkPreview> for FrameworkPreviewBody {
    fn from(preview: FrameworkPreview) -> Self {
        let counts = preview.counts.iter();
        Self {
            counts: counts.map(|(status, count)| (status.as_str(), *count)).collect(),
            new_checks: preview.new_checks,
            controls: preview
                .controls
                .into_iter()
                .map(|one| ControlPreviewBody {
                    id: one.id,
                    status: one.status.status,
                    because: one.status.because,
                })
                .collect(),
            framework: preview.framework,
        }
    }
}

/// How frameworks would stand by today's facts if they were chosen. Nothing is written.
#[utoipa::path(post, path = "/api/v1/frameworks/preview", tag = "frameworks", security(("token" = [Action::CatalogueWrite])), request_body = WantedBody, responses(
    (status = 200, body = Vec<FrameworkPreviewBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn frameworks_preview(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<WantedBody>,
) -> Result<Json<Vec<FrameworkPreviewBody>>, ApiProblem> {
    let told = frameworks::frameworks_preview(&app, &caller, &said.frameworks).await?;
    Ok(Json(told.into_iter().map(FrameworkPreviewBody::from).collect()))
}
