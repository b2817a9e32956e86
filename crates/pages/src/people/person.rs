//! One person: from when to when they work here, on which titles, and the forms that enter or change that.

use super::{
    LeavingLine, PaperForm, day_text, form_choices, form_words, person_id, standing, typed,
    work::{WorkForm, entered_assignment, entered_engagement},
};
use crate::{
    Area, Shell,
    agreements::{
        PaperLine, SignatureLine,
        paper::{paper_line, signature_line},
    },
    components::{Choice, Command, Field, TimeText},
    entry::split,
    serve::{
        Done, Form, Looker, PageProblem, Path, Query, date, done, go, moment, once, refused, show,
    },
    settings::role_words,
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    agreements::{self, Bound},
    comparisons, leaving, mail,
    people::{self, Clearance, Lack, NewPerson, PersonDetail},
    policies::{self, Known},
    titles,
};
use closedset_core::{Action, Actions, id::Id};
use serde::Deserialize;

/// Somebody, or the form for somebody new.
#[derive(Debug, Clone, Template)]
#[template(path = "people/person.html")]
pub struct RegisteredPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Who; none where they are to be entered.
    pub person: Option<PersonShown>,
    /// The form of name, address and telephone.
    pub form: PersonForm,
    /// The form of an engagement: the first one of somebody new, another of somebody known.
    pub engage: WorkForm,
    /// The form of an assignment.
    pub assign: WorkForm,
    /// As what somebody can work here.
    pub forms: Vec<Choice>,
    /// On what somebody can: titles that are not over.
    pub titles: Vec<Choice>,
    /// What spoke against all of it, and what to do.
    pub problem: Option<String>,
    /// Somebody known with the same address.
    pub known: Option<(String, String)>,
    /// Which of the forms is open from the start.
    pub open: Open,
    /// Their leavings, the newest first.
    pub leavings: Vec<LeavingLine>,
    /// What they must sign, or did.
    pub bound: Vec<BoundLine>,
    /// What they must read, or did.
    pub reads: Vec<ReadsLine>,
    /// What they may have signed on paper: agreements in force, by version.
    pub signable: Vec<Choice>,
    /// The form of what they signed on paper.
    pub paper: PaperForm,
    /// The link by which they sign, once.
    pub made: Option<MadeLink>,
    /// What lets the form of the link be carried out once.
    pub once: String,
    /// Why somebody is forgotten.
    pub reason: Field,
    /// Whether mail goes out from here.
    pub is_mailing: bool,
    /// Whether this person may enter people and engagements.
    pub may_write: bool,
    /// Whether this person may say who works on which title.
    pub may_assign: bool,
    /// Whether this person may let them be forgotten.
    pub may_forget: bool,
    /// Whether this person may invite others to sign in.
    pub may_invite: bool,
}

/// What somebody must sign, or did.
#[derive(Debug, Clone)]
pub struct BoundLine {
    /// The agreement's id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// They must sign it still.
    pub is_owed: bool,
    /// Their signature: its id, when, and beneath which version.
    pub signed: Option<(String, TimeText, i64)>,
    /// It was given on paper.
    pub is_on_paper: bool,
    /// Their other signatures beneath it, the newest versions first.
    pub others: Vec<SignatureLine>,
    /// Papers of it that did not become a signature, the newest first.
    pub papers: Vec<PaperLine>,
}

/// A policy that somebody must read, or did.
#[derive(Debug, Clone)]
pub struct ReadsLine {
    /// The policy's id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// They must read it still.
    pub is_owed: bool,
    /// Nobody has to keep to it any more.
    pub is_retired: bool,
    /// Which version they said that they read, and when.
    pub said: Option<(i64, TimeText)>,
}

/// A link that was made now.
#[derive(Debug, Clone)]
pub struct MadeLink {
    /// The link.
    pub link: Command,
    /// The address that works on this computer alone, if it does.
    pub only_here: Option<String>,
    /// Until when it opens.
    pub expires: TimeText,
}

/// A form that is shown open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Open {
    /// None of them.
    #[default]
    Nothing,
    /// Name, address and telephone.
    Person,
    /// An engagement.
    Engage,
    /// An assignment.
    Assign,
    /// What they signed on paper.
    Paper,
    /// Being forgotten.
    Forget,
}

/// Who somebody is and what they do.
#[derive(Debug, Clone)]
pub struct PersonShown {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address; empty where none is known.
    pub email: String,
    /// Their telephone; empty where none is known.
    pub phone: String,
    /// What their account may; none where they have none.
    pub role: Option<&'static str>,
    /// Their engagements, the latest first.
    pub engagements: Vec<WorkLine>,
    /// Their assignments, the latest first; none for whoever may see no titles.
    pub assignments: Option<Vec<WorkLine>>,
    /// Tasks that they have: id and words.
    pub tasks: Vec<(String, String)>,
    /// The groups that the directory has them in; none where no directory brought them.
    pub directory: Option<Vec<String>>,
}

/// An engagement or an assignment in a list.
#[derive(Debug, Clone)]
pub struct WorkLine {
    /// Its id.
    pub id: String,
    /// What they do here, or on which title.
    pub what: String,
    /// As what they work here, or what they do on the title.
    pub note: String,
    /// The first day.
    pub first: TimeText,
    /// The last day.
    pub last: Option<TimeText>,
    /// `now`, `to come` or `over`.
    pub standing: &'static str,
    /// They are assigned on days on which nobody engages them.
    pub is_beyond: bool,
    /// Whether they are cleared for it, and what is lacking; none of an engagement, and of work that is over.
    pub clearance: Option<Vec<String>>,
}

/// What is lacking, in words.
pub(crate) fn lack_words(clearance: &Clearance) -> Vec<String> {
    let words = |lack: &Lack| match lack {
        Lack::Engagement => "nobody engages them then".to_owned(),
        Lack::Signature(_, name) => format!("has not signed {name}"),
        Lack::Reading(_, name) => format!("has not read {name}"),
    };
    clearance.lacks.iter().map(words).collect()
}

/// The form of somebody. Posts `name`, `email` and `phone`.
#[derive(Debug, Clone, Default)]
pub struct PersonForm {
    /// Their name.
    pub name: Field,
    /// Their address.
    pub email: Field,
    /// Their telephone.
    pub phone: Field,
}

fn form_of(new: &NewPerson, problems: &[FieldProblem]) -> PersonForm {
    PersonForm {
        name: typed("name", &new.name, problems),
        email: typed("email", &new.email, problems),
        phone: typed("phone", &new.phone, problems),
    }
}

fn entered(form: &Form) -> NewPerson {
    NewPerson {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        phone: form.text("phone").to_owned(),
    }
}

/// The form for somebody new.
fn blank(looker: &Looker) -> RegisteredPage {
    RegisteredPage {
        shell: looker.shell(Area::People),
        person: None,
        form: PersonForm::default(),
        engage: WorkForm::from_day(date(looker.present, &looker.zone)),
        assign: WorkForm::default(),
        forms: form_choices(),
        titles: Vec::new(),
        problem: None,
        known: None,
        open: Open::Nothing,
        leavings: Vec::new(),
        bound: Vec::new(),
        reads: Vec::new(),
        signable: Vec::new(),
        paper: PaperForm::default(),
        made: None,
        once: String::new(),
        reason: Field::default(),
        is_mailing: false,
        may_write: true,
        may_assign: false,
        may_forget: false,
        may_invite: false,
    }
}

pub(super) async fn new(
    State(app): State<App>,
    looker: Looker,
    Query(from): Query<NewFrom>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let mut page = blank(&looker);
    if let Some(id) = from.difference.and_then(|id| id.parse().ok()) {
        let new = comparisons::difference_person(&app, &looker.caller, id).await?;
        page.form = form_of(&new, &[]);
    }
    Ok(show(&page))
}

/// What the form for somebody new begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewFrom {
    /// Whom a list has and nobody knows.
    difference: Option<String>,
}

pub(super) async fn add(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let (new, first) = (entered(&form), entered_engagement(&form));
    let problem = match people::person_add(&app, &looker.caller, new.clone(), first.clone()).await {
        Ok(id) => return Ok(done(&format!("/people/{id}"), Done::PersonEntered)),
        Err(problem) => problem,
    };
    let mut page = blank(&looker);
    let (fields, problem) = split(problem)?;
    let known = people::person_with_email(&app, &looker.caller, &new.email).await?;
    page.known = known.filter(|_| problem.is_some()).map(|row| (row.id.to_string(), row.name));
    page.form = form_of(&new, &fields);
    page.engage = WorkForm::of_engagement(&first, &fields);
    page.problem = problem;
    Ok(refused(&page))
}

pub(super) async fn page(
    app: &App,
    looker: &Looker,
    text: &str,
) -> Result<RegisteredPage, PageProblem> {
    let caller = &looker.caller;
    let detail = people::person_detail(app, caller, person_id(text)?).await?;
    let today = detail.today;
    let may_assign = caller.may(Action::TitleWrite);
    let mut choices = Vec::new();
    if may_assign {
        for client in titles::client_list(app, caller).await? {
            let open = client.titles.iter().filter(|title| !title.days.are_before(today));
            choices.extend(open.map(|title| {
                let words = format!("{} ({})", title.called(), client.client.name);
                Choice::new(title.id.to_string(), words)
            }));
        }
    }
    let bound = agreements::bound_by(app, caller, detail.registered.person.id).await?;
    let reads = policies::known_by(app, caller, detail.registered.person.id).await?;
    let leavings = leaving::leavings_of(app, caller, detail.registered.person.id).await?;
    let signable = match caller.may(Action::PeopleWrite) {
        true => signable(app, looker).await?,
        false => Vec::new(),
    };
    let row = &detail.registered.person;
    let standing = NewPerson {
        name: row.name.clone(),
        email: row.email.clone().unwrap_or_default(),
        phone: row.phone.clone(),
    };
    let forgets = Actions::from(Action::PeopleManage).with(Action::LedgerErase);
    let is_member = detail.member.is_some();
    Ok(RegisteredPage {
        form: form_of(&standing, &[]),
        assign: WorkForm::from_day(today),
        titles: choices,
        leavings: leavings.iter().map(LeavingLine::of).collect(),
        bound: bound.into_iter().map(|one| bound_line(one, looker)).collect(),
        reads: reads.into_iter().map(|one| reads_line(one, looker)).collect(),
        signable,
        once: once::token(app),
        is_mailing: mail::goes_out(app).await?,
        may_write: caller.may(Action::PeopleWrite),
        may_assign,
        may_forget: !is_member && forgets.without(caller.allowed).is_empty(),
        may_invite: !is_member && caller.may(Action::PeopleManage),
        person: Some(shown(&detail, caller.may(Action::TitleRead))),
        ..blank(looker)
    })
}

/// So many versions of an agreement are offered for a paper, the newest first.
const VERSIONS: usize = 20;

/// What somebody may have signed on paper.
async fn signable(app: &App, looker: &Looker) -> Result<Vec<Choice>, PageProblem> {
    let mut choices = Vec::new();
    for one in agreements::agreement_list(app, &looker.caller).await? {
        let row = one.agreement;
        if row.retired_at.is_some() {
            continue;
        }
        for number in (1..=row.number).rev().take(VERSIONS) {
            let words = format!("{}, version {number}", row.name);
            choices.push(Choice::new(format!("{}:{number}", row.id), words));
        }
    }
    Ok(choices)
}

fn bound_line(one: Bound, looker: &Looker) -> BoundLine {
    let signed = one.signature.iter().chain(&one.others);
    let became: Vec<_> = signed.filter_map(|row| row.paper).collect();
    let papers = one.papers.iter().filter(|row| !became.contains(&row.id));
    BoundLine {
        is_on_paper: one.signature.as_ref().is_some_and(|row| row.paper.is_some()),
        others: one.others.iter().map(|row| signature_line(row, looker)).collect(),
        papers: papers.map(|row| paper_line(row, looker)).collect(),
        is_owed: one.is_owed(),
        signed: one
            .signature
            .map(|row| (row.id.to_string(), moment(row.signed_at, &looker.zone), row.number)),
        id: one.agreement.id.to_string(),
        name: one.agreement.name,
    }
}

fn reads_line(one: Known, looker: &Looker) -> ReadsLine {
    let said = one.acknowledgement;
    ReadsLine {
        is_owed: one.is_owed,
        is_retired: one.policy.retired_at.is_some(),
        said: said.map(|said| (said.number, moment(said.acknowledged_at, &looker.zone))),
        id: one.policy.id.to_string(),
        name: one.policy.name,
    }
}

/// Makes the link by which they sign, and shows it once.
pub(super) async fn link(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = person_id(&text)?;
    if looker.visitor.sent_before(&form) {
        return Ok(go(&format!("/people/{id}")));
    }
    let (link, until) = agreements::personal_link_make(&app, &looker.caller, id).await?;
    let mut page = page(&app, &looker, &text).await?;
    page.made = Some(MadeLink {
        link: Command::new(link),
        only_here: crate::devices::only_here(&app),
        expires: moment(until, &looker.zone),
    });
    let mut response = show(&page);
    once::use_up(&mut response, &looker.visitor, &form);
    Ok(response)
}

/// Mails them a link.
pub(super) async fn link_mail(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    let id = person_id(&text)?;
    let problem = match agreements::personal_link_mail(&app, &looker.caller, id).await {
        Ok(()) => return Ok(done(&format!("/people/{id}"), Done::LinkMailed)),
        Err(problem) => problem,
    };
    let (_, problem) = split(problem)?;
    let page = page(&app, &looker, &text).await?;
    Ok(refused(&RegisteredPage { problem, ..page }))
}

fn shown(detail: &PersonDetail, sees_titles: bool) -> PersonShown {
    let (row, today) = (&detail.registered.person, detail.today);
    let engagement = |row: &closedset_store::engagements::EngagementRow| WorkLine {
        id: row.id.to_string(),
        what: row.job.clone(),
        note: form_words(row.form).to_owned(),
        first: day_text(row.days.first),
        last: row.days.last.map(day_text),
        standing: standing(row.days, today),
        is_beyond: false,
        clearance: None,
    };
    let assignment =
        |(row, alias): &(closedset_store::engagements::AssignmentRow, String)| WorkLine {
            id: row.id.to_string(),
            what: alias.clone(),
            note: row.job.clone(),
            first: day_text(row.days.first),
            last: row.days.last.map(day_text),
            standing: standing(row.days, today),
            is_beyond: detail.is_beyond(row),
            clearance: detail.clearances.get(&row.id).map(lack_words),
        };
    PersonShown {
        id: row.id.to_string(),
        name: row.name.clone(),
        email: row.email.clone().unwrap_or_default(),
        phone: row.phone.clone(),
        role: detail.member.as_ref().map(|member| role_words(member.role)),
        engagements: detail.registered.engagements.iter().rev().map(engagement).collect(),
        assignments: sees_titles
            .then(|| detail.registered.assignments.iter().rev().map(assignment).collect()),
        tasks: detail.tasks.iter().map(|task| (task.id.to_string(), task.title.clone())).collect(),
        directory: detail.directory.clone(),
    }
}

pub(super) async fn person(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, &id).await?))
}

pub(super) async fn change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let (id, new) = (person_id(&text)?, entered(&form));
    let problem = match people::person_edit(&app, &looker.caller, id, new.clone()).await {
        Ok(()) => return Ok(done(&format!("/people/{id}"), Done::Saved)),
        Err(problem) => problem,
    };
    let (fields, problem) = split(problem)?;
    let mut page = page(&app, &looker, &text).await?;
    (page.form, page.problem, page.open) = (form_of(&new, &fields), problem, Open::Person);
    Ok(refused(&page))
}

pub(super) async fn engage(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let (id, new) = (person_id(&text)?, entered_engagement(&form));
    let problem = match people::engage(&app, &looker.caller, id, new.clone()).await {
        Ok(_) => return Ok(done(&format!("/people/{id}"), Done::PersonEntered)),
        Err(problem) => problem,
    };
    let (fields, problem) = split(problem)?;
    let mut page = page(&app, &looker, &text).await?;
    page.engage = WorkForm::of_engagement(&new, &fields);
    (page.problem, page.open) = (problem, Open::Engage);
    Ok(refused(&page))
}

pub(super) async fn assign(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    let (id, title, new) = (person_id(&text)?, form.text("title"), entered_assignment(&form));
    let tried = match title.parse::<Id<_>>() {
        Ok(title) => people::assign(&app, &looker.caller, id, title, new.clone()).await,
        Err(_) => Err(Problem::field("title", "Choose the title that they work on.")),
    };
    let problem = match tried {
        Ok(_) => return Ok(done(&format!("/people/{id}"), Done::PersonEntered)),
        Err(problem) => problem,
    };
    let (fields, problem) = split(problem)?;
    let mut page = page(&app, &looker, &text).await?;
    page.assign = WorkForm::of_assignment(title, &new, &fields);
    (page.problem, page.open) = (problem, Open::Assign);
    Ok(refused(&page))
}

pub(super) async fn forget(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let (id, reason) = (person_id(&text)?, form.text("reason"));
    let problem = match people::person_forget(&app, &looker.caller, id, reason).await {
        Ok(()) => return Ok(done("/people", Done::PersonForgotten)),
        Err(problem) => problem,
    };
    let (fields, problem) = split(problem)?;
    let mut page = page(&app, &looker, &text).await?;
    page.reason = typed("reason", reason, &fields);
    (page.problem, page.open) = (problem, Open::Forget);
    Ok(refused(&page))
}
