//! One policy before whoever holds a link, and the button by which they say that they read it.

use super::policy_id;
use crate::{
    Shell,
    agreements::mine::dead,
    components::{Prose, TimeText},
    entry::{known, split, with_cookie},
    serve::{Form, PageProblem, Path, Visitor, go, invited::PERSONAL, moment, refused, show},
};
use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use closedset_app::{
    App,
    policies::{self, Read},
};

/// A policy to be read.
#[derive(Debug, Clone, Template)]
#[template(path = "policies/mine.html")]
pub struct ReadPage {
    /// The frame around the page.
    pub shell: Shell,
    /// To whom.
    pub organisation: String,
    /// Who.
    pub person: String,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Which version is in force.
    pub number: i64,
    /// Its words.
    pub words: Prose,
    /// They must say that they read it.
    pub is_owed: bool,
    /// Which version they said so of before, and when.
    pub said: Option<(i64, TimeText)>,
    /// What spoke against it, and what to do.
    pub problem: Option<String>,
}

fn view(visitor: &Visitor, read: Read, problem: Option<String>) -> ReadPage {
    let row = read.known.policy;
    let said = read.known.acknowledgement;
    ReadPage {
        shell: visitor.outside(),
        organisation: read.organisation,
        person: read.name,
        id: row.id.to_string(),
        name: row.name,
        number: row.number,
        words: Prose::from_markdown(&read.text),
        is_owed: read.known.is_owed,
        said: said.map(|said| (said.number, moment(said.acknowledged_at, &read.zone))),
        problem,
    }
}

pub(super) async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageProblem> {
    let (id, token) = (policy_id(&text)?, PERSONAL.kept(&headers));
    match policies::to_read_one(&app, &token, id).await {
        Ok(read) => {
            let (visitor, fresh) = known(&app, visitor);
            Ok(with_cookie(show(&view(&visitor, read, None)), fresh))
        }
        Err(problem) => dead(&visitor, problem, &token),
    }
}

pub(super) async fn acknowledge(
    State(app): State<App>,
    visitor: Visitor,
    Path(text): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, PageProblem> {
    let (id, token) = (policy_id(&text)?, PERSONAL.kept(&headers));
    let number = form.text("version").parse().unwrap_or(0);
    let problem = match policies::acknowledge(&app, &token, (id, number)).await {
        Ok(_) => return Ok(go("/mine")),
        Err(problem) => problem,
    };
    if problem.code() != "policy.changed_while_read" {
        return dead(&visitor, problem, &token);
    }
    let (_, problem) = split(problem)?;
    match policies::to_read_one(&app, &token, id).await {
        Ok(read) => Ok(refused(&view(&visitor, read, problem))),
        Err(problem) => dead(&visitor, problem, &token),
    }
}
