//! Revoking a token, and the question before.

use crate::{
    Area, Shell,
    entry::{Question, before},
    serve::{Done, Form, Looker, PageProblem, Path, confirm_first, done, go, show},
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
    /// The tokens that it made, and those that they made, by name.
    pub tokens: Vec<String>,
    /// Whom it invited, who have not come yet.
    pub invited: Vec<String>,
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
    let is_own = token.account.is_some() && token.account == looker.caller.account();
    if !is_own && !looker.signed.has_fresh_factor(app.now()) {
        return Ok(go(&before(Question::TokenRevoke(token.id))));
    }
    let made = accounts::token_made(&app, &looker.caller, token.id).await?;
    Ok(show(&TokenRevoke {
        shell: looker.shell(Area::Settings),
        id,
        name: token.name,
        tokens: made.tokens.into_iter().map(|token| token.name).collect(),
        invited: made
            .invitations
            .into_iter()
            .map(|open| format!("{} <{}>", open.name, open.email))
            .collect(),
    }))
}

pub(super) async fn token_revoke(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    let id = id.parse().map_err(|_| Problem::NotFound("token"))?;
    let revoked = accounts::token_revoke(&app, &looker.caller, id).await;
    revoked.map_err(confirm_first(before(Question::TokenRevoke(id))))?;
    Ok(done("/settings/tokens", Done::TokenRevoked))
}
