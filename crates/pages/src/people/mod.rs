//! The register of people: who works here, from when to when, on which titles; and how many did on any day.
//! Who signs in, and as what, stands under the settings.

pub mod compare;
pub mod count;
pub mod import;
pub mod leaving;
pub mod list;
pub mod papers;
pub mod person;
pub mod work;

pub use compare::{
    ComparePage, ComparedPage, DifferenceGroup, DifferenceLine, KindLine, ListColumn, ListPage,
};
pub use count::{CountLine, CountPage, Month};
pub use import::{ImportFigures, ImportLine, ImportPage, ImportShown};
pub use leaving::{LeavingItemsPage, LeavingLine, LeavingPage, LeavingsPage, StepLine};
pub use list::{PersonInRegister, RegisterPage};
pub use papers::PaperForm;
pub use person::{
    BoundLine, MadeLink, Open, PersonForm, PersonShown, ReadsLine, RegisteredPage, WorkLine,
};
pub use work::{WorkForm, WorkPage};

use crate::components::{Choice, Field, TimeText};
use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::{App, FieldProblem, Problem};
use closedset_core::{
    engagement::{Days, EngagementForm},
    id::{Id, Person},
};
use jiff::civil::Date;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/people", get(list::list))
        .route("/people/new", get(person::new).post(person::add))
        .route("/people/count", get(count::count).post(count::table))
        .route("/people/count/confirm", post(count::confirm))
        .route("/people/import", get(import::form).post(import::bring))
        .route("/people/import/file", get(import::template))
        .route("/people/import/{id}", get(import::one).post(import::write))
        .route("/people/compare", get(compare::form).post(compare::bring))
        .route("/people/lists/{id}", get(compare::look).post(compare::compare))
        .route("/comparisons/{id}", get(compare::one).post(compare::settle))
        .route("/people/{id}", get(person::person).post(person::change))
        .route("/people/{id}/engagements", post(person::engage))
        .route("/people/{id}/assignments", post(person::assign))
        .route("/people/{id}/link", post(person::link))
        .route("/people/{id}/link/mail", post(person::link_mail))
        .route("/people/{id}/papers", post(papers::upload))
        .route("/people/{id}/forget", post(person::forget))
        .route("/leavings", get(leaving::list))
        .route("/leavings/items", get(leaving::items).post(leaving::items_write))
        .route("/leavings/{id}", get(leaving::one))
        .route("/leavings/{id}/steps/{step}", post(leaving::close))
        .route("/engagements/{id}", get(work::engagement).post(work::engagement_change))
        .route("/engagements/{id}/remove", post(work::engagement_remove))
        .route("/assignments/{id}", get(work::assignment).post(work::assignment_change))
        .route("/assignments/{id}/remove", post(work::assignment_remove))
}

fn person_id(text: &str) -> Result<Id<Person>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("person"))
}

/// A day in words.
pub(crate) fn day_text(day: Date) -> TimeText {
    TimeText::new(day.to_string(), day.strftime("%-d %B %Y").to_string())
}

/// What was typed into a field, with what is wrong with it.
pub(crate) fn typed(name: &str, value: impl Into<String>, problems: &[FieldProblem]) -> Field {
    let problem = problems.iter().find(|problem| problem.field == name);
    Field { value: value.into(), error: problem.map(|problem| problem.message.clone()) }
}

/// As what somebody works here, in words.
const fn form_words(form: EngagementForm) -> &'static str {
    match form {
        EngagementForm::Employee => "employee",
        EngagementForm::Contractor => "contractor",
        EngagementForm::Freelancer => "freelancer",
        EngagementForm::Trainee => "trainee",
    }
}

fn form_choices() -> Vec<Choice> {
    let words = |form: EngagementForm| match form {
        EngagementForm::Employee => "Employee: on the payroll",
        EngagementForm::Contractor => "Contractor: by contract with them or their firm",
        EngagementForm::Freelancer => "Freelancer: by the job or the day",
        EngagementForm::Trainee => "Trainee: learns here",
    };
    EngagementForm::ALL.iter().map(|form| Choice::new(form.as_str(), words(*form))).collect()
}

/// Where days lie, seen from one.
fn standing(days: Days, today: Date) -> &'static str {
    if days.holds(today) {
        "now"
    } else if days.are_before(today) {
        "over"
    } else {
        "to come"
    }
}
