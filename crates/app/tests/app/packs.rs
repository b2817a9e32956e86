//! Packs of real data, held against their own verifier.

use crate::{
    backup::{self, Locked},
    computer::{Computer, screen_lock},
    evidence::sign,
    exceptions,
    world::{World, code, on_both},
};
use closedset_app::{
    devices::{self, Confirmed},
    evidence::{self, NewAttestation, NewDocument},
    ledger,
    packs::{self, NewPack, Remake},
};
use closedset_catalogue::{Catalogue, CatalogueFile};
use closedset_core::{Digest, Duration, Role, Status, Subject, Time};
use closedset_pack::{Report, Severity, VerifyOptions, lock::Identities, verify};
use std::{
    io::{Cursor, Read},
    path::Path,
};

const IDENTITY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
const RECIPIENT: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

on_both!(
    a_pack_of_everything_is_valid,
    a_pack_of_an_empty_organisation_is_valid,
    whatever_is_altered_in_a_pack_is_found,
    a_pack_leaves_room_for_no_older_or_foreign_log,
    a_pack_is_its_organisations_alone,
    what_fell_due_takes_effect_before_a_pack_is_made,
    a_database_that_says_otherwise_than_the_log_makes_no_valid_pack,
    a_history_from_which_a_failure_was_taken_makes_no_valid_pack,
    a_pack_after_a_start_that_found_expired_evidence_is_valid,
    a_pack_after_a_clock_that_went_back_is_valid,
    a_pack_just_after_a_computer_changed_is_silent,
    a_pack_for_somebody_is_kept_in_no_other_form,
    a_pack_without_names_is_whole_and_names_nobody,
    entries_from_before_are_verified_saved_and_packed,
    what_was_withdrawn_and_erased_leaves_a_valid_pack_and_nothing_takes_its_place,
);

pub fn whole_period(world: &World) -> NewPack {
    NewPack::of(Time::from_millis(0), world.now() + Duration::from_days(1))
}

pub async fn pack(world: &World, new: NewPack) -> Vec<u8> {
    let made = packs::pack_create(&world.app, &world.owner, new).await.unwrap();
    let (row, mut reader) = packs::pack_open(&world.app, &world.owner, made.id).await.unwrap();
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    assert_eq!(row.file, Some((Digest::of(&bytes), bytes.len() as i64)));
    bytes
}

pub async fn checked(world: &World, bytes: &[u8]) -> Report {
    let key = ledger::verifier_key(&world.app, world.log()).await.unwrap();
    let options = VerifyOptions {
        expected_key: Some(key),
        recompute: Some(&Remake::new(world.app.catalogue())),
        ..VerifyOptions::default()
    };
    verify(Cursor::new(bytes), &options).unwrap()
}

async fn upload(world: &World, control: &str, bytes: &[u8]) {
    let new = NewDocument {
        replaces: None,
        control: control.into(),
        title: format!("Proof of {control}"),
        file_name: "proof.pdf".into(),
        media_type: "application/pdf".into(),
        valid_from: None,
        valid_to: world.now() + Duration::from_days(60),
    };
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    sender.send(Ok(bytes.to_vec())).await.unwrap();
    drop(sender);
    evidence::document_add(&world.app, &world.owner, new, receiver).await.unwrap();
}

/// A month in the life of a small facility.
pub async fn live(world: &World) {
    let mut steady = Computer::reporting(world, 1).await;
    let mut silent = Computer::reporting(world, 2).await;
    let revoked = Computer::reporting(world, 3).await;
    let _never = Computer::enrolled(world, 4).await;
    upload(world, "AD-1", b"policy").await;
    upload(world, "AD-2", b"other policy").await;
    for (control, days) in [("IR-1", 10), ("IR-2", 100)] {
        let new = NewAttestation {
            control: control.into(),
            statement: "Rehearsed with everybody on the floor in March.".into(),
            valid_from: None,
            valid_to: world.now() + Duration::from_days(days),
        };
        evidence::attestation_sign(&world.app, &world.owner, new).await.unwrap();
    }
    for day in 0..20 {
        world.advance(Duration::from_days(1));
        if day % 5 == 0 {
            steady.say("screen_lock", screen_lock(if day % 10 == 0 { 60 } else { 10 }));
            steady.report(world).await.unwrap();
        } else {
            steady.confirm(world).await.unwrap();
        }
        if day == 3 {
            let reason = "sold to a friend";
            devices::device_revoke(&world.app, &world.owner, revoked.device, reason).await.unwrap();
        }
        if day % 7 == 0 {
            world.sweep().await;
        }
    }
    silent.confirm(world).await.unwrap();
    let said = Confirmed {
        name: "render-2".into(),
        has_screen: false,
        is_portable: false,
        handles_content: true,
    };
    devices::device_confirm(&world.app, &world.owner, silent.device, said).await.unwrap();
    let noted = world.record().await;
    ledger::entry_erase(&world.app, &world.owner, noted, "asked for by the person").await.unwrap();
}

async fn a_pack_of_everything_is_valid(world: World) {
    live(&world).await;
    let from = world.entry_count(world.log()).await;
    let bytes = pack(&world, whole_period(&world)).await;
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds.last().unwrap(), "pack.created");
    assert!(kinds.contains(&"confirmations.rolled_up".to_owned()), "{kinds:?}");
    let report = checked(&world, &bytes).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
    let doubts: Vec<_> =
        report.findings.iter().filter(|one| one.kind.severity() != Severity::Notice).collect();
    assert!(doubts.is_empty(), "{doubts:#?}");
    // A second one, later, is as good, and the first stays so.
    world.advance(Duration::from_days(9));
    world.sweep().await;
    let later = pack(&world, whole_period(&world)).await;
    assert!(checked(&world, &later).await.is_valid());
    assert!(checked(&world, &bytes).await.is_valid());
    assert!(world.verify().await.faults.is_empty());
}

async fn a_pack_of_an_empty_organisation_is_valid(world: World) {
    let bytes = pack(&world, whole_period(&world)).await;
    let report = checked(&world, &bytes).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
    let backwards = NewPack::of(world.now(), world.now());
    let refused = packs::pack_create(&world.app, &world.owner, backwards).await;
    assert_eq!(code(&refused.unwrap_err()), "to");
}

async fn whatever_is_altered_in_a_pack_is_found(world: World) {
    live(&world).await;
    let bytes = pack(&world, whole_period(&world)).await;
    let step = bytes.len() / 97;
    for place in (0..bytes.len()).step_by(step) {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        let report = checked(&world, &altered).await;
        assert!(!report.is_valid(), "byte {place} of {}", bytes.len());
        assert!(!report.findings.is_empty());
    }
    for length in [0, 1, 22, bytes.len() / 2, bytes.len() - 1] {
        assert!(!checked(&world, &bytes[..length]).await.is_valid(), "cut to {length}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(!checked(&world, &longer).await.is_valid());
}

async fn a_pack_leaves_room_for_no_older_or_foreign_log(world: World) {
    let bytes = pack(&world, whole_period(&world)).await;
    let other = crate::world::Bare::sqlite();
    let foreign = ledger::verifier_key(&other.app, closedset_core::entry::Log::Installation).await;
    let options =
        VerifyOptions { expected_key: Some(foreign.unwrap()), ..VerifyOptions::default() };
    assert!(!verify(Cursor::new(&bytes), &options).unwrap().is_valid());
}

async fn a_pack_is_its_organisations_alone(world: World) {
    let made = packs::pack_create(&world.app, &world.owner, whole_period(&world)).await.unwrap();
    let neighbour = world.neighbour().await;
    let theirs = packs::pack_open(&world.app, &neighbour, made.id).await;
    assert_eq!(code(&theirs.unwrap_err()), "not_found");
    assert!(packs::pack_list(&world.app, &neighbour).await.unwrap().is_empty());
    for role in [Role::Member, Role::Reception] {
        let refused =
            packs::pack_create(&world.app, &world.as_role(role), whole_period(&world)).await;
        assert_eq!(code(&refused.unwrap_err()), "role.forbids", "{role:?}");
    }
}

async fn a_pack_for_somebody_is_kept_in_no_other_form(world: World) {
    live(&world).await;
    let plain = pack(&world, whole_period(&world)).await;
    world.advance(Duration::from_minutes(1));
    let recipients = packs::recipients([RECIPIENT]).unwrap();
    let new = NewPack { recipients, ..whole_period(&world) };
    let made = packs::pack_create(&world.app, &world.owner, new.clone()).await.unwrap();
    assert_eq!(made.recipients, [RECIPIENT]);
    let listed = packs::pack_list(&world.app, &world.owner).await.unwrap();
    assert_eq!((&listed[0].recipients, listed[1].recipients.len()), (&made.recipients, 0));
    let name = packs::pack_file_name(&world.app, &world.owner, &made).await.unwrap();
    assert!(name.ends_with(".zip.age"), "{name}");
    let refused = packs::pack_report(&world.app, &world.owner, made.id).await;
    assert_eq!(code(&refused.unwrap_err()), "pack.encrypted");

    // What is kept is the age file, and the pack in it is as good as any.
    let kept = pack(&world, new).await;
    let identities = Identities::read(IDENTITY.as_bytes()).unwrap();
    let mut opened = identities.open(Cursor::new(&kept)).unwrap();
    let mut bytes = Vec::new();
    opened.read_to_end(&mut bytes).unwrap();
    let report = checked(&world, &bytes).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
    assert_eq!(report.about.unwrap().recipients, [RECIPIENT]);
    let report = checked(&world, &plain).await;
    assert!(report.about.unwrap().recipients.is_empty());
    assert!(!holds(&kept, b"manifest.json"));
    assert_eq!(files_with(world.folder.path(), b"manifest.json"), 1, "the plain one");
}

async fn a_pack_without_names_is_whole_and_names_nobody(world: World) {
    live(&world).await;
    let late = exceptions::late_to_lock(&world, 9).await;
    exceptions::granted(&world, exceptions::of_one(&late)).await;
    let new = NewPack { without_names: true, ..whole_period(&world) };
    let made = packs::pack_create(&world.app, &world.owner, new.clone()).await.unwrap();
    assert!(made.without_names);
    let listed = packs::pack_list(&world.app, &world.owner).await.unwrap();
    assert!(listed[0].without_names);
    let bytes = pack(&world, new.clone()).await;
    let report = checked(&world, &bytes).await;
    let errors: Vec<_> =
        report.findings.iter().filter(|one| one.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(report.outcome(), closedset_pack::Outcome::NotProven);
    let named = [world.owner.name.as_str(), "render-2", "Proof of AD-1", "proof.pdf", "Rehearsed"];
    let with = pack(&world, whole_period(&world)).await;
    for name in named {
        assert!(!holds(&bytes, name.as_bytes()), "{name}");
        assert!(holds(&with, name.as_bytes()), "{name}");
    }
    // To somebody, it is the same pack.
    let recipients = packs::recipients([RECIPIENT]).unwrap();
    let kept = pack(&world, NewPack { recipients, ..new.clone() }).await;
    let identities = Identities::read(IDENTITY.as_bytes()).unwrap();
    let mut opened = Vec::new();
    identities.open(Cursor::new(&kept)).unwrap().read_to_end(&mut opened).unwrap();
    assert!(checked(&world, &opened).await.about.unwrap().without_names);
    // Of some controls, what was given for them is made anew without anybody's name.
    let controls = vec!["AD-1".to_owned(), "IR-2".to_owned()];
    let limited = pack(&world, NewPack { controls, ..new }).await;
    let report = checked(&world, &limited).await;
    assert!(!report.findings.iter().any(|one| one.severity == Severity::Error), "{report:#?}");
    assert_eq!(report.counts.recomputed, report.counts.verdicts);
    assert!(!report.has(closedset_pack::FindingKind::Unshown), "{report:#?}");
}

async fn entries_from_before_are_verified_saved_and_packed(world: World) {
    live(&world).await;
    world.age().await;
    world.integrate().await;
    let report = world.verify().await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let bytes = pack(&world, whole_period(&world)).await;
    let report = checked(&world, &bytes).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
    let new = NewPack { without_names: true, ..whole_period(&world) };
    let report = checked(&world, &pack(&world, new.clone()).await).await;
    assert!(!report.findings.iter().any(|one| one.severity == Severity::Error), "{report:#?}");
    assert_eq!(
        (report.outcome(), report.counts.recomputed),
        (closedset_pack::Outcome::NotProven, 0)
    );
    let limited = NewPack { controls: vec!["AD-1".to_owned()], ..new };
    let refused = packs::pack_create(&world.app, &world.owner, limited).await;
    assert_eq!(code(&refused.unwrap_err()), "pack.older_entries");
    let locked = Locked::new();
    ledger::integrate(&world.app, closedset_core::entry::Log::Installation).await.unwrap();
    let file = backup::make(&world, &locked.lock);
    let (_place, app) = backup::restored(&world, &file, &locked).await;
    let whole = ledger::verify(&app, &world.owner).await.unwrap();
    assert!(whole.faults.is_empty(), "{:?}", whole.faults);
}

pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// How many files in and below the folder hold these bytes.
fn files_with(folder: &Path, part: &[u8]) -> usize {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .map(|path| match path.is_dir() {
            true => files_with(&path, part),
            false => usize::from(holds(&std::fs::read(path).unwrap(), part)),
        })
        .sum()
}

async fn what_fell_due_takes_effect_before_a_pack_is_made(world: World) {
    let computer = Computer::reporting(&world, 1).await;
    upload(&world, "AD-1", b"policy").await;
    world.advance(Duration::from_days(61));
    // Nobody has swept.
    let later = NewPack::of(Time::from_millis(0), world.now() + Duration::from_days(900));
    let made = packs::pack_create(&world.app, &world.owner, later).await.unwrap();
    assert_eq!(made.period_to, world.now(), "nothing is known of what is to come");
    let bytes = pack(&world, whole_period(&world)).await;
    let report = checked(&world, &bytes).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
    let status = world.status(&computer.subject(), "device-screen-lock").await;
    assert_eq!(status, closedset_core::Status::Unknown);
    let future = NewPack::of(world.now(), world.now() + Duration::from_days(1));
    let refused = packs::pack_create(&world.app, &world.owner, future).await;
    assert_eq!(code(&refused.unwrap_err()), "from");
}

async fn a_database_that_says_otherwise_than_the_log_makes_no_valid_pack(world: World) {
    let _computer = Computer::reporting(&world, 1).await;
    let new = NewAttestation {
        control: "IR-1".into(),
        statement: "Rehearsed with everybody on the floor in March.".into(),
        valid_from: None,
        valid_to: world.now() + Duration::from_days(10),
    };
    let id = evidence::attestation_sign(&world.app, &world.owner, new).await.unwrap();
    evidence::attestation_withdraw(&world.app, &world.owner, id, "a mistake").await.unwrap();
    assert!(checked(&world, &pack(&world, whole_period(&world)).await).await.is_valid());
    for (change, back) in [
        (
            "UPDATE attestation SET withdrawn_at = NULL",
            "UPDATE attestation SET withdrawn_at = 1773307800000",
        ),
        ("UPDATE attestation SET control = 'IR-2'", "UPDATE attestation SET control = 'IR-1'"),
        ("UPDATE device SET revoked_at = 1773307800000", "UPDATE device SET revoked_at = NULL"),
        ("UPDATE device SET name = 'vault'", "UPDATE device SET name = 'suite-1'"),
        (
            "UPDATE organisation SET name = 'Another Ltd'",
            "UPDATE organisation SET name = 'Halide Post'",
        ),
        (
            "UPDATE facility SET address = 'Elsewhere'",
            "UPDATE facility SET address = 'Kvarngatan 4\n118 47 Stockholm'",
        ),
        (
            "UPDATE facility SET time_zone = 'Asia/Tokyo'",
            "UPDATE facility SET time_zone = 'Europe/Stockholm'",
        ),
    ] {
        world.tamper(change).await;
        let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
        assert!(!report.is_valid(), "{change}");
        assert!(report.has(closedset_pack::FindingKind::Contradiction), "{:#?}", report.findings);
        world.tamper(back).await;
    }
    world.tamper("UPDATE facility SET time_zone = 'Mars/Olympus'").await;
    let refused = packs::pack_create(&world.app, &world.owner, whole_period(&world)).await;
    assert_eq!(code(&refused.unwrap_err()), "pack.zone");
}

async fn a_history_from_which_a_failure_was_taken_makes_no_valid_pack(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    for minutes in [60, 10] {
        world.advance(Duration::from_hours(1));
        computer.say("screen_lock", screen_lock(minutes));
        computer.report(&world).await.unwrap();
    }
    assert!(checked(&world, &pack(&world, whole_period(&world)).await).await.is_valid());
    // What passed before goes on as if nothing had been.
    world.tamper("DELETE FROM verdict WHERE status = 'fail' AND ended_at IS NOT NULL").await;
    let joined = "UPDATE verdict SET ended_at = (SELECT MIN(n.began_at) FROM verdict n \
                  WHERE n.subject = verdict.subject AND n.check_id = verdict.check_id \
                  AND n.began_at > verdict.began_at) WHERE ended_at IS NOT NULL AND began_at < ended_at \
                  AND check_id = 'device-screen-lock'";
    world.tamper(joined).await;
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.has(closedset_pack::FindingKind::Contradiction), "{:#?}", report.findings);
}

fn own_check() -> Catalogue {
    let text = r#"
[[check]]
id = "own-short-lock"
framework = "netflix-minimum"
control = "IS-7"
title = "Screens lock early"
over = "device"
needs = ["screen_lock"]
fresh_for = "7d"
pass = "screen_lock.longest_s <= 60"
because = "'locks after ' + string(screen_lock.longest_s) + ' s'"
wanted = "Screens lock early."
version = 1
"#;
    Catalogue::with(&[CatalogueFile { name: "checks/own.toml", text }]).unwrap()
}

/// Every interval is followed by the next, and none ends before it begins.
async fn is_in_order(world: &World, control: &str, check: &str) -> Vec<Status> {
    let history = world.history(&Subject::control(control), check).await;
    for (_, began, ended) in &history {
        assert!(ended.is_none_or(|ended| ended >= *began), "{history:?}");
    }
    history
        .into_iter()
        .filter(|(_, began, ended)| *ended != Some(*began))
        .map(|one| one.0)
        .collect()
}

async fn a_pack_after_a_start_that_found_expired_evidence_is_valid(world: World) {
    let world = world.with_catalogue(own_check()).await;
    let ends = world.now() + Duration::from_hours(1);
    sign(&world, "AD-6", None, ends).await;
    // Nobody looked at the end of it before the next start, with another catalogue.
    world.clock.set(ends + Duration::from_hours(5));
    let world = world.with_catalogue(Catalogue::embedded().unwrap()).await;
    world.sweep().await;
    let statuses = is_in_order(&world, "AD-6", "ad-6-evidence").await;
    assert_eq!(statuses, [Status::Pass, Status::Unknown]);
    let verdict = world.verdict(&Subject::control("AD-6"), "ad-6-evidence").await;
    assert_eq!(verdict.began_at, ends);
    let bytes = pack(&world, whole_period(&world)).await;
    let report = checked(&world, &bytes).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
}

async fn a_pack_after_a_clock_that_went_back_is_valid(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let right = world.now();
    world.clock.set(right + Duration::from_hours(1));
    let id = sign(&world, "AD-6", None, right + Duration::from_days(9)).await;
    world.clock.set(right + Duration::from_minutes(1));
    let id = id.parse().unwrap();
    evidence::attestation_withdraw(&world.app, &world.owner, id, "a mistake").await.unwrap();
    sign(&world, "AD-6", None, right + Duration::from_days(9)).await;
    computer.say("screen_lock", screen_lock(60));
    computer.report(&world).await.unwrap();
    upload(&world, "AD-1", b"policy").await;
    world.sweep().await;
    let statuses = is_in_order(&world, "AD-6", "ad-6-evidence").await;
    assert_eq!(statuses.last(), Some(&Status::Pass));
    let bytes = pack(&world, whole_period(&world)).await;
    let report = checked(&world, &bytes).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
}

async fn a_pack_just_after_a_computer_changed_is_silent(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    world.advance(Duration::from_days(1));
    computer.confirm(&world).await.unwrap();
    world.advance(Duration::from_hours(2));
    computer.say("screen_lock", screen_lock(45));
    computer.report(&world).await.unwrap();
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.is_valid() && report.findings.is_empty(), "{:#?}", report.findings);
}

async fn what_was_withdrawn_and_erased_leaves_a_valid_pack_and_nothing_takes_its_place(
    world: World,
) {
    let (app, owner) = (&world.app, &world.owner);
    let until = world.now() + Duration::from_days(50);
    sign(&world, "AD-1", None, until).await;
    world.advance(Duration::from_minutes(1));
    let entry = world.entry_count(world.log()).await;
    let neighbour = NewAttestation {
        control: "AD-1".into(),
        statement: "Mister Miller of 4 Elm Street lives beside us.".into(),
        valid_from: None,
        valid_to: until,
    };
    let id = evidence::attestation_sign(app, owner, neighbour).await.unwrap();
    evidence::attestation_withdraw(app, owner, id, "It names a neighbour.").await.unwrap();
    ledger::entry_erase(app, owner, entry, "Article 17: he objects").await.unwrap();
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
    assert!(report.has(closedset_pack::FindingKind::Erased));
    assert_eq!((report.counts.attestations, report.counts.recomputed), (1, report.counts.verdicts));
    // Put back in the database, it stands in no pack.
    let put_back = "UPDATE attestation SET withdrawn_at = NULL, signed_by = 'The assessor' \
                    WHERE withdrawn_at IS NOT NULL";
    world.tamper(put_back).await;
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
    assert_eq!(report.counts.attestations, 1);
}
