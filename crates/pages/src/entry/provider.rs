//! To the provider and back. A form cannot be sent on to another site, so a page of ours leads there by
//! itself; where a browser does not go on by itself, there is a link.

use super::{
    confirm::path_on,
    handlers::{Answer, known, sign_in_view, signed_in, split, with_cookie},
};
use crate::{
    Shell,
    components::TimeText,
    serve::{
        Done, Form, PageProblem, Query, Visitor, cookie, done, errand, forget_next, go_on, invited,
        moment, refused, show,
    },
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use closedset_app::{
    App, Problem,
    accounts::Stage,
    sign_on::{self, Arrived, BACK, Returned, Sent, TestReport, Wish},
};
use serde::Deserialize;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in/provider", post(sign_in))
        .route("/sign-in/provider/join", post(join))
        .route(BACK, get(back))
}

/// A page that leads on to the provider.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/going_on.html")]
pub struct GoingOn {
    /// The frame around the page.
    pub shell: Shell,
    /// What people call the provider.
    pub provider: String,
    /// Where it leads.
    pub address: String,
}

/// What the provider says of whoever tried it.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/provider_tested.html")]
pub struct ProviderTested {
    /// The frame around the page.
    pub shell: Shell,
    /// Its own name for them.
    pub subject: String,
    /// Their address; empty where it says none.
    pub email: String,
    /// It says that the address is theirs.
    pub email_is_verified: bool,
    /// By which methods; empty where it says none.
    pub methods: String,
    /// At which level; empty where it says none.
    pub level: String,
    /// When they showed who they are, where it says that.
    pub shown: Option<TimeText>,
    /// That counts as a second factor.
    pub counts: bool,
}

/// Sends the browser on.
pub(crate) fn going_on(shell: Shell, sent: Sent) -> Response {
    let mut response = show(&GoingOn { shell, provider: sent.name, address: sent.address });
    errand::keep(&mut response, &sent.browser);
    response
}

async fn sign_in(State(app): State<App>, visitor: Visitor, _form: Form) -> Answer {
    match sign_on::send(&app, Wish::SignIn).await {
        Ok(sent) => Ok(going_on(visitor.outside(), sent)),
        Err(problem) => told(&app, visitor, problem).await,
    }
}

async fn join(State(app): State<App>, visitor: Visitor, headers: HeaderMap, form: Form) -> Answer {
    let token = invited::INVITATION.kept(&headers);
    if form.text("invitation") != invited::mark(&token) {
        return Ok(crate::serve::go("/join"));
    }
    match sign_on::send(&app, Wish::Join(&token)).await {
        Ok(sent) => Ok(going_on(visitor.outside(), sent)),
        Err(problem) => told(&app, visitor, problem).await,
    }
}

/// What the provider's site has a browser bring; what else stands there is passed over.
#[derive(Debug, Deserialize)]
struct Brought {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    iss: String,
    #[serde(default)]
    error: String,
}

async fn back(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(brought): Query<Brought>,
) -> Answer {
    let browser = errand::kept(&headers);
    let returned = Returned {
        state: &brought.state,
        code: &brought.code,
        issuer: &brought.iss,
        error: &brought.error,
        browser: browser.as_ref(),
        signed: visitor.signed.as_ref(),
        agent: &visitor.browser,
    };
    let arrived = match sign_on::come_back(&app, returned).await {
        Ok(arrived) => arrived,
        // The cookie stays: it may be that of another sign-in, which is under way.
        Err(problem) => return told(&app, visitor, problem).await,
    };
    let mut response = match arrived {
        Arrived::SignedIn(token, Stage::Full) => {
            let mut response = go_on(&visitor);
            cookie::set(&mut response, &token);
            response
        }
        Arrived::Joined(token, Stage::Full) => {
            let mut response = done("/", Done::Joined);
            cookie::set(&mut response, &token);
            joined(&mut response);
            response
        }
        Arrived::SignedIn(token, stage) => signed_in(&token, half_way(stage)),
        Arrived::Joined(token, stage) => {
            let mut response = signed_in(&token, half_way(stage));
            joined(&mut response);
            response
        }
        Arrived::Linked => done("/settings/security", Done::IdentityAdded),
        Arrived::Confirmed(token, onward) => signed_in(&token, &path_on(&onward)),
        Arrived::Tested(report) => show(&tested(&visitor, report)),
    };
    errand::forget(&mut response);
    Ok(response)
}

/// The invitation is used up.
fn joined(response: &mut Response) {
    invited::INVITATION.forget(response);
    forget_next(response);
}

const fn half_way(stage: Stage) -> &'static str {
    match stage {
        Stage::SecondFactor => "/sign-in/second-factor",
        Stage::Enrolling => "/setup/second-factor",
        Stage::Full => "/",
    }
}

fn tested(visitor: &Visitor, report: TestReport) -> ProviderTested {
    ProviderTested {
        shell: visitor.outside(),
        subject: report.subject,
        email: report.email.unwrap_or_default(),
        email_is_verified: report.email_is_verified,
        methods: report.methods.join(", "),
        level: report.level.unwrap_or_default(),
        shown: report.shown_at.map(|at| moment(at, "UTC")),
        counts: report.counts,
    }
}

/// Whoever is signed in is told why on a page of its own; whoever is not, above the way in.
async fn told(app: &App, visitor: Visitor, problem: Problem) -> Answer {
    if visitor.signed.as_ref().is_some_and(|signed| signed.stage == Stage::Full) {
        return Err(PageProblem::from(problem));
    }
    let (_, problem) = split(problem)?;
    let (visitor, fresh) = known(app, visitor);
    let view = sign_in_view(app, &visitor, "", &[], problem).await?;
    Ok(with_cookie(refused(&view), fresh))
}
