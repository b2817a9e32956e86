//! kill -9 at random moments under load, again and again: nothing acknowledged is lost, and there is
//! one history. `CLOSEDSET_KILLS` says how often; 100 if it is silent.

use crate::{
    computer::{Computer, deliver, screen_lock, way},
    installation::Installation,
    server::Server,
};
use closedset_core::{
    check_in::{CheckIn, Outcome},
    id::{Device, Id},
    randomness::{self, Seeded},
};
use closedset_merkle::{Checkpoint, Frontier, Hash, SignedNote, leaf_hash};
use closedset_testing::Postgres;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

const DEVICES: u8 = 8;
/// How many kills fall into the start, before the server listens.
const IN_START: u64 = 8;

/// One answer that said "taken".
#[derive(Debug)]
pub struct Taken {
    device: Id<Device>,
    counter: i64,
    outcome: Outcome,
    entry: Option<i64>,
}

/// Which life of the server the devices speak with; 0 while it is dead.
#[derive(Default)]
pub struct Lives {
    life: Mutex<u64>,
    changed: Condvar,
    is_over: AtomicBool,
    /// The database may go away in the middle, so that nobody knows what became of a statement.
    pub may_be_unknown: bool,
}

impl Lives {
    pub fn set(&self, life: u64) {
        *self.life.lock().unwrap() = life;
        self.changed.notify_all();
    }

    pub fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        self.set(0);
    }

    /// Waits for a life after `last`; none when all is over.
    fn after(&self, last: u64) -> Option<u64> {
        let mut life = self.life.lock().unwrap();
        loop {
            if self.is_over.load(Ordering::SeqCst) {
                return None;
            }
            if *life > last {
                return Some(*life);
            }
            life = self.changed.wait(life).unwrap();
        }
    }
}

/// Ends the devices' lives with the test, also where it fails.
pub struct Ending<'a>(pub &'a Lives);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_killing_the_server() {
    let wanted = std::env::var("CLOSEDSET_KILLS").ok().map_or(100, |text| text.parse().unwrap());
    let mut installation = Installation::new(usize::from(DEVICES));
    survive(&mut installation, wanted);
    assert_eq!(installation.query("PRAGMA integrity_check").trim(), "ok");
    assert_eq!(installation.query("PRAGMA foreign_key_check").trim(), "");
}

#[test]
fn nothing_acknowledged_is_lost_by_killing_the_server_on_postgres() {
    let Some(server) = Postgres::shared() else { return };
    let database = Some(server.database().url);
    survive(&mut Installation::with(database, usize::from(DEVICES)), 10);
}

fn survive(installation: &mut Installation, wanted: u64) {
    let server = Server::start(installation);
    let computers: Vec<_> =
        (1..=DEVICES).map(|seed| Computer::enrolled(installation, seed)).collect();
    server.stop();
    let installation = &*installation;

    let lives = Lives::default();
    let (taken_by, taken) = channel();
    let began = Instant::now();
    let (all, roots) = std::thread::scope(|scope| {
        for computer in computers {
            let (lives, taken_by) = (&lives, taken_by.clone());
            scope.spawn(move || report_for_ever(computer, installation, lives, &taken_by));
        }
        drop(taken_by);
        let mut roots = BTreeMap::new();
        let mut all = kill_again_and_again(installation, &lives, wanted, &taken, &mut roots);
        lives.end();
        all.extend(taken.iter());
        (all, roots)
    });
    let mut stderr = std::io::stderr();
    let (count, seconds) = (all.len(), began.elapsed().as_secs());
    writeln!(stderr, "killed {wanted} times in {seconds} s, {count} statements taken").unwrap();
    assert!(count as u64 > wanted, "the server was under load");

    // It starts, and finds itself whole.
    let server = Server::start(installation);
    let report = installation.verified();
    assert_eq!(report["faults"], Value::Array(Vec::new()));
    server.stop();
    let entries = entries(installation);
    one_history(&entries, &roots);
    all_there(installation, &entries, &all);
}

/// A device that reports as fast as it can, and again whatever it had no answer to.
pub fn report_for_ever(
    mut computer: Computer,
    installation: &Installation,
    lives: &Lives,
    taken_by: &Sender<Taken>,
) {
    let mut life = 0;
    let mut waiting: Option<CheckIn> = None;
    while let Some(next) = lives.after(life) {
        life = next;
        let way = way(installation);
        loop {
            let check_in = waiting.get_or_insert_with(|| next_statement(&mut computer)).clone();
            match deliver(&*way, &check_in) {
                Ok(Ok(answer)) => {
                    assert_ne!(answer.outcome, Outcome::SendAll, "the server forgot the facts");
                    waiting = None;
                    let counter = check_in.statement.counter;
                    let (device, outcome) = (computer.device, answer.outcome);
                    let _ = taken_by.send(Taken { device, counter, outcome, entry: answer.entry });
                }
                Ok(Err(500)) if lives.may_be_unknown => {}
                Ok(Err(status)) => assert_eq!(status, 503, "refused, though it was the next"),
                // The server died; whether it took the statement, the next life will say.
                Err(_) => break,
            }
            if lives.is_over.load(Ordering::SeqCst) {
                return;
            }
        }
    }
}

fn next_statement(computer: &mut Computer) -> CheckIn {
    if computer.counter > 0 && computer.counter % 3 == 0 {
        return computer.confirmation();
    }
    computer.facts.insert("screen_lock".into(), screen_lock(computer.counter + 1));
    computer.full()
}

fn kill_again_and_again(
    installation: &Installation,
    lives: &Lives,
    times: u64,
    taken: &Receiver<Taken>,
    roots: &mut BTreeMap<u64, Hash>,
) -> Vec<Taken> {
    let randomness = Seeded::new(7);
    let random = |below: u64| u64::from_be_bytes(randomness::bytes(&randomness)) % below;
    let mut all = Vec::new();
    for round in 1..=times {
        let mut server = Server::spawn(installation.serve());
        if round % (times / IN_START).max(2) == 0 {
            // In the middle of the start.
            let _ = taken.recv_timeout(Duration::from_millis(random(120)));
        } else {
            server.wait_until_it_listens();
            lives.set(round);
            let until = Instant::now() + Duration::from_millis(5 + random(900));
            // At least one, so that every life is seen to work.
            let mut count = 0;
            loop {
                let left = until.saturating_duration_since(Instant::now());
                let left = if count == 0 { Duration::from_secs(30) } else { left };
                match taken.recv_timeout(left) {
                    Ok(one) => {
                        count += 1;
                        all.push(one);
                    }
                    Err(_) => break,
                }
            }
            assert!(count > 0, "life {round} took nothing in half a minute");
        }
        lives.set(0);
        let log = server.kill();
        assert!(!log.contains("panicked"), "{log}");
        keep_root(installation, roots);
        if round % 10 == 0 && installation.database.is_none() {
            assert_eq!(installation.query("PRAGMA quick_check").trim(), "ok", "after {round}");
        }
    }
    all
}

/// Remembers what the checkpoint on disk says now.
fn keep_root(installation: &Installation, roots: &mut BTreeMap<u64, Hash>) {
    let bytes = fs::read(installation.log_folder().join("checkpoint")).unwrap();
    let note = SignedNote::parse(&bytes).unwrap();
    let head = *Checkpoint::parse(note.text()).unwrap().head();
    let before = roots.insert(head.size.0, head.root);
    assert!(before.is_none_or(|before| before == head.root), "two roots over {}", head.size);
}

pub struct Entry {
    kind: String,
    envelope: Vec<u8>,
    body: Value,
}

pub fn entries(installation: &Installation) -> Vec<Entry> {
    let rows = installation.entries();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    assert!(rows.iter().zip(0i64..).all(|(row, index)| row["idx"] == index), "dense from 0");
    rows.iter()
        .map(|row| Entry {
            kind: text(row, "kind"),
            envelope: hex::decode(text(row, "envelope")).unwrap(),
            body: serde_json::from_str(&text(row, "body")).unwrap(),
        })
        .collect()
}

/// Every root that was ever signed is a root of the log as it is now.
fn one_history(entries: &[Entry], roots: &BTreeMap<u64, Hash>) {
    assert!(!roots.is_empty());
    let mut frontier = Frontier::new();
    let mut found = BTreeMap::new();
    for entry in entries {
        frontier.append(leaf_hash(&entry.envelope));
        let head = frontier.head();
        if roots.contains_key(&head.size.0) {
            found.insert(head.size.0, head.root);
        }
    }
    assert_eq!(&found, roots);
}

/// Everything that was said to be taken was, once.
pub fn all_there(installation: &Installation, entries: &[Entry], all: &[Taken]) {
    let mut stated = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if entry.kind == "device.checked_in" {
            let statement = &entry.body["statement"];
            let device = statement["device"].as_str().unwrap().to_owned();
            let counter = statement["counter"].as_i64().unwrap();
            let twice = stated.insert((device, counter), index as i64);
            assert_eq!(twice, None, "a statement stands in one entry");
        }
    }
    let confirmed: BTreeSet<(String, i64)> = installation
        .query("SELECT device, counter FROM confirmation")
        .lines()
        .map(|line| line.split_once('|').unwrap())
        .map(|(device, counter)| (device.to_owned(), counter.parse().unwrap()))
        .collect();
    for one in all {
        let key = (one.device.to_string(), one.counter);
        match one.outcome {
            Outcome::Changed => assert_eq!(stated.get(&key).copied(), one.entry, "{one:?}"),
            Outcome::Confirmed => assert!(confirmed.contains(&key), "{one:?}"),
            _ => assert!(stated.contains_key(&key) || confirmed.contains(&key), "{one:?}"),
        }
    }
}
