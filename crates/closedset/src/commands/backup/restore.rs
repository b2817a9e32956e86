//! `closedset restore`: puts a backup back into an empty folder, or verifies it alone. Nothing counts
//! before everything agrees.

use super::{
    absolute, database_in, gap_lines, passphrase,
    progress::{Shown, size},
    settings::with_database,
    told,
};
use crate::{
    commands::UserError,
    compose::compose,
    configuration::{Configuration, DataArgument, ServeArguments},
    data::{DataFolder, read_master_key, write_secret},
    printer::{BOLD, GREEN, Printer, YELLOW},
    system::SystemClock,
};
use anyhow::{Context, Result};
use clap::Args;
use closedset_app::backup::{self, Known, Restoration, Restored, Target, settle};
use closedset_backup::{KeptFile, Keys, wants_passphrase};
use closedset_core::{Actor, Clock, Digest, Secret};
use closedset_objects::{Objects, TileFiles};
use closedset_pack::{Outcome, VerifyOptions};
use closedset_store::DatabaseUrl;
use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

const EXAMPLES: &str = "\
Examples:
  closedset restore --check halide-2026-03-12.age
                       is it whole? Nothing is written
  closedset restore halide-2026-03-12.age --data /srv/closedset
                       into a folder that is empty or not there yet
  closedset restore halide-2026-03-12.age --data /srv/closedset \\
    --database postgres://closedset@/closedset
                       with the rows in an empty PostgreSQL database
  closedset restore --check halide-2026-03-12.age --since newest-pack.zip
                       does it reach as far as a pack that somebody holds?";

/// What to restore, where to, and what opens it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RestoreArguments {
    /// The backup
    file: PathBuf,
    /// Verify the backup alone, and write nothing
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    data: DataArgument,
    /// An empty database for the rows: sqlite:FILE or postgres://USER@HOST/NAME [default: a SQLite file
    /// in the data folder]
    #[arg(long, visible_alias = "database-url", env = "CLOSEDSET_DATABASE", value_name = "URL")]
    database: Option<String>,
    /// The file with the age identity to whose recipient it is encrypted
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// A file whose first line is the passphrase [default: asked for]
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    passphrase_file: Option<PathBuf>,
    /// The installation's master key, where the backup was made without it
    #[arg(long, value_name = "FILE")]
    master_key: Option<PathBuf>,
    /// The newest pack or checkpoint that anybody holds: the backup must reach as far
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
}

/// Restores a backup, or verifies it.
pub(crate) fn run(mut arguments: RestoreArguments, printer: &Printer) -> Result<bool> {
    let known = arguments.since.as_deref().map(known).transpose()?;
    let master_key = arguments.master_key.as_deref().map(read_master_key).transpose()?;
    let file = File::open(&arguments.file)
        .with_context(|| format!("cannot read {}", arguments.file.display()))?;
    let keys = keys(&arguments, &file)?;
    let input = BufReader::with_capacity(1 << 20, File::open(&arguments.file)?);
    if arguments.check {
        let words = ["", "Verifying the database", "Verifying documents", ""];
        let mut shown = Shown::new(printer, words);
        let watch = &mut |progress| shown.at(progress);
        let restored =
            backup::check(input, &keys, master_key.as_ref(), known, watch).map_err(told)?;
        shown.end();
        tell(&restored, &arguments, None, printer)?;
        return Ok(restored.found.gaps.is_empty());
    }
    let data = arguments.data.data.clone();
    let folder = DataFolder::take_empty(&data).map_err(|error| UserError(format!("{error:#}")))?;
    let database = match &arguments.database {
        // As it is written into the settings, it must mean the same from anywhere.
        Some(url) => match url.parse().context("the database URL cannot be used")? {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", absolute(&path)?.display()),
            DatabaseUrl::Postgres(url) => url,
        },
        None => database_in(&data)?,
    };
    arguments.database = arguments.database.as_ref().map(|_| database.clone());
    let filling = Filling {
        folder: &folder,
        database: &database,
        named: arguments.database.as_deref(),
        keys: &keys,
        master_key,
        known,
    };
    let filled = fill(filling, input, printer);
    let restored = match filled {
        Ok(restored) => restored,
        Err(error) => {
            folder.clear().with_context(|| {
                format!("what was begun in {} could not be removed; remove it", data.display())
            })?;
            return Err(error);
        }
    };
    prove(&folder, &database, &restored, printer).with_context(|| {
        format!(
            "everything was restored, and it does not run; {} stays marked as unfinished. Mend what is said \
             here, remove the folder (and empty its database, where that is PostgreSQL), and restore again",
            data.display()
        )
    })?;
    folder.restored()?;
    tell(&restored, &arguments, Some(&data), printer)?;
    Ok(restored.found.gaps.is_empty())
}

/// What opens the backup.
fn keys(arguments: &RestoreArguments, file: &File) -> Result<Keys> {
    if let Some(identity) = &arguments.identity {
        let file =
            File::open(identity).with_context(|| format!("cannot read {}", identity.display()))?;
        return Keys::identities(BufReader::new(file))
            .with_context(|| format!("{} holds no age identity", identity.display()));
    }
    // Nobody is asked for what cannot be used.
    if !wants_passphrase(BufReader::new(file)).map_err(|error| told(error.into()))? {
        let words =
            "this backup is encrypted to recipients: name the file with an identity by --identity";
        return Err(UserError(words.into()).into());
    }
    Ok(Keys::passphrase(passphrase::known(arguments.passphrase_file.as_deref())?))
}

/// What somebody holds: a pack, or a checkpoint as it was signed.
fn known(path: &Path) -> Result<Known> {
    let cannot = || format!("cannot read {}", path.display());
    let mut start = Vec::new();
    let file = File::open(path).with_context(cannot)?;
    (&file).take(1 << 16).read_to_end(&mut start).with_context(cannot)?;
    let none = || {
        let words = format!("{} is neither a pack nor a checkpoint", path.display());
        anyhow::Error::from(UserError(words))
    };
    if start.starts_with(b"age-encryption.org/") {
        let words = format!(
            "{} is encrypted: open it first with age --decrypt, and name what comes out",
            path.display()
        );
        return Err(UserError(words).into());
    }
    if !start.starts_with(b"PK") {
        return Known::of_checkpoint(&start).ok_or_else(none);
    }
    let file = File::open(path).with_context(cannot)?;
    let report = closedset_pack::verify(BufReader::new(file), &VerifyOptions::default())
        .with_context(cannot)?;
    let log = report.log.as_ref().filter(|_| report.outcome() != Outcome::NotValid);
    log.and_then(|log| Known::of_pack(&log.origin, log.size, &log.root, &log.key)).ok_or_else(none)
}

/// What is filled, and by what.
struct Filling<'f> {
    folder: &'f DataFolder,
    database: &'f str,
    /// The database that was named, if it is not the one in the folder.
    named: Option<&'f str>,
    keys: &'f Keys,
    master_key: Option<Secret<32>>,
    known: Option<Known>,
}

/// Puts everything in its place.
fn fill(filling: Filling<'_>, input: impl Read, printer: &Printer) -> Result<Restored> {
    let Filling { folder, database, named, keys, master_key, known } = filling;
    let data = folder.path().to_owned();
    let url: DatabaseUrl = database.parse().context("the database URL cannot be used")?;
    let objects = Objects::open(data.join("objects"))?;
    let tiles = TileFiles::open(data.join("ledger"))?;
    let mut put_file = |file: &KeptFile, bytes: &[u8]| put(&data, file, bytes, named);
    if let Some(key) = &master_key {
        write_secret(&data.join("master.key"), &hex::encode(key.expose()))?;
    }
    let target = Target {
        database: &url,
        objects: &objects,
        tiles: &tiles,
        put_file: &mut put_file,
        now: SystemClock.now(),
    };
    let words = ["", "Restoring the database", "Restoring documents", "Reading the database back"];
    let mut shown = Shown::new(printer, words);
    let watch = &mut |progress| shown.at(progress);
    let restored = backup::restore(input, keys, master_key.as_ref(), known, target, watch);
    shown.end();
    let restored = restored.map_err(told)?;
    let settings = data.join("closedset.toml");
    if named.is_some() && !settings.exists() {
        write_secret(&settings, &with_database("", named)?)?;
    }
    Ok(restored)
}

/// Lays a file down; `closedset.toml` with the database that it was restored into.
fn put(data: &Path, file: &KeptFile, bytes: &[u8], database: Option<&str>) -> io::Result<()> {
    let path = data.join(file.to_string());
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
    let text = match file {
        KeptFile::Settings => with_database(text, database).map_err(io::Error::other)?,
        KeptFile::MasterKey
        | KeptFile::Certificate
        | KeptFile::CertificateKey
        | KeptFile::GivenCertificate
        | KeptFile::Authority
        | KeptFile::IssuedCertificate
        | KeptFile::Catalogue { .. } => text.to_owned(),
    };
    write_secret(&path, &text).map_err(io::Error::other)
}

/// Opens it as a server would, builds the ledger's trees anew, and writes down that it was restored.
fn prove(
    folder: &DataFolder,
    database: &str,
    restored: &Restored,
    printer: &Printer,
) -> Result<()> {
    printer.message("Building the ledger's trees and verifying everything…");
    let given = ServeArguments { database: Some(database.to_owned()), ..ServeArguments::default() };
    let configuration = Configuration::resolve(folder.path(), given)?;
    super::super::runtime()?.block_on(async {
        let composed = compose(folder, &configuration).await?;
        let actor = Actor::Operator(rustix::process::getuid().as_raw());
        let mark = Restoration { actor, made_at: restored.made_at };
        let settled = settle(&composed.app, Some(mark)).await;
        composed.app.store().clone().close();
        settled.map_err(|problem| anyhow::anyhow!("{} {}", problem.sentence(), problem.remedy()))
    })
}

/// Says what there is, what it cannot know, and what to do.
fn tell(
    restored: &Restored,
    arguments: &RestoreArguments,
    data: Option<&Path>,
    printer: &Printer,
) -> Result<()> {
    let found = &restored.found;
    let fingerprint = |key: &String| Digest::of(key.as_bytes()).to_string();
    if printer.is_json() {
        let logs: Vec<serde_json::Value> = found
            .logs
            .iter()
            .map(|log| {
                serde_json::json!({
                    "log": log.log, "entries": log.entries, "signed": log.signed,
                    "verifier_key": log.key, "key_fingerprint": log.key.as_ref().map(fingerprint),
                })
            })
            .collect();
        return printer.json(&serde_json::json!({
            "file": arguments.file, "made_at": restored.made_at, "program": restored.program,
            "has_master_key": restored.has_master_key, "rows": found.rows,
            "entries": found.entries, "objects": found.objects,
            "object_bytes": found.object_bytes, "logs": logs, "data": data, "missing": found.gaps,
            "is_demonstration": found.is_demonstration,
        }));
    }
    let head = if found.gaps.is_empty() {
        format!("{GREEN}✓ whole{GREEN:#}")
    } else {
        printer.line(gap_lines(&found.gaps));
        format!("{YELLOW}! whole but for what is missing{YELLOW:#}")
    };
    printer.line(format!(
        "{head}: {} of {}, made by Closedset {}",
        arguments.file.display(),
        restored.made_at,
        restored.program
    ));
    if found.is_demonstration {
        printer.line(format!(
            "{YELLOW}{BOLD}DEMONSTRATION{BOLD:#}{YELLOW:#}: everything in it is invented, as its ledger says"
        ));
    }
    printer.line(format!(
        "{} rows, {} entries of the ledger, {} documents and packs ({}), {}",
        found.rows,
        found.entries,
        found.objects,
        size(found.object_bytes),
        if restored.has_master_key { "with the master key" } else { "without the master key" }
    ));
    for log in &found.logs {
        let key = log.key.as_ref().filter(|_| log.signed > 0).map_or_else(String::new, |key| {
            format!(" with the key of fingerprint SHA-256 {}", fingerprint(key))
        });
        printer.line(format!(
            "  log {}: {} of {} entries signed{key}",
            log.log, log.signed, log.entries
        ));
    }
    if arguments.since.is_some() {
        printer
            .line("It goes on from what you held it against: nothing signed by then is missing.");
    }
    let Some(data) = data else { return Ok(()) };
    let at = absolute(data)?;
    let at = at.display();
    if found.is_demonstration {
        let next = match &arguments.database {
            None => format!("Look at it with: closedset serve --demo --data {at}"),
            Some(_) => "It cannot be looked at: a demonstration opens no database that was named. Remove the \
                        folder, empty the database, and restore it without --database."
                .to_owned(),
        };
        printer.line(format!("\n{BOLD}Restored into {at}{BOLD:#}. {next}"));
        return Ok(());
    }
    printer.line(format!(
        "\n{BOLD}Restored into {at}{BOLD:#}. Each log has an entry that says so.\n\n\
         What happened after {} is not in it, and this program cannot know whether there was anything:\n\
         a log that was signed further elsewhere now has two histories. So, before you go on:\n  \
         1. Let only this one run. If the old installation can still be reached, stop it.\n  \
         2. Hold against it the newest pack or checkpoint that anybody has:\n     \
         closedset restore --check {} --since PACK\n  \
         3. Tell whoever holds a newer one that what came after is lost.\n  \
         4. Take back again what was taken back since: it counts, works or can be read again. Revoke\n     \
         devices, tokens and passkeys; end memberships; withdraw documents, attestations and exceptions;\n     \
         erase the bodies of entries that privacy law had erased; change passwords that were changed; make\n     \
         new recovery codes where one was used.\n  \
         5. Enrol again what was enrolled since. Everybody signs in anew; the server's own computer is \
         enrolled anew too.\n\n\
         Start it with: closedset serve --data {at}",
        restored.made_at,
        arguments.file.display(),
    ));
    Ok(())
}
