//! Check-ins from end to end: signed statements over TLS to the product's router, with the load made
//! on the same processors; beside them the same server answering a constant, and the use case
//! without a network.

use crate::{
    Options,
    fleet::{Computer, fleet},
    http::{Connection, Server, certificate, connector, free_address, post},
    measure::{Meter, Rate, Report, Row, whole},
    store::CLIENTS,
    world::{self, Kept, Plan},
};
use anyhow::{Result, ensure};
use axum::{Router, body::Bytes, routing};
use closedset_app::{App, devices, ledger};
use closedset_core::check_in::CheckIn;
use closedset_web::{WebOptions, router};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsConnector;

const PATH: &str = "/api/v1/agent/check-ins";
/// More than the fastest run asks for in a second.
const UNCHANGED_A_SECOND: f64 = 16_000.0;
const CHANGED_A_SECOND: f64 = 5_000.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Nothing,
    Something,
}

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    for kept in Kept::all(options) {
        let crowds: &[usize] = if kept == Kept::Sqlite { &[1] } else { &[1, 16] };
        for organisations in crowds {
            Measured::new(options, kept, *organisations)?.run(options, report)?;
        }
    }
    Ok(())
}

/// An installation with its devices, and the servers over it.
struct Measured {
    kept: Kept,
    organisations: usize,
    app: App,
    computers: Vec<Computer>,
    connector: TlsConnector,
    ours: Server,
    constant: Server,
    _folder: tempfile::TempDir,
}

impl Measured {
    fn new(options: &Options, kept: Kept, organisations: usize) -> Result<Self> {
        let folder = world::folder(options)?;
        let app = Plan::new(kept, folder.path()).app()?;
        let runtime = Runtime::new()?;
        let mut computers = Vec::new();
        for _ in 0..organisations {
            let owner = world::owner(world::organisation(app.store())?);
            let count = options.devices / organisations;
            computers.extend(runtime.block_on(fleet(&app, &owner, count))?);
        }
        // Neighbours belong to different organisations, as callers do.
        let share = computers.len() / organisations;
        let mut places: Vec<_> = computers.into_iter().map(Some).collect();
        let computers = (0..share * organisations)
            .filter_map(|place| {
                places[place % organisations * share + place / organisations].take()
            })
            .collect();
        let tls = folder.path().join("tls");
        let served = app.clone();
        let ours = Server::start(free_address()?, certificate(&tls)?, move || {
            tokio::spawn(ledger::run(served.clone(), std::future::pending()));
            router(&served, &WebOptions::default())
        })?;
        let constant = Server::start(free_address()?, certificate(&tls)?, constant)?;
        let connector = connector(&tls)?;
        Ok(Self { kept, organisations, app, computers, connector, ours, constant, _folder: folder })
    }

    fn run(mut self, options: &Options, report: &mut Report) -> Result<()> {
        for (says, goal, a_second) in [
            (Says::Nothing, "10,000/s, p99 < 50 ms", UNCHANGED_A_SECOND),
            (Says::Something, "3,000/s, p99 < 50 ms", CHANGED_A_SECOND),
        ] {
            let goal = if self.kept == Kept::Sqlite { goal } else { "" };
            let (mut ours, mut limit, mut alone) =
                (Rate::default(), Rate::default(), Rate::default());
            for _ in 0..options.runs {
                let count = (a_second * options.seconds) as usize;
                let asked = self.prepare(says, count)?;
                let requests = requests(&asked)?;
                let rate = self.load(self.constant.address, &requests, options.seconds)?;
                limit = if rate.beats(&limit) { rate } else { limit };
                let rate = self.load(self.ours.address, &requests, options.seconds)?;
                ours = if rate.beats(&ours) { rate } else { ours };
                let asked = self.prepare(says, count)?;
                let rate = use_case(&self.app, asked, options.seconds)?;
                alone = if rate.beats(&alone) { rate } else { alone };
            }
            let what = match says {
                Says::Nothing => "unchanged",
                Says::Something => "changed",
            };
            let crowd = if self.organisations == 1 {
                String::new()
            } else {
                format!(", {} organisations", self.organisations)
            };
            report.row(Row {
                what: format!("check-ins over TLS, {what}, {}{crowd}", self.kept.name()),
                goal,
                measured: ours.words(),
                peer: format!("the same server answering a constant: {}/s", whole(limit.per_s)),
                ratio: Some(ours.per_s / limit.per_s),
                note: format!(
                    "{CLIENTS} connections kept open, {} devices, the load on the same processors; \
                     the use case without a network: {}",
                    self.computers.len(),
                    alone.words()
                ),
            })?;
        }
        Ok(())
    }

    /// Check-ins for each of the clients: a client speaks for devices of its own, in their order.
    fn prepare(&mut self, says: Says, count: usize) -> Result<Vec<Vec<CheckIn>>> {
        let mut each: Vec<Vec<CheckIn>> = (0..CLIENTS).map(|_| Vec::new()).collect();
        let now = self.app.now();
        let known = self.computers.len();
        for number in 0..count {
            let place = number % known;
            let computer = &mut self.computers[place];
            let asked = match says {
                Says::Nothing => computer.unchanged(now)?,
                Says::Something => computer.changed(now)?,
            };
            each[place % CLIENTS].push(asked);
        }
        Ok(each)
    }

    fn load(&self, address: SocketAddr, requests: &[Vec<Vec<u8>>], seconds: f64) -> Result<Rate> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let local = tokio::task::LocalSet::new();
        local.block_on(&runtime, async {
            let mut connections = Vec::new();
            for _ in requests {
                connections.push(Connection::open(address, &self.connector).await?);
            }
            let meter = Meter::start();
            let until = meter.begun() + Duration::from_secs_f64(seconds);
            let tasks: Vec<_> = connections
                .into_iter()
                .zip(requests)
                .map(|(connection, requests)| {
                    tokio::task::spawn_local(ask_all(connection, requests.clone(), until))
                })
                .collect();
            let mut each = Vec::new();
            for task in tasks {
                each.extend(task.await??);
            }
            anyhow::Ok(meter.stop(each))
        })
    }
}

/// A server that reads what is sent and says the same to everybody: what the rest of the stack
/// costs.
fn constant() -> Router {
    Router::new().route(
        PATH,
        routing::post(|body: Bytes| async move {
            drop(body);
            axum::Json(serde_json::json!({"outcome": "confirmed", "next_in_s": 300}))
        }),
    )
}

fn requests(asked: &[Vec<CheckIn>]) -> Result<Vec<Vec<Vec<u8>>>> {
    asked
        .iter()
        .map(|client| client.iter().map(|one| Ok(post(PATH, &serde_json::to_vec(one)?))).collect())
        .collect()
}

async fn ask_all(
    mut connection: Connection,
    requests: Vec<Vec<u8>>,
    until: Instant,
) -> Result<Vec<Duration>> {
    let mut each = Vec::with_capacity(requests.len());
    for request in requests {
        let begun = Instant::now();
        if begun >= until {
            break;
        }
        let answer = connection.ask(&request).await?;
        ensure!(answer.status == 200, "{}", String::from_utf8_lossy(&answer.body));
        each.push(begun.elapsed());
    }
    Ok(each)
}

/// The same without a network: what the application and its database do by themselves.
fn use_case(app: &App, asked: Vec<Vec<CheckIn>>, seconds: f64) -> Result<Rate> {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let meter = Meter::start();
        let until = meter.begun() + Duration::from_secs_f64(seconds);
        let tasks: Vec<_> = asked
            .into_iter()
            .map(|client| {
                let app = app.clone();
                tokio::spawn(async move {
                    let mut each = Vec::with_capacity(client.len());
                    for one in client {
                        let begun = Instant::now();
                        if begun >= until {
                            break;
                        }
                        devices::check_in(&app, one).await?;
                        each.push(begun.elapsed());
                    }
                    anyhow::Ok(each)
                })
            })
            .collect();
        let mut each = Vec::new();
        for task in tasks {
            each.extend(task.await??);
        }
        anyhow::Ok(meter.stop(each))
    })
}
