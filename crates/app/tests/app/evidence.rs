//! Evidence given by hand: it counts while it is in force, and where nothing technical does.

use crate::{
    computer::Computer,
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem,
    accounts::{self, NewToken},
    board,
    evidence::{self, NewAttestation, NewDocument},
};
use closedset_core::{
    Digest, Duration, Role, Status, Subject, Time,
    id::{Document, Id},
};
use std::io::Read;

on_both!(
    an_attestation_counts_until_it_expires_loudly,
    evidence_that_begins_later_counts_from_then,
    somebody_is_reminded_before_the_last_evidence_ends,
    evidence_for_two_days_reminds_after_one,
    an_expiry_that_no_sweep_saw_takes_effect_at_its_instant,
    what_is_withdrawn_counts_no_more,
    a_document_is_kept_byte_for_byte_with_its_versions,
    an_upload_that_breaks_off_leaves_nothing,
    a_damaged_document_is_never_served,
    evidence_stands_in_only_where_nothing_is_measured,
    what_cannot_be_evidence_is_refused_by_field,
    another_organisation_sees_none_of_it,
    a_document_renewed_in_time_counts_without_a_gap,
    a_document_withdrawn_while_its_new_version_comes_in_takes_none,
    whoever_may_no_longer_when_a_file_has_come_adds_no_document,
);

const STATEMENT: &str = "The incident plan was rehearsed with everybody on the floor.";

pub fn attestation(control: &str, from: Option<Time>, to: Time) -> NewAttestation {
    NewAttestation {
        control: control.into(),
        statement: STATEMENT.into(),
        valid_from: from,
        valid_to: to,
    }
}

pub async fn sign(world: &World, control: &str, from: Option<Time>, to: Time) -> String {
    let new = attestation(control, from, to);
    let id = evidence::attestation_sign(&world.app, &world.owner, new).await.unwrap();
    id.to_string()
}

pub async fn upload(
    world: &World,
    caller: &Caller,
    new: NewDocument,
    bytes: &[u8],
) -> Result<Id<Document>, Problem> {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    let pieces: Vec<Vec<u8>> = bytes.chunks(100_000).map(<[u8]>::to_vec).collect();
    tokio::spawn(async move {
        for piece in pieces {
            if sender.send(Ok(piece)).await.is_err() {
                return;
            }
        }
    });
    evidence::document_add(&world.app, caller, new, receiver).await
}

pub fn document(world: &World) -> NewDocument {
    NewDocument {
        replaces: None,
        control: "AD-1".into(),
        title: String::new(),
        file_name: "policy.pdf".into(),
        media_type: "application/pdf".into(),
        valid_from: None,
        valid_to: world.now() + Duration::from_days(365),
    }
}

async fn an_attestation_counts_until_it_expires_loudly(world: World) {
    let control = Subject::control("IR-1");
    let check = "ir-1-evidence";
    let set_up = world.now();
    assert_eq!(world.status(&control, check).await, Status::Unknown);
    world.advance(Duration::from_hours(1));
    let (signed, until) = (world.now(), world.now() + Duration::from_days(30));
    let from = world.entry_count(world.log()).await;
    sign(&world, "IR-1", None, until).await;
    assert_eq!(world.kinds_from(from).await, ["attestation.signed", "subject.assessed"]);
    let body = world.body(from).await;
    assert_eq!(body["digest"], Digest::of(STATEMENT.as_bytes()).to_string());
    world.clock.set(until - Duration::from_millis(1));
    world.sweep().await;
    assert_eq!(world.status(&control, check).await, Status::Pass);
    let tasks = world.tasks(&control, check).await;
    assert_eq!(tasks[0].title, "Renew the evidence for IR-1 before it ends");
    world.clock.set(until + Duration::from_days(3));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds[..2], ["evidence.expired", "subject.assessed"], "{kinds:?}");
    assert_eq!(
        world.history(&control, check).await,
        [
            (Status::Unknown, set_up, Some(signed)),
            (Status::Pass, signed, Some(until)),
            (Status::Unknown, until, None)
        ]
    );
    let tasks = world.tasks(&control, check).await;
    assert_eq!(tasks.len(), 1);
    assert!(tasks[0].title.starts_with("Renew the evidence"), "{}", tasks[0].title);
    sign(&world, "IR-1", None, world.now() + Duration::from_days(30)).await;
    assert!(world.tasks(&control, check).await.is_empty());
}

async fn evidence_that_begins_later_counts_from_then(world: World) {
    let control = Subject::control("IR-1");
    let begins = world.now() + Duration::from_days(10);
    sign(&world, "IR-1", Some(begins), begins + Duration::from_days(10)).await;
    assert_eq!(world.status(&control, "ir-1-evidence").await, Status::Unknown);
    world.clock.set(begins - Duration::from_millis(1));
    world.sweep().await;
    assert_eq!(world.status(&control, "ir-1-evidence").await, Status::Unknown);
    world.clock.set(begins + Duration::from_days(1));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds[..2], ["evidence.began", "subject.assessed"], "{kinds:?}");
    let verdict = world.verdict(&control, "ir-1-evidence").await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Pass, begins));
    // Both ends missed at once.
    world.clock.set(begins + Duration::from_days(30));
    world.sweep().await;
    let verdict = world.verdict(&control, "ir-1-evidence").await;
    let until = begins + Duration::from_days(10);
    assert_eq!((verdict.status, verdict.began_at), (Status::Unknown, until));
}

async fn somebody_is_reminded_before_the_last_evidence_ends(world: World) {
    let (control, check) = (Subject::control("IR-1"), "ir-1-evidence");
    let until = world.now() + Duration::from_days(60);
    sign(&world, "IR-1", None, until).await;
    world.clock.set(until - Duration::from_days(14) - Duration::from_millis(1));
    world.sweep().await;
    assert!(world.tasks(&control, check).await.is_empty());
    world.clock.set(until - Duration::from_days(14));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await, ["evidence.reminded"]);
    let tasks = world.tasks(&control, check).await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].title, "Renew the evidence for IR-1 before it ends");
    assert_eq!(tasks[0].due_at, until - Duration::from_millis(1));
    assert_eq!(world.status(&control, check).await, Status::Pass);
    // What follows it is the renewal; and it is asked for again before that ends.
    sign(&world, "IR-1", Some(until), until + Duration::from_days(20)).await;
    assert!(world.tasks(&control, check).await.is_empty());
    world.clock.set(until + Duration::from_days(10));
    world.sweep().await;
    assert_eq!(world.tasks(&control, check).await.len(), 1);
    // Nobody did anything: it lapses, and one task stays.
    world.clock.set(until + Duration::from_days(20));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await[..2], ["evidence.expired", "subject.assessed"]);
    assert_eq!(world.tasks(&control, check).await.len(), 1);
    assert_eq!(world.status(&control, check).await, Status::Unknown);
}

async fn evidence_for_two_days_reminds_after_one(world: World) {
    let control = Subject::control("IR-1");
    let now = world.now();
    sign(&world, "IR-1", None, now + Duration::from_days(2)).await;
    world.sweep().await;
    assert!(world.tasks(&control, "ir-1-evidence").await.is_empty());
    world.clock.set(now + Duration::from_days(1));
    world.sweep().await;
    assert_eq!(world.tasks(&control, "ir-1-evidence").await.len(), 1);
}

async fn an_expiry_that_no_sweep_saw_takes_effect_at_its_instant(world: World) {
    let control = Subject::control("IR-1");
    let signed = world.now();
    let until = signed + Duration::from_days(30);
    sign(&world, "IR-1", None, until).await;
    // The server was off when it expired; somebody renews it before anything was swept.
    world.advance(Duration::from_days(40));
    let renewed = world.now();
    sign(&world, "IR-1", None, renewed + Duration::from_days(30)).await;
    let mut history = world.history(&control, "ir-1-evidence").await;
    history.retain(|(_, began, ended)| *ended != Some(*began));
    assert_eq!(
        history,
        [
            (Status::Pass, signed, Some(until)),
            (Status::Unknown, until, Some(renewed)),
            (Status::Pass, renewed, None)
        ]
    );
}

async fn what_is_withdrawn_counts_no_more(world: World) {
    let until = world.now() + Duration::from_days(30);
    let id = sign(&world, "IR-1", None, until).await.parse().unwrap();
    let document = upload(&world, &world.owner, document(&world), b"policy").await.unwrap();
    world.advance(Duration::from_hours(1));
    let from = world.entry_count(world.log()).await;
    let control =
        evidence::attestation_withdraw(&world.app, &world.owner, id, "a mistake").await.unwrap();
    assert_eq!(control, "IR-1");
    evidence::document_withdraw(&world.app, &world.owner, document, "a mistake").await.unwrap();
    assert_eq!(
        world.kinds_from(from).await,
        ["attestation.withdrawn", "subject.assessed", "document.withdrawn", "subject.assessed"]
    );
    for control in ["IR-1", "AD-1"] {
        let (subject, check) =
            (Subject::control(control), format!("{}-evidence", control.to_lowercase()));
        let verdict = world.verdict(&subject, &check).await;
        assert_eq!((verdict.status, verdict.began_at), (Status::Unknown, world.now()));
        assert_eq!(world.tasks(&subject, &check).await.len(), 1);
    }
    let again = evidence::attestation_withdraw(&world.app, &world.owner, id, "a mistake").await;
    assert_eq!(code(&again.unwrap_err()), "attestation.withdrawn");
    let again = evidence::document_withdraw(&world.app, &world.owner, document, "a mistake").await;
    assert_eq!(code(&again.unwrap_err()), "document.withdrawn");
    let detail = evidence::document_detail(&world.app, &world.owner, document).await.unwrap();
    let (attestations, _) =
        evidence::attestation_list(&world.app, &world.owner, None, 10).await.unwrap();
    for entry in [detail.document.withdrawn_entry, attestations[0].withdrawn_entry] {
        assert_eq!(world.body(entry.unwrap()).await["reason"], "a mistake");
    }
    // The file and its history stay.
    let (_, mut reader) =
        evidence::document_open(&world.app, &world.owner, document, None).await.unwrap();
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, b"policy");
}

async fn a_document_is_kept_byte_for_byte_with_its_versions(world: World) {
    let first: Vec<u8> = (0..3_000_000u32).map(|number| number as u8).collect();
    let id = upload(&world, &world.owner, document(&world), &first).await.unwrap();
    let newer =
        NewDocument { replaces: Some(id), file_name: "policy-2.pdf".into(), ..document(&world) };
    let same = upload(&world, &world.owner, newer, b"second edition").await.unwrap();
    assert_eq!(same, id);
    let detail = evidence::document_detail(&world.app, &world.owner, id).await.unwrap();
    assert_eq!(detail.document.title, "policy.pdf");
    let digests: Vec<_> = detail.versions.iter().map(|one| (one.number, one.digest)).collect();
    assert_eq!(digests, [(2, Digest::of(b"second edition")), (1, Digest::of(&first))]);
    for (number, wanted) in [(None, &b"second edition"[..]), (Some(1), &first[..])] {
        let (_, mut reader) =
            evidence::document_open(&world.app, &world.owner, id, number).await.unwrap();
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        assert!(bytes == wanted, "version {number:?}");
    }
    let missing = evidence::document_open(&world.app, &world.owner, id, Some(3)).await;
    assert_eq!(code(&missing.unwrap_err()), "not_found");
}

async fn an_upload_that_breaks_off_leaves_nothing(world: World) {
    let from = world.entry_count(world.log()).await;
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    sender.send(Ok(b"half of".to_vec())).await.unwrap();
    sender.send(Err("the line broke".into())).await.unwrap();
    drop(sender);
    let cut = evidence::document_add(&world.app, &world.owner, document(&world), receiver).await;
    assert_eq!(code(&cut.unwrap_err()), "file");
    let empty = upload(&world, &world.owner, document(&world), b"").await;
    assert_eq!(code(&empty.unwrap_err()), "file");
    assert_eq!(world.entry_count(world.log()).await, from);
    assert_eq!(world.status(&Subject::control("AD-1"), "ad-1-evidence").await, Status::Unknown);
}

async fn a_damaged_document_is_never_served(world: World) {
    let id = upload(&world, &world.owner, document(&world), b"the true policy").await.unwrap();
    let digest = Digest::of(b"the true policy").to_string();
    let hex = digest.rsplit(':').next().unwrap();
    let file = walk(&world.folder.path().join("objects"))
        .into_iter()
        .find(|path| {
            path.to_string_lossy().replace('/', "").contains(hex)
                || std::fs::read(path).unwrap() == b"the true policy"
        })
        .expect("the object lies on disk");
    let make_writable = || {
        let mut permissions = std::fs::metadata(&file).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
        std::fs::set_permissions(&file, permissions).unwrap();
    };
    make_writable();
    std::fs::write(&file, b"the fake policy").unwrap();
    let refused = evidence::document_open(&world.app, &world.owner, id, None).await;
    assert_eq!(code(&refused.unwrap_err()), "files.unavailable");
    std::fs::remove_file(&file).unwrap();
    let refused = evidence::document_open(&world.app, &world.owner, id, None).await;
    assert_eq!(code(&refused.unwrap_err()), "files.unavailable");
}

pub fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

async fn evidence_stands_in_only_where_nothing_is_measured(world: World) {
    let status = async |control: &str| {
        let detail = board::control_detail(&world.app, &world.owner, control).await.unwrap();
        detail.status.status
    };
    let until = world.now() + Duration::from_days(30);
    for control in ["IS-7", "AD-1"] {
        sign(&world, control, None, until).await;
        assert_eq!(status(control).await, Status::Pass, "{control}");
    }
    // Once a computer is measured, nobody's word stands in for it.
    let mut computer = Computer::enrolled(&world, 1).await;
    assert_eq!(status("IS-7").await, Status::Unknown);
    computer.say("screen_lock", crate::computer::screen_lock(60));
    computer.report(&world).await.unwrap();
    assert_eq!(status("IS-7").await, Status::Fail);
    assert_eq!(status("AD-1").await, Status::Pass);
}

async fn what_cannot_be_evidence_is_refused_by_field(world: World) {
    let day = Duration::from_days;
    let now = world.now();
    let good = attestation("IR-1", None, now + day(30));
    let wrong = [
        (NewAttestation { control: "IS-99".into(), ..good.clone() }, "control"),
        (NewAttestation { statement: "too short".into(), ..good.clone() }, "statement"),
        (NewAttestation { statement: "x".repeat(5_001), ..good.clone() }, "statement"),
        (NewAttestation { valid_to: now, ..good.clone() }, "valid_to"),
        (
            NewAttestation {
                valid_from: Some(now - day(60)),
                valid_to: now - day(30),
                ..good.clone()
            },
            "valid_to",
        ),
        (NewAttestation { valid_to: now + day(3 * 366 + 1), ..good.clone() }, "valid_to"),
        (
            NewAttestation { control: String::new(), statement: String::new(), ..good.clone() },
            "control statement",
        ),
    ];
    let from = world.entry_count(world.log()).await;
    for (new, field) in wrong {
        let refused = evidence::attestation_sign(&world.app, &world.owner, new).await;
        assert_eq!(code(&refused.unwrap_err()), field);
    }
    let nul = NewAttestation { statement: format!("{STATEMENT}\0"), ..good.clone() };
    let refused = evidence::attestation_sign(&world.app, &world.owner, nul).await;
    assert_eq!(code(&refused.unwrap_err()), "input.invalid");
    for role in [Role::Auditor, Role::Member, Role::Reception] {
        let refused =
            evidence::attestation_sign(&world.app, &world.as_role(role), good.clone()).await;
        assert_eq!(code(&refused.unwrap_err()), "role.forbids", "{role:?}");
    }
    assert_eq!(world.entry_count(world.log()).await, from);
}

async fn another_organisation_sees_none_of_it(world: World) {
    let id = upload(&world, &world.owner, document(&world), b"policy").await.unwrap();
    let signed = sign(&world, "IR-1", None, world.now() + Duration::from_days(30)).await;
    let neighbour = world.neighbour().await;
    let open = evidence::document_open(&world.app, &neighbour, id, None).await;
    assert_eq!(code(&open.unwrap_err()), "not_found");
    let withdraw = evidence::document_withdraw(&world.app, &neighbour, id, "a mistake").await;
    assert_eq!(code(&withdraw.unwrap_err()), "not_found");
    let withdraw = evidence::attestation_withdraw(
        &world.app,
        &neighbour,
        signed.parse().unwrap(),
        "a mistake",
    )
    .await;
    assert_eq!(code(&withdraw.unwrap_err()), "not_found");
    let newer = NewDocument { replaces: Some(id), ..document(&world) };
    let replace = upload(&world, &neighbour, newer, b"theirs").await;
    assert_eq!(code(&replace.unwrap_err()), "not_found");
    let (theirs, _) = evidence::document_list(&world.app, &neighbour, None, 200).await.unwrap();
    assert!(theirs.is_empty());
}

async fn a_document_renewed_in_time_counts_without_a_gap(world: World) {
    let (control, check) = (Subject::control("AD-1"), "ad-1-evidence");
    let first = NewDocument { valid_to: world.now() + Duration::from_days(40), ..document(&world) };
    let end = first.valid_to;
    let id = upload(&world, &world.owner, first, b"this year").await.unwrap();
    let begun = world.now();
    world.advance(Duration::from_days(10));
    let next = NewDocument {
        replaces: Some(id),
        valid_from: Some(end),
        valid_to: end + Duration::from_days(365),
        ..document(&world)
    };
    upload(&world, &world.owner, next, b"next year").await.unwrap();
    assert_eq!(world.status(&control, check).await, Status::Pass);
    world.clock.set(end + Duration::from_days(2));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await[..2], ["evidence.began", "subject.assessed"]);
    let history = world.history(&control, check).await;
    let gaps = history.iter().filter(|(status, began, ended)| {
        *status == Status::Unknown && *began >= begun && ended.is_none_or(|ended| ended > *began)
    });
    assert_eq!(gaps.count(), 0, "{history:?}");
    assert!(world.tasks(&control, check).await.is_empty());
    // Renewed too late, it says from when on it counts.
    let control = Subject::control("AD-2");
    let later = NewDocument {
        control: "AD-2".into(),
        valid_from: Some(world.now() + Duration::from_days(5)),
        ..document(&world)
    };
    upload(&world, &world.owner, later, b"to come").await.unwrap();
    let verdict = world.verdict(&control, "ad-2-evidence").await;
    assert_eq!(verdict.status, Status::Unknown);
    assert!(verdict.because.starts_with("what is given counts only from "), "{}", verdict.because);
}

async fn a_document_withdrawn_while_its_new_version_comes_in_takes_none(world: World) {
    let id = upload(&world, &world.owner, document(&world), b"one").await.unwrap();
    let new = NewDocument { replaces: Some(id), ..document(&world) };
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let (app, owner) = (world.app.clone(), world.owner.clone());
    let adding =
        tokio::spawn(async move { evidence::document_add(&app, &owner, new, receiver).await });
    // The second is taken only once somebody reads: the document was looked at by then.
    for _ in 0..2 {
        sender.send(Ok(b"two".to_vec())).await.unwrap();
    }
    evidence::document_withdraw(&world.app, &world.owner, id, "a mistake").await.unwrap();
    let entries = world.entry_count(world.log()).await;
    drop(sender);
    assert_eq!(code(&adding.await.unwrap().unwrap_err()), "not_found");
    assert_eq!(world.entry_count(world.log()).await, entries);
    let detail = evidence::document_detail(&world.app, &world.owner, id).await.unwrap();
    assert_eq!(detail.versions.len(), 1);
}

async fn whoever_may_no_longer_when_a_file_has_come_adds_no_document(world: World) {
    let new = NewToken { name: "scanner".into(), scopes: Role::Owner.actions(), days: 30 };
    let (row, text) = accounts::token_create(&world.app, &world.owner, new).await.unwrap();
    let program = accounts::token_caller(&world.app, &text).await.unwrap();
    for caller in [program, world.signed.caller().unwrap()] {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        let (app, new, by) = (world.app.clone(), document(&world), caller.clone());
        let adding =
            tokio::spawn(async move { evidence::document_add(&app, &by, new, receiver).await });
        for _ in 0..2 {
            sender.send(Ok(b"piece".to_vec())).await.unwrap();
        }
        match caller.session {
            None => accounts::token_revoke(&world.app, &world.owner, row.id).await.unwrap(),
            Some(_) => accounts::session_end(&world.app, &world.signed).await.unwrap(),
        }
        let entries = world.entry_count(world.log()).await;
        drop(sender);
        assert_eq!(code(&adding.await.unwrap().unwrap_err()), "sign_in.needed");
        assert_eq!(world.entry_count(world.log()).await, entries);
    }
}
