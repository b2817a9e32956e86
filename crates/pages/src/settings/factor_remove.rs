//! Removing a second factor, and the question before.

use super::handlers::Answer;
use crate::{
    Shell,
    entry::{Question, before},
    serve::{Done, Form, Own, PageProblem, Path, confirm_first, done, show},
};
use askama::Template;
use axum::extract::State;
use closedset_app::{App, Problem, accounts};
use closedset_core::id::{Id, Passkey};
use std::borrow::Cow;

/// Where the second factor is shown first, and from where it leads on to the app's question.
const CONFIRM_APP: &str = "/confirm-it-is-you?next=app-remove";

/// Asks whether a second factor is to be removed.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/factor_remove.html")]
pub struct FactorRemove {
    /// The frame around the page.
    pub shell: Shell,
    /// What it is called: `the passkey Laptop`.
    pub name: String,
    /// Where the form is posted.
    pub action: String,
    /// It is the only one, and stays.
    pub is_last: bool,
}

fn require_fresh(
    app: &App,
    own: &Own,
    path: impl Into<Cow<'static, str>>,
) -> Result<(), PageProblem> {
    if own.signed.has_fresh_factor(app.now()) {
        return Ok(());
    }
    Err(PageProblem::Elsewhere { path: path.into(), next: None })
}

fn passkey_id(text: &str) -> Result<Id<Passkey>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("passkey"))
}

pub(super) async fn passkey_remove_ask(
    State(app): State<App>,
    own: Own,
    Path(id): Path<String>,
) -> Answer {
    let id = passkey_id(&id)?;
    let security = accounts::account_security(&app, &own.signed).await?;
    let passkey = security.passkeys.iter().find(|passkey| passkey.id == id);
    let name = format!("the passkey {}", passkey.ok_or(Problem::NotFound("passkey"))?.name);
    require_fresh(&app, &own, before(Question::PasskeyRemove(id)))?;
    Ok(show(&FactorRemove {
        shell: own.shell.clone(),
        name,
        action: format!("/settings/security/passkeys/{id}/remove"),
        is_last: security.passkey_is_last,
    }))
}

pub(super) async fn passkey_remove(
    State(app): State<App>,
    own: Own,
    Path(id): Path<String>,
    _form: Form,
) -> Answer {
    let id = passkey_id(&id)?;
    let removed = accounts::passkey_remove(&app, &own.signed, id).await;
    removed.map_err(confirm_first(before(Question::PasskeyRemove(id))))?;
    Ok(done("/settings/security", Done::FactorRemoved))
}

pub(super) async fn app_remove_ask(State(app): State<App>, own: Own) -> Answer {
    let security = accounts::account_security(&app, &own.signed).await?;
    if !security.has_totp {
        return Err(Problem::NotFound("authenticator app").into());
    }
    require_fresh(&app, &own, CONFIRM_APP)?;
    Ok(show(&FactorRemove {
        shell: own.shell.clone(),
        name: "the authenticator app".to_owned(),
        action: "/settings/security/app/remove".to_owned(),
        is_last: security.totp_is_last,
    }))
}

pub(super) async fn app_remove(State(app): State<App>, own: Own, _form: Form) -> Answer {
    let removed = accounts::totp_remove(&app, &own.signed).await;
    removed.map_err(confirm_first(CONFIRM_APP))?;
    Ok(done("/settings/security", Done::FactorRemoved))
}
