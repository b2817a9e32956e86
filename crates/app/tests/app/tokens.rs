//! Tokens of programs: never more than their maker, and never longer than asked.

use crate::world::{World, code, on_both};
use closedset_app::{
    Caller,
    accounts::{self, NewToken},
};
use closedset_core::{Action, Duration, Role};

on_both!(
    a_token_speaks_for_its_role_until_it_ends,
    a_token_may_do_no_more_than_its_maker,
    a_token_taken_back_opens_nothing,
    what_is_no_token_opens_nothing,
    what_a_token_signs_names_who_made_it,
    a_token_makes_none_that_outlives_it,
    a_token_of_a_higher_role_is_not_taken_back,
);

fn new(role: Role, days: i64) -> NewToken {
    NewToken { name: "backup of the board".into(), role, days }
}

async fn a_token_speaks_for_its_role_until_it_ends(world: World) {
    let (row, text) =
        accounts::token_create(&world.app, &world.owner, new(Role::Auditor, 30)).await.unwrap();
    assert_eq!(world.newest(world.log()).await.kind, "token.created");
    assert_eq!(row.expires_at, world.now() + Duration::from_days(30));
    let caller = accounts::token_caller(&world.app, &text).await.unwrap();
    assert_eq!((caller.organisation, caller.role), (world.organisation(), Role::Auditor));
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
                    assert_eq!(code(&problem), "role");
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

async fn a_token_of_a_higher_role_is_not_taken_back(world: World) {
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
