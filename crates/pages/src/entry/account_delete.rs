//! Deleting one's account, which belongs nowhere.

use super::handlers::{Answer, field};
use crate::{
    Shell,
    components::Field,
    serve::{Form, Visitor, clear, go, refused, show},
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
    /// Its password.
    pub password: Field,
}

fn view(
    visitor: &Visitor,
    signed: &Signed,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> AccountDelete {
    AccountDelete {
        shell: visitor.outside(),
        email: signed.email.clone(),
        problem,
        password: field("", problems, "password"),
    }
}

/// Whoever belongs somewhere has nothing to delete here.
async fn ask(visitor: Visitor) -> Answer {
    let signed = visitor.signed()?;
    if signed.stage != Stage::Full || !signed.memberships.is_empty() {
        return Ok(go("/organisations"));
    }
    Ok(show(&view(&visitor, signed, &[], None)))
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
            Ok(refused(&view(&visitor, signed, &problems, problem)))
        }
    }
}
