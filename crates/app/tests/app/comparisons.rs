//! Lists held against the register: what the two do not agree on, how it is settled, and that who is forgotten is.

use crate::world::{World, code, on_both};
use closedset_app::{
    Problem,
    comparisons::{self, ComparisonShown, Says},
    people::{self, NewEngagement, NewPerson},
    tasks,
};
use closedset_core::{
    Duration,
    comparison::{DifferenceKind as Kind, ListKind, Settlement},
    id::{Comparison, Id, Person},
};
use closedset_pack::rows::ERASED_WORDS;

on_both!(
    a_list_is_held_against_the_register,
    a_former_address_and_a_tie_find_somebody,
    differences_are_settled_and_stay_so_in_the_next_list,
    whoever_is_forgotten_leaves_no_name,
    accounts_say_whether_they_are_well,
    lists_wait_for_a_day_and_columns_can_be_said_otherwise,
);

async fn enter(world: &World, name: &str, email: &str, ends_on: &str) -> Id<Person> {
    let person = NewPerson { name: name.into(), email: email.into(), phone: String::new() };
    let engagement = NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: "2025-01-01".into(),
        ends_on: ends_on.into(),
    };
    people::person_add(&world.app, &world.owner, person, engagement).await.unwrap()
}

async fn hold(world: &World, kind: &str, list: &str) -> Id<Comparison> {
    let file = ("list.csv", list.as_bytes().to_vec());
    comparisons::list_hold(&world.app, &world.owner, kind, file).await.unwrap()
}

async fn compared(world: &World, kind: &str, list: &str) -> ComparisonShown {
    world.advance(Duration::from_seconds(1));
    let id = hold(world, kind, list).await;
    let look = comparisons::list_look(&world.app, &world.owner, id).await.unwrap();
    let chosen = look.columns.into_iter().filter_map(|one| Some((one.column, one.says?))).collect();
    comparisons::list_compare(&world.app, &world.owner, id, chosen).await.unwrap();
    shown(world, id).await
}

async fn shown(world: &World, id: Id<Comparison>) -> ComparisonShown {
    comparisons::comparison_one(&world.app, &world.owner, id).await.unwrap()
}

fn told(shown: &ComparisonShown) -> Vec<(Kind, i64, &str)> {
    shown.differences.iter().map(|(row, _)| (row.kind, row.line, row.name.as_str())).collect()
}

async fn a_list_is_held_against_the_register(world: World) {
    enter(&world, "Ada Reel", "ada@reel.example", "").await;
    enter(&world, "Ben Gate", "ben@gate.example", "2025-02-01").await;
    enter(&world, "Cy Absent", "", "").await;
    enter(&world, "José Doe", "jose@doe.example", "").await;
    let from = world.entry_count(world.log()).await;
    let list = "Name;E-mail\nSomebody;ADA@reel.example\nBen;ben@gate.example\nNew One;new@x.example\nDOE Jose;\nNew One;new@x.example\n";
    let found = compared(&world, "payroll", list).await;
    assert_eq!(
        told(&found),
        [
            (Kind::NotKnown, 4, "New One"),
            (Kind::Gone, 3, "Ben"),
            (Kind::Missing, 0, "Cy Absent"),
            (Kind::ByName, 5, "DOE Jose"),
        ]
    );
    assert_eq!((found.counts.rows, found.counts.known, found.counts.twice), (5, 1, 1));
    assert!(found.is_last);
    assert_eq!(world.kinds_from(from).await, ["comparison.made"]);
    assert!(!world.body(from).await.to_string().contains("New One"), "no name in the ledger");
    let last = comparisons::comparison_last(&world.app, &world.owner).await.unwrap();
    assert_eq!((last[0].kind, last[0].open), (ListKind::Payroll, 4));
    assert!(last[1].comparison.is_none());
    let new = found.differences[0].0.id;
    let person = comparisons::difference_person(&world.app, &world.owner, new).await.unwrap();
    assert_eq!((person.name.as_str(), person.email.as_str()), ("New One", "new@x.example"));
}

async fn a_former_address_and_a_tie_find_somebody(world: World) {
    let ada = enter(&world, "Ada Reel", "ada@old.example", "").await;
    let new = NewPerson {
        name: "Ada Reel".into(),
        email: "ada@new.example".into(),
        phone: String::new(),
    };
    people::person_edit(&world.app, &world.owner, ada, new).await.unwrap();
    let ben = enter(&world, "Ben Gate", "ben@gate.example", "2025-02-01").await;
    let list = "Name,E-mail\nX,ada@old.example\nGate Ben,private@mail.example\n";
    let found = compared(&world, "badges", list).await;
    assert_eq!(told(&found), [(Kind::ByName, 3, "Gate Ben")]);
    let row = &found.differences[0].0;
    assert_eq!(row.candidates, [ben]);
    let of = (row.comparison, row.id);
    let other = comparisons::difference_tie(&world.app, &world.owner, of, &ada.to_string()).await;
    assert_eq!(code(&other.unwrap_err()), "person");
    comparisons::difference_tie(&world.app, &world.owner, of, &ben.to_string()).await.unwrap();
    let after = shown(&world, row.comparison).await;
    assert_eq!(told(&after), [(Kind::Gone, 3, "Gate Ben")], "who is gone is told as that");
    let again = compared(&world, "payroll", list).await;
    assert_eq!(told(&again), [(Kind::Gone, 3, "Gate Ben")], "the tie holds in other lists");
    let cy = enter(&world, "Cy One", "", "").await;
    let found = compared(&world, "badges", "Name\nOne Cy\n").await;
    let id = found.comparison.id;
    assert_eq!(comparisons::names_tie(&world.app, &world.owner, id).await.unwrap(), 1);
    let row =
        shown(&world, id).await.differences.into_iter().find(|(row, _)| row.person == Some(cy));
    assert_eq!(row.unwrap().0.settled.unwrap().how, Settlement::Tied);
}

async fn differences_are_settled_and_stay_so_in_the_next_list(world: World) {
    let list = "Name,E-mail\nNew One,new@x.example\nTwo,two@x.example\n";
    let found = compared(&world, "payroll", list).await;
    let of = |at: usize| (found.comparison.id, found.differences[at].0.id);
    let (app, owner) = (&world.app, &world.owner);
    let empty = comparisons::difference_aside(app, owner, of(0), " ").await.unwrap_err();
    assert!(matches!(empty, Problem::Invalid(_)));
    comparisons::difference_aside(app, owner, of(0), "The cleaner, by a firm").await.unwrap();
    let twice = comparisons::difference_task(app, owner, of(0)).await.unwrap_err();
    assert_eq!(code(&twice), "difference.settled");
    let task = comparisons::difference_task(app, owner, of(1)).await.unwrap();
    let row = tasks::task_one(app, owner, task).await.unwrap();
    assert_eq!(row.title, "Clear up: Works here and is not known (Payroll, row 3)");
    let next = compared(&world, "payroll", list).await;
    let how = |shown: &ComparisonShown, at: usize| {
        shown.differences[at].0.settled.as_ref().map(|settled| settled.how)
    };
    assert_eq!((how(&next, 0), how(&next, 1)), (Some(Settlement::Aside), Some(Settlement::Task)));
    tasks::task_done(app, owner, task, "looked").await.unwrap();
    let last = compared(&world, "payroll", list).await;
    assert_eq!((how(&last, 0), how(&last, 1)), (Some(Settlement::Aside), None));
    assert!(!shown(&world, next.comparison.id).await.is_last);
}

async fn whoever_is_forgotten_leaves_no_name(world: World) {
    let ben = enter(&world, "Ben Gate", "ben@gate.example", "2025-02-01").await;
    let list = "Name,E-mail\nBen Gate,ben@gate.example\nGate Ben,\nOther,o@x.example\n";
    let found = compared(&world, "payroll", list).await;
    let row = found.differences.iter().find(|(row, _)| row.kind == Kind::Gone).unwrap().0.clone();
    let of = (row.comparison, row.id);
    comparisons::difference_aside(&world.app, &world.owner, of, "Ben is paid until May")
        .await
        .unwrap();
    let entry = world.entry_count(world.log()).await - 1;
    hold(&world, "badges", list).await;
    people::person_forget(&world.app, &world.owner, ben, "asked for in writing").await.unwrap();
    let after = shown(&world, row.comparison).await;
    let text = format!("{:?}", after.differences);
    assert!(!text.contains("Ben") && !text.to_lowercase().contains("gate"), "{text}");
    assert!(text.contains(ERASED_WORDS) && text.contains("Other"));
    let organisation = world.owner.organisation;
    let log = world.log();
    world
        .read(move |tx| {
            assert!(closedset_store::comparisons::held_lists(tx, organisation).unwrap().is_empty());
            let body = closedset_store::ledger::entry_body_at(tx, log, entry).unwrap();
            assert!(body.is_none(), "the reason went with its entry");
            Ok(())
        })
        .await;
}

async fn accounts_say_whether_they_are_well(world: World) {
    enter(&world, "Ada Reel", "ada@reel.example", "").await;
    let list = "Display name,Email,Status,MFA enrolled,Last login\n\
        Ada Reel,ada@reel.example,ACTIVE,TRUE,2020-01-01T00:00:00Z\n\
        edit1,edit1@reel.example,ACTIVE,FALSE,Never\n\
        Gone One,gone@reel.example,SUSPENDED,FALSE,Never\n\
        Ada Admin,ada@reel.example,ACTIVE,,\n";
    let found = compared(&world, "identities", list).await;
    assert_eq!(
        told(&found),
        [
            (Kind::Shared, 3, "edit1"),
            (Kind::Shared, 5, "Ada Admin"),
            (Kind::NoMfa, 3, "edit1"),
            (Kind::NoMfa, 5, "Ada Admin"),
            (Kind::Dormant, 2, "Ada Reel"),
            (Kind::Dormant, 3, "edit1"),
            (Kind::Dormant, 5, "Ada Admin"),
        ]
    );
    assert_eq!(found.counts.off, 1);
}

async fn lists_wait_for_a_day_and_columns_can_be_said_otherwise(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = hold(&world, "payroll", "Name,Code name\nx,Ada Reel\n").await;
    let none = comparisons::list_compare(app, owner, id, Vec::new()).await.unwrap_err();
    assert!(matches!(none, Problem::Invalid(_)));
    comparisons::list_compare(app, owner, id, vec![(1, Says::Name)]).await.unwrap();
    assert_eq!(shown(&world, id).await.differences[0].0.name, "Ada Reel");
    let gone = comparisons::list_look(app, owner, id).await.unwrap_err();
    assert!(matches!(gone, Problem::NotFound(_)), "the list itself is let go");
    let id = hold(&world, "payroll", "Name,E-mail\nx,a@b.example\n").await;
    world.advance(Duration::from_hours(25));
    let late = comparisons::list_look(app, owner, id).await.unwrap_err();
    assert!(matches!(late, Problem::NotFound(_)));
    let wrong = ("a.csv", b"Name,E-mail\nx,a@b.example\n".to_vec());
    let kind = comparisons::list_hold(app, owner, "crew", wrong).await.unwrap_err();
    assert!(matches!(kind, Problem::Invalid(_)));
}
