//! The REST API under `/api/v1`: whatever the screen can do, a program can, except what belongs to a
//! person's own account (set-up, joining, its password, second factors, recovery codes, its sessions),
//! and where the whole installation's mail goes.
//!
//! Handlers translate between JSON and use cases of [`closedset_app`] and do nothing else. The
//! OpenAPI description is made from them and served at `/api/v1/openapi.json`.

mod address;
mod agent;
mod agreements;
mod answers;
mod asker;
mod audits;
mod board;
mod body;
mod contacts;
mod control;
mod description;
mod devices;
mod evidence;
mod exceptions;
mod facility_profile;
mod file;
mod frameworks;
mod head_count;
mod idempotency;
mod leavings;
mod ledger;
mod mail;
mod network;
mod organisations;
mod own_checks;
mod packs;
mod page;
mod papers;
mod people;
mod policies;
mod problem;
mod questionnaires;
mod register;
mod registers;
mod risks;
mod scim;
mod sign_on;
mod tasks;
mod titles;
mod tokens;

pub use asker::{Asker, Operator};
pub use devices::REPORTS;
pub use evidence::UPLOAD;
pub use papers::PAPERS;
pub use problem::ApiProblem;
pub use scim::{Directory, SCIM, ScimProblem};

use axum::{Router, middleware, routing::get};
use closedset_app::App;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

/// The routes that take files, of any size that a document may have.
pub const UPLOADS: [&str; 4] = [UPLOAD, PAPERS, audits::UPLOAD, questionnaires::UPLOAD];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Closedset",
        description = "Facts become verdicts, verdicts open content, and every step is an entry in a ledger.\n\nTimes are RFC 3339 in UTC, ids are TypeIDs, lists are paged by key. Errors are `application/problem+json` with a stable `code` and a `remedy`. A POST may carry an `Idempotency-Key`: sent again within a day it is answered as before and not done twice. Where the first is still being done, or nobody knows whether it was, or its answer held a secret that is shown once, it is refused with 409 instead."
    ),
    modifiers(&Tokens),
    security(("token" = []))
)]
struct Description;

/// How tokens are called in the description.
const TOKEN: &str = "token";

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("closedset_…").build();
        description
            .components
            .get_or_insert_with(Default::default)
            .add_security_scheme(TOKEN, SecurityScheme::Http(scheme));
    }
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(agent::routes())
        .merge(agreements::routes())
        .merge(answers::routes())
        .merge(audits::routes())
        .merge(board::routes())
        .merge(contacts::routes())
        .merge(devices::routes())
        .merge(evidence::routes())
        .merge(exceptions::routes())
        .merge(ledger::routes())
        .merge(mail::routes())
        .merge(sign_on::routes())
        .merge(network::routes())
        .merge(organisations::routes())
        .merge(frameworks::routes())
        .merge(own_checks::routes())
        .merge(packs::routes())
        .merge(papers::routes())
        .merge(people::routes())
        .merge(leavings::routes())
        .merge(policies::routes())
        .merge(facility_profile::routes())
        .merge(questionnaires::routes())
        .merge(risks::routes())
        .merge(register::routes())
        .merge(head_count::routes())
        .merge(registers::routes())
        .merge(tasks::routes())
        .merge(titles::routes())
        .merge(tokens::routes())
}

/// The description of the API, as served.
pub fn openapi() -> utoipa::openapi::OpenApi {
    description::complete(described().split_for_parts().1)
}

/// The API's routes.
pub fn routes(app: &App) -> Router {
    let (router, description) = described().split_for_parts();
    let description = description::complete(description).to_json().unwrap_or_default();
    let router = router
        .layer(middleware::from_fn_with_state(app.clone(), idempotency::keep))
        .route(
            "/api/v1/openapi.json",
            get(move || {
                let description = description.clone();
                async move { ([("content-type", "application/json")], description) }
            }),
        )
        .merge(control::routes())
        .with_state(app.clone());
    address::or_problem(router).merge(scim::routes(app))
}
