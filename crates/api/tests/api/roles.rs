//! Who may call what: every route with a token of what every role may, and as nobody, with a call that
//! goes well for the owner.

use crate::{calls::operations, world::World};
use closedset_core::Role;

#[tokio::test]
async fn every_route_answers_every_role_as_reviewed() {
    let world = World::new().await;
    let mut matrix = format!("{:44}", "");
    for role in Role::ALL {
        matrix += &format!(" {:>5.5}", role.as_str());
    }
    matrix += " nobody\n";
    for operation in operations() {
        let mut line =
            format!("{:6} {:37}", operation.method, operation.path.trim_start_matches("/api/v1"));
        for role in Role::ALL {
            let call = world.example(&world.home, &operation).await;
            let answer = world.ask(call.by(&world.home.tokens[role.as_str()])).await;
            assert!(
                operation.statuses.contains(&answer.status.to_string()),
                "{line} does not say that it may answer {}",
                answer.status
            );
            if answer.status >= 400 {
                assert_eq!(
                    (answer.status, answer.problem().as_str()),
                    (403, "scope.lacking"),
                    "{line}"
                );
            }
            line += &format!(" {:>5}", answer.status);
        }
        let call = world.example(&world.home, &operation).await;
        let answer = world.ask(call).await;
        if operation.is_open {
            assert!(answer.status < 300, "{line}");
        } else {
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (401, "sign_in.needed"),
                "{line}"
            );
        }
        matrix += &format!("{line} {:>6}\n", answer.status);
    }
    insta::assert_snapshot!(matrix);
}

#[tokio::test]
async fn a_token_that_was_revoked_or_is_none_is_not_signed_in() {
    let world = World::new().await;
    let owner = world.home.owner();
    let new = serde_json::json!({"name": "short", "scopes": ["board.read"], "days": 1});
    let made = world.ask(crate::world::post("/api/v1/tokens", &new).by(owner)).await.well();
    let board = crate::world::get("/api/v1/board");
    world.ask(board.clone().by(&made.text("token"))).await.well();
    let revoke = crate::world::call("DELETE", format!("/api/v1/tokens/{}", made.text("id")));
    world.ask(revoke.by(owner)).await.well();
    for header in [
        format!("Bearer {}", made.text("token")).into_bytes(),
        b"Bearer closedset_".to_vec(),
        b"Bearer ".to_vec(),
        format!("Basic {owner}").into_bytes(),
        format!("Bearer {}x", owner).into_bytes(),
        b"Bearer \xff\xfe".to_vec(),
    ] {
        let is_ours = header.starts_with(b"Bearer ") && header.is_ascii();
        let answer = world.ask(board.clone().with("authorization", header)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (401, "sign_in.needed"));
        let wanted = if is_ours { "Bearer error=\"invalid_token\"" } else { "Bearer" };
        assert_eq!(answer.header("www-authenticate"), wanted);
    }
    assert_eq!(world.ask(board).await.header("www-authenticate"), "Bearer");
}
