//! The page of one task, filled, and what is planned on it.

use super::{
    Owner, PlanForm, TaskDone, TaskPage, TaskSubject,
    serve::{left, task_id},
};
use crate::{
    Area,
    components::{Choice, Field},
    serve::{Done, Form, Looker, PageProblem, Path, date, day, done, moment, refused, show},
};
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem, devices,
    tasks::{self, NewPlan},
};
use closedset_core::{
    Action,
    id::{Id, Task},
};
use closedset_store::tasks::TaskRow;

pub(super) async fn task(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, task_id(&id)?, None, &[]).await?))
}

async fn view(
    app: &App,
    looker: &Looker,
    id: Id<Task>,
    form: Option<&Form>,
    problems: &[FieldProblem],
) -> Result<TaskPage, PageProblem> {
    let row = tasks::task_one(app, &looker.caller, id).await?;
    let names = devices::device_names(app, &looker.caller, [&row.subject]).await?;
    let zone = looker.zone.as_str();
    let plan_form = plan_form(app, looker, &row, form, problems).await?;
    Ok(TaskPage {
        shell: looker.shell(Area::Tasks),
        id: row.id.to_string(),
        control: TaskSubject::control(&row.control, looker),
        subject: TaskSubject::of(&row, &names, looker),
        is_of_finding: tasks::finding_of(&row).is_some(),
        is_of_leaving: tasks::is_of_leaving(&row),
        owner: Owner::of(&row.plan, looker.person()),
        due: day(row.due_at, zone),
        left: left(row.due_at, looker.present, zone),
        due_was: row.plan.due_was.map(|was| day(was, zone)),
        since: moment(row.created_at, zone),
        done: row.done_at.map(|at| TaskDone {
            when: moment(at, zone),
            by: row.done_by.unwrap_or_default(),
            note: row.note,
        }),
        title: row.title,
        remark: row.plan.remark,
        form: plan_form,
    })
}

/// The forms; none for those who only look, and of a task that was done.
async fn plan_form(
    app: &App,
    looker: &Looker,
    row: &TaskRow,
    form: Option<&Form>,
    problems: &[FieldProblem],
) -> Result<Option<PlanForm>, PageProblem> {
    let caller = &looker.caller;
    if row.done_at.is_some() || !caller.may(Action::TaskWrite) {
        return Ok(None);
    }
    let may_assign = caller.may(Action::TaskAssign);
    let owner = row.plan.owner.as_ref();
    let mut owners: Vec<Choice> = tasks::task_owners(app, caller)
        .await?
        .into_iter()
        .map(|one| Choice::new(one.person.to_string(), one.name))
        .collect();
    // Whoever has it can be kept, also where more belong than are listed.
    if let Some(owner) = owner
        && !owners.iter().any(|one| one.value == owner.person.to_string())
    {
        owners.push(Choice::new(owner.person.to_string(), owner.name.clone()));
    }
    let field = |name: &str, stored: String| Field {
        value: form.map_or(stored, |form| form.text(name).to_owned()),
        error: problems
            .iter()
            .find(|problem| problem.field == name)
            .map(|problem| problem.message.clone()),
    };
    Ok(Some(PlanForm {
        is_anothers: !may_assign && owner.is_some_and(|one| Some(one.person) != looker.person()),
        may_assign,
        owner: field("owner", owner.map(|one| one.person.to_string()).unwrap_or_default()),
        owners,
        due: field("due", date(row.due_at, &looker.zone).to_string()),
        remark: field("remark", row.plan.remark.clone()),
        note: Field::default(),
    }))
}

/// Plans a task.
pub(super) async fn plan(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = task_id(&id)?;
    let planned = match owner_of(&form) {
        Ok(owner) => {
            let new = NewPlan {
                owner,
                // Whoever sets no dates is shown no field for it.
                due: looker.caller.may(Action::TaskAssign).then(|| form.text("due").to_owned()),
                remark: form.text("remark").to_owned(),
            };
            tasks::task_plan(&app, &looker.caller, id, new).await
        }
        Err(problem) => {
            looker.caller.require(Action::TaskWrite)?;
            Err(problem)
        }
    };
    match planned {
        Ok(_) => Ok(done(&format!("/tasks/{id}"), Done::TaskPlanned)),
        Err(Problem::Invalid(problems)) => {
            Ok(refused(&view(&app, &looker, id, Some(&form), &problems).await?))
        }
        Err(other) => Err(other.into()),
    }
}

fn owner_of(form: &Form) -> Result<Option<Id<closedset_core::id::Person>>, Problem> {
    match form.text("owner") {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| Problem::field("owner", "Choose somebody of the list.")),
    }
}

/// Takes a task that nobody has.
pub(super) async fn take(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    let id = task_id(&id)?;
    tasks::task_take(&app, &looker.caller, id).await?;
    Ok(done("/tasks", Done::TaskTaken))
}
