//! An installation to measure on: a database, an organisation, and the application over them.

use crate::{
    Options,
    clock::{SystemClock, SystemRandomness},
};
use anyhow::{Context as _, Result};
use closedset_app::{App, AppOptions, Caller, MasterKey, Problem};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Actor, Clock, Digest, Role, Secret,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{
    DatabaseUrl, NewEntry, Scope, Store, StoreOptions,
    organisations::{self, FacilityRow},
};
use closedset_testing::{Database, Postgres};
use serde_json::json;
use std::{path::Path, sync::Arc};
use tempfile::TempDir;

/// Which engine keeps the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Sqlite,
    Postgres,
}

impl Kept {
    /// The engines that are to be measured and are there.
    pub(crate) fn all(options: &Options) -> Vec<Self> {
        let postgres = !options.without_postgres && Postgres::shared().is_some();
        [Some(Self::Sqlite), postgres.then_some(Self::Postgres)].into_iter().flatten().collect()
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// An empty database, in `folder` where it is a file.
    pub(crate) fn database(self, folder: &Path) -> Result<DatabaseUrl> {
        Ok(match self {
            Self::Sqlite => DatabaseUrl::Sqlite(folder.join("closedset.sqlite")),
            Self::Postgres => postgres()?.url.parse()?,
        })
    }
}

/// An empty database on a server of our own.
pub(crate) fn postgres() -> Result<Database> {
    Ok(Postgres::shared().context("PostgreSQL is not installed")?.database())
}

/// Opens a store with the system's clock and randomness.
pub(crate) fn store(url: DatabaseUrl) -> Result<Store> {
    Ok(Store::open(StoreOptions::new(url, Arc::new(SystemClock), Arc::new(SystemRandomness)))?)
}

/// A folder of our own, removed when dropped.
pub(crate) fn folder(options: &Options) -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("closedset-bench-").tempdir_in(&options.folder)?)
}

/// Makes an organisation with a facility and says which.
pub(crate) fn organisation(store: &Store) -> Result<Id<Organisation>> {
    let made = store.write_blocking(Scope::Installation, |tx| -> Result<_, Problem> {
        let id: Id<Organisation> = tx.new_id();
        organisations::organisation_insert(tx, id, "Halide Post")?;
        let facility = FacilityRow {
            id: tx.new_id(),
            name: "Main building".into(),
            address: "1 Film Street".into(),
            country: "DE".into(),
            time_zone: "Europe/Berlin".into(),
        };
        organisations::facility_put(tx, id, &facility)?;
        for log in [Log::Installation, Log::Organisation(id)] {
            let entry = NewEntry {
                actor: &Actor::Closedset,
                subject: format!("organisation:{id}"),
                kind: "organisation.created",
                body: json!({
                    "organisation": id,
                    "profile": {
                        "organisation": "Halide Post",
                        "facility": {
                            "id": facility.id,
                            "name": facility.name,
                            "address": facility.address,
                            "country": facility.country,
                            "time_zone": facility.time_zone,
                        },
                    },
                }),
            };
            tx.record(log, entry)?;
        }
        Ok(id)
    });
    Ok(made?)
}

/// Somebody who may do everything in the organisation.
pub(crate) fn owner(organisation: Id<Organisation>) -> Caller {
    Caller {
        actor: Actor::Operator(0),
        name: "operator 0".into(),
        organisation,
        allowed: Role::Owner.actions(),
        factor_at: None,
        session: None,
    }
}

/// What differs between the installations that are measured.
pub(crate) struct Plan<'p> {
    pub(crate) kept: Kept,
    pub(crate) folder: &'p Path,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) public_url: String,
    pub(crate) pin: Digest,
    pub(crate) set_up_token: Option<Secret<32>>,
}

impl<'p> Plan<'p> {
    /// One on the system's clock that nobody reaches from outside.
    pub(crate) fn new(kept: Kept, folder: &'p Path) -> Self {
        Self {
            kept,
            folder,
            clock: Arc::new(SystemClock),
            public_url: "https://localhost:8443".into(),
            pin: Digest::of(b"none"),
            set_up_token: None,
        }
    }

    /// The application.
    pub(crate) fn app(self) -> Result<App> {
        let randomness = Arc::new(SystemRandomness);
        let url = self.kept.database(self.folder)?;
        let store = Store::open(StoreOptions::new(url, self.clock.clone(), randomness.clone()))?;
        let work_folder = self.folder.join("work");
        std::fs::create_dir_all(&work_folder)?;
        Ok(App::new(AppOptions {
            store,
            objects: Objects::open(self.folder.join("objects"))?,
            tiles: TileFiles::open(self.folder.join("tiles"))?,
            work_folder,
            catalogue: Catalogue::embedded()?,
            clock: self.clock,
            randomness,
            master_key: MasterKey::new(&Secret::new([5; 32])),
            public_url: self.public_url,
            pin: self.pin,
            reaching: None,
            set_up_token: self.set_up_token,
            set_up_token_file: None,
            check_in_every_s: 10,
            enrols_this_computer: false,
        }))
    }
}
