//! The second factor once more, before something that makes other keys to the house.

use super::{
    handlers::{field, signed_in, split},
    passkey::{ScriptProblem, begun, check_token, credential, unreadable, with_session},
};
use crate::{
    Shell,
    components::Field,
    serve::{Form, PageProblem, Query, Visitor, refused, show},
};
use askama::Template;
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem, accounts,
    sign_on::{self, Wish},
};
use closedset_core::id::{ApiToken, Id, Passkey, Person};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

const ACCOUNT: &str = "/settings/security";

/// Where it may lead on to, by the word that stands in the address, and back to, which asks for
/// nothing first.
const ON: [(&str, &str, &str); 12] = [
    ("app", "/settings/security/app", ACCOUNT),
    ("app-remove", "/settings/security/app/remove", ACCOUNT),
    ("factor", "/setup/second-factor", "/"),
    ("organisation", "/organisations/new", "/organisations"),
    ("password", "/settings/security/password", ACCOUNT),
    ("people", "/settings/people", "/settings/people"),
    ("recovery", "/setup/recovery", "/setup/recovery"),
    ("security", ACCOUNT, ACCOUNT),
    ("tokens", "/settings/tokens", "/settings/tokens"),
    ("mail", "/settings/mail", "/settings/mail"),
    ("sign-in", "/settings/sign-in", "/settings/sign-in"),
    ("reminders", "/tasks/reminders", "/tasks/reminders"),
];

/// A page about one thing, to which it may lead on as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// Whether a passkey is to be removed.
    PasskeyRemove(Id<Passkey>),
    /// What somebody may.
    Person(Id<Person>),
    /// Whether they are to be removed.
    PersonRemove(Id<Person>),
    /// Whether a token is to be revoked.
    TokenRevoke(Id<ApiToken>),
}

impl Question {
    /// The word and the id that stand in the address.
    fn of(next: &str) -> Option<Self> {
        let (word, id) = next.split_once('.')?;
        Some(match word {
            "passkey-remove" => Self::PasskeyRemove(id.parse().ok()?),
            "person" => Self::Person(id.parse().ok()?),
            "person-remove" => Self::PersonRemove(id.parse().ok()?),
            "token-revoke" => Self::TokenRevoke(id.parse().ok()?),
            _ => return None,
        })
    }

    fn next(self) -> String {
        match self {
            Self::PasskeyRemove(id) => format!("passkey-remove.{id}"),
            Self::Person(id) => format!("person.{id}"),
            Self::PersonRemove(id) => format!("person-remove.{id}"),
            Self::TokenRevoke(id) => format!("token-revoke.{id}"),
        }
    }

    fn path(self) -> String {
        match self {
            Self::PasskeyRemove(id) => format!("/settings/security/passkeys/{id}/remove"),
            Self::Person(id) => format!("/settings/people/{id}"),
            Self::PersonRemove(id) => format!("/settings/people/{id}/remove"),
            Self::TokenRevoke(id) => format!("/settings/tokens/{id}/revoke"),
        }
    }

    const fn back(self) -> &'static str {
        match self {
            Self::PasskeyRemove(_) => ACCOUNT,
            Self::Person(_) | Self::PersonRemove(_) => "/settings/people",
            Self::TokenRevoke(_) => "/settings/tokens",
        }
    }
}

/// The address that leads here, and on to that page.
pub(crate) fn before(question: Question) -> String {
    format!("/confirm-it-is-you?next={}", question.next())
}

pub(super) fn path_on(next: &str) -> Cow<'static, str> {
    if let Some(question) = Question::of(next) {
        return question.path().into();
    }
    ON.iter().find(|(word, ..)| *word == next).map_or(ACCOUNT, |(_, on, _)| on).into()
}

fn path_back(next: &str) -> &'static str {
    if let Some(question) = Question::of(next) {
        return question.back();
    }
    ON.iter().find(|(word, ..)| *word == next).map_or(ACCOUNT, |(.., back)| back)
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/confirm-it-is-you", get(confirm).post(totp))
        .route("/confirm-it-is-you/provider", post(provider))
        .route("/confirm-it-is-you/passkey/begin", post(passkey_begin))
        .route("/confirm-it-is-you/passkey/finish", post(passkey_finish))
}

/// The second factor, asked for again.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/confirm.html")]
pub struct Confirm {
    /// The frame around the page.
    pub shell: Shell,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// The word for where it leads on to.
    pub next: String,
    /// Where it leads back to.
    pub back: &'static str,
    /// What the provider is called at which it may be shown too.
    pub provider: Option<String>,
    /// The account has a passkey, and browsers allow it here.
    pub has_passkey: bool,
    /// The account has an authenticator app.
    pub has_totp: bool,
    /// The code the app shows.
    pub code: Field,
}

#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn view(
    app: &App,
    visitor: &Visitor,
    next: &str,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> Result<Confirm, PageProblem> {
    let signed = visitor.signed()?;
    if signed.stage != accounts::Stage::Full {
        return Err(Problem::NotSignedIn.into());
    }
    let security = accounts::account_security(app, signed).await?;
    Ok(Confirm {
        shell: visitor.outside(),
        problem,
        next: next.to_owned(),
        back: path_back(next),
        provider: sign_on::offered_to(app, signed).await?,
        has_passkey: app.offers_passkeys() && !security.passkeys.is_empty(),
        has_totp: security.has_totp,
        code: field("", problems, "code"),
    })
}

async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<Next>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &visitor, &query.next, &[], None).await?))
}

async fn totp(
    State(app): State<App>,
    visitor: Visitor,
    form: Form,
) -> Result<Response, PageProblem> {
    let (next, code) = (form.text("next"), form.text("code"));
    match accounts::totp_confirm(&app, visitor.signed()?, code, &visitor.browser).await {
        Ok(token) => Ok(signed_in(&token, &path_on(next))),
        Err(problem) => {
            let (problems, problem) = split(problem)?;
            Ok(refused(&view(&app, &visitor, next, &problems, problem).await?))
        }
    }
}

/// Shows it at the provider, and comes back from there.
async fn provider(
    State(app): State<App>,
    visitor: Visitor,
    form: Form,
) -> Result<Response, PageProblem> {
    let next = form.text("next");
    match sign_on::send(&app, Wish::Confirm(visitor.signed()?, next)).await {
        Ok(sent) => Ok(super::going_on(visitor.outside(), sent)),
        Err(problem) => {
            let (problems, problem) = split(problem)?;
            Ok(refused(&view(&app, &visitor, next, &problems, problem).await?))
        }
    }
}

async fn passkey_begin(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, ScriptProblem> {
    check_token(&app, &visitor, &headers).await?;
    Ok(begun(accounts::passkey_confirm_begin(&app, visitor.signed()?).await?))
}

#[derive(Deserialize)]
struct Finish {
    #[serde(default)]
    next: String,
    credential: Value,
}

async fn passkey_finish(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Result<Json<Finish>, JsonRejection>,
) -> Result<Response, ScriptProblem> {
    check_token(&app, &visitor, &headers).await?;
    let Json(body) = body.map_err(|_| unreadable())?;
    let answer = credential(body.credential)?;
    let signed = visitor.signed()?;
    let token = accounts::passkey_confirm_finish(&app, signed, &answer, &visitor.browser).await?;
    Ok(with_session(&token, &path_on(&body.next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_leads_on_and_back_to_known_places_alone() {
        assert_eq!(path_on("tokens"), "/settings/tokens");
        for elsewhere in [
            "",
            "//evil.example",
            "https://evil.example",
            "/board",
            "passkey-remove.",
            "passkey-remove.x/y",
            "person.//evil.example",
            "person-remove.tok_01h2xcejqtf2nbrexx3vqjhp41",
        ] {
            assert_eq!(path_on(elsewhere), ACCOUNT, "{elsewhere}");
            assert_eq!(path_back(elsewhere), ACCOUNT, "{elsewhere}");
        }
    }

    #[test]
    fn it_leads_on_to_what_was_wanted_and_back_to_what_asks_for_nothing() {
        for (question, on, back) in [
            (
                Question::PasskeyRemove(Id::from_bits(7)),
                format!("/settings/security/passkeys/{}/remove", Id::<Passkey>::from_bits(7)),
                ACCOUNT,
            ),
            (
                Question::Person(Id::from_bits(7)),
                format!("/settings/people/{}", Id::<Person>::from_bits(7)),
                "/settings/people",
            ),
            (
                Question::PersonRemove(Id::from_bits(7)),
                format!("/settings/people/{}/remove", Id::<Person>::from_bits(7)),
                "/settings/people",
            ),
            (
                Question::TokenRevoke(Id::from_bits(7)),
                format!("/settings/tokens/{}/revoke", Id::<ApiToken>::from_bits(7)),
                "/settings/tokens",
            ),
        ] {
            let address = before(question);
            let next = address.split_once("next=").unwrap().1;
            assert_eq!((path_on(next), path_back(next)), (on.into(), back));
        }
        assert_eq!(
            (path_on("password"), path_back("password")),
            (format!("{ACCOUNT}/password").into(), ACCOUNT)
        );
        assert_eq!((path_on("app"), path_back("app")), (format!("{ACCOUNT}/app").into(), ACCOUNT));
    }
}
