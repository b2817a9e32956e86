//! The question before a token is revoked.

use crate::{
    Area, Shell,
    serve::{Looker, PageProblem, Path, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{App, Problem, accounts};

/// Asks whether a token is to be revoked.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/token_revoke.html")]
pub struct TokenRevoke {
    /// The frame around the page.
    pub shell: Shell,
    /// The token's id.
    pub id: String,
    /// What it is for.
    pub name: String,
}

pub(super) async fn token_revoke_ask(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let token = accounts::token_list(&app, &looker.caller)
        .await?
        .into_iter()
        .find(|token| token.id.to_string() == id && token.revoked_at.is_none())
        .ok_or(Problem::NotFound("token"))?;
    Ok(show(&TokenRevoke { shell: looker.shell(Area::Settings), id, name: token.name }))
}
