//! `closedset serve`: the server, with its tasks, until it is told to stop.

use super::{
    backup::{left_note, pending_move::PendingMove},
    demonstration::{self, Demonstration, Opening, Place},
};
use crate::{
    compose::{Composed, Wanted, compose_as},
    configuration::{Configuration, ServeArguments},
    data::{DataFolder, Held, write_set_up_link},
    printer::{BOLD, Printer},
    signals::Signals,
    system::SystemClock,
    this_computer,
};
use anyhow::{Context, Result, bail};
use clap::Args;
use closedset_agent::Stop;
use closedset_app::{App, ledger, network, sweep};
use closedset_demonstration::{Plan, StoryClock};
use closedset_web::{Limits, Served, WebOptions, control_socket, router, serve, serve_control};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::watch;

/// How often what falls due by itself is looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// How often the certificate is looked after: it may be renewed by others at any time, and a machine's
/// clock be set right.
const CERTIFICATE_EVERY: Duration = Duration::from_secs(15);

/// How long what still runs may take to end, and the database to close.
const TASKS_LIMIT: Duration = Duration::from_secs(20);

const EXAMPLES: &str = "\
Examples:
  closedset serve --data ./data     for this computer, with a folder here
  closedset serve --data ./data --enrol-this-computer
                                    and watches this computer too
  closedset serve --data /srv/closedset --listen 0.0.0.0:443 \\
    --public-url https://closedset.example.com
                                    for everybody on the network
  closedset serve --demo            an invented facility to look at, gone when
                                    you stop it

The first start prints a link that sets up the first account. Stop it with
Ctrl-C. What can be set also stands in closedset.toml in the data folder.";

/// What the server is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// The data folder of the installation [default: /var/lib/closedset; with --demo a folder of its
    /// own, removed at the end]
    #[arg(long, env = "CLOSEDSET_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    serve: ServeArguments,
    /// Show a demonstration: a facility with a year behind it, in which everything is invented
    #[arg(long)]
    demo: bool,
    /// How many times sixty computers the demonstration has, from 1 to 500
    #[arg(long, value_name = "N", default_value_t = 1, requires = "demo", value_parser = clap::value_parser!(u16).range(1..=500))]
    scale: u16,
    /// How many days lie behind the demonstration, from 3 to 800
    #[arg(long, value_name = "N", default_value_t = 400, requires = "demo", value_parser = clap::value_parser!(i64).range(3..=800))]
    days: i64,
}

/// Runs the server.
pub(crate) fn run(arguments: Serve, printer: &Printer) -> Result<bool> {
    // Before anything is made, opened or locked.
    if arguments.demo && arguments.serve.database.is_some() {
        return Err(demonstration::refuse_database("--database and CLOSEDSET_DATABASE").into());
    }
    let runtime = super::runtime()?;
    // A demonstration's folder goes when it is stopped: whoever stops it is heard before it is made.
    let signals = match arguments.demo {
        true => Some(runtime.block_on(async { Signals::watched() })?),
        false => None,
    };
    let place = match arguments.demo {
        true => Place::demonstration(arguments.data)?,
        false => Place::real(arguments.data),
    };
    let mut configuration = Configuration::resolve(place.path(), arguments.serve)?;
    if arguments.demo && configuration.is_database_named {
        let line = format!("database in {}", place.path().join("closedset.toml").display());
        return Err(demonstration::refuse_database(&line).into());
    }
    let data = match DataFolder::take(place.path())? {
        Held::Here(data) => data,
        Held::ByAnother => bail!(
            "another server runs on {}; stop it first, or use another --data folder",
            place.path().display()
        ),
    };
    // What is real does not report to what is invented.
    configuration.enrol_this_computer &= !arguments.demo;
    log(configuration.log_json);
    let wanted = place.wanted();
    if wanted == Wanted::NewDemonstration {
        demonstration::announce(&data)?;
    }
    let plan = Plan { scale: arguments.scale.into(), days: arguments.days, ..Plan::default() };
    let course = Course { data: &data, configuration, wanted, plan };
    let ended = runtime.block_on(run_until_stopped(course, signals, printer));
    // Not dropped, which would wait for whatever still blocks.
    runtime.shutdown_timeout(match &ended {
        Ok(Ended::AtOnce) => Duration::ZERO,
        Ok(Ended::InOrder) | Err(_) => Duration::from_secs(10),
    });
    Ok(ended? == Ended::InOrder)
}

/// What the server runs on, and as what.
struct Course<'c> {
    data: &'c DataFolder,
    configuration: Configuration,
    wanted: Wanted,
    /// How a demonstration is grown.
    plan: Plan,
}

/// How the server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    InOrder,
    /// It was told twice.
    AtOnce,
}

fn log(is_json: bool) {
    use tracing_subscriber::EnvFilter;
    let filter =
        EnvFilter::try_from_env("CLOSEDSET_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(crate::printer::is_coloured())
        .with_writer(std::io::stderr);
    if is_json { builder.json().init() } else { builder.with_target(false).init() }
}

async fn run_until_stopped(
    course: Course<'_>,
    signals: Option<Signals>,
    printer: &Printer,
) -> Result<Ended> {
    let Course { data, configuration, wanted, plan } = course;
    let mut signals = signals;
    let clock = Arc::new(StoryClock::new(Arc::new(SystemClock)));
    let composing = compose_as(data, &configuration, clock.clone(), wanted);
    let Composed { app, certificates, mut set_up_link } = match &mut signals {
        Some(signals) => tokio::select! {
            composed = composing => composed?,
            () = signals.told_to_stop() => return Ok(Ended::InOrder),
        },
        // Stopped as any program is, until it has something to put in order.
        None => composing.await?,
    };
    if let Some(pending) = PendingMove::of(data.path())? {
        pending.finish(data, &app).await?;
    }
    if let Err(error) = left_note::take_up(data, &app).await {
        tracing::warn!(error = format!("{error:#}"), "a backup that was made is not in the ledger");
    }
    let mut signals = match signals {
        Some(signals) => signals,
        None => Signals::watched()?,
    };
    let shown = if wanted == Wanted::Real {
        None
    } else {
        let link = set_up_link.take();
        let set_up_link = link.as_deref();
        let opening = Opening { data, app: &app, clock: &clock, wanted, set_up_link, plan };
        tokio::select! {
            shown = demonstration::open(&opening, printer) => Some(shown?),
            () = signals.told_to_stop() => return Ok(Ended::InOrder),
        }
    };
    let connections = connections();
    let limits = Limits { connections, ..Limits::default() };
    let options = WebOptions { limits: limits.clone(), ..WebOptions::default() };
    let router = router(&app, &options);
    let tls = certificates.config()?;
    let (stopper, stopped) = watch::channel(false);
    let wait = move || {
        let mut stopped = stopped.clone();
        async move {
            // An error means that the sender is gone, which is a stop too.
            let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
        }
    };
    let agent_stop = Arc::new(Stop::default());
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(ledger::run(app.clone(), wait()));
    tasks.spawn(sweep_until(app.clone(), wait()));
    tasks.spawn(network::keep(app.clone(), CERTIFICATE_EVERY, wait()));
    if let Some(keys) = shown.as_ref().and_then(|shown| shown.keys.clone()) {
        tasks.spawn(closedset_demonstration::keep_reporting(app.clone(), keys, wait()));
    }
    let (socket, control_router, control_wait) =
        (control_socket(data.path()), router.clone(), wait());
    tasks.spawn(async move {
        if let Err(error) = serve_control(&socket, control_router, control_wait).await {
            tracing::error!(%error, "commands on this machine will not reach the server");
        }
    });
    if configuration.enrol_this_computer {
        let (app, data, configuration) =
            (app.clone(), data.path().to_owned(), configuration.clone());
        tasks.spawn(this_computer::attend(app, data, configuration, agent_stop.clone()));
    }
    let banner = match &shown {
        Some(shown) => shown.banner(&configuration),
        None => banner(&configuration, set_up_link.as_deref(), data),
    };
    let told = shown.as_ref().and_then(Demonstration::sign_in_json);
    let is_json = printer.is_json();
    let set_up_file = data.set_up_file();
    let ready = move |address: std::net::SocketAddr| {
        let printer = Printer::new(is_json);
        if let Some(link) = &set_up_link
            && let Err(error) = write_set_up_link(&set_up_file, link)
        {
            tracing::error!(error = format!("{error:#}"), "the set-up link is only printed");
        }
        if let (true, Some(told)) = (is_json, &told)
            && let Err(error) = printer.json(told)
        {
            tracing::error!(error = format!("{error:#}"), "the sign-in could not be written");
        }
        tracing::info!(%address, "listening");
        printer.message(&banner);
    };
    let mut served = tokio::spawn({
        let stop = wait();
        let listen = configuration.listen;
        let served = Served { address: listen, tls, router, limits };
        async move { serve(served, ready, stop).await }
    });
    let ended = tokio::select! {
        ended = &mut served => Some(ended),
        () = signals.told_to_stop() => {
            tracing::info!("stopping");
            None
        }
    };
    let _ = stopper.send(true);
    agent_stop.ask();
    let winding_up = async {
        let ended = match ended {
            Some(ended) => ended,
            None => served.await,
        };
        let joined = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(TASKS_LIMIT, joined).await.is_err() {
            tracing::warn!(
                "something is still at work and is left; nothing that was recorded is lost"
            );
        }
        let store = app.store().clone();
        let closed = tokio::task::spawn_blocking(move || store.close());
        if tokio::time::timeout(TASKS_LIMIT, closed).await.is_err() {
            tracing::warn!(
                "the database does not close and is left; it mends itself at the next start"
            );
        }
        ended
    };
    let ended = tokio::select! {
        ended = winding_up => ended,
        () = signals.told_to_stop() => {
            tracing::warn!("told twice: ending at once");
            return Ok(Ended::AtOnce);
        }
    };
    ended.context("the server's task failed")??;
    Ok(Ended::InOrder)
}

/// How many connections there may be, as far as the system lets us have open files: as many as it
/// can be asked for, without those that the server itself needs.
fn connections() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    const OWN: u64 = 256;
    let most = Limits::default().connections as u64;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(u64::MAX).min(most + OWN);
    let granted = match current {
        Some(now) if now < wanted => {
            let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
            if raised.is_ok() { wanted } else { now }
        }
        now => now.unwrap_or(wanted),
    };
    usize::try_from(granted.saturating_sub(OWN).clamp(64, most)).unwrap_or(64)
}

async fn sweep_until(app: App, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        if let Err(error) = sweep::sweep(&app).await {
            tracing::error!(%error, "what fell due could not be done; trying again");
        }
    }
}

fn banner(configuration: &Configuration, set_up_link: Option<&str>, data: &DataFolder) -> String {
    match set_up_link {
        Some(link) => format!(
            "\n  {BOLD}Closedset is ready to be set up.{BOLD:#}\n\n  Open this link in a browser on this machine:\n\n    {link}\n\n  \
             It can be used once; it also stands in {}.\n  The certificate is Closedset's own, so the browser asks once whether to trust it.\n",
            data.set_up_file().display()
        ),
        None => format!("\n  {BOLD}Closedset runs at {}{BOLD:#}\n", configuration.public_url),
    }
}
