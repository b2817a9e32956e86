//! Risks: what lowers them and what does not, what happens to them by itself, who may what, and what is refused.

use crate::{
    computer::{Computer, screen_lock},
    evidence::sign,
    exceptions::{granted, of_all, of_control},
    packs::{checked, pack, whole_period},
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem, evidence, frameworks, people,
    risks::{self, NewRisk, Review, RiskFileForm, RiskShown},
    tasks::{self, NewPlan, TaskState, TasksOf},
};
use closedset_core::{
    Action, Duration, Role, Status,
    exception::ExceptionForm,
    id::{Id, Person, Risk},
    risk::RiskLevel,
};
use closedset_store::tasks::TaskRow;
use jiff::civil::date;

on_both!(
    what_is_met_lowers_a_risk_and_what_turns_raises_it_again,
    absence_of_evidence_never_lowers_a_risk,
    what_is_excepted_or_does_not_apply_lowers_nothing,
    a_framework_that_is_chosen_no_more_lowers_nothing,
    the_worst_of_today_comes_first,
    a_task_opens_when_a_review_is_due_and_is_closed_by_it_alone,
    a_task_follows_its_risk,
    what_was_borne_until_a_day_is_decided_anew_after_it,
    bearing_a_risk_lowers_nothing_and_can_be_taken_back,
    what_was_closed_stays_so,
    a_risk_of_somebody_who_left_says_so,
    every_write_leaves_its_entry_and_no_change_leaves_none,
    what_is_entered_wrongly_is_refused_by_field_all_at_once,
    hostile_texts_are_refused,
    two_who_change_the_same_do_not_undo_each_other,
    every_scenario_can_be_added_as_it_is,
    the_register_is_handed_out_as_files,
    a_role_may_what_the_matrix_says,
    another_organisation_sees_and_touches_none_of_it,
);

fn stolen() -> NewRisk {
    NewRisk {
        title: "A drive with content is stolen".into(),
        words: "Because drives travel, one is taken.".into(),
        likelihood: 4,
        impact: 5,
        controls: vec!["IS-7".into(), "AD-1".into()],
        ..NewRisk::default()
    }
}

fn called(title: &str) -> NewRisk {
    NewRisk { title: title.into(), ..stolen() }
}

async fn add(world: &World, new: NewRisk) -> Id<Risk> {
    risks::risk_add(&world.app, &world.owner, (new, String::new())).await.unwrap()
}

async fn one(world: &World, id: Id<Risk>) -> RiskShown {
    risks::risk_one(&world.app, &world.owner, id).await.unwrap().shown
}

/// How likely it is today, and which controls hold it.
async fn today(world: &World, id: Id<Risk>) -> (i64, Vec<String>) {
    let shown = one(world, id).await;
    let held = shown.treatments.iter().filter(|one| one.holds()).map(|one| one.control.clone());
    (shown.residual_likelihood(), held.collect())
}

async fn open_tasks(world: &World) -> Vec<TaskRow> {
    let (rows, _) =
        tasks::task_list(&world.app, &world.owner, TaskState::Open, TasksOf::Anybody, None, 200)
            .await
            .unwrap();
    rows.into_iter().filter(|row| tasks::risk_of(row).is_some()).collect()
}

async fn person_of(world: &World, caller: &Caller) -> Id<Person> {
    let (all, _) = people::person_list(&world.app, &world.owner, None, 200).await.unwrap();
    all.iter().find(|row| Some(row.account) == caller.account()).unwrap().person
}

fn review(said: &str, review_on: &str) -> (Review, Option<i64>) {
    (Review { said: said.into(), review_on: review_on.into() }, None)
}

fn until(reason: &str, day: &str) -> (String, String) {
    (reason.into(), day.into())
}

async fn what_is_met_lowers_a_risk_and_what_turns_raises_it_again(world: World) {
    let id = add(&world, stolen()).await;
    assert_eq!(today(&world, id).await, (4, vec![]));
    let mut computer = Computer::reporting(&world, 1).await;
    assert_eq!(today(&world, id).await, (3, vec!["IS-7".to_owned()]));
    sign(&world, "AD-1", None, world.now() + Duration::from_days(1)).await;
    let shown = one(&world, id).await;
    assert_eq!((shown.inherent(), shown.residual(), shown.level()), (20, 10, RiskLevel::High));
    computer.say("screen_lock", screen_lock(60));
    computer.report(&world).await.unwrap();
    assert_eq!(today(&world, id).await, (3, vec!["AD-1".to_owned()]), "one computer fails");
    world.advance(Duration::from_days(2));
    world.sweep().await;
    assert_eq!(today(&world, id).await, (4, vec![]), "the statement is over");
    computer.say("screen_lock", screen_lock(5));
    computer.report(&world).await.unwrap();
    assert_eq!(today(&world, id).await, (3, vec!["IS-7".to_owned()]));
    world.advance(Duration::from_days(90));
    world.sweep().await;
    assert_eq!(today(&world, id).await, (4, vec![]), "the computer is silent");
}

async fn absence_of_evidence_never_lowers_a_risk(world: World) {
    let all: Vec<String> = world.app.catalogue().framework("netflix-minimum").unwrap().controls
        [..10]
        .iter()
        .map(|control| control.id.clone())
        .collect();
    let id = add(&world, NewRisk { controls: all, likelihood: 5, ..stolen() }).await;
    let shown = one(&world, id).await;
    assert!(shown.treatments.iter().all(|one| one.status == Some(Status::Unknown)));
    assert_eq!((shown.residual(), shown.residual_likelihood()), (25, 5));
    let none =
        add(&world, NewRisk { controls: vec![], ..called("Nothing is done about it") }).await;
    let shown = one(&world, none).await;
    assert!(shown.is_untreated() && shown.residual() == shown.inherent());
}

async fn what_is_excepted_or_does_not_apply_lowers_nothing(world: World) {
    let id =
        add(&world, NewRisk { controls: vec!["IS-7".into(), "AD-8".into()], ..stolen() }).await;
    let mut computer = Computer::reporting(&world, 1).await;
    computer.say("screen_lock", screen_lock(60));
    computer.report(&world).await.unwrap();
    granted(&world, of_all()).await;
    let shown = one(&world, id).await;
    assert_eq!(shown.treatments[1].status, Some(Status::Excepted));
    assert_eq!(shown.residual_likelihood(), 4, "an exception is not protection");
    granted(&world, of_control("AD-8", ExceptionForm::NotApplicable)).await;
    let shown = one(&world, id).await;
    assert_eq!(shown.treatments[0].status, Some(Status::NotApplicable));
    assert_eq!(shown.residual_likelihood(), 4);
}

async fn a_framework_that_is_chosen_no_more_lowers_nothing(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, stolen()).await;
    sign(&world, "AD-1", None, world.now() + Duration::from_days(30)).await;
    assert_eq!(today(&world, id).await.0, 3);
    let ids = |name: &str| vec![name.to_owned()];
    let (mpa, minimum) = (ids("mpa-best-practices"), ids("netflix-minimum"));
    frameworks::frameworks_choose(app, owner, &mpa, &minimum).await.unwrap();
    let shown = one(&world, id).await;
    assert_eq!(shown.residual_likelihood(), 4);
    assert!(shown.treatments.iter().all(|one| one.status.is_none() && !one.title.is_empty()));
    // What it has can be kept; what is not answered cannot be chosen.
    let words = NewRisk { words: "Other words.".into(), ..stolen() };
    risks::risk_change(app, owner, id, (words, None)).await.unwrap();
    let other = risks::risk_add(app, owner, (called("Another"), String::new())).await;
    assert_eq!(code(&other.unwrap_err()), "controls");
}

async fn the_worst_of_today_comes_first(world: World) {
    let of = |title: &str, likelihood, impact, controls: &[&str]| NewRisk {
        likelihood,
        impact,
        controls: controls.iter().map(|id| (*id).to_owned()).collect(),
        ..called(title)
    };
    sign(&world, "AD-1", None, world.now() + Duration::from_days(30)).await;
    add(&world, of("held", 3, 5, &["AD-1"])).await;
    add(&world, of("small", 1, 1, &[])).await;
    add(&world, of("worst", 4, 4, &["AD-2"])).await;
    add(&world, of("grave", 2, 5, &[])).await;
    let closed = add(&world, of("closed", 5, 5, &[])).await;
    risks::risk_close(&world.app, &world.owner, closed, "It is gone.").await.unwrap();
    let register = risks::risk_list(&world.app, &world.owner).await.unwrap();
    let titles: Vec<_> = register.open.iter().map(|one| one.risk.title.as_str()).collect();
    assert_eq!(titles, ["worst", "held", "grave", "small"]);
    assert_eq!(register.closed.len(), 1);
    // Page by page, oldest first, closed ones too.
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (rows, more) = risks::risk_page(&world.app, &world.owner, (after, 2)).await.unwrap();
        after = rows.last().map(|row| row.risk.id);
        seen.extend(rows.into_iter().map(|row| row.risk.title));
        if !more {
            break;
        }
    }
    seen.sort();
    assert_eq!(seen, ["closed", "grave", "held", "small", "worst"]);
}

async fn a_task_opens_when_a_review_is_due_and_is_closed_by_it_alone(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nina = world.colleague("Nina Cut", Role::Coordinator).await;
    let person = person_of(&world, &nina).await;
    let new = NewRisk { owner: Some(person), ..stolen() };
    let id = risks::risk_add(app, owner, (new, "2026-04-10".into())).await.unwrap();
    world.clock.set("2026-04-03T21:59:59.999Z".parse().unwrap());
    world.sweep().await;
    assert!(open_tasks(&world).await.is_empty());
    world.clock.set("2026-04-03T22:00:00Z".parse().unwrap());
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await, ["risk.review_due"]);
    let task = open_tasks(&world).await.remove(0);
    assert_eq!(task.title, "Review the risk: A drive with content is stolen");
    assert_eq!(task.due_at, "2026-04-10T21:59:59.999Z".parse().unwrap());
    assert_eq!(task.plan.owner.as_ref().unwrap().person, person);
    assert_eq!(tasks::risk_of(&task), Some(id));
    let by_hand = tasks::task_done(app, owner, task.id, "done").await;
    assert_eq!(code(&by_hand.unwrap_err()), "task.of_risk");
    for (said, day, wrong) in [
        ("", "", "said"),
        ("x", "2026-04-03", "review_on"),
        ("x", "2026-04-04", "review_on"),
        ("x", "2027-04-05", "review_on"),
        (" ", "soon", "said review_on"),
    ] {
        let refused = risks::risk_review(app, owner, id, review(said, day)).await;
        assert_eq!(code(&refused.unwrap_err()), wrong, "{said} {day}");
    }
    risks::risk_review(app, &nina, id, review("We looked at every drive.", "2026-05-10"))
        .await
        .unwrap();
    assert!(open_tasks(&world).await.is_empty());
    let row = one(&world, id).await.risk;
    let said = row.reviewed.unwrap();
    assert_eq!((said.words.as_str(), said.by.as_str()), ("We looked at every drive.", "Nina Cut"));
    assert_eq!((row.review_on, row.task), (date(2026, 5, 10), None));
    world.advance(Duration::from_days(40));
    world.sweep().await;
    assert_eq!(open_tasks(&world).await.len(), 1, "it is due again");
    assert!(world.verify().await.faults.is_empty());
}

async fn a_task_follows_its_risk(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    let id = risks::risk_add(app, owner, (stolen(), "2026-03-13".into())).await.unwrap();
    world.sweep().await;
    let task = open_tasks(&world).await.remove(0);
    assert_eq!((task.control.as_str(), &task.plan.owner), ("AD-1", &None));
    let plan = NewPlan { owner: None, due: None, remark: "Ask the courier.".into() };
    tasks::task_plan(app, owner, task.id, plan).await.unwrap();
    let new =
        NewRisk { owner: Some(person), controls: vec!["IS-7".into()], ..called("Drives are lost") };
    risks::risk_change(app, owner, id, (new, None)).await.unwrap();
    let now = open_tasks(&world).await.remove(0);
    assert_eq!((now.id, now.title.as_str()), (task.id, "Review the risk: Drives are lost"));
    assert_eq!((now.control.as_str(), now.plan.remark.as_str()), ("IS-7", "Ask the courier."));
    assert_eq!(now.plan.owner.unwrap().person, person);
    risks::risk_close(app, owner, id, "No drives any more.").await.unwrap();
    assert!(open_tasks(&world).await.is_empty());
    world.advance(Duration::from_days(400));
    world.sweep().await;
    assert!(open_tasks(&world).await.is_empty());
}

async fn what_was_borne_until_a_day_is_decided_anew_after_it(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, stolen()).await;
    for (reason, day, wrong) in [
        ("", "2026-03-20", "reason"),
        ("x", "", "until"),
        ("x", "20.3.2026", "until"),
        ("x", "2026-03-11", "until"),
        ("x", "2027-03-13", "until"),
        (" ", "soon", "reason until"),
    ] {
        let refused = risks::risk_accept(app, owner, id, until(reason, day)).await;
        assert_eq!(code(&refused.unwrap_err()), wrong, "{reason} {day}");
    }
    risks::risk_accept(app, owner, id, until("Until the move.", "2026-03-20")).await.unwrap();
    world.clock.set("2026-03-20T22:59:59.999Z".parse().unwrap());
    world.sweep().await;
    assert!(one(&world, id).await.risk.accepted.is_some(), "the last day counts");
    world.clock.set("2026-03-20T23:00:00Z".parse().unwrap());
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await, ["risk.acceptance_ended"]);
    assert_eq!(one(&world, id).await.risk.accepted, None);
    let task = open_tasks(&world).await.remove(0);
    assert_eq!(task.due_at, world.now() + Duration::from_days(7));
    // Decided anew while that is open: one task, closed by the review.
    risks::risk_accept(app, owner, id, until("Longer.", "2026-03-22")).await.unwrap();
    world.advance(Duration::from_days(5));
    world.sweep().await;
    assert_eq!(open_tasks(&world).await.len(), 1);
    risks::risk_review(app, owner, id, review("Safes were bought.", "")).await.unwrap();
    assert!(open_tasks(&world).await.is_empty());
    assert_eq!(one(&world, id).await.risk.review_on, date(2027, 3, 26));
    let valid = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(valid.is_valid(), "{:#?}", valid.findings);
}

async fn bearing_a_risk_lowers_nothing_and_can_be_taken_back(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, NewRisk { controls: vec![], ..stolen() }).await;
    assert!(one(&world, id).await.is_untreated());
    risks::risk_accept(app, owner, id, until("It is insured.", "2026-09-12")).await.unwrap();
    let shown = one(&world, id).await;
    assert_eq!((shown.residual(), shown.is_untreated()), (20, false));
    let accepted = shown.risk.accepted.unwrap();
    assert_eq!((accepted.said.by, accepted.until), (owner.name.clone(), date(2026, 9, 12)));
    assert_eq!(code(&risks::risk_accept_withdraw(app, owner, id, "").await.unwrap_err()), "reason");
    risks::risk_accept_withdraw(app, owner, id, "It is not insured.").await.unwrap();
    assert!(one(&world, id).await.is_untreated());
    let again = risks::risk_accept_withdraw(app, owner, id, "It is not insured.").await;
    assert_eq!(code(&again.unwrap_err()), "risk.not_accepted");
}

async fn what_was_closed_stays_so(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, stolen()).await;
    assert_eq!(code(&risks::risk_close(app, owner, id, " ").await.unwrap_err()), "reason");
    risks::risk_close(app, owner, id, "We keep no drives.").await.unwrap();
    let closed = one(&world, id).await.risk.closed.unwrap();
    assert_eq!((closed.words.as_str(), closed.by), ("We keep no drives.", owner.name.clone()));
    for refused in [
        risks::risk_change(app, owner, id, (stolen(), None)).await,
        risks::risk_review(app, owner, id, review("x", "")).await,
        risks::risk_accept(app, owner, id, until("x", "2026-03-20")).await,
        risks::risk_accept_withdraw(app, owner, id, "x").await,
        risks::risk_close(app, owner, id, "x").await,
    ] {
        assert_eq!(code(&refused.unwrap_err()), "risk.closed");
    }
    // What is there again is added again, under the same name.
    add(&world, stolen()).await;
}

async fn a_risk_of_somebody_who_left_says_so(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    let new = NewRisk { owner: Some(person), ..stolen() };
    let id = risks::risk_add(app, owner, (new.clone(), "2026-03-20".into())).await.unwrap();
    assert!(!one(&world, id).await.has_left);
    people::person_remove(app, owner, person).await.unwrap();
    assert!(one(&world, id).await.has_left);
    world.advance(Duration::from_days(3));
    world.sweep().await;
    assert_eq!(open_tasks(&world).await[0].plan.owner, None);
    // They are kept until somebody names another; on another risk they cannot be named.
    let words = NewRisk { words: "Other words.".into(), ..new.clone() };
    risks::risk_change(app, owner, id, (words, None)).await.unwrap();
    let other = NewRisk { owner: Some(person), ..called("Another") };
    let other = risks::risk_add(app, owner, (other, String::new())).await;
    assert_eq!(code(&other.unwrap_err()), "owner");
    people::person_forget(app, owner, person, "asked to be forgotten").await.unwrap();
    assert!(!format!("{:?}", one(&world, id).await).contains("Nina"));
    assert!(world.verify().await.faults.is_empty());
}

async fn every_write_leaves_its_entry_and_no_change_leaves_none(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let from = world.entry_count(world.log()).await;
    let id = add(&world, stolen()).await;
    let twice =
        NewRisk { controls: ["AD-1", "IS-7", "AD-1"].map(str::to_owned).into(), ..stolen() };
    risks::risk_change(app, owner, id, (twice, None)).await.unwrap();
    let worse = NewRisk { likelihood: 5, ..stolen() };
    risks::risk_change(app, owner, id, (worse, None)).await.unwrap();
    risks::risk_review(app, owner, id, review("Looked.", "")).await.unwrap();
    risks::risk_accept(app, owner, id, until("It is insured.", "2026-04-01")).await.unwrap();
    risks::risk_accept_withdraw(app, owner, id, "It is not.").await.unwrap();
    risks::risk_close(app, owner, id, "Gone.").await.unwrap();
    let kinds = [
        "risk.added",
        "risk.changed",
        "risk.reviewed",
        "risk.accepted",
        "risk.acceptance_withdrawn",
        "risk.closed",
    ];
    assert_eq!(world.kinds_from(from).await, kinds);
    let added = world.body(from).await;
    assert_eq!(added["controls"], serde_json::json!(["AD-1", "IS-7"]));
    assert_eq!(added["review_on"], "2027-03-12");
    let changed = world.body(from + 1).await;
    assert_eq!((&changed["likelihood"], &changed["was_likelihood"]), (&5.into(), &4.into()));
}

async fn what_is_entered_wrongly_is_refused_by_field_all_at_once(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nothing = risks::risk_add(app, owner, (NewRisk::default(), "soon".into())).await;
    assert_eq!(code(&nothing.unwrap_err()), "review_on title words likelihood impact");
    let eleven: Vec<String> = world.app.catalogue().framework("netflix-minimum").unwrap().controls
        [..11]
        .iter()
        .map(|control| control.id.clone())
        .collect();
    for (new, field) in [
        (called(" "), "title"),
        (called(&"x".repeat(121)), "title"),
        (NewRisk { words: "x".repeat(2_001), ..stolen() }, "words"),
        (NewRisk { likelihood: 6, impact: -1, ..stolen() }, "likelihood impact"),
        (NewRisk { likelihood: i64::MAX, ..stolen() }, "likelihood"),
        (NewRisk { begun_from: "my-own".into(), ..stolen() }, "begun_from"),
        (NewRisk { controls: vec!["XX-1".into()], ..stolen() }, "controls"),
        (NewRisk { controls: vec!["AD-1 IS-7".into()], ..stolen() }, "controls"),
        (NewRisk { controls: eleven, ..stolen() }, "controls"),
        (NewRisk { owner: Some(Id::from_bits(7)), ..stolen() }, "owner"),
    ] {
        let refused = risks::risk_add(app, owner, (new.clone(), String::new())).await;
        assert_eq!(code(&refused.unwrap_err()), field, "{new:?}");
    }
    add(&world, stolen()).await;
    let same =
        risks::risk_add(app, owner, (called("a DRIVE with content is stolen"), String::new()));
    assert_eq!(code(&same.await.unwrap_err()), "title");
}

async fn hostile_texts_are_refused(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    for text in ["one\u{202e}two", "nul\u{0}", "bell\u{7}", "\u{200b}\u{200b}"] {
        let title = risks::risk_add(app, owner, (called(text), String::new())).await;
        assert_eq!(code(&title.unwrap_err()), "title", "{text:?}");
        let words = NewRisk { words: text.into(), ..stolen() };
        let words = risks::risk_add(app, owner, (words, String::new())).await;
        assert_eq!(code(&words.unwrap_err()), "words", "{text:?}");
    }
    let id =
        add(&world, NewRisk { words: "'; DROP TABLE risk; --\r\n<b>".into(), ..stolen() }).await;
    assert_eq!(one(&world, id).await.risk.words, "'; DROP TABLE risk; --\n<b>");
}

async fn two_who_change_the_same_do_not_undo_each_other(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, stolen()).await;
    let words = |words: &str| NewRisk { words: words.into(), ..stolen() };
    risks::risk_change(app, owner, id, (words("one"), Some(0))).await.unwrap();
    let late = risks::risk_change(app, owner, id, (words("two"), Some(0))).await;
    assert_eq!(code(&late.unwrap_err()), "risk.changed");
    let (said, _) = review("x", "");
    let late = risks::risk_review(app, owner, id, (said, Some(0))).await;
    assert_eq!(code(&late.unwrap_err()), "risk.changed");
    let (one, two) = tokio::join!(
        risks::risk_change(app, owner, id, (words("three"), Some(1))),
        risks::risk_change(app, owner, id, (words("four"), Some(1))),
    );
    let refused: Vec<Problem> = [one, two].into_iter().filter_map(Result::err).collect();
    assert_eq!((refused.len(), code(&refused[0]).as_str()), (1, "risk.changed"));
    let (one, two) = tokio::join!(
        risks::risk_close(app, owner, id, "one"),
        risks::risk_close(app, owner, id, "two"),
    );
    let refused: Vec<Problem> = [one, two].into_iter().filter_map(Result::err).collect();
    assert_eq!((refused.len(), code(&refused[0]).as_str()), (1, "risk.closed"));
}

async fn every_scenario_can_be_added_as_it_is(world: World) {
    let scenarios = risks::scenario_list(&world.owner).unwrap();
    for one in scenarios {
        let new = NewRisk {
            title: one.title.clone(),
            words: one.words.clone(),
            begun_from: one.id.clone(),
            likelihood: one.likelihood,
            impact: one.impact,
            owner: None,
            controls: one.controls.clone(),
        };
        add(&world, new).await;
    }
    let register = risks::risk_list(&world.app, &world.owner).await.unwrap();
    assert_eq!(register.open.len(), scenarios.len());
    assert!(register.open.iter().all(|one| one.residual() == one.inherent()));
}

async fn the_register_is_handed_out_as_files(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let empty = risks::risk_list_file(app, owner, RiskFileForm::Pdf).await.unwrap();
    assert!(empty.bytes.starts_with(b"%PDF-"));
    let id =
        add(&world, NewRisk { words: "=1+1\n=2+2".into(), ..called("=cmd|' /C calc'!A0") }).await;
    risks::risk_accept(app, owner, id, until("@SUM(1)", "2026-04-01")).await.unwrap();
    risks::risk_review(app, owner, id, review("+1", "")).await.unwrap();
    let closed = add(&world, called("Closed one")).await;
    risks::risk_close(app, owner, closed, "-1").await.unwrap();
    sign(&world, "AD-1", None, world.now() + Duration::from_days(30)).await;
    for form in [RiskFileForm::Pdf, RiskFileForm::Xlsx] {
        let from = world.entry_count(world.log()).await;
        let file = risks::risk_list_file(app, owner, form).await.unwrap();
        assert_eq!(file.file_name, format!("risks-2026-03-12.{}", form.as_str()));
        assert_eq!(world.kinds_from(from).await, ["risk.listed"]);
        let body = world.body(file.entry).await;
        assert_eq!(body["digest"], serde_json::json!(file.digest));
        assert_eq!((&body["risks"], &body["form"]), (&1.into(), &form.as_str().into()));
    }
    let file = risks::risk_list_file(app, owner, RiskFileForm::Xlsx).await.unwrap();
    let table =
        closedset_sheets::read(&file.bytes, &|heads| heads.contains(&"What can happen")).unwrap();
    let text = format!("{table:?}");
    assert!(text.contains("15") && text.contains("20"), "{text}");
    for formula in ["\"=", "\"@", "\"+"] {
        assert!(!text.contains(formula), "{formula} {text}");
    }
}

async fn a_role_may_what_the_matrix_says(world: World) {
    let app = &world.app;
    let id = add(&world, stolen()).await;
    for role in Role::ALL {
        let by = world.as_role(*role);
        let actions = role.actions();
        let reads = actions.contains(Action::EvidenceRead) && actions.contains(Action::BoardRead);
        let writes = actions.contains(Action::EvidenceWrite);
        assert_eq!(risks::risk_list(app, &by).await.is_ok(), reads, "{role}");
        assert_eq!(risks::risk_page(app, &by, (None, 5)).await.is_ok(), reads, "{role}");
        assert_eq!(risks::risk_one(app, &by, id).await.is_ok(), reads, "{role}");
        assert_eq!(risks::scenario_list(&by).is_ok(), reads, "{role}");
        let file = risks::risk_list_file(app, &by, RiskFileForm::Xlsx).await;
        assert_eq!(file.is_ok(), reads && writes, "{role}");
        let change = risks::risk_change(app, &by, id, (stolen(), None)).await;
        assert_eq!(change.is_ok(), writes, "{role}");
        for outcome in [
            risks::risk_add(app, &by, (NewRisk::default(), String::new())).await.err(),
            risks::risk_review(app, &by, id, review("", "")).await.err(),
            risks::risk_accept_withdraw(app, &by, id, "").await.err(),
            risks::risk_close(app, &by, id, "").await.err(),
        ] {
            assert_eq!(code(&outcome.unwrap()) == "role.forbids", !writes, "{role}");
        }
        let accepted = risks::risk_accept(app, &by, id, until("", "")).await.unwrap_err();
        let may = writes && actions.contains(Action::ExceptionGrant);
        assert_eq!(code(&accepted) == "role.forbids", !may, "{role}");
    }
    // How risks stand tells how controls do: who may not see the board reads none.
    let blind = world.owner.allowed.without(Action::BoardRead.into());
    let blind = Caller { allowed: blind, ..world.owner.clone() };
    assert_eq!(code(&risks::risk_list(app, &blind).await.unwrap_err()), "role.forbids");
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let nina = person_of(&world, &nina).await;
    let lesser = world.owner.allowed.without(Action::TaskAssign.into());
    let lesser = Caller { allowed: lesser, ..world.owner.clone() };
    let given = NewRisk { owner: Some(nina), ..called("Another") };
    let given = risks::risk_add(app, &lesser, (given, String::new())).await;
    assert_eq!(code(&given.unwrap_err()), "role.forbids");
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let app = &world.app;
    let id = risks::risk_add(app, &world.owner, (stolen(), "2026-03-13".into())).await.unwrap();
    sign(&world, "AD-1", None, world.now() + Duration::from_days(30)).await;
    world.sweep().await;
    let there = world.neighbour().await;
    let register = risks::risk_list(app, &there).await.unwrap();
    assert!(register.open.is_empty() && register.closed.is_empty());
    assert!(risks::risk_page(app, &there, (None, 5)).await.unwrap().0.is_empty());
    assert!(risks::risk_page(app, &there, (Some(id), 5)).await.unwrap().0.is_empty());
    for problem in [
        risks::risk_one(app, &there, id).await.err(),
        risks::risk_change(app, &there, id, (stolen(), None)).await.err(),
        risks::risk_review(app, &there, id, review("x", "")).await.err(),
        risks::risk_accept(app, &there, id, until("x", "2026-03-20")).await.err(),
        risks::risk_accept_withdraw(app, &there, id, "x").await.err(),
        risks::risk_close(app, &there, id, "x").await.err(),
    ] {
        assert_eq!(code(&problem.unwrap()), "not_found");
    }
    // The same name there is another risk, held by its own evidence alone.
    let own = risks::risk_add(app, &there, (stolen(), String::new())).await.unwrap();
    let shown = risks::risk_one(app, &there, own).await.unwrap().shown;
    assert_eq!(shown.residual_likelihood(), 4);
    let person = person_of(&world, &world.owner).await;
    let given = NewRisk { owner: Some(person), ..called("Another") };
    let given = risks::risk_add(app, &there, (given, String::new())).await;
    assert_eq!(code(&given.unwrap_err()), "owner");
    let task = open_tasks(&world).await.remove(0);
    assert_eq!(code(&tasks::task_done(app, &there, task.id, "x").await.unwrap_err()), "not_found");
    assert_eq!(evidence::attestation_list(app, &there, None, 5).await.unwrap().0.len(), 0);
}
