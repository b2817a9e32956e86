//! Packs that are limited to some controls, of real data: nothing else is in them, and they verify.

use crate::{
    computer::Computer,
    exceptions::{granted, late_to_lock, of_all, of_control},
    own_checks::{locks_within, written},
    packs::{checked, holds, live, pack, whole_period},
    world::{World, code, on_both},
};
use closedset_app::{
    exceptions::{self, NewException},
    packs::{self, NewPack, Remake},
};
use closedset_catalogue::Catalogue;
use closedset_core::{Duration, exception::ExceptionForm, own_check::Terms};
use closedset_pack::{FindingKind, Outcome, Recompute as _, Severity};

on_both!(
    a_limited_pack_is_valid_and_holds_nothing_else,
    what_happened_to_its_controls_is_in_it,
    a_failing_control_cannot_be_made_to_pass_in_a_limited_pack,
    only_controls_that_are_not_tested_on_computers_can_be_chosen,
    what_is_excepted_on_one_computer_stands_in_no_limited_pack,
);

fn limited_to(world: &World, controls: &[&str]) -> NewPack {
    let controls = controls.iter().map(|id| (*id).to_owned()).collect();
    NewPack { controls, ..whole_period(world) }
}

async fn assert_valid(world: &World, new: NewPack) -> Vec<u8> {
    let bytes = pack(world, new).await;
    let report = checked(world, &bytes).await;
    let doubts: Vec<_> =
        report.findings.iter().filter(|one| one.kind.severity() != Severity::Notice).collect();
    assert!(report.is_valid() && doubts.is_empty(), "{doubts:#?}");
    bytes
}

async fn a_limited_pack_is_valid_and_holds_nothing_else(world: World) {
    live(&world).await;
    granted(&world, of_control("AD-9", ExceptionForm::NoneExists)).await;
    let whole = assert_valid(&world, whole_period(&world)).await;
    let others: [&[u8]; 7] = [
        b"render-2",
        b"device-screen-lock",
        b"device.enrolled",
        b"dev_",
        b"Proof of AD-2",
        b"other policy",
        b"sold to a friend",
    ];
    for other in others.iter().filter(|other| ***other != *b"device.enrolled") {
        assert!(holds(&whole, other), "{}", String::from_utf8_lossy(other));
    }
    let bytes = assert_valid(&world, limited_to(&world, &["IR-1", "AD-1", "AD-1"])).await;
    for other in others.iter().filter(|other| ***other != *b"device.enrolled") {
        assert!(!holds(&bytes, other), "{}", String::from_utf8_lossy(other));
    }
    assert!(holds(&bytes, b"Proof of AD-1") && holds(&bytes, b"Rehearsed with everybody"));
    assert!(bytes.len() < whole.len());
    let report = checked(&world, &bytes).await;
    // As the framework has them, each once.
    assert_eq!(report.about.as_ref().unwrap().controls, ["AD-1", "IR-1"]);
    assert_eq!((report.counts.controls, report.counts.devices), (2, 0));
    let listed = packs::pack_list(&world.app, &world.owner).await.unwrap();
    assert!(listed.iter().any(|row| row.controls == ["AD-1", "IR-1"]));
    let created = world.body(listed[0].entry).await;
    assert!(created["controls"].is_array() || listed[0].controls.is_empty());
    // All that can be chosen, at once.
    let all = packs::choices(&world.app, &world.owner).await.unwrap();
    let all: Vec<&str> =
        all.iter().filter(|one| one.can_be_chosen).map(|one| one.id.as_str()).collect();
    assert!(all.len() > 20, "{all:?}");
    assert_valid(&world, limited_to(&world, &all)).await;
    assert!(world.verify().await.faults.is_empty());
}

async fn what_happened_to_its_controls_is_in_it(world: World) {
    Computer::reporting(&world, 1).await;
    let back = granted(&world, of_control("AD-8", ExceptionForm::NoneExists)).await;
    granted(&world, of_control("PH-6", ExceptionForm::NotApplicable)).await;
    let signed =
        crate::evidence::sign(&world, "IR-1", None, world.now() + Duration::from_days(9)).await;
    world.advance(Duration::from_days(1));
    exceptions::exception_withdraw(&world.app, &world.owner, back, "one was found").await.unwrap();
    let id = signed.parse().unwrap();
    closedset_app::evidence::attestation_withdraw(&world.app, &world.owner, id, "it was not so")
        .await
        .unwrap();
    let bytes = assert_valid(&world, limited_to(&world, &["AD-8", "IR-1"])).await;
    assert!(holds(&bytes, b"one was found") && holds(&bytes, b"it was not so"));
    assert!(!holds(&bytes, b"PH-6"));
    let bytes = assert_valid(&world, limited_to(&world, &["PH-6"])).await;
    assert!(!holds(&bytes, b"one was found") && !holds(&bytes, b"it was not so"));
    // What is erased by law is told in the packs of its control, and in no other.
    let entry =
        world.kinds_from(0).await.iter().position(|kind| kind == "attestation.signed").unwrap();
    let reason = "asked for by the person";
    closedset_app::ledger::entry_erase(&world.app, &world.owner, entry as i64, reason)
        .await
        .unwrap();
    world.advance(Duration::from_days(1));
    let from = world.now() - Duration::from_hours(1);
    for (control, is_told) in [("IR-1", true), ("PH-6", false)] {
        let new = NewPack { from, ..limited_to(&world, &[control]) };
        let bytes = pack(&world, new).await;
        let report = checked(&world, &bytes).await;
        assert_ne!(report.outcome(), Outcome::NotValid, "{control}: {:#?}", report.findings);
        assert_eq!(report.has(FindingKind::Erased), is_told, "{control}");
        assert_eq!(holds(&bytes, reason.as_bytes()), is_told, "{control}");
    }
}

async fn a_failing_control_cannot_be_made_to_pass_in_a_limited_pack(world: World) {
    let signed =
        crate::evidence::sign(&world, "IR-1", None, world.now() + Duration::from_days(9)).await;
    assert_valid(&world, limited_to(&world, &["IR-1"])).await;
    let id = signed.parse().unwrap();
    world.advance(Duration::from_days(1));
    closedset_app::evidence::attestation_withdraw(&world.app, &world.owner, id, "it was not so")
        .await
        .unwrap();
    world.tamper("UPDATE attestation SET withdrawn_at = NULL").await;
    let bytes = pack(&world, limited_to(&world, &["IR-1"])).await;
    let report = checked(&world, &bytes).await;
    assert!(!report.is_valid() && report.has(FindingKind::Contradiction), "{:#?}", report.findings);
}

async fn only_controls_that_are_not_tested_on_computers_can_be_chosen(world: World) {
    for (control, says) in
        [("IS-7", "tested on computers"), ("XX-1", "no control"), ("", "no control")]
    {
        let refused =
            packs::pack_create(&world.app, &world.owner, limited_to(&world, &["AD-1", control]));
        let refused = refused.await.unwrap_err();
        assert_eq!(code(&refused), "controls");
        assert!(format!("{refused:?}").contains(says), "{refused:?}");
    }
    let choices = packs::choices(&world.app, &world.owner).await.unwrap();
    let of = |id: &str| choices.iter().find(|one| one.id == id).unwrap().can_be_chosen;
    assert!(of("AD-1") && of("PH-3") && of("IR-1") && !of("IS-7") && !of("IS-3"));
    assert_eq!(choices.len(), 33);
}

/// A control that is missing from a pack of all is found, and only there.
#[test]
fn a_control_may_be_missing_from_a_limited_pack_alone() {
    let catalogue = Catalogue::embedded().unwrap();
    let remake = Remake::new(&catalogue);
    let folder = &catalogue.frameworks()[0];
    let scope = |controls: &[&str]| closedset_pack::rows::Scope {
        framework: folder.id.clone(),
        framework_title: folder.title.clone(),
        framework_version: folder.version.clone(),
        controls: controls.iter().map(|id| (*id).to_owned()).collect(),
        recipient: String::new(),
        from: closedset_core::Time::from_millis(0),
        to: closedset_core::Time::from_millis(1),
    };
    let missing = |controls: &[&str]| remake.differences(&scope(controls), &[]);
    assert_eq!(missing(&[]).len(), 33);
    assert_eq!(missing(&["AD-1", "IR-2"]), ["AD-1 is missing", "IR-2 is missing"]);
}

async fn what_is_excepted_on_one_computer_stands_in_no_limited_pack(world: World) {
    let computer = late_to_lock(&world, 1).await;
    let terms = Terms { control: "AD-5".into(), ..locks_within(60) };
    let check = written(&world, terms).await;
    let one = NewException {
        control: "AD-5".into(),
        check: Some(check.id.to_string()),
        subject: Some(computer.subject()),
        reason: "the colourist's own desk".into(),
        ..of_all()
    };
    granted(&world, one).await;
    let whole = assert_valid(&world, whole_period(&world)).await;
    assert!(holds(&whole, "the colourist's own desk".as_bytes()));
    let bytes = assert_valid(&world, limited_to(&world, &["AD-5"])).await;
    for other in ["the colourist's own desk", "dev_", "screen_lock.longest_s"] {
        assert!(!holds(&bytes, other.as_bytes()), "{other}");
    }
}
