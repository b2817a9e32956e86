//! Adding an authenticator app to one's account, or putting another in its place.

use crate::{
    Shell,
    components::{Field, QrCode},
    entry::grouped,
    serve::{Done, Form, Own, PageProblem, confirm_first, cookie, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{App, Problem, accounts};

/// Where the second factor is shown first, and from where it leads back here.
const CONFIRM: &str = "/confirm-it-is-you?next=app";

/// The picture to scan, and the code that proves that it was scanned.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/authenticator.html")]
pub struct AuthenticatorPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The account has an app already, whose place the new one takes.
    pub has_totp: bool,
    /// What the app scans.
    pub qr: Option<QrCode>,
    /// What the person types if it cannot scan.
    pub secret: String,
    /// The picture was made just now.
    pub is_new: bool,
    /// The code the app shows.
    pub code: Field,
}

pub(super) async fn authenticator(
    State(app): State<App>,
    own: Own,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &own, Field::default()).await?))
}

async fn view(app: &App, own: &Own, code: Field) -> Result<AuthenticatorPage, PageProblem> {
    let secret = accounts::totp_begin(app, &own.signed).await.map_err(confirm_first(CONFIRM))?;
    Ok(AuthenticatorPage {
        shell: own.shell.clone(),
        has_totp: accounts::account_security(app, &own.signed).await?.has_totp,
        qr: QrCode::new(&secret.url),
        secret: grouped(&secret.secret),
        is_new: secret.is_new,
        code,
    })
}

pub(super) async fn authenticator_add(
    State(app): State<App>,
    own: Own,
    form: Form,
) -> Result<Response, PageProblem> {
    let (signed, browser) = (&own.signed, &own.visitor.browser);
    match accounts::totp_finish(&app, signed, form.text("code"), browser).await {
        Ok(token) => {
            let mut response = done("/settings/security", Done::FactorAdded);
            cookie::set(&mut response, &token);
            Ok(response)
        }
        Err(Problem::Invalid(problems)) => {
            let wrong = problems.into_iter().next().map(|problem| problem.message);
            let code = Field { value: String::new(), error: wrong };
            Ok(refused(&view(&app, &own, code).await?))
        }
        Err(other) => Err(confirm_first(CONFIRM)(other)),
    }
}
