//! SCIM from outside: each operation, each bad input, who gets in, and what two organisations see of each other.

use crate::world::{Answer, Call, Side, World, call, get};
use closedset_core::{Action, Duration, Role};
use serde_json::{Value, json};

const USERS: &str = "/scim/v2/Users";
const GROUPS: &str = "/scim/v2/Groups";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A world with a directory.
struct There {
    world: World,
    token: String,
}

impl There {
    async fn new() -> Self {
        let world = World::new().await;
        let token = world.token_with(&world.home, Action::Scim.into()).await;
        Self { world, token }
    }

    /// Some days on, with a token that has not ended.
    async fn after(self, days: i64) -> Self {
        self.world.clock.advance(Duration::from_days(days));
        let token = self.world.token_with(&self.world.home, Action::Scim.into()).await;
        Self { token, ..self }
    }

    async fn ask(&self, call: Call) -> Answer {
        let answer = self.world.ask(call.by(&self.token)).await;
        if !answer.body.is_empty() {
            assert_eq!(answer.header("content-type"), "application/scim+json", "{answer:?}");
        }
        answer
    }

    async fn get(&self, path: impl Into<String>) -> Answer {
        self.ask(get(path)).await
    }

    async fn send(&self, method: &str, path: impl Into<String>, body: Value) -> Answer {
        self.ask(sent(method, path, &body)).await
    }

    async fn brought(&self, user: Value) -> Value {
        // Ids are in the order of time.
        self.world.clock.advance(Duration::from_millis(1));
        let answer = self.send("POST", USERS, user).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    async fn ada(&self) -> Value {
        self.brought(json!({
            "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
            "userName": "ada@nordlicht.example",
            "externalId": "00u1",
            "name": {"givenName": "Ada", "familyName": "Grade"},
            "emails": [{"value": "ada@nordlicht.example", "type": "work", "primary": true}],
            "active": true,
            "title": "Colourist",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Grading"},
        }))
        .await
    }

    async fn patch(&self, id: &Value, operations: Value) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.send("PATCH", format!("{USERS}/{}", id.as_str().unwrap()), body).await
    }

    /// The ids of what a filter finds.
    async fn found(&self, path: &str, filter: &str) -> Vec<Value> {
        let answer = self.get(format!("{path}?filter={}", encoded(filter))).await.well().json();
        let all = answer["Resources"].as_array().unwrap();
        assert_eq!(answer["totalResults"], all.len());
        all.iter().map(|one| one["id"].clone()).collect()
    }

    /// What the register says of somebody.
    async fn registered(&self, id: &Value) -> Value {
        let path = format!("/api/v1/register/{}", id.as_str().unwrap());
        self.world.ask(get(path).by(self.world.home.owner())).await.well().json()
    }
}

fn sent(method: &str, path: impl Into<String>, body: &Value) -> Call {
    call(method, path).with("content-type", "application/scim+json").sending(body.to_string())
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// The status and the word of an error, which has all that an error has.
#[track_caller]
fn error(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("content-type"), "application/scim+json", "{answer:?}");
    let body = answer.json();
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(body["status"], answer.status.to_string());
    assert!(body["detail"].as_str().is_some_and(|detail| detail.len() > 5), "{body}");
    (answer.status, body["scimType"].as_str().unwrap_or_default().to_owned())
}

fn refusal(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}

#[tokio::test]
async fn the_service_describes_itself() {
    let there = There::new().await;
    let config = there.get("/scim/v2/ServiceProviderConfig").await.well().json();
    assert_eq!(
        (&config["patch"]["supported"], &config["bulk"]["supported"]),
        (&json!(true), &json!(false))
    );
    let types = there.get("/scim/v2/ResourceTypes").await.well().json();
    assert_eq!(types["totalResults"], 2);
    let user = there.get("/scim/v2/ResourceTypes/User").await.well().json();
    let schema = there.get(format!("/scim/v2/Schemas/{USER}")).await.well().json();
    assert_eq!((&user["schema"], &user["endpoint"]), (&schema["id"], &json!("/Users")));
    for path in ["ResourceTypes/Device", "Schemas/x", "Users/x/y", "Roles", ""] {
        let answer = there.get(format!("/scim/v2/{path}")).await;
        assert_eq!(error(&answer).0, 404, "{path}");
    }
    for (method, path) in
        [("POST", "Bulk"), ("GET", "Me"), ("POST", ".search"), ("POST", "Users/.search")]
    {
        let answer = there.send(method, format!("/scim/v2/{path}"), json!({})).await;
        assert_eq!(error(&answer).0, 501, "{path}");
    }
    for path in ["Schemas", "ResourceTypes", "ServiceProviderConfig"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = there.send(method, format!("/scim/v2/{path}"), json!({})).await;
            assert_eq!(error(&answer).0, 405, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_user_is_made_read_replaced_changed_and_removed() {
    let there = There::new().await;
    let answer = there.send("POST", USERS, json!({"userName": "bo@nordlicht.example"})).await;
    assert_eq!(answer.status, 201);
    let bo = answer.json();
    let address = format!("{USERS}/{}", bo["id"].as_str().unwrap());
    assert!(answer.header("location").ends_with(&address), "{answer:?}");
    assert_eq!(answer.header("etag"), bo["meta"]["version"]);
    assert_eq!((&bo["active"], &bo["meta"]["resourceType"]), (&json!(true), &json!("User")));

    let ada = there.ada().await;
    assert_eq!(ada["schemas"], json!([USER]), "what is not kept is not told");
    assert!(ada.get("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User").is_none());
    let known = there.registered(&ada["id"]).await;
    assert_eq!(
        (&known["name"], &known["email"]),
        (&json!("Ada Grade"), &json!("ada@nordlicht.example"))
    );
    assert_eq!(known["engagements"][0]["job"], "Colourist");
    assert_eq!(known["engagements"][0]["begins_on"], "2026-03-12");

    let address = format!("{USERS}/{}", ada["id"].as_str().unwrap());
    assert_eq!(there.get(&address).await.well().json(), ada);
    let only = there.get(format!("{address}?attributes=userName")).await.well().json();
    assert_eq!(only.as_object().unwrap().len(), 3, "{only}");
    let most = there.get(format!("{address}?excludedAttributes=emails")).await.well().json();
    assert!(most.get("emails").is_none() && most.get("title").is_some());

    let other = json!({
        "userName": "ada.r@nordlicht.example", "displayName": "Ada M. Grade", "userType": "Contractor",
        "title": "Editor", "emails": [{"value": "ada.r@nordlicht.example"}], "active": true,
    });
    let replaced = there.send("PUT", &address, other).await.well().json();
    assert_eq!((&replaced["id"], &replaced["title"]), (&ada["id"], &json!("Editor")));
    assert!(replaced.get("externalId").is_none() && replaced.get("name").is_none());
    let known = there.registered(&ada["id"]).await;
    assert_eq!(
        (&known["name"], &known["email"]),
        (&json!("Ada M. Grade"), &json!("ada.r@nordlicht.example"))
    );
    assert_eq!(
        (&known["engagements"][0]["form"], &known["engagements"][0]["job"]),
        (&json!("contractor"), &json!("Editor"))
    );

    // As Entra sends it.
    let off = json!([{"op": "Replace", "path": "active", "value": "False"}]);
    let off = there.patch(&ada["id"], off).await.well().json();
    assert_eq!(off["active"], false);
    let known = there.registered(&ada["id"]).await;
    assert_eq!(known["engagements"][0]["ends_on"], "2026-03-12");
    // As Okta does, on another day.
    let there = there.after(3).await;
    let on = json!([{"op": "replace", "value": {"active": true}}]);
    assert_eq!(there.patch(&ada["id"], on).await.well().json()["active"], true);
    assert_eq!(there.registered(&ada["id"]).await["engagements"][1]["begins_on"], "2026-03-15");
    let work = json!([
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x@nordlicht.example"},
    ]);
    assert_eq!(error(&there.patch(&ada["id"], work).await), refusal(400, "noTarget"));
    let work = json!([
        {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "work@nordlicht.example"},
    ]);
    there.patch(&ada["id"], work).await.well();
    assert_eq!(there.registered(&ada["id"]).await["email"], "work@nordlicht.example");

    assert_eq!(there.ask(call("DELETE", &address)).await.status, 204);
    for method in ["GET", "DELETE", "PUT", "PATCH"] {
        let answer = there.send(method, &address, json!({"userName": "x"})).await;
        assert_eq!(error(&answer).0, 404, "{method}");
    }
    let known = there.registered(&ada["id"]).await;
    assert_eq!(
        (&known["name"], &known["engagements"][1]["ends_on"]),
        (&json!("Ada M. Grade"), &json!("2026-03-15"))
    );
}

#[tokio::test]
async fn users_are_found_by_what_directories_ask_and_paged() {
    let there = There::new().await;
    let ada = there.ada().await["id"].clone();
    let bo =
        there.brought(json!({"userName": "bo", "displayName": "Bo Splice", "active": false})).await;
    let bo = bo["id"].clone();
    for (filter, wanted) in [
        ("userName eq \"ADA@nordlicht.example\"", vec![&ada]),
        ("externalId eq \"00u1\"", vec![&ada]),
        ("externalId eq \"00U1\"", vec![]),
        ("active eq false", vec![&bo]),
        ("emails[type eq \"work\"].value eq \"x\"", vec![]),
        ("emails.value eq \"ada@nordlicht.example\"", vec![&ada]),
        ("userName pr", vec![&ada, &bo]),
        ("userName sw \"b\" or title eq \"colourist\"", vec![&ada, &bo]),
        ("not (userName sw \"b\")", vec![&ada]),
    ] {
        if filter.contains("].") {
            let answer = there.get(format!("{USERS}?filter={}", encoded(filter))).await;
            assert_eq!(error(&answer), refusal(400, "invalidFilter"));
            continue;
        }
        let found = there.found(USERS, filter).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{filter}");
    }
    let id = format!("id eq \"{}\"", bo.as_str().unwrap());
    assert_eq!(there.found(USERS, &id).await, std::slice::from_ref(&bo));
    assert!(there.found(USERS, "id eq \"per_x\"").await.is_empty());

    for (query, from, ids) in [
        ("", 1, vec![&ada, &bo]),
        ("startIndex=2", 2, vec![&bo]),
        ("startIndex=1&count=1", 1, vec![&ada]),
        ("startIndex=0&count=1", 1, vec![&ada]),
        ("startIndex=-5&count=1", 1, vec![&ada]),
        ("count=0", 1, vec![]),
        ("count=-7", 1, vec![]),
        ("count=99999999999999999999999999", 1, vec![&ada, &bo]),
        ("startIndex=9223372036854775807", i64::MAX, vec![]),
        ("startIndex=99999999999999999999", i64::MAX, vec![]),
        ("startIndex=-99999999999999999999&count=1", 1, vec![&ada]),
        ("filter=userName%20pr&startIndex=2&count=9", 2, vec![&bo]),
        ("filter=userName%20pr&startIndex=9223372036854775807", i64::MAX, vec![]),
        ("filter=userName%20pr&count=0", 1, vec![]),
        ("sortBy=userName&sortOrder=descending&x=y", 1, vec![&ada, &bo]),
    ] {
        let list = there.get(format!("{USERS}?{query}")).await.well().json();
        let found: Vec<_> =
            list["Resources"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(found, ids, "{query}");
        let said = (&list["totalResults"], &list["startIndex"], &list["itemsPerPage"]);
        assert_eq!(said, (&json!(2), &json!(from), &json!(ids.len())), "{query}");
    }
    let bomb = format!("{}userName pr{}", "(".repeat(500), ")".repeat(500));
    let many = vec!["userName pr"; 100].join(" and ");
    for filter in
        ["", "(", "userName", "userName eq", "userName eq ada", &bomb, &many, &"x".repeat(5_000)]
    {
        let answer = there.get(format!("{USERS}?filter={}", encoded(filter))).await;
        match filter {
            "" => drop(answer.well()),
            _ => assert_eq!(error(&answer), refusal(400, "invalidFilter"), "{filter}"),
        }
    }
    for query in
        ["count=x", "startIndex=1.5", "startIndex=--1", "attributes=a&excludedAttributes=b"]
    {
        let answer = there.get(format!("{USERS}?{query}")).await;
        assert_eq!(error(&answer), refusal(400, "invalidValue"), "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_and_leaves_nothing() {
    let there = There::new().await;
    let ada = there.ada().await;
    let bo = there
        .brought(json!({"userName": "bo@nordlicht.example", "displayName": "Bo Splice"}))
        .await;
    let address = format!("{USERS}/{}", bo["id"].as_str().unwrap());
    let before = there.world.all_entries(&there.world.home).await;
    for (user, wanted) in [
        (json!({}), refusal(400, "invalidValue")),
        (json!([]), refusal(400, "invalidSyntax")),
        (json!({"userName": 7}), refusal(400, "invalidValue")),
        (json!({"userName": "x", "active": "maybe"}), refusal(400, "invalidValue")),
        (json!({"userName": "x", "displayName": "at the server"}), refusal(400, "invalidValue")),
        (json!({"userName": "x", "displayName": "x".repeat(101)}), refusal(400, "invalidValue")),
        (json!({"userName": "x", "displayName": "a\u{202e}b"}), refusal(400, "invalidValue")),
        (json!({"userName": "x", "emails": [{"value": "none"}]}), refusal(400, "invalidValue")),
        (json!({"userName": "x\u{0}"}), refusal(400, "invalidValue")),
        (json!({"userName": "ADA@nordlicht.example"}), refusal(409, "uniqueness")),
        (
            json!({"userName": "x", "emails": [{"value": "ada@nordlicht.example"}]}),
            refusal(409, "uniqueness"),
        ),
    ] {
        let answer = there.send("POST", USERS, user.clone()).await;
        assert_eq!(error(&answer), wanted, "{user}");
        let answer = there.send("PUT", &address, user.clone()).await;
        assert_eq!(error(&answer), wanted, "{user}");
    }
    for (operations, kind) in [
        (json!([]), "invalidSyntax"),
        (json!([{"op": "x"}]), "invalidSyntax"),
        (json!([{"op": "remove"}]), "noTarget"),
        (json!([{"op": "remove", "path": "userName"}]), "mutability"),
        (json!([{"op": "replace", "path": "id", "value": ada["id"]}]), "mutability"),
        (json!([{"op": "replace", "path": "groups", "value": []}]), "mutability"),
        (json!([{"op": "replace", "path": "emails[", "value": []}]), "invalidPath"),
        (json!([{"op": "replace", "path": "userName", "value": 5}]), "invalidValue"),
        (
            json!([{"op": "replace", "path": "displayName", "value": "root at the server"}]),
            "invalidValue",
        ),
    ] {
        let answer = there.patch(&bo["id"], operations.clone()).await;
        assert_eq!(error(&answer), refusal(400, kind), "{operations}");
    }
    let taken = json!([{"op": "replace", "path": "userName", "value": "ada@nordlicht.example"}]);
    assert_eq!(error(&there.patch(&bo["id"], taken).await), refusal(409, "uniqueness"));

    for (body, kind, wanted) in [
        ("{", "application/scim+json", 400),
        ("", "application/json", 400),
        ("{} x", "application/json", 400),
        ("userName=x", "application/x-www-form-urlencoded", 415),
        ("{}", "text/plain", 415),
        (&"[".repeat(10_000), "application/json", 400),
        ("\u{feff}{}", "application/json", 400),
    ] {
        let call = call("POST", USERS).with("content-type", kind).sending(body);
        assert_eq!(error(&there.ask(call).await).0, wanted, "{body:.20}");
    }
    for id in
        ["x", "per_0", "%ff", "per_01kkgp3ae0f308s2kt25pksqb7", "org_01kkgp3ae0f308s2kt25pksqb7"]
    {
        let answer = there.get(format!("{USERS}/{id}")).await;
        assert!([400, 404].contains(&answer.status), "{id} {answer:?}");
    }
    assert_eq!(there.world.all_entries(&there.world.home).await, before);
}

#[tokio::test]
async fn an_edition_that_is_over_changes_nothing() {
    let there = There::new().await;
    let ada = there.ada().await;
    let address = format!("{USERS}/{}", ada["id"].as_str().unwrap());
    let version = ada["meta"]["version"].as_str().unwrap().to_owned();
    let with = |method: &str, name: &'static str, value: &str| {
        let body = json!({
            "userName": "ada@nordlicht.example", "title": "Editor", "Operations":
            [{"op": "replace", "path": "title", "value": "Editor"}],
        });
        sent(method, &address, &body).with(name, value)
    };
    let answer = there.ask(get(&address).with("if-none-match", version.as_str())).await;
    assert_eq!((answer.status, answer.body.len()), (304, 0));
    for method in ["PUT", "PATCH", "DELETE"] {
        let answer = there.ask(with(method, "if-match", "W/\"0\"")).await;
        assert_eq!(error(&answer).0, 412, "{method}");
    }
    let changed = there.ask(with("PATCH", "if-match", &version)).await.well().json();
    assert_eq!(error(&there.ask(with("PUT", "if-match", &version)).await).0, 412);
    // What is changed in the register is another edition too.
    let engagement = there.registered(&ada["id"]).await["engagements"][0]["id"].clone();
    let path = format!("/api/v1/engagements/{}", engagement.as_str().unwrap());
    let ended = json!({"form": "employee", "job": "Editor", "begins_on": "2026-03-12", "ends_on": "2026-03-12"});
    there.world.ask(call("PUT", path).json(&ended).by(there.world.home.owner())).await.well();
    let there = there.after(1).await;
    let newest = changed["meta"]["version"].as_str().unwrap();
    assert_eq!(error(&there.ask(with("DELETE", "if-match", newest)).await).0, 412);
    assert_eq!(there.ask(with("DELETE", "if-match", "*")).await.status, 204);
}

#[tokio::test]
async fn groups_are_kept_with_their_members() {
    let there = There::new().await;
    let (ada, bo) = (there.ada().await, there.brought(json!({"userName": "bo"})).await);
    let group =
        json!({"displayName": "Colour", "externalId": "g1", "members": [{"value": ada["id"]}]});
    let answer = there.send("POST", GROUPS, group).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let group = answer.json();
    let address = format!("{GROUPS}/{}", group["id"].as_str().unwrap());
    assert_eq!(group["members"][0]["type"], "User");
    let user = there.get(format!("{USERS}/{}", ada["id"].as_str().unwrap())).await.json();
    assert_eq!(
        (&user["groups"][0]["value"], &user["groups"][0]["display"]),
        (&group["id"], &json!("Colour"))
    );

    let patch = |operations: Value| json!({"Operations": operations});
    // As Entra and as Okta do.
    let add = patch(
        json!([{"op": "Add", "path": "members", "value": [{"value": bo["id"]}, {"value": ada["id"]}]}]),
    );
    let both = there.send("PATCH", &address, add).await.well().json();
    assert_eq!(both["members"].as_array().unwrap().len(), 2);
    let remove =
        patch(json!([{"op": "Remove", "path": "members", "value": [{"value": bo["id"]}]}]));
    let one = there.send("PATCH", &address, remove).await.well().json();
    assert_eq!(one["members"][0]["value"], ada["id"]);
    let rename =
        patch(json!([{"op": "replace", "value": {"id": group["id"], "displayName": "Grading"}}]));
    assert_eq!(there.send("PATCH", &address, rename).await.well().json()["displayName"], "Grading");
    let remove = format!("members[value eq \"{}\"]", ada["id"].as_str().unwrap());
    let remove = patch(json!([{"op": "remove", "path": remove}]));
    let none = there.send("PATCH", &address, remove).await.well().json();
    assert!(none.get("members").is_none());
    let put = json!({"displayName": "Grading", "members": [{"value": bo["id"]}]});
    there.send("PUT", &address, put).await.well();

    for (filter, is_found) in [
        ("displayName eq \"grading\"", true),
        ("displayName eq \"Colour\"", false),
        ("externalId eq \"g1\"", false),
        (&format!("members.value eq \"{}\"", bo["id"].as_str().unwrap()), true),
        (&format!("members[value eq \"{}\"]", ada["id"].as_str().unwrap()), false),
        (
            &format!(
                "id eq \"{}\" and members eq \"{}\"",
                group["id"].as_str().unwrap(),
                bo["id"].as_str().unwrap()
            ),
            true,
        ),
    ] {
        assert_eq!(!there.found(GROUPS, filter).await.is_empty(), is_found, "{filter}");
    }
    let list = there.get(format!("{GROUPS}?excludedAttributes=members")).await.well().json();
    assert!(list["Resources"][0].get("members").is_none());

    let stranger = json!({
        "person": {"name": "Cy Gate"},
        "engagement": {"form": "employee", "job": "runner", "begins_on": "2026-01-01"},
    });
    let stranger = crate::world::post("/api/v1/register", &stranger).by(there.world.home.owner());
    let stranger = there.world.ask(stranger).await.well().json()["id"].clone();
    let before = there.world.all_entries(&there.world.home).await;
    for member in [stranger, json!("x"), json!(null), group["id"].clone()] {
        for (method, path, body) in [
            ("POST", GROUPS, json!({"displayName": "x", "members": [{"value": member}]})),
            (
                "PUT",
                &address,
                json!({"displayName": "x", "members": [{"value": member, "type": "User"}]}),
            ),
            (
                "PATCH",
                &address,
                patch(
                    json!([{"op": "add", "path": "members", "value": [{"value": member, "type": "User"}]}]),
                ),
            ),
        ] {
            if member.is_null() && method == "POST" {
                // A member of which nothing is said is none.
                continue;
            }
            let answer = there.send(method, path, body).await;
            assert_eq!(error(&answer), refusal(400, "invalidValue"), "{method} {member}");
        }
    }
    let nested = json!({"displayName": "x", "members": [{"value": group["id"], "type": "Group"}]});
    assert_eq!(error(&there.send("POST", GROUPS, nested).await), refusal(400, "invalidValue"));
    assert_eq!(error(&there.send("POST", GROUPS, json!({})).await), refusal(400, "invalidValue"));
    let rename = patch(json!([{"op": "remove", "path": "displayName"}]));
    assert_eq!(error(&there.send("PATCH", &address, rename).await), refusal(400, "mutability"));
    assert_eq!(there.world.all_entries(&there.world.home).await, before);

    assert_eq!(there.ask(call("DELETE", &address)).await.status, 204);
    assert_eq!(error(&there.get(&address).await).0, 404);
}

#[tokio::test]
async fn nobody_gets_in_but_by_a_token_of_its_own_and_that_opens_nothing_else() {
    let there = There::new().await;
    let world = &there.world;
    let paths = [
        USERS,
        GROUPS,
        "/scim/v2/ServiceProviderConfig",
        "/scim/v2/Users/x",
        "/scim/v2/nothing",
        "/scim/v2/Me",
        "/scim",
    ];
    for path in paths {
        for role in Role::ALL {
            let answer = world.ask(get(path).by(&world.home.tokens[role.as_str()])).await;
            assert_eq!(error(&answer).0, 403, "{path} {role}");
            assert!(answer.header("www-authenticate").contains("scope=\"scim\""));
        }
        let answer = world.ask(get(path)).await;
        assert_eq!((error(&answer).0, answer.header("www-authenticate")), (401, "Bearer"));
        let answer = world.as_operator(get(path)).await;
        assert_eq!(error(&answer).0, 401, "{path}");
        for bad in ["Bearer x", "Bearer", "Basic eDp5", "bearer closedset_x"] {
            let answer = world.ask(get(path).with("authorization", bad)).await;
            assert_eq!(error(&answer).0, 401, "{path} {bad}");
        }
    }
    // The name of the scheme is in whatever case.
    let lower = format!("bearer {}", there.token);
    world.ask(get(USERS).with("authorization", lower)).await.well();
    for operation in crate::calls::operations() {
        if operation.is_open {
            continue;
        }
        let path = operation.path.replace(['{', '}'], "");
        let answer = world.ask(call(&operation.method, path).by(&there.token)).await;
        let refused = (answer.status, answer.problem());
        assert_eq!(
            refused,
            (403, "token.scim_alone".to_owned()),
            "{} {}",
            operation.method,
            operation.path
        );
    }
    let listed = world.ask(get("/api/v1/tokens").by(world.home.owner())).await.well().json();
    let own =
        listed.as_array().unwrap().iter().find(|one| one["scopes"] == json!(["scim"])).unwrap();
    let revoke = call("DELETE", format!("/api/v1/tokens/{}", own["id"].as_str().unwrap()));
    world.ask(revoke.by(world.home.owner())).await.well();
    assert_eq!(error(&there.get(USERS).await).0, 401);
}

#[tokio::test]
async fn an_organisation_sees_and_changes_nothing_of_another() {
    let there = There::new().await;
    let ada = there.ada().await;
    let group = json!({"displayName": "Colour", "members": [{"value": ada["id"]}]});
    let group = there.send("POST", GROUPS, group).await.well().json();
    let away: &Side = &there.world.away;
    let token = there.world.token_with(away, Action::Scim.into()).await;
    let before = there.world.all_entries(&there.world.home).await;
    let ask = async |call: Call| there.world.ask(call.by(&token)).await;
    for path in [USERS, GROUPS] {
        assert_eq!(ask(get(path)).await.well().json()["totalResults"], 0);
    }
    for filter in [
        "userName eq \"ada@nordlicht.example\"".to_owned(),
        "externalId eq \"00u1\"".to_owned(),
        format!("id eq \"{}\"", ada["id"].as_str().unwrap()),
        "userName pr".to_owned(),
    ] {
        let list = ask(get(format!("{USERS}?filter={}", encoded(&filter)))).await.well().json();
        assert_eq!(list["totalResults"], 0, "{filter}");
    }
    for (path, id) in [(USERS, &ada["id"]), (GROUPS, &group["id"])] {
        let path = format!("{path}/{}", id.as_str().unwrap());
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let body = json!({
                "userName": "x", "displayName": "x",
                "Operations": [{"op": "replace", "path": "displayName", "value": "x"}],
            });
            let answer = ask(sent(method, &path, &body)).await;
            assert_eq!(error(&answer).0, 404, "{method} {path}");
        }
    }
    let member = json!({"displayName": "x", "members": [{"value": ada["id"]}]});
    let answer = ask(sent("POST", GROUPS, &member)).await;
    assert_eq!(error(&answer), refusal(400, "invalidValue"));
    // The same name and address there are somebody else.
    let same = json!({"userName": "ada@nordlicht.example"});
    let other = ask(sent("POST", USERS, &same)).await.well().json();
    assert_ne!(other["id"], ada["id"]);
    assert_eq!(there.world.all_entries(&there.world.home).await, before);
    let address = format!("{USERS}/{}", ada["id"].as_str().unwrap());
    assert_eq!(there.get(address).await.well().json()["title"], "Colourist");
}
