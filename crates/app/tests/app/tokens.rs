//! Tokens of programs: never more than their maker, and never longer than asked.

use crate::world::{World, code, on_both};
use closedset_app::{
    Caller,
    accounts::{self, NewToken},
};
use closedset_core::{Action, Actions, Duration, Role};

on_both!(
    a_token_may_what_its_scopes_name_until_it_ends,
    a_token_lacks_every_other_scope,
    a_token_may_do_no_more_than_its_maker,
    a_token_that_may_nothing_is_not_made,
    a_token_gives_no_scope_that_it_lacks,
    a_token_takes_none_back_that_may_more,
    the_entry_names_the_scopes,
    a_token_taken_back_opens_nothing,
    what_is_no_token_opens_nothing,
    what_a_token_signs_names_who_made_it,
    a_token_makes_none_that_outlives_it,
    a_token_revoked_or_ended_meanwhile_makes_none,
    a_token_that_may_more_is_not_taken_back,
);

fn new(role: Role, days: i64) -> NewToken {
    with(role.actions(), days)
}

fn with(scopes: Actions, days: i64) -> NewToken {
    NewToken { name: "backup of the board".into(), scopes, days }
}

/// A program with a token of these scopes.
async fn program(world: &World, scopes: &str) -> Caller {
    let new = with(scopes.parse().unwrap(), 30);
    let (_, text) = accounts::token_create(&world.app, &world.owner, new).await.unwrap();
    accounts::token_caller(&world.app, &text).await.unwrap()
}

async fn a_token_may_what_its_scopes_name_until_it_ends(world: World) {
    let (row, text) =
        accounts::token_create(&world.app, &world.owner, new(Role::Auditor, 30)).await.unwrap();
    assert_eq!(world.newest(world.log()).await.kind, "token.created");
    assert_eq!(row.expires_at, world.now() + Duration::from_days(30));
    let caller = accounts::token_caller(&world.app, &text).await.unwrap();
    assert_eq!(caller.organisation, world.organisation());
    assert_eq!(caller.allowed, Role::Auditor.actions());
    world.clock.set(row.expires_at - Duration::from_millis(1));
    accounts::token_caller(&world.app, &text).await.unwrap();
    world.clock.set(row.expires_at);
    let ended = accounts::token_caller(&world.app, &text).await;
    assert_eq!(code(&ended.unwrap_err()), "sign_in.needed");
    for days in [0, -1, 367, i64::MAX] {
        let refused = accounts::token_create(&world.app, &world.owner, new(Role::Auditor, days));
        assert_eq!(code(&refused.await.unwrap_err()), "days");
    }
}

async fn a_token_lacks_every_other_scope(world: World) {
    for scope in Action::ALL {
        let caller = program(&world, scope.as_str()).await;
        for action in Action::ALL {
            match caller.require(*action) {
                Ok(()) => assert_eq!(action, scope),
                Err(problem) => {
                    assert_eq!((code(&problem).as_str(), problem.status()), ("scope.lacking", 403));
                    assert!(problem.sentence().ends_with(&format!(": {action}.")), "{problem:?}");
                    assert_ne!(action, scope);
                }
            }
        }
    }
}

async fn a_token_that_may_nothing_is_not_made(world: World) {
    let refused = accounts::token_create(&world.app, &world.owner, with(Actions::NONE, 1)).await;
    assert_eq!(code(&refused.unwrap_err()), "scopes");
}

async fn a_token_gives_no_scope_that_it_lacks(world: World) {
    let maker = program(&world, "board.read settings.write").await;
    for scopes in ["ledger.erase", "board.read ledger.erase", "settings.read settings.write"] {
        let new = with(scopes.parse().unwrap(), 1);
        let refused = accounts::token_create(&world.app, &maker, new).await.unwrap_err();
        assert_eq!(code(&refused), "scopes");
        let lacking = if scopes.contains("erase") { "ledger.erase" } else { "settings.read" };
        assert!(refused.sentence().ends_with(&format!("lacks: {lacking}.")), "{refused:?}");
    }
    let new = with("board.read settings.write".parse().unwrap(), 1);
    accounts::token_create(&world.app, &maker, new).await.unwrap();
    let reader = program(&world, "board.read ledger.erase").await;
    let new = with(Action::BoardRead.into(), 1);
    let refused = accounts::token_create(&world.app, &reader, new).await;
    assert_eq!(code(&refused.unwrap_err()), "scope.lacking");
}

async fn a_token_takes_none_back_that_may_more(world: World) {
    let revoker = program(&world, "board.read settings.write").await;
    let new = with("board.read ledger.erase".parse().unwrap(), 1);
    let (row, text) = accounts::token_create(&world.app, &world.owner, new).await.unwrap();
    let before = world.entry_count(world.log()).await;
    let refused = accounts::token_revoke(&world.app, &revoker, row.id).await.unwrap_err();
    assert_eq!(refused.sentence(), "This token lacks the scope: ledger.erase.");
    assert_eq!(world.entry_count(world.log()).await, before);
    accounts::token_caller(&world.app, &text).await.unwrap();
    let new = with(Action::BoardRead.into(), 1);
    let (row, _) = accounts::token_create(&world.app, &world.owner, new).await.unwrap();
    accounts::token_revoke(&world.app, &revoker, row.id).await.unwrap();
}

async fn the_entry_names_the_scopes(world: World) {
    program(&world, "task.write board.read").await;
    let entry = world.newest(world.log()).await;
    assert_eq!(entry.kind, "token.created");
    let body = world.body(entry.index).await;
    assert_eq!(body["scopes"], serde_json::json!(["board.read", "task.write"]));
    assert_eq!(body.get("role"), None);
}

async fn a_token_may_do_no_more_than_its_maker(world: World) {
    for maker in Role::ALL {
        let caller = world.as_role(*maker);
        for role in Role::ALL {
            let made = accounts::token_create(&world.app, &caller, new(*role, 1)).await;
            let exceeds = Action::ALL.iter().any(|one| role.may(*one) && !maker.may(*one));
            match made {
                Ok(_) => {
                    assert!(maker.may(Action::SettingsWrite) && !exceeds, "{maker:?} {role:?}")
                }
                Err(problem) if maker.may(Action::SettingsWrite) => {
                    assert!(exceeds, "{maker:?} {role:?}: {problem:?}");
                    assert_eq!(code(&problem), "scopes");
                }
                Err(problem) => assert_eq!(code(&problem), "role.forbids"),
            }
        }
    }
}

async fn a_token_taken_back_opens_nothing(world: World) {
    let (row, text) =
        accounts::token_create(&world.app, &world.owner, new(Role::Owner, 30)).await.unwrap();
    let neighbour = world.neighbour().await;
    let theirs = accounts::token_revoke(&world.app, &neighbour, row.id).await;
    assert_eq!(code(&theirs.unwrap_err()), "not_found");
    accounts::token_caller(&world.app, &text).await.unwrap();
    accounts::token_revoke(&world.app, &world.owner, row.id).await.unwrap();
    assert_eq!(world.newest(world.log()).await.kind, "token.revoked");
    let refused = accounts::token_caller(&world.app, &text).await;
    assert_eq!(code(&refused.unwrap_err()), "sign_in.needed");
    let again = accounts::token_revoke(&world.app, &world.owner, row.id).await;
    assert_eq!(code(&again.unwrap_err()), "not_found");
}

/// Who asks is found out first; a token may be revoked before what it asks for is written.
async fn a_token_revoked_or_ended_meanwhile_makes_none(world: World) {
    let new = || with("settings.write".parse().unwrap(), 1);
    let (row, text) = accounts::token_create(&world.app, &world.owner, new()).await.unwrap();
    let maker = accounts::token_caller(&world.app, &text).await.unwrap();
    world.clock.set(row.expires_at);
    let ended = accounts::token_create(&world.app, &maker, new()).await;
    assert_eq!(code(&ended.unwrap_err()), "sign_in.needed");
    world.clock.set(row.created_at);
    accounts::token_revoke(&world.app, &world.owner, row.id).await.unwrap();
    let before = world.entry_count(world.log()).await;
    let revoked = accounts::token_create(&world.app, &maker, new()).await;
    assert_eq!(code(&revoked.unwrap_err()), "sign_in.needed");
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn what_is_no_token_opens_nothing(world: World) {
    let (_, text) =
        accounts::token_create(&world.app, &world.owner, new(Role::Owner, 30)).await.unwrap();
    let bare = text.strip_prefix("closedset_").unwrap();
    let mut other = text.clone();
    let last = if other.ends_with('A') { 'E' } else { 'A' };
    other.pop();
    other.push(last);
    for wrong in ["", "closedset_", bare, &other, &format!("{text}A"), &text[..20]] {
        let refused = accounts::token_caller(&world.app, wrong).await;
        assert_eq!(code(&refused.unwrap_err()), "sign_in.needed", "{wrong}");
    }
}

async fn what_a_token_signs_names_who_made_it(world: World) {
    let owner = world.owner.name.clone();
    let administrator = Caller { name: "Adam Admin".into(), ..world.as_role(Role::Administrator) };
    let named = NewToken { name: owner.clone(), ..new(Role::Administrator, 1) };
    let (_, text) = accounts::token_create(&world.app, &administrator, named).await.unwrap();
    let caller = accounts::token_caller(&world.app, &text).await.unwrap();
    assert_eq!(caller.name, format!("token {owner}, made by Adam Admin"));
}

async fn a_token_makes_none_that_outlives_it(world: World) {
    let (_, text) = accounts::token_create(&world.app, &world.owner, new(Role::Administrator, 2))
        .await
        .unwrap();
    let token = accounts::token_caller(&world.app, &text).await.unwrap();
    world.clock.advance(Duration::from_hours(1));
    for days in [2, 366] {
        let refused = accounts::token_create(&world.app, &token, new(Role::Member, days)).await;
        assert_eq!(code(&refused.unwrap_err()), "days");
    }
    accounts::token_create(&world.app, &token, new(Role::Member, 1)).await.unwrap();
}

async fn a_token_that_may_more_is_not_taken_back(world: World) {
    let administrator = world.as_role(Role::Administrator);
    let (owners, text) =
        accounts::token_create(&world.app, &world.owner, new(Role::Owner, 2)).await.unwrap();
    let refused = accounts::token_revoke(&world.app, &administrator, owners.id).await;
    assert_eq!(code(&refused.unwrap_err()), "role.forbids");
    accounts::token_caller(&world.app, &text).await.unwrap();
    let (members, _) =
        accounts::token_create(&world.app, &world.owner, new(Role::Member, 2)).await.unwrap();
    accounts::token_revoke(&world.app, &administrator, members.id).await.unwrap();
}
