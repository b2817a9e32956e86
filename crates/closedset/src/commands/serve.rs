//! `closedset serve`: the server, with its tasks, until it is told to stop.

use super::backup::left_note;
use crate::{
    compose::{Composed, compose},
    configuration::{Configuration, DataArgument, ServeArguments},
    data::{DataFolder, Held, write_set_up_link},
    printer::{BOLD, Printer},
    system::SystemClock,
    this_computer,
};
use anyhow::{Context, Result, bail};
use clap::Args;
use closedset_agent::Stop;
use closedset_app::{App, ledger, sweep};
use closedset_web::{Limits, Served, WebOptions, control_socket, router, serve, serve_control};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// How often what falls due by itself is looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

const EXAMPLES: &str = "\
Examples:
  closedset serve --data ./data     for this computer, with a folder here
  closedset serve --data ./data --enrol-this-computer
                                    and watches this computer too
  closedset serve --data /srv/closedset --listen 0.0.0.0:443 \\
    --public-url https://closedset.example.com
                                    for everybody on the network

The first start prints a link that sets up the first account. Stop it with
Ctrl-C. What can be set also stands in closedset.toml in the data folder.";

/// What the server is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    #[command(flatten)]
    data: DataArgument,
    #[command(flatten)]
    serve: ServeArguments,
}

/// Runs the server.
pub(crate) fn run(arguments: Serve, printer: &Printer) -> Result<bool> {
    let data = match DataFolder::take(&arguments.data.data)? {
        Held::Here(data) => data,
        Held::ByAnother => bail!(
            "another server runs on {}; stop it first, or use another --data folder",
            arguments.data.data.display()
        ),
    };
    let configuration = Configuration::resolve(data.path(), arguments.serve)?;
    log(configuration.log_json);
    let runtime = super::runtime()?;
    runtime.block_on(run_until_stopped(&data, configuration, printer))?;
    runtime.shutdown_timeout(Duration::from_secs(10));
    Ok(true)
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
    data: &DataFolder,
    configuration: Configuration,
    printer: &Printer,
) -> Result<()> {
    let Composed { app, certificate, set_up_link } = compose(data, &configuration).await?;
    if let Err(error) = left_note::take_up(data, &app).await {
        tracing::warn!(error = format!("{error:#}"), "a backup that was made is not in the ledger");
    }
    let connections = connections();
    let limits = Limits { connections, ..Limits::default() };
    let options = WebOptions { limits: limits.clone(), ..WebOptions::default() };
    let router = router(&app, &options);
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
    let banner = banner(&configuration, set_up_link.as_deref(), data);
    let is_json = printer.is_json();
    let set_up_file = data.set_up_file();
    let ready = move |address: std::net::SocketAddr| {
        let printer = Printer::new(is_json);
        if let Some(link) = &set_up_link
            && let Err(error) = write_set_up_link(&set_up_file, link)
        {
            tracing::error!(error = format!("{error:#}"), "the set-up link is only printed");
        }
        tracing::info!(%address, "listening");
        printer.message(&banner);
    };
    let mut served = tokio::spawn({
        let stop = wait();
        let listen = configuration.listen;
        let served =
            Served { address: listen, certificate, router, clock: Arc::new(SystemClock), limits };
        async move { serve(served, ready, stop).await }
    });
    let ended = tokio::select! {
        ended = &mut served => ended,
        () = told_to_stop() => {
            tracing::info!("stopping");
            let _ = stopper.send(true);
            agent_stop.ask();
            served.await
        }
    };
    let _ = stopper.send(true);
    agent_stop.ask();
    while tasks.join_next().await.is_some() {}
    app.store().clone().close();
    ended.context("the server's task failed")??;
    Ok(())
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

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = signal(SignalKind::interrupt());
    let terminate = signal(SignalKind::terminate());
    let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
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
