//! Deleting one's account, which belongs nowhere.

use super::handlers::{Answer, field};
use crate::{
    Shell,
    components::Field,
    serve::{Form, PageProblem, Visitor, clear, go, refused, show},
};
use askama::Template;
use axum::{Router, extract::State, routing::get};
use closedset_app::{
    App, FieldProblem,
    accounts::{self, Signed, Stage},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/organisations/delete-account", get(ask).post(delete))
}

/// Asks whether the account is to be deleted.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/account_delete.html")]
pub struct AccountDelete {
    /// The frame around the page.
    pub shell: Shell,
    /// The account's address.
    pub email: String,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// It has a password, which is asked for.
    pub has_password: bool,
    /// Its password.
    pub password: Field,
}

async fn view(
    app: &App,
    visitor: &Visitor,
    signed: &Signed,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> Result<AccountDelete, PageProblem> {
    let security = accounts::account_security(app, signed).await?;
    Ok(AccountDelete {
        shell: visitor.outside(),
        email: signed.email.clone(),
        has_password: security.has_password,
        problem,
        password: field("", problems, "password"),
    })
}

/// Whoever belongs somewhere has nothing to delete here.
async fn ask(State(app): State<App>, visitor: Visitor) -> Answer {
    let signed = visitor.signed()?;
    if signed.stage != Stage::Full || !signed.memberships.is_empty() {
        return Ok(go("/organisations"));
    }
    Ok(show(&view(&app, &visitor, signed, &[], None).await?))
}

async fn delete(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let signed = visitor.signed()?;
    match accounts::account_forget_own(&app, signed, form.text("password").to_owned()).await {
        Ok(()) => {
            let mut response = go("/signed-out");
            clear(&mut response);
            Ok(response)
        }
        Err(problem) => {
            let (problems, problem) = super::split(problem)?;
            Ok(refused(&view(&app, &visitor, signed, &problems, problem).await?))
        }
    }
}
