//! Who leaves: when it opens, what the system takes back and when, what people must, and what calls it off.

use crate::world::{World, code, on_both, profile};
use closedset_app::{
    Problem, agreements,
    leaving::{self, LeavingDetail, LeavingsWanted, Outcome},
    organisations::{self, Profile},
    people::{self, NewAssignment, NewEngagement, NewInvitation, NewPerson},
    tasks::{TaskState, TasksOf, task_done, task_list},
    titles::{self, NewClient, NewTitle},
};
use closedset_core::{
    Duration, Role,
    id::{Id, Person},
};
use closedset_store::tasks::TaskRow;
use jiff::{Span, civil::Date, tz::TimeZone};

on_both!(
    whoever_ends_an_engagement_gets_a_task_for_each_thing,
    rights_end_when_the_last_day_is_over_and_not_before,
    an_end_entered_from_the_start_opens_when_the_day_is_over,
    whoever_goes_on_does_not_leave,
    what_is_prolonged_or_removed_is_called_off,
    the_last_owner_keeps_access_and_a_person_is_told,
    a_task_is_closed_with_what_shows_it_and_nothing_less,
    whoever_comes_back_owes_nothing,
    the_facilitys_own_list_holds_from_then_on,
    whoever_is_forgotten_leaves_no_words,
    another_organisation_sees_and_touches_none_of_it,
    a_day_ends_where_the_facility_is_now,
    what_is_put_right_after_it_opens_no_second_one,
    what_is_done_stays_done_when_another_engagement_outlasts_it,
    an_invitation_that_was_not_followed_is_taken_back,
    nobody_is_put_out_by_who_may_less,
    what_is_to_come_stands_by_its_day_and_what_is_over_apart,
);

fn refused<T>(outcome: Result<T, Problem>) -> String {
    outcome.map_or_else(|problem| code(&problem), |_| "done".to_owned())
}

fn today(world: &World) -> Date {
    world.now().timestamp().to_zoned(TimeZone::get("Europe/Stockholm").unwrap()).date()
}

fn later(day: Date, days: i64) -> String {
    day.checked_add(Span::new().days(days)).unwrap().to_string()
}

fn days(begins_on: &str, ends_on: &str) -> NewEngagement {
    NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: begins_on.into(),
        ends_on: ends_on.into(),
    }
}

async fn entered(world: &World, name: &str, ends_on: &str) -> Id<Person> {
    let new = NewPerson { name: name.into(), ..NewPerson::default() };
    people::person_add(&world.app, &world.owner, new, days("2020-01-01", ends_on)).await.unwrap()
}

async fn ends(world: &World, person: Id<Person>, ends_on: &str) {
    let detail = people::person_detail(&world.app, &world.owner, person).await.unwrap();
    let id = detail.registered.engagements[0].id;
    let new = days("2020-01-01", ends_on);
    people::engagement_change(&world.app, &world.owner, id, new).await.unwrap();
}

async fn leavings(world: &World, person: Id<Person>) -> Vec<LeavingDetail> {
    leaving::leavings_of(&world.app, &world.owner, person).await.unwrap()
}

/// The outcomes of a leaving's steps, `-` where one is open.
fn outcomes(detail: &LeavingDetail) -> Vec<&str> {
    detail.steps.iter().map(|step| step.outcome.as_deref().unwrap_or("-")).collect()
}

async fn tasks(world: &World) -> Vec<TaskRow> {
    let all = task_list(&world.app, &world.owner, TaskState::Open, TasksOf::Anybody, None, 200);
    let (all, _) = all.await.unwrap();
    all.into_iter().filter(|task| task.check.starts_with("lvs_")).collect()
}

async fn whoever_ends_an_engagement_gets_a_task_for_each_thing(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    assert!(leavings(&world, nina).await.is_empty());
    let last = later(today(&world), 3);
    ends(&world, nina, &last).await;
    ends(&world, nina, &last).await;
    let all = leavings(&world, nina).await;
    assert_eq!((all.len(), outcomes(&all[0])), (1, vec!["-"; 9]));
    let open = tasks(&world).await;
    assert_eq!(open.len(), 6);
    for task in open {
        assert!(task.plan.owner.is_some() && !task.title.contains("Nina"), "{}", task.title);
        assert_eq!(task.due_at + Duration::from_millis(1), all[0].leaving.due_at);
    }
    // Another day, the same leaving.
    ends(&world, nina, &later(today(&world), 5)).await;
    let moved = leavings(&world, nina).await;
    assert_eq!((moved.len(), moved[0].leaving.id), (1, all[0].leaving.id));
    assert!(moved[0].leaving.due_at > all[0].leaving.due_at);
    let due: Vec<_> = tasks(&world).await.iter().map(|task| task.due_at).collect();
    assert!(due.iter().all(|at| *at + Duration::from_millis(1) == moved[0].leaving.due_at));
}

async fn rights_end_when_the_last_day_is_over_and_not_before(world: World) {
    world.colleague("Jonas", Role::Coordinator).await;
    let members = people::person_list(&world.app, &world.owner, None, 50).await.unwrap().0;
    let id = members.iter().find(|one| one.name == "Jonas").unwrap().person;
    let last = today(&world);
    people::engage(&world.app, &world.owner, id, days("2020-01-01", "")).await.unwrap();
    let client = NewClient { name: "Kestrel".into(), ..NewClient::default() };
    let client = titles::client_add(&world.app, &world.owner, client).await.unwrap();
    let title = NewTitle {
        name: "The Otter".into(),
        alias: "OTTER".into(),
        begins_on: "2020-01-01".into(),
        ..NewTitle::default()
    };
    let title = titles::title_add(&world.app, &world.owner, Some(client), title).await.unwrap();
    let booking =
        NewAssignment { job: "grading".into(), begins_on: "2020-01-01".into(), ends_on: "".into() };
    people::assign(&world.app, &world.owner, id, title, booking).await.unwrap();
    let link = agreements::personal_link_make(&world.app, &world.owner, id).await.unwrap().0;
    let token = link.split_once("token=").unwrap().1;
    ends(&world, id, &last.to_string()).await;
    let due_at = leavings(&world, id).await[0].leaving.due_at;
    world.clock.set(due_at - Duration::from_millis(1));
    world.sweep().await;
    assert_eq!(outcomes(&leavings(&world, id).await[0]), ["-"; 9]);
    world.clock.set(due_at);
    for _ in 0..2 {
        world.sweep().await;
        let after = leavings(&world, id).await;
        let expected = ["done", "done", "done", "-", "-", "-", "-", "-", "-"];
        assert_eq!(outcomes(&after[0]), expected);
        assert!(after[0].steps[..3].iter().all(|step| step.entry.is_some()));
    }
    assert_eq!(refused(agreements::owed(&world.app, token).await), "personal_link.dead");
    let detail = people::person_detail(&world.app, &world.owner, id).await.unwrap();
    assert!(detail.member.is_none());
    assert_eq!(detail.registered.assignments[0].0.days.last, Some(last));
    assert!(world.verify().await.faults.is_empty());
}

async fn an_end_entered_from_the_start_opens_when_the_day_is_over(world: World) {
    let last = later(today(&world), 2);
    let nina = entered(&world, "Nina Cut", &last).await;
    let over = entered(&world, "Omar Reel", "2020-02-01").await;
    assert!(leavings(&world, over).await.is_empty(), "entered as over");
    assert!(leavings(&world, nina).await[0].leaving.opened_at.is_none());
    assert!(tasks(&world).await.is_empty());
    world.advance(Duration::from_days(9));
    world.sweep().await;
    let all = leavings(&world, nina).await;
    assert_eq!(outcomes(&all[0])[..3], ["not_had"; 3]);
    assert_eq!(tasks(&world).await.len(), 6);
    assert!(leavings(&world, over).await.is_empty());
}

async fn whoever_goes_on_does_not_leave(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    let (last, next) = (later(today(&world), 1), later(today(&world), 2));
    let employed = NewEngagement { form: "employee".into(), ..days(&next, "") };
    people::engage(&world.app, &world.owner, nina, employed).await.unwrap();
    let detail = people::person_detail(&world.app, &world.owner, nina).await.unwrap();
    let freelance = detail.registered.engagements.iter().find(|one| one.days.last.is_none());
    let freelance = freelance.unwrap().id;
    people::engagement_change(&world.app, &world.owner, freelance, days("2020-01-01", &last))
        .await
        .unwrap();
    world.advance(Duration::from_days(5));
    world.sweep().await;
    assert!(leavings(&world, nina).await.is_empty());
    assert!(tasks(&world).await.is_empty());
}

async fn what_is_prolonged_or_removed_is_called_off(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    let omar = entered(&world, "Omar Reel", "").await;
    let last = later(today(&world), 1);
    ends(&world, nina, &last).await;
    ends(&world, omar, &last).await;
    assert_eq!(tasks(&world).await.len(), 12);
    ends(&world, nina, "").await;
    let detail = people::person_detail(&world.app, &world.owner, omar).await.unwrap();
    let id = detail.registered.engagements[0].id;
    people::engagement_remove(&world.app, &world.owner, id).await.unwrap();
    assert!(tasks(&world).await.is_empty());
    world.advance(Duration::from_days(3));
    world.sweep().await;
    for person in [nina, omar] {
        let all = leavings(&world, person).await;
        assert_eq!(outcomes(&all[0]), ["called_off"; 9]);
        assert!(all[0].leaving.settled_at.is_none());
    }
}

async fn the_last_owner_keeps_access_and_a_person_is_told(world: World) {
    let members = people::person_list(&world.app, &world.owner, None, 50).await.unwrap().0;
    let id = members[0].person;
    people::engage(&world.app, &world.owner, id, days("2020-01-01", "")).await.unwrap();
    ends(&world, id, &today(&world).to_string()).await;
    world.advance(Duration::from_days(2));
    world.sweep().await;
    let all = leavings(&world, id).await;
    assert_eq!(outcomes(&all[0])[0], "-");
    assert!(all[0].steps[0].name.contains("only owner"));
    let said = (Outcome::Done, "they are out");
    let close = leaving::step_close(&world.app, &world.owner, all[0].steps[0].id, said);
    assert_eq!(refused(close.await), "leaving.has_access");
    let open = tasks(&world).await;
    assert!(open.iter().any(|task| task.check == all[0].steps[0].id.to_string()));
    assert!(open.iter().all(|task| task.plan.owner.is_none()), "nobody sees to their own leaving");
}

async fn a_task_is_closed_with_what_shows_it_and_nothing_less(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    ends(&world, nina, &later(today(&world), 1)).await;
    let mut open = tasks(&world).await;
    open.retain(|task| task.title.contains("Badge"));
    let silent = task_done(&world.app, &world.owner, open[0].id, " ").await;
    assert_eq!(refused(silent), "note");
    task_done(&world.app, &world.owner, open[0].id, "badge 12 lies in the safe").await.unwrap();
    let steps = leavings(&world, nina).await.remove(0).steps;
    let step = steps.iter().find(|step| step.id.to_string() == open[0].check).unwrap();
    assert_eq!((step.outcome.as_deref(), step.entry.is_some()), (Some("done"), true));
    let again = leaving::step_close(&world.app, &world.owner, step.id, (Outcome::Done, "again"));
    assert_eq!(refused(again.await), "leaving.step_closed");
    let keys = steps.iter().find(|step| step.name.starts_with("Keys")).unwrap();
    let never = (Outcome::NotHad, "never had one");
    leaving::step_close(&world.app, &world.owner, keys.id, never).await.unwrap();
    assert_eq!(tasks(&world).await.len(), 4);
    let own = leaving::step_close(&world.app, &world.owner, steps[0].id, never).await;
    assert_eq!(refused(own), "leaving.step_by_itself");
    let member = world.as_role(Role::Member);
    let forbidden = leaving::step_close(&world.app, &member, steps[4].id, never).await;
    assert_eq!(refused(forbidden), "role.forbids");
}

async fn whoever_comes_back_owes_nothing(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    ends(&world, nina, &today(&world).to_string()).await;
    world.advance(Duration::from_days(4));
    world.sweep().await;
    assert_eq!(tasks(&world).await.len(), 6);
    let back = days(&today(&world).to_string(), "");
    people::engage(&world.app, &world.owner, nina, back).await.unwrap();
    assert!(tasks(&world).await.is_empty());
    let all = leavings(&world, nina).await;
    assert_eq!((all.len(), outcomes(&all[0])[3]), (1, "called_off"));
}

async fn the_facilitys_own_list_holds_from_then_on(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    ends(&world, nina, &later(today(&world), 1)).await;
    let before = leaving::leaving_items(&world.app, &world.owner).await.unwrap();
    let names = vec!["Parking card".to_owned(), " ".to_owned()];
    let write =
        |before, names| leaving::leaving_items_write(&world.app, &world.owner, (before, names));
    write(before.clone(), names.clone()).await.unwrap();
    assert_eq!(refused(write(before, names).await), "leaving.items_changed");
    assert_eq!(refused(write(vec!["Parking card".into()], Vec::new()).await), "items");
    assert_eq!(tasks(&world).await.len(), 6, "what is open stays");
    let omar = entered(&world, "Omar Reel", "").await;
    ends(&world, omar, &later(today(&world), 1)).await;
    let steps = leavings(&world, omar).await.remove(0).steps;
    assert_eq!((steps.len(), steps[3].name.as_str()), (4, "Parking card"));
}

async fn whoever_is_forgotten_leaves_no_words(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    ends(&world, nina, &today(&world).to_string()).await;
    let open = tasks(&world).await;
    task_done(&world.app, &world.owner, open[0].id, "Nina Cut gave it to me").await.unwrap();
    let told = world.newest_of("leaving.step_closed").await.index;
    let leaving = leavings(&world, nina).await[0].leaving.id;
    world.advance(Duration::from_days(2));
    world.sweep().await;
    people::person_forget(&world.app, &world.owner, nina, "Asked for it in writing.")
        .await
        .unwrap();
    let shown = leaving::leaving_detail(&world.app, &world.owner, leaving).await;
    assert_eq!(refused(shown), "not_found");
    assert!(tasks(&world).await.is_empty());
    let entry = closedset_app::ledger::entry_detail(&world.app, &world.owner, told).await.unwrap();
    assert!(entry.body.is_none());
    assert!(world.verify().await.faults.is_empty());
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    ends(&world, nina, &later(today(&world), 1)).await;
    let known = leavings(&world, nina).await.remove(0);
    let by = world.neighbour().await;
    let step = known.steps[4].id;
    let close = leaving::step_close(&world.app, &by, step, (Outcome::Done, "mine now"));
    let outcomes = [
        refused(leaving::leaving_detail(&world.app, &by, known.leaving.id).await),
        refused(leaving::leavings_of(&world.app, &by, nina).await),
        refused(close.await),
    ];
    assert!(outcomes.iter().all(|one| one == "not_found"), "{outcomes:?}");
    let all = LeavingsWanted { is_open: true, after: None, limit: 10 };
    assert!(leaving::leaving_list(&world.app, &by, all).await.unwrap().0.is_empty());
    let ours = leaving::leaving_list(&world.app, &world.owner, all).await.unwrap().0;
    assert_eq!(ours.len(), 1);
    // Nor does theirs lead on in another's list.
    let after = LeavingsWanted { after: Some(ours[0].leaving.id), ..all };
    assert!(leaving::leaving_list(&world.app, &by, after).await.unwrap().0.is_empty());
}

async fn a_day_ends_where_the_facility_is_now(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    ends(&world, nina, &later(today(&world), 3)).await;
    let before = leavings(&world, nina).await.remove(0).leaving;
    let there = Profile { time_zone: "Pacific/Auckland".into(), country: "NZ".into(), ..profile() };
    organisations::profile_change(&world.app, &world.owner, there).await.unwrap();
    let after = leavings(&world, nina).await.remove(0).leaving;
    assert_eq!((after.id, after.last_day), (before.id, before.last_day));
    assert!(after.due_at < before.due_at);
    let due: Vec<_> = tasks(&world).await.iter().map(|task| task.due_at).collect();
    assert!(due.iter().all(|at| *at + Duration::from_millis(1) == after.due_at));
    world.clock.set(after.due_at);
    world.sweep().await;
    assert!(leavings(&world, nina).await[0].leaving.settled_at.is_some());
}

async fn what_is_put_right_after_it_opens_no_second_one(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    let last = today(&world);
    ends(&world, nina, &last.to_string()).await;
    world.advance(Duration::from_days(4));
    world.sweep().await;
    // They left a day earlier: nothing is owed twice.
    ends(&world, nina, &later(last, -1)).await;
    world.sweep().await;
    assert_eq!((leavings(&world, nina).await.len(), tasks(&world).await.len()), (1, 6));
    // Booked again for later: what they hold is owed still, and their return is known.
    let next = later(today(&world), 9);
    people::engage(&world.app, &world.owner, nina, days(&next, "")).await.unwrap();
    let known = leavings(&world, nina).await.remove(0);
    assert_eq!((known.returns_on.unwrap().to_string(), tasks(&world).await.len()), (next, 6));
    // They never left: nothing is owed.
    let omar = entered(&world, "Omar Reel", "").await;
    ends(&world, omar, &later(today(&world), -1)).await;
    world.sweep().await;
    assert_eq!(tasks(&world).await.len(), 12);
    ends(&world, omar, "").await;
    assert_eq!(tasks(&world).await.len(), 6);
}

async fn what_is_done_stays_done_when_another_engagement_outlasts_it(world: World) {
    let nina = entered(&world, "Nina Cut", "").await;
    ends(&world, nina, &later(today(&world), 3)).await;
    let before = leavings(&world, nina).await.remove(0);
    let badge = (Outcome::Done, "it lies in the safe");
    leaving::step_close(&world.app, &world.owner, before.steps[3].id, badge).await.unwrap();
    let last = later(today(&world), 8);
    let employed =
        NewEngagement { form: "employee".into(), ..days(&later(today(&world), -20), &last) };
    people::engage(&world.app, &world.owner, nina, employed).await.unwrap();
    let after = leavings(&world, nina).await;
    assert_eq!((after.len(), after[0].leaving.id), (1, before.leaving.id));
    assert_eq!(after[0].leaving.last_day.to_string(), last);
    assert_eq!(outcomes(&after[0])[3..5], ["done", "-"]);
    let due: Vec<_> = tasks(&world).await.iter().map(|task| task.due_at).collect();
    assert_eq!(due.len(), 5);
    assert!(due.iter().all(|at| *at + Duration::from_millis(1) == after[0].leaving.due_at));
    world.advance(Duration::from_days(5));
    world.sweep().await;
    assert!(leavings(&world, nina).await[0].leaving.settled_at.is_none(), "they work here still");
    world.advance(Duration::from_days(5));
    world.sweep().await;
    assert!(leavings(&world, nina).await[0].leaving.settled_at.is_some());
}

async fn an_invitation_that_was_not_followed_is_taken_back(world: World) {
    let new = NewPerson {
        name: "Nina Cut".into(),
        email: "Nina@cut.example".into(),
        ..NewPerson::default()
    };
    let first = days("2020-01-01", "");
    let nina = people::person_add(&world.app, &world.owner, new, first).await.unwrap();
    let invitation = NewInvitation {
        email: "nina@cut.example".into(),
        name: "Nina Cut".into(),
        role: "member".into(),
        last_day: String::new(),
    };
    people::invite(&world.app, &world.owner, invitation).await.unwrap();
    ends(&world, nina, &today(&world).to_string()).await;
    world.advance(Duration::from_days(1));
    world.sweep().await;
    let after = leavings(&world, nina).await.remove(0);
    assert_eq!((outcomes(&after)[0], after.steps[0].entry.is_some()), ("done", true));
    assert!(people::invitation_list(&world.app, &world.owner).await.unwrap().is_empty());
}

async fn what_is_to_come_stands_by_its_day_and_what_is_over_apart(world: World) {
    let gone = entered(&world, "Gone Gaffer", "").await;
    ends(&world, gone, &today(&world).to_string()).await;
    world.advance(Duration::from_days(1));
    world.sweep().await;
    for step in &leavings(&world, gone).await.remove(0).steps[3..] {
        let said = (Outcome::NotHad, "never had one");
        leaving::step_close(&world.app, &world.owner, step.id, said).await.unwrap();
    }
    let mut expected = Vec::new();
    for (name, left) in [("Omar Reel", 9), ("Nina Cut", 2), ("Ida Grade", 5)] {
        entered(&world, name, &later(today(&world), left)).await;
        expected.push((left, name.to_owned()));
    }
    expected.sort();
    let stays = entered(&world, "Stays On", &later(today(&world), 1)).await;
    ends(&world, stays, "").await;
    let page = |is_open, after| {
        let wanted = LeavingsWanted { is_open, after, limit: 2 };
        let (app, owner) = (&world.app, &world.owner);
        async move { leaving::leaving_list(app, owner, wanted).await.unwrap() }
    };
    let (first, more) = page(true, None).await;
    assert!(more);
    let (second, more) = page(true, Some(first[1].leaving.id)).await;
    assert!(!more);
    let names: Vec<_> = first.iter().chain(&second).map(|one| one.name.clone()).collect();
    assert_eq!(names, expected.into_iter().map(|(_, name)| name).collect::<Vec<_>>());
    assert!(first.iter().all(LeavingDetail::is_foreseen));
    let (over, more) = page(false, None).await;
    assert_eq!(
        (over.len(), over[0].name.as_str(), over[0].open(), more),
        (1, "Gone Gaffer", 0, false)
    );
}

async fn nobody_is_put_out_by_who_may_less(world: World) {
    let coordinator = world.colleague("Jonas", Role::Coordinator).await;
    world.colleague("Ines", Role::SecurityContact).await;
    world.colleague("Nils", Role::Member).await;
    let members = people::person_list(&world.app, &world.owner, None, 50).await.unwrap().0;
    let of = |name: &str| members.iter().find(|one| one.name == name).unwrap().person;
    let (ines, nils) = (of("Ines"), of("Nils"));
    let last = today(&world).to_string();
    for person in [ines, nils] {
        people::engage(&world.app, &world.owner, person, days("2020-01-01", "")).await.unwrap();
        let detail = people::person_detail(&world.app, &coordinator, person).await.unwrap();
        let id = detail.registered.engagements[0].id;
        let over = days("2020-01-01", &last);
        people::engagement_change(&world.app, &coordinator, id, over).await.unwrap();
    }
    world.advance(Duration::from_days(1));
    world.sweep().await;
    let (of_ines, of_nils) =
        (leavings(&world, ines).await.remove(0), leavings(&world, nils).await.remove(0));
    assert_eq!((outcomes(&of_ines)[0], outcomes(&of_nils)[0]), ("-", "done"));
    assert!(of_ines.steps[0].name.contains("may more"), "{}", of_ines.steps[0].name);
    let said = (Outcome::Done, "they are out");
    let close = leaving::step_close(&world.app, &world.owner, of_ines.steps[0].id, said).await;
    assert_eq!(refused(close), "leaving.has_access");
    let owner = closedset_app::Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    people::person_remove(&world.app, &owner, ines).await.unwrap();
    leaving::step_close(&world.app, &world.owner, of_ines.steps[0].id, said).await.unwrap();
}
