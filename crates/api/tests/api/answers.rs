//! Registers that somebody confirms, and answers for an owner.

use crate::world::{Answer, Call, World, get, post};
use closedset_core::Digest;
use serde_json::{Value, json};

async fn ask(world: &World, call: Call) -> Answer {
    world.ask(call.by(world.home.owner())).await
}

async fn read(world: &World, path: &str) -> Value {
    ask(world, get(format!("/api/v1/{path}"))).await.well().json()
}

/// A client with a title, by their ids.
async fn client(world: &World, name: &str, alias: &str, is_confidential: bool) -> String {
    let body = json!({"name": name, "is_confidential": is_confidential});
    let id = ask(world, post("/api/v1/clients", &body)).await.well().text("id");
    let title = json!({"name": format!("The {alias}"), "alias": alias, "begins_on": "2026-03-01"});
    ask(world, post("/api/v1/titles", &json!({"client": id, "title": title}))).await.well();
    id
}

#[tokio::test]
async fn a_register_is_confirmed_as_it_was_looked_through() {
    let world = World::new().await;
    client(&world, "Blue Lantern", "MARMOT", false).await;
    client(&world, "Vantage Originals", "OTTER", true).await;
    let path = "clients/list/confirmation";
    let before = read(&world, path).await;
    assert_eq!(before["control"], "AD-2");
    assert_eq!((&before["count"], &before["undisclosed"]), (&json!(2), &json!(1)));
    assert!(before.get("last").is_none(), "{before}");
    client(&world, "Kestrel", "BADGER", false).await;
    let said = json!({"seen": before["seen"], "has_looked": true});
    let refused = ask(&world, post(format!("/api/v1/{path}"), &said)).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "register.changed_while_read"));
    let now = read(&world, path).await;
    for (said, wrong) in [
        (json!({"seen": now["seen"], "has_looked": false}), "has_looked"),
        (json!({"seen": "5f", "has_looked": true}), "seen"),
    ] {
        let refused = ask(&world, post(format!("/api/v1/{path}"), &said)).await;
        assert_eq!((refused.status, refused.problem().as_str()), (422, "input.invalid"));
        assert_eq!(refused.json()["fields"][0]["field"], wrong);
    }
    let said = json!({"seen": now["seen"], "has_looked": true, "note": "All is there."});
    let made = ask(&world, post(format!("/api/v1/{path}"), &said)).await.well().text("id");
    let last = read(&world, path).await["last"].take();
    assert_eq!((&last["document"], &last["number"]), (&json!(made), &json!(1)));
    assert_eq!((&last["counted"], &last["counts_until"]), (&json!(3), &json!("2026-06-12")));
    assert_eq!((&last["is_over"], &last["entered_since"]), (&json!(false), &json!(0)));
    let document = read(&world, &format!("documents/{made}")).await;
    assert_eq!(document["control"], "AD-2");
    // Of people there is nobody yet.
    let path = "head-count/confirmation";
    let seen = read(&world, path).await["seen"].take();
    let said = json!({"seen": seen, "has_looked": true, "compared_with": ["accounts"]});
    let refused = ask(&world, post(format!("/api/v1/{path}"), &said)).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "register.empty"));
}

#[tokio::test]
async fn an_owner_is_answered_and_reads_nothing_of_others_titles() {
    let world = World::new().await;
    let blue = client(&world, "Blue Lantern", "MARMOT", false).await;
    client(&world, "Kestrel", "BADGER", false).await;
    client(&world, "Vantage Originals", "OTTER", true).await;
    let answers = read(&world, &format!("answers?for={blue}")).await;
    assert_eq!((&answers["for"], &answers["on"]), (&json!(blue), &json!("2026-03-12")));
    let all = answers["answers"].as_array().unwrap();
    assert_eq!((all.len(), &all[1]["control"]), (9, &json!("AD-2")));
    assert_eq!(all[1]["words"][1], "Blue Lantern; Kestrel.");
    let words = answers.to_string();
    for hidden in ["BADGER", "OTTER", "Vantage"] {
        assert!(!words.contains(hidden), "{hidden}: {words}");
    }
    for (form, kind) in [("pdf", "pdf"), ("xlsx", "sheet"), ("docx", "document")] {
        let said = json!({"for": blue, "on": "2026-03-12", "form": form});
        let file = ask(&world, post("/api/v1/answers/file", &said)).await.well();
        assert!(file.header("content-type").ends_with(kind), "{form}");
        let name = format!("\"answers-2026-03-12.{form}\"");
        assert!(file.header("content-disposition").contains(&name), "{form}");
        let kind = "ledger/entries?kind=answers.handed_out";
        let entry = read(&world, kind).await["items"][0]["index"].to_string();
        let entry = read(&world, &format!("ledger/entries/{entry}")).await;
        let told: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
        assert_eq!(told["digest"], Digest::of(&file.body).to_string());
    }
    for (query, status) in [("&on=2026-03-13", 422), ("&on=soon", 422), ("x", 404), ("&o=1", 422)] {
        let answer = ask(&world, get(format!("/api/v1/answers?for={blue}{query}"))).await;
        assert_eq!(answer.status, status, "{query}");
    }
    let theirs = get(format!("/api/v1/answers?for={blue}")).by(world.away.owner());
    assert_eq!(world.ask(theirs).await.status, 404);
}
