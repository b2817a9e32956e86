//! Packs with exceptions in them: made from real ones, and from a database that says otherwise than the
//! log.

use crate::{
    computer::{Computer, SCREEN_LOCK},
    exceptions::{granted, late_to_lock, of_all, of_control},
    packs::{checked, pack, whole_period},
    world::{World, on_both},
};
use closedset_app::{
    exceptions::{self, NewException},
    packs::{NewPack, Remake},
};
use closedset_core::{
    Duration, Role, Status, Time,
    exception::{ExceptionForm, Terms},
};
use closedset_pack::{FindingKind, Recompute, Severity};

on_both!(
    a_pack_with_exceptions_of_every_form_is_valid,
    what_lapsed_before_the_period_is_not_in_the_pack,
    a_database_that_forges_an_exception_makes_no_valid_pack,
    an_end_that_was_put_off_in_the_database_covers_nothing,
    the_catalogue_knows_what_can_be_granted,
);

const DAY: Duration = Duration::from_days(1);

fn of_one(computer: &Computer) -> NewException {
    NewException { subject: Some(computer.subject()), ..of_all() }
}

/// The file of the list of exceptions, as text.
fn list(pack: &[u8]) -> String {
    // Nothing in a pack is compressed, and a file's header with its name stands before it.
    let (name, mark) = (b"exceptions.json", b"PK\x03\x04");
    let is_header = |at: &usize| pack[at - 30..].starts_with(mark);
    let mut named = (30..pack.len()).filter(|at| pack[*at..].starts_with(name));
    let begin = named.find(is_header).unwrap() + name.len();
    let rest = &pack[begin..];
    let end = rest.windows(mark.len()).position(|window| window == mark).unwrap();
    String::from_utf8_lossy(&rest[..end]).into_owned()
}

async fn assert_valid(world: &World, new: NewPack) -> Vec<u8> {
    let bytes = pack(world, new).await;
    let report = checked(world, &bytes).await;
    let doubts: Vec<_> =
        report.findings.iter().filter(|one| one.kind.severity() != Severity::Notice).collect();
    assert!(report.is_valid() && doubts.is_empty(), "{doubts:#?}");
    bytes
}

async fn assert_forged(world: &World, what: &str, kind: FindingKind) {
    let report = checked(world, &pack(world, whole_period(world)).await).await;
    assert!(!report.is_valid() && report.has(kind), "{what}: {:#?}", report.findings);
}

async fn a_pack_with_exceptions_of_every_form_is_valid(world: World) {
    let (mut one, mut other) = (late_to_lock(&world, 1).await, late_to_lock(&world, 2).await);
    let silent = late_to_lock(&world, 3).await;
    granted(&world, of_one(&one)).await;
    granted(&world, of_control("AD-9", ExceptionForm::NoneExists)).await;
    granted(&world, of_control("PH-6", ExceptionForm::NotApplicable)).await;
    let gap = NewException {
        control: "AD-3".into(),
        check: Some("ad-3-evidence".into()),
        covers_unknown: true,
        last_day: "2026-03-20".into(),
        ..of_all()
    };
    granted(&world, gap).await;
    let back = granted(&world, of_control("AD-8", ExceptionForm::NoneExists)).await;
    let wide = NewException { covers_unknown: true, ..of_one(&silent) };
    granted(&world, wide).await;
    assert_valid(&world, whole_period(&world)).await;
    // A second person asks and approves; something is withdrawn; something lapses.
    let second = world.colleague("Jonas", Role::SecurityContact).await;
    let asked = exceptions::exception_ask(&world.app, &second, of_all()).await.unwrap();
    assert_valid(&world, whole_period(&world)).await;
    exceptions::exception_approve(&world.app, &world.owner, asked.id).await.unwrap();
    exceptions::exception_withdraw(&world.app, &world.owner, back, "one was found").await.unwrap();
    for _ in 0..15 {
        world.advance(DAY);
        one.confirm(&world).await.unwrap();
        other.confirm(&world).await.unwrap();
    }
    let bytes = assert_valid(&world, whole_period(&world)).await;
    assert_eq!(world.status(&other.subject(), SCREEN_LOCK).await, Status::Excepted);
    assert_eq!(world.status(&silent.subject(), SCREEN_LOCK).await, Status::Excepted);
    assert!(list(&bytes).contains("\"has_second_person\":true"));
    world.clock.set("2026-04-11T00:00:00Z".parse().unwrap());
    one.confirm(&world).await.unwrap();
    assert_valid(&world, whole_period(&world)).await;
    assert_eq!(world.status(&one.subject(), SCREEN_LOCK).await, Status::Fail);
    assert!(world.verify().await.faults.is_empty());
}

async fn what_lapsed_before_the_period_is_not_in_the_pack(world: World) {
    let new = NewException {
        last_day: "2026-03-20".into(),
        ..of_control("AD-9", ExceptionForm::NoneExists)
    };
    let early = granted(&world, new).await.to_string();
    world.advance(Duration::from_days(20));
    let late = granted(&world, of_control("AD-8", ExceptionForm::NoneExists)).await.to_string();
    world.advance(DAY);
    let listed = |pack: &[u8]| (list(pack).contains(&early), list(pack).contains(&late));
    let whole = assert_valid(&world, whole_period(&world)).await;
    assert_eq!(listed(&whole), (true, true));
    let from: Time = world.now() - Duration::from_days(5);
    let recent = assert_valid(&world, NewPack { from, ..whole_period(&world) }).await;
    assert_eq!(listed(&recent), (false, true));
}

async fn a_database_that_forges_an_exception_makes_no_valid_pack(world: World) {
    let one = late_to_lock(&world, 1).await;
    let _other = late_to_lock(&world, 2).await;
    granted(&world, of_one(&one)).await;
    assert_valid(&world, whole_period(&world)).await;
    for (change, back) in [
        (
            "UPDATE exception SET valid_to = valid_to + 2592000000",
            "UPDATE exception SET valid_to = valid_to - 2592000000",
        ),
        (
            "UPDATE exception SET approved_by = 'The Content Owner'",
            "UPDATE exception SET approved_by = 'Mira Lindqvist'",
        ),
        (
            "UPDATE exception SET has_second_person = 1",
            "UPDATE exception SET has_second_person = 0",
        ),
        ("UPDATE exception SET covers_unknown = 1", "UPDATE exception SET covers_unknown = 0"),
        (
            "UPDATE exception SET withdrawn_at = 1773307800000",
            "UPDATE exception SET withdrawn_at = NULL",
        ),
        (
            "UPDATE exception SET asked_entry = 2",
            "UPDATE exception SET asked_entry = granted_entry - 1",
        ),
    ] {
        world.tamper(change).await;
        assert_forged(&world, change, FindingKind::Contradiction).await;
        world.tamper(back).await;
    }
    assert_valid(&world, whole_period(&world)).await;
    // A failure of the other computer is passed off as covered by the same exception.
    let forged = "UPDATE verdict SET status = 'excepted', beneath = 'fail', \
                  exception = (SELECT e.id FROM exception e) \
                  WHERE check_id = 'device-screen-lock' AND status = 'fail' AND ended_at IS NULL";
    world.tamper(forged).await;
    assert_forged(&world, forged, FindingKind::OtherVerdict).await;
    world.tamper("UPDATE verdict SET status = 'fail', beneath = NULL, exception = NULL \
                  WHERE check_id = 'device-screen-lock' AND status = 'excepted' AND ended_at IS NULL \
                  AND because NOT LIKE 'risk%'").await;
    // What it covers is shown, and the exception itself is hidden.
    world.tamper("DELETE FROM exception").await;
    assert_forged(&world, "deleted", FindingKind::Removed).await;
}

async fn an_end_that_was_put_off_in_the_database_covers_nothing(world: World) {
    let mut one = late_to_lock(&world, 1).await;
    granted(&world, NewException { last_day: "2026-03-14".into(), ..of_one(&one) }).await;
    world.tamper("UPDATE exception SET valid_to = valid_to + 864000000").await;
    // The end was known beforehand: without this the device would be looked at then.
    world.tamper("UPDATE device_state SET stale_at = NULL").await;
    world.advance(Duration::from_days(4));
    one.confirm(&world).await.unwrap();
    assert_eq!(world.status(&one.subject(), SCREEN_LOCK).await, Status::Excepted);
    assert_forged(&world, "put off", FindingKind::OtherVerdict).await;
}

async fn the_catalogue_knows_what_can_be_granted(world: World) {
    let grants = |form, control: &str, check: Option<&str>| {
        let terms = Terms {
            form,
            control: control.into(),
            check: check.map(str::to_owned),
            subject: None,
            covers_unknown: false,
            reason: String::new(),
            measure: String::new(),
            valid_to: world.now(),
        };
        Remake::new(world.app.catalogue()).grants(&terms)
    };
    let (none, risk) = (ExceptionForm::NoneExists, ExceptionForm::RiskAccepted);
    assert_eq!(grants(none, "AD-9", None), Some(true));
    assert_eq!(grants(none, "AD-2", None), Some(false), "there is always a list");
    assert_eq!(grants(risk, "IS-7", Some(SCREEN_LOCK)), Some(true));
    assert_eq!(grants(risk, "AD-1", Some(SCREEN_LOCK)), Some(false), "of another control");
    assert_eq!(grants(risk, "AD-1", Some("our-own-check")), None);
    assert_eq!(grants(none, "ZZ-9", None), None);
}
