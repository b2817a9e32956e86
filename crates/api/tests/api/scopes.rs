//! Scopes: what each route says it needs is what it asks for, and a token gives none that it lacks.

use crate::{
    calls::operations,
    world::{World, post},
};
use closedset_core::{Action, Actions, Role};
use serde_json::{Value, json};

/// Every scope of the API; SCIM's opens nothing of it, and stands beside none of them.
fn all() -> Actions {
    Action::ALL.iter().copied().filter(|action| *action != Action::Scim).collect()
}

#[tokio::test]
async fn each_route_asks_for_the_scopes_that_it_names_and_for_no_other() {
    let world = World::new().await;
    let mut named = Actions::NONE;
    for operation in operations() {
        let line = format!("{} {}", operation.method, operation.path);
        if operation.is_open {
            assert!(!operation.description.contains("token needs"), "{line}");
            continue;
        }
        let needed: Actions =
            operation.scopes.iter().map(|word| Action::from_word(word).unwrap()).collect();
        let said = match operation.scopes.as_slice() {
            [] => {
                let anybodys = ["GET /api/v1/profile", "GET /api/v1/organisations"];
                assert!(anybodys.contains(&line.as_str()), "{line} names no scope");
                assert_eq!(operation.description.lines().last(), Some("Any token will do."));
                for scope in all().iter() {
                    let token = world.token_with(&world.home, scope.into()).await;
                    world.ask(world.example(&world.home, &operation).await.by(&token)).await.well();
                }
                continue;
            }
            [scope] => format!("A token needs the scope `{scope}`."),
            [before @ .., last] => {
                format!("A token needs the scopes `{}` and `{last}`.", before.join("`, `"))
            }
        };
        assert_eq!(operation.description.lines().last(), Some(said.as_str()), "{line}");

        // Whoever manages people gives no role that may more than they: a member's here.
        let given = match needed.contains(Action::PeopleManage) {
            true => Role::Member.actions().iter().chain(needed.iter()).collect(),
            false => needed,
        };
        let only = world.token_with(&world.home, given).await;
        let call = world.example(&world.home, &operation).await;
        let answer = world.ask(call.by(&only)).await;
        assert!((200..300).contains(&answer.status), "{line} with {needed} alone: {answer:?}");

        for scope in needed.iter() {
            named = named.with(scope);
            let others = world.token_with(&world.home, all().without(scope.into())).await;
            let call = world.example(&world.home, &operation).await;
            let answer = world.ask(call.by(&others)).await;
            let refused = (answer.status, answer.problem());
            assert_eq!(refused, (403, "scope.lacking".to_owned()), "{line} without {scope}");
            assert_eq!(answer.text("scope"), scope.as_str(), "{line}");
            assert_eq!(
                answer.header("www-authenticate"),
                format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""),
                "{line}"
            );
        }
    }
    assert_eq!(named, all(), "every scope opens something");
}

#[test]
fn the_guide_has_a_row_for_every_scope() {
    let guide = include_str!("../../../../docs/src/running.md");
    for scope in Action::ALL {
        assert!(guide.contains(&format!("\n| `{scope}` | ")), "{scope}");
    }
}

#[tokio::test]
async fn scopes_that_cannot_be_given_are_refused_by_name() {
    let world = World::new().await;
    let maker = "settings.write settings.read".parse().unwrap();
    let maker = world.token_with(&world.home, maker).await;
    let long = "x".repeat(10_000);
    for (scopes, told) in [
        (json!([]), "Choose what the token may do."),
        (json!(["settings.read", "ledger.erase"]), "ledger.erase"),
        (json!(["settings.read", "settings.read"]), "settings.read is named twice"),
        (json!(["settings.read", "owner"]), "\"owner\" is not a scope"),
        (json!(["settings.read settings.write"]), "is not a scope"),
        (json!([""]), "\"\" is not a scope"),
        (json!([long]), "is not a scope"),
    ] {
        let new = json!({"name": "x", "scopes": scopes, "days": 1});
        let answer = world.ask(post("/api/v1/tokens", &new).by(&maker)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"), "{scopes}");
        assert_eq!(answer.json()["fields"][0]["field"], "scopes");
        let message = answer.json()["fields"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(told) && message.len() < 200, "{message}");
    }
    for other in [
        json!({"name": "x", "role": "member", "days": 1}),
        json!({"name": "x", "role": "member", "scopes": ["settings.read"], "days": 1}),
        json!({"name": "x", "scopes": "settings.read", "days": 1}),
        json!({"name": "x", "days": 1}),
    ] {
        let answer = world.ask(post("/api/v1/tokens", &other).by(&maker)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"), "{other}");
    }
}

#[tokio::test]
async fn scopes_are_answered_and_listed_in_one_order() {
    let world = World::new().await;
    let owner = world.home.owner();
    let new = json!({"name": "screen", "scopes": ["task.read", "board.read"], "days": 1});
    let made = world.ask(post("/api/v1/tokens", &new).by(owner)).await.well().json();
    assert_eq!(made["scopes"], json!(["board.read", "task.read"]));
    let list = world.ask(crate::world::get("/api/v1/tokens").by(owner)).await.well().json();
    let listed = list.as_array().unwrap().iter().find(|one| one["id"] == made["id"]).unwrap();
    assert_eq!(listed["scopes"], made["scopes"]);
    assert_eq!((listed.get("role"), listed.get("token")), (None::<&Value>, None));
}

#[tokio::test]
async fn a_token_takes_none_back_that_may_more() {
    let world = World::new().await;
    let reader = json!({"name": "reader", "scopes": ["board.read", "ledger.erase"], "days": 1});
    let made = world.ask(post("/api/v1/tokens", &reader).by(world.home.owner())).await.well();
    let revoker = world.token_with(&world.home, Action::SettingsWrite.into()).await;
    let call = crate::world::call("DELETE", format!("/api/v1/tokens/{}", made.text("id")));
    let answer = world.ask(call.by(&revoker)).await;
    assert_eq!((answer.status, answer.text("scope").as_str()), (403, "board.read ledger.erase"));
    world.ask(crate::world::get("/api/v1/board").by(&made.text("token"))).await.well();
}
