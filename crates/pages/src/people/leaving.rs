//! Who leaves: a list by the last day, one leaving with what is taken back, and what a facility takes back.

use super::{day_text, typed};
use crate::{
    Area, Shell,
    components::{Field, Paging, TimeText},
    entry::split,
    serve::{Done, Form, Looker, PageProblem, Path, Query, done, moment, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    leaving::{self, LeavingDetail, LeavingsWanted, Outcome},
};
use closedset_core::{
    Action,
    id::{Id, Leaving},
};
use closedset_store::leavings::LeavingStepRow;
use serde::Deserialize;

/// Leavings on one page.
const PAGE: i64 = 50;

/// Who leaves.
#[derive(Debug, Clone, Template)]
#[template(path = "people/leavings.html")]
pub struct LeavingsPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Those that are over are shown, not those of which something is still to happen.
    pub is_over: bool,
    /// The leavings, by their last day.
    pub leavings: Vec<LeavingLine>,
    /// Where the list goes on.
    pub paging: Paging,
    /// Whether this person may say what is taken back.
    pub may_manage: bool,
}

/// One leaving with what is taken back.
#[derive(Debug, Clone, Template)]
#[template(path = "people/leaving.html")]
pub struct LeavingPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Whose it is, and how it stands.
    pub line: LeavingLine,
    /// What is taken back by hand.
    pub by_hand: Vec<StepLine>,
    /// What the system takes back.
    pub by_itself: Vec<StepLine>,
    /// What will be taken back, while the leaving is only foreseen.
    pub foreseen: Vec<String>,
    /// What spoke against closing a step, and what to do.
    pub problem: Option<String>,
    /// Whether this person may close steps.
    pub may_write: bool,
}

/// What a facility takes back.
#[derive(Debug, Clone, Template)]
#[template(path = "people/leaving_items.html")]
pub struct LeavingItemsPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The form: one thing a line.
    pub items: Field,
    /// The list that is in force.
    pub before: String,
    /// What spoke against it, and what to do.
    pub problem: Option<String>,
    /// Whether this person may change it.
    pub may_manage: bool,
}

/// A leaving, and how far it is.
#[derive(Debug, Clone, Default)]
pub struct LeavingLine {
    /// Its id.
    pub id: String,
    /// Who leaves.
    pub person: (String, String),
    /// Their last day.
    pub last_day: Option<TimeText>,
    /// The day from which they work here again.
    pub returns_on: Option<TimeText>,
    /// How many steps are open.
    pub open: usize,
    /// How many there are.
    pub steps: usize,
    /// Nothing is opened of it yet.
    pub is_foreseen: bool,
    /// The last day is over, and what ends by itself has ended.
    pub is_settled: bool,
    /// They did not leave.
    pub is_called_off: bool,
}

impl LeavingLine {
    /// What one line says of it.
    pub fn words(&self) -> String {
        match self {
            Self { is_called_off: true, .. } => "called off".to_owned(),
            Self { is_foreseen: true, .. } => "nothing to do yet".to_owned(),
            Self { open: 0, .. } => "all is taken back".to_owned(),
            Self { open, steps, .. } => format!("{open} of {steps} still to do"),
        }
    }

    pub(super) fn of(detail: &LeavingDetail) -> Self {
        let row = &detail.leaving;
        Self {
            id: row.id.to_string(),
            person: (row.person.to_string(), detail.name.clone()),
            last_day: Some(day_text(row.last_day)),
            returns_on: detail.returns_on.map(day_text),
            open: detail.open(),
            steps: detail.steps.len(),
            is_foreseen: detail.is_foreseen(),
            is_settled: row.settled_at.is_some(),
            is_called_off: row.called_off_at.is_some(),
        }
    }
}

/// Something that is taken back.
#[derive(Debug, Clone, Default)]
pub struct StepLine {
    /// Its id.
    pub id: String,
    /// What it is.
    pub name: String,
    /// What became of it; empty while it is open.
    pub outcome: &'static str,
    /// What shows it.
    pub note: String,
    /// Who did it; empty where it was called off.
    pub by: String,
    /// When.
    pub at: Option<TimeText>,
    /// The entry that says so.
    pub entry: Option<i64>,
    /// The form: what became of it.
    pub chosen: String,
    /// The form: what shows it.
    pub said: Field,
}

impl StepLine {
    fn of(row: &LeavingStepRow, looker: &Looker) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            outcome: match row.outcome.as_deref() {
                None => "",
                Some("done") => "done",
                Some("not_had") => "had none",
                Some(_) => "called off",
            },
            note: row.note.clone(),
            by: row.done_by.clone().unwrap_or_default(),
            at: row.done_at.map(|at| moment(at, &looker.zone)),
            entry: row.entry,
            chosen: "done".to_owned(),
            said: Field::default(),
        }
    }
}

fn leaving_id(text: &str) -> Result<Id<Leaving>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("leaving"))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct LeavingsQuery {
    #[serde(default)]
    tab: String,
    after: Option<String>,
}

pub(super) async fn list(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<LeavingsQuery>,
) -> Result<Response, PageProblem> {
    let is_over = query.tab == "over";
    let after =
        query.after.as_deref().map(str::parse).transpose().map_err(|_| PageProblem::Address)?;
    let wanted = LeavingsWanted { is_open: !is_over, after, limit: PAGE };
    let (all, more) = leaving::leaving_list(&app, &looker.caller, wanted).await?;
    let here = if is_over { "/leavings?tab=over" } else { "/leavings?tab=open" };
    let next = all.last().filter(|_| more);
    Ok(show(&LeavingsPage {
        shell: looker.shell(Area::People),
        is_over,
        paging: Paging {
            shown: i64::try_from(all.len()).unwrap_or(0),
            total: None,
            first: query.after.map(|_| here.to_owned()),
            next: next.map(|one| format!("{here}&after={}", one.leaving.id)),
        },
        leavings: all.iter().map(LeavingLine::of).collect(),
        may_manage: looker.caller.may(Action::PeopleManage),
    }))
}

async fn view(app: &App, looker: &Looker, text: &str) -> Result<LeavingPage, PageProblem> {
    let caller = &looker.caller;
    let detail = leaving::leaving_detail(app, caller, leaving_id(text)?).await?;
    let line = LeavingLine::of(&detail);
    let (by_itself, by_hand): (Vec<_>, Vec<_>) =
        detail.steps.iter().partition(|step| !step.act.is_empty());
    let lines = |steps: Vec<&LeavingStepRow>| {
        steps.into_iter().map(|step| StepLine::of(step, looker)).collect()
    };
    let foreseen = match line.is_foreseen && !line.is_called_off {
        true => leaving::leaving_items(app, caller).await?,
        false => Vec::new(),
    };
    Ok(LeavingPage {
        shell: looker.shell(Area::People),
        line,
        by_hand: lines(by_hand),
        by_itself: lines(by_itself),
        foreseen,
        problem: None,
        may_write: caller.may(Action::PeopleWrite),
    })
}

pub(super) async fn one(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, &text).await?))
}

pub(super) async fn close(
    State(app): State<App>,
    looker: Looker,
    Path((text, step)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let id = leaving_id(&text)?;
    let (chosen, note) = (form.text("outcome"), form.text("note"));
    let closed = match (Outcome::from_word(chosen), step.parse()) {
        (_, Err(_)) => return Err(Problem::NotFound("step").into()),
        (None, _) => Err(Problem::field("outcome", "Say whether it was done or they had none.")),
        (Some(outcome), Ok(step)) => {
            leaving::step_close(&app, &looker.caller, step, (outcome, note)).await
        }
    };
    let problem = match closed {
        Ok(()) => return Ok(done(&format!("/leavings/{id}"), Done::StepClosed)),
        Err(problem) => problem,
    };
    let (fields, problem) = split(problem)?;
    let mut page = view(&app, &looker, &text).await?;
    page.problem = problem;
    let Some(line) = page.by_hand.iter_mut().find(|line| line.id == step) else {
        return Ok(refused(&page));
    };
    line.chosen = chosen.to_owned();
    line.said = typed("note", note, &fields);
    if let Some(wrong) = fields.iter().find(|problem| problem.field == "outcome") {
        line.said = Field::new(note).with_error(wrong.message.clone());
    }
    Ok(refused(&page))
}

/// One thing a line.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

async fn items_view(app: &App, looker: &Looker) -> Result<LeavingItemsPage, PageProblem> {
    let before = leaving::leaving_items(app, &looker.caller).await?.join("\n");
    Ok(LeavingItemsPage {
        shell: looker.shell(Area::People),
        items: Field::new(before.clone()),
        before,
        problem: None,
        may_manage: looker.caller.may(Action::PeopleManage),
    })
}

pub(super) async fn items(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    Ok(show(&items_view(&app, &looker).await?))
}

pub(super) async fn items_write(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleManage)?;
    let (before, said) = (form.text("before"), form.text("items"));
    let written = (lines(before), lines(said));
    let problem = match leaving::leaving_items_write(&app, &looker.caller, written).await {
        Ok(()) => return Ok(done("/leavings/items", Done::Saved)),
        Err(problem) => problem,
    };
    let (fields, problem): (Vec<FieldProblem>, _) = split(problem)?;
    let mut page = items_view(&app, &looker).await?;
    (page.items, page.problem) = (typed("items", said, &fields), problem);
    Ok(refused(&page))
}
