//! Who asks: a program with a token, a signed-in browser, or the operator at the server itself.

use crate::ApiProblem;
use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use closedset_app::{App, Caller, Problem, accounts, organisations};
use closedset_core::{
    Action, Actor, Role,
    id::{Id, Organisation},
    operator_name,
};

/// Laid beside requests that come over the control socket: the operating-system user at its other
/// end.
#[derive(Debug, Clone, Copy)]
pub struct Operator(pub u32);

/// The header by which an operator of several organisations says which.
const ORGANISATION: &str = "closedset-organisation";

/// The caller of a use case.
#[derive(Debug, Clone)]
pub struct Asker(pub Caller);

impl FromRequestParts<App> for Asker {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiProblem> {
        if let Some(Operator(uid)) = parts.extensions.get::<Operator>().copied() {
            let named = parts
                .headers
                .get(ORGANISATION)
                .map(|value| value.to_str().unwrap_or_default().to_owned());
            // What lists them all has to be asked before one can be named.
            let is_list =
                parts.method == Method::GET && parts.uri.path() == "/api/v1/organisations";
            let which = match named {
                Some(id) => Which::Named(id),
                None if is_list => Which::Any,
                None => Which::Only,
            };
            return Ok(Self(operator(app, uid, which).await?));
        }
        if let Some(header) = parts.headers.get("authorization") {
            let token = header.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
            let token = token.ok_or(Problem::NotSignedIn)?;
            let caller = accounts::token_caller(app, token.trim()).await;
            let caller = caller.map_err(ApiProblem::of_token)?;
            if caller.may(Action::Scim) {
                return Err(ApiProblem::SCIM_ALONE);
            }
            return Ok(Self(caller));
        }
        match parts.extensions.get::<accounts::Signed>() {
            Some(signed) => Ok(Self(signed.caller()?)),
            None => Err(Problem::NotSignedIn.into()),
        }
    }
}

/// In which organisation an operator asks.
enum Which {
    /// The one with this id.
    Named(String),
    /// The only one that there is.
    Only,
    /// Any of them: what is asked for is not of one.
    Any,
}

async fn operator(app: &App, uid: u32, which: Which) -> Result<Caller, Problem> {
    let known = organisations::organisation_list(app).await?;
    let organisation: Id<Organisation> = match (which, known.as_slice()) {
        (Which::Named(text), _) => {
            let id = text.parse().map_err(|_| Problem::NotFound("organisation"))?;
            known.iter().find(|row| row.id == id).ok_or(Problem::NotFound("organisation"))?.id
        }
        (_, [one]) | (Which::Any, [one, ..]) => one.id,
        (_, []) => {
            return Err(Problem::Conflict {
                code: "set_up.needed",
                sentence: "No organisation is set up yet.",
                remedy: "Open the set-up link in a browser first.",
            });
        }
        (Which::Only, _) => {
            return Err(Problem::Conflict {
                code: "organisation.ambiguous",
                sentence: "There are several organisations.",
                remedy: "Name one with --organisation; closedset people organisations lists them.",
            });
        }
    };
    Ok(Caller {
        actor: Actor::Operator(uid),
        name: operator_name(uid),
        organisation,
        allowed: Role::Owner.actions(),
        factor_at: None,
        session: None,
    })
}
