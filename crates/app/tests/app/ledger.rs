//! The ledger seen whole: erasure, damage that is named, proofs that stand alone, and the hourly
//! entry over confirmations.

use crate::{
    backup::apart,
    computer::{Computer, screen_lock},
    world::{World, code, on_both},
};
use closedset_app::{
    devices,
    evidence::{self, NewAttestation, NewDocument},
    ledger, organisations,
};
use closedset_core::{Digest, Duration, Role, entry::Envelope};
use closedset_merkle::{Checkpoint, Proof, leaf_hash, tree::verify_inclusion};
use closedset_pack::Severity;
use closedset_store::{DatabaseUrl, Value, ledger as ledger_store, portable::Snapshot};
use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::PathBuf};

on_both!(
    the_ledger_verifies_and_every_entry_has_a_proof,
    an_erased_body_leaves_a_tombstone_and_a_whole_ledger,
    entries_that_others_rest_on_are_not_erased,
    what_is_in_force_is_not_erased_until_something_newer_took_its_place,
    what_vouches_for_a_document_is_kept_until_it_is_withdrawn,
    erasing_reaches_the_words_wherever_the_database_keeps_them,
    every_kind_of_damage_is_named_and_never_served,
    damage_is_not_built_upon,
    changes_in_the_database_are_named,
    a_body_that_is_not_what_its_entry_commits_to_is_not_shown,
    columns_that_say_otherwise_than_their_envelope_are_named,
    an_erasure_of_which_no_entry_tells_is_named,
    confirmations_are_committed_to_once,
    confirmations_of_an_hour_are_rolled_up_by_themselves,
    integration_again_writes_the_same_bytes,
);

async fn the_ledger_verifies_and_every_entry_has_a_proof(world: World) {
    for _ in 0..300 {
        world.record().await;
    }
    let report = world.verify().await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let count = world.entry_count(world.log()).await;
    assert_eq!(
        (report.entries, report.bodies, report.signed),
        (count as u64, count as u64, count as u64)
    );
    let key = ledger::verifier_key(&world.app, world.log()).await.unwrap().parse().unwrap();
    for index in [0, 1, 255, 256, count - 1] {
        let text = ledger::entry_proof(&world.app, &world.owner, index).await.unwrap();
        let proof = Proof::parse(text.as_bytes()).unwrap();
        let entry = ledger::entry_detail(&world.app, &world.owner, index).await.unwrap();
        let opened = Checkpoint::open(proof.checkpoint.to_string().as_bytes(), &key, &[]).unwrap();
        let head = opened.checkpoint.head();
        let leaf = leaf_hash(&entry.entry.envelope);
        verify_inclusion(head, (proof.index, &leaf), &proof.hashes).unwrap();
        let (body, salt) = entry.body.unwrap();
        let envelope = Envelope::from_canonical(&entry.entry.envelope).unwrap();
        assert!(envelope.commitment().is_to(&salt, &body));
    }
    let missing = ledger::entry_proof(&world.app, &world.owner, count).await;
    assert_eq!(code(&missing.unwrap_err()), "not_found");
    let missing = ledger::entry_proof(&world.app, &world.owner, -1).await;
    assert_eq!(code(&missing.unwrap_err()), "not_found");
}

async fn a_body_that_is_not_what_its_entry_commits_to_is_not_shown(world: World) {
    for _ in 0..3 {
        world.record().await;
    }
    ledger::entry_detail(&world.app, &world.owner, 2).await.unwrap();
    world.tamper("UPDATE entry_body SET body = salt WHERE log <> 'installation' AND idx = 2").await;
    let shown = ledger::entry_detail(&world.app, &world.owner, 2).await;
    assert_eq!(code(&shown.unwrap_err()), "database.damaged");
}

async fn an_erased_body_leaves_a_tombstone_and_a_whole_ledger(world: World) {
    let index = world.record().await;
    world.integrate().await;
    let proof = ledger::entry_proof(&world.app, &world.owner, index).await.unwrap();
    let reason = "the visitor asked for it";
    for role in [Role::Member, Role::Auditor] {
        let refused = ledger::entry_erase(&world.app, &world.as_role(role), index, reason).await;
        assert_eq!(code(&refused.unwrap_err()), "role.forbids");
    }
    let short = ledger::entry_erase(&world.app, &world.owner, index, "because").await;
    assert_eq!(code(&short.unwrap_err()), "reason");
    ledger::entry_erase(&world.app, &world.owner, index, reason).await.unwrap();
    let again = ledger::entry_erase(&world.app, &world.owner, index, reason).await;
    assert_eq!(code(&again.unwrap_err()), "entry.erased");
    let detail = ledger::entry_detail(&world.app, &world.owner, index).await.unwrap();
    assert!(detail.body.is_none() && detail.entry.is_erased);
    assert_eq!(world.newest(world.log()).await.kind, "entry.erased");
    let report = world.verify().await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!((report.tombstones, report.bodies), (1, report.entries - 1));
    let head = ledger::head(&world.app, &world.owner).await.unwrap();
    assert_eq!(head.tombstones, 1);
    // The proof from before is as good as it was; a new one says the same leaf.
    let later = ledger::entry_proof(&world.app, &world.owner, index).await.unwrap();
    let before = Proof::parse(proof.as_bytes()).unwrap();
    let after = Proof::parse(later.as_bytes()).unwrap();
    assert_eq!(before.index, after.index);
    let missing = ledger::entry_erase(&world.app, &world.owner, 100_000, reason).await;
    assert_eq!(code(&missing.unwrap_err()), "not_found");
}

async fn entries_that_others_rest_on_are_not_erased(world: World) {
    let from = world.entry_count(world.log()).await;
    Computer::enrolled(&world, 1).await;
    let kinds = world.kinds_from(from).await;
    let enrolled = kinds.iter().position(|kind| kind == "device.enrolled").unwrap();
    for index in [0, from + enrolled as i64] {
        let reason = "it is inconvenient";
        let refused = ledger::entry_erase(&world.app, &world.owner, index, reason).await;
        assert_eq!(code(&refused.unwrap_err()), "entry.kept");
    }
    let neighbour = world.neighbour().await;
    let theirs = ledger::entry_erase(&world.app, &neighbour, from, "not mine at all");
    assert_eq!(code(&theirs.await.unwrap_err()), "not_found");
}

async fn what_is_in_force_is_not_erased_until_something_newer_took_its_place(world: World) {
    let from = world.entry_count(world.log()).await;
    let mut computer = Computer::reporting(&world, 1).await;
    let kinds = world.kinds_from(from).await;
    let checked_in = kinds.iter().position(|kind| kind == "device.checked_in").unwrap();
    let index = from + i64::try_from(checked_in).unwrap();
    let erase = || ledger::entry_erase(&world.app, &world.owner, index, "it is inconvenient");
    assert_eq!(code(&erase().await.unwrap_err()), "entry.in_force");
    computer.say("screen_lock", screen_lock(5));
    computer.report(&world).await.unwrap();
    assert_eq!(code(&erase().await.unwrap_err()), "entry.in_force", "two facts are left");
    computer.facts.retain(|kind, _| kind == "screen_lock");
    computer.report(&world).await.unwrap();
    erase().await.unwrap();
    // What the organisation and its facility are called: a pack says so.
    let named = world.entry_count(world.log()).await;
    let profile = crate::world::profile();
    organisations::profile_change(&world.app, &world.owner, profile.clone()).await.unwrap();
    let erase = || ledger::entry_erase(&world.app, &world.owner, named, "the old address is gone");
    assert_eq!(code(&erase().await.unwrap_err()), "entry.in_force");
    organisations::profile_change(&world.app, &world.owner, profile).await.unwrap();
    erase().await.unwrap();
}

async fn what_vouches_for_a_document_is_kept_until_it_is_withdrawn(world: World) {
    let new = crate::evidence::document(&world);
    let first = world.entry_count(world.log()).await;
    let id = crate::evidence::upload(&world, &world.owner, new.clone(), b"one").await.unwrap();
    let second = world.entry_count(world.log()).await;
    let newer = NewDocument { replaces: Some(id), ..new };
    crate::evidence::upload(&world, &world.owner, newer, b"two").await.unwrap();
    let erase = |index| ledger::entry_erase(&world.app, &world.owner, index, "it is inconvenient");
    for from in [first, second] {
        let kinds = world.kinds_from(from).await;
        let added = kinds.iter().position(|kind| kind == "document.added").unwrap();
        let index = from + i64::try_from(added).unwrap();
        assert_eq!(code(&erase(index).await.unwrap_err()), "entry.in_force");
    }
    evidence::document_withdraw(&world.app, &world.owner, id, "a mistake").await.unwrap();
    let kinds = world.kinds_from(first).await;
    for (index, kind) in (first..).zip(&kinds) {
        if kind == "document.added" {
            erase(index).await.unwrap();
        }
    }
    let signed = world.entry_count(world.log()).await;
    let until = world.now() + Duration::from_days(30);
    let new = crate::evidence::attestation("IR-1", None, until);
    let id = evidence::attestation_sign(&world.app, &world.owner, new).await.unwrap();
    assert_eq!(world.kinds_from(signed).await, ["attestation.signed", "subject.assessed"]);
    for index in [signed, signed + 1] {
        assert_eq!(code(&erase(index).await.unwrap_err()), "entry.in_force");
    }
    evidence::attestation_withdraw(&world.app, &world.owner, id, "a mistake").await.unwrap();
    erase(signed).await.unwrap();
    erase(signed + 1).await.unwrap();
    assert_eq!(code(&erase(signed + 2).await.unwrap_err()), "entry.kept", "the withdrawal");
}

/// The tables of which a row holds this text.
fn tables_with(world: &World, text: &str) -> BTreeSet<String> {
    let url: DatabaseUrl = world.url.parse().unwrap();
    apart(|| {
        let mut snapshot = Snapshot::open(&url).unwrap();
        let tables = snapshot.schema().tables.clone();
        let mut found = BTreeSet::new();
        for table in &tables {
            for cell in snapshot.rows(table).unwrap().iter().flatten() {
                let holds = match cell {
                    Value::Text(cell) => cell.contains(text),
                    Value::Bytes(cell) => String::from_utf8_lossy(cell).contains(text),
                    _ => false,
                };
                if holds {
                    found.insert(table.name.clone());
                }
            }
        }
        found
    })
}

async fn erasing_reaches_the_words_wherever_the_database_keeps_them(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let first = world.entry_count(world.log()).await;
    let new = NewAttestation {
        control: "IR-1".into(),
        statement: "Mister Miller of 4 Elm Street lives beside us.".into(),
        valid_from: None,
        valid_to: world.now() + Duration::from_days(30),
    };
    let signed = evidence::attestation_sign(app, owner, new).await.unwrap();
    let new = NewDocument {
        control: "IR-1".into(),
        title: "Letter to Miller".into(),
        file_name: "miller.pdf".into(),
        ..crate::evidence::document(&world)
    };
    let added = world.entry_count(world.log()).await;
    let document = crate::evidence::upload(&world, owner, new, b"dear sir").await.unwrap();
    evidence::attestation_withdraw(app, owner, signed, "he objects").await.unwrap();
    evidence::document_withdraw(app, owner, document, "he objects").await.unwrap();
    let reason = "Article 17: he objects";
    for (index, repeated) in [(first, 2), (added, 2)] {
        ledger::entry_erase(app, owner, index, reason).await.unwrap();
        // The entry that tells of it names those which repeat the words.
        let told = world.entry_count(world.log()).await - 1;
        let body = ledger::entry_detail(app, owner, told).await.unwrap().body.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body.0).unwrap();
        let entries = body["repeated_in"].as_array().cloned().unwrap_or_default();
        assert_eq!(entries.len(), repeated, "{body}");
        if index == added {
            for entry in entries.iter().filter_map(serde_json::Value::as_i64) {
                ledger::entry_erase(app, owner, entry, reason).await.unwrap();
            }
            let before = first + 1;
            ledger::entry_erase(app, owner, before, reason).await.unwrap();
        }
    }
    for text in ["Miller", "miller"] {
        assert_eq!(tables_with(&world, text), BTreeSet::new());
    }
    assert_eq!(ledger::verify(app, owner).await.unwrap().faults, [""; 0]);
    let pack = crate::packs::pack(&world, crate::packs::whole_period(&world)).await;
    let report = crate::packs::checked(&world, &pack).await;
    let errors: Vec<_> =
        report.findings.iter().filter(|one| one.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(!String::from_utf8_lossy(&pack).contains("Miller"));
}

/// Every tile and bundle on disk that the signed head has.
fn files(world: &World) -> Vec<(String, PathBuf)> {
    let root = world.tiles_folder();
    let files = crate::evidence::walk(&root.join("tile")).into_iter();
    files
        .map(|path| (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), path))
        .collect()
}

fn overwrite(path: &PathBuf, bytes: &[u8]) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(path, bytes).unwrap();
}

async fn every_kind_of_damage_is_named_and_never_served(world: World) {
    while world.record().await < 599 {}
    world.integrate().await;
    let files = files(&world);
    assert!(files.iter().any(|(name, _)| name == "tile/0/000"), "{files:?}");
    assert_eq!(files.len(), 3 + 1 + 3, "one integration, so no narrow files: {files:?}");
    for (name, path) in &files {
        let whole = fs::read(path).unwrap();
        assert_eq!(ledger::tile(&world.app, &world.owner, name).await.unwrap(), whole, "{name}");
        let mut altered = whole.clone();
        altered[whole.len() / 3] ^= 0x20;
        for damaged in [altered, whole[..whole.len() - 1].to_vec(), Vec::new()] {
            overwrite(path, &damaged);
            let report = ledger::verify(&world.app, &world.owner).await.unwrap();
            assert!(
                report
                    .faults
                    .iter()
                    .any(|fault| fault.contains(name.as_str()) || fault.contains("root")),
                "{name}: {:?}",
                report.faults
            );
            let served = ledger::tile(&world.app, &world.owner, name).await;
            let problem = served.expect_err(name);
            assert!(problem.to_string().contains("damaged: "), "{name}: {problem}");
        }
        fs::remove_file(path).unwrap();
        let report = ledger::verify(&world.app, &world.owner).await.unwrap();
        assert!(report.faults.iter().any(|fault| fault.contains(name.as_str())), "{name}");
        fs::write(path, &whole).unwrap();
    }
    assert!(ledger::verify(&world.app, &world.owner).await.unwrap().faults.is_empty());
    let checkpoint = world.tiles_folder().join("checkpoint");
    let whole = fs::read(&checkpoint).unwrap();
    let mut altered = whole.clone();
    let place = altered.iter().position(|byte| *byte == b'6').unwrap();
    altered[place] = b'5';
    overwrite(&checkpoint, &altered);
    let report = ledger::verify(&world.app, &world.owner).await.unwrap();
    assert!(report.faults[0].contains("checkpoint"), "{:?}", report.faults);
    let served = ledger::checkpoint(&world.app, world.log()).await;
    assert_eq!(code(&served.unwrap_err()), "ledger.closed");
    let head = ledger::head(&world.app, &world.owner).await;
    assert_eq!(code(&head.unwrap_err()), "ledger.closed");
    fs::remove_file(&checkpoint).unwrap();
    let report = ledger::verify(&world.app, &world.owner).await.unwrap();
    assert!(report.faults[0].contains("is gone"), "{:?}", report.faults);
    fs::write(&checkpoint, &whole).unwrap();
    assert_eq!(ledger::checkpoint(&world.app, world.log()).await.unwrap(), whole);
    for strange in ["tile/0/000.p/300", "tile/9/000", "tile/entries/004", "tile/0/x001/000"] {
        let missing = ledger::tile(&world.app, &world.owner, strange).await;
        assert_eq!(code(&missing.unwrap_err()), "not_found", "{strange}");
    }
}

async fn damage_is_not_built_upon(world: World) {
    while world.record().await < 99 {}
    world.integrate().await;
    let signed = ledger::checkpoint(&world.app, world.log()).await.unwrap();
    for (name, path) in files(&world) {
        let whole = fs::read(&path).unwrap();
        let mut altered = whole.clone();
        altered[whole.len() / 3] ^= 1;
        overwrite(&path, &altered);
        world.record().await;
        let refused = ledger::integrate(&world.app, world.log()).await.unwrap_err();
        assert!(refused.to_string().contains("damaged: "), "{name}: {refused}");
        assert_eq!(ledger::checkpoint(&world.app, world.log()).await.unwrap(), signed, "{name}");
        overwrite(&path, &whole);
    }
    let report = world.verify().await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(report.signed, report.entries);
}

async fn changes_in_the_database_are_named(world: World) {
    let index = world.record().await;
    world.verify().await;
    let log = world.log();
    let body = world.read(move |tx| ledger_store::entry_body_at(tx, log, index)).await.unwrap();
    assert_eq!(body.body, b"{}");
    world.tamper("UPDATE entry_body SET body = salt WHERE idx = 34").await;
    let report = world.verify().await;
    assert_eq!(index, 34);
    assert_eq!(report.faults, ["the body of entry 34 was changed"]);
}

async fn confirmations_are_committed_to_once(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    assert!(!devices::roll_up(&world.app, world.organisation()).await.unwrap());
    let mut leaves = closedset_merkle::Frontier::new();
    let begun = world.now() + Duration::from_minutes(5);
    for _ in 0..5 {
        world.advance(Duration::from_minutes(5));
        let check_in = computer.confirmation(world.now());
        let mut leaf = check_in.statement.signed_bytes();
        leaf.extend_from_slice(&check_in.signature.0);
        leaves.append(leaf_hash(&leaf));
        devices::check_in(&world.app, check_in).await.unwrap();
    }
    let index = world.entry_count(world.log()).await;
    assert!(devices::roll_up(&world.app, world.organisation()).await.unwrap());
    let body = world.body(index).await;
    assert_eq!(body["count"], 5);
    assert_eq!(body["root"], leaves.root().to_hex());
    assert_eq!(body["first_collected_at"], begun.to_string());
    assert_eq!(body["last_collected_at"], world.now().to_string());
    assert!(!devices::roll_up(&world.app, world.organisation()).await.unwrap());
    assert_eq!(world.entry_count(world.log()).await, index + 1);
}

async fn confirmations_of_an_hour_are_rolled_up_by_themselves(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    world.advance(Duration::from_minutes(5));
    computer.confirm(&world).await.unwrap();
    let from = world.entry_count(world.log()).await;
    world.advance(Duration::from_minutes(59));
    world.sweep().await;
    assert!(world.kinds_from(from).await.is_empty());
    world.advance(Duration::from_minutes(2));
    world.sweep().await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await, ["confirmations.rolled_up"]);
}

async fn integration_again_writes_the_same_bytes(world: World) {
    while world.record().await < 299 {}
    world.integrate().await;
    let read = |files: &[(String, PathBuf)]| -> Vec<(String, Digest)> {
        files
            .iter()
            .map(|(name, path)| (name.clone(), Digest::of(&fs::read(path).unwrap())))
            .collect()
    };
    let (first, note) = (files(&world), ledger::checkpoint(&world.app, world.log()).await.unwrap());
    let before = read(&first);
    // As after a crash before anything was committed: the head is gone, the tiles may be there.
    let keep_tiles = [true, false];
    for keep in keep_tiles {
        if !keep {
            fs::remove_dir_all(world.tiles_folder()).unwrap();
        }
        world.tamper("DELETE FROM ledger_head").await;
        world.integrate().await;
        let after = read(&files(&world));
        // The tampering left an entry of its own, so what was full is what must be the same.
        for (name, digest) in before.iter().filter(|(name, _)| !name.contains(".p/")) {
            assert!(after.contains(&(name.clone(), *digest)), "{name}");
        }
        assert!(ledger::verify(&world.app, &world.owner).await.unwrap().faults.is_empty());
    }
    assert_ne!(ledger::checkpoint(&world.app, world.log()).await.unwrap(), note);
}

/// Runs a statement as somebody who has the database: the store itself would refuse it.
pub fn write(url: &str, sql: impl Into<String>) {
    let sql = sql.into();
    let url: DatabaseUrl = url.parse().unwrap();
    let run = move || match url {
        DatabaseUrl::Sqlite(path) => {
            rusqlite::Connection::open(path).unwrap().execute_batch(&sql).unwrap();
        }
        DatabaseUrl::Postgres(url) => {
            ::postgres::Client::connect(&url, ::postgres::NoTls)
                .unwrap()
                .batch_execute(&sql)
                .unwrap();
        }
    };
    std::thread::spawn(run).join().unwrap();
}

async fn columns_that_say_otherwise_than_their_envelope_are_named(world: World) {
    assert_eq!(world.record().await, 34);
    for (sql, names) in [
        ("UPDATE entry SET kind = 'device.confirmed' WHERE idx = 34", "kind"),
        ("UPDATE entry SET at = at - 86400000 WHERE idx = 34", "time, kind"),
        ("UPDATE entry SET actor = subject WHERE idx = 34", "time, kind, actor"),
        ("UPDATE entry SET subject = 'another' WHERE idx = 34", "time, kind, actor, subject"),
    ] {
        write(&world.url, sql);
        let report = world.verify().await;
        let fault = format!("entry 34 is kept with another {names} than it was recorded with");
        assert_eq!(report.faults, [fault], "{sql}");
    }
}

async fn an_erasure_of_which_no_entry_tells_is_named(world: World) {
    assert_eq!(world.record().await, 34);
    world.tamper("DELETE FROM entry_body WHERE idx = 34").await;
    let erase = "INSERT INTO entry_erasure (log, idx, erased_at) SELECT log, idx, 0 FROM entry WHERE idx = 34";
    world.tamper(erase).await;
    let report = world.verify().await;
    assert_eq!(report.faults, ["the body of entry 34 was erased, and no entry says so"]);
}
