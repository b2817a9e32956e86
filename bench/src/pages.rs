//! Pages over TLS as a signed-in person gets them, on an installation with many devices.

use crate::{
    Options,
    fleet::fleet,
    http::{self, Connection, Server},
    measure::{Meter, Rate, Report, Row, span},
    world::{self, Kept, Plan},
};
use anyhow::{Context as _, Result, ensure};
use closedset_app::{App, Problem, devices};
use closedset_core::{
    Actor, Digest, Role, Secret,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_store::{NewEntry, Scope, Store, accounts, people};
use closedset_web::{WebOptions, router};
use serde_json::json;
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};

const ROUNDS: u32 = 30;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let folder = world::folder(options)?;
    let app = Plan::new(Kept::Sqlite, folder.path()).app()?;
    let organisation = world::organisation(app.store())?;
    let runtime = Runtime::new()?;
    let filled = Instant::now();
    let owner = world::owner(organisation);
    let mut computers = runtime.block_on(fleet(&app, &owner, options.devices))?;
    let filled = filled.elapsed().as_secs_f64();
    // A board on which nothing is wrong is the easy one.
    for computer in computers.iter_mut().step_by(4) {
        let change = computer.lax(app.now())?;
        runtime.block_on(devices::check_in(&app, change))?;
    }
    runtime.block_on(closedset_app::ledger::integrate(&app, Log::Organisation(organisation)))?;
    let cookie = sign_in(app.store(), organisation)?;
    let device = computers.first().context("a device")?.device;
    let mut visitor = Visitor::of(&app, folder.path(), cookie)?;
    let least = visitor.visit("/healthz", ROUNDS)?.rate;
    for (path, what) in [
        ("/board".to_owned(), "the board"),
        ("/devices".to_owned(), "the list of devices"),
        (format!("/devices/{device}"), "a device"),
        ("/controls/IS-7".to_owned(), "a control"),
        ("/tasks".to_owned(), "the tasks"),
        ("/ledger".to_owned(), "the ledger"),
    ] {
        let Visited { rate, first, length } = visitor.visit(&path, ROUNDS)?;
        report.row(Row {
            what: format!("{what}, {} devices", options.devices),
            goal: "< 100 ms",
            measured: format!("p50 {:.1} ms, slowest {:.1} ms", rate.p50_ms, rate.p99_ms),
            peer: format!("/healthz over the same connection: {}", span(least.p50_ms / 1e3)),
            ratio: None,
            note: format!(
                "SQLite, TLS; every fourth computer fails; the first time {:.1} ms; {} KiB; {ROUNDS} times",
                first.as_secs_f64() * 1e3,
                length / 1_024
            ),
        })?;
    }
    report.row(Row {
        what: format!("enrol {} devices with their first check-in", options.devices),
        measured: format!("{:.0} devices/s", options.devices as f64 / filled),
        note: "the use cases, 64 at a time, SQLite; once".into(),
        ..Row::default()
    })
}

/// Somebody signed in, at a server over TLS.
pub(crate) struct Visitor {
    // Dropped first: the connection ends before the server does.
    connection: Connection,
    asking: Runtime,
    cookie: String,
    _server: Server,
}

/// How a page came.
pub(crate) struct Visited {
    pub(crate) rate: Rate,
    /// How long it took the first time.
    pub(crate) first: Duration,
    /// How long the page is, in bytes.
    pub(crate) length: usize,
}

impl Visitor {
    /// Serves an application, and opens one connection to it.
    pub(crate) fn of(app: &App, folder: &Path, cookie: String) -> Result<Self> {
        let tls = folder.join("tls");
        let served = app.clone();
        let server = Server::start(http::free_address()?, http::certificate(&tls)?, move || {
            router(&served, &WebOptions::default())
        })?;
        let connector = http::connector(&tls)?;
        let asking = Builder::new_current_thread().enable_all().build()?;
        let connection = asking.block_on(Connection::open(server.address, &connector))?;
        Ok(Self { connection, asking, cookie, _server: server })
    }

    /// Gets a page so many times.
    pub(crate) fn visit(&mut self, path: &str, rounds: u32) -> Result<Visited> {
        let request = http::get(path, Some(&self.cookie));
        let (mut each, mut length) = (Vec::new(), 0);
        let meter = Meter::start();
        for _ in 0..rounds {
            let begun = Instant::now();
            let answer = self.asking.block_on(self.connection.ask(&request))?;
            each.push(begun.elapsed());
            ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.head);
            length = answer.body.len();
        }
        let first = each.first().copied().unwrap_or_default();
        Ok(Visited { rate: meter.stop(each), first, length })
    }
}

/// A session of an owner, as rows; says the cookie.
pub(crate) fn sign_in(store: &Store, organisation: Id<Organisation>) -> Result<String> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)?;
    let token = Secret::<32>::new(bytes);
    let digest = Digest::of(token.expose());
    store.write_blocking(Scope::Installation, move |tx| -> Result<(), Problem> {
        let (account, person) = (tx.new_id(), tx.new_id());
        let (name, email) = ("Ada Example", "ada@example.com");
        accounts::account_insert(tx, account, email, name, "no password opens this account")?;
        accounts::account_confirm_recovery(tx, account)?;
        people::person_insert(tx, organisation, person, name, email)?;
        people::membership_insert(tx, account, organisation, person, Role::Owner, None)?;
        accounts::session_insert(tx, digest, account, "full", "a measurement", None)?;
        let entry = NewEntry {
            actor: &Actor::Closedset,
            subject: format!("account:{account}"),
            kind: "account.created",
            body: json!({"account": account}),
        };
        tx.record(Log::Installation, entry)?;
        Ok(())
    })?;
    Ok(format!("__Host-closedset={}", token.to_token()))
}
