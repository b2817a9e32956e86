//! Rows that lie in a database when a migration comes over them.

use super::{log, organisation, record, scope};
use crate::{
    DatabaseUrl, Store, StoreError, StoreOptions, migrate::MIGRATIONS, organisations, params,
};
use closedset_core::{Digest, Role, Time, id::Id, randomness::Seeded, time::ManualClock};
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

fn a_token_of_a_role_may_the_same_by_its_scopes(options: &StoreOptions) {
    let old = before(options, 11);
    old.write_blocking(scope(1), |tx| -> Result<_, StoreError> {
        organisations::organisation_insert(tx, organisation(1), "Nordlicht")?;
        for (number, role) in (1..).zip(Role::ALL) {
            tx.execute(
                "INSERT INTO api_token (id, organisation, name, token_digest, role, created_by, created_at, expires_at, revoked_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                params![
                    Id::<closedset_core::id::ApiToken>::from_bits(number),
                    organisation(1),
                    "backup",
                    digest(*role),
                    *role,
                    "Ada",
                    5,
                    6,
                    (*role == Role::Member).then_some(7),
                ],
            )?;
        }
        record(tx, log(1), "token:all")?;
        Ok(())
    })
    .unwrap();
    old.close();
    let new = Store::open(options.clone()).unwrap();
    for role in Role::ALL {
        let token = new
            .read_blocking(|tx| organisations::api_token_by_digest(tx, digest(*role)))
            .unwrap()
            .unwrap();
        assert_eq!(token.scopes, role.actions(), "{role}");
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
