//! The binary as a person starts it: the server until it answers, a check of this computer, and the
//! agent at rest.

use crate::{
    Options,
    http::{self, Connection, Server},
    measure::{Report, Row, best, span},
    world::{self, Kept, Plan},
};
use anyhow::{Context as _, Result, bail, ensure};
use closedset_app::{devices, ledger};
use closedset_web::{WebOptions, router};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};

const PATIENCE: Duration = Duration::from_secs(30);
/// Long enough for the agent's first look and three more.
const AGENT_RUNS: Duration = Duration::from_secs(100);

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let program = program(options)?;
    started(options, &program, report)?;
    checked(options, &program, report)?;
    at_rest(options, &program, report)
}

fn program(options: &Options) -> Result<PathBuf> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("closedset"),
    };
    ensure!(
        program.is_file(),
        "{} is missing; build it with: cargo build --release -p closedset",
        program.display()
    );
    Ok(program)
}

/// A process that is ended when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn(command: &mut Command) -> Result<Running> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    Ok(Running(child))
}

/// How long until the server answers, and how long its first page takes.
struct Start {
    ready_s: f64,
    page_s: f64,
    again_s: f64,
}

fn started(options: &Options, program: &Path, report: &mut Report) -> Result<()> {
    let idle = best(options.runs, || bare(program), |one, other| one < other)?;
    for is_first in [true, false] {
        let folder = world::folder(options)?;
        let mut number = 0;
        let start = best(
            options.runs,
            || {
                number += 1;
                let data =
                    folder.path().join(if is_first { number.to_string() } else { "data".into() });
                if !is_first && !data.exists() {
                    start(program, &data)?;
                }
                start(program, &data)
            },
            |one, other| one.ready_s < other.ready_s,
        )?;
        let data = if is_first { "an empty folder" } else { "a folder that was used" };
        report.row(Row {
            what: format!("start of the server on {data} to the first 200 of /healthz"),
            goal: "< 1 s",
            measured: span(start.ready_s),
            peer: format!("the program printing its version: {}", span(idle)),
            ratio: Some(start.ready_s / idle),
            note: "the process, the catalogue, SQLite, the certificate, TLS; asked every 2 ms"
                .into(),
        })?;
        if is_first {
            report.row(Row {
                what: "the first page of an empty installation".into(),
                goal: "< 100 ms",
                measured: span(start.page_s),
                peer: format!("the same page again: {}", span(start.again_s)),
                ratio: Some(start.page_s / start.again_s),
                note: "/setup over TLS, directly after the start".into(),
            })?;
        }
    }
    Ok(())
}

/// How long the program takes to do nothing.
fn bare(program: &Path) -> Result<f64> {
    let begun = Instant::now();
    let output = Command::new(program).arg("--version").output()?;
    ensure!(output.status.success(), "the program does not start");
    Ok(begun.elapsed().as_secs_f64())
}

fn start(program: &Path, data: &Path) -> Result<Start> {
    let address = http::free_address()?;
    let begun = Instant::now();
    let mut server = spawn(
        Command::new(program)
            .args(["serve", "--data"])
            .arg(data)
            .args(["--listen", &address.to_string()])
            .args(["--public-url", &format!("https://localhost:{}", address.port())]),
    )?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut connection = runtime.block_on(until_ready(&mut server, data, address, begun))?;
    let ready_s = begun.elapsed().as_secs_f64();
    let mut page = || -> Result<f64> {
        let begun = Instant::now();
        let answer = runtime.block_on(connection.ask(&http::get("/setup", None)))?;
        ensure!(answer.status == 200, "/setup: {}", answer.head);
        Ok(begun.elapsed().as_secs_f64())
    };
    Ok(Start { ready_s, page_s: page()?, again_s: page()? })
}

async fn until_ready(
    server: &mut Running,
    data: &Path,
    address: SocketAddr,
    begun: Instant,
) -> Result<Connection> {
    loop {
        if let Ok(connection) = healthy(data, address).await {
            return Ok(connection);
        }
        if let Some(status) = server.0.try_wait()? {
            bail!("the server ended: {status}");
        }
        ensure!(begun.elapsed() < PATIENCE, "the server does not answer");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn healthy(data: &Path, address: SocketAddr) -> Result<Connection> {
    let connector = http::connector(&data.join("tls"))?;
    let mut connection = Connection::open(address, &connector).await?;
    let answer = connection.ask(&http::get("/healthz", None)).await?;
    ensure!(answer.status == 200, "not yet");
    Ok(connection)
}

fn checked(options: &Options, program: &Path, report: &mut Report) -> Result<()> {
    let idle = best(options.runs, || bare(program), |one, other| one < other)?;
    let checked = best(
        options.runs,
        || {
            let begun = Instant::now();
            let output = Command::new(program)
                .args(["check", "--skip-facts", "internet_access", "--json"])
                .output()?;
            ensure!(
                output.status.code().is_some_and(|code| code < 2),
                "the check did not end well"
            );
            Ok(begun.elapsed().as_secs_f64())
        },
        |one, other| one < other,
    )?;
    report.row(Row {
        what: "closedset check --skip-facts internet_access".into(),
        goal: "< 2 s",
        measured: span(checked),
        peer: format!("the program printing its version: {}", span(idle)),
        ratio: Some(checked / idle),
        note: "this machine; what it finds is on it decides".into(),
    })
}

fn at_rest(options: &Options, program: &Path, report: &mut Report) -> Result<()> {
    let folder = world::folder(options)?;
    let tls = folder.path().join("tls");
    let address = http::free_address()?;
    let certificate = http::certificate(&tls)?;
    let plan = Plan {
        public_url: format!("https://127.0.0.1:{}", address.port()),
        pin: certificate.pin(),
        ..Plan::new(Kept::Sqlite, folder.path())
    };
    let app = plan.app()?;
    let owner = world::owner(world::organisation(app.store())?);
    let served = app.clone();
    let _server = Server::start(address, certificate, move || {
        tokio::spawn(ledger::run(served.clone(), std::future::pending()));
        router(&served, &WebOptions::default())
    })?;
    let (link, _) = Runtime::new()?.block_on(devices::enrolment_create(&app, &owner))?;
    let state = folder.path().join("agent");
    let enrolled = Command::new(program)
        .args(["agent", "enrol", &link.to_string(), "--name", "measured", "--state"])
        .arg(&state)
        .output()?;
    ensure!(enrolled.status.success(), "{}", String::from_utf8_lossy(&enrolled.stderr));
    let agent = spawn(
        Command::new(program)
            .args(["agent", "run", "--skip-facts", "internet_access", "--state"])
            .arg(&state),
    )?;
    thread::sleep(AGENT_RUNS);
    let pid = agent.0.id();
    let [resident, own, peak] =
        ["VmRSS:", "RssAnon:", "VmHWM:"].map(|field| memory_mib(pid, field).unwrap_or(f64::NAN));
    report.row(Row {
        what: "the agent at rest: resident memory".into(),
        goal: "< 30 MB",
        measured: format!("{resident:.1} MiB"),
        peer: format!("of it its own, not the program's pages: {own:.1} MiB"),
        note: format!(
            "after {} s with a look every 30 s and a statement every 10 s; at most {peak:.1} MiB",
            AGENT_RUNS.as_secs()
        ),
        ..Row::default()
    })?;
    let share = cpu_seconds(pid)? / AGENT_RUNS.as_secs_f64() * 100.0;
    report.row(Row {
        what: "the agent at rest: processor".into(),
        goal: "near 0 %",
        measured: format!("{share:.2} % of one core"),
        note: "with the programs it runs to look, the first look included; statements come thirty \
               times as often as they do by default"
            .into(),
        ..Row::default()
    })
}

fn memory_mib(pid: u32, field: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).context("no such field")?;
    let kib: f64 = line.split_whitespace().next().context("no number")?.parse()?;
    Ok(kib / 1_024.0)
}

/// Of the process and of the children it waited for.
fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, rest) = stat.rsplit_once(')').context("no name")?;
    let ticks: f64 =
        rest.split_whitespace().skip(11).take(4).filter_map(|word| word.parse::<f64>().ok()).sum();
    // USER_HZ is 100 on every Linux that there is.
    Ok(ticks / 100.0)
}
