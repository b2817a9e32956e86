//! A computer, a server and a clock.

use crate::{
    books::Books,
    server::{Act, Server},
};
use closedset_agent::{
    Agent, AgentError, Applicant, Existing, Identity, Look, RunReport, Surroundings, disk::Disk,
    enrol, run_once,
};
use closedset_core::{
    Duration, Secret, Time,
    fact::{Body, SALT},
    link::EnrolLink,
    randomness::Seeded,
    time::ManualClock,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

pub type Facts = Arc<Mutex<BTreeMap<String, Body>>>;

pub struct World {
    pub server: Server,
    pub books: Arc<Mutex<Books>>,
    pub clock: Arc<ManualClock>,
    pub surroundings: Surroundings,
    pub facts: Facts,
    folder: tempfile::TempDir,
}

impl World {
    /// A server, and a computer that is not enrolled.
    pub fn new() -> Self {
        let books: Arc<Mutex<Books>> = Arc::default();
        let kept = Arc::clone(&books);
        let server = Server::start(move |request| kept.lock().unwrap().answer(request));
        let clock = Arc::new(ManualClock::new(Time::from_millis(1_773_307_800_000)));
        let surroundings = Surroundings::new(Arc::clone(&clock) as _, Arc::new(Seeded::new(7)));
        let world = Self {
            server,
            books,
            clock,
            surroundings,
            facts: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        };
        world.set("firewall", json!({"refuses_inbound": true}));
        world.set("screen_lock", json!({"longest_s": 900}));
        world
    }

    /// A server, and a computer that is enrolled with it.
    pub fn enrolled() -> Self {
        let world = Self::new();
        world.enrol().unwrap();
        world
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The folder of the device that is enrolled.
    pub fn device_path(&self) -> PathBuf {
        let status = closedset_agent::status(&self.path()).unwrap();
        self.path().join(status.device.to_string())
    }

    pub fn link(&self) -> EnrolLink {
        self.link_with(1)
    }

    pub fn link_with(&self, token: u8) -> EnrolLink {
        EnrolLink {
            server: self.server.url(),
            token: Secret::new([token; 32]),
            pin: self.server.pin,
            home: None,
        }
    }

    pub fn enrol(&self) -> Result<Identity, AgentError> {
        self.enrol_with(&self.link(), Existing::Keep)
    }

    pub fn enrol_with(&self, link: &EnrolLink, existing: Existing) -> Result<Identity, AgentError> {
        enrol(link, &self.path(), &applicant(existing), &self.surroundings)
    }

    pub fn open(&self) -> Agent {
        Agent::open(&self.path(), &self.surroundings).unwrap()
    }

    /// Opens the folder, looks once, and closes it.
    pub fn once(&self) -> RunReport {
        self.once_with(&mut self.open())
    }

    pub fn once_with(&self, agent: &mut Agent) -> RunReport {
        let report = run_once(agent, &self.collector()).unwrap();
        self.clock.advance(Duration::from_seconds(1));
        report
    }

    pub fn collector(&self) -> impl Fn(Look) -> BTreeMap<String, Body> + Send + Sync + use<> {
        let facts = Arc::clone(&self.facts);
        move |_| facts.lock().unwrap().clone()
    }

    pub fn set(&self, kind: &str, body: Value) {
        let body = serde_json::from_value(body).unwrap();
        self.facts.lock().unwrap().insert(kind.to_owned(), body);
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// What the server answers next, whatever comes.
    pub fn answer_next(&self, act: Act) {
        self.books().script.push_back(act);
    }

    /// The server knows what the computer is like, and was never told two things under one number.
    pub fn assert_in_step(&self) {
        let books = self.books();
        assert!(books.contradictions.is_empty(), "{:?}", books.contradictions);
        let known = books.facts.iter().map(|(kind, digest)| (kind, &books.bodies[digest]));
        let known: BTreeMap<_, _> =
            known.map(|(kind, body)| (kind.clone(), without_salt(body))).collect();
        assert_eq!(known, *self.facts.lock().unwrap());
        assert!(books.counters().is_sorted(), "{:?}", books.counters());
    }
}

/// What was said without the salt, which must be there.
pub fn without_salt(body: &Body) -> Body {
    let mut fields = body.fields().clone();
    fields.remove(SALT).expect("whatever is said has a salt");
    serde_json::from_value(Value::Object(fields)).unwrap()
}

pub fn applicant(existing: Existing) -> Applicant {
    Applicant { name: "suite-1".into(), existing }
}

/// When a disk loses power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// Before the step has any effect.
    Before,
    /// After the step took effect, before it could be said.
    After,
}

/// A disk that dies at its n-th change and stays dead.
pub struct MortalDisk {
    inner: closedset_agent::disk::SystemDisk,
    left: AtomicUsize,
    blow: Blow,
    kind: io::ErrorKind,
}

impl MortalDisk {
    pub fn new(changes: usize, blow: Blow) -> Self {
        Self {
            inner: closedset_agent::disk::SystemDisk,
            left: AtomicUsize::new(changes),
            blow,
            kind: io::ErrorKind::Other,
        }
    }

    /// A disk on which nothing more fits.
    pub fn full() -> Self {
        Self { kind: io::ErrorKind::StorageFull, ..Self::new(0, Blow::Before) }
    }

    pub fn is_dead(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    fn change(&self, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let dying = || Err(self.kind.into());
        match self.left.load(Ordering::SeqCst) {
            0 => dying(),
            1 => {
                self.left.store(0, Ordering::SeqCst);
                if self.blow == Blow::After {
                    act()?;
                }
                dying()
            }
            left => {
                self.left.store(left - 1, Ordering::SeqCst);
                act()
            }
        }
    }
}

impl Disk for MortalDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.inner.read(path)
    }
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.change(|| self.inner.replace(path, bytes))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change(|| self.inner.remove(path))
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>> {
        self.inner.list(folder)
    }
    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.change(|| self.inner.create_folder(folder))
    }
    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        self.change(|| self.inner.remove_folder(folder))
    }
    fn exposure(&self, path: &Path) -> io::Result<Option<u32>> {
        self.inner.exposure(path)
    }
}
