//! One policy: its words in force, what is written and not approved, who knows it, and the forms that put words in force,
//! confirm them and take them out.

use super::{PolicyLine, policy_id, words};
use crate::{
    Area, Shell,
    components::{Field, Prose, TimeText},
    entry::{field, split},
    serve::{Done, Form, Looker, PageProblem, Path, day, done, moment, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem, mail,
    policies::{self, Approving, LISTED, PolicyDetail},
};
use closedset_core::Action;
use jiff::Span;

/// A policy.
#[derive(Debug, Clone, Template)]
#[template(path = "policies/policy.html")]
pub struct PolicyPage {
    /// The frame around the page.
    pub shell: Shell,
    /// How it stands.
    pub policy: PolicyLine,
    /// The words in force.
    pub words: Prose,
    /// Who approved them.
    pub approved: Option<Approved>,
    /// What is written and not approved.
    pub draft: Option<DraftShown>,
    /// Its versions, the newest first.
    pub versions: Vec<VersionLine>,
    /// Who knows it.
    pub known: WhoKnows,
    /// The day by which it is reviewed next.
    pub review_by: Field,
    /// Why it is taken out of force.
    pub reason: Field,
    /// Which of the forms is open from the start.
    pub open: Open,
    /// What spoke against all of it, and what to do.
    pub problem: Option<String>,
    /// Whether this person may write policies.
    pub may_write: bool,
    /// Whether this person may mail whoever has not read it a link, and mail goes out.
    pub may_remind: bool,
    /// Whether this person may put them in force, and take them out.
    pub may_approve: bool,
}

/// Who approved the version in force, and who looked at it since.
#[derive(Debug, Clone)]
pub struct Approved {
    /// Who.
    pub by: String,
    /// When.
    pub on: TimeText,
    /// Another wrote it.
    pub has_second_person: bool,
    /// Who said that nothing is to be changed, and when.
    pub reviewed: Option<(String, TimeText)>,
}

/// What is written and not approved.
#[derive(Debug, Clone)]
pub struct DraftShown {
    /// What it is to be called.
    pub name: String,
    /// What it is about.
    pub topics: String,
    /// The words.
    pub words: Prose,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: TimeText,
    /// Since when it waits to be approved.
    pub sent: Option<TimeText>,
    /// Whoever read an earlier version reads again.
    pub asks_again: bool,
    /// Which of its states this is.
    pub edition: i64,
    /// Whether whoever looks may approve it.
    pub approval: Approval,
}

/// Whether somebody may approve what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// Another wrote it.
    Second,
    /// They wrote it, and there is nobody else who may.
    Alone,
    /// They wrote it, and there is somebody else who may.
    NotThey,
}

/// A version in the list.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// Its number.
    pub number: i64,
    /// Since when.
    pub since: TimeText,
    /// Who wrote it.
    pub written_by: String,
    /// Who approved it.
    pub approved_by: String,
    /// The entry that says so.
    pub entry: i64,
}

/// Who knows a policy.
#[derive(Debug, Clone, Default)]
pub struct WhoKnows {
    /// Who must know it and did not say so: id and name.
    pub owing: Vec<(String, String)>,
    /// Who said so: id, name, version, and when.
    pub acknowledged: Vec<(String, String, i64, TimeText)>,
    /// Not all who must stand here.
    pub is_owing_cut: bool,
    /// Not all who said so stand here.
    pub is_acknowledged_cut: bool,
}

/// A form that is shown open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Open {
    /// None of them.
    #[default]
    Nothing,
    /// That it was reviewed.
    Review,
    /// That it is taken out of force.
    Retire,
}

fn is_cut<T>(list: &[T]) -> bool {
    i64::try_from(list.len()).is_ok_and(|many| many >= LISTED)
}

async fn page(app: &App, looker: &Looker, text: &str) -> Result<PolicyPage, PageProblem> {
    let detail = policies::policy_detail(app, &looker.caller, policy_id(text)?).await?;
    let next = detail.today.saturating_add(Span::new().years(1));
    let row = &detail.shown.policy;
    let is_retired = row.retired_at.is_some();
    let newest = detail.versions.first();
    let approved = newest.map(|version| Approved {
        by: version.approved_by.clone(),
        on: day(version.approved_at, &looker.zone),
        has_second_person: version.has_second_person,
        reviewed: row.reviewed_by.clone().zip(row.reviewed_at.map(|at| day(at, &looker.zone))),
    });
    let may_write = !is_retired && looker.caller.may(Action::PeopleManage);
    Ok(PolicyPage {
        shell: looker.shell(Area::People),
        words: Prose::from_markdown(newest.map_or("", |version| &version.text)),
        approved,
        draft: draft(&detail, looker),
        versions: detail
            .versions
            .iter()
            .map(|version| VersionLine {
                number: version.number,
                since: day(version.approved_at, &looker.zone),
                written_by: version.written_by.clone(),
                approved_by: version.approved_by.clone(),
                entry: version.entry,
            })
            .collect(),
        known: known(&detail, looker),
        policy: PolicyLine::of(detail.shown),
        review_by: Field::new(next.to_string()),
        reason: Field::default(),
        open: Open::Nothing,
        problem: None,
        may_approve: may_write && looker.caller.may(Action::EvidenceWrite),
        may_write,
        may_remind: looker.caller.may(Action::PeopleWrite) && mail::goes_out(app).await?,
    })
}

fn draft(detail: &PolicyDetail, looker: &Looker) -> Option<DraftShown> {
    detail.draft.as_ref().map(|draft| DraftShown {
        name: draft.name.clone(),
        topics: words(&draft.topics),
        words: Prose::from_markdown(&draft.text),
        by: draft.saved_by.clone(),
        at: moment(draft.saved_at, &looker.zone),
        sent: draft.sent_at.map(|at| moment(at, &looker.zone)),
        asks_again: draft.asks_again && detail.shown.policy.number > 0,
        edition: detail.shown.policy.edition,
        approval: match detail.approval {
            Some(true) => Approval::Second,
            Some(false) => Approval::Alone,
            None => Approval::NotThey,
        },
    })
}

fn known(detail: &PolicyDetail, looker: &Looker) -> WhoKnows {
    let owing = detail.owing.iter().map(|(id, name)| (id.to_string(), name.clone()));
    let acknowledged = detail.acknowledged.iter().map(|one| {
        (one.person.to_string(), one.name.clone(), one.number, day(one.at, &looker.zone))
    });
    WhoKnows {
        is_owing_cut: is_cut(&detail.owing),
        is_acknowledged_cut: is_cut(&detail.acknowledged),
        owing: owing.collect(),
        acknowledged: acknowledged.collect(),
    }
}

pub(super) async fn policy(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, &id).await?))
}

/// The page with what spoke against what was asked for.
async fn not_done(
    app: &App,
    looker: &Looker,
    (text, problem): (&str, Problem),
) -> Result<(PolicyPage, Vec<FieldProblem>), PageProblem> {
    let (problems, problem) = split(problem)?;
    let page = page(app, looker, text).await?;
    Ok((PolicyPage { problem, ..page }, problems))
}

fn edition(form: &Form) -> i64 {
    form.text("edition").parse().unwrap_or(0)
}

pub(super) async fn remind(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    let id = policy_id(&text)?;
    match policies::policy_remind(&app, &looker.caller, id).await {
        Ok(reminded) => Ok(done(&format!("/policies/{id}"), Done::reminded(reminded))),
        Err(problem) => Ok(refused(&not_done(&app, &looker, (&text, problem)).await?.0)),
    }
}

pub(super) async fn send(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = policy_id(&text)?;
    match policies::policy_send(&app, &looker.caller, (id, edition(&form))).await {
        Ok(()) => Ok(done(&format!("/policies/{id}"), Done::DraftSent)),
        Err(problem) => Ok(refused(&not_done(&app, &looker, (&text, problem)).await?.0)),
    }
}

pub(super) async fn drop_draft(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = policy_id(&text)?;
    match policies::policy_draft_drop(&app, &looker.caller, (id, edition(&form))).await {
        Ok(()) => Ok(done(&format!("/policies/{id}"), Done::DraftDropped)),
        Err(problem) => Ok(refused(&not_done(&app, &looker, (&text, problem)).await?.0)),
    }
}

pub(super) async fn approve(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = policy_id(&text)?;
    let typed = form.text("review_by").to_owned();
    let approving = Approving { edition: edition(&form), review_by: typed.clone() };
    let problem = match policies::policy_approve(&app, &looker.caller, id, approving).await {
        Ok(_) => return Ok(done(&format!("/policies/{id}"), Done::PolicyApproved)),
        Err(problem) => problem,
    };
    let (mut page, problems) = not_done(&app, &looker, (&text, problem)).await?;
    page.review_by = field(&typed, &problems, "review_by");
    Ok(refused(&page))
}

pub(super) async fn review(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = policy_id(&text)?;
    let (number, typed) = (form.text("version").parse().unwrap_or(0), form.text("review_by"));
    let problem = match policies::policy_review(&app, &looker.caller, (id, number), typed).await {
        Ok(_) => return Ok(done(&format!("/policies/{id}"), Done::PolicyReviewed)),
        Err(problem) => problem,
    };
    let (mut page, problems) = not_done(&app, &looker, (&text, problem)).await?;
    (page.review_by, page.open) = (field(typed, &problems, "review_by"), Open::Review);
    Ok(refused(&page))
}

pub(super) async fn retire(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let (id, why) = (policy_id(&text)?, form.text("reason"));
    let problem = match policies::policy_retire(&app, &looker.caller, id, why).await {
        Ok(()) => return Ok(done(&format!("/policies/{id}"), Done::PolicyRetired)),
        Err(problem) => problem,
    };
    let (mut page, problems) = not_done(&app, &looker, (&text, problem)).await?;
    (page.reason, page.open) = (field(why, &problems, "reason"), Open::Retire);
    Ok(refused(&page))
}
