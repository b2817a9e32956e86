//! Writing a policy: the form, and how what is written will look.

use super::{boxes, list::TemplateLine, list::template_lines, policy_id};
use crate::{
    Area, Shell,
    components::{Boxes, Field, Prose},
    entry::{field, split},
    serve::{Done, Form, Looker, PageProblem, Path, Query, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem,
    policies::{self, NewDraft},
};
use closedset_core::Action;
use serde::Deserialize;

/// The form of a policy, with what is written as it will look.
#[derive(Debug, Clone, Template)]
#[template(path = "policies/draft.html")]
pub struct DraftPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Which policy: its id, what it is called, and the version in force; none for a new one.
    pub policy: Option<(String, String, i64)>,
    /// The form.
    pub form: DraftForm,
    /// How it will look, where that was asked for.
    pub preview: Option<Prose>,
    /// The words from which a new one can begin.
    pub templates: Vec<TemplateLine>,
    /// What spoke against all of it, and what to do.
    pub problem: Option<String>,
}

/// The form. Posts `name`, `topics`, `text`, `asks_again` and `edition`.
#[derive(Debug, Clone, Default)]
pub struct DraftForm {
    /// What it is called.
    pub name: Field,
    /// What it is about.
    pub topics: Boxes,
    /// Its words.
    pub text: Field,
    /// Whoever read an earlier version reads again.
    pub asks_again: bool,
    /// What was seen when it was begun.
    pub edition: i64,
}

impl DraftForm {
    fn of(new: &NewDraft, edition: i64, problems: &[FieldProblem]) -> Self {
        let wrong = problems.iter().find(|problem| problem.field == "topics");
        Self {
            name: field(&new.name, problems, "name"),
            topics: boxes(&new.topics, wrong.map(|problem| problem.message.clone())),
            text: field(&new.text, problems, "text"),
            asks_again: new.asks_again,
            edition,
        }
    }
}

fn entered(form: &Form) -> NewDraft {
    NewDraft {
        name: form.text("name").to_owned(),
        topics: form.ticked("topics").map(str::to_owned).collect(),
        text: form.text("text").to_owned(),
        asks_again: form.is_yes("asks_again"),
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: String,
}

async fn blank(app: &App, looker: &Looker, form: DraftForm) -> Result<DraftPage, PageProblem> {
    Ok(DraftPage {
        shell: looker.shell(Area::People),
        policy: None,
        form,
        preview: None,
        templates: template_lines(app, looker).await?,
        problem: None,
    })
}

pub(super) async fn new(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<From>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleManage)?;
    let all = policies::template_list(&app, &looker.caller).await?;
    let chosen = all.into_iter().find(|one| one.id == query.from);
    let new = chosen.map_or_else(NewDraft::default, |one| NewDraft {
        name: one.name.to_owned(),
        topics: one.topics.iter().map(|topic| topic.as_str().to_owned()).collect(),
        text: one.text,
        asks_again: false,
    });
    Ok(show(&blank(&app, &looker, DraftForm::of(&new, 0, &[])).await?))
}

pub(super) async fn start(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleManage)?;
    let new = entered(&form);
    if form.is_yes("preview") {
        let page = blank(&app, &looker, DraftForm::of(&new, 0, &[])).await?;
        return Ok(show(&DraftPage { preview: Some(Prose::from_markdown(&new.text)), ..page }));
    }
    let problem = match policies::policy_start(&app, &looker.caller, new.clone()).await {
        Ok(id) => return Ok(done(&format!("/policies/{id}"), Done::DraftSaved)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let page = blank(&app, &looker, DraftForm::of(&new, 0, &problems)).await?;
    Ok(refused(&DraftPage { problem, ..page }))
}

/// What is written now, and the form for it.
async fn page(app: &App, looker: &Looker, text: &str) -> Result<DraftPage, PageProblem> {
    looker.caller.require(Action::PeopleManage)?;
    let detail = policies::policy_detail(app, &looker.caller, policy_id(text)?).await?;
    let row = detail.shown.policy;
    if row.retired_at.is_some() {
        return Err(closedset_app::Problem::NotFound("policy").into());
    }
    let words = |topics: &std::collections::BTreeSet<closedset_core::policy::Topic>| {
        topics.iter().map(|topic| topic.as_str().to_owned()).collect()
    };
    let written = match (&detail.draft, detail.versions.first()) {
        (Some(draft), _) => NewDraft {
            name: draft.name.clone(),
            topics: words(&draft.topics),
            text: draft.text.clone(),
            asks_again: draft.asks_again,
        },
        (None, Some(version)) => NewDraft {
            name: version.name.clone(),
            topics: words(&version.topics),
            text: version.text.clone(),
            asks_again: false,
        },
        (None, None) => NewDraft::default(),
    };
    Ok(DraftPage {
        shell: looker.shell(Area::People),
        policy: Some((row.id.to_string(), row.name, row.number)),
        form: DraftForm::of(&written, row.edition, &[]),
        preview: None,
        templates: Vec::new(),
        problem: None,
    })
}

pub(super) async fn draft(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, &id).await?))
}

pub(super) async fn save(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleManage)?;
    let (id, new) = (policy_id(&text)?, entered(&form));
    let edition = form.text("edition").parse().unwrap_or(0);
    if form.is_yes("preview") {
        let mut page = page(&app, &looker, &text).await?;
        page.form = DraftForm::of(&new, edition, &[]);
        page.preview = Some(Prose::from_markdown(&new.text));
        return Ok(show(&page));
    }
    let saved = policies::policy_draft_save(&app, &looker.caller, (id, edition), new.clone()).await;
    let problem = match saved {
        Ok(_) => return Ok(done(&format!("/policies/{id}"), Done::DraftSaved)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let mut page = page(&app, &looker, &text).await?;
    (page.form, page.problem) = (DraftForm::of(&new, edition, &problems), problem);
    Ok(refused(&page))
}
