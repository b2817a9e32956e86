//! Choosing frameworks: what is asked because of it, what ends, what stays, and what it never touches.

use crate::{
    computer::{Computer, SCREEN_LOCK, body, screen_lock},
    packs::{checked, pack, whole_period},
    world::{World, code, on_both},
};
use closedset_app::{
    Problem, board,
    evidence::{self, NewAttestation},
    exceptions::{self, NewException},
    frameworks::{framework_list, frameworks_choose, frameworks_preview},
    own_checks::{Place, own_check_write, threshold_set},
    packs::NewPack,
    tasks,
};
use closedset_catalogue::{Catalogue, CatalogueFile};
use closedset_core::{
    Actor, Duration, Role, Status, Subject, check_in::DeviceKey, exception::ExceptionForm,
    fact::device::PasswordPolicy, own_check::Terms,
};
use closedset_pack::Severity;
use closedset_store::{
    NewEntry, Scope, StoreError, Tx,
    devices::{self, DeviceRow},
};
use serde_json::json;
use std::collections::BTreeMap;

on_both!(
    whoever_did_not_choose_answers_the_minimum,
    what_is_chosen_is_asked_and_the_minimum_stands_as_it_stood,
    what_is_dropped_ends_and_stays_askable_as_of_then,
    what_is_chosen_again_goes_on_with_what_was_given,
    tasks_that_only_it_wanted_close_and_say_why,
    an_exception_about_a_shared_check_covers_it_in_both,
    a_preview_says_what_the_choice_would_and_writes_nothing,
    whoever_looked_at_an_older_choice_changes_nothing,
    what_cannot_be_chosen_is_refused,
    only_owners_and_security_contacts_choose,
    another_organisation_chooses_for_itself,
    reports_that_arrive_meanwhile_leave_no_verdict_nobody_asks_for,
    a_pack_is_made_for_one_framework_and_each_is_valid,
    a_database_that_forges_a_choice_is_found_by_the_ledger,
    an_own_check_goes_on_whatever_is_chosen,
    trends_and_turns_are_those_of_a_framework,
    computers_that_were_not_assessed_yet_are_unknown,
    an_own_check_beside_a_control_that_is_not_answered_can_be_excepted,
    what_a_choice_writes_hides_no_turn_of_another_framework,
    whoever_must_renew_evidence_is_reminded_when_it_is_chosen_again,
    tasks_about_exceptions_come_back_with_what_they_cover,
);

const MINIMUM: &str = "netflix-minimum";
const MPA: &str = "mpa-best-practices";
const LENGTH: &str = "device-password-length-16";
const DAY: Duration = Duration::from_days(1);

fn ids(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn chosen(world: &World) -> Vec<String> {
    framework_list(&world.app, &world.owner).await.unwrap().chosen()
}

async fn choose(world: &World, names: &[&str]) {
    let before = chosen(world).await;
    frameworks_choose(&world.app, &world.owner, &ids(names), &before).await.unwrap();
}

/// A computer whose passwords are long enough for the minimum, and whose screen locks.
async fn computer(world: &World, seed: u8) -> Computer {
    let mut computer = Computer::reporting(world, seed).await;
    computer.say("screen_lock", screen_lock(10));
    computer.say(
        "password_policy",
        body(&PasswordPolicy {
            minimum_length: Some(12),
            locks_after_failures: Some(5),
            seen: "a rule".into(),
        }),
    );
    computer.report(world).await.unwrap();
    computer
}

async fn statuses(world: &World, framework: &str) -> BTreeMap<String, (Status, String)> {
    let board = board::board(&world.app, &world.owner, Some(framework)).await.unwrap();
    let controls = board.controls.into_iter();
    controls.map(|one| (one.id, (one.status.status, one.status.because))).collect()
}

async fn attest(world: &World, control: &str) -> Result<(), Problem> {
    let new = NewAttestation {
        control: control.into(),
        statement: "Rehearsed with everybody on the floor in March.".into(),
        valid_from: None,
        valid_to: world.now() + Duration::from_days(100),
    };
    evidence::attestation_sign(&world.app, &world.owner, new).await.map(drop)
}

async fn whoever_did_not_choose_answers_the_minimum(world: World) {
    assert_eq!(chosen(&world).await, [MINIMUM]);
    let standing = framework_list(&world.app, &world.owner).await.unwrap();
    assert!(standing.choices.is_empty() && standing.frameworks.len() == 2);
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    assert_eq!((board.framework.as_str(), board.controls.len()), (MINIMUM, 33));
    assert_eq!(board.frameworks.len(), 1);
    let other = board::board(&world.app, &world.owner, Some(MPA)).await.unwrap_err();
    assert_eq!(other.status(), 404);
    let one = computer(&world, 1).await;
    let verdicts = world.verdict_opt(&one.subject(), LENGTH).await;
    assert!(verdicts.is_none(), "nobody asks for 16 characters");
    assert_eq!(attest(&world, "OR-1.0").await.unwrap_err().status(), 422);
    let detail = board::control_detail(&world.app, &world.owner, "OR-1.0").await.unwrap();
    assert!(!detail.is_answered && detail.checks.is_empty());
}

async fn what_is_chosen_is_asked_and_the_minimum_stands_as_it_stood(world: World) {
    let one = computer(&world, 1).await;
    let before = statuses(&world, MINIMUM).await;
    let lock = world.verdict(&one.subject(), SCREEN_LOCK).await;
    world.advance(DAY);
    let from = world.entry_count(world.log()).await;
    choose(&world, &[MINIMUM, MPA]).await;
    assert_eq!(world.kinds_from(from).await[0], "frameworks.chosen");
    let said = world.body(from).await;
    assert_eq!(said["frameworks"], json!([MINIMUM, MPA]));
    assert_eq!(said["before"], json!([MINIMUM]));
    assert!(said["versions"][MPA].as_str().unwrap().starts_with("5.3.1"));
    let verdict = world.verdict(&one.subject(), LENGTH).await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Fail, world.now()));
    // The check that both count has one verdict, which went on.
    assert_eq!(world.verdict(&one.subject(), SCREEN_LOCK).await.id, lock.id);
    assert_eq!(statuses(&world, MINIMUM).await, before, "the minimum is as it was");
    let mpa = statuses(&world, MPA).await;
    assert_eq!((mpa.len(), mpa["TS-1.6"].0, mpa["OR-1.0"].0), (82, Status::Fail, Status::Unknown));
    assert_eq!(mpa["TS-1.3"].0, Status::Unknown, "the firewall is not known, nor evidence");
    let [task] = &world.tasks(&one.subject(), LENGTH).await[..] else { panic!("no task") };
    assert_eq!(task.control, "TS-1.6");
    attest(&world, "OR-1.0").await.unwrap();
    assert_eq!(statuses(&world, MPA).await["OR-1.0"].0, Status::Pass);
    let detail = board::control_detail(&world.app, &world.owner, "TS-1.3").await.unwrap();
    let shared = detail.checks.iter().find(|one| one.check.id == SCREEN_LOCK).unwrap();
    assert!(detail.is_answered && !shared.check.is_beyond && shared.counts[&Status::Pass] == 1);
    assert!(world.verify().await.faults.is_empty());
}

async fn what_is_dropped_ends_and_stays_askable_as_of_then(world: World) {
    let one = computer(&world, 1).await;
    let set_up = world.now();
    world.advance(DAY);
    choose(&world, &[MINIMUM, MPA]).await;
    attest(&world, "OR-1.0").await.unwrap();
    world.advance(DAY);
    let both = world.now();
    let was = statuses(&world, MPA).await;
    world.advance(DAY);
    choose(&world, &[MINIMUM]).await;
    let history = world.history(&one.subject(), LENGTH).await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].2, Some(world.now()));
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    assert_eq!((board.frameworks.len(), board.controls.len()), (1, 33));
    let past = board::board_as_of(&world.app, &world.owner, Some(MPA), both).await.unwrap();
    let then: BTreeMap<_, _> = past
        .controls
        .iter()
        .map(|one| (one.id.clone(), (one.status.status, one.status.because.clone())))
        .collect();
    assert_eq!((past.frameworks.len(), &then), (2, &was));
    let before = board::board_as_of(&world.app, &world.owner, Some(MPA), set_up).await;
    assert_eq!(before.unwrap_err().status(), 404, "it was not chosen yet");
    let (app, owner) = (&world.app, &world.owner);
    let now = board::control_detail(app, owner, "OR-1.0").await.unwrap();
    assert!(!now.is_answered && now.attestations.len() == 1, "what was given stays");
    assert_eq!(now.status.status, Status::Unknown);
    let then = board::control_detail_as_of(app, owner, "OR-1.0", both).await.unwrap();
    assert!(then.is_answered);
    assert_eq!(then.status.status, Status::Pass);
    let earlier = board::control_detail_as_of(app, owner, "OR-1.0", set_up).await.unwrap();
    assert!(!earlier.is_answered);
    assert!(world.verify().await.faults.is_empty());
}

async fn what_is_chosen_again_goes_on_with_what_was_given(world: World) {
    let one = computer(&world, 1).await;
    choose(&world, &[MINIMUM, MPA]).await;
    attest(&world, "OR-1.0").await.unwrap();
    world.advance(DAY);
    choose(&world, &[MINIMUM]).await;
    world.advance(DAY);
    choose(&world, &[MPA, MINIMUM]).await;
    assert_eq!(chosen(&world).await, [MPA, MINIMUM]);
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    assert_eq!(board.framework, MPA, "the first chosen comes first");
    assert_eq!(statuses(&world, MPA).await["OR-1.0"].0, Status::Pass);
    let history = world.history(&one.subject(), LENGTH).await;
    assert_eq!(history.iter().filter(|(_, _, ended)| ended.is_none()).count(), 1);
    assert_eq!(history.len(), 2);
    // What ran out meanwhile is not brought back.
    choose(&world, &[MINIMUM]).await;
    world.advance(Duration::from_days(200));
    world.sweep().await;
    choose(&world, &[MINIMUM, MPA]).await;
    let (status, because) = statuses(&world, MPA).await["OR-1.0"].clone();
    assert_eq!(status, Status::Unknown, "{because}");
    let whole = checked(&world, &pack(&world, of(&world, MPA)).await).await;
    assert!(whole.is_valid(), "{:?}", whole.findings);
}

async fn tasks_that_only_it_wanted_close_and_say_why(world: World) {
    let mut one = computer(&world, 1).await;
    choose(&world, &[MINIMUM, MPA]).await;
    one.say("screen_lock", screen_lock(60));
    one.report(&world).await.unwrap();
    assert_eq!(world.tasks(&one.subject(), SCREEN_LOCK).await[0].control, "IS-7");
    choose(&world, &[MPA]).await;
    let [task] = &world.tasks(&one.subject(), SCREEN_LOCK).await[..] else { panic!("no task") };
    assert_eq!(task.control, "TS-1.3", "it is met under a control that is chosen");
    choose(&world, &[MINIMUM]).await;
    assert_eq!(world.tasks(&one.subject(), SCREEN_LOCK).await[0].control, "IS-7");
    assert!(world.tasks(&one.subject(), LENGTH).await.is_empty());
    let state = tasks::TaskState::Done;
    let whose = tasks::TasksOf::Anybody;
    let (done, _) =
        tasks::task_list(&world.app, &world.owner, state, whose, None, 50).await.unwrap();
    let closed = done.iter().find(|task| task.check == LENGTH).unwrap();
    assert_eq!(closed.note, "the framework that asked for it is no longer chosen");
}

fn exception(control: &str, check: Option<&str>, form: ExceptionForm) -> NewException {
    NewException {
        form,
        control: control.into(),
        check: check.map(str::to_owned),
        subject: None,
        covers_unknown: false,
        reason: "The suite is rebuilt in spring, and until then it stays so.".into(),
        measure: "The room is locked whenever nobody is in it.".into(),
        last_day: "2026-05-01".into(),
    }
}

async fn an_exception_about_a_shared_check_covers_it_in_both(world: World) {
    let mut one = computer(&world, 1).await;
    one.say("screen_lock", screen_lock(60));
    one.report(&world).await.unwrap();
    choose(&world, &[MINIMUM, MPA]).await;
    let (app, owner) = (&world.app, &world.owner);
    let new = exception("TS-1.3", Some(SCREEN_LOCK), ExceptionForm::RiskAccepted);
    let asked = exceptions::exception_ask(app, owner, new).await.unwrap();
    assert!(asked.is_granted);
    assert_eq!(world.status(&one.subject(), SCREEN_LOCK).await, Status::Excepted);
    assert_eq!(statuses(&world, MINIMUM).await["IS-7"].0, Status::Excepted);
    for control in ["TS-1.3", "IS-7"] {
        let detail = board::control_detail(app, owner, control).await.unwrap();
        assert_eq!(detail.exceptions.len(), 1, "{control}");
    }
    // It goes on where only the other framework is left.
    choose(&world, &[MPA]).await;
    assert_eq!(world.status(&one.subject(), SCREEN_LOCK).await, Status::Excepted);
    let new = exception("IS-7", Some(SCREEN_LOCK), ExceptionForm::RiskAccepted);
    let refused = exceptions::exception_ask(app, owner, new).await.unwrap_err();
    assert_eq!(refused.status(), 422, "nobody answers that control");
    let new = exception("PS-2.0", None, ExceptionForm::NotApplicable);
    exceptions::exception_ask(app, owner, new).await.unwrap();
    assert_eq!(statuses(&world, MPA).await["PS-2.0"].0, Status::NotApplicable);
    let report = checked(&world, &pack(&world, of(&world, MPA)).await).await;
    assert!(report.is_valid(), "{:?}", report.findings);
    // Of what nobody asks, nobody is reminded.
    choose(&world, &[MINIMUM]).await;
    world.advance(Duration::from_days(40));
    world.sweep().await;
    let whose = tasks::TasksOf::Anybody;
    let open = tasks::TaskState::Open;
    let (open, _) = tasks::task_list(app, owner, open, whose, None, 50).await.unwrap();
    assert!(open.iter().all(|task| task.control != "PS-2.0"), "{open:?}");
    assert!(open.iter().any(|task| task.control == "IS-7"), "{open:?}");
}

async fn a_preview_says_what_the_choice_would_and_writes_nothing(world: World) {
    computer(&world, 1).await;
    Computer::enrolled(&world, 2).await;
    world.sweep().await;
    let from = world.entry_count(world.log()).await;
    let wanted = ids(&[MINIMUM, MPA]);
    let told = frameworks_preview(&world.app, &world.owner, &wanted).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, from);
    assert_eq!(chosen(&world).await, [MINIMUM]);
    assert_eq!((told[0].new_checks, told[1].new_checks), (0, 2));
    choose(&world, &[MINIMUM, MPA]).await;
    for preview in told {
        let foretold: BTreeMap<_, _> = preview
            .controls
            .into_iter()
            .map(|one| (one.id, (one.status.status, one.status.because)))
            .collect();
        assert_eq!(foretold, statuses(&world, &preview.framework).await);
        assert_eq!(preview.counts.values().sum::<i64>(), foretold.len() as i64);
    }
}

async fn whoever_looked_at_an_older_choice_changes_nothing(world: World) {
    choose(&world, &[MINIMUM, MPA]).await;
    let from = world.entry_count(world.log()).await;
    let (app, owner) = (&world.app, &world.owner);
    let stale = frameworks_choose(app, owner, &ids(&[MPA]), &ids(&[MINIMUM])).await;
    assert_eq!(code(&stale.unwrap_err()), "frameworks.changed");
    // The same again is no news, whatever was seen.
    frameworks_choose(app, owner, &ids(&[MINIMUM, MPA]), &ids(&[MINIMUM])).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, from);
}

async fn what_cannot_be_chosen_is_refused(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    for wanted in [&[][..], &["tpn-gold"], &[MINIMUM, "tpn-gold"]] {
        let refused = frameworks_choose(app, owner, &ids(wanted), &ids(&[MINIMUM])).await;
        let Problem::Invalid(problems) = refused.unwrap_err() else { panic!("it was taken") };
        assert_eq!(problems[0].field, "frameworks");
        assert!(frameworks_preview(app, owner, &ids(wanted)).await.is_err());
    }
    let other = NewPack { framework: Some(MPA.into()), ..whole_period(&world) };
    let refused = closedset_app::packs::pack_create(app, owner, other).await.unwrap_err();
    assert_eq!(refused.status(), 422, "it is not answered here");
}

async fn only_owners_and_security_contacts_choose(world: World) {
    for role in Role::ALL {
        let caller = world.as_role(*role);
        let may = role.may(closedset_core::Action::CatalogueWrite);
        let wanted = ids(&[MPA]);
        let told = frameworks_preview(&world.app, &caller, &wanted).await;
        assert_eq!(told.is_ok(), may, "{role:?}");
        let before = chosen(&world).await;
        let done = frameworks_choose(&world.app, &caller, &wanted, &before).await;
        assert_eq!(done.is_ok(), may, "{role:?}");
        if may {
            choose(&world, &[MINIMUM]).await;
        }
    }
}

async fn another_organisation_chooses_for_itself(world: World) {
    let neighbour = world.neighbour().await;
    choose(&world, &[MPA]).await;
    let theirs = framework_list(&world.app, &neighbour).await.unwrap();
    assert_eq!(theirs.chosen(), [MINIMUM]);
    assert!(theirs.choices.is_empty());
    let board = board::board(&world.app, &neighbour, None).await.unwrap();
    assert_eq!(board.framework, MINIMUM);
}

async fn reports_that_arrive_meanwhile_leave_no_verdict_nobody_asks_for(world: World) {
    let mut computers = Vec::new();
    for seed in 1..5 {
        computers.push(computer(&world, seed).await);
    }
    for round in 0..4 {
        let names: &[&str] = if round % 2 == 0 { &[MINIMUM, MPA] } else { &[MINIMUM] };
        let choosing = choose(&world, names);
        let reporting = async {
            for computer in &mut computers {
                computer.say("screen_lock", screen_lock(11 + round));
                computer.report(&world).await.unwrap();
            }
        };
        tokio::join!(choosing, reporting);
        world.sweep().await;
        for computer in &computers {
            let length = world.verdict_opt(&computer.subject(), LENGTH).await;
            assert_eq!(length.is_some(), round % 2 == 0);
        }
    }
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.is_valid(), "{:?}", report.findings);
}

/// The checks of which a pack tells a verdict.
async fn listed(world: &World, framework: &str) -> String {
    let bytes = pack(world, of(world, framework)).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let from = text.find("{\"history\":").or_else(|| text.find("\"history\"")).unwrap();
    text[from..].split("\n").next().unwrap_or_default().to_owned()
}

fn of(world: &World, framework: &str) -> NewPack {
    NewPack { framework: Some(framework.into()), ..whole_period(world) }
}

async fn a_pack_is_made_for_one_framework_and_each_is_valid(world: World) {
    let one = computer(&world, 1).await;
    choose(&world, &[MINIMUM, MPA]).await;
    attest(&world, "OR-1.0").await.unwrap();
    attest(&world, "IR-1").await.unwrap();
    world.advance(DAY);
    choose(&world, &[MINIMUM]).await;
    world.advance(DAY);
    choose(&world, &[MINIMUM, MPA]).await;
    for (framework, controls) in [(MINIMUM, 33), (MPA, 82)] {
        let bytes = pack(&world, of(&world, framework)).await;
        let report = checked(&world, &bytes).await;
        assert!(report.is_valid(), "{framework}: {:?}", report.findings);
        let doubts: Vec<_> =
            report.findings.iter().filter(|one| one.kind.severity() != Severity::Notice).collect();
        assert!(doubts.is_empty(), "{framework}: {doubts:#?}");
        assert_eq!(report.counts.controls, controls);
    }
    // Nothing of a framework that only the other asks stands in the first one's lists.
    let [first, other] = [MINIMUM, MPA].map(|framework| listed(&world, framework));
    let (first, other) = (first.await, other.await);
    assert!(first.contains(SCREEN_LOCK) && !first.contains(LENGTH) && !first.contains("or-1.0"));
    assert!(other.contains(SCREEN_LOCK) && other.contains(LENGTH) && !other.contains("is-7"));
    let lock = world.verdict(&one.subject(), SCREEN_LOCK).await;
    assert_eq!(lock.status, Status::Pass);
}

async fn a_database_that_forges_a_choice_is_found_by_the_ledger(world: World) {
    choose(&world, &[MINIMUM, MPA]).await;
    assert!(world.verify().await.faults.is_empty());
    world.tamper("UPDATE framework_choice SET frameworks = 'netflix-minimum'").await;
    let faults = world.verify().await.faults;
    assert!(faults.iter().any(|fault| fault.contains("the choice of frameworks")), "{faults:?}");
    world.tamper("DELETE FROM framework_choice").await;
    assert!(!world.verify().await.faults.is_empty());
}

async fn an_own_check_goes_on_whatever_is_chosen(world: World) {
    let one = computer(&world, 1).await;
    let terms = Terms {
        control: "IS-7".into(),
        title: "Screens lock within a minute".into(),
        pass: "screen_lock.longest_s <= 60".into(),
        because: Vec::new(),
        wanted: "The screen locks early.".into(),
        fix: String::new(),
        fresh_for: "7d".into(),
        applies: None,
        may_be_empty: BTreeMap::new(),
        may_be_absent: BTreeMap::new(),
        stricter: None,
    };
    let (app, owner) = (&world.app, &world.owner);
    let own = own_check_write(app, owner, Place::New, terms.clone()).await.unwrap();
    choose(&world, &[MPA]).await;
    assert_eq!(world.status(&one.subject(), &own.id.to_string()).await, Status::Fail);
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.is_valid(), "{:?}", report.findings);
    // A new one stands beside a control that is answered.
    let refused = own_check_write(app, owner, Place::New, terms.clone()).await.unwrap_err();
    let Problem::Invalid(problems) = refused else { panic!("{refused}") };
    assert_eq!(problems[0].field, "control");
    let terms = Terms { control: "TS-1.3".into(), ..terms };
    own_check_write(app, owner, Place::New, terms).await.unwrap();
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.is_valid(), "{:?}", report.findings);
}

async fn trends_and_turns_are_those_of_a_framework(world: World) {
    let mut one = computer(&world, 1).await;
    world.advance(Duration::from_days(20));
    one.report(&world).await.unwrap();
    choose(&world, &[MINIMUM, MPA]).await;
    for _ in 0..3 {
        world.advance(Duration::from_days(3));
        one.confirm(&world).await.unwrap();
    }
    let (app, owner) = (&world.app, &world.owner);
    let minimum = board::trend(app, owner, Some(MINIMUM), None, None).await.unwrap();
    let mpa = board::trend(app, owner, Some(MPA), None, None).await.unwrap();
    let total = |point: &board::TrendPoint| point.counts.values().sum::<i64>();
    assert!(minimum.iter().all(|point| total(point) == 33));
    assert!(mpa.iter().all(|point| total(point) == 82), "{mpa:?}");
    assert!(mpa.len() < minimum.len(), "nothing is told of before it was chosen");
    // That it was chosen is no turn.
    let told = board::control_turns(app, owner, Some(MPA), None).await.unwrap();
    assert!(told.turns.is_empty(), "{:?}", told.turns);
    world.advance(DAY);
    attest(&world, "OR-1.0").await.unwrap();
    let told = board::control_turns(app, owner, Some(MPA), None).await.unwrap();
    assert_eq!(told.turns.len(), 1);
    assert_eq!((told.turns[0].control.as_str(), told.turns[0].is), ("OR-1.0", Status::Pass));
    let other = board::control_turns(app, owner, Some(MINIMUM), None).await.unwrap();
    assert!(other.turns.iter().all(|turn| turn.control != "OR-1.0"));
    let none = Subject::control("OR-1.0");
    assert!(world.tasks(&none, "or-1.0-evidence").await.is_empty());
}

/// An owner who asks one number of computers and takes their word for it.
const STRICT: &str = r#"
[framework]
id = "strict"
title = "A strict owner"
owner = "Somebody"
version = "1"
retrieved = 2026-11-01
source = "a letter"

[[control]]
id = "S-2"
area = "technical"
verb = "should"
title = "Passwords are long"
requirement = "Passwords are long."
why = "They are guessed."
meet = ["Set it."]
tested = "By the agent."
assessor = ["The setting."]
evidence = "instead"
evidence_hint = "A photo."

[limits]
strict_length = 12

[[check]]
id = "strict-length"
framework = "strict"
control = "S-2"
title = "Passwords are long"
over = "device"
needs = ["password_policy"]
fresh_for = "30d"
pass = "password_policy.minimum_length >= limit.strict_length"
because = "string(password_policy.minimum_length)"
wanted = "Long passwords."
version = 1
"#;

async fn computers_that_were_not_assessed_yet_are_unknown(world: World) {
    let file = CatalogueFile { name: "strict.toml", text: STRICT };
    let world = world.with_catalogue(Catalogue::with(&[file]).unwrap()).await;
    choose(&world, &[MINIMUM]).await;
    let mut one = computer(&world, 1).await;
    // So many that the sweeper assesses them, and not whoever chose.
    let (organisation, log) = (world.organisation(), world.log());
    let many = move |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        for number in 0..200_u8 {
            let id = tx.new_id();
            let row = DeviceRow {
                id,
                organisation,
                name: format!("rack {number}"),
                key: DeviceKey([number; 32]),
                has_screen: true,
                is_portable: false,
                handles_content: true,
                confirmed_by: None,
                confirmed_at: None,
                enrolled_at: tx.now(),
                enrolled_entry: 0,
                revoked_at: None,
            };
            devices::device_insert(tx, &row)?;
        }
        let actor = &Actor::Closedset;
        let subject = "rack".to_owned();
        tx.record(log, NewEntry { actor, subject, kind: "test.noted", body: json!({}) })?;
        Ok(())
    };
    world.app.store().write(Scope::Organisation(organisation), many).await.unwrap();
    choose(&world, &[MINIMUM, "strict"]).await;
    one.report(&world).await.unwrap();
    assert_eq!(world.status(&one.subject(), "strict-length").await, Status::Pass);
    for _ in 0..2 {
        let (status, because) = statuses(&world, "strict").await["S-2"].clone();
        assert_eq!(status, Status::Unknown, "{because}");
        assert!(because.ends_with("unknown on 200 of 201 computers"), "{because}");
        let detail = board::control_detail(&world.app, &world.owner, "S-2").await.unwrap();
        assert_eq!((detail.status.status, &detail.status.because), (status, &because));
        let counts = &detail.checks[0].counts;
        assert_eq!((counts[&Status::Pass], counts[&Status::Unknown]), (1, 200));
        world.sweep().await;
    }
}

/// What the tasks that are open say.
async fn open_titles(world: &World) -> Vec<String> {
    let (whose, open) = (tasks::TasksOf::Anybody, tasks::TaskState::Open);
    let (open, _) =
        tasks::task_list(&world.app, &world.owner, open, whose, None, 50).await.unwrap();
    open.into_iter().map(|task| task.title).collect()
}

async fn whoever_must_renew_evidence_is_reminded_when_it_is_chosen_again(world: World) {
    const TITLE: &str = "Renew the evidence for OR-1.0 before it ends";
    choose(&world, &[MINIMUM, MPA]).await;
    attest(&world, "OR-1.0").await.unwrap();
    // Long before its end nothing comes of dropping and choosing.
    choose(&world, &[MINIMUM]).await;
    choose(&world, &[MINIMUM, MPA]).await;
    assert!(open_titles(&world).await.is_empty());
    world.advance(Duration::from_days(80));
    choose(&world, &[MINIMUM]).await;
    // The reminder falls due while nobody asks.
    world.advance(Duration::from_days(10));
    world.sweep().await;
    assert!(open_titles(&world).await.is_empty());
    choose(&world, &[MINIMUM, MPA]).await;
    assert_eq!(open_titles(&world).await, [TITLE]);
    // It closes with the framework, and comes back with it.
    choose(&world, &[MINIMUM]).await;
    assert!(open_titles(&world).await.is_empty());
    choose(&world, &[MINIMUM, MPA]).await;
    assert_eq!(open_titles(&world).await, [TITLE]);
    world.advance(Duration::from_days(11));
    world.sweep().await;
    assert_eq!(statuses(&world, MPA).await["OR-1.0"].0, Status::Unknown);
    let report = checked(&world, &pack(&world, of(&world, MPA)).await).await;
    assert!(report.is_valid(), "{:?}", report.findings);
}

async fn tasks_about_exceptions_come_back_with_what_they_cover(world: World) {
    const APPROVE: &str = "Approve or decline an exception: ";
    const RENEW: &str = "Mend it or renew the exception: ";
    let jonas = world.colleague("Jonas", Role::SecurityContact).await;
    choose(&world, &[MINIMUM, MPA]).await;
    let (app, owner) = (&world.app, &world.owner);
    let new = exception("PS-2.0", None, ExceptionForm::NotApplicable);
    let asked = exceptions::exception_ask(app, owner, new).await.unwrap();
    let is_open = async |begins: &str| {
        let open = open_titles(&world).await;
        assert!(open.len() <= 1, "{open:?}");
        open.iter().any(|title| title.starts_with(begins))
    };
    assert!(is_open(APPROVE).await);
    choose(&world, &[MINIMUM]).await;
    assert!(!is_open("").await);
    choose(&world, &[MINIMUM, MPA]).await;
    assert!(is_open(APPROVE).await);
    exceptions::exception_approve(app, &jonas, asked.id).await.unwrap();
    choose(&world, &[MINIMUM]).await;
    choose(&world, &[MINIMUM, MPA]).await;
    assert!(!is_open("").await, "its end is far away");
    choose(&world, &[MINIMUM]).await;
    world.advance(Duration::from_days(45));
    world.sweep().await;
    assert!(!is_open("").await);
    choose(&world, &[MINIMUM, MPA]).await;
    assert!(is_open(RENEW).await);
    // What another one outlasts needs no renewal, however often it is asked again.
    let last_day = "2026-09-01".to_owned();
    let new = NewException { last_day, ..exception("PS-2.0", None, ExceptionForm::NotApplicable) };
    let next = exceptions::exception_ask(app, owner, new).await.unwrap();
    exceptions::exception_approve(app, &jonas, next.id).await.unwrap();
    choose(&world, &[MINIMUM]).await;
    choose(&world, &[MINIMUM, MPA]).await;
    assert!(!is_open("").await);
}

async fn what_a_choice_writes_hides_no_turn_of_another_framework(world: World) {
    let mut computers = Vec::new();
    for seed in 1..62 {
        computers.push(computer(&world, seed).await);
    }
    world.advance(DAY);
    computers[0].say("screen_lock", screen_lock(60));
    computers[0].report(&world).await.unwrap();
    world.advance(DAY);
    // More verdicts than are looked through: of 82 controls, and two of each computer.
    choose(&world, &[MINIMUM, MPA]).await;
    let board = board::board(&world.app, &world.owner, Some(MINIMUM)).await.unwrap();
    let turned = board.turns.iter().any(|(row, was)| {
        (row.check.as_str(), row.status, *was) == (SCREEN_LOCK, Status::Fail, Status::Pass)
    });
    assert!(turned, "{:?}", board.turns);
}

async fn an_own_check_beside_a_control_that_is_not_answered_can_be_excepted(world: World) {
    let one = computer(&world, 1).await;
    let (app, owner) = (&world.app, &world.owner);
    threshold_set(app, owner, "screen_lock_s", 5).await.unwrap();
    choose(&world, &[MPA]).await;
    let detail = board::control_detail(app, owner, "IS-7").await.unwrap();
    let own = detail.checks.iter().find(|one| one.check.is_own).unwrap();
    assert!(!detail.is_answered);
    let own = own.check.id.clone();
    assert_eq!(world.status(&one.subject(), &own).await, Status::Fail);
    let new = exception("IS-7", Some(&own), ExceptionForm::RiskAccepted);
    exceptions::exception_ask(app, owner, new).await.unwrap();
    assert_eq!(world.status(&one.subject(), &own).await, Status::Excepted);
    assert!(world.tasks(&one.subject(), &own).await.is_empty());
    // Of the control itself and of the framework's checks nothing can be signed.
    for check in [None, Some(SCREEN_LOCK), Some("is-7-evidence")] {
        let form = if check.is_none() {
            ExceptionForm::NotApplicable
        } else {
            ExceptionForm::RiskAccepted
        };
        let refused = exceptions::exception_ask(app, owner, exception("IS-7", check, form)).await;
        assert_eq!(refused.unwrap_err().status(), 422, "{check:?}");
    }
}
