//! An organisation with its owner on SQLite in a temporary folder, served with limits of the test's
//! own choice.

use crate::line::Line;
use axum::{Router, body::Body};
use closedset_app::{
    App, AppOptions, Caller, MasterKey, Problem,
    accounts::{self, NewAccount, NewToken, Signed, Stage},
    network::Reaching,
    organisations::{self, Profile},
};
use closedset_catalogue::Catalogue;
use closedset_certificates::{Keeper, Options};
use closedset_core::{
    Clock, Digest, Randomness, Role, Secret, Time,
    entry::Log,
    id::{ApiToken, Id},
    randomness::Seeded,
    time::ManualClock,
};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{DatabaseUrl, Scope, Store, StoreOptions, ledger};
use closedset_web::{Limits, Served, WebOptions, router, serve};
use http::{Request, request};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// 12 March 2026.
pub const NOW: Time = Time::from_millis(1_773_307_800_000);
const SET_UP: [u8; 32] = [9; 32];

pub struct World {
    pub app: App,
    pub folder: TempDir,
    pub clock: Arc<ManualClock>,
    pub signed: Signed,
    pub caller: Caller,
    pub keeper: Arc<Keeper>,
    made: AtomicU8,
}

/// Limits that a test can wait for.
pub fn limits() -> Limits {
    Limits { look_again: Duration::ZERO, ..Limits::default() }
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let keeper = keeper(folder.path(), "localhost");
        let app = app(folder.path(), clock.clone(), keeper.clone());
        let new = NewAccount {
            name: "Mira Lindqvist".into(),
            email: "mira@halide.example".into(),
            password: "tungsten gate slate".into(),
            browser: "a test".into(),
        };
        let token = Secret::<32>::new(SET_UP).to_token();
        let session = accounts::set_up_account(&app, &token, new).await.unwrap();
        let mut signed = accounts::session_resolve(&app, &session).await.unwrap().unwrap();
        // The second factor is tried elsewhere.
        signed.stage = Stage::Full;
        let profile = Profile {
            organisation: "Halide Post".into(),
            facility: "Kvarngatan".into(),
            address: "Kvarngatan 4".into(),
            country: "SE".into(),
            time_zone: "Europe/Stockholm".into(),
        };
        organisations::organisation_create(&app, &signed, profile).await.unwrap();
        let (caller, made) = (caller_of(&signed), AtomicU8::new(1));
        let world = Self { app, folder, clock, caller, signed, keeper, made };
        let (_, token) = world.session().await;
        let signed = accounts::session_resolve(&world.app, &token).await.unwrap().unwrap();
        accounts::recovery_codes_make(&world.app, &signed).await.unwrap();
        accounts::recovery_codes_confirm(&world.app, &signed).await.unwrap();
        let caller = signed.caller().unwrap();
        Self { signed, caller, ..world }
    }

    /// The header of a browser that is signed in, and its token.
    pub async fn session(&self) -> (String, Secret<32>) {
        let token = Secret::new([self.made.fetch_add(1, Ordering::Relaxed); 32]);
        let (digest, account) = (Digest::of(token.expose()), self.signed.account);
        let insert = move |tx: &mut closedset_store::Tx<'_>| -> Result<(), Problem> {
            let now = Some(tx.now());
            let (stage, browser) = ("full", "a test");
            closedset_store::accounts::session_insert(tx, digest, account, stage, browser, now)?;
            Ok(())
        };
        self.app.store().write(Scope::Installation, insert).await.unwrap();
        (format!("__Host-closedset={}", token.to_token()), token)
    }

    pub async fn end_session(&self, token: &Secret<32>) {
        let signed = accounts::session_resolve(&self.app, token).await.unwrap().unwrap();
        accounts::session_end(&self.app, &signed).await.unwrap();
    }

    /// The header of a program with a token that may everything.
    pub async fn token(&self) -> (String, Id<ApiToken>) {
        let new = NewToken { name: "tests".into(), scopes: Role::Owner.actions(), days: 30 };
        let (row, token) = accounts::token_create(&self.app, &self.caller, new).await.unwrap();
        (format!("Bearer {token}"), row.id)
    }

    /// Entries of both logs.
    pub async fn entries(&self) -> i64 {
        let own = Log::Organisation(self.caller.organisation);
        let read = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
            Ok(ledger::entry_count(tx, own)? + ledger::entry_count(tx, Log::Installation)?)
        };
        self.app.store().read(read).await.unwrap()
    }

    /// The files of documents that lie on disk.
    pub fn files(&self) -> Vec<PathBuf> {
        files_in(&self.folder.path().join("objects"))
    }

    pub fn router(&self, limits: Limits) -> Router {
        router(&self.app, &WebOptions { limits, ..WebOptions::default() })
    }

    /// Serves over TLS until it is dropped.
    pub async fn serve(&self, limits: Limits) -> Serving {
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = oneshot::channel();
        let served = Served {
            address: ([127, 0, 0, 1], 0).into(),
            tls: self.keeper.config().unwrap(),
            router: self.router(limits.clone()),
            limits,
        };
        let ready = move |address| ready.send(address).unwrap();
        tokio::spawn(serve(served, ready, async {
            let _ = stopped.await;
        }));
        Serving { line: Line::to(is_ready.await.unwrap()), _stop: stop }
    }
}

pub struct Serving {
    pub line: Line,
    _stop: oneshot::Sender<()>,
}

fn caller_of(signed: &Signed) -> Caller {
    Caller {
        actor: closedset_core::Actor::Closedset,
        name: signed.name.clone(),
        organisation: Id::from_bits(0),
        allowed: Role::Owner.actions(),
        factor_at: None,
        session: None,
    }
}

/// The head of a request.
pub fn head(method: &str, uri: &str) -> request::Builder {
    Request::builder().method(method).uri(uri).header("host", "localhost")
}

/// What came back: status, and what it is in text.
pub async fn answer(router: Router, request: Request<Body>) -> (u16, String) {
    use http_body_util::BodyExt as _;
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_in(&path)) } else { found.push(path) }
    }
    found
}

fn app(folder: &Path, clock: Arc<ManualClock>, keeper: Arc<Keeper>) -> App {
    let clock: Arc<dyn Clock> = clock;
    let randomness: Arc<dyn Randomness> = Arc::new(Seeded::new(11));
    let url = DatabaseUrl::Sqlite(folder.join("closedset.db"));
    let store = Store::open(StoreOptions::new(url, clock.clone(), randomness.clone())).unwrap();
    App::new(AppOptions {
        store,
        objects: Objects::open(folder.join("objects")).unwrap(),
        tiles: TileFiles::open(folder.join("tiles")).unwrap(),
        work_folder: folder.to_owned(),
        catalogue: Catalogue::embedded().unwrap(),
        clock,
        randomness,
        master_key: MasterKey::new(&Secret::new([5; 32])),
        public_url: "https://localhost:8443".into(),
        pin: Digest::of(b"key"),
        reaching: Some(Reaching { certificates: keeper, listen: ([127, 0, 0, 1], 8443).into() }),
        set_up_token: Some(Secret::new(SET_UP)),
        set_up_token_file: None,
        check_in_every_s: 300,
        enrols_this_computer: false,
    })
}

/// The certificates of a server on this folder.
pub fn keeper(folder: &Path, host: &str) -> Arc<Keeper> {
    let options = Options {
        folder: folder.join("tls"),
        names: vec!["localhost".into()],
        host: host.into(),
        files: None,
    };
    Arc::new(Keeper::open(options, NOW).unwrap())
}
