//! What somebody without an account owes, by the link that was made for them: one thing after the other, and
//! nothing else.

use super::{agreement_id, list::signed_file, signature_id};
use crate::{
    Shell,
    components::{Field, Prose, TimeText},
    contacts::ContactLine,
    entry::{field, known, split, with_cookie},
    serve::{
        Form, PageProblem, Path, Query, Visitor, go, invited::PERSONAL, moment, refused, show,
    },
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use closedset_app::{
    App, FieldProblem, Problem,
    agreements::{self, Owed},
    contacts::{self, ContactAsked},
    policies::{self, ToRead},
};
use serde::Deserialize;

/// What is owed next, and what was signed.
#[derive(Debug, Clone, Template)]
#[template(path = "agreements/mine.html")]
pub struct MinePage {
    /// The frame around the page.
    pub shell: Shell,
    /// To whom.
    pub organisation: String,
    /// Who.
    pub person: String,
    /// What is to be signed now: id, version, what it is called and its words; none where nothing is owed.
    pub next: Option<(String, i64, String, Prose)>,
    /// Which of how many it is.
    pub place: (usize, usize),
    /// An earlier version was signed, and this one asks again.
    pub is_again: bool,
    /// What was signed.
    pub signed: Vec<SignedLine>,
    /// What is to be read, or was.
    pub reads: Vec<ReadLine>,
    /// Their place on the sheet of contacts; none where they have none.
    pub contact: Option<ContactLine>,
    /// The field for the name.
    pub name: Field,
    /// That it was read, with what is wrong.
    pub has_read: Field,
    /// What spoke against all of it, and what to do.
    pub problem: Option<String>,
}

/// What was signed.
#[derive(Debug, Clone)]
pub struct SignedLine {
    /// The signature's id.
    pub id: String,
    /// What the agreement is called.
    pub agreement: String,
    /// When.
    pub at: TimeText,
}

/// A policy to be read, or one that was.
#[derive(Debug, Clone)]
pub struct ReadLine {
    /// Its id; none where it is not in force any more.
    pub id: Option<String>,
    /// What it is called.
    pub name: String,
    /// They must read it still.
    pub is_owed: bool,
    /// When they said that they read it, whichever version.
    pub said: Option<TimeText>,
}

impl MinePage {
    /// How many policies they must read still.
    pub fn to_read(&self) -> usize {
        self.reads.iter().filter(|one| one.is_owed).count()
    }

    /// They are asked to confirm their place on the sheet of contacts.
    pub fn asks_contact(&self) -> bool {
        self.contact.as_ref().is_some_and(ContactLine::is_asked)
    }
}

/// A link that opens nothing.
#[derive(Debug, Clone, Template)]
#[template(path = "agreements/mine_dead.html")]
pub struct MineDead {
    /// The frame around the page.
    pub shell: Shell,
    /// The browser does not know the link any more, whatever it opens.
    pub is_forgotten: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct MineQuery {
    #[serde(default)]
    token: String,
}

pub(super) async fn mine(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<MineQuery>,
    headers: HeaderMap,
) -> Result<Response, PageProblem> {
    if !query.token.is_empty() {
        let mut response = go("/mine");
        PERSONAL.forget(&mut response);
        PERSONAL.keep(&mut response, &query.token);
        return Ok(response);
    }
    let token = PERSONAL.kept(&headers);
    match all(&app, &token).await {
        Ok(all) => {
            let (visitor, fresh) = known(&app, visitor);
            Ok(with_cookie(show(&view(&visitor, all, None, &[], None)), fresh))
        }
        Err(problem) => dead(&visitor, problem, &token),
    }
}

/// What is to be signed, what is to be read, and the place on the sheet of contacts.
type All = (Owed, ToRead, Option<ContactAsked>);

async fn all(app: &App, token: &str) -> Result<All, Problem> {
    let (owed, reads) = (agreements::owed(app, token).await?, policies::to_read(app, token).await?);
    Ok((owed, reads, contacts::contact_asked(app, token).await?))
}

/// The page again, after something on it was refused.
pub(crate) async fn again(
    app: &App,
    visitor: &Visitor,
    token: &str,
    problem: Option<String>,
) -> Result<Response, PageProblem> {
    match all(app, token).await {
        Ok(all) => Ok(refused(&view(visitor, all, None, &[], problem))),
        Err(problem) => dead(visitor, problem, token),
    }
}

fn view(
    visitor: &Visitor,
    (owed, reads, contact): All,
    form: Option<&Form>,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> MinePage {
    let total = owed.agreements.len();
    let open: Vec<_> = owed.agreements.iter().filter(|one| one.bound.is_owed()).collect();
    let next = open.first().map(|one| {
        let row = &one.bound.agreement;
        (row.id.to_string(), row.number, row.name.clone(), Prose::from_markdown(&one.text))
    });
    let signed = owed.agreements.iter().filter_map(|one| {
        let signature = one.bound.signature.as_ref()?;
        Some(SignedLine {
            id: signature.id.to_string(),
            agreement: one.bound.agreement.name.clone(),
            at: moment(signature.signed_at, &owed.zone),
        })
    });
    MinePage {
        shell: visitor.outside(),
        place: (total - open.len() + 1, total),
        is_again: open.first().is_some_and(|one| one.bound.signature.is_some()),
        next,
        signed: signed.collect(),
        reads: reads
            .policies
            .into_iter()
            .map(|one| ReadLine {
                id: one.policy.is_in_force().then(|| one.policy.id.to_string()),
                name: one.policy.name,
                is_owed: one.is_owed,
                said: one.acknowledgement.map(|said| moment(said.acknowledged_at, &owed.zone)),
            })
            .collect(),
        contact: contact.map(|asked| ContactLine::of(asked, &owed.zone)),
        name: field(form.map_or("", |form| form.text("name")), problems, "name"),
        has_read: field("", problems, "has_read"),
        problem,
        organisation: owed.organisation,
        person: owed.name,
    }
}

pub(crate) fn dead(
    visitor: &Visitor,
    problem: Problem,
    token: &str,
) -> Result<Response, PageProblem> {
    if problem.code() != "personal_link.dead" {
        return Err(problem.into());
    }
    let mut response = show(&MineDead { shell: visitor.outside(), is_forgotten: token.is_empty() });
    *response.status_mut() = StatusCode::FORBIDDEN;
    PERSONAL.forget(&mut response);
    Ok(response)
}

pub(super) async fn sign(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, PageProblem> {
    let token = PERSONAL.kept(&headers);
    let agreement = agreement_id(form.text("agreement"))?;
    let number = form.text("version").parse().unwrap_or(0);
    let said = (form.text("name"), form.is_yes("has_read"));
    let problem = match agreements::sign(&app, &token, (agreement, number), said).await {
        Ok(_) => return Ok(go("/mine")),
        Err(problem) => problem,
    };
    if problem.code() == "personal_link.dead" {
        return dead(&visitor, problem, &token);
    }
    let (problems, problem) = split(problem)?;
    match all(&app, &token).await {
        Ok(all) => Ok(refused(&view(&visitor, all, Some(&form), &problems, problem))),
        Err(problem) => dead(&visitor, problem, &token),
    }
}

pub(super) async fn signature(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageProblem> {
    let (id, token) = (signature_id(&id)?, PERSONAL.kept(&headers));
    match agreements::signed_file(&app, &token, id).await {
        Ok((_, bytes)) => Ok(signed_file(bytes)),
        Err(problem) => dead(&visitor, problem, &token),
    }
}
