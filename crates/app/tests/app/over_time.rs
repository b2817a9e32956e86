//! How controls stood over time: the trend is the boards of the past, and each turn of a control names what
//! turned it.

use crate::{
    computer::{Computer, SCREEN_LOCK, screen_lock},
    evidence::sign,
    world::{World, code, on_both},
};
use closedset_app::{
    board::{self, ControlTurn},
    devices,
    exceptions::{self, NewException},
};
use closedset_core::{Duration, Role, Status, Time, exception::ExceptionForm};

on_both!(
    the_trend_is_what_the_boards_of_the_past_say,
    a_control_that_turned_names_what_turned_it,
    of_several_the_first_that_failed_and_the_last_that_was_mended_turned_the_control,
    what_turned_back_on_the_same_day_is_no_turn,
    days_end_where_the_facility_is,
    a_control_that_turned_because_a_computer_left_says_nothing_it_does_not_know,
    what_people_signed_turns_a_control_for_as_long_as_it_holds,
    what_expired_unseen_is_told_on_its_own_day_whatever_was_remembered,
    spans_that_are_too_long_or_lie_ahead_are_refused,
    another_organisation_sees_nothing_of_it,
);

const DAY: Duration = Duration::from_days(1);
const HOUR: Duration = Duration::from_hours(1);

async fn turns_of(world: &World, control: &str) -> Vec<ControlTurn> {
    let told = board::control_turns(&world.app, &world.owner, None, None).await.unwrap();
    assert_eq!(told.until, world.now());
    let back = world.now().since(told.since);
    assert!(back > Duration::from_days(7) && back < Duration::from_days(8), "{back:?}");
    told.turns.into_iter().filter(|turn| turn.control == control).collect()
}

fn steps(turns: &[ControlTurn]) -> Vec<(Status, Status)> {
    turns.iter().map(|turn| (turn.was, turn.is)).collect()
}

async fn locks_after(world: &World, computer: &mut Computer, minutes: i64) {
    computer.say("screen_lock", screen_lock(minutes));
    computer.report(world).await.unwrap();
}

async fn the_trend_is_what_the_boards_of_the_past_say(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let mut other = Computer::reporting(&world, 2).await;
    for week in 0..14 {
        locks_after(&world, &mut computer, if week % 3 == 0 { 60 } else { 10 }).await;
        if week == 5 {
            sign(&world, "AD-2", None, world.now() + Duration::from_days(20)).await;
        }
        for _ in 0..2 {
            world.advance(Duration::from_hours(84));
            computer.confirm(&world).await.unwrap();
            if week != 8 {
                other.confirm(&world).await.unwrap();
            }
            world.sweep().await;
        }
    }
    let trend = board::trend(&world.app, &world.owner, None, None, None).await.unwrap();
    assert_eq!(trend.len(), 12);
    assert_eq!(trend[11].at, world.now());
    let mut kinds = std::collections::BTreeSet::new();
    for (place, point) in trend.iter().enumerate() {
        if place < 11 {
            let local = (point.at + Duration::from_millis(1)).timestamp();
            let local = local.in_tz("Europe/Stockholm").unwrap().strftime("%A %H:%M:%S%.3f");
            assert_eq!(local.to_string(), "Monday 00:00:00.000");
        }
        let past = board::board_as_of(&world.app, &world.owner, None, point.at).await.unwrap();
        assert_eq!(point.counts, board::counts(&past.controls), "{}", point.at);
        assert_eq!(point.counts.values().sum::<i64>(), 33);
        kinds.insert(point.counts.clone());
    }
    assert!(kinds.len() > 2, "the weeks differ");
    let now = board::board(&world.app, &world.owner, None).await.unwrap();
    assert_eq!(now.over_time.trend, trend);
    assert_eq!(trend[11].counts, board::counts(&now.controls));
    // From before the organisation there is nothing; every week since is told.
    let year = Some(world.now() - Duration::from_days(364));
    let whole = board::trend(&world.app, &world.owner, None, year, None).await.unwrap();
    assert_eq!(whole.len(), 15);
    let then = whole[3].at;
    let part =
        board::trend(&world.app, &world.owner, None, Some(whole[1].at), Some(then)).await.unwrap();
    assert_eq!(part, whole[1..=3]);
    // What another server, which remembers nothing, says.
    let second = world.second();
    assert_eq!(board::trend(&second, &world.owner, None, None, None).await.unwrap(), trend);
}

async fn a_control_that_turned_names_what_turned_it(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    world.advance(DAY);
    assert_eq!(steps(&turns_of(&world, "IS-7").await), [(Status::Unknown, Status::Pass)]);
    world.advance(DAY);
    let failed = world.now();
    locks_after(&world, &mut computer, 60).await;
    world.advance(HOUR);
    let turns = turns_of(&world, "IS-7").await;
    assert_eq!(steps(&turns), [(Status::Pass, Status::Fail), (Status::Unknown, Status::Pass)]);
    let row = turns[0].turned_by.as_ref().unwrap();
    assert_eq!((row.check.as_str(), &row.subject), (SCREEN_LOCK, &computer.subject()));
    assert_eq!((row.status, row.began_at), (Status::Fail, failed));
    assert!(turns[0].after <= failed && failed <= turns[0].until);
    let entry = world.body(row.entry).await;
    assert_eq!(entry["subject"], computer.subject().to_string());
    world.advance(DAY);
    locks_after(&world, &mut computer, 10).await;
    world.advance(HOUR);
    let turns = turns_of(&world, "IS-7").await;
    assert_eq!(steps(&turns)[0], (Status::Fail, Status::Pass));
    assert_eq!(turns[0].turned_by.as_ref().unwrap().subject, computer.subject());
    // The board tells the same, and a week later nothing of it.
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    let told = board.over_time.changed.turns;
    assert_eq!(told.iter().filter(|turn| turn.control == "IS-7").count(), 3);
    for _ in 0..3 {
        world.advance(Duration::from_days(2));
        computer.confirm(&world).await.unwrap();
    }
    world.advance(Duration::from_days(2));
    assert!(turns_of(&world, "IS-7").await.is_empty());
}

async fn of_several_the_first_that_failed_and_the_last_that_was_mended_turned_the_control(
    world: World,
) {
    let mut computers = Vec::new();
    for seed in [1, 2, 3] {
        computers.push(Computer::reporting(&world, seed).await);
    }
    world.advance(DAY);
    for computer in &mut computers {
        world.advance(HOUR);
        locks_after(&world, computer, 60).await;
    }
    world.advance(HOUR);
    let turned = turns_of(&world, "IS-7").await.remove(0).turned_by.unwrap();
    assert_eq!((turned.status, &turned.subject), (Status::Fail, &computers[0].subject()));
    world.advance(DAY);
    for place in [1, 2, 0] {
        world.advance(HOUR);
        locks_after(&world, &mut computers[place], 10).await;
    }
    // What passes for the first time mended nothing.
    world.advance(HOUR);
    Computer::reporting(&world, 4).await;
    world.advance(HOUR);
    let turns = turns_of(&world, "IS-7").await;
    assert_eq!(steps(&turns)[0], (Status::Fail, Status::Pass));
    assert_eq!(turns[0].turned_by.as_ref().unwrap().subject, computers[0].subject());
}

async fn what_turned_back_on_the_same_day_is_no_turn(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    world.advance(DAY);
    let before = turns_of(&world, "IS-7").await.len();
    for minutes in [60, 10, 90, 10] {
        locks_after(&world, &mut computer, minutes).await;
        world.advance(Duration::from_minutes(5));
    }
    assert_eq!(turns_of(&world, "IS-7").await.len(), before);
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    let single = board.turns.iter().filter(|(row, _)| row.check == SCREEN_LOCK).count();
    assert!(single >= 4, "the checks' own turns are told all the same: {single}");
}

async fn days_end_where_the_facility_is(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    // A quarter past midnight in Stockholm, where it is the 15th; the 14th everywhere west of it.
    world.clock.set("2026-03-14T23:15:00Z".parse().unwrap());
    locks_after(&world, &mut computer, 60).await;
    world.clock.set("2026-03-16T12:00:00Z".parse().unwrap());
    let turn = turns_of(&world, "IS-7").await.remove(0);
    let day = |text: &str| -> Time { text.parse().unwrap() };
    assert_eq!(turn.after, day("2026-03-14T22:59:59.999Z"));
    assert_eq!(turn.until, day("2026-03-15T22:59:59.999Z"));
}

async fn a_control_that_turned_because_a_computer_left_says_nothing_it_does_not_know(world: World) {
    let mut bad = Computer::reporting(&world, 1).await;
    Computer::reporting(&world, 2).await;
    locks_after(&world, &mut bad, 60).await;
    world.advance(DAY);
    devices::device_revoke(&world.app, &world.owner, bad.device, "sold").await.unwrap();
    world.advance(HOUR);
    let turn = turns_of(&world, "IS-7").await.remove(0);
    assert_eq!((turn.was, turn.is), (Status::Fail, Status::Pass));
    assert!(turn.turned_by.is_none(), "{:?}", turn.turned_by);
}

async fn what_people_signed_turns_a_control_for_as_long_as_it_holds(world: World) {
    world.advance(DAY);
    let new = NewException {
        form: ExceptionForm::NoneExists,
        control: "AD-9".into(),
        check: None,
        subject: None,
        covers_unknown: false,
        reason: "No such test was ever made here, nor is one planned.".into(),
        measure: String::new(),
        last_day: "2026-03-15".into(),
    };
    exceptions::exception_ask(&world.app, &world.owner, new).await.unwrap();
    world.advance(HOUR);
    let turns = turns_of(&world, "AD-9").await;
    assert_eq!(steps(&turns), [(Status::Unknown, Status::Pass)]);
    assert!(turns[0].turned_by.as_ref().unwrap().excepted.is_some());
    world.clock.set("2026-03-17T12:00:00Z".parse().unwrap());
    world.sweep().await;
    let turns = turns_of(&world, "AD-9").await;
    assert_eq!(
        steps(&turns),
        [(Status::Pass, Status::Unknown), (Status::Unknown, Status::Pass)],
        "it lapsed on the first moment of the 16th"
    );
    assert_eq!(turns[0].until.to_string(), "2026-03-16T22:59:59.999Z");
}

async fn what_expired_unseen_is_told_on_its_own_day_whatever_was_remembered(world: World) {
    Computer::reporting(&world, 1).await;
    let stale = world.now() + Duration::from_days(7);
    world.clock.set(stale + Duration::from_days(3));
    // Before the sweeper noticed it, as right after a start.
    let before = turns_of(&world, "IS-7").await;
    assert!(before.is_empty(), "{before:?}");
    world.sweep().await;
    let turns = turns_of(&world, "IS-7").await;
    assert_eq!(steps(&turns), [(Status::Pass, Status::Unknown)]);
    assert!(turns[0].after < stale && stale <= turns[0].until);
    assert_eq!(turns[0].turned_by.as_ref().unwrap().began_at, stale);
}

async fn spans_that_are_too_long_or_lie_ahead_are_refused(world: World) {
    let (app, owner, now) = (&world.app, &world.owner, world.now());
    let far: Time = "9999-12-30T00:00:00Z".parse().unwrap();
    let ancient = Time::from_millis(0);
    let trend = async |from, to| match board::trend(app, owner, None, from, to).await {
        Ok(points) => points.len().to_string(),
        Err(problem) => code(&problem),
    };
    assert_eq!(trend(Some(ancient), None).await, "from");
    assert_eq!(trend(Some(far), None).await, "from");
    assert_eq!(trend(None, Some(far)).await, "to");
    assert_eq!(trend(None, Some(now + HOUR)).await, "to");
    assert_eq!(trend(Some(now), Some(now - HOUR)).await, "from");
    assert_eq!(trend(Some(now - Duration::from_days(366)), None).await, "1");
    assert_eq!(trend(Some(now - Duration::from_days(367)), None).await, "from");
    // Before there was anything, nothing is known, which is what the board of then says.
    assert_eq!(trend(None, Some(ancient)).await, "1");
    let turns = async |since| match board::control_turns(app, owner, None, Some(since)).await {
        Ok(told) => told.turns.len().to_string(),
        Err(problem) => code(&problem),
    };
    for wrong in [ancient, far, now + HOUR, now - Duration::from_days(32)] {
        assert_eq!(turns(wrong).await, "since", "{wrong}");
    }
    assert_eq!(turns(now).await, "0");
    assert_eq!(turns(now - Duration::from_days(31)).await, "0");
    for role in [Role::Member, Role::Reception] {
        let member = world.as_role(role);
        let refused = board::trend(app, &member, None, None, None).await.unwrap_err();
        assert_eq!(code(&refused), "role.forbids");
        let refused = board::control_turns(app, &member, None, None).await.unwrap_err();
        assert_eq!(code(&refused), "role.forbids");
    }
}

async fn another_organisation_sees_nothing_of_it(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    locks_after(&world, &mut computer, 60).await;
    world.advance(DAY);
    let neighbour = world.neighbour().await;
    let trend = board::trend(&world.app, &neighbour, None, None, None).await.unwrap();
    assert!(trend.iter().all(|point| point.counts[&Status::Unknown] == 33), "{trend:?}");
    let told = board::control_turns(&world.app, &neighbour, None, None).await.unwrap();
    assert!(told.turns.is_empty());
}
