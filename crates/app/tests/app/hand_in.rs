//! Reports that a person brings: from a computer without network, in a file.

use crate::{
    computer::{Computer, SCREEN_LOCK, screen_lock},
    world::{World, code, on_both},
};
use closedset_app::{Problem, devices};
use closedset_core::{
    Duration, Id, Role, Secret, Status, Time,
    check_in::{CheckIn, EnrolRequest, Outcome},
    link::{EnrolLink, device_of},
    report::HandReport,
};
use ed25519_dalek::SigningKey;

on_both![
    a_computer_that_no_server_has_heard_of_is_enrolled_and_judged_by_its_first_report,
    a_later_report_needs_no_link_and_one_without_news_confirms,
    the_same_report_twice_changes_nothing_and_says_so,
    an_older_report_than_the_last_is_refused,
    a_report_made_ahead_of_time_enrols_nobody,
    a_report_carried_around_counts_from_when_it_was_made,
    a_report_whose_clock_went_back_is_refused,
    an_altered_report_is_refused_and_enrols_nobody,
    a_report_for_another_organisation_is_refused_on_either_side,
    a_link_that_ended_or_was_used_by_another_enrols_nobody,
    a_report_that_names_another_device_than_its_link_makes_is_refused,
    a_revoked_computer_hands_in_nothing,
    a_report_on_another_computers_page_is_refused,
    who_may_not_manage_devices_hands_in_nothing,
    whose_right_ended_on_the_way_enrols_nobody,
    reports_that_were_kept_back_leave_a_trace,
];

/// A computer without network that was given a link.
async fn offline(world: &World, seed: u8) -> (Computer, EnrolRequest) {
    let (link, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    by_link(&link, seed)
}

fn by_link(link: &EnrolLink, seed: u8) -> (Computer, EnrolRequest) {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let request = EnrolRequest::signed(link.token.to_token(), &key, format!("suite-{seed}"));
    let home = link.home.unwrap();
    let computer = Computer {
        key,
        organisation: home.organisation,
        device: device_of(home.enrolment),
        counter: 0,
        facts: [("screen_lock".to_owned(), screen_lock(10))].into(),
    };
    (computer, request)
}

fn file(enrol: Option<&EnrolRequest>, check_in: CheckIn) -> Vec<u8> {
    HandReport { enrol: enrol.cloned(), check_in }.write().unwrap()
}

async fn hand_in(world: &World, bytes: &[u8]) -> Result<devices::HandedIn, Problem> {
    devices::report_hand_in(&world.app, &world.owner, bytes, None).await
}

async fn screen_lock_of(world: &World, computer: &Computer) -> Status {
    let detail = devices::device_detail(&world.app, &world.owner, computer.device).await.unwrap();
    let verdict = detail.verdicts.iter().find(|verdict| verdict.check == SCREEN_LOCK);
    verdict.unwrap().status
}

async fn is_enrolled(world: &World, computer: &Computer) -> bool {
    devices::device_detail(&world.app, &world.owner, computer.device).await.is_ok()
}

async fn a_computer_that_no_server_has_heard_of_is_enrolled_and_judged_by_its_first_report(
    world: World,
) {
    let (mut suite, request) = offline(&world, 1).await;
    let before = world.entry_count(world.log()).await;
    let bytes = file(Some(&request), suite.full(world.now()));
    let taken = hand_in(&world, &bytes).await.unwrap();
    assert_eq!((taken.device, taken.outcome, taken.is_new), (suite.device, Outcome::Changed, true));
    assert_eq!(screen_lock_of(&world, &suite).await, Status::Pass);
    let kinds = world.kinds_from(before).await;
    assert_eq!(kinds.first().map(String::as_str), Some("device.enrolled"));
    assert!(kinds.contains(&"device.checked_in".to_owned()), "{kinds:?}");
    // The device said it; the person carried it.
    let newest = world.newest(world.log()).await;
    assert_eq!(newest.kind, "device.report_handed_in");
    assert_eq!(newest.actor_name, Some(world.owner.actor.to_string()));
    let body = world.body(newest.index).await;
    assert_eq!(body["checked_in"], taken.entry.unwrap());
    assert_eq!((&body["counter"], &body["enrolled"]), (&1.into(), &true.into()));
}

async fn a_later_report_needs_no_link_and_one_without_news_confirms(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    hand_in(&world, &file(Some(&request), suite.full(world.now()))).await.unwrap();
    world.advance(Duration::from_days(3));
    // The request goes along each time; a used link is no hindrance to who used it.
    let again = hand_in(&world, &file(Some(&request), suite.full(world.now()))).await.unwrap();
    assert_eq!((again.outcome, again.is_new), (Outcome::Confirmed, false));
    suite.say("screen_lock", screen_lock(60));
    let news = hand_in(&world, &file(None, suite.full(world.now()))).await.unwrap();
    assert_eq!(news.outcome, Outcome::Changed);
    assert_eq!(screen_lock_of(&world, &suite).await, Status::Fail);
}

async fn the_same_report_twice_changes_nothing_and_says_so(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    let bytes = file(Some(&request), suite.full(world.now()));
    hand_in(&world, &bytes).await.unwrap();
    let before = world.entry_count(world.log()).await;
    let again = hand_in(&world, &bytes).await.unwrap();
    assert_eq!(again.outcome, Outcome::Repeated);
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn an_older_report_than_the_last_is_refused(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    let first = file(Some(&request), suite.full(world.now()));
    suite.say("screen_lock", screen_lock(60));
    let second = file(Some(&request), suite.full(world.now()));
    hand_in(&world, &second).await.unwrap();
    let before = world.entry_count(world.log()).await;
    assert_eq!(code(&hand_in(&world, &first).await.unwrap_err()), "report.older");
    assert_eq!(world.entry_count(world.log()).await, before);
    assert_eq!(screen_lock_of(&world, &suite).await, Status::Fail);
}

async fn a_report_made_ahead_of_time_enrols_nobody(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    let ahead = suite.full(world.now() + Duration::from_hours(2));
    let refused = hand_in(&world, &file(Some(&request), ahead)).await.unwrap_err();
    assert_eq!(code(&refused), "clock.ahead");
    assert!(refused.remedy().contains("clock"));
    assert!(!is_enrolled(&world, &suite).await);
    // The link is still good for a report with the clock set right.
    hand_in(&world, &file(Some(&request), suite.full(world.now()))).await.unwrap();
}

async fn a_report_carried_around_counts_from_when_it_was_made(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    hand_in(&world, &file(Some(&request), suite.full(world.now()))).await.unwrap();
    let made_at = world.now() + Duration::from_minutes(1);
    suite.say("screen_lock", screen_lock(5));
    let carried = file(None, suite.full(made_at));
    // Five days on the way: two are left of the seven that a screen lock counts.
    world.advance(Duration::from_days(5));
    hand_in(&world, &carried).await.unwrap();
    assert_eq!(screen_lock_of(&world, &suite).await, Status::Pass);
    world.advance(Duration::from_days(3));
    world.sweep().await;
    assert_eq!(screen_lock_of(&world, &suite).await, Status::Unknown);
    // Ten days on the way: it never was a pass, whatever it says.
    let made_at = world.now();
    suite.say("screen_lock", screen_lock(7));
    let carried = file(None, suite.full(made_at));
    world.advance(Duration::from_days(10));
    let taken = hand_in(&world, &carried).await.unwrap();
    assert_eq!((taken.outcome, taken.collected_at), (Outcome::Changed, made_at));
    assert_eq!(screen_lock_of(&world, &suite).await, Status::Unknown);
    world.sweep().await;
    assert_eq!(screen_lock_of(&world, &suite).await, Status::Unknown);
}

async fn a_report_whose_clock_went_back_is_refused(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    hand_in(&world, &file(Some(&request), suite.full(world.now()))).await.unwrap();
    let back = suite.full(Time::from_millis(0));
    let refused = hand_in(&world, &file(None, back)).await.unwrap_err();
    assert_eq!(code(&refused), "report.clock_back");
    assert_eq!(screen_lock_of(&world, &suite).await, Status::Pass);
}

async fn an_altered_report_is_refused_and_enrols_nobody(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    let good = suite.full(world.now());
    let mut newer = good.clone();
    newer.statement.collected_at = world.now() - Duration::from_minutes(1);
    let mut kinder = good.clone();
    kinder.bodies.insert("screen_lock".into(), screen_lock(1));
    let mut other_digests = good.clone();
    let digests = other_digests.digests.as_mut().unwrap();
    digests.insert("screen_lock".into(), screen_lock(1).digest().unwrap());
    other_digests.bodies.insert("screen_lock".into(), screen_lock(1));
    for (altered, expected) in
        [(newer, "report.signature"), (kinder, "bodies"), (other_digests, "bodies")]
    {
        let refused = hand_in(&world, &file(Some(&request), altered)).await.unwrap_err();
        assert_eq!(code(&refused), expected);
    }
    let stranger = SigningKey::from_bytes(&[99; 32]);
    let theirs = EnrolRequest {
        key: EnrolRequest::signed(String::new(), &stranger, String::new()).key,
        ..request.clone()
    };
    let refused = hand_in(&world, &file(Some(&theirs), good.clone())).await.unwrap_err();
    assert_eq!(code(&refused), "enrolment.signature");
    for garbage in [&b""[..], b"{}", b"not a report", b"{\"format\":\"closedset-report/9\"}"] {
        let refused = hand_in(&world, garbage).await.unwrap_err();
        assert_eq!(code(&refused), "report");
    }
    assert!(!is_enrolled(&world, &suite).await);
    hand_in(&world, &file(Some(&request), good)).await.unwrap();
}

async fn a_report_for_another_organisation_is_refused_on_either_side(world: World) {
    let neighbour = world.neighbour().await;
    let (mut suite, request) = offline(&world, 1).await;
    let bytes = file(Some(&request), suite.full(world.now()));
    let theirs = devices::report_hand_in(&world.app, &neighbour, &bytes, None).await;
    assert_eq!(code(&theirs.unwrap_err()), "report.other_organisation");
    // A statement that names the neighbour, with a link of ours.
    suite.organisation = neighbour.organisation;
    let bytes = file(Some(&request), suite.full(world.now()));
    let theirs = devices::report_hand_in(&world.app, &neighbour, &bytes, None).await;
    assert_eq!(code(&theirs.unwrap_err()), "enrolment.used");
    assert_eq!(code(&hand_in(&world, &bytes).await.unwrap_err()), "report.other_organisation");
    assert!(!is_enrolled(&world, &suite).await);
    // A device of ours that was handed in for the neighbour.
    suite.organisation = world.owner.organisation;
    hand_in(&world, &file(Some(&request), suite.full(world.now()))).await.unwrap();
    suite.organisation = neighbour.organisation;
    let bytes = file(None, suite.full(world.now()));
    let theirs = devices::report_hand_in(&world.app, &neighbour, &bytes, None).await;
    assert_eq!(code(&theirs.unwrap_err()), "report.unknown_device");
}

async fn a_link_that_ended_or_was_used_by_another_enrols_nobody(world: World) {
    let (link, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    let (mut first, request) = by_link(&link, 1);
    hand_in(&world, &file(Some(&request), first.full(world.now()))).await.unwrap();
    // The same link and so the same device, with another key.
    let (mut second, request) = by_link(&link, 2);
    let refused = hand_in(&world, &file(Some(&request), second.full(world.now()))).await;
    assert_eq!(code(&refused.unwrap_err()), "report.signature");
    let (mut late, request) = offline(&world, 3).await;
    let bytes = file(Some(&request), late.full(world.now()));
    world.advance(devices::ENROLMENT_LIFE);
    assert_eq!(code(&hand_in(&world, &bytes).await.unwrap_err()), "enrolment.used");
    let invented = EnrolLink { token: Secret::new([3; 32]), ..link };
    let (mut nobody, request) = by_link(&invented, 4);
    nobody.device = Id::from_bits(77);
    let bytes = file(Some(&request), nobody.full(world.now()));
    assert_eq!(code(&hand_in(&world, &bytes).await.unwrap_err()), "enrolment.used");
    let bytes = file(None, nobody.full(world.now()));
    assert_eq!(code(&hand_in(&world, &bytes).await.unwrap_err()), "report.unknown_device");
}

async fn a_report_that_names_another_device_than_its_link_makes_is_refused(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    suite.device = Id::from_bits(12);
    let bytes = file(Some(&request), suite.full(world.now()));
    assert_eq!(code(&hand_in(&world, &bytes).await.unwrap_err()), "enrolment.used");
    assert!(!is_enrolled(&world, &suite).await);
}

async fn a_revoked_computer_hands_in_nothing(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    hand_in(&world, &file(Some(&request), suite.full(world.now()))).await.unwrap();
    devices::device_revoke(&world.app, &world.owner, suite.device, "sold").await.unwrap();
    let bytes = file(Some(&request), suite.full(world.now()));
    assert_eq!(code(&hand_in(&world, &bytes).await.unwrap_err()), "device.revoked");
}

async fn a_report_on_another_computers_page_is_refused(world: World) {
    let other = Computer::enrolled(&world, 9).await;
    let (mut suite, request) = offline(&world, 1).await;
    let bytes = file(Some(&request), suite.full(world.now()));
    let there = devices::report_hand_in(&world.app, &world.owner, &bytes, Some(other.device)).await;
    assert_eq!(code(&there.unwrap_err()), "report.other_device");
    let here = devices::report_hand_in(&world.app, &world.owner, &bytes, Some(suite.device)).await;
    assert!(here.unwrap().is_new);
}

async fn who_may_not_manage_devices_hands_in_nothing(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    let bytes = file(Some(&request), suite.full(world.now()));
    let member = world.as_role(Role::Member);
    let refused = devices::report_hand_in(&world.app, &member, &bytes, None).await;
    assert_eq!(code(&refused.unwrap_err()), "role.forbids");
}

async fn whose_right_ended_on_the_way_enrols_nobody(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    let bytes = file(Some(&request), suite.full(world.now()));
    // They were let in, and their session ended while the file arrived.
    let ended = closedset_app::Caller { session: Some(Id::from_bits(77)), ..world.owner.clone() };
    let before = world.entry_count(world.log()).await;
    let refused = devices::report_hand_in(&world.app, &ended, &bytes, None).await.unwrap_err();
    assert!(matches!(refused, Problem::NotSignedIn), "{refused}");
    assert!(!is_enrolled(&world, &suite).await);
    assert_eq!(world.entry_count(world.log()).await, before);
    // The link was not used up by it.
    assert!(hand_in(&world, &bytes).await.unwrap().is_new);
}

async fn reports_that_were_kept_back_leave_a_trace(world: World) {
    let (mut suite, request) = offline(&world, 1).await;
    let device = suite.device;
    let skipped = async |bytes: &[u8]| {
        hand_in(&world, bytes).await.unwrap();
        let newest = world.newest(world.log()).await;
        let detail = devices::device_detail(&world.app, &world.owner, device).await.unwrap();
        (
            world.body(newest.index).await["skipped"].as_i64(),
            detail.skipped.get(&newest.index).copied(),
        )
    };
    let mut files = Vec::new();
    for _ in 0..5 {
        world.advance(Duration::from_minutes(1));
        files.push(file(Some(&request), suite.full(world.now())));
    }
    // The first of all was not handed in, nor were two that showed what was then mended.
    assert_eq!(skipped(&files[1]).await, (Some(1), Some(1)));
    assert_eq!(skipped(&files[4]).await, (Some(2), Some(2)));
    let next = file(Some(&request), suite.full(world.now()));
    assert_eq!(skipped(&next).await, (Some(0), None));
}
