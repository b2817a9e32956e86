//! Going from one organisation to another, and setting up one more.

use super::{
    countries,
    handlers::{Answer, field},
    time_zones,
};
use crate::{
    Area, Shell,
    components::{Choice, Field},
    serve::{
        Done, Form, Looker, PageProblem, Path, Visitor, confirm_first, done, go, refused, show,
    },
    settings::role_words,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem,
    accounts::{self, SetUpState, Stage, set_up_state},
    organisations::{self, Profile},
};
use closedset_core::Action;
use closedset_store::people::MembershipRow;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/organisations", get(list))
        .route("/organisations/new", get(new).post(add))
        .route("/organisations/{id}/enter", post(enter))
}

/// The organisations that an account belongs to.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/organisations.html")]
pub struct Organisations {
    /// The frame around the page.
    pub shell: Shell,
    /// Whose account it is, by its address.
    pub email: String,
    /// They.
    pub organisations: Vec<OrganisationLine>,
    /// The person may set up one more.
    pub may_add: bool,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct OrganisationLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is, where another has the same name.
    pub site: Option<String>,
    /// What the person is there, in words.
    pub role: &'static str,
    /// The session looks at it.
    pub is_here: bool,
}

/// One more organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/organisation_new.html")]
pub struct OrganisationNew {
    /// The frame around the page.
    pub shell: Shell,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// The company's name.
    pub organisation: Field,
    /// The site's name.
    pub facility: Field,
    /// Its address.
    pub address: Field,
    /// Its country.
    pub country: Field,
    /// Its time zone.
    pub time_zone: Field,
    /// The countries to choose from.
    pub countries: Vec<Choice>,
    /// The time zones to choose from.
    pub time_zones: Vec<Choice>,
}

async fn list(State(app): State<App>, visitor: Visitor) -> Answer {
    let signed = visitor.signed()?;
    if signed.stage != Stage::Full || !signed.recovery_is_confirmed {
        return Ok(go("/"));
    }
    if signed.memberships.is_empty() && set_up_state(&app).await? == SetUpState::Organisation {
        return Ok(go("/"));
    }
    let here = signed.membership().ok();
    let names = organisations::organisation_names(&app, signed).await?;
    let line = |row: &MembershipRow| OrganisationLine {
        id: row.organisation.to_string(),
        name: row.organisation_name.clone(),
        site: names
            .iter()
            .find(|named| named.organisation == row.organisation)
            .and_then(|named| named.site.clone()),
        role: role_words(row.role),
        is_here: here.is_some_and(|here| here.organisation == row.organisation),
    };
    Ok(show(&Organisations {
        shell: visitor.outside(),
        email: signed.email.clone(),
        organisations: signed.memberships.iter().map(line).collect(),
        may_add: here.is_some_and(|here| here.role.may(Action::OrganisationCreate)),
    }))
}

async fn enter(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    _form: Form,
) -> Answer {
    let id = id.parse().map_err(|_| Problem::NotFound("organisation"))?;
    accounts::session_enter(&app, visitor.signed()?, id).await?;
    Ok(go("/"))
}

async fn new(looker: Looker) -> Answer {
    looker.caller.require(Action::OrganisationCreate)?;
    Ok(show(&view(&looker, &Form::default(), &[], None)))
}

fn view(
    looker: &Looker,
    form: &Form,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> OrganisationNew {
    let kept = |name: &str| field(form.text(name), problems, name);
    OrganisationNew {
        shell: looker.shell(Area::Settings),
        problem,
        organisation: kept("organisation"),
        facility: kept("facility"),
        address: kept("address"),
        country: kept("country"),
        time_zone: kept("time_zone"),
        countries: countries(),
        time_zones: time_zones(),
    }
}

async fn add(State(app): State<App>, looker: Looker, form: Form) -> Answer {
    let text = |name: &str| form.text(name).to_owned();
    let profile = Profile {
        organisation: text("organisation"),
        facility: text("facility"),
        address: text("address"),
        country: text("country"),
        time_zone: text("time_zone"),
    };
    match organisations::organisation_add(&app, &looker.caller, profile).await {
        Ok(made) => {
            accounts::session_enter(&app, &looker.signed, made).await?;
            Ok(done("/board", Done::OrganisationMade))
        }
        Err(problem @ (Problem::Invalid(_) | Problem::Conflict { .. }))
            if problem.code() != accounts::FACTOR_STALE =>
        {
            let (problems, problem) = super::split(problem)?;
            Ok(refused(&view(&looker, &form, &problems, problem)))
        }
        Err(other) => {
            let first = confirm_first("/confirm-it-is-you?next=organisation");
            Err::<_, PageProblem>(first(other))
        }
    }
}
