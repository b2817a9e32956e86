//! The panel by which somebody says that a register is complete. It stands on the page of the list: of active
//! clients, and of who works here.

use crate::{
    components::{BoxGroup, Boxes, Field, TickBox, TimeText},
    entry::split,
    serve::{Done, Form, Looker, PageProblem, count, day, done},
};
use axum::response::Response;
use closedset_app::{
    App, FieldProblem,
    registers::{
        Changes, ComparedWith, Confirmed, Confirming, Register, RegisterStanding, register_confirm,
        register_standing,
    },
};

/// The panel. Posts `seen`, `has_looked`, `compared_with` and `note`.
#[derive(Debug, Clone)]
pub struct RegisterPanel {
    /// Where its form posts to.
    pub path: &'static str,
    /// It is of people, else of clients.
    pub is_of_people: bool,
    /// The control that it answers.
    pub control: &'static str,
    /// There is nobody or nothing in it today.
    pub is_empty: bool,
    /// How many of the clients in it are not named in the file.
    pub undisclosed: i64,
    /// Which list was looked through.
    pub seen: String,
    /// Whether this person may confirm it.
    pub may_confirm: bool,
    /// The last confirmation.
    pub last: Option<LastConfirmed>,
    /// The box that says that it was looked through.
    pub has_looked: Field,
    /// With what it was compared.
    pub compared_with: Boxes,
    /// The note.
    pub note: Field,
    /// Why it was not confirmed.
    pub problem: Option<String>,
}

/// When it was confirmed last.
#[derive(Debug, Clone)]
pub struct LastConfirmed {
    /// The document.
    pub document: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: TimeText,
    /// The last day on which it counts.
    pub until: TimeText,
    /// Why it does not count any more: `over` or `withdrawn`; else empty.
    pub ended: &'static str,
    /// How many it counted.
    pub counted: String,
    /// How many there are today, where that is another number.
    pub counted_now: Option<String>,
    /// What was entered, changed and taken out since; none if nothing was.
    pub since: Option<(String, String, String)>,
}

/// What was entered into the form, and what is wrong with it.
struct Entered {
    said: Confirming,
    problems: Vec<FieldProblem>,
    problem: Option<String>,
}

const fn path(register: Register) -> &'static str {
    match register {
        Register::Clients => "/titles/list/confirm",
        Register::People => "/people/count/confirm",
    }
}

/// The panel, for whoever sees evidence and the register.
pub(crate) async fn panel(
    app: &App,
    looker: &Looker,
    register: Register,
) -> Result<Option<RegisterPanel>, PageProblem> {
    let blank = Entered { said: Confirming::default(), problems: Vec::new(), problem: None };
    panel_with(app, looker, register, blank).await
}

async fn panel_with(
    app: &App,
    looker: &Looker,
    register: Register,
    entered: Entered,
) -> Result<Option<RegisterPanel>, PageProblem> {
    if !register.needs_to_read().without(looker.caller.allowed).is_empty() {
        return Ok(None);
    }
    let standing = register_standing(app, &looker.caller, register).await?;
    Ok(standing.map(|standing| drawn(looker, &standing, &entered)))
}

fn drawn(looker: &Looker, standing: &RegisterStanding, entered: &Entered) -> RegisterPanel {
    let register = standing.register;
    let error = |name: &str| {
        let problem = entered.problems.iter().find(|problem| problem.field == name);
        problem.map(|problem| problem.message.clone())
    };
    let tick = |one: ComparedWith| TickBox {
        value: one.as_str().to_owned(),
        words: one.words().to_owned(),
        hint: String::new(),
        is_ticked: entered.said.compared_with.iter().any(|word| word == one.as_str()),
    };
    let group = BoxGroup {
        words: "One thing at least".to_owned(),
        boxes: ComparedWith::ALL.into_iter().map(tick).collect(),
    };
    let other = ["seen", "control", "valid_to"].into_iter().find_map(error);
    RegisterPanel {
        path: path(register),
        is_of_people: register == Register::People,
        control: register.control(),
        is_empty: standing.count == 0,
        undisclosed: standing.undisclosed,
        seen: standing.seen.to_string(),
        may_confirm: register.needs_to_confirm().without(looker.caller.allowed).is_empty(),
        last: standing.last.as_ref().map(|last| last_confirmed(looker, last, standing.count)),
        has_looked: Field { value: String::new(), error: error("has_looked") },
        compared_with: Boxes { groups: vec![group], error: error("compared_with") },
        note: Field { value: entered.said.note.clone(), error: error("note") },
        problem: entered.problem.clone().or(other),
    }
}

fn last_confirmed(looker: &Looker, last: &Confirmed, now: i64) -> LastConfirmed {
    let Changes { entered, changed, removed } = last.since;
    LastConfirmed {
        document: last.document.to_string(),
        by: last.by.clone(),
        at: day(last.at, &looker.zone),
        until: TimeText::new(last.until.to_string(), last.until.strftime("%-d %B %Y").to_string()),
        ended: match (last.is_withdrawn, last.is_over) {
            (true, _) => "withdrawn",
            (false, true) => "over",
            (false, false) => "",
        },
        counted: count(last.counted),
        counted_now: (last.counted != now).then(|| count(now)),
        since: (!last.since.is_none()).then(|| (count(entered), count(changed), count(removed))),
    }
}

/// Confirms it: the answer, or the panel with what is wrong.
pub(crate) async fn confirm(
    app: &App,
    looker: &Looker,
    register: Register,
    (form, back): (&Form, &str),
) -> Result<Result<Response, Option<RegisterPanel>>, PageProblem> {
    let said = Confirming {
        has_looked: form.is_yes("has_looked"),
        seen: form.text("seen").to_owned(),
        compared_with: form.ticked("compared_with").map(str::to_owned).collect(),
        note: form.text("note").to_owned(),
    };
    match register_confirm(app, &looker.caller, register, said.clone()).await {
        Ok(_) => Ok(Ok(done(back, Done::RegisterConfirmed))),
        Err(problem) => {
            let (problems, problem) = split(problem)?;
            let entered = Entered { said, problems, problem };
            Ok(Err(panel_with(app, looker, register, entered).await?))
        }
    }
}
