//! Enrolment: what a one-time link does, once.

use crate::{
    computer::{Computer, request},
    world::{World, code, on_both},
};
use closedset_app::devices;
use closedset_core::{Duration, Role, Secret, check_in::EnrolRequest};
use ed25519_dalek::SigningKey;

on_both!(
    a_link_enrols_one_device_and_says_where_it_belongs,
    the_same_key_asking_again_gets_the_same_answer_until_it_is_revoked,
    a_link_does_not_outlive_its_day,
    a_key_that_is_enrolled_cannot_be_enrolled_again,
    a_key_that_the_asker_does_not_hold_is_refused,
    a_token_that_is_none_of_ours_is_refused,
    two_that_use_one_link_at_once_are_one_device,
    whoever_may_not_manage_devices_makes_no_link,
    a_name_is_cleaned_and_never_empty,
);

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

async fn a_link_enrols_one_device_and_says_where_it_belongs(world: World) {
    let (link, expires_at) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    assert_eq!(expires_at, world.now() + Duration::from_hours(24));
    let before = world.entry_count(world.log()).await;
    let answer = devices::enrol(&world.app, request(&link, &key(1), "suite-1")).await.unwrap();
    assert_eq!((answer.organisation, answer.every_s), (world.organisation(), 300));
    let kinds = world.kinds_from(before).await;
    assert_eq!(kinds, ["device.enrolled", "subject.assessed"]);
    let body = world.body(before).await;
    assert_eq!(body["device"], answer.device.to_string());
    assert_eq!(body["enrolment"], answer.enrolment.to_string());
    assert_eq!(body["name"], "suite-1");
    let second = devices::enrol(&world.app, request(&link, &key(2), "suite-2")).await;
    assert_eq!(code(&second.unwrap_err()), "enrolment.used");
    assert_eq!(world.entry_count(world.log()).await, before + 2);
}

async fn the_same_key_asking_again_gets_the_same_answer_until_it_is_revoked(world: World) {
    let (link, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    let ask = || devices::enrol(&world.app, request(&link, &key(1), "suite-1"));
    let answer = ask().await.unwrap();
    // Even when the link's day is over: the answer may have been lost on the way.
    world.advance(Duration::from_days(2));
    let before = world.entry_count(world.log()).await;
    assert_eq!(ask().await.unwrap(), answer);
    assert_eq!(world.entry_count(world.log()).await, before);
    devices::device_revoke(&world.app, &world.owner, answer.device, "sold").await.unwrap();
    assert_eq!(code(&ask().await.unwrap_err()), "enrolment.used");
}

async fn a_link_does_not_outlive_its_day(world: World) {
    let (link, expires_at) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    world.clock.set(expires_at);
    let late = devices::enrol(&world.app, request(&link, &key(1), "suite-1")).await;
    assert_eq!(code(&late.unwrap_err()), "enrolment.used");
    world.clock.set(expires_at - Duration::from_millis(1));
    devices::enrol(&world.app, request(&link, &key(1), "suite-1")).await.unwrap();
}

async fn a_key_that_is_enrolled_cannot_be_enrolled_again(world: World) {
    let computer = Computer::enrolled(&world, 1).await;
    let neighbour = world.neighbour().await;
    for caller in [&world.owner, &neighbour] {
        let (link, _) = devices::enrolment_create(&world.app, caller).await.unwrap();
        let again = devices::enrol(&world.app, request(&link, &computer.key, "a copy")).await;
        assert_eq!(code(&again.unwrap_err()), "device.known");
        // The link is not used up by that.
        let seed = if caller.organisation == neighbour.organisation { 8 } else { 9 };
        devices::enrol(&world.app, request(&link, &key(seed), "another")).await.unwrap();
    }
}

async fn a_key_that_the_asker_does_not_hold_is_refused(world: World) {
    let (link, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    let own = request(&link, &key(1), "suite-1");
    let foreign = request(&link, &key(2), "suite-2");
    let forged = EnrolRequest { key: foreign.key, ..own.clone() };
    assert_eq!(code(&devices::enrol(&world.app, forged).await.unwrap_err()), "enrolment.signature");
    let (other, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    let moved = EnrolRequest { token: other.token.to_token(), ..own };
    assert_eq!(code(&devices::enrol(&world.app, moved).await.unwrap_err()), "enrolment.signature");
}

async fn a_token_that_is_none_of_ours_is_refused(world: World) {
    let (mut link, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    link.token = Secret::new([7; 32]);
    let wrong = devices::enrol(&world.app, request(&link, &key(1), "suite-1")).await;
    assert_eq!(code(&wrong.unwrap_err()), "enrolment.used");
    for token in ["", "AAAA", "../../etc/passwd", &"A".repeat(100_000)] {
        let request = EnrolRequest::signed(token.to_owned(), &key(1), "suite-1".into());
        let refused = devices::enrol(&world.app, request).await;
        assert_eq!(code(&refused.unwrap_err()), "enrolment.used");
    }
}

async fn two_that_use_one_link_at_once_are_one_device(world: World) {
    let (link, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    let asked: Vec<_> = (0..8)
        .map(|seed| {
            let (app, request) = (world.app.clone(), request(&link, &key(seed), "suite"));
            tokio::spawn(async move { devices::enrol(&app, request).await })
        })
        .collect();
    let mut enrolled = 0;
    for one in asked {
        match one.await.unwrap() {
            Ok(_) => enrolled += 1,
            Err(problem) => assert_eq!(code(&problem), "enrolment.used"),
        }
    }
    assert_eq!(enrolled, 1);
    let (devices, _) = devices::device_list(&world.app, &world.owner, None, 200).await.unwrap();
    assert_eq!(devices.len(), 1);
}

async fn whoever_may_not_manage_devices_makes_no_link(world: World) {
    for role in [Role::Member, Role::Auditor, Role::Reception] {
        let refused = devices::enrolment_create(&world.app, &world.as_role(role)).await;
        assert_eq!(code(&refused.unwrap_err()), "role.forbids", "{role:?}");
    }
}

async fn a_name_is_cleaned_and_never_empty(world: World) {
    let long = "n".repeat(1000);
    let names = [("\u{7}\n ", "unnamed computer"), ("a\r\nb", "ab"), (&long, &long[..253])];
    for (seed, (given, kept)) in (1..).zip(names) {
        let (link, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
        let answer = devices::enrol(&world.app, request(&link, &key(seed), given)).await.unwrap();
        let detail = devices::device_detail(&world.app, &world.owner, answer.device).await.unwrap();
        assert_eq!(detail.device.name, kept);
    }
    // PostgreSQL cannot hold a NUL; it is a control character like any other.
    let (link, _) = devices::enrolment_create(&world.app, &world.owner).await.unwrap();
    devices::enrol(&world.app, request(&link, &key(9), "a\0b")).await.unwrap();
}
