//! The agent that runs inside the server's process for the computer it runs on: enrolled by itself
//! as soon as there is an organisation.

use crate::{
    collector::ThisComputer,
    configuration::Configuration,
    machine,
    system::{SystemClock, SystemRandomness},
};
use closedset_agent::{
    Agent, AgentError, Applicant, Existing, RunOptions, Stop, Surroundings, enrol, run,
};
use closedset_app::{App, Caller, devices, organisations};
use closedset_core::{Actor, Role, link::EnrolLink};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The name this computer gives itself.
pub(crate) fn name() -> String {
    let node = rustix::system::uname();
    node.nodename().to_string_lossy().into_owned()
}

fn surroundings() -> Surroundings {
    Surroundings::new(Arc::new(SystemClock), Arc::new(SystemRandomness)).on(machine::digest())
}

/// The longest pause between two attempts to enrol.
const PAUSE_LIMIT: Duration = Duration::from_secs(60);

/// Waits for an organisation, enrols, and reports until `stop` is asked for.
pub(crate) async fn attend(app: App, data: PathBuf, configuration: Configuration, stop: Arc<Stop>) {
    let folder = data.join("this-computer");
    let mut pause = Duration::from_secs(1);
    let mut link = None;
    while !stop.is_asked() {
        match prepare(&app, &folder, &configuration, &mut link).await {
            Ok(true) => break,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(error = %error, "this computer could not be enrolled yet");
                pause = (pause * 2).min(PAUSE_LIMIT);
            }
        }
        let until = tokio::time::Instant::now() + pause;
        while !stop.is_asked() && tokio::time::Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    let ended = tokio::task::spawn_blocking(move || work(&folder, &configuration, &stop)).await;
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(%error, remedy = error.remedy(), "this computer's agent stopped")
        }
        Err(error) => tracing::error!(%error, "this computer's agent stopped"),
    }
}

/// Enrols if that is needed and possible; whether the folder now holds an identity. One link serves
/// every attempt.
async fn prepare(
    app: &App,
    folder: &Path,
    configuration: &Configuration,
    link: &mut Option<EnrolLink>,
) -> anyhow::Result<bool> {
    if closedset_agent::status(folder).is_ok() {
        return Ok(true);
    }
    let Some(organisation) = organisations::organisation_list(app).await?.into_iter().next() else {
        return Ok(false);
    };
    let link = match link {
        Some(link) => link.clone(),
        None => {
            let caller = Caller {
                actor: Actor::Closedset,
                name: "Closedset".into(),
                organisation: organisation.id,
                allowed: Role::Administrator.actions(),
                factor_at: None,
                session: None,
            };
            let (made, _) = devices::enrolment_create(app, &caller).await?;
            // The way round by the public name may not lead back here; the key is pinned anyway.
            link.insert(EnrolLink { server: configuration.local_url(), ..made }).clone()
        }
    };
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || {
        let applicant = Applicant { name: name(), existing: Existing::Keep };
        enrol(&link, &folder, &applicant, &surroundings())
    })
    .await??;
    Ok(true)
}

fn work(folder: &Path, configuration: &Configuration, stop: &Arc<Stop>) -> Result<(), AgentError> {
    if stop.is_asked() {
        return Ok(());
    }
    let mut agent = Agent::open(folder, &surroundings())?;
    let computer = ThisComputer::new(&configuration.local_url(), configuration.skip_facts.clone());
    run(&mut agent, &move |look| computer.look(look), RunOptions::default(), &**stop, stop)
}
