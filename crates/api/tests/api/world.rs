//! Two organisations on SQLite in a temporary folder, a clock that stands still, seeded randomness,
//! and in each a token for every role, which may what the role may.

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request},
};
use closedset_api::Operator;
use closedset_app::{App, AppOptions, Caller, MasterKey, Problem, accounts, network::Reaching};
use closedset_catalogue::Catalogue;
use closedset_certificates::{Keeper, Options};
use closedset_core::{
    Action, Actions, Actor, Clock, Digest, Randomness, Role, Secret, Time,
    entry::Log,
    id::{Account, Id, Organisation, Person},
    randomness::Seeded,
    time::ManualClock,
};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{
    DatabaseUrl, NewEntry, Scope, Store, StoreOptions, accounts as store_accounts, ledger,
    organisations::{self, FacilityRow},
    people,
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tower::ServiceExt;

/// 12 March 2026.
const NOW: Time = Time::from_millis(1_773_307_800_000);

pub struct World {
    pub app: App,
    pub router: Router,
    pub home: Side,
    pub away: Side,
    pub folder: TempDir,
    pub clock: Arc<ManualClock>,
    made: AtomicU64,
}

/// One organisation.
pub struct Side {
    pub organisation: Id<Organisation>,
    /// By the role's word.
    pub tokens: BTreeMap<&'static str, String>,
    /// A pack that reading routes share.
    pub pack: OnceCell<String>,
    /// A policy in force that covers every topic.
    pub policy: OnceCell<String>,
}

impl Side {
    pub fn owner(&self) -> &str {
        &self.tokens["owner"]
    }
    pub fn log(&self) -> Log {
        Log::Organisation(self.organisation)
    }
}

/// A request.
#[derive(Debug, Clone, Default)]
pub struct Call {
    pub method: String,
    pub uri: String,
    pub headers: Vec<(&'static str, Vec<u8>)>,
    pub body: Vec<u8>,
}

pub fn call(method: &str, uri: impl Into<String>) -> Call {
    Call { method: method.to_uppercase(), uri: uri.into(), ..Call::default() }
}
pub fn get(uri: impl Into<String>) -> Call {
    call("GET", uri)
}
pub fn post(uri: impl Into<String>, body: &Value) -> Call {
    call("POST", uri).json(body)
}

impl Call {
    pub fn by(self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }
    pub fn with(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
    pub fn json(self, body: &Value) -> Self {
        self.with("content-type", "application/json").sending(body.to_string())
    }
    pub fn sending(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
    /// The request, with another body than its own.
    pub fn request(&self, body: Body) -> Request<Body> {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.uri);
        for (name, value) in &self.headers {
            request = request.header(*name, value.as_slice());
        }
        request.body(body).unwrap()
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
    pub fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap().to_owned()
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    /// The code of the problem that this is, with everything a problem must have.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], self.status);
        let code = body["code"].as_str().unwrap().to_owned();
        assert_eq!(body["type"], format!("urn:closedset:problem:{code}"));
        for field in ["title", "remedy"] {
            assert!(body[field].as_str().is_some_and(|text| text.len() > 5), "{body}");
        }
        code
    }
    /// This answer, which is expected to have gone well.
    #[track_caller]
    pub fn well(self) -> Self {
        assert!((200..300).contains(&self.status), "{} {:?}", self.status, self.body);
        self
    }
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let app = app(folder.path(), clock.clone(), 11);
        let home = side(&app, "Nordlicht Post").await;
        let away = side(&app, "Southpaw VFX").await;
        let router = closedset_api::routes(&app);
        Self { app, router, home, away, folder, clock, made: AtomicU64::new(0) }
    }

    /// What answers after the server was killed and started again.
    pub fn restarted(&self) -> Router {
        closedset_api::routes(&app(self.folder.path(), self.clock.clone(), 12))
    }

    pub async fn ask(&self, call: Call) -> Answer {
        let body = Body::from(call.body.clone());
        self.send(call.request(body)).await
    }

    pub async fn as_operator(&self, call: Call) -> Answer {
        let mut request = call.request(Body::from(call.body.clone()));
        request.extensions_mut().insert(Operator(1000));
        self.send(request).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        Self::answer(&self.router, request).await
    }

    pub async fn answer(router: &Router, request: Request<Body>) -> Answer {
        let answer = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A token of `side` with these scopes.
    pub async fn token_with(&self, side: &Side, scopes: Actions) -> String {
        let scopes: Vec<_> = scopes.iter().map(Action::as_str).collect();
        let new = json!({"name": "scoped", "scopes": scopes, "days": 1});
        self.ask(post("/api/v1/tokens", &new).by(side.owner())).await.well().text("token")
    }

    /// Entries of an organisation's log.
    pub async fn entries(&self, side: &Side) -> i64 {
        let log = side.log();
        let read = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
            Ok(ledger::entry_count(tx, log)?)
        };
        self.app.store().read(read).await.unwrap()
    }

    /// Entries of an organisation's log and of the installation's.
    pub async fn all_entries(&self, side: &Side) -> i64 {
        let log = side.log();
        let read = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
            Ok(ledger::entry_count(tx, log)? + ledger::entry_count(tx, Log::Installation)?)
        };
        self.app.store().read(read).await.unwrap()
    }

    /// Somebody who belongs to an organisation, with an account and a second factor.
    pub async fn member(
        &self,
        organisation: Id<Organisation>,
        email: &str,
        role: Role,
    ) -> (Id<Account>, Id<Person>) {
        member(&self.app, organisation, email, role).await
    }

    /// A number that was not given before.
    pub fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// The files of documents and packs that lie on disk.
    pub fn files(&self) -> Vec<PathBuf> {
        files_in(&self.folder.path().join("objects"))
    }
}

pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_in(&path)) } else { found.push(path) }
    }
    found
}

pub fn app(folder: &Path, clock: Arc<ManualClock>, seed: u64) -> App {
    let clock: Arc<dyn Clock> = clock;
    let randomness: Arc<dyn Randomness> = Arc::new(Seeded::new(seed));
    let url = DatabaseUrl::Sqlite(folder.join("closedset.db"));
    let store = Store::open(StoreOptions::new(url, clock.clone(), randomness.clone())).unwrap();
    let work_folder = folder.join("work");
    std::fs::create_dir_all(&work_folder).unwrap();
    App::new(AppOptions {
        store,
        objects: Objects::open(folder.join("objects")).unwrap(),
        tiles: TileFiles::open(folder.join("tiles")).unwrap(),
        work_folder,
        catalogue: Catalogue::embedded().unwrap(),
        clock,
        randomness,
        master_key: MasterKey::new(&Secret::new([5; 32])),
        public_url: "https://closedset.example".into(),
        pin: Digest::of(b"key"),
        reaching: Some(Reaching {
            certificates: keeper(folder, "closedset.example"),
            listen: ([127, 0, 0, 1], 8443).into(),
        }),
        set_up_token: None,
        set_up_token_file: None,
        check_in_every_s: 300,
        enrols_this_computer: false,
        mail: Default::default(),
    })
}

async fn side(app: &App, name: &'static str) -> Side {
    let organisation = app
        .store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            let id: Id<Organisation> = tx.new_id();
            organisations::organisation_insert(tx, id, name)?;
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
                    body: json!({"organisation": id}),
                };
                tx.record(log, entry)?;
            }
            Ok(id)
        })
        .await
        .unwrap();
    let email = format!("owner@{}.example", name.split(' ').next().unwrap().to_lowercase());
    let (account, _) = member(app, organisation, &email, Role::Owner).await;
    let caller = Caller {
        actor: Actor::Account { account, organisation },
        name: format!("owner of {name}"),
        organisation,
        allowed: Role::Owner.actions(),
        factor_at: Some(app.now()),
        session: None,
    };
    // As the server does by itself before long.
    closedset_app::ledger::integrate(app, Log::Organisation(organisation)).await.unwrap();
    let mut tokens = BTreeMap::new();
    for role in Role::ALL {
        let scopes = role.actions();
        let new = accounts::NewToken { name: role.as_str().into(), scopes, days: 30 };
        let (_, token) = accounts::token_create(app, &caller, new).await.unwrap();
        tokens.insert(role.as_str(), token);
    }
    Side { organisation, tokens, pack: OnceCell::new(), policy: OnceCell::new() }
}

/// Somebody who belongs, with an account and a second factor.
async fn member(
    app: &App,
    organisation: Id<Organisation>,
    email: &str,
    role: Role,
) -> (Id<Account>, Id<Person>) {
    let email = email.to_owned();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            let (account, person, passkey) = (tx.new_id(), tx.new_id(), tx.new_id());
            store_accounts::account_insert(tx, account, &email, "Ada Reel", "no password")?;
            store_accounts::passkey_insert(tx, account, passkey, "Laptop", "{}")?;
            people::person_insert(tx, organisation, person, "Ada Reel", &email)?;
            people::membership_insert(tx, account, organisation, person, role, None)?;
            let entry = NewEntry {
                actor: &Actor::Closedset,
                subject: format!("account:{account}"),
                kind: "account.created",
                body: json!({"account": account}),
            };
            tx.record(Log::Installation, entry)?;
            Ok((account, person))
        })
        .await
        .unwrap()
}

/// The certificates of a server on this folder.
fn keeper(folder: &Path, host: &str) -> Arc<Keeper> {
    let options = Options {
        folder: folder.join("tls"),
        names: vec!["localhost".into()],
        host: host.into(),
        files: None,
    };
    Arc::new(Keeper::open(options, NOW).unwrap())
}
