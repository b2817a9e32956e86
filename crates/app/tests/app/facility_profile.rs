//! What the facility is like: what is said of it counts for a year, and no longer than it is true.

use crate::{
    evidence::{document, upload},
    packs::{checked, pack, whole_period},
    world::{World, code, on_both, profile},
};
use closedset_app::{
    Problem,
    evidence::{self, NewDocument},
    facility_profile::{
        FacilityProfileShown, NewFacilityProfile, facility_profile, facility_profile_say,
        needs_to_read, needs_to_write,
    },
    frameworks::{framework_list, frameworks_choose},
    organisations::{self, Profile},
};
use closedset_core::{Actions, Duration, Role, Status, Subject, id::Document, id::Id};
use closedset_pack::Outcome;
use serde_json::json;
use std::{io::Read as _, process::Command};

on_both!(
    what_is_said_counts_for_a_year_and_is_then_asked_for_again,
    the_file_says_it_all,
    said_again_it_is_the_next_version_and_after_a_withdrawal_another_document,
    another_address_takes_it_back_and_another_time_zone_does_not,
    what_is_entered_wrongly_is_refused_by_field_all_at_once,
    two_who_say_it_do_not_undo_each_other,
    who_does_not_answer_the_framework_gives_no_document,
    a_pack_holds_it_and_verifies,
    it_takes_the_rights_to_evidence,
    another_organisation_has_its_own,
);

fn new() -> NewFacilityProfile {
    NewFacilityProfile {
        building: "shared".into(),
        floor_area_m2: "420".into(),
        rooms: "Second floor.\nContent: two grading rooms, the machine room.".into(),
        neighbours: "Below us a dentist, above us nobody.".into(),
        place: "40.41678, -3.70379".into(),
        seen: None,
    }
}

async fn say(world: &World) -> Id<Document> {
    facility_profile_say(&world.app, &world.owner, new()).await.unwrap().unwrap()
}

async fn shown(world: &World) -> FacilityProfileShown {
    facility_profile(&world.app, &world.owner).await.unwrap()
}

async fn status(world: &World) -> Status {
    world.status(&Subject::control("AD-1"), "ad-1-evidence").await
}

async fn what_is_said_counts_for_a_year_and_is_then_asked_for_again(world: World) {
    let before = shown(&world).await;
    assert!(before.profile.is_none() && before.file.is_none() && before.is_asked);
    assert_eq!(status(&world).await, Status::Unknown);
    let from = world.entry_count(world.log()).await;
    let id = say(&world).await;
    assert_eq!(
        world.kinds_from(from).await,
        ["document.added", "subject.assessed", "facility.described"]
    );
    let (version, _) = evidence::document_open(&world.app, &world.owner, id, None).await.unwrap();
    assert_eq!(version.file_name, "facility-profile-2026-03-12.pdf");
    let facility = shown(&world).await.facility.id;
    assert_eq!(
        world.body(from + 2).await,
        json!({
            "facility": facility, "building": "shared", "floor_area_m2": 420,
            "rooms": new().rooms, "neighbours": new().neighbours,
            "place": "40.416780, -3.703790", "document": id, "file": version.digest,
        })
    );
    assert_eq!(status(&world).await, Status::Pass);
    let now = shown(&world).await;
    let (said, file) = (now.profile.unwrap(), now.file.unwrap());
    assert_eq!((said.floor_area_m2, said.changes), (420, 1));
    assert_eq!(said.said_by.unwrap().name, world.owner.name);
    assert_eq!(
        (file.document, file.until.to_string(), file.counts),
        (id, "2027-03-12".into(), true)
    );
    world.advance(Duration::from_days(364));
    world.sweep().await;
    assert_eq!(status(&world).await, Status::Pass);
    assert!(!world.tasks(&Subject::control("AD-1"), "ad-1-evidence").await.is_empty());
    world.advance(Duration::from_days(2));
    world.sweep().await;
    assert_eq!(status(&world).await, Status::Unknown);
    assert!(!shown(&world).await.file.unwrap().counts);
    say(&world).await;
    assert_eq!(status(&world).await, Status::Pass);
}

async fn the_file_says_it_all(world: World) {
    let plan = NewDocument { title: "Floor plan".into(), ..document(&world) };
    upload(&world, &world.owner, plan, b"plan").await.unwrap();
    let id = say(&world).await;
    let titles: Vec<String> =
        shown(&world).await.others.into_iter().map(|item| item.title).collect();
    assert_eq!(titles, ["Floor plan"], "and not itself");
    let (_, mut reader) =
        evidence::document_open(&world.app, &world.owner, id, None).await.unwrap();
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    assert!(bytes.starts_with(b"%PDF"));
    let path = world.folder.path().join("profile.pdf");
    std::fs::write(&path, bytes).unwrap();
    let output = match Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() {
        Ok(output) => output,
        Err(_) if std::env::var_os("CLOSEDSET_REQUIRE_TOOLS").is_some_and(|set| set == "1") => {
            panic!("no pdftotext")
        }
        Err(_) => return,
    };
    let words = String::from_utf8(output.stdout).unwrap();
    for said in [
        "420 m²",
        "Rooms or floors of a building with others in it",
        "40.416780, -3.703790",
        "two grading rooms",
        "Below us a dentist",
        "Floor plan",
        "12 March 2027",
        &world.owner.name,
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
}

async fn said_again_it_is_the_next_version_and_after_a_withdrawal_another_document(world: World) {
    let first = say(&world).await;
    world.advance(Duration::from_days(10));
    assert_eq!(say(&world).await, first);
    let (version, _) =
        evidence::document_open(&world.app, &world.owner, first, None).await.unwrap();
    assert_eq!(version.number, 2);
    evidence::document_withdraw(&world.app, &world.owner, first, "It is wrong.").await.unwrap();
    assert!(!shown(&world).await.file.unwrap().counts);
    assert_ne!(say(&world).await, first);
}

async fn another_address_takes_it_back_and_another_time_zone_does_not(world: World) {
    say(&world).await;
    let zone = Profile { time_zone: "Europe/Lisbon".into(), ..profile() };
    organisations::profile_change(&world.app, &world.owner, zone).await.unwrap();
    assert_eq!(status(&world).await, Status::Pass);
    let moved = Profile { address: "Another street 2".into(), ..profile() };
    organisations::profile_change(&world.app, &world.owner, moved.clone()).await.unwrap();
    assert_eq!(status(&world).await, Status::Unknown);
    assert!(!shown(&world).await.file.unwrap().counts);
    // Once more takes nothing back.
    let from = world.entry_count(world.log()).await;
    let again = Profile { address: "A third street 3".into(), ..moved };
    organisations::profile_change(&world.app, &world.owner, again).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["facility.changed"]);
    say(&world).await;
    assert_eq!(status(&world).await, Status::Pass);
}

async fn what_is_entered_wrongly_is_refused_by_field_all_at_once(world: World) {
    let refused = async |new: NewFacilityProfile| {
        code(&facility_profile_say(&world.app, &world.owner, new).await.unwrap_err())
    };
    let from = world.entry_count(world.log()).await;
    let nothing = NewFacilityProfile { place: "here".into(), ..NewFacilityProfile::default() };
    assert_eq!(refused(nothing).await, "building floor_area_m2 rooms neighbours place");
    for floor in ["0", "-5", "12.5", "1000001", "9999999999999999999999", "a", "٤٢"] {
        assert_eq!(
            refused(NewFacilityProfile { floor_area_m2: floor.into(), ..new() }).await,
            "floor_area_m2"
        );
    }
    for text in ["\u{200b}", "a\u{202e}b", &"x".repeat(2_001)] {
        assert_eq!(refused(NewFacilityProfile { rooms: text.into(), ..new() }).await, "rooms");
    }
    assert_eq!(world.entry_count(world.log()).await, from);
}

async fn two_who_say_it_do_not_undo_each_other(world: World) {
    let seen = NewFacilityProfile { seen: Some(0), ..new() };
    facility_profile_say(&world.app, &world.owner, seen.clone()).await.unwrap();
    let late = facility_profile_say(&world.app, &world.owner, seen).await.unwrap_err();
    assert_eq!(code(&late), "facility.changed");
    let next = NewFacilityProfile { seen: Some(1), ..new() };
    facility_profile_say(&world.app, &world.owner, next).await.unwrap();
}

async fn who_does_not_answer_the_framework_gives_no_document(world: World) {
    let before = framework_list(&world.app, &world.owner).await.unwrap().chosen();
    let wanted = vec!["mpa-best-practices".to_owned()];
    frameworks_choose(&world.app, &world.owner, &wanted, &before).await.unwrap();
    let given = facility_profile_say(&world.app, &world.owner, new()).await.unwrap();
    assert_eq!(given, None);
    let shown = shown(&world).await;
    assert!(!shown.is_asked && shown.profile.is_some() && shown.file.is_none());
}

async fn a_pack_holds_it_and_verifies(world: World) {
    say(&world).await;
    world.advance(Duration::from_days(1));
    let made = pack(&world, whole_period(&world)).await;
    assert_eq!(checked(&world, &made).await.outcome(), Outcome::Valid);
}

async fn it_takes_the_rights_to_evidence(world: World) {
    for role in Role::ALL {
        let by = world.as_role(*role);
        let may = |needed: Actions| needed.iter().all(|action| role.may(action));
        let read = facility_profile(&world.app, &by).await;
        assert_eq!(read.is_ok(), may(needs_to_read()), "{role}");
        let before = world.entry_count(world.log()).await;
        let said = facility_profile_say(&world.app, &by, new()).await;
        assert_eq!(said.is_ok(), may(needs_to_write()), "{role}");
        if let Err(problem) = said {
            assert!(matches!(problem, Problem::Forbidden), "{role}");
            assert_eq!(world.entry_count(world.log()).await, before);
        }
    }
}

async fn another_organisation_has_its_own(world: World) {
    let there = world.neighbour().await;
    say(&world).await;
    // An organisation without a facility has nothing to describe, and sees none of this one's.
    let refused = facility_profile(&world.app, &there).await.unwrap_err();
    assert_eq!(code(&refused), "not_found");
    let refused = facility_profile_say(&world.app, &there, new()).await.unwrap_err();
    assert_eq!(code(&refused), "not_found");
}
