//! Lists, page by page.

use crate::world::{World, get};
use std::collections::BTreeSet;

async fn walk(world: &World, path: &str, cursor: &str, id: &str, limit: usize) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let more = next.take().map_or_else(String::new, |next| format!("&{cursor}={next}"));
        let call = get(format!("{path}?limit={limit}{more}")).by(world.home.owner());
        let page = world.ask(call).await.well().json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        seen.extend(items.iter().map(|item| item[id].to_string()));
        match page["next"].as_str() {
            Some(after) => {
                assert_eq!(items.len(), limit, "a page that is followed by another is full");
                next = Some(after.to_owned());
            }
            None => return seen,
        }
    }
}

#[tokio::test]
async fn pages_together_are_the_whole_list_and_nothing_twice() {
    let world = World::new().await;
    for _ in 0..5 {
        world.document(&world.home).await;
        world.attestation(&world.home).await;
        world.device(&world.home).await;
        world.exception(&world.home).await;
        world.own_check(&world.home).await;
        // With a client of its own.
        world.title(&world.home).await;
        world.registered(&world.home).await;
        world.audit(&world.home).await;
        world.risk(&world.home).await;
    }
    let entries = usize::try_from(world.entries(&world.home).await).unwrap();
    let mut questions = String::new();
    for _ in 0..5 {
        questions = format!("questionnaires/{}/questions", world.questionnaire(&world.home).await);
    }
    let entries = entries + 10;
    let lists = [
        ("documents", "after", "id", 5),
        ("attestations", "after", "id", 5),
        ("devices", "after", "id", 5),
        ("exceptions", "after", "id", 5),
        ("own-checks", "after", "id", 5),
        ("audits", "after", "id", 5),
        ("risks", "after", "id", 5),
        ("questionnaires", "after", "id", 5),
        (&questions, "after", "position", 2),
        // With those of titles and of questionnaires.
        ("clients", "after", "id", 10),
        ("titles", "after", "id", 5),
        ("register", "after", "id", 5),
        ("ledger/entries", "before", "index", entries),
    ];
    for (list, cursor, id, count) in lists {
        let path = format!("/api/v1/{list}");
        for limit in [1, 2, 5, 200] {
            let seen = walk(&world, &path, cursor, id, limit).await;
            assert_eq!(seen.len(), count, "{list} by {limit}");
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), count, "{list} by {limit}");
        }
    }
}

#[tokio::test]
async fn a_limit_out_of_bounds_is_refused_in_every_list() {
    let world = World::new().await;
    for list in [
        "documents",
        "attestations",
        "devices",
        "exceptions",
        "own-checks",
        "audits",
        "questionnaires",
        "risks",
        "clients",
        "titles",
        "register",
        "people",
        "tasks",
        "ledger/entries",
    ] {
        for limit in ["0", "-5", "201", "9999999"] {
            let call = get(format!("/api/v1/{list}?limit={limit}")).by(world.home.owner());
            let answer = world.ask(call).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (422, "input.invalid"),
                "{list}"
            );
            let says = answer.json()["title"].to_string();
            assert!(says.contains("a limit lies between 1 and 200"), "{list} {limit}: {says}");
        }
    }
}

#[tokio::test]
async fn entries_can_be_asked_for_by_kind() {
    let world = World::new().await;
    world.document(&world.home).await;
    let call = get("/api/v1/ledger/entries?kind=document.added").by(world.home.owner());
    let page = world.ask(call).await.well().json();
    let kinds: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["document.added"]);
}

#[tokio::test]
async fn the_past_is_asked_for_by_a_time_that_has_passed() {
    let world = World::new().await;
    let device = world.device(&world.home).await.0;
    let now = world.app.now();
    for list in ["board", "controls/IS-7", &format!("devices/{device}")] {
        let ask =
            |as_of: String| get(format!("/api/v1/{list}?as_of={as_of}")).by(world.home.owner());
        let present =
            world.ask(get(format!("/api/v1/{list}")).by(world.home.owner())).await.well().json();
        let past = world.ask(ask(now.to_string())).await.well().json();
        for key in ["counts", "status", "in_force"] {
            assert_eq!(past[key], present[key], "{list}");
        }
        for gone in ["next", "tasks_open", "facts", "has_screen", "confirmed_by", "last_seen_at"] {
            assert!(past.get(gone).is_none(), "{list}");
        }
        for wrong in ["2999-01-01T00:00:00Z", "yesterday", "1899-12-31T00:00:00Z", "", "2026-01-01"]
        {
            assert!(
                [400, 422].contains(&world.ask(ask(wrong.into())).await.status),
                "{list} {wrong}"
            );
        }
    }
}
