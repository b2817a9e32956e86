//! Puts the application together from a data folder and a configuration.

use crate::{
    commands::{
        UserError,
        backup::pending_move::PendingMove,
        demonstration::{is_announced, no_demonstration, not_grown},
    },
    configuration::Configuration,
    data::{DataFolder, OTHERWISE},
    system::{SystemClock, SystemRandomness},
};
use anyhow::{Context, Result};
use closedset_app::{
    App, AppOptions, MasterKey,
    demonstration::{self, Stage},
    network::Reaching,
};
use closedset_catalogue::{Catalogue, CatalogueFile};
use closedset_certificates::{Keeper, Options};
use closedset_core::{Clock, Secret};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{Store, StoreOptions};
use std::{path::Path, sync::Arc};

/// The application with what belongs to its server.
pub(crate) struct Composed {
    pub(crate) app: App,
    pub(crate) certificates: Arc<Keeper>,
    /// The link that opens set-up, while it is needed; made anew at each start.
    pub(crate) set_up_link: Option<String>,
}

/// The catalogue that this program carries, with the facility's own files in `catalogue/` of the data
/// folder: `frameworks/`, `checks/` and `releases/`, each `*.toml`.
fn catalogue(data: &Path) -> Result<Catalogue> {
    let mut own = Vec::new();
    for folder in ["frameworks", "checks", "releases"] {
        let path = data.join("catalogue").join(folder);
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read {}; {OTHERWISE}", path.display()));
            }
        };
        for entry in entries {
            let file = entry?.path();
            if file.extension().is_some_and(|extension| extension == "toml") {
                let text = std::fs::read_to_string(&file).with_context(|| {
                    format!(
                        "cannot read {} as text in UTF-8; correct it or take it out",
                        file.display()
                    )
                })?;
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                own.push((format!("{folder}/{name}"), text));
            }
        }
    }
    own.sort();
    let files: Vec<CatalogueFile<'_>> =
        own.iter().map(|(name, text)| CatalogueFile { name, text }).collect();
    Catalogue::with(&files).context("the catalogue cannot be used")
}

/// Whether what is invented may be opened, and what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Either.
    Any,
    /// A real installation.
    Real,
    /// A demonstration that was begun before.
    Demonstration,
    /// A demonstration that is begun now, in a folder that was empty.
    NewDemonstration,
}

/// Opens everything and holds the ledger against its last signed checkpoints.
pub(crate) async fn compose(data: &DataFolder, configuration: &Configuration) -> Result<Composed> {
    compose_as(data, configuration, Arc::new(SystemClock), Wanted::Any).await
}

/// The same with another clock, and only if it is what is wanted.
pub(crate) async fn compose_as(
    data: &DataFolder,
    configuration: &Configuration,
    clock: Arc<dyn Clock>,
    wanted: Wanted,
) -> Result<Composed> {
    let randomness = Arc::new(SystemRandomness);
    let catalogue = catalogue(data.path())?;
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    if !names.iter().any(|name| name == configuration.public_host()) {
        names.push(configuration.public_host().to_owned());
    }
    let options = Options {
        folder: data.path().join("tls"),
        names,
        host: configuration.public_host().to_owned(),
        files: configuration.certificate.clone(),
    };
    let certificates = Arc::new(Keeper::open(options, clock.now())?);
    let master_key = data.master_key(&*randomness)?;
    let url = configuration.database.parse().context("the database URL cannot be used")?;
    if let Some(pending) = PendingMove::of(data.path())? {
        pending.require(&url)?;
    }
    let store = Store::open(StoreOptions::new(url, clock.clone(), randomness.clone()))
        .context("the database cannot be opened")?;
    let (set_up_token, set_up_link) = {
        let accounts = store
            .read(|tx| -> Result<_, closedset_store::StoreError> {
                closedset_store::accounts::account_count(tx)
            })
            .await?;
        if accounts == 0 {
            let token = Secret::<32>::random(&*randomness);
            let link = format!("{}/setup?token={}", configuration.public_url, token.to_token());
            (Some(token), Some(link))
        } else {
            (None, None)
        }
    };
    let app = App::new(AppOptions {
        store,
        objects: Objects::open(data.path().join("objects"))?,
        tiles: TileFiles::open(data.path().join("ledger"))?,
        work_folder: data.work_folder()?,
        catalogue,
        clock,
        randomness,
        master_key: MasterKey::new(&master_key),
        public_url: configuration.public_url.clone(),
        pin: certificates.pin(),
        reaching: Some(Reaching {
            certificates: certificates.clone(),
            listen: configuration.listen,
        }),
        set_up_token,
        // Nobody but the demonstration itself uses its link, which is therefore never written.
        set_up_token_file: (wanted != Wanted::NewDemonstration).then(|| data.set_up_file()),
        check_in_every_s: configuration.check_in_every_s,
        enrols_this_computer: configuration.enrol_this_computer,
    });
    closedset_app::ledger::open(&app).await.map_err(|problem| {
        let (sentence, remedy) = (problem.sentence(), problem.remedy());
        anyhow::Error::new(problem).context(format!("{sentence} {remedy}"))
    })?;
    check_kind(&app, data.path(), wanted).await?;
    closedset_app::catalogue_change::take_up(&app)
        .await
        .context("the catalogue could not be taken up")?;
    Ok(Composed { app, certificates, set_up_link })
}

/// Refuses what is not wanted. What is invented and what is not never become each other; what is
/// wanted to be real is, from here on.
async fn check_kind(app: &App, data: &Path, wanted: Wanted) -> Result<()> {
    let in_words = |problem: closedset_app::Problem| {
        let words = format!("{} {}", problem.sentence(), problem.remedy());
        anyhow::Error::new(problem).context(words)
    };
    match (wanted, demonstration::stage(app).await?) {
        (Wanted::Any, _)
        | (Wanted::Real, Stage::Real)
        | (Wanted::Demonstration, Stage::Demonstration) => Ok(()),
        (Wanted::Real | Wanted::Demonstration, Stage::Empty) if is_announced(data) => {
            Err(not_grown(data).into())
        }
        (Wanted::Real, Stage::Empty) => demonstration::rule_out(app).await.map_err(in_words),
        (Wanted::Real, Stage::Demonstration) => Err(UserError(format!(
            "{} holds a demonstration, in which everything is invented; open it with --demo, or name \
             another folder with --data",
            data.display()
        ))
        .into()),
        (Wanted::Demonstration, Stage::Empty | Stage::Real) => Err(no_demonstration(data).into()),
        (Wanted::NewDemonstration, _) => demonstration::begin(app).await.map_err(in_words),
    }
}
