//! Which policies there are, and first of all which topics none covers.

use super::{day_text, words};
use crate::{
    Area, Shell,
    components::TimeText,
    entry::split,
    serve::{Done, Form, Looker, PageProblem, day, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App,
    policies::{self, CONTROL, HandbookStanding, PolicyShown},
};
use closedset_core::Action;

/// The policies.
#[derive(Debug, Clone, Template)]
#[template(path = "policies/list.html")]
pub struct PoliciesPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The topics that no policy in force covers.
    pub missing: Vec<&'static str>,
    /// How the document of all of them stands.
    pub handbook: HandbookLine,
    /// Those that are in force or to be, oldest first.
    pub policies: Vec<PolicyLine>,
    /// Those that nobody has to keep to any more.
    pub retired: Vec<PolicyLine>,
    /// The words from which one can begin.
    pub templates: Vec<TemplateLine>,
    /// What spoke against what was asked for, and what to do.
    pub problem: Option<String>,
    /// Whether this person may write policies.
    pub may_write: bool,
    /// Whether this person may give the document.
    pub may_give: bool,
}

/// How the document of all policies stands.
#[derive(Debug, Clone, Default)]
pub struct HandbookLine {
    /// Its control.
    pub control: &'static str,
    /// Its id, and until when it counts; none where it does not.
    pub document: Option<(String, TimeText)>,
    /// The control is answered here.
    pub is_answered: bool,
    /// Nothing speaks against giving it now.
    pub can_be_given: bool,
}

/// A policy, and how far it is known.
#[derive(Debug, Clone, Default)]
pub struct PolicyLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub topics: String,
    /// Which version is in force; 0 where none is.
    pub number: i64,
    /// Nobody has to keep to it any more.
    pub is_retired: bool,
    /// The day by which it is reviewed.
    pub review_by: Option<TimeText>,
    /// That day is over.
    pub is_overdue: bool,
    /// Something is written that was not approved.
    pub has_draft: bool,
    /// It waits to be approved.
    pub is_sent: bool,
    /// How many must know it.
    pub bound: i64,
    /// How many of them said that they do.
    pub acknowledged: i64,
}

impl PolicyLine {
    /// How many still must.
    pub fn owing(&self) -> i64 {
        self.bound - self.acknowledged
    }

    pub(super) fn of(shown: PolicyShown) -> Self {
        Self {
            id: shown.policy.id.to_string(),
            topics: words(&shown.policy.topics),
            name: shown.policy.name,
            number: shown.policy.number,
            is_retired: shown.policy.retired_at.is_some(),
            review_by: shown.policy.review_by.map(day_text),
            is_overdue: shown.is_overdue,
            has_draft: shown.draft.is_some(),
            is_sent: shown.draft.flatten().is_some(),
            bound: shown.bound,
            acknowledged: shown.acknowledged,
        }
    }
}

/// Words from which one can begin.
#[derive(Debug, Clone)]
pub struct TemplateLine {
    /// Its word.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// The templates by their names alone.
pub(super) async fn template_lines(
    app: &App,
    looker: &Looker,
) -> Result<Vec<TemplateLine>, PageProblem> {
    let all = policies::template_list(app, &looker.caller).await?;
    let line = |one: policies::Template| TemplateLine { id: one.id.into(), name: one.name.into() };
    Ok(all.into_iter().map(line).collect())
}

async fn page(app: &App, looker: &Looker) -> Result<PoliciesPage, PageProblem> {
    let all = policies::policy_list(app, &looker.caller).await?;
    let HandbookStanding { document, is_answered, can_be_given } = all.handbook;
    let until = |until| day(until - closedset_core::Duration::from_millis(1), &looker.zone);
    let (retired, kept): (Vec<_>, Vec<_>) =
        all.policies.into_iter().partition(|one| one.policy.retired_at.is_some());
    let may_write = looker.caller.may(Action::PeopleManage);
    Ok(PoliciesPage {
        shell: looker.shell(Area::People),
        missing: all.missing.into_iter().map(|topic| topic.title()).collect(),
        handbook: HandbookLine {
            control: CONTROL,
            document: document.map(|(id, ends)| (id.to_string(), until(ends))),
            is_answered,
            can_be_given,
        },
        policies: kept.into_iter().map(PolicyLine::of).collect(),
        retired: retired.into_iter().map(PolicyLine::of).collect(),
        templates: if may_write { template_lines(app, looker).await? } else { Vec::new() },
        problem: None,
        may_give: may_write && looker.caller.may(Action::EvidenceWrite),
        may_write,
    })
}

pub(super) async fn policies(
    State(app): State<App>,
    looker: Looker,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker).await?))
}

pub(super) async fn give(
    State(app): State<App>,
    looker: Looker,
    _form: Form,
) -> Result<Response, PageProblem> {
    let problem = match policies::handbook_give(&app, &looker.caller).await {
        Ok(()) => return Ok(done("/policies", Done::HandbookGiven)),
        Err(problem) => problem,
    };
    let (_, problem) = split(problem)?;
    let page = page(&app, &looker).await?;
    Ok(refused(&PoliciesPage { problem, ..page }))
}
