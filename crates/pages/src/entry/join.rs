//! The link of an invitation: a new account, or joining with the one that is signed in.

use super::handlers::{Answer, field, known, signed_in, split, with_cookie};
use super::set_up::{JOINING, Step, leader_of};
use crate::{
    Shell,
    components::Field,
    serve::{
        Done, Form, PageProblem, Query, Visitor, done, go, invited, refused, remember_next, show,
    },
    settings::role_words,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem,
    accounts::Stage,
    people::{self, NewMember, Offer},
    sign_on,
};
use serde::Deserialize;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/join", get(join).post(join_new)).route("/join/accept", post(accept))
}

/// An invitation, for whoever is not signed in: a new account, or the way to sign in.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/join.html")]
pub struct Join {
    /// The frame around the page.
    pub shell: Shell,
    /// The leader.
    pub steps: Vec<Step>,
    /// Which invitation is shown.
    pub invitation: String,
    /// Where to.
    pub organisation: String,
    /// What they will be, in words.
    pub role: &'static str,
    /// Who invited.
    pub invited_by: String,
    /// Whom, by their address.
    pub email: String,
    /// What the provider is called by which people join too.
    pub provider: Option<String>,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// The person's name.
    pub name: Field,
    /// Their password.
    pub password: Field,
}

/// An invitation, for somebody who is signed in.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/join_accept.html")]
pub struct JoinAccept {
    /// The frame around the page.
    pub shell: Shell,
    /// Which invitation is shown.
    pub invitation: String,
    /// Another one was shown before, and nothing was done.
    pub is_another: bool,
    /// Where to.
    pub organisation: String,
    /// What they will be, in words.
    pub role: &'static str,
    /// Who invited.
    pub invited_by: String,
    /// Whom, by their address.
    pub email: String,
    /// The address of the account that is signed in.
    pub own: String,
}

/// A link that opens nothing.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/join_dead.html")]
pub struct JoinDead {
    /// The frame around the page.
    pub shell: Shell,
    /// The browser does not know the link any more, whatever it opens.
    pub is_forgotten: bool,
}

#[derive(Debug, Deserialize)]
struct JoinQuery {
    #[serde(default)]
    token: String,
}

async fn join(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<JoinQuery>,
    headers: HeaderMap,
) -> Answer {
    if !query.token.is_empty() {
        let mut response = go("/join");
        invited::INVITATION.forget(&mut response);
        invited::INVITATION.keep(&mut response, &query.token);
        return Ok(response);
    }
    shown(&app, visitor, &headers, Told::First).await
}

/// Whether the page is shown because another invitation was accepted than the one that counts now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    First,
    AnotherIsOpen,
}

/// The page of the invitation whose link was opened last.
async fn shown(app: &App, visitor: Visitor, headers: &HeaderMap, told: Told) -> Answer {
    let token = invited::INVITATION.kept(headers);
    let offer = match people::offer(app, &token).await {
        Ok(offer) => offer,
        Err(problem) => return dead(&visitor, problem, &token),
    };
    let is_another = told == Told::AnotherIsOpen;
    let page = |view| if is_another { conflict(view) } else { view };
    if let Some(signed) = visitor.signed.as_ref().filter(|signed| signed.stage == Stage::Full) {
        return Ok(page(show(&JoinAccept {
            shell: visitor.outside(),
            invitation: invited::mark(&token),
            is_another,
            organisation: offer.organisation,
            role: role_words(offer.role),
            invited_by: offer.invited_by,
            email: offer.email,
            own: signed.email.clone(),
        })));
    }
    let (visitor, fresh) = known(app, visitor);
    let problem = is_another.then(|| ANOTHER.to_owned());
    let provider = sign_on::offered(app).await?;
    let view = view(&visitor, &token, offer, Entered { provider, problem, ..Entered::default() });
    let mut response = with_cookie(page(show(&view)), fresh);
    // Whoever signs in instead comes back here.
    remember_next(&mut response, "/join");
    Ok(response)
}

const ANOTHER: &str = "Another invitation was opened in this browser since, and nothing was done with the one that stood here. This is the one that was opened last.";

fn conflict(mut response: Response) -> Response {
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::CONFLICT;
    }
    response
}

/// Whether the form shows the invitation whose link was opened last.
fn is_shown(form: &Form, token: &str) -> bool {
    form.text("invitation") == invited::mark(token)
}

/// What was entered, and what is wrong with it.
#[derive(Default)]
struct Entered<'a> {
    form: Option<&'a Form>,
    provider: Option<String>,
    problems: &'a [FieldProblem],
    problem: Option<String>,
}

fn view(visitor: &Visitor, token: &str, offer: Offer, entered: Entered<'_>) -> Join {
    let Entered { form, provider, problems, problem } = entered;
    let name = form.map_or(offer.name.as_str(), |form| form.text("name"));
    Join {
        shell: visitor.outside(),
        steps: leader_of(&JOINING, 0),
        invitation: invited::mark(token),
        name: field(name, problems, "name"),
        organisation: offer.organisation,
        role: role_words(offer.role),
        invited_by: offer.invited_by,
        email: offer.email,
        provider,
        problem,
        password: field("", problems, "password"),
    }
}

/// The page of a link that opens nothing, and is not tried again.
fn dead(visitor: &Visitor, problem: Problem, token: &str) -> Answer {
    if problem.code() != "invitation.dead" {
        return Err(problem.into());
    }
    let mut response = show(&JoinDead { shell: visitor.outside(), is_forgotten: token.is_empty() });
    *response.status_mut() = StatusCode::FORBIDDEN;
    invited::INVITATION.forget(&mut response);
    Ok(response)
}

async fn join_new(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let token = invited::INVITATION.kept(&headers);
    if !is_shown(&form, &token) {
        return shown(&app, visitor, &headers, Told::AnotherIsOpen).await;
    }
    let new = NewMember {
        name: form.text("name").to_owned(),
        password: form.text("password").to_owned(),
        browser: visitor.browser.clone(),
    };
    match people::join_new(&app, &token, new).await {
        Ok(session) => {
            let mut response = signed_in(&session, "/setup/second-factor");
            invited::INVITATION.forget(&mut response);
            crate::serve::forget_next(&mut response);
            Ok(response)
        }
        Err(problem) if problem.code() == "invitation.dead" => dead(&visitor, problem, &token),
        Err(problem) => {
            let (problems, problem) = split(problem)?;
            match people::offer(&app, &token).await {
                Ok(offer) => {
                    let provider = sign_on::offered(&app).await?;
                    let entered =
                        Entered { form: Some(&form), provider, problems: &problems, problem };
                    Ok(refused(&view(&visitor, &token, offer, entered)))
                }
                Err(problem) => dead(&visitor, problem, &token),
            }
        }
    }
}

async fn accept(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let token = invited::INVITATION.kept(&headers);
    let signed = visitor.signed()?.clone();
    if !is_shown(&form, &token) {
        return shown(&app, visitor, &headers, Told::AnotherIsOpen).await;
    }
    match people::join(&app, &signed, &token).await {
        Ok(()) => {
            let mut response = done("/", Done::Joined);
            invited::INVITATION.forget(&mut response);
            crate::serve::forget_next(&mut response);
            Ok(response)
        }
        Err(problem) if problem.code() == "invitation.dead" => dead(&visitor, problem, &token),
        Err(problem) => Err(PageProblem::from(problem)),
    }
}
