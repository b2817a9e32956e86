//! Lists of people: what becomes of each row, that nothing is written before, and that nothing is doubled.

use crate::{
    register,
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem,
    people::{
        self, Fate, ImportCounts, ImportPreview, ImportWritten, NewEngagement, NewPerson, Standing,
        Wanted,
    },
    titles::{self, NewClient, NewTitle},
};
use closedset_core::{
    Digest, Duration, Role,
    id::{Id, Import},
};
use serde_json::json;

on_both!(
    a_list_is_looked_at_and_then_written,
    a_list_that_is_brought_again_changes_nothing,
    rows_that_contradict_what_is_known_are_refused_by_their_cells,
    people_are_found_by_address_else_by_name_within_the_list_too,
    titles_take_who_may_put_people_on_them,
    what_changed_since_is_judged_anew,
    a_row_that_goes_to_another_title_or_person_since_is_said_to,
    lists_are_held_for_a_day_and_three_at_most,
    a_file_that_is_no_list_is_refused_whole,
    another_organisation_sees_none_of_it_and_roles_hold,
    many_rows_are_written_in_parts,
);

const HEADS: &str = "Name;E-mail;Phone;Form;Job;First day;Last day;Title alias";

fn list(rows: &[&str]) -> Vec<u8> {
    format!("{HEADS}\n{}\n", rows.join("\n")).into_bytes()
}

async fn held(world: &World, rows: &[&str]) -> Id<Import> {
    people::import_hold(&world.app, &world.owner, "crew.csv", list(rows)).await.unwrap()
}

async fn preview(world: &World, id: Id<Import>) -> ImportPreview {
    people::import_preview(&world.app, &world.owner, id).await.unwrap()
}

async fn write(world: &World, id: Id<Import>) -> ImportWritten {
    let shown = preview(world, id).await.mark;
    people::import_write(&world.app, &world.owner, id, &shown).await.unwrap()
}

/// Each row's number, fate and first problem.
fn told(preview: &ImportPreview) -> Vec<(u32, Fate, String)> {
    let mut told: Vec<_> = preview
        .rows
        .iter()
        .map(|row| {
            let problem = row.problems.first();
            let said = problem.map(|one| format!("{}: {}", one.cell, one.message));
            (row.number, row.fate, said.unwrap_or_default())
        })
        .collect();
    told.sort_by_key(|(number, _, _)| *number);
    told
}

async fn names(world: &World) -> Vec<String> {
    let wanted = Wanted {
        standing: Standing::All,
        text: String::new(),
        title: None,
        after: None,
        limit: 200,
    };
    let page = people::register_list(&world.app, &world.owner, wanted).await.unwrap();
    page.people.into_iter().map(|one| one.person.name).collect()
}

async fn enter(world: &World, name: &str, email: &str) -> Id<closedset_core::id::Person> {
    let person = NewPerson { name: name.into(), email: email.into(), phone: String::new() };
    let engagement = NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: "2026-01-01".into(),
        ends_on: "2026-02-01".into(),
    };
    people::person_add(&world.app, &world.owner, person, engagement).await.unwrap()
}

async fn title(world: &World, alias: &str) {
    let client = NewClient { name: format!("Client of {alias}"), ..NewClient::default() };
    let client = titles::client_add(&world.app, &world.owner, client).await.unwrap();
    let new = NewTitle {
        name: format!("The {alias}"),
        alias: alias.into(),
        begins_on: "2026-01-01".into(),
        ..NewTitle::default()
    };
    titles::title_add(&world.app, &world.owner, Some(client), new).await.unwrap();
}

async fn a_list_is_looked_at_and_then_written(world: World) {
    title(&world, "MARMOT").await;
    let from = world.entry_count(world.log()).await;
    let rows = [
        "Ada Reel;ada@reel.example;+34 600;Autónoma;Colourist;01/02/2026;30/09/2026;Marmot",
        "Ben Gate;;;Angestellte;Data wrangler;2026-03-01;;",
    ];
    let id = held(&world, &rows).await;
    let shown = preview(&world, id).await;
    let counts = ImportCounts {
        rows: 2,
        people: 2,
        engagements: 2,
        assignments: 1,
        ..ImportCounts::default()
    };
    assert_eq!(shown.counts, counts);
    assert_eq!(shown.read.len(), 8);
    assert!(shown.unread.is_empty() && shown.sheet.is_none() && shown.written.is_none());
    assert_eq!(world.entry_count(world.log()).await, from, "nothing is written by looking");
    assert_eq!(names(&world).await, ["Mira Lindqvist"]);
    let written = people::import_write(&world.app, &world.owner, id, &shown.mark).await.unwrap();
    assert_eq!(written, ImportWritten { counts, is_other: false });
    assert_eq!(
        world.kinds_from(from).await,
        [
            "person.added",
            "engagement.began",
            "assignment.added",
            "person.added",
            "engagement.began",
            "people.imported"
        ]
    );
    let file = Digest::of(&list(&rows));
    assert_eq!(
        world.body(from + 5).await,
        json!({"digest": file, "rows": 2, "people": 2, "engagements": 2, "assignments": 1, "known": 0, "refused": 0})
    );
    let began = world.body(from + 1).await;
    assert_eq!(
        (&began["form"], &began["job"], &began["begins_on"], &began["ends_on"]),
        (&json!("freelancer"), &json!("Colourist"), &json!("2026-02-01"), &json!("2026-09-30"))
    );
    let after = preview(&world, id).await;
    assert_eq!(after.written, Some(written));
    assert_eq!(after.counts, ImportCounts { rows: 2, known: 2, ..ImportCounts::default() });
    assert_eq!(names(&world).await, ["Ada Reel", "Ben Gate", "Mira Lindqvist"]);
}

async fn a_list_that_is_brought_again_changes_nothing(world: World) {
    let rows = [
        "Ada Reel;ada@reel.example;;freelancer;Colourist;2026-02-01;;",
        "Ben Gate;;;staff;Editor;2026-02-01;;",
    ];
    let id = held(&world, &rows).await;
    write(&world, id).await;
    let before = world.entry_count(world.log()).await;
    let again = write(&world, id).await;
    assert_eq!(again.counts, ImportCounts { rows: 2, known: 2, ..ImportCounts::default() });
    // Another file that says the same.
    let other = [
        "BEN  GATE;;;Employee;Editor;01.02.2026;;",
        " Ada Reel ;ADA@reel.example;;freelance; Colourist;2026-02-01;;",
    ];
    let id = held(&world, &other).await;
    assert_eq!(write(&world, id).await.counts.known, 2);
    assert_eq!(world.entry_count(world.log()).await, before);
    // More work of somebody known is added to them.
    let id = held(&world, &["Ada Reel;;;trainee;Editor;2026-02-01;;"]).await;
    let counts = write(&world, id).await.counts;
    assert_eq!((counts.people, counts.engagements), (0, 1));
}

async fn rows_that_contradict_what_is_known_are_refused_by_their_cells(world: World) {
    enter(&world, "Ada Reel", "ada@reel.example").await;
    enter(&world, "Ben Gate", "").await;
    let id = held(
        &world,
        &[
            "Ada Reel;ada@reel.example;+1;freelancer;colourist;2026-01-01;2026-02-01;",
            "Ada Real;ada@reel.example;;freelancer;colourist;2026-03-01;;",
            "Ada Reel;other@reel.example;;freelancer;colourist;2026-03-01;;",
            "Ben Gate;ben@gate.example;;freelancer;colourist;2026-03-01;;",
            "Ada Reel;;;freelancer;editor;2026-02-01;2026-03-01;",
            "Mira Lindqvist;mira@elsewhere.example;;employee;lead;2026-01-01;;",
            "Cy\u{202e}x;no address;#;boss;;31.02.2026;2025-01-01;",
            "Dan Foe;;;employee;editor;2026-02-01;;NOBODY",
        ],
    )
    .await;
    let shown = preview(&world, id).await;
    let told = told(&shown);
    let begins: Vec<(u32, Fate, &str)> = told
        .iter()
        .map(|(row, fate, said)| (*row, *fate, said.split('.').next().unwrap()))
        .collect();
    assert_eq!(
        begins,
        [
            (2, Fate::Known, "C2: No telephone is known here; enter it on their page"),
            (3, Fate::Refused, "A3: This address is known here as that of Ada Reel"),
            (
                4,
                Fate::Refused,
                "A4: Somebody else who belongs, is invited, or works here has this name"
            ),
            (5, Fate::Refused, "A5: Somebody of this name is known here without an address"),
            (
                6,
                Fate::Refused,
                "F6: They are engaged in the same form from 2026-01-01 to 2026-02-01 already, as colourist"
            ),
            (
                7,
                Fate::Refused,
                "A7: Somebody else who belongs, is invited, or works here has this name"
            ),
            (
                8,
                Fate::Refused,
                "A8: Enter the person's name, at most 100 characters on one line, none of them invisible"
            ),
            (9, Fate::Refused, "H9: No title has this alias"),
        ]
    );
    let hostile = shown.rows.iter().find(|row| row.number == 8).unwrap();
    let cells: Vec<&str> = hostile.problems.iter().map(|problem| problem.cell.as_str()).collect();
    assert_eq!(cells, ["A8", "B8", "C8", "D8", "E8", "F8"]);
    let before = world.entry_count(world.log()).await;
    let written = write(&world, id).await;
    assert_eq!((written.counts.refused, written.counts.known), (7, 1));
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn people_are_found_by_address_else_by_name_within_the_list_too(world: World) {
    enter(&world, "Ada Reel", "ada@reel.example").await;
    let id = held(
        &world,
        &[
            "ada reel;;;freelancer;colourist;2026-03-01;;",
            "Ben Gate;ben@gate.example;;freelancer;editor;2026-01-01;2026-01-31;",
            "Ben Gate;ben@gate.example;;freelancer;editor;2026-03-01;;",
            "Ben Gate;;;freelancer;editor;2026-03-01;;",
            "Ben Gate;other@gate.example;;freelancer;editor;2026-05-01;;",
            "Mira Lindqvist;;;employee;lead;2026-01-01;;",
        ],
    )
    .await;
    let shown = preview(&world, id).await;
    let fates: Vec<Fate> = told(&shown).iter().map(|(_, fate, _)| *fate).collect();
    assert_eq!(
        fates,
        [Fate::NewWork, Fate::NewPerson, Fate::NewWork, Fate::Known, Fate::Refused, Fate::NewWork]
    );
    let written = write(&world, id).await;
    assert_eq!((written.counts.people, written.counts.engagements), (1, 4));
    assert_eq!(names(&world).await, ["Ada Reel", "Ben Gate", "Mira Lindqvist"]);
}

async fn titles_take_who_may_put_people_on_them(world: World) {
    title(&world, "MARMOT").await;
    let provider = world.as_role(Role::Provider);
    let with = list(&["Ada Reel;;;freelancer;colourist;2026-03-01;;MARMOT"]);
    let without = list(&["Ada Reel;;;freelancer;colourist;2026-03-01;;"]);
    let refused = people::import_hold(&world.app, &provider, "x.csv", with.clone()).await;
    assert!(refused.unwrap_err().sentence().contains("titles"));
    let id = people::import_hold(&world.app, &world.owner, "x.csv", with).await.unwrap();
    for refused in [
        people::import_preview(&world.app, &provider, id).await.err(),
        people::import_write(&world.app, &provider, id, "").await.err(),
    ] {
        assert_eq!(code(&refused.unwrap()), "role.forbids");
    }
    let id = people::import_hold(&world.app, &provider, "x.csv", without).await.unwrap();
    people::import_write(&world.app, &provider, id, "").await.unwrap();
}

async fn what_changed_since_is_judged_anew(world: World) {
    let id = held(&world, &["Ada Reel;ada@reel.example;;freelancer;colourist;2026-03-01;;"]).await;
    let shown = preview(&world, id).await.mark;
    enter(&world, "Ada Reel", "").await;
    let written = people::import_write(&world.app, &world.owner, id, &shown).await.unwrap();
    assert!(written.is_other);
    assert_eq!((written.counts.people, written.counts.refused), (0, 1));
    assert!(preview(&world, id).await.written.unwrap().is_other);
}

async fn a_row_that_goes_to_another_title_or_person_since_is_said_to(world: World) {
    let blue = register::client(&world, "Blue Lantern").await;
    let one = register::title(&world, blue, "MARMOT").await;
    let other = register::title(&world, blue, "OTTER").await;
    let id = held(&world, &["Ada Reel;;;freelancer;colourist;2026-03-01;;MARMOT"]).await;
    let shown = preview(&world, id).await.mark;
    for (id, alias) in [(one, "HERON"), (other, "MARMOT"), (one, "OTTER")] {
        let new = NewTitle {
            name: format!("A Film called {alias}"),
            alias: alias.into(),
            begins_on: "2026-01-01".into(),
            ..NewTitle::default()
        };
        titles::title_change(&world.app, &world.owner, id, new).await.unwrap();
    }
    assert_ne!(preview(&world, id).await.mark, shown);
    let written = people::import_write(&world.app, &world.owner, id, &shown).await.unwrap();
    assert!(written.is_other);
    // Whose name it is now.
    enter(&world, "Omar Reel", "omar@reel.example").await;
    let id = held(&world, &["Omar Reel;;;freelancer;colourist;2026-04-01;;"]).await;
    let shown = preview(&world, id).await.mark;
    rename(&world, "Omar Reel", "Omar Cut").await;
    enter(&world, "Omar Reel", "other@reel.example").await;
    let written = people::import_write(&world.app, &world.owner, id, &shown).await.unwrap();
    assert!(written.is_other);
}

async fn rename(world: &World, from: &str, to: &str) {
    let wanted =
        Wanted { standing: Standing::All, text: from.into(), title: None, after: None, limit: 10 };
    let found = people::register_list(&world.app, &world.owner, wanted).await.unwrap().people;
    let person = &found[0].person;
    let new = NewPerson {
        name: to.into(),
        email: person.email.clone().unwrap_or_default(),
        phone: person.phone.clone(),
    };
    people::person_edit(&world.app, &world.owner, person.id, new).await.unwrap();
}

async fn lists_are_held_for_a_day_and_three_at_most(world: World) {
    let row = ["Ada Reel;;;freelancer;colourist;2026-03-01;;"];
    let first = held(&world, &row).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        world.advance(Duration::from_seconds(1));
        ids.insert(0, held(&world, &row).await);
    }
    let listed = people::import_list(&world.app, &world.owner).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
    assert_eq!(listed[0].file_name, "crew.csv");
    let gone = people::import_preview(&world.app, &world.owner, first).await.unwrap_err();
    assert_eq!(code(&gone), "not_found");
    world.advance(Duration::from_hours(24));
    let gone = people::import_preview(&world.app, &world.owner, ids[0]).await.unwrap_err();
    assert_eq!(code(&gone), "not_found");
    world.sweep().await;
    assert!(people::import_list(&world.app, &world.owner).await.unwrap().is_empty());
}

async fn a_file_that_is_no_list_is_refused_whole(world: World) {
    let refused = async |bytes: &[u8]| -> String {
        let held = people::import_hold(&world.app, &world.owner, "x", bytes.to_vec()).await;
        match held.unwrap_err() {
            Problem::Invalid(problems) => {
                assert_eq!(problems[0].field, "file");
                problems[0].message.clone()
            }
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(b"").await.contains("empty"));
    assert!(refused(b"%PDF-1.7").await.contains("Save the list as an Excel workbook"));
    assert!(refused(b"Name,Job\nAda,x\n").await.contains("as what they work here"));
    assert!(refused(format!("{HEADS}\n").as_bytes()).await.contains("empty"));
    let long = format!("{HEADS}\nAda;;;{}\n", "x".repeat(501));
    assert!(
        refused(long.as_bytes()).await.starts_with("The cell D2 has more than 500 characters. ")
    );
    let days = |one: &str, other: &str| {
        list(&[&format!("A;;;staff;x;{one};;"), &format!("B;;;staff;x;2026-01-01;{other};")])
    };
    assert!(refused(&days("01/02/2026", "")).await.contains("F2"));
    assert!(
        refused(&days("13/02/2026", "02/13/2026")).await.starts_with("F2 has the day first and G3")
    );
}

async fn another_organisation_sees_none_of_it_and_roles_hold(world: World) {
    let row = ["Ada Reel;;;freelancer;colourist;2026-03-01;;"];
    let id = held(&world, &row).await;
    let elsewhere = Caller { organisation: Id::from_bits(7), ..world.owner.clone() };
    assert!(people::import_list(&world.app, &elsewhere).await.unwrap().is_empty());
    for refused in [
        people::import_preview(&world.app, &elsewhere, id).await.err(),
        people::import_write(&world.app, &elsewhere, id, "").await.err(),
    ] {
        assert_eq!(code(&refused.unwrap()), "not_found");
    }
    for role in [Role::Member, Role::Auditor] {
        let caller = world.as_role(role);
        for refused in [
            people::import_hold(&world.app, &caller, "x", list(&row)).await.err(),
            people::import_list(&world.app, &caller).await.err(),
            people::import_preview(&world.app, &caller, id).await.err(),
            people::import_write(&world.app, &caller, id, "").await.err(),
        ] {
            assert_eq!(code(&refused.unwrap()), "role.forbids");
        }
    }
}

async fn many_rows_are_written_in_parts(world: World) {
    let rows: Vec<String> = (0..1_201)
        .map(|at| {
            // The last of somebody stands in another part than the first.
            let (who, month) = if at < 1_101 { (at, 1) } else { (at - 1_101, 6) };
            format!("Person {who};p{who}@crew.example;;freelancer;editor;2026-0{month}-01;2026-0{month}-20;")
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let id = held(&world, &rows).await;
    let written = write(&world, id).await;
    assert_eq!((written.counts.people, written.counts.engagements), (1_101, 1_201));
    assert!(!written.is_other);
    assert_eq!(preview(&world, id).await.counts.known, 1_201);
}

/// How long a hundred thousand rows take, to be looked at by hand: `cargo test --release -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it measures"]
async fn a_hundred_thousand_rows_take_so_long() {
    let world = World::sqlite().await;
    let rows: Vec<String> = (0..100_000)
        .map(|at| format!("Person {at};p{at}@crew.example;+34 600 {at};freelancer;editor;01.02.2026;30.09.2026;"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let bytes = list(&rows);
    let clock = std::time::Instant::now();
    let id = people::import_hold(&world.app, &world.owner, "crew.csv", bytes).await.unwrap();
    println!("held after {:?}", clock.elapsed());
    let shown = preview(&world, id).await;
    println!("shown after {:?}", clock.elapsed());
    let written = people::import_write(&world.app, &world.owner, id, &shown.mark).await.unwrap();
    println!("written after {:?}: {written:?}", clock.elapsed());
    preview(&world, id).await;
    println!("shown again after {:?}", clock.elapsed());
}
