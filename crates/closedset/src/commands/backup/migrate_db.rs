//! `closedset migrate-db`: the same installation on another database. The server stands still meanwhile;
//! files stay where they are.

use super::{
    absolute, pending_move::PendingMove, progress::Shown, require_installation,
    settings::with_database, told,
};
use crate::{
    commands::{
        UserError,
        demonstration::{is_announced, is_signed_as_one},
    },
    compose::compose,
    configuration::{Configuration, DataArgument, ServeArguments},
    data::{DataFolder, Held, write_secret},
    printer::{GREEN, Printer},
    system::SystemClock,
};
use anyhow::{Context, Result};
use clap::Args;
use closedset_app::{
    App,
    backup::{database_move, settle},
};
use closedset_core::Clock;
use closedset_store::DatabaseUrl;
use std::{fs, io::ErrorKind, path::Path};

const EXAMPLES: &str = "\
Examples, as the account that owns the data folder, with the server stopped:
  closedset migrate-db --to postgres://closedset:PASSWORD@db/closedset \\
    --data /srv/closedset          from SQLite to an empty PostgreSQL database
  closedset migrate-db --to sqlite:/srv/closedset/closedset.sqlite \\
    --data /srv/closedset          and back

The old database is left as it is. The ledger says that it was moved, and from then
on no server starts on the old one. Everybody signs in again.";

/// From where to where.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct MigrateArguments {
    /// The empty database to move to: sqlite:FILE or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL")]
    to: String,
    #[command(flatten)]
    data: DataArgument,
    /// The database to move from, if it is not the SQLite file in the data folder and not named in
    /// closedset.toml
    #[arg(long, env = "CLOSEDSET_DATABASE", value_name = "URL")]
    database: Option<String>,
}

/// Moves the database.
pub(crate) fn run(arguments: MigrateArguments, printer: &Printer) -> Result<bool> {
    let data = &arguments.data.data;
    require_installation(data)?;
    let Held::Here(folder) = DataFolder::take(data)? else {
        let words = "a server runs on this folder, and what it writes meanwhile would be lost; stop it first";
        return Err(UserError(words.into()).into());
    };
    if is_announced(folder.path()) || is_signed_as_one(folder.path()) {
        let words =
            "this is a demonstration's folder: it keeps its database in it, and opens no other";
        return Err(UserError(words.into()).into());
    }
    let given =
        ServeArguments { database: arguments.database.clone(), ..ServeArguments::default() };
    let configuration = Configuration::resolve(folder.path(), given)?;
    let from: DatabaseUrl =
        configuration.database.parse().context("the database URL cannot be used")?;
    let to = match arguments.to.parse().context("the new database's URL cannot be used")? {
        DatabaseUrl::Sqlite(path) => DatabaseUrl::Sqlite(absolute(&path)?),
        other => other,
    };
    let url = match &to {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    // What cannot be written down afterwards is told before anything is moved.
    let settings = folder.path().join("closedset.toml");
    let changed = with_database(&read(&settings)?, Some(&url))?;
    let pending = PendingMove::of(folder.path())?;
    let rows = match &pending {
        // The rows are there; what is missing is that anybody says so.
        Some(pending) => pending.require(&to).map(|()| None)?,
        None => {
            let words = ["Verifying the database", "Moving the database", "", ""];
            let mut shown = Shown::new(printer, words);
            let watch = &mut |progress| shown.at(progress);
            let rows = database_move(&from, &to, SystemClock.now(), watch).map_err(told)?;
            shown.end();
            Some(rows)
        }
    };
    let given = ServeArguments { database: Some(url.clone()), ..ServeArguments::default() };
    let configuration = Configuration::resolve(folder.path(), given)?;
    super::super::runtime()?.block_on(async {
        let app = prove(&folder, &configuration, printer).await.with_context(|| {
            format!("everything was moved, and it does not run; closedset.toml still names {from}")
        })?;
        // First what nothing starts on the old one past, then the settings, then the entry, which closes
        // it for good: broken off anywhere, the next start or another try goes on from there.
        let named = match pending {
            Some(pending) => Ok(pending),
            None => PendingMove::begin(&folder, url),
        };
        let named = named.and_then(|pending| write_secret(&settings, &changed).map(|()| pending));
        let is_told = match named {
            Ok(pending) => pending.finish(&folder, &app).await,
            Err(error) => Err(error),
        };
        app.store().clone().close();
        is_told.with_context(|| {
            format!(
                "everything was moved to {to}, and that could not be written down; run the same again, and \
                 let no server run on {from}"
            )
        })
    })?;
    if printer.is_json() {
        printer.json(&serde_json::json!({
            "rows": rows, "from": from.to_string(), "to": to.to_string(), "settings": settings,
        }))?;
        return Ok(true);
    }
    let what = match rows {
        Some(rows) => format!("{rows} rows to {to}, read back and verified"),
        None => format!("to {to}: what was broken off is brought to its end"),
    };
    printer.line(format!("{GREEN}✓ moved{GREEN:#} {what}"));
    printer.message(format!(
        "{} names it now; start the server as before. {from} is left as it is: keep it until the first \
         backup, and let no server run on it.",
        settings.display()
    ));
    if arguments.database.is_some() {
        printer.message(
            "--database or CLOSEDSET_DATABASE named the old one and goes before closedset.toml: change it.",
        );
    }
    Ok(true)
}

fn read(settings: &Path) -> Result<String> {
    match fs::read_to_string(settings) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", settings.display())),
    }
}

/// Opens the installation on its new database as a server would, and verifies its ledger.
async fn prove(
    folder: &DataFolder,
    configuration: &Configuration,
    printer: &Printer,
) -> Result<App> {
    printer.message("Verifying the ledger…");
    let app = compose(folder, configuration).await?.app;
    match settle(&app, None).await {
        Ok(()) => Ok(app),
        Err(problem) => {
            app.store().clone().close();
            Err(anyhow::anyhow!("{} {}", problem.sentence(), problem.remedy()))
        }
    }
}
