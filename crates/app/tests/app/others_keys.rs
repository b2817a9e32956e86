//! Taking away what others come in by: a session's token alone is not enough for it.

use crate::world::{World, code, on_both};
use closedset_app::{
    Caller,
    accounts::{self, NewToken},
    people,
};
use closedset_core::{Duration, Role, id::Id, id::Person};
use closedset_store::Tx;

on_both!(
    taking_away_what_others_come_in_by_wants_a_fresh_second_factor,
    what_is_ones_own_is_given_up_without,
);

async fn person_of(world: &World, caller: &Caller) -> Id<Person> {
    let (account, organisation) = (caller.account().unwrap(), caller.organisation);
    let read =
        move |tx: &mut Tx<'_>| closedset_store::people::membership_of(tx, account, organisation);
    world.read(read).await.unwrap().person
}

fn token() -> NewToken {
    NewToken { name: "wall screen".into(), scopes: "board.read".parse().unwrap(), days: 30 }
}

/// As whoever holds the session's cookie and nothing else: the factor was shown long ago.
fn stale(world: &World, caller: &Caller) -> Caller {
    let factor_at = Some(world.now() - Duration::from_minutes(11));
    Caller { factor_at, ..caller.clone() }
}

fn fresh(world: &World, caller: &Caller) -> Caller {
    Caller { factor_at: Some(world.now()), ..caller.clone() }
}

async fn taking_away_what_others_come_in_by_wants_a_fresh_second_factor(world: World) {
    let app = &world.app;
    let ben = fresh(&world, &world.colleague("ben", Role::Administrator).await);
    let person = person_of(&world, &ben).await;
    let (made, _) = accounts::token_create(app, &ben, token()).await.unwrap();
    let before = world.entry_count(world.log()).await;
    let thief = stale(&world, &world.owner);
    for refused in [
        people::person_remove(app, &thief, person).await,
        people::person_sign_out(app, &thief, person).await,
        accounts::token_revoke(app, &thief, made.id).await,
    ] {
        assert_eq!(code(&refused.unwrap_err()), "factor.stale");
    }
    assert_eq!(world.entry_count(world.log()).await, before);
    let owner = fresh(&world, &world.owner);
    accounts::token_revoke(app, &owner, made.id).await.unwrap();
    people::person_sign_out(app, &owner, person).await.unwrap();
    people::person_remove(app, &owner, person).await.unwrap();
}

async fn what_is_ones_own_is_given_up_without(world: World) {
    let app = &world.app;
    let ben = fresh(&world, &world.colleague("ben", Role::Administrator).await);
    let person = person_of(&world, &ben).await;
    let (made, _) = accounts::token_create(app, &ben, token()).await.unwrap();
    let late = stale(&world, &ben);
    accounts::token_revoke(app, &late, made.id).await.unwrap();
    people::person_sign_out(app, &late, person).await.unwrap();
    people::person_remove(app, &late, person).await.unwrap();
}
