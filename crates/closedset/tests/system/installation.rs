//! A data folder with an organisation in it, made by the use cases before any server runs, and the
//! program run on it.

use closedset_app::{
    App, AppOptions, Caller, MasterKey,
    accounts::{self, NewAccount, NewToken, Signed},
    devices, ledger,
    organisations::{self, Profile},
};
use closedset_catalogue::Catalogue;
use closedset_certificates::{Keeper, Options};
use closedset_core::{
    Clock, Digest, Randomness, Role, Secret, Time,
    id::{Id, Organisation},
    link::EnrolLink,
    randomness::Seeded,
    time::ManualClock,
};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{Scope, Store, StoreError, StoreOptions};
use closedset_testing::Postgres;
use serde_json::Value;
use std::{
    fs,
    net::{SocketAddr, TcpListener},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
};
use tempfile::TempDir;

/// An installation that nobody runs yet.
pub struct Installation {
    pub folder: TempDir,
    pub address: SocketAddr,
    /// The database's address where it is not the one in the folder.
    pub database: Option<String>,
    pub pin: Digest,
    pub organisation: Id<Organisation>,
    /// A token of the owner.
    pub token: String,
    /// One for each device that is to be enrolled.
    pub links: Vec<EnrolLink>,
}

#[expect(clippy::disallowed_methods, reason = "the server under test goes by the machine's clock")]
pub fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Time::from_millis(i64::try_from(since.as_millis()).unwrap())
}

/// An address that nobody listens on.
fn free_address() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap()
}

impl Installation {
    /// On SQLite, with links for so many devices.
    pub fn new(links: usize) -> Self {
        Self::with(None, links)
    }

    pub fn with(database: Option<String>, links: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let address = free_address();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let options = Options {
            folder: folder.path().join("tls"),
            names: names.to_vec(),
            host: "localhost".into(),
            files: None,
        };
        let pin = Keeper::open(options, now()).unwrap().pin();
        let file = folder.path().join("master.key");
        let mut options = fs::OpenOptions::new();
        let mut key = options.write(true).create_new(true).mode(0o600).open(file).unwrap();
        std::io::Write::write_all(&mut key, hex::encode([5; 32]).as_bytes()).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let in_folder = format!("sqlite:{}", folder.path().join("closedset.sqlite").display());
        let url = database.clone().unwrap_or(in_folder);
        let app = app(&url, folder.path(), address, pin);
        let (organisation, token, links) = runtime.block_on(set_up(&app, links));
        app.store().clone().close();
        Self { folder, address, database, pin, organisation, token, links }
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    pub fn database_file(&self) -> PathBuf {
        self.data().join("closedset.sqlite")
    }

    /// The folder of the organisation's tiles and checkpoint.
    pub fn log_folder(&self) -> PathBuf {
        self.data().join("ledger").join(self.organisation.to_string())
    }

    /// The command that serves this folder.
    pub fn serve(&self) -> Command {
        let mut command = closedset();
        let (data, address) = (self.data().to_owned(), self.address.to_string());
        command.arg("serve").arg("--data").arg(data);
        command.args(["--listen", &address, "--public-url", &self.url()]);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command
    }

    /// Runs one of the commands that act on an installation.
    pub fn run(&self, words: &[&str]) -> Run {
        let mut command = closedset();
        command.args(words).arg("--data").arg(self.data());
        if let Some(database) = &self.database {
            command.env("CLOSEDSET_DATABASE", database);
        }
        command.output().unwrap().into()
    }

    /// `ledger verify`, which must find nothing wrong.
    #[track_caller]
    pub fn verified(&self) -> Value {
        let run = self.run(&["--json", "ledger", "verify"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        run.json()
    }

    /// What the engine's own program says of the database: a line for each row.
    #[track_caller]
    pub fn query(&self, sql: &str) -> String {
        match &self.database {
            None => self.sqlite("-list", sql),
            // An address goes before the server that it is asked by.
            Some(url) => Postgres::shared().unwrap().sql(url, sql),
        }
    }

    fn sqlite(&self, form: &str, sql: &str) -> String {
        let mut command = Command::new("sqlite3");
        command.args(["-bail", form]).arg(self.database_file()).arg(sql);
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{sql}: {said} {complaint}");
        said
    }

    /// The organisation's entries in order: `idx`, `kind`, `envelope` in hexadecimal, `body`.
    pub fn entries(&self) -> Vec<Value> {
        let select = |envelope: &str, body: &str| {
            format!(
                "SELECT e.idx, e.kind, {envelope} AS envelope, {body} AS body FROM entry e \
                 JOIN entry_body b ON b.log = e.log AND b.idx = e.idx \
                 WHERE e.log = '{}' ORDER BY e.idx",
                self.organisation
            )
        };
        let rows = match &self.database {
            None => self.sqlite("-json", &select("hex(e.envelope)", "CAST(b.body AS TEXT)")),
            Some(_) => {
                let rows = select("encode(e.envelope, 'hex')", "convert_from(b.body, 'UTF8')");
                self.query(&format!("SELECT json_agg(one) FROM ({rows}) one"))
            }
        };
        serde_json::from_str(&rows).unwrap()
    }
}

/// The program with nothing in its environment but a UTF-8 locale and what a probe must not do here.
pub fn closedset() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_closedset"));
    command.env_clear().env("LANG", "C.UTF-8").env("CLOSEDSET_SKIP_FACTS", "internet_access");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
    command
}

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// This run, which is expected to have gone well.
    #[track_caller]
    pub fn well(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

const SET_UP: [u8; 32] = [9; 32];

fn app(url: &str, data: &Path, address: SocketAddr, pin: Digest) -> App {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(now()));
    let randomness: Arc<dyn Randomness> = Arc::new(Seeded::new(u64::from(address.port())));
    let options = StoreOptions::new(url.parse().unwrap(), clock.clone(), randomness.clone());
    App::new(AppOptions {
        store: Store::open(options).unwrap(),
        objects: Objects::open(data.join("objects")).unwrap(),
        tiles: TileFiles::open(data.join("ledger")).unwrap(),
        work_folder: data.to_owned(),
        catalogue: Catalogue::embedded().unwrap(),
        clock,
        randomness,
        master_key: MasterKey::new(&Secret::new([5; 32])),
        public_url: format!("https://localhost:{}", address.port()),
        pin,
        reaching: None,
        set_up_token: Some(Secret::new(SET_UP)),
        set_up_token_file: None,
        check_in_every_s: 300,
        enrols_this_computer: false,
        mail: Default::default(),
    })
}

async fn set_up(app: &App, links: usize) -> (Id<Organisation>, String, Vec<EnrolLink>) {
    let new = NewAccount {
        name: "Mira Lindqvist".into(),
        email: "mira@halide.example".into(),
        password: "tungsten gate slate".into(),
        browser: "a test".into(),
    };
    let token = Secret::<32>::new(SET_UP).to_token();
    let session = accounts::set_up_account(app, &token, new).await.unwrap();
    let mut signed = accounts::session_resolve(app, &session).await.unwrap().unwrap();
    // The second factor is tried elsewhere; here the organisation is what is wanted.
    signed.stage = accounts::Stage::Full;
    let profile = Profile {
        organisation: "Halide Post".into(),
        facility: "Kvarngatan".into(),
        address: "Kvarngatan 4".into(),
        country: "SE".into(),
        time_zone: "Europe/Stockholm".into(),
    };
    let organisation = organisations::organisation_create(app, &signed, profile).await.unwrap();
    let owner = owner(&signed, organisation);
    let new = NewToken { name: "tests".into(), scopes: Role::Owner.actions(), days: 2 };
    let (_, token) = accounts::token_create(app, &owner, new).await.unwrap();
    let mut made = Vec::new();
    for _ in 0..links {
        made.push(devices::enrolment_create(app, &owner).await.unwrap().0);
    }
    let log = closedset_core::entry::Log::Organisation(organisation);
    ledger::verifier_key(app, log).await.unwrap();
    ledger::integrate(app, log).await.unwrap();
    let scope = Scope::Installation;
    let end = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, StoreError> {
        closedset_store::accounts::session_sweep(tx, now(), now())
    };
    app.store().write(scope, end).await.unwrap();
    (organisation, token, made)
}

fn owner(signed: &Signed, organisation: Id<Organisation>) -> Caller {
    Caller {
        actor: closedset_core::Actor::Account { account: signed.account, organisation },
        name: signed.name.clone(),
        organisation,
        allowed: Role::Owner.actions(),
        // The owner has just set everything up.
        factor_at: Some(now()),
        session: None,
    }
}
