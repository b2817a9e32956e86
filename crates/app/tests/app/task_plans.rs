//! What people plan of tasks: whose they are, by when, and what becomes of that when somebody leaves.

use crate::{
    computer::{Computer, SCREEN_LOCK, screen_lock},
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem,
    accounts::{self, NewToken},
    people::{self, RoleChange},
    tasks::{self, NewPlan, TaskState, TasksOf},
};
use closedset_core::{
    Actor, Duration, Role, Time,
    id::{Id, Person, Task},
};
use closedset_store::tasks::TaskRow;
use serde_json::json;

on_both!(
    a_task_is_planned_and_each_step_stands_in_the_ledger,
    the_same_plan_again_changes_nothing,
    a_plan_that_is_taken_back_leaves_the_date_that_the_task_has_by_itself,
    what_is_entered_wrongly_is_refused_by_field,
    whoever_only_completes_tasks_takes_what_is_nobodys_and_gives_back_their_own,
    a_role_may_plan_what_the_matrix_says,
    a_program_plans_by_its_scopes_and_has_no_tasks_of_its_own,
    whoever_is_removed_leaves_their_tasks_and_it_is_said,
    whoever_s_last_day_is_over_leaves_their_tasks,
    whoever_may_only_look_from_now_on_leaves_their_tasks,
    the_list_is_of_everybodys_ones_own_or_nobodys_page_by_page,
    a_task_that_was_done_is_planned_no_more,
    another_organisations_tasks_and_people_are_not_found,
);

const INSTANT: Duration = Duration::from_millis(1);

async fn failing(world: &World, seed: u8) -> (Computer, TaskRow) {
    let mut computer = Computer::reporting(world, seed).await;
    computer.say("screen_lock", screen_lock(60));
    computer.report(world).await.unwrap();
    let task = world.tasks(&computer.subject(), SCREEN_LOCK).await.remove(0);
    (computer, task)
}

async fn person_of(world: &World, caller: &Caller) -> Id<Person> {
    let (all, _) = people::person_list(&world.app, &world.owner, None, 200).await.unwrap();
    all.iter().find(|row| Some(row.account) == caller.account()).unwrap().person
}

/// Nobody's, due by itself, without a remark.
fn none() -> NewPlan {
    NewPlan { due: Some(String::new()), ..NewPlan::default() }
}

fn to(owner: Id<Person>) -> NewPlan {
    NewPlan { owner: Some(owner), ..none() }
}

async fn plan(world: &World, by: &Caller, id: Id<Task>, new: NewPlan) -> Result<TaskRow, Problem> {
    tasks::task_plan(&world.app, by, id, new).await
}

async fn one(world: &World, id: Id<Task>) -> TaskRow {
    tasks::task_one(&world.app, &world.owner, id).await.unwrap()
}

async fn of(world: &World, by: &Caller, whose: TasksOf) -> Vec<Id<Task>> {
    let (rows, more) =
        tasks::task_list(&world.app, by, TaskState::Open, whose, None, 200).await.unwrap();
    assert!(!more);
    rows.into_iter().map(|row| row.id).collect()
}

fn instant(text: &str) -> Time {
    text.parse().unwrap()
}

async fn a_task_is_planned_and_each_step_stands_in_the_ledger(world: World) {
    let (_, task) = failing(&world, 1).await;
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    let new = NewPlan {
        owner: Some(person),
        due: Some("2026-03-30".into()),
        remark: "  Ask Otto first.\n".into(),
    };
    let planned = plan(&world, &world.owner, task.id, new).await.unwrap();
    assert_eq!(planned.plan.owner.as_ref().unwrap().name, "Nina Cut");
    // The last moment of the day in Stockholm, where summer time began on the 29th.
    let due_at = instant("2026-03-30T22:00:00Z") - INSTANT;
    assert_eq!((planned.due_at, planned.plan.due_was), (due_at, Some(task.due_at)));
    let read = one(&world, task.id).await;
    assert_eq!((&read.plan, read.due_at), (&planned.plan, due_at));
    assert_eq!(read.plan.remark, "Ask Otto first.");
    let entry = world.newest(world.log()).await;
    assert_eq!(
        (entry.kind.as_str(), entry.subject_name),
        ("task.planned", Some(format!("task:{}", task.id)))
    );
    let body = world.body(entry.index).await;
    assert_eq!(
        body,
        json!({
            "task": task.id,
            "owner": {"was": null, "is": person},
            "due_at": {"was": task.due_at, "is": due_at},
            "remark": {"was": "", "is": "Ask Otto first."},
        })
    );
    // What turns the check closes it all the same.
    assert_eq!(world.tasks(&task.subject, SCREEN_LOCK).await[0].plan, planned.plan);
}

async fn the_same_plan_again_changes_nothing(world: World) {
    let (_, task) = failing(&world, 1).await;
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let new = NewPlan {
        owner: Some(person_of(&world, &nina).await),
        due: Some("2026-03-14".into()),
        remark: "Ask Otto first.".into(),
    };
    plan(&world, &world.owner, task.id, new.clone()).await.unwrap();
    let entries = world.entry_count(world.log()).await;
    plan(&world, &world.owner, task.id, new.clone()).await.unwrap();
    // Nor when the day is over meanwhile, which nobody could choose anew.
    world.advance(Duration::from_days(4));
    plan(&world, &world.owner, task.id, new).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, entries);
    // Nobody's, as it is, is no step either.
    let (_, other) = failing(&world, 2).await;
    let entries = world.entry_count(world.log()).await;
    plan(&world, &world.owner, other.id, none()).await.unwrap();
    let by_itself = NewPlan { due: Some("2026-03-23".into()), ..none() };
    let planned = plan(&world, &world.owner, other.id, by_itself).await.unwrap();
    assert_eq!((planned.due_at, planned.plan.due_was), (other.due_at, None));
    assert_eq!(world.entry_count(world.log()).await, entries);
}

async fn a_plan_that_is_taken_back_leaves_the_date_that_the_task_has_by_itself(world: World) {
    let (_, task) = failing(&world, 1).await;
    for day in ["2026-03-14", "2026-04-30"] {
        let new = NewPlan { due: Some(day.into()), ..none() };
        let planned = plan(&world, &world.owner, task.id, new).await.unwrap();
        assert_eq!(planned.plan.due_was, Some(task.due_at), "{day}");
    }
    // Where nothing is said of the date, it stays.
    let kept = NewPlan { remark: "Soon.".into(), ..NewPlan::default() };
    let planned = plan(&world, &world.owner, task.id, kept).await.unwrap();
    assert_eq!(planned.plan.due_was, Some(task.due_at));
    let planned = plan(&world, &world.owner, task.id, none()).await.unwrap();
    assert_eq!((planned.due_at, planned.plan.due_was), (task.due_at, None));
}

async fn what_is_entered_wrongly_is_refused_by_field(world: World) {
    let (_, task) = failing(&world, 1).await;
    let auditor = world.colleague("Aud Itor", Role::Auditor).await;
    let auditor = person_of(&world, &auditor).await;
    let entries = world.entry_count(world.log()).await;
    let days = [
        "2026-03-11",
        "2028-03-13",
        "tomorrow",
        "2026-02-30",
        "9999-12-31",
        "-0001-01-01",
        "12.03.2026",
        "2026-03-12T00:00:00Z[Europe/Paris]x",
        "２０２６-03-20",
    ];
    for day in days {
        let new = NewPlan { due: Some(day.into()), ..none() };
        assert_eq!(
            code(&plan(&world, &world.owner, task.id, new).await.unwrap_err()),
            "due",
            "{day}"
        );
    }
    let nobody: Id<Person> = Id::from_bits(7);
    for owner in [auditor, nobody] {
        let refused = plan(&world, &world.owner, task.id, to(owner)).await;
        assert_eq!(code(&refused.unwrap_err()), "owner");
    }
    let all = NewPlan { owner: Some(nobody), due: Some("x".into()), remark: "é".repeat(1001) };
    let refused = plan(&world, &world.owner, task.id, all).await.unwrap_err();
    assert_eq!(code(&refused), "owner due remark");
    assert_eq!(world.entry_count(world.log()).await, entries);
    let longest = NewPlan { remark: "é".repeat(1000), due: Some("2028-03-12".into()), ..none() };
    plan(&world, &world.owner, task.id, longest).await.unwrap();
    // What the database would stumble over is refused before it.
    let nul = NewPlan { remark: "a\0b".into(), ..none() };
    let refused = plan(&world, &world.owner, task.id, nul).await.unwrap_err();
    assert_eq!(refused.status(), 422, "{refused:?}");
}

async fn whoever_only_completes_tasks_takes_what_is_nobodys_and_gives_back_their_own(world: World) {
    let (_, task) = failing(&world, 1).await;
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let otto = world.colleague("Otto Vance", Role::Reception).await;
    let (ninas, ottos) = (person_of(&world, &nina).await, person_of(&world, &otto).await);
    let forbidden = |refused: Result<TaskRow, Problem>, what: &str| {
        assert_eq!(code(&refused.unwrap_err()), "role.forbids", "{what}");
    };
    forbidden(plan(&world, &nina, task.id, to(ottos)).await, "gives to another");
    // Whether somebody belongs is not told either.
    forbidden(plan(&world, &nina, task.id, to(Id::from_bits(7))).await, "gives to nobody known");
    let remark = |text: &str| NewPlan { remark: text.into(), ..none() };
    forbidden(plan(&world, &nina, task.id, remark("mine")).await, "remarks on nobody's");
    let taken = tasks::task_take(&world.app, &nina, task.id).await.unwrap();
    assert_eq!(taken.plan.owner.unwrap().person, ninas);
    assert_eq!(world.newest(world.log()).await.kind, "task.planned");
    let entries = world.entry_count(world.log()).await;
    tasks::task_take(&world.app, &nina, task.id).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, entries, "it is hers already");
    let late = tasks::task_take(&world.app, &otto, task.id).await;
    assert_eq!(code(&late.unwrap_err()), "task.taken");
    forbidden(plan(&world, &otto, task.id, to(ottos)).await, "takes another's");
    forbidden(plan(&world, &otto, task.id, none()).await, "takes it from another");
    let later = NewPlan { due: Some("2026-05-01".into()), ..to(ninas) };
    forbidden(plan(&world, &nina, task.id, later).await, "puts it off");
    let own = NewPlan { remark: "The panel is Otto's.".into(), ..to(ninas) };
    plan(&world, &nina, task.id, own).await.unwrap();
    let back = plan(&world, &nina, task.id, remark("The panel is Otto's.")).await.unwrap();
    assert_eq!((back.plan.owner, back.plan.left_by), (None, None));
    // A coordinator may all of it.
    let coordinator = world.colleague("Cora Plan", Role::Coordinator).await;
    let later = NewPlan { due: Some("2026-05-01".into()), ..to(ottos) };
    let planned = plan(&world, &coordinator, task.id, later).await.unwrap();
    assert_eq!(planned.plan.owner.unwrap().person, ottos);
}

async fn a_role_may_plan_what_the_matrix_says(world: World) {
    let (_, task) = failing(&world, 1).await;
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    for role in Role::ALL {
        plan(&world, &world.owner, task.id, none()).await.unwrap();
        let asker = world.as_role(*role);
        let given = plan(&world, &asker, task.id, to(person)).await;
        let offered = tasks::task_owners(&world.app, &asker).await.unwrap().len();
        let plans = role.may(closedset_core::Action::TaskAssign);
        assert_eq!(given.is_ok(), plans, "{role} {given:?}");
        assert_eq!(offered, if plans { 2 } else { 1 }, "{role}: everybody, or themselves");
        plan(&world, &world.owner, task.id, none()).await.unwrap();
        let taken = tasks::task_take(&world.app, &asker, task.id).await;
        assert_eq!(taken.is_ok(), *role != Role::Auditor, "{role} {taken:?}");
    }
}

async fn a_program_plans_by_its_scopes_and_has_no_tasks_of_its_own(world: World) {
    let (_, task) = failing(&world, 1).await;
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    let token = async |scopes: &str| {
        let owner = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
        let new = NewToken { name: "planner".into(), scopes: scopes.parse().unwrap(), days: 30 };
        let (_, text) = accounts::token_create(&world.app, &owner, new).await.unwrap();
        accounts::token_caller(&world.app, &text).await.unwrap()
    };
    let modest = token("task.read task.write").await;
    let refused = plan(&world, &modest, task.id, to(person)).await.unwrap_err();
    assert_eq!(code(&refused), "scope.lacking");
    assert!(refused.sentence().contains("task.assign"), "{refused:?}");
    let taken = tasks::task_take(&world.app, &modest, task.id).await;
    assert_eq!(code(&taken.unwrap_err()), "role.forbids");
    let mine = tasks::task_list(&world.app, &modest, TaskState::Open, TasksOf::Me, None, 10).await;
    assert_eq!(code(&mine.unwrap_err()), "owner");
    assert_eq!(tasks::task_count_own(&world.app, &modest).await.unwrap(), None);
    let planner = token("task.read task.write task.assign").await;
    plan(&world, &planner, task.id, to(person)).await.unwrap();
    let entry = world.newest(world.log()).await;
    assert!(entry.actor_name.unwrap().starts_with("token:"));
    let operator = Caller { actor: Actor::Operator(0), ..world.owner.clone() };
    plan(&world, &operator, task.id, none()).await.unwrap();
}

/// Nina with two open tasks and one done, and those two.
async fn nina_with_tasks(world: &World) -> (Caller, Id<Person>, Vec<Id<Task>>) {
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(world, &nina).await;
    let mut open = Vec::new();
    for seed in [1, 2, 3] {
        let (_, task) = failing(world, seed).await;
        plan(world, &world.owner, task.id, to(person)).await.unwrap();
        open.push(task.id);
    }
    let done = open.pop().unwrap();
    tasks::task_done(&world.app, &nina, done, "seen to").await.unwrap();
    open.sort();
    (nina, person, open)
}

/// They are nobody's, and say whose they were; the newest entry names them.
async fn were_left(world: &World, kind: &str, open: &[Id<Task>]) {
    for id in open {
        let plan = one(world, *id).await.plan;
        assert_eq!(plan.owner, None);
        assert_eq!(plan.left_by.unwrap().name, "Nina Cut");
    }
    let entry = world.newest(world.log()).await;
    assert_eq!(entry.kind, kind);
    let mut left: Vec<Id<Task>> =
        serde_json::from_value(world.body(entry.index).await["tasks_left"].clone()).unwrap();
    left.sort();
    assert_eq!(left, open);
    // Whoever has it next leaves nothing of that.
    let taken = tasks::task_take(&world.app, &world.owner, open[0]).await.unwrap();
    assert_eq!(taken.plan.left_by, None);
}

async fn whoever_is_removed_leaves_their_tasks_and_it_is_said(world: World) {
    let (_, person, open) = nina_with_tasks(&world).await;
    people::person_remove(&world.app, &world.owner, person).await.unwrap();
    were_left(&world, "person.removed", &open).await;
    let refused = plan(&world, &world.owner, open[1], to(person)).await;
    assert_eq!(code(&refused.unwrap_err()), "owner");
}

async fn whoever_s_last_day_is_over_leaves_their_tasks(world: World) {
    let (_, person, open) = nina_with_tasks(&world).await;
    let owner = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    let change = RoleChange { role: "member".into(), last_day: "2026-03-12".into() };
    people::person_change(&world.app, &owner, person, change).await.unwrap();
    world.sweep().await;
    assert!(one(&world, open[0]).await.plan.owner.is_some(), "on the last day they are still hers");
    world.advance(Duration::from_days(1));
    // Nobody is given a task in the seconds until that is noticed.
    let refused = tasks::task_owners(&world.app, &world.owner).await.unwrap();
    assert!(refused.iter().all(|one| one.person != person));
    world.sweep().await;
    were_left(&world, "person.access_ended", &open).await;
}

async fn whoever_may_only_look_from_now_on_leaves_their_tasks(world: World) {
    let (_, person, open) = nina_with_tasks(&world).await;
    let owner = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    let change =
        |role: &str, last_day: &str| RoleChange { role: role.into(), last_day: last_day.into() };
    people::person_change(&world.app, &owner, person, change("reception", "")).await.unwrap();
    assert!(one(&world, open[0]).await.plan.owner.is_some());
    people::person_change(&world.app, &owner, person, change("auditor", "2026-04-30"))
        .await
        .unwrap();
    were_left(&world, "person.role_changed", &open).await;
}

async fn the_list_is_of_everybodys_ones_own_or_nobodys_page_by_page(world: World) {
    let (nina, person, open) = nina_with_tasks(&world).await;
    let (_, free) = failing(&world, 4).await;
    let mut all = of(&world, &nina, TasksOf::Anybody).await;
    let mut own = of(&world, &nina, TasksOf::Me).await;
    all.retain(|id| open.contains(id) || *id == free.id);
    assert_eq!(all.len(), 3);
    own.sort();
    assert_eq!(own, open);
    let mut theirs = of(&world, &world.owner, TasksOf::Person(person)).await;
    theirs.sort();
    assert_eq!(theirs, open);
    let nobodys = of(&world, &nina, TasksOf::Nobody).await;
    assert!(nobodys.contains(&free.id) && open.iter().all(|id| !nobodys.contains(id)));
    assert_eq!(of(&world, &world.owner, TasksOf::Me).await, []);
    assert_eq!(tasks::task_count_own(&world.app, &nina).await.unwrap(), Some(2));
    let page = async |after| {
        let list = tasks::task_list(&world.app, &nina, TaskState::Open, TasksOf::Me, after, 1);
        let (rows, more) = list.await.unwrap();
        (rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), more)
    };
    let (first, more) = page(None).await;
    assert!(more);
    let (second, more) = page(Some(first[0])).await;
    assert!(!more);
    let mut both = [first, second].concat();
    both.sort();
    assert_eq!(both, open);
    let done = tasks::task_list(&world.app, &nina, TaskState::Done, TasksOf::Me, None, 10);
    assert_eq!(done.await.unwrap().0.len(), 1);
}

async fn a_task_that_was_done_is_planned_no_more(world: World) {
    let (mut computer, task) = failing(&world, 1).await;
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    plan(&world, &world.owner, task.id, to(person)).await.unwrap();
    world.advance(Duration::from_minutes(5));
    computer.say("screen_lock", screen_lock(10));
    computer.report(&world).await.unwrap();
    let closed = one(&world, task.id).await;
    assert!(closed.done_at.is_some() && closed.plan.owner.is_some(), "whose it was stays");
    for refused in [
        plan(&world, &world.owner, task.id, none()).await,
        tasks::task_take(&world.app, &world.owner, task.id).await,
    ] {
        assert_eq!(code(&refused.unwrap_err()), "task.done");
    }
    // Leaving takes nothing from what was done.
    people::person_remove(&world.app, &world.owner, person).await.unwrap();
    assert_eq!(one(&world, task.id).await.plan.owner.unwrap().name, "Nina Cut");
    // A check that turns again opens another task, which is nobody's.
    computer.say("screen_lock", screen_lock(60));
    world.advance(Duration::from_minutes(5));
    computer.report(&world).await.unwrap();
    let again = world.tasks(&computer.subject(), SCREEN_LOCK).await.remove(0);
    assert_eq!(again.plan, closedset_store::tasks::Plan::default());
}

async fn another_organisations_tasks_and_people_are_not_found(world: World) {
    let (_, task) = failing(&world, 1).await;
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    let neighbour = world.neighbour().await;
    for refused in [
        plan(&world, &neighbour, task.id, none()).await,
        tasks::task_one(&world.app, &neighbour, task.id).await,
    ] {
        assert_eq!(code(&refused.unwrap_err()), "not_found");
    }
    let theirs = tasks::task_list(
        &world.app,
        &neighbour,
        TaskState::Open,
        TasksOf::Person(person),
        None,
        10,
    );
    assert!(theirs.await.unwrap().0.is_empty());
    let (_, own) = failing(&world, 2).await;
    let stranger: Id<Person> = world
        .app
        .store()
        .write(
            closedset_store::Scope::Organisation(neighbour.organisation),
            move |tx| -> Result<_, closedset_store::StoreError> {
                let id = tx.new_id();
                let (organisation, log) = (
                    neighbour.organisation,
                    closedset_core::entry::Log::Organisation(neighbour.organisation),
                );
                closedset_store::people::person_insert(
                    tx,
                    organisation,
                    id,
                    "Stranger",
                    "s@x.example",
                )?;
                tx.record(
                    log,
                    closedset_store::NewEntry {
                        actor: &Actor::Closedset,
                        subject: "test:note".into(),
                        kind: "test.noted",
                        body: json!({}),
                    },
                )?;
                Ok(id)
            },
        )
        .await
        .unwrap();
    let refused = plan(&world, &world.owner, own.id, to(stranger)).await;
    assert_eq!(code(&refused.unwrap_err()), "owner");
}
