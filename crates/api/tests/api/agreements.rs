//! Agreements over the API: what is shown of them and of whoever signs, what is refused and why, the link that is
//! shown once, and the signed file.

use crate::{
    calls::{WORDS, agreement_version},
    world::{Answer, Call, World, call, get, post},
};
use closedset_app::agreements;
use closedset_core::{Action, Digest, Duration};
use serde_json::{Value, json};

async fn owner_asks(world: &World, call: Call) -> Answer {
    world.ask(call.by(world.home.owner())).await
}

async fn read(world: &World, path: &str) -> Value {
    owner_asks(world, get(format!("/api/v1/{path}"))).await.well().json()
}

/// The body of the newest entry of a kind.
async fn told(world: &World, kind: &str) -> (Value, Value) {
    let page = read(world, &format!("ledger/entries?kind={kind}&limit=1")).await;
    let index = page["items"][0]["index"].clone();
    let entry = read(world, &format!("ledger/entries/{index}")).await;
    (index, serde_json::from_str(entry["body"].as_str().unwrap()).unwrap())
}

#[tokio::test]
async fn an_agreement_is_put_in_force_changed_and_retired() {
    let world = World::new().await;
    let new = json!({"name": " Confidentiality ", "text": format!("{WORDS}\r\n")});
    let id = owner_asks(&world, post("/api/v1/agreements", &new)).await.well().text("id");
    let (first, said) = told(&world, "agreement.added").await;
    assert_eq!((&said["agreement"], &said["client"]), (&json!(id), &Value::Null));
    let person = world.registered(&world.home).await;
    let name = read(&world, &format!("register/{person}")).await["name"].clone();
    let shown = json!({
        "id": id,
        "name": "Confidentiality",
        "is_for_all": true,
        "version": 1,
        "counts_from": 1,
        "bound": 1,
        "signed": 0,
        "created_at": "2026-03-12T09:30:00.000Z",
    });
    assert_eq!(read(&world, "agreements").await, json!([shown]));
    let mut detail = shown.clone();
    let version = |number: i64, words: &str, entry: &Value| {
        json!({
            "version": number,
            "digest": Digest::of(words.as_bytes()).to_string(),
            "published_by": "token owner, made by owner of Nordlicht Post",
            "published_at": "2026-03-12T09:30:00.000Z",
            "entry": entry,
        })
    };
    detail["text"] = json!(WORDS);
    detail["versions"] = json!([version(1, WORDS, &first)]);
    detail["owing"] = json!([{"person": person, "name": name}]);
    detail["is_cut"] = json!(false);
    assert_eq!(read(&world, &format!("agreements/{id}")).await, detail);

    let path = format!("/api/v1/agreements/{id}/versions");
    let published = owner_asks(&world, post(&path, &agreement_version())).await.well();
    assert_eq!((published.status, published.json()), (201, json!({"version": 2})));
    let (second, said) = told(&world, "agreement.published").await;
    assert_eq!((&said["number"], &said["asks_again"]), (&json!(2), &json!(true)));
    let words = agreement_version()["text"].as_str().unwrap().to_owned();
    let later = read(&world, &format!("agreements/{id}")).await;
    assert_eq!((&later["version"], &later["counts_from"]), (&json!(2), &json!(2)));
    assert_eq!(later["text"], words);
    assert_eq!(later["versions"], json!([version(2, &words, &second), version(1, WORDS, &first)]));

    let retire = call("DELETE", format!("/api/v1/agreements/{id}"));
    assert_eq!(owner_asks(&world, retire.clone()).await.well().status, 204);
    let retired = read(&world, &format!("agreements/{id}")).await;
    assert_eq!(retired["retired_at"], "2026-03-12T09:30:00.000Z");
    assert_eq!((&retired["bound"], &retired["owing"]), (&json!(0), &json!([])));
    assert_eq!(read(&world, &format!("register/{person}/agreements")).await, json!([]));
    let again = json!({"text": WORDS, "after": 2});
    for gone in [retire, post(path, &again)] {
        let answer = owner_asks(&world, gone).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"));
    }
    // Its name is free again.
    owner_asks(&world, post("/api/v1/agreements", &new)).await.well();
}

#[tokio::test]
async fn what_somebody_signs_is_shown_with_its_file() {
    let world = World::new().await;
    let agreement = world.agreement(&world.home).await;
    let person = world.registered(&world.home).await;
    let path = format!("register/{person}/agreements");
    let owed = read(&world, &path).await;
    let known = read(&world, &format!("agreements/{agreement}")).await;
    let mut wanted = json!([{
        "agreement": agreement,
        "name": known["name"],
        "version": 1,
        "is_owed": true,
        "others": [],
        "papers": [],
    }]);
    assert_eq!(owed, wanted);

    let signature = world.signed(&world.home, &agreement, &person).await;
    let (entry, said) = told(&world, "agreement.signed").await;
    let file = owner_asks(&world, get(format!("/api/v1/signatures/{signature}/file"))).await.well();
    assert!(file.body.starts_with(b"%PDF"));
    assert_eq!(file.header("content-type"), "application/pdf");
    assert_eq!(file.header("cache-control"), "private, no-store");
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"signed.pdf\""));
    assert_eq!(said["file"], Digest::of(&file.body).to_string());
    let name = read(&world, &format!("register/{person}")).await["name"].clone();
    wanted[0]["is_owed"] = json!(false);
    wanted[0]["signature"] = json!({
        "id": signature,
        "version": 1,
        "name": name,
        "signed_at": "2026-03-12T09:30:00.000Z",
        "digest": said["file"],
        "entry": entry,
    });
    assert_eq!(read(&world, &path).await, wanted);
    let counted = read(&world, "agreements").await;
    assert_eq!((&counted[0]["bound"], &counted[0]["signed"]), (&json!(1), &json!(1)));

    // Who is asked again owes it, and what they signed is still shown.
    let sent = post(format!("/api/v1/agreements/{agreement}/versions"), &agreement_version());
    owner_asks(&world, sent).await.well();
    wanted[0]["is_owed"] = json!(true);
    wanted[0]["version"] = json!(2);
    assert_eq!(read(&world, &path).await, wanted);
    let retire = call("DELETE", format!("/api/v1/agreements/{agreement}"));
    owner_asks(&world, retire).await.well();
    let retired = read(&world, &path).await;
    assert_eq!(retired[0]["is_owed"], false);
    assert_eq!(retired[0]["signature"]["id"], json!(signature));
    assert_eq!(retired[0]["retired_at"], "2026-03-12T09:30:00.000Z");
}

#[tokio::test]
async fn a_link_is_shown_once_and_ends_the_one_before() {
    let world = World::new().await;
    world.agreement(&world.home).await;
    let person = world.registered(&world.home).await;
    let ask = || {
        let call = call("POST", format!("/api/v1/register/{person}/link"));
        owner_asks(&world, call.with("idempotency-key", "one"))
    };
    let before = world.link(&world.home, &person).await;
    let made = ask().await.well();
    assert_eq!(made.status, 201);
    assert_eq!(made.text("expires_at"), "2026-03-26T09:30:00.000Z");
    let link = made.text("link");
    let token = link.strip_prefix("https://closedset.example/mine?token=").unwrap();
    let dead = agreements::owed(&world.app, &before).await;
    assert_eq!(dead.unwrap_err().code(), "personal_link.dead");
    assert_eq!(agreements::owed(&world.app, token).await.unwrap().agreements.len(), 1);
    // The answer is not kept, and nothing is made twice.
    let entries = world.entries(&world.home).await;
    let again = ask().await;
    assert_eq!((again.status, again.problem().as_str()), (409, "idempotency.shown_once"));
    assert!(!String::from_utf8_lossy(&again.body).contains(token));
    assert_eq!(world.entries(&world.home).await, entries);
    let (_, said) = told(&world, "person.link_made").await;
    assert!(!said.to_string().contains(token), "{said}");
    world.clock.advance(Duration::from_days(14));
    let dead = agreements::owed(&world.app, token).await;
    assert_eq!(dead.unwrap_err().code(), "personal_link.dead");
}

#[tokio::test]
async fn what_contradicts_an_agreement_is_refused() {
    let world = World::new().await;
    let id = world.agreement(&world.home).await;
    let name = read(&world, "agreements").await[0]["name"].clone();
    let publish = |body: Value| post(format!("/api/v1/agreements/{id}/versions"), &body);
    owner_asks(&world, publish(agreement_version())).await.well();
    for (sent, code) in [
        (post("/api/v1/agreements", &json!({"name": name, "text": WORDS})), "agreement.same_name"),
        (publish(agreement_version()), "agreement.changed"),
        (publish(json!({"text": WORDS, "after": 3})), "agreement.changed"),
    ] {
        let before = world.entries(&world.home).await;
        let answer = owner_asks(&world, sent).await;
        assert_eq!((answer.status, answer.problem().as_str()), (409, code));
        assert_eq!(world.entries(&world.home).await, before, "{code}");
    }
    let same = json!({"text": agreement_version()["text"], "after": 2});
    let theirs = world.client(&world.away).await;
    let client = |id: &str| json!({"name": "Theirs", "client": id, "text": WORDS});
    for (sent, fields) in [
        (post("/api/v1/agreements", &json!({"name": "", "text": "short"})), &["name", "text"][..]),
        (publish(json!({"text": "short", "after": 2})), &["text"]),
        (publish(same), &["text"]),
        (post("/api/v1/agreements", &client(&theirs)), &["client"]),
        (post("/api/v1/agreements", &client("")), &["client"]),
        (post("/api/v1/agreements", &client("everybody")), &["client"]),
    ] {
        let before = world.entries(&world.home).await;
        let answer = owner_asks(&world, sent).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"));
        let said = answer.json();
        let named = said["fields"].as_array().unwrap().iter();
        let named: Vec<&str> = named.map(|one| one["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields);
        assert_eq!(world.entries(&world.home).await, before, "{fields:?}");
    }
}

#[tokio::test]
async fn whose_titles_ask_for_it_is_shown_only_to_whoever_sees_titles() {
    let world = World::new().await;
    let assigned = world.assignment(&world.home).await;
    world.registered(&world.home).await;
    let people = read(&world, "register").await;
    let people = people["items"].as_array().unwrap();
    let person = people.iter().find(|one| one["assignments"][0]["id"] == assigned).unwrap();
    let title = person["assignments"][0]["title"].as_str().unwrap();
    let client = read(&world, &format!("titles/{title}")).await["client"].clone();
    let client_name =
        read(&world, &format!("clients/{}", client.as_str().unwrap())).await["name"].clone();
    let new = json!({"name": "Theirs alone", "client": client, "text": WORDS});
    let id = owner_asks(&world, post("/api/v1/agreements", &new)).await.well().text("id");
    let detail = read(&world, &format!("agreements/{id}")).await;
    assert_eq!((&detail["is_for_all"], &detail["bound"]), (&json!(false), &json!(1)));
    assert_eq!((&detail["client"], &detail["client_name"]), (&client, &client_name));
    assert_eq!(detail["owing"], json!([{"person": person["id"], "name": person["name"]}]));

    let blind = world.token_with(&world.home, Action::PeopleRead.into()).await;
    for path in ["agreements".to_owned(), format!("agreements/{id}")] {
        let answer = world.ask(get(format!("/api/v1/{path}")).by(&blind)).await.well();
        let said = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(said.contains("Theirs alone") && said.contains("\"is_for_all\":false"), "{said}");
        assert!(!said.contains("cli_") && !said.contains(client_name.as_str().unwrap()), "{said}");
    }
    let manager = "people.manage task.read task.write".parse().unwrap();
    let manager = world.token_with(&world.home, manager).await;
    let new = json!({"name": "Another of theirs", "client": client, "text": WORDS});
    let before = world.entries(&world.home).await;
    let answer = world.ask(post("/api/v1/agreements", &new).by(&manager)).await;
    assert_eq!((answer.status, answer.text("scope").as_str()), (403, "title.read"));
    assert_eq!(world.entries(&world.home).await, before);
}
