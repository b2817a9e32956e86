//! Registers that somebody confirms: what was looked through becomes a document for its control, and counts as one.

use crate::{
    packs::{checked, holds, pack, whole_period},
    register::{add, assigned, client, title, work},
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem, evidence,
    frameworks::{framework_list, frameworks_choose},
    packs::NewPack,
    people,
    registers::{
        CONFIRMED_FOR_DAYS, Changes, Confirming, Register, RegisterStanding, register_confirm,
        register_standing,
    },
    titles::{self, NewClient, UNDISCLOSED},
};
use closedset_core::{
    Action, Actions, Actor, Digest, Duration, Role, Status, Subject,
    id::{ApiToken, Document, Id},
};
use closedset_pack::Outcome;
use jiff::civil::date;
use serde_json::json;
use std::{io::Read as _, process::Command};

on_both!(
    a_confirmed_list_of_clients_counts_for_a_quarter_and_is_then_asked_for_again,
    the_file_names_whom_it_may_and_counts_the_others,
    the_file_of_people_counts_and_names_nobody,
    the_next_one_is_another_version_and_after_a_withdrawal_another_document,
    what_was_entered_since_is_told,
    what_was_not_looked_through_is_not_confirmed,
    what_is_said_wrongly_is_refused_by_field,
    an_empty_register_is_not_confirmed,
    it_takes_evidence_and_the_register_both,
    another_organisation_has_its_own,
    who_does_not_answer_the_framework_has_nothing_to_confirm,
    packs_hold_what_was_confirmed_and_verify_unless_they_are_of_others,
);

async fn standing(world: &World, register: Register) -> RegisterStanding {
    register_standing(&world.app, &world.owner, register).await.unwrap().unwrap()
}

fn saying(register: Register, seen: Digest) -> Confirming {
    let compared_with = match register {
        Register::Clients => Vec::new(),
        Register::People => vec!["payroll".to_owned(), "badges".to_owned()],
    };
    Confirming { has_looked: true, seen: seen.to_string(), compared_with, note: String::new() }
}

async fn confirm_as(
    world: &World,
    by: &Caller,
    register: Register,
) -> Result<Id<Document>, Problem> {
    let seen = standing(world, register).await.seen;
    register_confirm(&world.app, by, register, saying(register, seen)).await
}

async fn confirm(world: &World, register: Register) -> Id<Document> {
    confirm_as(world, &world.owner, register).await.unwrap()
}

/// Two clients, one of which may not be named, with a title each.
async fn house(world: &World) {
    let blue = client(world, "Blue Lantern").await;
    title(world, blue, "MARMOT").await;
    let secret = NewClient {
        name: "Vantage Originals".into(),
        is_confidential: true,
        ..NewClient::default()
    };
    let secret = titles::client_add(&world.app, &world.owner, secret).await.unwrap();
    let film = title(world, secret, "OTTER").await;
    let nina = add(world, "Nina Cut", work("freelancer", "2026-02-01")).await;
    assigned(world, nina, film, "2026-02-01").await;
    add(world, "Otto Reel", work("employee", "2026-01-01")).await;
}

/// The words of a document's newest file; none where the tool is not there that reads them.
async fn words(world: &World, id: Id<Document>) -> Option<String> {
    let (version, mut reader) =
        evidence::document_open(&world.app, &world.owner, id, None).await.unwrap();
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    assert!(bytes.starts_with(b"%PDF"));
    assert_eq!(version.digest, Digest::of(&bytes));
    let path = world.folder.path().join("confirmed.pdf");
    std::fs::write(&path, bytes).unwrap();
    let output = match Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() {
        Ok(output) => output,
        Err(_) if std::env::var_os("CLOSEDSET_REQUIRE_TOOLS").is_some_and(|set| set == "1") => {
            panic!("no pdftotext")
        }
        Err(_) => return None,
    };
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

async fn a_confirmed_list_of_clients_counts_for_a_quarter_and_is_then_asked_for_again(
    world: World,
) {
    house(&world).await;
    let (control, check) = (Subject::control("AD-2"), "ad-2-evidence");
    assert_eq!(world.status(&control, check).await, Status::Unknown);
    let before = standing(&world, Register::Clients).await;
    assert_eq!((before.count, before.undisclosed, before.today), (2, 1, date(2026, 3, 12)));
    assert!(before.last.is_none());
    let from = world.entry_count(world.log()).await;
    let id = confirm(&world, Register::Clients).await;
    assert_eq!(
        world.kinds_from(from).await,
        ["document.added", "subject.assessed", "register.confirmed"]
    );
    let (version, _) = evidence::document_open(&world.app, &world.owner, id, None).await.unwrap();
    assert_eq!(version.file_name, "active-clients-2026-03-12.pdf");
    assert_eq!(
        world.body(from + 2).await,
        json!({
            "register": "clients", "control": "AD-2", "on": "2026-03-12", "count": 2,
            "seen": before.seen, "compared_with": [], "note": "",
            "document": id, "number": 1, "file": version.digest,
        })
    );
    assert_eq!(world.status(&control, check).await, Status::Pass);
    let last = standing(&world, Register::Clients).await.last.unwrap();
    assert_eq!((last.document, last.counted, last.until), (id, 2, date(2026, 6, 12)));
    assert_eq!((last.by.as_str(), last.at), (world.owner.name.as_str(), version.uploaded_at));
    assert!(last.since.is_none() && !last.is_over && !last.is_withdrawn);
    // On its last day it still counts, and somebody is asked for the next.
    let days = i64::from(CONFIRMED_FOR_DAYS);
    world.advance(Duration::from_days(days - 1));
    world.sweep().await;
    assert_eq!(world.status(&control, check).await, Status::Pass);
    let tasks = world.tasks(&control, check).await;
    assert_eq!(tasks[0].title, "Renew the evidence for AD-2 before it ends");
    world.advance(Duration::from_days(2));
    world.sweep().await;
    assert_eq!(world.status(&control, check).await, Status::Unknown);
    assert!(standing(&world, Register::Clients).await.last.unwrap().is_over);
}

async fn the_file_names_whom_it_may_and_counts_the_others(world: World) {
    house(&world).await;
    let seen = standing(&world, Register::Clients).await.seen;
    let said = Confirming {
        note: "Compared with the bookings.\r\nAll is there.".into(),
        ..saying(Register::Clients, seen)
    };
    let id = register_confirm(&world.app, &world.owner, Register::Clients, said).await.unwrap();
    let Some(words) = words(&world, id).await else { return };
    for said in
        ["Blue Lantern", UNDISCLOSED, "12 March 2026", "Compared with the bookings. All is there."]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    for hidden in ["Vantage", "MARMOT", "OTTER", "Nina"] {
        assert!(!words.contains(hidden), "{hidden}: {words}");
    }
}

async fn the_file_of_people_counts_and_names_nobody(world: World) {
    house(&world).await;
    let (control, check) = (Subject::control("AD-4"), "ad-4-evidence");
    let from = world.entry_count(world.log()).await;
    let id = confirm(&world, Register::People).await;
    assert_eq!(world.status(&control, check).await, Status::Pass);
    let body = world.body(from + 2).await;
    assert_eq!((&body["register"], &body["count"]), (&json!("people"), &json!(2)));
    assert_eq!(body["compared_with"], json!(["payroll", "badges"]));
    let Some(words) = words(&world, id).await else { return };
    let plain = words.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "Employees 1",
        "Freelancers 1",
        "All 2",
        "People put on a title: 1.",
        "Blue Lantern 0",
        "a client under a non-disclosure agreement 1",
        "the payroll list, whoever has a badge or a key",
    ] {
        assert!(plain.contains(said), "{said}: {plain}");
    }
    for hidden in ["Nina", "Otto", "Vantage", "MARMOT", "OTTER", "colourist"] {
        assert!(!plain.contains(hidden), "{hidden}: {plain}");
    }
}

async fn the_next_one_is_another_version_and_after_a_withdrawal_another_document(world: World) {
    house(&world).await;
    let (app, owner) = (&world.app, &world.owner);
    let first = confirm(&world, Register::Clients).await;
    world.advance(Duration::from_days(1));
    assert_eq!(confirm(&world, Register::Clients).await, first);
    let detail = evidence::document_detail(app, owner, first).await.unwrap();
    assert_eq!(detail.versions.len(), 2);
    // One of each control: that of people is another document.
    let people = confirm(&world, Register::People).await;
    assert_ne!(people, first);
    evidence::document_withdraw(app, owner, first, "a client was forgotten").await.unwrap();
    let last = standing(&world, Register::Clients).await.last.unwrap();
    assert!(last.is_withdrawn && !last.is_over);
    let check = "ad-2-evidence";
    assert_eq!(world.status(&Subject::control("AD-2"), check).await, Status::Unknown);
    let next = confirm(&world, Register::Clients).await;
    assert_ne!(next, first);
    let last = standing(&world, Register::Clients).await.last.unwrap();
    assert_eq!((last.document, last.number, last.is_withdrawn), (next, 1, false));
    assert_eq!(world.status(&Subject::control("AD-2"), check).await, Status::Pass);
}

async fn what_was_entered_since_is_told(world: World) {
    house(&world).await;
    confirm(&world, Register::Clients).await;
    confirm(&world, Register::People).await;
    let (app, owner) = (&world.app, &world.owner);
    let kestrel = client(&world, "Kestrel").await;
    let badger = title(&world, kestrel, "BADGER").await;
    let renamed = NewClient { name: "Kestrel Films".into(), ..NewClient::default() };
    titles::client_change(app, owner, kestrel, renamed).await.unwrap();
    titles::title_remove(app, owner, badger).await.unwrap();
    let ada = add(&world, "Ada Matte", work("employee", "2026-03-12")).await;
    let row =
        people::person_detail(app, owner, ada).await.unwrap().registered.engagements.remove(0);
    let ended = work("employee", "2026-03-12 2026-03-31");
    people::engagement_change(app, owner, row.id, ended).await.unwrap();
    people::engagement_remove(app, owner, row.id).await.unwrap();
    let clients = standing(&world, Register::Clients).await;
    let since = Changes { entered: 2, changed: 1, removed: 1 };
    assert_eq!((clients.count, clients.last.unwrap().since), (2, since));
    let people = standing(&world, Register::People).await;
    let since = Changes { entered: 1, changed: 1, removed: 1 };
    assert_eq!((people.count, people.last.unwrap().since), (2, since));
    confirm(&world, Register::Clients).await;
    assert!(standing(&world, Register::Clients).await.last.unwrap().since.is_none());
}

async fn what_was_not_looked_through_is_not_confirmed(world: World) {
    house(&world).await;
    for register in [Register::Clients, Register::People] {
        let seen = standing(&world, register).await.seen;
        let kestrel = client(&world, &format!("Kestrel {seen}")).await;
        let film = title(&world, kestrel, &seen.to_string()[..8]).await;
        let name = format!("Ada Matte {}", register.as_str());
        let ada = add(&world, &name, work("employee", "2026-03-01")).await;
        assigned(&world, ada, film, "2026-03-01").await;
        let before = world.entry_count(world.log()).await;
        let tried = register_confirm(&world.app, &world.owner, register, saying(register, seen));
        assert_eq!(code(&tried.await.unwrap_err()), "register.changed_while_read");
        assert_eq!(world.entry_count(world.log()).await, before);
        let seen = standing(&world, register).await.seen;
        // Another day's list is another list.
        world.advance(Duration::from_days(1));
        let tried = register_confirm(&world.app, &world.owner, register, saying(register, seen));
        assert_eq!(code(&tried.await.unwrap_err()), "register.changed_while_read");
        confirm(&world, register).await;
    }
}

async fn what_is_said_wrongly_is_refused_by_field(world: World) {
    house(&world).await;
    let before = world.entry_count(world.log()).await;
    for register in [Register::Clients, Register::People] {
        let seen = standing(&world, register).await.seen;
        let good = saying(register, seen);
        let other = match register {
            Register::Clients => vec!["payroll".to_owned()],
            Register::People => Vec::new(),
        };
        for (said, wrong) in [
            (Confirming { has_looked: false, ..good.clone() }, "has_looked"),
            (Confirming { seen: "5F".repeat(32), ..good.clone() }, "seen"),
            (Confirming { seen: String::new(), ..good.clone() }, "seen"),
            (Confirming { compared_with: other, ..good.clone() }, "compared_with"),
            (Confirming { compared_with: vec!["hearsay".into()], ..good.clone() }, "compared_with"),
            (Confirming { note: "x".repeat(501), ..good.clone() }, "note"),
            (Confirming { note: "\u{202e}esrever".into(), ..good.clone() }, "note"),
            (
                Confirming { has_looked: false, note: "a\0b".into(), ..good.clone() },
                "has_looked note",
            ),
        ] {
            let tried = register_confirm(&world.app, &world.owner, register, said.clone()).await;
            assert_eq!(code(&tried.unwrap_err()), wrong, "{said:?}");
        }
    }
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn an_empty_register_is_not_confirmed(world: World) {
    // A client without a title is not active, and who leaves is not engaged any more.
    client(&world, "Asleep").await;
    add(&world, "Otto Reel", work("employee", "2026-01-01 2026-03-11")).await;
    for register in [Register::Clients, Register::People] {
        let now = standing(&world, register).await;
        assert_eq!(now.count, 0);
        let tried = confirm_as(&world, &world.owner, register).await;
        assert_eq!(code(&tried.unwrap_err()), "register.empty");
    }
}

async fn it_takes_evidence_and_the_register_both(world: World) {
    house(&world).await;
    for register in [Register::Clients, Register::People] {
        for role in Role::ALL {
            let by = world.as_role(*role);
            let may = |needed: Actions| needed.iter().all(|action| role.may(action));
            let read = register_standing(&world.app, &by, register).await;
            assert_eq!(read.is_ok(), may(register.needs_to_read()), "{role}");
            let tried = confirm_as(&world, &by, register).await;
            let refused = tried.err().map(|problem| code(&problem));
            let wanted = (!may(register.needs_to_confirm())).then(|| "role.forbids".to_owned());
            assert_eq!(refused, wanted, "{role}");
        }
        // A program that lacks one of them is told which.
        for action in register.needs_to_confirm().iter() {
            let all: Actions = Action::ALL.iter().copied().collect();
            let token: Id<ApiToken> = Id::from_bits(1);
            let by = Caller {
                actor: Actor::Token { token, organisation: world.organisation() },
                allowed: all.without(action.into()),
                ..world.owner.clone()
            };
            match confirm_as(&world, &by, register).await {
                Err(Problem::ScopeLacking(lacking)) => assert_eq!(lacking, action.into()),
                other => panic!("{other:?}"),
            }
        }
    }
}

async fn another_organisation_has_its_own(world: World) {
    house(&world).await;
    confirm(&world, Register::Clients).await;
    let there = world.neighbour().await;
    let standing = register_standing(&world.app, &there, Register::Clients).await.unwrap();
    let standing = standing.expect("the framework is answered there too");
    assert_eq!((standing.count, standing.last.is_some()), (0, false));
}

async fn who_does_not_answer_the_framework_has_nothing_to_confirm(world: World) {
    house(&world).await;
    let seen = standing(&world, Register::Clients).await.seen;
    let before = framework_list(&world.app, &world.owner).await.unwrap().chosen();
    let wanted = vec!["mpa-best-practices".to_owned()];
    frameworks_choose(&world.app, &world.owner, &wanted, &before).await.unwrap();
    let now = register_standing(&world.app, &world.owner, Register::Clients).await.unwrap();
    assert!(now.is_none());
    let said = saying(Register::Clients, seen);
    let tried = register_confirm(&world.app, &world.owner, Register::Clients, said).await;
    assert_eq!(code(&tried.unwrap_err()), "control");
}

async fn packs_hold_what_was_confirmed_and_verify_unless_they_are_of_others(world: World) {
    house(&world).await;
    confirm(&world, Register::Clients).await;
    world.advance(Duration::from_days(2));
    confirm(&world, Register::Clients).await;
    confirm(&world, Register::People).await;
    world.advance(Duration::from_days(1));
    let limited = |controls: &[&str]| NewPack {
        controls: controls.iter().map(|id| (*id).to_owned()).collect(),
        ..whole_period(&world)
    };
    let nobody = NewPack { without_names: true, ..whole_period(&world) };
    for (new, is_in) in [
        (whole_period(&world), true),
        (limited(&["AD-2", "AD-4"]), true),
        (limited(&["AD-1", "IR-1"]), false),
        (nobody.clone(), false),
    ] {
        let bytes = pack(&world, new.clone()).await;
        let report = checked(&world, &bytes).await;
        assert_eq!(report.is_valid(), !new.without_names, "{new:?}: {:#?}", report.findings);
        assert!(report.outcome() != Outcome::NotValid, "{new:?}: {:#?}", report.findings);
        for part in ["active-clients-2026-03-12", "head-count-2026-03-14"] {
            assert_eq!(holds(&bytes, part.as_bytes()), is_in, "{new:?} {part}");
        }
        assert!(!holds(&bytes, b"Vantage"), "{new:?}");
    }
}
