//! An application on either database, in a temporary folder, with a clock that stands still and
//! seeded randomness; and an owner who signed up as people do.

use crate::phone;
use closedset_app::{
    App, AppOptions, Caller, MasterKey, Problem,
    accounts::{self, NewAccount, SessionToken, Signed},
    ledger::{self, LedgerReport},
    mail::MailOptions,
    organisations::{self, Profile},
    sweep,
    tasks::{TaskState, TasksOf, task_list},
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Actor, Clock, Digest, Duration, Randomness, Role, Secret, Status, Subject, Time,
    entry::{Envelope, Log, VERSION_1, commitment_v1},
    id::{Id, Organisation},
    randomness::Seeded,
    time::ManualClock,
};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{
    NewEntry, Scope, Store, StoreError, StoreOptions, Tx, accounts as account_store,
    ledger::{self as ledger_store, EntryRow, Page},
    organisations as organisation_store, people as people_store,
    tasks::TaskRow,
    verdicts::{self, VerdictRow},
};
use closedset_testing::Postgres;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// 12 March 2026.
pub const NOW: Time = Time::from_millis(1_773_307_800_000);
pub const EMAIL: &str = "mira@halide.example";
pub const PASSWORD: &str = "tungsten gate slate";
pub const SET_UP: [u8; 32] = [9; 32];

/// Runs each behaviour on both engines.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::World::sqlite().await).await;
            }
        )*}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(world) = $crate::world::World::postgres().await {
                    super::$name(world).await;
                }
            }
        )*}
    };
}
pub(crate) use on_both;

pub struct World {
    pub app: App,
    pub clock: Arc<ManualClock>,
    /// The database's address, as `--database` takes it.
    pub url: String,
    pub folder: TempDir,
    pub owner: Caller,
    pub signed: Signed,
    /// The owner's authenticator app.
    pub totp: Vec<u8>,
}

/// An application before anybody signed up.
pub struct Bare {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub url: String,
    pub folder: TempDir,
}

impl Bare {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("closedset.sqlite").display());
        Self::at(url, folder)
    }

    pub fn postgres() -> Option<Self> {
        let url = Postgres::shared()?.database().url;
        Some(Self::at(url, tempfile::tempdir().unwrap()))
    }

    fn at(url: String, folder: TempDir) -> Self {
        let clock = Arc::new(ManualClock::new(NOW));
        let app = open(&url, folder.path(), &clock, 11);
        Self { app, clock, url, folder }
    }
}

/// The application on this database and folder, as a server's start puts it together.
pub fn open(url: &str, folder: &Path, clock: &Arc<ManualClock>, seed: u64) -> App {
    put_together(url, folder, clock, seed, [5; 32], Catalogue::embedded().unwrap())
}

/// The same with another master key.
pub fn open_with_key(url: &str, folder: &Path, clock: &Arc<ManualClock>, key: [u8; 32]) -> App {
    put_together(url, folder, clock, 31, key, Catalogue::embedded().unwrap())
}

/// The same with a mail server in its configuration.
pub fn open_with_mail(
    url: &str,
    folder: &Path,
    clock: &Arc<ManualClock>,
    mail: MailOptions,
) -> App {
    let catalogue = Catalogue::embedded().unwrap();
    put_together_with(url, folder, clock, 51, [5; 32], catalogue, mail)
}

fn put_together(
    url: &str,
    folder: &Path,
    clock: &Arc<ManualClock>,
    seed: u64,
    key: [u8; 32],
    catalogue: Catalogue,
) -> App {
    put_together_with(url, folder, clock, seed, key, catalogue, MailOptions::default())
}

fn put_together_with(
    url: &str,
    folder: &Path,
    clock: &Arc<ManualClock>,
    seed: u64,
    key: [u8; 32],
    catalogue: Catalogue,
    mail: MailOptions,
) -> App {
    let clock: Arc<dyn Clock> = clock.clone();
    let randomness: Arc<dyn Randomness> = Arc::new(Seeded::new(seed));
    let options = StoreOptions::new(url.parse().unwrap(), clock.clone(), randomness.clone());
    let store = Store::open(options).unwrap();
    let work_folder = folder.join("work");
    std::fs::create_dir_all(&work_folder).unwrap();
    let set_up_token_file = folder.join("set-up-link");
    std::fs::write(&set_up_token_file, "link\n").unwrap();
    App::new(AppOptions {
        store,
        objects: Objects::open(folder.join("objects")).unwrap(),
        tiles: TileFiles::open(folder.join("ledger")).unwrap(),
        work_folder,
        catalogue,
        clock,
        randomness,
        master_key: MasterKey::new(&Secret::new(key)),
        public_url: "https://closedset.example".into(),
        pin: Digest::of(b"key"),
        reaching: None,
        set_up_token: Some(Secret::new(SET_UP)),
        set_up_token_file: Some(set_up_token_file),
        check_in_every_s: 300,
        enrols_this_computer: false,
        mail,
    })
}

pub fn account() -> NewAccount {
    NewAccount {
        name: "Mira Lindqvist".into(),
        email: EMAIL.into(),
        password: PASSWORD.into(),
        browser: "a browser".into(),
    }
}

pub fn profile() -> Profile {
    Profile {
        organisation: "Halide Post".into(),
        facility: "Kvarngatan".into(),
        address: "Kvarngatan 4\n118 47 Stockholm".into(),
        country: "SE".into(),
        time_zone: "Europe/Stockholm".into(),
    }
}

pub async fn resolve(app: &App, token: &SessionToken) -> Signed {
    accounts::session_resolve(app, token).await.unwrap().expect("the session goes on")
}

impl World {
    pub async fn sqlite() -> Self {
        Self::set_up(Bare::sqlite()).await
    }

    pub async fn postgres() -> Option<Self> {
        Some(Self::set_up(Bare::postgres()?).await)
    }

    async fn set_up(bare: Bare) -> Self {
        let Bare { app, clock, url, folder } = bare;
        let token = Secret::<32>::new(SET_UP).to_token();
        let session = accounts::set_up_account(&app, &token, account()).await.unwrap();
        let signed = resolve(&app, &session).await;
        let secret = accounts::totp_begin(&app, &signed).await.unwrap();
        let totp = phone::secret(&secret.secret);
        let signed = resolve(&app, &session).await;
        let code = phone::code(&totp, clock.now());
        let session = accounts::totp_finish(&app, &signed, &code, "a browser").await.unwrap();
        let signed = resolve(&app, &session).await;
        organisations::organisation_create(&app, &signed, profile()).await.unwrap();
        let signed = resolve(&app, &session).await;
        // Whatever becomes of the session while a test moves the clock.
        let owner = Caller { session: None, ..signed.caller().unwrap() };
        Self { app, clock, url, folder, owner, signed, totp }
    }

    pub fn organisation(&self) -> Id<Organisation> {
        self.owner.organisation
    }

    pub fn log(&self) -> Log {
        Log::Organisation(self.organisation())
    }

    pub fn now(&self) -> Time {
        self.clock.now()
    }

    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Somebody of the same organisation in another role.
    pub fn as_role(&self, role: Role) -> Caller {
        Caller { allowed: role.actions(), ..self.owner.clone() }
    }

    /// Another person of the same organisation, with an account of their own.
    pub async fn colleague(&self, name: &'static str, role: Role) -> Caller {
        let organisation = self.organisation();
        let account = self
            .app
            .store()
            .write(Scope::Installation, move |tx| -> Result<_, StoreError> {
                let (account, person) = (tx.new_id(), tx.new_id());
                let email = format!("{name}@halide.example");
                account_store::account_insert(tx, account, &email, name, "no password")?;
                account_store::account_set_totp(tx, account, b"sealed")?;
                people_store::person_insert(tx, organisation, person, name, &email)?;
                people_store::membership_insert(tx, account, organisation, person, role, None)?;
                tx.record(Log::Installation, note("account.created"))?;
                Ok(account)
            })
            .await
            .unwrap();
        Caller {
            actor: Actor::Account { account, organisation },
            name: name.into(),
            allowed: role.actions(),
            ..self.owner.clone()
        }
    }

    /// Another server on the same database and the same files.
    pub fn second(&self) -> App {
        open(&self.url, self.folder.path(), &self.clock, 12)
    }

    /// Stopped, and started again with this catalogue.
    pub async fn with_catalogue(self, catalogue: Catalogue) -> Self {
        let Self { app, clock, url, folder, owner, signed, totp } = self;
        drop(app);
        let app = put_together(&url, folder.path(), &clock, 41, [5; 32], catalogue);
        ledger::open(&app).await.unwrap();
        closedset_app::catalogue_change::take_up(&app).await.unwrap();
        Self { app, clock, url, folder, owner, signed, totp }
    }

    pub fn tiles_folder(&self) -> PathBuf {
        self.folder.path().join("ledger").join(self.log().to_string())
    }

    pub async fn read<T: Send + 'static>(
        &self,
        unit: impl for<'t> Fn(&mut Tx<'t>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app.store().read(unit).await.unwrap()
    }

    /// Changes the database past every rule.
    pub async fn tamper(&self, sql: &'static str) {
        let scope = Scope::Organisation(self.organisation());
        let log = self.log();
        self.app
            .store()
            .write(scope, move |tx| -> Result<_, StoreError> {
                assert_eq!(tx.execute(sql, &[])?, 1, "{sql}");
                tx.record(log, note("tampered"))?;
                Ok(())
            })
            .await
            .unwrap();
    }

    /// Makes every entry of the organisation's log one of version 1, as if it were recorded long ago. Nothing of it
    /// may be signed yet.
    pub async fn age(&self) {
        let (log, is_sqlite) = (self.log(), self.url.to_string().starts_with("sqlite"));
        let aged = move |tx: &mut Tx<'_>| {
            let mut sql = String::new();
            for index in 0..ledger_store::entry_count(tx, log)? {
                let entry = ledger_store::entry_at(tx, log, index)?.unwrap();
                let envelope = Envelope::from_canonical(&entry.envelope).unwrap();
                // What was erased committed to something that nobody knows any more.
                let body = ledger_store::entry_body_at(tx, log, index)?;
                let committed = body.map(|body| commitment_v1(&body.salt, &body.body));
                let body = committed.unwrap_or(envelope.body);
                let envelope = Envelope { version: VERSION_1, body, ..envelope };
                let bytes = envelope.canonical().unwrap();
                let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                let start = if is_sqlite { "x'" } else { "'\\x" };
                sql += &format!(
                    "UPDATE entry SET envelope = {start}{digits}' WHERE log = '{log}' AND idx = {index};\n"
                );
            }
            Ok(sql)
        };
        let sql = self.read(aged).await;
        crate::ledger::write(&self.url, sql);
    }

    /// Writes an entry that means nothing.
    pub async fn record(&self) -> i64 {
        record(&self.app, self.organisation()).await
    }

    /// Everything that fell due.
    pub async fn sweep(&self) {
        sweep::sweep(&self.app).await.unwrap();
    }

    /// Brings the tree up to every entry, the one that opens the log too.
    pub async fn integrate(&self) -> u64 {
        ledger::verifier_key(&self.app, self.log()).await.unwrap();
        ledger::integrate(&self.app, self.log()).await.unwrap().size.0
    }

    /// The ledger, brought up to its entries and held against itself.
    pub async fn verify(&self) -> LedgerReport {
        self.integrate().await;
        ledger::verify(&self.app, &self.owner).await.unwrap()
    }

    pub async fn entry_count(&self, log: Log) -> i64 {
        self.read(move |tx| ledger_store::entry_count(tx, log)).await
    }

    /// The newest entry of a log.
    pub async fn newest(&self, log: Log) -> EntryRow {
        let page = Page { before: None, kind: None, limit: 1 };
        self.read(move |tx| ledger_store::entry_page(tx, log, page)).await.remove(0)
    }

    /// The newest entry of a kind in the organisation's log.
    pub async fn newest_of(&self, kind: &'static str) -> EntryRow {
        let (log, page) = (self.log(), Page { before: None, kind: Some(kind), limit: 1 });
        self.read(move |tx| ledger_store::entry_page(tx, log, page)).await.remove(0)
    }

    /// The kinds of the entries from `from` on, in the order of the organisation's log.
    pub async fn kinds_from(&self, from: i64) -> Vec<String> {
        let log = self.log();
        let page = Page { before: None, kind: None, limit: 500 };
        let mut rows = self.read(move |tx| ledger_store::entry_page(tx, log, page)).await;
        rows.retain(|row| row.index >= from);
        rows.reverse();
        rows.into_iter().map(|row| row.kind).collect()
    }

    pub async fn body(&self, index: i64) -> Value {
        let log = self.log();
        let body = self.read(move |tx| ledger_store::entry_body_at(tx, log, index)).await;
        serde_json::from_slice(&body.expect("the body is there").body).unwrap()
    }

    /// What a check said of a subject: status, beginning, end, oldest first.
    pub async fn history(&self, subject: &Subject, check: &str) -> Vec<Interval> {
        let (organisation, about) = (self.organisation(), subject.clone());
        let rows = self
            .read(move |tx| {
                let all = (Time::from_millis(0), Time::from_millis(i64::MAX));
                verdicts::verdict_history(tx, organisation, &about, all, 500)
            })
            .await;
        let mut rows: Vec<VerdictRow> = rows.into_iter().filter(|row| row.check == check).collect();
        rows.sort_by_key(|row| (row.began_at, row.entry));
        rows.into_iter().map(|row| (row.status, row.began_at, row.ended_at)).collect()
    }

    /// The verdict in force.
    pub async fn verdict(&self, subject: &Subject, check: &str) -> VerdictRow {
        self.verdict_opt(subject, check).await.expect("the check has a verdict")
    }

    /// The same, if there is one.
    pub async fn verdict_opt(&self, subject: &Subject, check: &str) -> Option<VerdictRow> {
        let (organisation, about) = (self.organisation(), subject.clone());
        let rows = self.read(move |tx| verdicts::verdict_list(tx, organisation, &about)).await;
        rows.into_iter().find(|row| row.check == check)
    }

    pub async fn status(&self, subject: &Subject, check: &str) -> Status {
        self.verdict(subject, check).await.status
    }

    /// The open tasks of a check and subject.
    pub async fn tasks(&self, subject: &Subject, check: &str) -> Vec<TaskRow> {
        let (open, _) =
            task_list(&self.app, &self.owner, TaskState::Open, TasksOf::Anybody, None, 200)
                .await
                .unwrap();
        open.into_iter().filter(|task| task.check == check && task.subject == *subject).collect()
    }

    /// Another company in the installation, and its owner.
    pub async fn neighbour(&self) -> Caller {
        let organisation = self
            .app
            .store()
            .write(Scope::Installation, move |tx| -> Result<_, StoreError> {
                let id: Id<Organisation> = tx.new_id();
                organisation_store::organisation_insert(tx, id, "Southpaw VFX")?;
                tx.record(Log::Installation, note("organisation.created"))?;
                Ok(id)
            })
            .await
            .unwrap();
        Caller {
            actor: Actor::Operator(0),
            name: "operator 0".into(),
            organisation,
            allowed: Role::Owner.actions(),
            factor_at: None,
            session: None,
        }
    }
}

/// Status, beginning and end.
pub type Interval = (Status, Time, Option<Time>);

pub async fn record(app: &App, organisation: Id<Organisation>) -> i64 {
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, StoreError> {
            Ok(tx.record(Log::Organisation(organisation), note("test.noted"))?.index)
        })
        .await
        .unwrap()
}

fn note(kind: &'static str) -> NewEntry<'static> {
    NewEntry { actor: &Actor::Closedset, subject: "test:note".into(), kind, body: json!({}) }
}

/// The codes of the fields that are wrong, or the problem's own.
pub fn code(problem: &Problem) -> String {
    match problem {
        Problem::Invalid(fields) => {
            fields.iter().map(|field| field.field).collect::<Vec<_>>().join(" ")
        }
        other => other.code().to_owned(),
    }
}
