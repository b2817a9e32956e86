//! Changing one's password.

use super::handlers::Answer;
use crate::{
    Shell,
    components::Field,
    entry::{field, split},
    serve::{Done, Form, Own, PageProblem, confirm_first, cookie, done, refused, show},
};
use askama::Template;
use axum::extract::State;
use closedset_app::{
    App, FieldProblem,
    accounts::{self, FACTOR_STALE, PasswordChange},
};

/// Where the second factor is shown first, and from where it leads back here.
const CONFIRM: &str = "/confirm-it-is-you?next=password";

/// The present password, and the one that takes its place.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/password.html")]
pub struct PasswordPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The account has a password.
    pub has_password: bool,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// The present password.
    pub password: Field,
    /// The new one.
    pub new_password: Field,
}

async fn view(
    app: &App,
    own: &Own,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> Result<PasswordPage, PageProblem> {
    let security = accounts::account_security(app, &own.signed).await?;
    Ok(PasswordPage {
        shell: own.shell.clone(),
        has_password: security.has_password,
        problem,
        password: field("", problems, "password"),
        new_password: field("", problems, "new_password"),
    })
}

pub(super) async fn password(State(app): State<App>, own: Own) -> Answer {
    if !own.signed.has_fresh_factor(app.now()) {
        return Err(PageProblem::Elsewhere { path: CONFIRM.into(), next: None });
    }
    Ok(show(&view(&app, &own, &[], None).await?))
}

pub(super) async fn password_change(State(app): State<App>, own: Own, form: Form) -> Answer {
    let change = PasswordChange {
        present: form.text("password").to_owned(),
        new: form.text("new_password").to_owned(),
    };
    match accounts::password_change(&app, &own.signed, change).await {
        Ok(token) => {
            let mut response = done("/settings/security", Done::PasswordChanged);
            cookie::set(&mut response, &token);
            Ok(response)
        }
        Err(problem) if problem.code() == FACTOR_STALE => Err(confirm_first(CONFIRM)(problem)),
        Err(problem) => {
            let (problems, problem) = split(problem)?;
            Ok(refused(&view(&app, &own, &problems, problem).await?))
        }
    }
}
