//! The register of people over the API: what is shown of whom, and to whom; what is refused and why.

use crate::{
    calls::{assignment, engagement},
    world::{Answer, Call, World, call, get, post},
};
use closedset_core::{Action, Digest, Role};
use serde_json::{Value, json};

async fn owner_asks(world: &World, call: Call) -> Answer {
    world.ask(call.by(world.home.owner())).await
}

async fn read(world: &World, path: &str) -> Value {
    owner_asks(world, get(format!("/api/v1/{path}"))).await.well().json()
}

fn put(path: String, body: &Value) -> Call {
    call("PUT", path).json(body)
}

#[tokio::test]
async fn somebody_is_entered_booked_ended_and_forgotten() {
    let world = World::new().await;
    let new = json!({
        "person": {"name": " Nina Cut ", "email": "Nina@Halide.example", "phone": "+49 30 1"},
        "engagement": {"form": "employee", "job": "Editor", "begins_on": "2026-03-01", "ends_on": "2026-03-05"},
    });
    let id = owner_asks(&world, post("/api/v1/register", &new)).await.well().text("id");
    let title = world.title(&world.home).await;
    let alias = read(&world, &format!("titles/{title}")).await["alias"].clone();
    let booked = json!({"title": title, "assignment": {"job": "Online", "begins_on": "2026-03-05", "ends_on": "2026-03-06"}});
    let path = format!("/api/v1/register/{id}/assignments");
    let assigned = owner_asks(&world, post(path, &booked)).await.well().text("id");

    let mut detail = read(&world, &format!("register/{id}")).await;
    let engaged = detail["engagements"][0]["id"].take();
    assert_eq!(
        detail,
        json!({
            "id": id,
            "name": "Nina Cut",
            "email": "nina@halide.example",
            "phone": "+49 30 1",
            "created_at": "2026-03-12T09:30:00.000Z",
            "has_account": false,
            "engagements": [{
                "id": null,
                "form": "employee",
                "job": "Editor",
                "begins_on": "2026-03-01",
                "ends_on": "2026-03-05",
                "created_at": "2026-03-12T09:30:00.000Z",
            }],
            "assignments": [{
                "id": assigned,
                "title": title,
                "alias": alias,
                "job": "Online",
                "begins_on": "2026-03-05",
                "ends_on": "2026-03-06",
                "created_at": "2026-03-12T09:30:00.000Z",
                "is_beyond": true,
            }],
        })
    );

    let within = json!({"job": "Online", "begins_on": "2026-03-05", "ends_on": "2026-03-05"});
    owner_asks(&world, put(format!("/api/v1/assignments/{assigned}"), &within)).await.well();
    let detail = read(&world, &format!("register/{id}")).await;
    assert_eq!(detail["assignments"][0]["is_beyond"], false);

    let path = format!("/api/v1/engagements/{}", engaged.as_str().unwrap());
    let open = json!({"form": "trainee", "job": "Editor", "begins_on": "2026-03-01"});
    owner_asks(&world, put(path.clone(), &open)).await.well();
    let detail = read(&world, &format!("register/{id}")).await;
    assert_eq!(detail["engagements"][0]["form"], "trainee");
    assert_eq!(detail["engagements"][0].get("ends_on"), None);

    let forget = post(format!("/api/v1/register/{id}/forget"), &json!({"reason": "asked for it"}));
    let refused = owner_asks(&world, forget.clone()).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "person.engaged"));
    owner_asks(&world, call("DELETE", path)).await.well();
    owner_asks(&world, forget.clone()).await.well();
    for gone in [forget, get(format!("/api/v1/register/{id}"))] {
        let answer = owner_asks(&world, gone).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"));
    }
    let found = read(&world, "register?standing=all&q=nina").await;
    assert_eq!(found["items"], json!([]));
}

#[tokio::test]
async fn the_list_is_by_standing_text_and_title() {
    let world = World::new().await;
    let enter = |name: &str, first: &str, last: Value| {
        let new = json!({
            "person": {"name": name},
            "engagement": {"form": "freelancer", "job": "Sound", "begins_on": first, "ends_on": last},
        });
        post("/api/v1/register", &new)
    };
    owner_asks(&world, enter("Carla Foley", "2026-03-13", Value::Null)).await.well();
    owner_asks(&world, enter("Lena Foley", "2026-01-01", json!("2026-03-11"))).await.well();
    let here = enter("Hana Score", "2026-01-01", json!("2026-03-12"));
    let here = owner_asks(&world, here).await.well().text("id");
    let title = world.title(&world.home).await;
    let body = json!({"title": title, "assignment": assignment()});
    owner_asks(&world, post(format!("/api/v1/register/{here}/assignments"), &body)).await.well();
    for (query, names) in [
        ("", &["Hana Score"][..]),
        ("?standing=here", &["Hana Score"]),
        ("?standing=coming", &["Carla Foley"]),
        ("?standing=left", &["Lena Foley"]),
        // The owner, whom nobody has engaged, is known too.
        ("?standing=all", &["Ada Reel", "Carla Foley", "Hana Score", "Lena Foley"]),
        ("?standing=all&q=FOLEY", &["Carla Foley", "Lena Foley"]),
        ("?standing=all&q=owner@nordlicht", &["Ada Reel"]),
        (&format!("?title={title}"), &["Hana Score"]),
        (&format!("?standing=left&title={title}"), &[]),
    ] {
        let page = read(&world, &format!("register{query}")).await;
        let items = page["items"].as_array().unwrap();
        let found: Vec<&str> = items.iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{query}");
    }
    for (query, status) in [
        (format!("q={}", "x".repeat(255)), 422),
        ("title=x".to_owned(), 404),
        ("after=per_01h2xcejqtf2nbrexx3vqjhp41".to_owned(), 404),
    ] {
        let answer = owner_asks(&world, get(format!("/api/v1/register?{query}"))).await;
        answer.problem();
        assert_eq!(answer.status, status, "{query}");
    }
}

#[tokio::test]
async fn titles_are_shown_only_to_whoever_may_see_them() {
    let world = World::new().await;
    world.assignment(&world.home).await;
    let page = read(&world, "register").await;
    let person = page["items"][0]["id"].as_str().unwrap().to_owned();
    let title = page["items"][0]["assignments"][0]["title"].as_str().unwrap();
    let client = read(&world, &format!("titles/{title}")).await["client"].clone();
    let count = read(&world, "head-count").await;
    assert_eq!((&count["assigned"], &count["assigned_beyond"]), (&json!(1), &json!(0)));
    assert_eq!(count["people"][0]["titles"].as_array().unwrap().len(), 1);

    let blind = world.token_with(&world.home, Action::PeopleRead.into()).await;
    let ask = |path: &str| world.ask(get(format!("/api/v1/{path}")).by(&blind));
    for path in ["register", &format!("register/{person}"), "head-count"] {
        let said = String::from_utf8(ask(path).await.well().body.to_vec()).unwrap();
        assert!(said.contains("Otto Cut"), "{said}");
        for word in ["ALIAS", "ttl_", "assign", "titles"] {
            assert!(!said.contains(word), "{path}: {said}");
        }
    }
    let file = post("/api/v1/head-count/file", &json!({})).by(&blind);
    let said = String::from_utf8(world.ask(file).await.well().body.to_vec()).unwrap();
    assert!(said.contains("Otto Cut") && !said.contains("ALIAS"), "{said}");

    let client = client.as_str().unwrap();
    for path in [
        format!("register?title={title}"),
        format!("head-count?title={title}"),
        format!("head-count?client={client}"),
    ] {
        let answer = ask(&path).await;
        assert_eq!((answer.status, answer.problem().as_str()), (403, "scope.lacking"), "{path}");
        assert_eq!(answer.text("scope"), "title.read", "{path}");
    }
    let before = world.entries(&world.home).await;
    let file = post("/api/v1/head-count/file", &json!({"title": title})).by(&blind);
    assert_eq!(world.ask(file).await.text("scope"), "title.read");
    assert_eq!(world.entries(&world.home).await, before);
}

#[tokio::test]
async fn what_contradicts_the_register_is_refused() {
    let world = World::new().await;
    let person = world.registered(&world.home).await;
    let known = read(&world, &format!("register/{person}")).await;
    let new = |name: &Value, email: &Value| {
        let person = json!({"name": name, "email": email});
        post("/api/v1/register", &json!({"person": person, "engagement": engagement("trainee")}))
    };
    let to = |end: &str, body: &Value| post(format!("/api/v1/register/{person}/{end}"), body);
    let title = world.title(&world.home).await;
    let booked = json!({"title": title, "assignment": assignment()});
    owner_asks(&world, to("assignments", &booked)).await.well();
    let member = world.person(&world.home).await;
    let reason = json!({"reason": "asked for by the person"});
    for (sent, code) in [
        (new(&json!("Nina Cut"), &known["email"]), "person.same_email"),
        (new(&known["name"], &Value::Null), "person.same_name"),
        (to("engagements", &engagement("freelancer")), "engagement.overlaps"),
        (to("assignments", &booked), "assignment.overlaps"),
        (to("forget", &reason), "person.engaged"),
        (post(format!("/api/v1/register/{member}/forget"), &reason), "person.has_account"),
        (
            put(format!("/api/v1/register/{member}"), &json!({"name": "Ada Reel"})),
            "person.email_of_account",
        ),
    ] {
        let before = world.entries(&world.home).await;
        let answer = owner_asks(&world, sent).await;
        assert_eq!((answer.status, answer.problem().as_str()), (409, code));
        assert_eq!(world.entries(&world.home).await, before, "{code}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let world = World::new().await;
    let wrong = json!({
        "person": {"name": "", "email": "nobody", "phone": "ask Otto"},
        "engagement": {"form": "guest", "job": " ", "begins_on": "1.3.2026", "ends_on": "2026-02-30"},
    });
    let answer = owner_asks(&world, post("/api/v1/register", &wrong)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"));
    let said = answer.json();
    let fields = said["fields"].as_array().unwrap();
    let fields: Vec<&str> = fields.iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "email", "phone", "form", "job", "begins_on", "ends_on"]);
}

#[tokio::test]
async fn nobody_is_assigned_to_what_is_another_organisations() {
    let world = World::new().await;
    let person = world.registered(&world.home).await;
    let body = json!({"title": world.title(&world.away).await, "assignment": assignment()});
    let before = world.entries(&world.away).await;
    let sent = post(format!("/api/v1/register/{person}/assignments"), &body);
    let answer = owner_asks(&world, sent).await;
    assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"));
    let title = body["title"].as_str().unwrap();
    for path in [
        format!("head-count?title={title}"),
        format!("register?standing=all&title={title}"),
        format!("titles/{title}"),
    ] {
        assert_eq!(owner_asks(&world, get(format!("/api/v1/{path}"))).await.status, 404, "{path}");
    }
    assert_eq!(world.entries(&world.away).await, before);
}

#[tokio::test]
async fn another_name_for_whoever_signs_here_takes_who_manages_people() {
    let world = World::new().await;
    let member = world.person(&world.home).await;
    let detail = read(&world, &format!("register/{member}")).await;
    assert_eq!(detail["has_account"], true);
    let writer = world.token_with(&world.home, Action::PeopleWrite.into()).await;
    let say = |name: &str, phone: &str| {
        let body = json!({"name": name, "email": detail["email"], "phone": phone});
        put(format!("/api/v1/register/{member}"), &body)
    };
    world.ask(say("Ada Reel", "112").by(&writer)).await.well();
    let answer = world.ask(say("Adele Reel", "112").by(&writer)).await;
    assert_eq!((answer.status, answer.text("scope").as_str()), (403, "people.manage"));
    owner_asks(&world, say("Adele Reel", "112")).await.well();
    assert_eq!(read(&world, &format!("people/{member}")).await["name"], "Adele Reel");
}

#[tokio::test]
async fn a_head_count_says_who_and_is_handed_out_as_a_file() {
    let world = World::new().await;
    let assigned = world.assignment(&world.home).await;
    let gone = world.newcomer("employee", json!("2026-03-11"));
    owner_asks(&world, post("/api/v1/register", &gone)).await.well();
    // Booked on a title though nobody has engaged them any more.
    let path = format!("/api/v1/register?standing=left&q={}", "otto");
    let left = owner_asks(&world, get(path)).await.well().json()["items"][0].take();
    let page = read(&world, "register").await;
    let title = page["items"][0]["assignments"][0]["title"].as_str().unwrap();
    assert_eq!(page["items"][0]["assignments"][0]["id"], assigned);
    let body = json!({"title": title, "assignment": assignment()});
    let path = format!("/api/v1/register/{}/assignments", left["id"].as_str().unwrap());
    owner_asks(&world, post(path, &body)).await.well();

    let count = read(&world, "head-count").await;
    let forms = |of: &[(&str, i64)]| {
        of.iter().map(|(form, count)| json!({"form": form, "count": count})).collect::<Value>()
    };
    assert_eq!((&count["on"], &count["total"]), (&json!("2026-03-12"), &json!(1)));
    assert_eq!(
        count["forms"],
        forms(&[("employee", 0), ("contractor", 0), ("freelancer", 1), ("trainee", 0)])
    );
    assert_eq!((&count["assigned"], &count["assigned_beyond"]), (&json!(2), &json!(1)));
    assert_eq!(count["months"].as_array().unwrap().len(), 12);
    assert_eq!(count["months"][11], json!({"on": "2026-03-01", "count": 2}));
    let before = read(&world, "head-count?on=2026-03-11").await;
    assert_eq!(before["forms"][0], json!({"form": "employee", "count": 1}));

    let of_title = read(&world, &format!("head-count?title={title}")).await;
    assert_eq!(of_title["title"], title);
    let people = of_title["people"].as_array().unwrap();
    let unengaged: Vec<_> = people.iter().filter(|one| one.get("form").is_none()).collect();
    assert_eq!((people.len(), unengaged.len()), (2, 1), "{of_title}");
    assert_eq!(unengaged[0]["person"], left["id"]);
    assert_eq!(unengaged[0]["titles"], json!([of_title["title_alias"]]));

    let sent = post("/api/v1/head-count/file", &json!({"on": "2026-03-11", "title": title}));
    let file = owner_asks(&world, sent).await.well();
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("\"people-2026-03-11.csv\""));
    let kind = "/api/v1/ledger/entries?kind=people.counted";
    let entry = owner_asks(&world, get(kind)).await.well().json()["items"][0]["index"].to_string();
    let entry = read(&world, &format!("ledger/entries/{entry}")).await;
    let told: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
    assert_eq!((&told["on"], &told["title"]), (&json!("2026-03-11"), &json!(title)));
    assert_eq!(told["digest"], Digest::of(&file.body).to_string());
    for refused in [json!({"on": "2026-3-11"}), json!({"on": "2026-03-11T09:00"})] {
        let answer = owner_asks(&world, post("/api/v1/head-count/file", &refused)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"));
    }
}

#[tokio::test]
async fn forgetting_takes_both_scopes_and_nothing_else_does() {
    let world = World::new().await;
    let person = world.registered(&world.home).await;
    let forget = post(
        format!("/api/v1/register/{person}/forget"),
        &json!({"reason": "asked for by the person"}),
    );
    for (scopes, lacking) in [
        ("people.manage", "ledger.erase"),
        ("ledger.erase", "people.manage"),
        ("people.write", "ledger.erase people.manage"),
    ] {
        let own = Role::Member.actions().iter().map(Action::as_str);
        let scopes: Vec<&str> = own.chain([scopes]).collect();
        let token = world.token_with(&world.home, scopes.join(" ").parse().unwrap()).await;
        let answer = world.ask(forget.clone().by(&token)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (403, "scope.lacking"));
        assert_eq!(answer.text("scope"), lacking);
    }
}
