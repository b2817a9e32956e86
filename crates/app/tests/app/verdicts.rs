//! Verdicts as intervals, and the tasks and entries that follow from them.

use crate::{
    computer::{Computer, SCREEN_LOCK, debian, firewall, screen_lock, screen_lock_of},
    world::{World, code, on_both},
};
use closedset_app::{
    Problem, board,
    devices::{self, Confirmed},
    tasks::{self, TaskState, TasksOf},
};
use closedset_core::{Duration, Status, Subject, SubjectKind};

on_both!(
    a_changed_setting_turns_the_verdict_and_opens_a_task_until_it_is_changed_back,
    another_reason_for_the_same_status_begins_an_interval_and_no_task,
    the_same_on_other_facts_has_been_so_all_along,
    what_does_not_change_writes_nothing,
    one_task_stays_open_however_often_the_verdict_turns,
    a_person_closes_a_task_and_the_verdict_stays,
    only_what_a_person_confirms_takes_a_device_out_of_scope,
    a_release_line_is_judged_by_what_the_catalogue_knows,
    a_revoked_device_leaves_the_board_and_its_tasks_close,
    the_board_follows_the_worst_device,
    tasks_are_paged_by_key_whatever_is_done_meanwhile,
);

async fn a_changed_setting_turns_the_verdict_and_opens_a_task_until_it_is_changed_back(
    world: World,
) {
    let mut computer = Computer::reporting(&world, 1).await;
    let subject = computer.subject();
    let enrolled = world.now();
    world.advance(Duration::from_minutes(5));
    let turned = world.now();
    let from = world.entry_count(world.log()).await;
    computer.say("screen_lock", screen_lock(60));
    computer.report(&world).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["device.checked_in", "subject.assessed"]);
    let body = world.body(from + 1).await;
    let verdict = &body["verdicts"][0];
    assert_eq!(
        (verdict["check"].as_str(), verdict["status"].as_str()),
        (Some(SCREEN_LOCK), Some("fail"))
    );
    assert_eq!(verdict["was"], "pass");
    assert!(body["because"][0].as_str().unwrap().contains("60 min"), "{body}");
    assert!(verdict.get("because").is_none(), "words stand by themselves");
    let open = world.tasks(&subject, SCREEN_LOCK).await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].title, "Mend: Screen locks within 15 minutes");
    assert_eq!((open[0].created_at, open[0].due_at), (turned, turned + Duration::from_days(7)));
    world.advance(Duration::from_minutes(5));
    computer.say("screen_lock", screen_lock(10));
    computer.report(&world).await.unwrap();
    assert!(world.tasks(&subject, SCREEN_LOCK).await.is_empty());
    // Unknown from enrolment to the first report lasted no time at all.
    let mut history = world.history(&subject, SCREEN_LOCK).await;
    history.retain(|(_, began, ended)| *ended != Some(*began));
    let back = world.now();
    assert_eq!(
        history,
        [
            (Status::Pass, enrolled, Some(turned)),
            (Status::Fail, turned, Some(back)),
            (Status::Pass, back, None)
        ]
    );
    let (done, _) =
        tasks::task_list(&world.app, &world.owner, TaskState::Done, TasksOf::Anybody, None, 50)
            .await
            .unwrap();
    assert!(done.iter().any(|task| task.check == SCREEN_LOCK && task.done_at == Some(back)));
}

async fn another_reason_for_the_same_status_begins_an_interval_and_no_task(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let first = world.verdict(&computer.subject(), SCREEN_LOCK).await;
    world.advance(Duration::from_minutes(5));
    computer.say("screen_lock", screen_lock(5));
    computer.report(&world).await.unwrap();
    let second = world.verdict(&computer.subject(), SCREEN_LOCK).await;
    assert_eq!((first.status, second.status), (Status::Pass, Status::Pass));
    assert_ne!(first.facts, second.facts);
    assert_eq!(second.began_at, world.now());
    assert_eq!(second.facts, [screen_lock(5).digest().unwrap()]);
    assert!(world.tasks(&computer.subject(), SCREEN_LOCK).await.is_empty());
}

async fn the_same_on_other_facts_has_been_so_all_along(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let before = world.verdict(&computer.subject(), SCREEN_LOCK).await;
    world.advance(Duration::from_minutes(5));
    let from = world.entry_count(world.log()).await;
    computer.say("screen_lock", screen_lock_of("kde", 10));
    computer.report(&world).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["device.checked_in"]);
    let after = world.verdict(&computer.subject(), SCREEN_LOCK).await;
    assert_eq!((after.id, after.began_at, after.entry), (before.id, before.began_at, before.entry));
    assert_eq!(after.facts, [computer.digests()["screen_lock"]]);
}

async fn what_does_not_change_writes_nothing(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let from = world.entry_count(world.log()).await;
    for _ in 0..5 {
        world.advance(Duration::from_hours(20));
        computer.confirm(&world).await.unwrap();
        world.sweep().await;
    }
    let kinds = world.kinds_from(from).await;
    assert!(kinds.iter().all(|kind| kind == "confirmations.rolled_up"), "{kinds:?}");
}

async fn one_task_stays_open_however_often_the_verdict_turns(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    for minutes in [60, 90, 120] {
        world.advance(Duration::from_minutes(5));
        computer.say("screen_lock", screen_lock(minutes));
        computer.report(&world).await.unwrap();
    }
    assert_eq!(world.tasks(&computer.subject(), SCREEN_LOCK).await.len(), 1);
    for minutes in [10, 60] {
        world.advance(Duration::from_minutes(5));
        computer.say("screen_lock", screen_lock(minutes));
        computer.report(&world).await.unwrap();
    }
    let open = world.tasks(&computer.subject(), SCREEN_LOCK).await;
    assert_eq!(open.len(), 1, "a new one after the first was closed");
    assert_eq!(open[0].created_at, world.now());
}

async fn a_person_closes_a_task_and_the_verdict_stays(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    computer.say("host_firewall", firewall(false));
    computer.report(&world).await.unwrap();
    let task = world.tasks(&computer.subject(), "device-firewall-on").await.remove(0);
    let note = "the box behind it filters";
    tasks::task_done(&world.app, &world.owner, task.id, note).await.unwrap();
    assert_eq!(world.newest(world.log()).await.kind, "task.done");
    let again = tasks::task_done(&world.app, &world.owner, task.id, note).await;
    assert_eq!(code(&again.unwrap_err()), "task.done");
    let theirs = tasks::task_done(&world.app, &world.neighbour().await, task.id, note).await;
    assert_eq!(code(&theirs.unwrap_err()), "not_found");
    assert_eq!(world.status(&computer.subject(), "device-firewall-on").await, Status::Fail);
    assert!(world.tasks(&computer.subject(), "device-firewall-on").await.is_empty());
}

async fn only_what_a_person_confirms_takes_a_device_out_of_scope(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    computer.say("screen_lock", screen_lock(0));
    computer.report(&world).await.unwrap();
    let subject = computer.subject();
    assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Fail);
    let said = Confirmed {
        name: "render-1".into(),
        has_screen: false,
        is_portable: false,
        handles_content: true,
    };
    let member = world.as_role(closedset_core::Role::Member);
    let refused = devices::device_confirm(&world.app, &member, computer.device, said.clone()).await;
    assert!(matches!(refused, Err(Problem::Forbidden)), "{refused:?}");
    let from = world.entry_count(world.log()).await;
    devices::device_confirm(&world.app, &world.owner, computer.device, said).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["device.confirmed", "subject.assessed"]);
    assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::NotApplicable);
    assert!(world.tasks(&subject, SCREEN_LOCK).await.is_empty());
    let body = world.body(from + 1).await;
    assert_eq!(body["facts"][0]["kind"], "device");
    assert_eq!(body["facts"][0]["source"], "closedset/register");
}

async fn a_release_line_is_judged_by_what_the_catalogue_knows(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let subject = computer.subject();
    assert_eq!(world.status(&subject, "device-os-release").await, Status::Pass);
    for (version, wanted) in [("10", Status::Fail), ("99", Status::Unknown), ("12", Status::Pass)] {
        world.advance(Duration::from_minutes(5));
        computer.say("operating_system", debian(version));
        computer.report(&world).await.unwrap();
        let verdict = world.verdict(&subject, "device-os-release").await;
        assert_eq!(verdict.status, wanted, "{version}: {}", verdict.because);
    }
}

async fn a_revoked_device_leaves_the_board_and_its_tasks_close(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    computer.say("screen_lock", screen_lock(60));
    computer.report(&world).await.unwrap();
    let subject = computer.subject();
    assert_eq!(world.tasks(&subject, SCREEN_LOCK).await.len(), 1);
    world.advance(Duration::from_minutes(5));
    devices::device_revoke(&world.app, &world.owner, computer.device, "sold").await.unwrap();
    assert!(world.tasks(&subject, SCREEN_LOCK).await.is_empty());
    let (done, _) =
        tasks::task_list(&world.app, &world.owner, TaskState::Done, TasksOf::Anybody, None, 50)
            .await
            .unwrap();
    assert!(done.iter().all(|task| task.note == "the computer was revoked"), "{done:?}");
    let check = world.app.catalogue().check(SCREEN_LOCK).unwrap();
    let detail = board::control_detail(&world.app, &world.owner, &check.control).await.unwrap();
    let device = &detail.devices[&subject];
    assert!(!device.name.is_empty() && device.revoked_at.is_some(), "{device:?}");
    let last = world.history(&subject, SCREEN_LOCK).await.pop().unwrap();
    assert_eq!((last.0, last.2), (Status::Fail, Some(world.now())));
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    assert_eq!((board.devices, board.tasks.0), (0, 0));
    // Nothing about it falls due any more.
    world.advance(Duration::from_days(100));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    assert!(world.kinds_from(from).await.is_empty());
}

async fn the_board_follows_the_worst_device(world: World) {
    let is7 = |board: &board::Board| {
        let control = board.controls.iter().find(|control| control.id == "IS-7").unwrap();
        control.status.status
    };
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    assert_eq!(board.controls.len(), 33);
    assert_eq!(is7(&board), Status::Unknown);
    assert!(board.next[0].words.contains("Enrol"), "{:?}", board.next);
    let _good = Computer::reporting(&world, 1).await;
    let mut bad = Computer::reporting(&world, 2).await;
    assert_eq!(is7(&board::board(&world.app, &world.owner, None).await.unwrap()), Status::Pass);
    bad.say("screen_lock", screen_lock(60));
    bad.report(&world).await.unwrap();
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    assert_eq!(is7(&board), Status::Fail);
    assert!(board.next.len() == 3 && board.next[0].status == Status::Fail, "{:?}", board.next);
    // First verdicts are no turns; what turned says what it was.
    let turns: Vec<_> = board
        .turns
        .iter()
        .map(|(row, was)| (row.subject.clone(), row.check.as_str(), *was, row.status))
        .collect();
    assert!(
        turns.contains(&(Subject::device(bad.device), SCREEN_LOCK, Status::Pass, Status::Fail)),
        "{turns:?}"
    );
    assert!(turns.iter().all(|(.., was, is)| was != is), "{turns:?}");
    // Nor is it a turn when a new computer is looked at for the first time.
    let mut of_devices = turns.iter().filter(|(subject, ..)| subject.kind == SubjectKind::Device);
    assert!(of_devices.all(|(.., was, _)| *was != Status::Unknown), "{turns:?}");
    // Nobody said yet what the first computer is; then the second is asked about.
    let first = board.to_confirm.unwrap();
    let said = devices::Confirmed {
        name: "grading-1".into(),
        has_screen: true,
        is_portable: false,
        handles_content: true,
    };
    devices::device_confirm(&world.app, &world.owner, first.id, said).await.unwrap();
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    assert!(board.to_confirm.is_some_and(|second| second.id != first.id));
    bad.say("screen_lock", screen_lock(15));
    bad.report(&world).await.unwrap();
    assert_eq!(is7(&board::board(&world.app, &world.owner, None).await.unwrap()), Status::Pass);
}

async fn tasks_are_paged_by_key_whatever_is_done_meanwhile(world: World) {
    for seed in 1..=5 {
        let mut computer = Computer::reporting(&world, seed).await;
        computer.say("screen_lock", screen_lock(40));
        computer.report(&world).await.unwrap();
        if seed == 3 {
            world.advance(Duration::from_minutes(5));
        }
    }
    let (app, owner) = (&world.app, &world.owner);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (rows, more) =
            tasks::task_list(app, owner, TaskState::Open, TasksOf::Anybody, after, 2)
                .await
                .unwrap();
        assert!(rows.len() == 2 || !more, "{rows:?}");
        let last = rows.last().unwrap().id;
        seen.extend(rows.into_iter().map(|row| row.id));
        tasks::task_done(app, owner, last, "seen to").await.unwrap();
        if !more {
            break;
        }
        after = Some(last);
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all, "none twice");
    assert!(all >= 5, "{all}");
    let (open, _) = tasks::task_counts(app, owner).await.unwrap();
    let (done, _) =
        tasks::task_list(app, owner, TaskState::Done, TasksOf::Anybody, None, 200).await.unwrap();
    assert_eq!(usize::try_from(open).unwrap() + done.len(), all);
    assert!(done.is_sorted_by_key(|task| std::cmp::Reverse((task.done_at, task.id))));
    let (first, more) =
        tasks::task_list(app, owner, TaskState::Done, TasksOf::Anybody, None, 1).await.unwrap();
    let after = Some(first[0].id);
    let (second, _) =
        tasks::task_list(app, owner, TaskState::Done, TasksOf::Anybody, after, 1).await.unwrap();
    assert!(more && second[0].id == done[1].id);
    let foreign = tasks::task_list(
        app,
        &world.neighbour().await,
        TaskState::Open,
        TasksOf::Anybody,
        after,
        1,
    )
    .await;
    assert_eq!(code(&foreign.unwrap_err()), "not_found");
}
