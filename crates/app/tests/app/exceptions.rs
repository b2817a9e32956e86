//! Exceptions: who may grant them, what they cover and for how long, and what stays visible beneath.

use crate::{
    computer::{Computer, SCREEN_LOCK, screen_lock},
    evidence::sign,
    world::{World, code, on_both, profile},
};
use closedset_app::{
    Caller, Problem,
    accounts::{self, NewToken},
    board, devices,
    exceptions::{self, NewException},
    ledger,
    organisations::{self, Profile},
    tasks::{TaskState, TasksOf, task_list},
};
use closedset_core::{
    Actor, Duration, Role, Status, Subject, Time,
    exception::ExceptionForm,
    id::{Exception, Id},
};
use closedset_store::tasks::TaskRow;

on_both!(
    an_accepted_failure_still_says_what_fails,
    an_exception_covers_one_computer_or_all_that_there_are_and_will_be,
    an_exception_lapses_at_midnight_where_the_facility_is,
    an_end_that_no_sweep_saw_takes_effect_at_its_instant,
    what_is_unknown_is_covered_only_where_it_was_said,
    what_is_measured_is_not_signed_away,
    none_is_an_answer_where_the_source_asks_for_any,
    a_control_that_does_not_apply_is_said_to_until_it_lapses,
    missing_evidence_is_accepted_only_in_so_many_words,
    whoever_asks_does_not_approve_alone_where_there_is_a_second_person,
    nobody_knows_who_stands_behind_a_program,
    only_some_roles_grant,
    what_is_withdrawn_covers_nothing_any_more,
    a_renewal_is_an_exception_of_its_own,
    somebody_is_reminded_before_the_end_and_has_a_task_after_it,
    what_cannot_be_excepted_is_refused_by_field,
    the_past_shows_what_was_covered_then,
    what_was_granted_is_not_erased,
    what_ones_own_token_asked_for_is_ones_own,
    a_clock_that_went_back_revives_nothing,
    the_longer_one_is_remembered_whatever_renews_it,
    what_nobody_answers_is_closed_with_its_last_day,
    another_organisation_sees_and_touches_none_of_it,
);

const REASON: &str = "The grading panel has no keyboard and locks by its own key.";
const MEASURE: &str = "The room is locked and filmed; the panel is switched off at night.";
const DAY: Duration = Duration::from_days(1);
const INSTANT: Duration = Duration::from_millis(1);

/// A risk that is accepted on one computer, until a day in April.
pub fn of_one(computer: &Computer) -> NewException {
    NewException { subject: Some(computer.subject()), ..of_all() }
}

/// The same on all.
pub fn of_all() -> NewException {
    NewException {
        form: ExceptionForm::RiskAccepted,
        control: "IS-7".into(),
        check: Some(SCREEN_LOCK.into()),
        subject: None,
        covers_unknown: false,
        reason: REASON.into(),
        measure: MEASURE.into(),
        last_day: "2026-04-10".into(),
    }
}

/// Something that is signed about a control as a whole.
pub fn of_control(control: &str, form: ExceptionForm) -> NewException {
    NewException { form, control: control.into(), check: None, measure: String::new(), ..of_all() }
}

pub async fn granted(world: &World, new: NewException) -> Id<Exception> {
    let asked = exceptions::exception_ask(&world.app, &world.owner, new).await.unwrap();
    assert!(asked.is_granted, "the owner is alone");
    asked.id
}

async fn refused(world: &World, caller: &Caller, new: NewException) -> String {
    let before = world.entry_count(world.log()).await;
    let problem = exceptions::exception_ask(&world.app, caller, new).await.unwrap_err();
    assert_eq!(world.entry_count(world.log()).await, before);
    code(&problem)
}

/// A computer whose screen locks too late.
pub async fn late_to_lock(world: &World, seed: u8) -> Computer {
    let mut computer = Computer::reporting(world, seed).await;
    computer.say("screen_lock", screen_lock(60));
    computer.report(world).await.unwrap();
    computer
}

/// Time passes, and the computers go on saying the same.
async fn pass(world: &World, until: Time, computers: &mut [&mut Computer]) {
    while world.now() < until {
        world.clock.set((world.now() + DAY).min(until));
        for computer in computers.iter_mut() {
            computer.confirm(world).await.unwrap();
        }
    }
}

/// The task about an exception itself.
async fn own_tasks(world: &World, id: Id<Exception>) -> Vec<TaskRow> {
    let (open, _) =
        task_list(&world.app, &world.owner, TaskState::Open, TasksOf::Anybody, None, 200)
            .await
            .unwrap();
    open.into_iter().filter(|task| task.check == id.to_string()).collect()
}

async fn control(world: &World, id: &str) -> (Status, String) {
    let detail = board::control_detail(&world.app, &world.owner, id).await.unwrap();
    let on_board = board::board(&world.app, &world.owner, None).await.unwrap();
    let on_board = on_board.controls.into_iter().find(|control| control.id == id).unwrap();
    assert_eq!(on_board.status, detail.status);
    (detail.status.status, detail.status.because)
}

async fn an_accepted_failure_still_says_what_fails(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let subject = computer.subject();
    let found = world.verdict(&subject, SCREEN_LOCK).await;
    assert_eq!((found.status, found.excepted), (Status::Fail, None));
    assert_eq!(world.tasks(&subject, SCREEN_LOCK).await.len(), 1);
    world.advance(Duration::from_hours(1));
    let from = world.entry_count(world.log()).await;
    let id = granted(&world, of_one(&computer)).await;
    assert_eq!(
        world.kinds_from(from).await,
        ["exception.asked", "exception.granted", "subject.assessed"]
    );
    let body = world.body(from + 1).await;
    assert_eq!(body["reason"], REASON);
    assert_eq!(body["measure"], MEASURE);
    assert!(body["terms"].get("reason").is_none(), "what was typed stands by itself");
    assert_eq!(body["approved_by"], world.owner.name);
    assert_eq!((&body["asked"], &body["has_second_person"]), (&from.into(), &false.into()));
    let turn = world.body(from + 2).await["verdicts"][0].clone();
    assert_eq!((&turn["status"], &turn["was"]), (&"excepted".into(), &"fail".into()));
    assert_eq!(turn["excepted"]["beneath"], "fail");
    assert_eq!(turn["excepted"]["exception"], id.to_string());
    let verdict = world.verdict(&subject, SCREEN_LOCK).await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Excepted, world.now()));
    let wanted = format!("risk accepted although it fails: {}", found.because);
    assert_eq!(verdict.because, wanted);
    assert_eq!(verdict.facts, found.facts);
    assert_eq!(verdict.excepted.map(|one| (one.beneath, one.exception)), Some((Status::Fail, id)));
    assert!(world.tasks(&subject, SCREEN_LOCK).await.is_empty());
    let (status, because) = control(&world, "IS-7").await;
    assert!(because.contains("accepted on the only computer"), "{because}");
    assert!(matches!(status, Status::Excepted | Status::Unknown), "{status}");
    let detail = devices::device_detail(&world.app, &world.owner, computer.device).await.unwrap();
    assert_eq!(detail.exceptions[&id].terms.reason, REASON);
    assert!(detail.entries.iter().any(|entry| entry.kind == "exception.granted"));
    let detail = board::control_detail(&world.app, &world.owner, "IS-7").await.unwrap();
    assert_eq!(detail.exceptions.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
}

async fn an_exception_covers_one_computer_or_all_that_there_are_and_will_be(world: World) {
    let (one, other) = (late_to_lock(&world, 1).await, late_to_lock(&world, 2).await);
    world.advance(Duration::from_hours(1));
    let narrow = granted(&world, of_one(&one)).await;
    assert_eq!(world.status(&one.subject(), SCREEN_LOCK).await, Status::Excepted);
    assert_eq!(world.status(&other.subject(), SCREEN_LOCK).await, Status::Fail);
    world.advance(Duration::from_hours(1));
    let wide = granted(&world, of_all()).await;
    let of = |verdict: closedset_store::verdicts::VerdictRow| {
        (verdict.status, verdict.excepted.unwrap().exception)
    };
    // Of two, the one that was granted last counts.
    for computer in [&one, &other] {
        let verdict = world.verdict(&computer.subject(), SCREEN_LOCK).await;
        assert_eq!(verdict.began_at, world.now());
        assert_eq!(of(verdict), (Status::Excepted, wide));
    }
    world.advance(Duration::from_hours(1));
    let later = late_to_lock(&world, 3).await;
    assert_eq!(world.status(&later.subject(), SCREEN_LOCK).await, Status::Excepted);
    exceptions::exception_withdraw(&world.app, &world.owner, wide, "a mistake").await.unwrap();
    assert_eq!(of(world.verdict(&one.subject(), SCREEN_LOCK).await), (Status::Excepted, narrow));
    for computer in [&other, &later] {
        assert_eq!(world.status(&computer.subject(), SCREEN_LOCK).await, Status::Fail);
        assert_eq!(world.tasks(&computer.subject(), SCREEN_LOCK).await.len(), 1);
    }
    // Nothing else of that computer is covered.
    let verdict = world.verdict(&one.subject(), "device-firewall-on").await;
    assert_eq!((verdict.status, verdict.excepted), (Status::Pass, None));
}

async fn an_exception_lapses_at_midnight_where_the_facility_is(world: World) {
    let there = Profile { time_zone: "Pacific/Auckland".into(), country: "NZ".into(), ..profile() };
    organisations::profile_change(&world.app, &world.owner, there).await.unwrap();
    let mut computer = late_to_lock(&world, 1).await;
    let subject = computer.subject();
    world.advance(Duration::from_hours(1));
    let begun = world.now();
    // The clocks there go back on 5 April: the day after has 24 hours, but another offset.
    let last_day = "2026-04-06".to_owned();
    let id = granted(&world, NewException { last_day, ..of_one(&computer) }).await;
    let end: Time = "2026-04-06T12:00:00Z".parse().unwrap();
    let row = exceptions::exception_one(&world.app, &world.owner, id).await.unwrap();
    assert_eq!(row.terms.valid_to, end);
    pass(&world, end - INSTANT, &mut [&mut computer]).await;
    world.sweep().await;
    assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Excepted);
    let from = world.entry_count(world.log()).await;
    world.clock.set(end);
    world.sweep().await;
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds[..2], ["exception.lapsed", "subject.assessed"], "{kinds:?}");
    assert_eq!(world.body(from).await["at"], "2026-04-06T12:00:00.000Z");
    let history = world.history(&subject, SCREEN_LOCK).await;
    assert_eq!(
        history[history.len() - 2..],
        [(Status::Excepted, begun, Some(end)), (Status::Fail, end, None)]
    );
    // It says so once.
    let from = world.entry_count(world.log()).await;
    world.advance(INSTANT);
    world.sweep().await;
    assert!(!world.kinds_from(from).await.contains(&"exception.lapsed".to_owned()));
    let late = exceptions::exception_withdraw(&world.app, &world.owner, id, "too late").await;
    assert_eq!(code(&late.unwrap_err()), "exception.ended");
}

async fn an_end_that_no_sweep_saw_takes_effect_at_its_instant(world: World) {
    let mut computer = late_to_lock(&world, 1).await;
    let subject = computer.subject();
    let last_day = "2026-03-14".to_owned();
    granted(&world, NewException { last_day, ..of_one(&computer) }).await;
    // Midnight in Stockholm, where it is still winter.
    let end: Time = "2026-03-14T23:00:00Z".parse().unwrap();
    // The server was off; the computer speaks first.
    world.clock.set(end + DAY);
    computer.confirm(&world).await.unwrap();
    let verdict = world.verdict(&subject, SCREEN_LOCK).await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Fail, end));
    let at = |time| board::control_detail_as_of(&world.app, &world.owner, "IS-7", time);
    for (time, wanted) in [(end - INSTANT, Status::Excepted), (end, Status::Fail)] {
        let detail = at(time).await.unwrap();
        let check = detail.checks.iter().find(|one| one.check.id == SCREEN_LOCK).unwrap();
        assert_eq!(check.verdicts[0].status, wanted, "{time}");
    }
}

async fn what_is_unknown_is_covered_only_where_it_was_said(world: World) {
    let (silent, also) = (late_to_lock(&world, 1).await, late_to_lock(&world, 2).await);
    granted(&world, of_one(&silent)).await;
    let wide = NewException { covers_unknown: true, ..of_one(&also) };
    granted(&world, wide).await;
    let stale = world.now() + Duration::from_days(7);
    world.clock.set(stale + Duration::from_hours(1));
    world.sweep().await;
    let verdict = world.verdict(&silent.subject(), SCREEN_LOCK).await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Unknown, stale));
    assert_eq!(verdict.excepted, None);
    let verdict = world.verdict(&also.subject(), SCREEN_LOCK).await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Excepted, stale));
    assert_eq!(verdict.excepted.unwrap().beneath, Status::Unknown);
    assert!(verdict.because.starts_with("risk accepted although it is unknown: "));
    // What was covered and is no more calls for somebody.
    assert_eq!(world.tasks(&silent.subject(), SCREEN_LOCK).await.len(), 1);
    assert!(world.tasks(&also.subject(), SCREEN_LOCK).await.is_empty());
}

async fn what_is_measured_is_not_signed_away(world: World) {
    let mut computer = late_to_lock(&world, 1).await;
    let subject = computer.subject();
    for subject in [Some(subject.clone()), None] {
        let does_not_apply = NewException {
            form: ExceptionForm::NotApplicable,
            measure: String::new(),
            subject,
            ..of_one(&computer)
        };
        assert_eq!(refused(&world, &world.owner, does_not_apply).await, "check");
    }
    granted(&world, of_control("IS-7", ExceptionForm::NotApplicable)).await;
    let (status, because) = control(&world, "IS-7").await;
    assert_eq!(status, Status::Fail, "{because}");
    // A computer that falls silent does not take back what it said.
    world.advance(Duration::from_days(8));
    world.sweep().await;
    assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Unknown);
    sign(&world, "IS-7", None, world.now() + Duration::from_days(30)).await;
    let (status, because) = control(&world, "IS-7").await;
    assert_eq!(status, Status::Unknown, "{because}");
    computer.confirm(&world).await.unwrap();
    assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Fail);
}

async fn none_is_an_answer_where_the_source_asks_for_any(world: World) {
    let subject = Subject::control("AD-9");
    assert_eq!(control(&world, "AD-9").await.0, Status::Unknown);
    let from = world.entry_count(world.log()).await;
    let id = granted(&world, of_control("AD-9", ExceptionForm::NoneExists)).await;
    assert_eq!(
        world.kinds_from(from).await,
        ["exception.asked", "exception.granted", "subject.assessed"]
    );
    let (status, because) = control(&world, "AD-9").await;
    assert_eq!((status, because), (Status::Pass, format!("signed: none. {REASON}")));
    let verdict = world.verdict(&subject, "ad-9-evidence").await;
    assert_eq!(verdict.status, Status::Pass);
    assert_eq!(verdict.excepted.unwrap().exception, id);
    // Evidence that is given takes its place, and it takes the evidence's when that expires.
    let until = world.now() + Duration::from_days(5);
    sign(&world, "AD-9", None, until).await;
    let verdict = world.verdict(&subject, "ad-9-evidence").await;
    assert_eq!((verdict.status, verdict.excepted), (Status::Pass, None));
    assert_eq!(control(&world, "AD-9").await.1, "evidence is in force");
    world.clock.set(until);
    world.sweep().await;
    assert_eq!(world.verdict(&subject, "ad-9-evidence").await.excepted.unwrap().exception, id);
    let end: Time = "2026-04-10T22:00:00Z".parse().unwrap();
    world.clock.set(end + DAY);
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds[..2], ["exception.lapsed", "subject.assessed"], "{kinds:?}");
    let verdict = world.verdict(&subject, "ad-9-evidence").await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Unknown, end));
    assert_eq!(world.tasks(&subject, "ad-9-evidence").await.len(), 1);
    let elsewhere = of_control("AD-1", ExceptionForm::NoneExists);
    assert_eq!(refused(&world, &world.owner, elsewhere).await, "form last_day", "it is over");
}

async fn a_control_that_does_not_apply_is_said_to_until_it_lapses(world: World) {
    granted(&world, of_control("PH-6", ExceptionForm::NotApplicable)).await;
    let wanted = (Status::NotApplicable, format!("signed: does not apply. {REASON}"));
    assert_eq!(control(&world, "PH-6").await, wanted);
    let end: Time = "2026-04-10T22:00:00Z".parse().unwrap();
    world.clock.set(end - INSTANT);
    world.sweep().await;
    assert_eq!(control(&world, "PH-6").await, wanted);
    world.clock.set(end);
    world.sweep().await;
    assert_eq!(control(&world, "PH-6").await.0, Status::Unknown);
    let board = board::board_as_of(&world.app, &world.owner, None, end - INSTANT).await.unwrap();
    let past = board.controls.iter().find(|control| control.id == "PH-6").unwrap();
    assert_eq!((past.status.status, past.status.because.clone()), wanted);
}

async fn missing_evidence_is_accepted_only_in_so_many_words(world: World) {
    let new =
        NewException { control: "AD-3".into(), check: Some("ad-3-evidence".into()), ..of_all() };
    assert_eq!(refused(&world, &world.owner, new.clone()).await, "covers_unknown");
    let id = granted(&world, NewException { covers_unknown: true, ..new }).await;
    let row = exceptions::exception_one(&world.app, &world.owner, id).await.unwrap();
    assert_eq!(row.terms.subject, Some(Subject::control("AD-3")));
    let (status, because) = control(&world, "AD-3").await;
    assert_eq!(status, Status::Excepted);
    assert_eq!(because, "no evidence is in force, and that risk is accepted");
}

async fn whoever_asks_does_not_approve_alone_where_there_is_a_second_person(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let (subject, ask) = (computer.subject(), of_one(&computer));
    let second = world.colleague("Jonas", Role::SecurityContact).await;
    let from = world.entry_count(world.log()).await;
    let asked = exceptions::exception_ask(&world.app, &world.owner, ask).await.unwrap();
    assert!(!asked.is_granted);
    assert_eq!(world.kinds_from(from).await, ["exception.asked"]);
    assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Fail);
    let waiting = own_tasks(&world, asked.id).await;
    assert!(waiting[0].title.starts_with("Approve or decline"), "{}", waiting[0].title);
    let own = exceptions::exception_approve(&world.app, &world.owner, asked.id).await;
    assert_eq!(code(&own.unwrap_err()), "exception.second_person");
    world.advance(DAY);
    exceptions::exception_approve(&world.app, &second, asked.id).await.unwrap();
    assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Excepted);
    assert!(own_tasks(&world, asked.id).await.is_empty());
    let row = exceptions::exception_one(&world.app, &world.owner, asked.id).await.unwrap();
    let granted = row.granted.unwrap();
    assert_eq!((granted.by.as_str(), granted.has_second_person), ("Jonas", true));
    let again = exceptions::exception_approve(&world.app, &second, asked.id).await;
    assert_eq!(code(&again.unwrap_err()), "exception.granted");
    // A colleague who may not grant is no second person, and the word of one is marked.
    let alone = World::sqlite().await;
    alone.colleague("Ines", Role::Administrator).await;
    let computer = late_to_lock(&alone, 1).await;
    let id = self::granted(&alone, of_one(&computer)).await;
    let row = exceptions::exception_one(&alone.app, &alone.owner, id).await.unwrap();
    assert!(!row.granted.unwrap().has_second_person);
}

async fn nobody_knows_who_stands_behind_a_program(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let (organisation, app) = (world.organisation(), &world.app);
    let mut programs = Vec::new();
    for role in [Role::Administrator, Role::Owner] {
        let operator = Caller { actor: Actor::Operator(0), ..world.owner.clone() };
        let new = NewToken { name: "a program".into(), scopes: role.actions(), days: 30 };
        let (row, _) = accounts::token_create(app, &operator, new).await.unwrap();
        let actor = Actor::Token { token: row.id, organisation };
        programs.push(Caller { actor, name: "a program".into(), ..world.as_role(role) });
    }
    let (weak, strong) = (programs.remove(0), programs.remove(0));
    // One that may not grant asks; the owner, who may have told it to, approves.
    let asked = exceptions::exception_ask(app, &weak, of_one(&computer)).await.unwrap();
    assert!(!asked.is_granted);
    exceptions::exception_approve(app, &world.owner, asked.id).await.unwrap();
    let row = exceptions::exception_one(app, &world.owner, asked.id).await.unwrap();
    assert!(!row.granted.unwrap().has_second_person);
    // One that may grant is as good as the owner, who is alone.
    let asked = exceptions::exception_ask(app, &strong, of_one(&computer)).await.unwrap();
    assert!(asked.is_granted);
    // Where there are two people, no program stands in for either.
    world.colleague("Jonas", Role::SecurityContact).await;
    let asked = exceptions::exception_ask(app, &world.owner, of_one(&computer)).await.unwrap();
    let approved = exceptions::exception_approve(app, &strong, asked.id).await;
    assert_eq!(code(&approved.unwrap_err()), "exception.second_person");
    let asked = exceptions::exception_ask(app, &strong, of_one(&computer)).await.unwrap();
    assert!(!asked.is_granted);
}

async fn only_some_roles_grant(world: World) {
    let computer = late_to_lock(&world, 1).await;
    for role in Role::ALL {
        let caller = world.colleague(role.as_str(), *role).await;
        let asked = exceptions::exception_ask(&world.app, &caller, of_one(&computer)).await;
        let may_ask = !matches!(role, Role::Reception | Role::Member | Role::Auditor);
        match asked {
            Ok(asked) => {
                // The owner who signed up is a second person to each of them.
                assert!(may_ask && !asked.is_granted, "{role}");
                let approved = exceptions::exception_approve(&world.app, &caller, asked.id).await;
                let wanted = match role {
                    Role::Owner | Role::SecurityContact => "exception.second_person",
                    _ => "role.forbids",
                };
                assert_eq!(code(&approved.unwrap_err()), wanted, "{role}");
            }
            Err(problem) => {
                assert!(!may_ask && matches!(problem, Problem::Forbidden), "{role} {problem:?}");
            }
        }
    }
    let open = exceptions::exception_list(&world.app, &world.owner, None, 200).await.unwrap().0;
    let id = open[0].id;
    let auditor = world.as_role(Role::Auditor);
    assert!(exceptions::exception_list(&world.app, &auditor, None, 200).await.is_ok());
    let refused = exceptions::exception_withdraw(&world.app, &auditor, id, "no").await;
    assert!(matches!(refused, Err(Problem::Forbidden)));
    let member = world.as_role(Role::Member);
    assert!(exceptions::exception_one(&world.app, &member, id).await.is_err());
}

async fn what_is_withdrawn_covers_nothing_any_more(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let subject = computer.subject();
    let id = granted(&world, of_one(&computer)).await;
    let whole = granted(&world, of_control("AD-8", ExceptionForm::NoneExists)).await;
    world.advance(DAY);
    let empty = exceptions::exception_withdraw(&world.app, &world.owner, id, " ").await;
    assert_eq!(code(&empty.unwrap_err()), "reason");
    let from = world.entry_count(world.log()).await;
    let why = "the panel was replaced";
    let back = exceptions::exception_withdraw(&world.app, &world.owner, id, why).await.unwrap();
    assert_eq!(back, "IS-7");
    assert_eq!(world.kinds_from(from).await, ["exception.withdrawn", "subject.assessed"]);
    assert_eq!(world.body(from).await["reason"], why);
    let verdict = world.verdict(&subject, SCREEN_LOCK).await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Fail, world.now()));
    assert_eq!(world.tasks(&subject, SCREEN_LOCK).await.len(), 1);
    exceptions::exception_withdraw(&world.app, &world.owner, whole, why).await.unwrap();
    assert_eq!(control(&world, "AD-8").await.0, Status::Unknown);
    for gone in [id, whole] {
        let again = exceptions::exception_withdraw(&world.app, &world.owner, gone, why).await;
        assert_eq!(code(&again.unwrap_err()), "exception.withdrawn");
        let late = exceptions::exception_approve(&world.app, &world.owner, gone).await;
        assert_eq!(code(&late.unwrap_err()), "exception.withdrawn");
    }
    // What was withdrawn does not lapse.
    world.advance(Duration::from_days(60));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    let kinds = world.kinds_from(from).await;
    assert!(!kinds.iter().any(|kind| kind.starts_with("exception.")), "{kinds:?}");
}

async fn a_renewal_is_an_exception_of_its_own(world: World) {
    let mut computer = late_to_lock(&world, 1).await;
    let subject = computer.subject();
    let first = granted(&world, of_one(&computer)).await;
    let end: Time = "2026-04-10T22:00:00Z".parse().unwrap();
    pass(&world, end - Duration::from_days(2), &mut [&mut computer]).await;
    world.sweep().await;
    assert_eq!(own_tasks(&world, first).await.len(), 1);
    let last_day = "2026-06-10".to_owned();
    let second = granted(&world, NewException { last_day, ..of_one(&computer) }).await;
    assert!(own_tasks(&world, first).await.is_empty(), "it was renewed");
    let verdict = world.verdict(&subject, SCREEN_LOCK).await;
    assert_eq!(verdict.excepted.unwrap().exception, second);
    pass(&world, end + DAY, &mut [&mut computer]).await;
    world.sweep().await;
    assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Excepted);
    // The first ended when it was to end.
    let row = exceptions::exception_one(&world.app, &world.owner, first).await.unwrap();
    assert_eq!((row.terms.valid_to, row.withdrawn_at), (end, None));
}

async fn somebody_is_reminded_before_the_end_and_has_a_task_after_it(world: World) {
    let mut computer = late_to_lock(&world, 1).await;
    let subject = computer.subject();
    let id = granted(&world, of_one(&computer)).await;
    let end: Time = "2026-04-10T22:00:00Z".parse().unwrap();
    pass(&world, end - Duration::from_days(14) - INSTANT, &mut [&mut computer]).await;
    world.sweep().await;
    assert!(own_tasks(&world, id).await.is_empty());
    world.clock.set(end - Duration::from_days(14));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await, ["exception.reminded"]);
    let tasks = own_tasks(&world, id).await;
    assert_eq!((tasks.len(), tasks[0].due_at), (1, end - INSTANT));
    assert!(tasks[0].title.starts_with("Mend it or renew"), "{}", tasks[0].title);
    assert!(world.tasks(&subject, SCREEN_LOCK).await.is_empty());
    pass(&world, end, &mut [&mut computer]).await;
    world.sweep().await;
    assert!(own_tasks(&world, id).await.is_empty(), "it lapsed");
    let after = world.tasks(&subject, SCREEN_LOCK).await;
    assert!(after[0].title.starts_with("Mend: "), "{}", after[0].title);
}

async fn what_cannot_be_excepted_is_refused_by_field(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let new = of_one(&computer);
    let long = "x".repeat(1_001);
    let other = "device-firewall-on".to_owned();
    let nobody = Subject::device(Id::from_bits(9));
    let whole = |form| of_control("AD-9", form);
    for (change, wanted) in [
        (NewException { control: "XX-1".into(), ..new.clone() }, "control"),
        (NewException { check: Some("no-check".into()), ..new.clone() }, "check"),
        (NewException { check: Some(other), ..new.clone() }, "check"),
        (NewException { reason: "because".into(), ..new.clone() }, "reason"),
        (NewException { reason: long.clone(), ..new.clone() }, "reason"),
        (NewException { measure: " ".into(), ..new.clone() }, "measure"),
        (NewException { measure: long, ..new.clone() }, "measure"),
        (NewException { last_day: "soon".into(), ..new.clone() }, "last_day"),
        (NewException { last_day: "2026-03-11".into(), ..new.clone() }, "last_day"),
        (NewException { last_day: "2027-03-13".into(), ..new.clone() }, "last_day"),
        (NewException { last_day: "9999-12-31".into(), ..new.clone() }, "last_day"),
        (NewException { subject: Some(nobody), ..new.clone() }, "subject"),
        (NewException { subject: Some(Subject::control("IS-7")), ..new.clone() }, "subject"),
        (
            NewException { form: ExceptionForm::NotApplicable, subject: None, ..new.clone() },
            "check",
        ),
        (NewException { form: ExceptionForm::NoneExists, ..new.clone() }, "form"),
        (NewException { check: None, subject: None, ..new.clone() }, "check"),
        (
            NewException {
                check: Some("ad-9-evidence".into()),
                ..whole(ExceptionForm::NotApplicable)
            },
            "check",
        ),
        (
            NewException { covers_unknown: true, ..whole(ExceptionForm::NoneExists) },
            "covers_unknown",
        ),
    ] {
        let what = format!("{change:?}");
        let told = refused(&world, &world.owner, change).await;
        assert!(
            told == wanted || wanted.ends_with(&told) && wanted.contains(' '),
            "{told}: {what}"
        );
    }
    // Whatever is wrong is told at once, what the database knows too.
    let all_wrong = NewException {
        reason: "because".into(),
        measure: String::new(),
        last_day: "2026-03-11".into(),
        subject: Some(Subject::device(Id::from_bits(9))),
        ..new.clone()
    };
    let told = refused(&world, &world.owner, all_wrong).await;
    assert_eq!(told, "reason measure last_day subject");
    let whole = NewException { last_day: "never".into(), ..whole(ExceptionForm::RiskAccepted) };
    assert_eq!(refused(&world, &world.owner, whole).await, "measure last_day check");
    // A year, to the end of its last day, is not too long.
    granted(&world, NewException { last_day: "2027-03-12".into(), ..new.clone() }).await;
    let reason = "sold to a friend";
    devices::device_revoke(&world.app, &world.owner, computer.device, reason).await.unwrap();
    assert_eq!(refused(&world, &world.owner, new).await, "subject");
}

async fn the_past_shows_what_was_covered_then(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let before = world.now();
    world.advance(DAY);
    let id = granted(&world, of_one(&computer)).await;
    let covered = world.now();
    world.advance(DAY);
    exceptions::exception_withdraw(&world.app, &world.owner, id, "mended").await.unwrap();
    world.advance(DAY);
    for (at, wanted, is_known) in [
        (before, Status::Fail, false),
        (covered, Status::Excepted, true),
        (world.now(), Status::Fail, true),
    ] {
        let device = devices::device_detail_as_of(&world.app, &world.owner, computer.device, at);
        let device = device.await.unwrap();
        let verdict = device.verdicts.iter().find(|row| row.check == SCREEN_LOCK).unwrap();
        assert_eq!(verdict.status, wanted, "{at}");
        assert_eq!(device.exceptions.contains_key(&id), wanted == Status::Excepted, "{at}");
        let control = board::control_detail_as_of(&world.app, &world.owner, "IS-7", at);
        let control = control.await.unwrap();
        let row = control.exceptions.iter().find(|row| row.id == id);
        assert_eq!(row.is_some(), is_known, "{at}");
        let is_withdrawn = row.is_some_and(|row| row.withdrawn_at.is_some());
        assert_eq!(is_withdrawn, at == world.now(), "{at}");
    }
}

async fn what_was_granted_is_not_erased(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let id = granted(&world, of_one(&computer)).await;
    let row = exceptions::exception_one(&world.app, &world.owner, id).await.unwrap();
    let entry = row.granted.unwrap().entry;
    let erased = ledger::entry_erase(&world.app, &world.owner, entry, "asked for by somebody");
    assert_eq!(code(&erased.await.unwrap_err()), "entry.kept");
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let id = granted(&world, of_one(&computer)).await;
    let neighbour = world.neighbour().await;
    let seen = exceptions::exception_list(&world.app, &neighbour, None, 200).await.unwrap();
    assert!(seen.0.is_empty());
    let one = exceptions::exception_one(&world.app, &neighbour, id).await;
    assert_eq!(code(&one.unwrap_err()), "not_found");
    let taken = exceptions::exception_withdraw(&world.app, &neighbour, id, "not theirs").await;
    assert_eq!(code(&taken.unwrap_err()), "not_found");
    let approved = exceptions::exception_approve(&world.app, &neighbour, id).await;
    assert_eq!(code(&approved.unwrap_err()), "not_found");
    assert_eq!(refused(&world, &neighbour, of_one(&computer)).await, "subject");
    assert_eq!(world.status(&computer.subject(), SCREEN_LOCK).await, Status::Excepted);
}

async fn a_clock_that_went_back_revives_nothing(world: World) {
    let mut computers = [late_to_lock(&world, 1).await, late_to_lock(&world, 2).await];
    let [withdrawn, lapsed] = [computers[0].subject(), computers[1].subject()];
    let first = granted(&world, of_one(&computers[0])).await;
    let short = NewException { last_day: "2026-03-16".into(), ..of_one(&computers[1]) };
    granted(&world, short).await;
    let start = world.now();
    let [one, other] = &mut computers;
    pass(&world, start + Duration::from_days(10), &mut [one, other]).await;
    assert_eq!(world.status(&withdrawn, SCREEN_LOCK).await, Status::Excepted);
    exceptions::exception_withdraw(&world.app, &world.owner, first, "signed by mistake")
        .await
        .unwrap();
    world.sweep().await;
    world.clock.set(start + Duration::from_days(2));
    for computer in &mut computers {
        computer.say("screen_lock", screen_lock(59));
        computer.report(&world).await.unwrap();
    }
    for subject in [withdrawn, lapsed] {
        assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Fail, "{subject}");
    }
}

async fn the_longer_one_is_remembered_whatever_renews_it(world: World) {
    let mut computer = late_to_lock(&world, 1).await;
    let long = NewException { last_day: "2026-06-10".into(), ..of_one(&computer) };
    let first = granted(&world, long).await;
    let second = granted(&world, of_one(&computer)).await;
    exceptions::exception_withdraw(&world.app, &world.owner, second, "signed by mistake")
        .await
        .unwrap();
    let end: Time = "2026-06-10T22:00:00Z".parse().unwrap();
    pass(&world, end - Duration::from_days(3), &mut [&mut computer]).await;
    world.sweep().await;
    assert_eq!(own_tasks(&world, first).await.len(), 1);
}

async fn what_nobody_answers_is_closed_with_its_last_day(world: World) {
    let computer = late_to_lock(&world, 1).await;
    world.colleague("Jonas", Role::Owner).await;
    let asked =
        exceptions::exception_ask(&world.app, &world.owner, of_one(&computer)).await.unwrap();
    assert_eq!(own_tasks(&world, asked.id).await.len(), 1);
    let end =
        exceptions::exception_one(&world.app, &world.owner, asked.id).await.unwrap().terms.valid_to;
    world.clock.set(end - INSTANT);
    world.sweep().await;
    assert_eq!(own_tasks(&world, asked.id).await.len(), 1);
    world.clock.set(end);
    world.sweep().await;
    assert_eq!(own_tasks(&world, asked.id).await.len(), 0);
}

async fn what_ones_own_token_asked_for_is_ones_own(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let jonas = world.colleague("Jonas", Role::Owner).await;
    let new =
        NewToken { name: "a program".into(), scopes: "evidence.write".parse().unwrap(), days: 30 };
    let fresh = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    let (_, text) = accounts::token_create(&world.app, &fresh, new).await.unwrap();
    let program = accounts::token_caller(&world.app, &text).await.unwrap();
    let asked = exceptions::exception_ask(&world.app, &program, of_one(&computer)).await.unwrap();
    let own = exceptions::exception_approve(&world.app, &world.owner, asked.id).await;
    assert_eq!(code(&own.unwrap_err()), "exception.second_person");
    exceptions::exception_approve(&world.app, &jonas, asked.id).await.unwrap();
    assert_eq!(world.status(&computer.subject(), SCREEN_LOCK).await, Status::Excepted);
}
