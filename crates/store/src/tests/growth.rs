//! Rows that lie in a database when a migration comes over them.

use super::{log, organisation, record, scope};
use crate::{DatabaseUrl, Store, StoreOptions, migrate::MIGRATIONS, organisations};
use closedset_core::{
    Action, Digest, Duration, Role, Time, id::Id, randomness::Seeded, time::ManualClock,
};
use closedset_testing::Postgres;
use std::sync::Arc;

/// A database of the program as it was before migration `number`.
fn before(options: &StoreOptions, number: usize) -> Store {
    Store::open_with(options.clone(), &MIGRATIONS[..number - 1]).unwrap()
}

fn options(url: DatabaseUrl) -> StoreOptions {
    let clock = Arc::new(ManualClock::new(Time::from_millis(1_773_307_800_000)));
    StoreOptions::new(url, clock, Arc::new(Seeded::new(7)))
}

fn digest(role: Role) -> Digest {
    Digest::of(role.as_str().as_bytes())
}

/// Runs statements on a database as nobody but a test does: units of this program write to its
/// newest form alone.
fn write(url: &DatabaseUrl, sql: &str) {
    match url {
        DatabaseUrl::Sqlite(path) => {
            rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
        }
        DatabaseUrl::Postgres(url) => {
            postgres::Client::connect(url, postgres::NoTls).unwrap().batch_execute(sql).unwrap();
        }
    }
}

/// Bytes as the engine writes them in SQL.
fn literal(options: &StoreOptions, hex: &str) -> String {
    match options.url {
        DatabaseUrl::Sqlite(_) => format!("x'{hex}'"),
        DatabaseUrl::Postgres(_) => format!("'\\x{hex}'"),
    }
}

fn a_token_of_a_role_may_the_same_by_its_scopes(options: &StoreOptions) {
    before(options, 11).close();
    let mut sql = format!(
        "INSERT INTO organisation (id, name, created_at) VALUES ('{}', 'Nordlicht', 5);",
        organisation(1)
    );
    for (number, role) in (1..).zip(Role::ALL) {
        let id = Id::<closedset_core::id::ApiToken>::from_bits(number);
        let digest = literal(options, &digest(*role).to_string());
        let revoked_at = if *role == Role::Member { "7" } else { "NULL" };
        sql += &format!(
            "INSERT INTO api_token (id, organisation, name, token_digest, role, created_by, created_at, \
             expires_at, revoked_at) VALUES ('{id}', '{}', 'backup', {digest}, '{}', 'Ada', 5, 6, {revoked_at});",
            organisation(1),
            role.as_str()
        );
    }
    write(&options.url, &sql);
    let new = Store::open(options.clone()).unwrap();
    for role in Role::ALL {
        let token = new
            .read_blocking(|tx| organisations::api_token_by_digest(tx, digest(*role)))
            .unwrap()
            .unwrap();
        // What came since is nobody's to give to a token that is there.
        let since = [
            Action::CatalogueWrite,
            Action::ExceptionGrant,
            Action::TaskAssign,
            Action::PeopleRead,
            Action::PeopleManage,
            Action::OrganisationCreate,
            Action::PeopleWrite,
            Action::TitleRead,
            Action::TitleWrite,
        ];
        let before = |action: &Action| !since.contains(action);
        assert_eq!(token.scopes, role.actions().iter().filter(before).collect(), "{role}");
        assert_eq!((token.name.as_str(), token.created_by.as_str()), ("backup", "Ada"));
        assert_eq!((token.created_at.millis(), token.expires_at.millis()), (5, 6));
        let revoked_at = (*role == Role::Member).then_some(Time::from_millis(7));
        assert_eq!(token.revoked_at, revoked_at, "{role}");
    }
}

#[test]
fn a_token_of_a_role_may_the_same_by_its_scopes_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("closedset.db"));
    a_token_of_a_role_may_the_same_by_its_scopes(&options(url));
}

#[test]
fn a_token_of_a_role_may_the_same_by_its_scopes_on_postgresql() {
    let Some(server) = Postgres::shared() else { return };
    let database = server.database();
    a_token_of_a_role_may_the_same_by_its_scopes(&options(database.url.parse().unwrap()));
}

fn a_log_goes_on_from_the_time_of_its_last_entry(options: &StoreOptions) {
    before(options, 12).close();
    let entry = |index: i64, at: i64| {
        format!(
            "INSERT INTO entry (log, idx, id, at, kind, actor, subject, envelope) \
             VALUES ('{}', {index}, 'ent_{index}', {at}, 'thing.made', 'a', 's', {});",
            log(1),
            literal(options, "")
        )
    };
    let now = options.clock.now();
    let later = now + Duration::from_hours(1);
    write(
        &options.url,
        &format!(
            "INSERT INTO log (log, origin, next_index, erasures, created_at) VALUES ('{}', 'o', 2, 0, 5); {} {}",
            log(1),
            entry(0, 5),
            entry(1, later.millis())
        ),
    );
    let new = Store::open(options.clone()).unwrap();
    let recorded = new.write_blocking(scope(1), |tx| record(tx, log(1), "thing:1")).unwrap();
    assert_eq!((recorded.index, recorded.at), (2, later));
    let other = new.write_blocking(scope(2), |tx| record(tx, log(2), "thing:1")).unwrap();
    assert_eq!((other.index, other.at), (0, now));
}

#[test]
fn a_log_goes_on_from_the_time_of_its_last_entry_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("closedset.db"));
    a_log_goes_on_from_the_time_of_its_last_entry(&options(url));
}

#[test]
fn a_log_goes_on_from_the_time_of_its_last_entry_on_postgresql() {
    let Some(server) = Postgres::shared() else { return };
    let database = server.database();
    a_log_goes_on_from_the_time_of_its_last_entry(&options(database.url.parse().unwrap()));
}
