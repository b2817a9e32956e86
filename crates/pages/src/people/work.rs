//! One engagement or one assignment: changing it, ending it, and taking it out.

use super::{day_text, form_choices, standing, typed};
use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    entry::split,
    serve::{Done, Form, Looker, PageProblem, Path, date, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    people::{self, NewAssignment, NewEngagement},
};
use closedset_core::{
    Action,
    id::{Assignment, Engagement, Id},
};
use jiff::civil::Date;

/// An engagement, or an assignment.
#[derive(Debug, Clone, Template)]
#[template(path = "people/work.html")]
pub struct WorkPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Where it is changed: `/engagements/eng_...`.
    pub path: String,
    /// Whose: id and name.
    pub person: (String, String),
    /// On which title; none for an engagement.
    pub title: Option<(String, String)>,
    /// What they do.
    pub job: String,
    /// The first day.
    pub first: TimeText,
    /// The last day.
    pub last: Option<TimeText>,
    /// `now`, `to come` or `over`.
    pub standing: &'static str,
    /// The form.
    pub form: WorkForm,
    /// As what somebody can work here.
    pub forms: Vec<Choice>,
    /// What spoke against all of it, and what to do.
    pub problem: Option<String>,
    /// Whether this person may change it.
    pub may_write: bool,
}

/// The form of an engagement or an assignment. Posts `form` or `title`, and `job`, `begins_on` and `ends_on`.
#[derive(Debug, Clone, Default)]
pub struct WorkForm {
    /// As what, or on which title.
    pub what: Field,
    /// What they do.
    pub job: Field,
    /// The first day.
    pub begins_on: Field,
    /// The last day.
    pub ends_on: Field,
}

impl WorkForm {
    /// Work that begins on this day.
    pub(super) fn from_day(day: Date) -> Self {
        Self { begins_on: Field::new(day.to_string()), ..Self::default() }
    }

    pub(super) fn of_engagement(new: &NewEngagement, problems: &[FieldProblem]) -> Self {
        Self {
            what: typed("form", &new.form, problems),
            job: typed("job", &new.job, problems),
            begins_on: typed("begins_on", &new.begins_on, problems),
            ends_on: typed("ends_on", &new.ends_on, problems),
        }
    }

    pub(super) fn of_assignment(
        title: &str,
        new: &NewAssignment,
        problems: &[FieldProblem],
    ) -> Self {
        Self {
            what: typed("title", title, problems),
            job: typed("job", &new.job, problems),
            begins_on: typed("begins_on", &new.begins_on, problems),
            ends_on: typed("ends_on", &new.ends_on, problems),
        }
    }
}

pub(super) fn entered_engagement(form: &Form) -> NewEngagement {
    NewEngagement {
        form: form.text("form").to_owned(),
        job: form.text("job").to_owned(),
        begins_on: form.text("begins_on").to_owned(),
        ends_on: form.text("ends_on").to_owned(),
    }
}

pub(super) fn entered_assignment(form: &Form) -> NewAssignment {
    NewAssignment {
        job: form.text("job").to_owned(),
        begins_on: form.text("begins_on").to_owned(),
        ends_on: form.text("ends_on").to_owned(),
    }
}

fn engagement_id(text: &str) -> Result<Id<Engagement>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("engagement"))
}

fn assignment_id(text: &str) -> Result<Id<Assignment>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("assignment"))
}

async fn engagement_page(
    app: &App,
    looker: &Looker,
    id: Id<Engagement>,
) -> Result<WorkPage, PageProblem> {
    let (row, whose) = people::engagement_one(app, &looker.caller, id).await?;
    let now = NewEngagement {
        form: row.form.as_str().to_owned(),
        job: row.job.clone(),
        begins_on: row.days.first.to_string(),
        ends_on: row.days.last.map(|last| last.to_string()).unwrap_or_default(),
    };
    Ok(WorkPage {
        shell: looker.shell(Area::People),
        path: format!("/engagements/{id}"),
        person: (whose.id.to_string(), whose.name),
        title: None,
        job: row.job,
        first: day_text(row.days.first),
        last: row.days.last.map(day_text),
        standing: standing(row.days, date(looker.present, &looker.zone)),
        form: WorkForm::of_engagement(&now, &[]),
        forms: form_choices(),
        problem: None,
        may_write: looker.caller.may(Action::PeopleWrite),
    })
}

async fn assignment_page(
    app: &App,
    looker: &Looker,
    id: Id<Assignment>,
) -> Result<WorkPage, PageProblem> {
    let (row, whose, alias) = people::assignment_one(app, &looker.caller, id).await?;
    let now = NewAssignment {
        job: row.job.clone(),
        begins_on: row.days.first.to_string(),
        ends_on: row.days.last.map(|last| last.to_string()).unwrap_or_default(),
    };
    Ok(WorkPage {
        shell: looker.shell(Area::People),
        path: format!("/assignments/{id}"),
        person: (whose.id.to_string(), whose.name),
        title: Some((row.title.to_string(), alias)),
        job: row.job,
        first: day_text(row.days.first),
        last: row.days.last.map(day_text),
        standing: standing(row.days, date(looker.present, &looker.zone)),
        form: WorkForm::of_assignment("", &now, &[]),
        forms: Vec::new(),
        problem: None,
        may_write: looker.caller.may(Action::TitleWrite),
    })
}

pub(super) async fn engagement(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&engagement_page(&app, &looker, engagement_id(&text)?).await?))
}

pub(super) async fn assignment(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&assignment_page(&app, &looker, assignment_id(&text)?).await?))
}

pub(super) async fn engagement_change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let (id, new) = (engagement_id(&text)?, entered_engagement(&form));
    let mut page = engagement_page(&app, &looker, id).await?;
    match people::engagement_change(&app, &looker.caller, id, new.clone()).await {
        Ok(()) => Ok(done(&format!("/people/{}", page.person.0), Done::Saved)),
        Err(problem) => {
            let (fields, problem) = split(problem)?;
            (page.form, page.problem) = (WorkForm::of_engagement(&new, &fields), problem);
            Ok(refused(&page))
        }
    }
}

pub(super) async fn assignment_change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    let (id, new) = (assignment_id(&text)?, entered_assignment(&form));
    let mut page = assignment_page(&app, &looker, id).await?;
    match people::assignment_change(&app, &looker.caller, id, new.clone()).await {
        Ok(()) => Ok(done(&format!("/people/{}", page.person.0), Done::Saved)),
        Err(problem) => {
            let (fields, problem) = split(problem)?;
            (page.form, page.problem) = (WorkForm::of_assignment("", &new, &fields), problem);
            Ok(refused(&page))
        }
    }
}

pub(super) async fn engagement_remove(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let id = engagement_id(&text)?;
    let (_, whose) = people::engagement_one(&app, &looker.caller, id).await?;
    people::engagement_remove(&app, &looker.caller, id).await?;
    Ok(done(&format!("/people/{}", whose.id), Done::TakenOut))
}

pub(super) async fn assignment_remove(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    let id = assignment_id(&text)?;
    let (_, whose, _) = people::assignment_one(&app, &looker.caller, id).await?;
    people::assignment_remove(&app, &looker.caller, id).await?;
    Ok(done(&format!("/people/{}", whose.id), Done::TakenOut))
}
