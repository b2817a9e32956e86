//! `closedset backup`: the whole installation in one encrypted file, which is read back before it gets
//! its name. It works beside a running server and asks nothing of it.

use super::{
    gap_lines,
    left_note::{self, LeftNote},
    passphrase,
    progress::{Shown, size},
    require_installation, told,
    unfinished::Unfinished,
};
use crate::{
    client::Client,
    commands::UserError,
    configuration::{Configuration, DataArgument, ServeArguments},
    data::{OTHERWISE, read_master_key},
    printer::{GREEN, Printer, YELLOW},
    system::SystemClock,
};
use anyhow::{Context, Result, bail};
use clap::Args;
use closedset_app::{
    MasterKey,
    backup::{self, Examined, Lost, Source},
};
use closedset_backup::{KeptFile, Lock};
use closedset_core::Clock;
use closedset_objects::{Objects, TileFiles};
use closedset_pack::lock::Recipient;
use rustix::fs::{Advice, fadvise};
use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
    time::Duration,
};

/// How long the server is given, many times over, to sign what it recorded.
const PAUSE: Duration = Duration::from_millis(100);

const EXAMPLES: &str = "\
Examples, as the account that owns the data folder:
  closedset backup halide-2026-03-12.age --data /srv/closedset
                                     asks for a passphrase
  closedset backup /mnt/nas/halide-$(date +%F).age --data /srv/closedset \\
    --recipient age1...              by night: nothing that opens it
                                     lies on the server

The server may run meanwhile. Whoever holds the file and the passphrase, or the
identity of a recipient, holds the installation with all its keys.";

/// What to save, where to, and for whom.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BackupArguments {
    /// Where to write it; nothing is overwritten
    file: PathBuf,
    #[command(flatten)]
    data: DataArgument,
    /// The database, if it is not the SQLite file in the data folder and not named in closedset.toml
    #[arg(long, env = "CLOSEDSET_DATABASE", value_name = "URL")]
    database: Option<String>,
    /// Encrypt to the holder of this age recipient instead of a passphrase; may be given several times
    #[arg(long = "recipient", value_name = "AGE1...")]
    recipients: Vec<String>,
    /// A file whose first line is the passphrase [default: asked for]
    #[arg(long, value_name = "FILE", conflicts_with = "recipients")]
    passphrase_file: Option<PathBuf>,
    /// Leave the master key out; a restore then needs it from where it is kept
    #[arg(long)]
    without_master_key: bool,
    /// Save everything else where documents or packs are lost or damaged; the backup lists them, and
    /// the exit code is 1
    #[arg(long)]
    despite_missing: bool,
}

/// Makes a backup.
pub(crate) fn run(arguments: BackupArguments, printer: &Printer) -> Result<bool> {
    let data = &arguments.data.data;
    require_installation(data)?;
    if fs::symlink_metadata(&arguments.file).is_ok() {
        let words = format!("{} exists; name another file", arguments.file.display());
        return Err(UserError(words).into());
    }
    let lock = if arguments.recipients.is_empty() {
        Lock::passphrase(passphrase::new(arguments.passphrase_file.as_deref())?)
    } else {
        let recipients = arguments.recipients.iter().map(String::as_str);
        // As for a pack: with the reason, and none to whom encrypting would hide nothing.
        for text in recipients.clone() {
            text.parse::<Recipient>().map_err(|error| UserError(format!("{text}: {error}")))?;
        }
        Lock::recipients(recipients).map_err(|error| UserError(error.to_string()))?
    };
    let given =
        ServeArguments { database: arguments.database.clone(), ..ServeArguments::default() };
    let configuration = Configuration::resolve(data, given)?;
    let database = configuration.database.parse().context("the database URL cannot be used")?;
    let (objects, tiles) =
        (Objects::beside(data.join("objects")), TileFiles::beside(data.join("ledger")));
    let master_key = MasterKey::new(&read_master_key(&data.join("master.key"))?);
    let made_at = SystemClock.now();
    let source = Source {
        database: &database,
        objects: &objects,
        tiles: &tiles,
        files: files(data, arguments.without_master_key)?,
        master_key: &master_key,
        made_at,
        program: env!("CARGO_PKG_VERSION"),
        lost: if arguments.despite_missing { Lost::Listed } else { Lost::Refused },
        pause: &|| std::thread::sleep(PAUSE),
    };
    let unfinished = Unfinished::begin(&arguments.file)?;
    let found = write(&source, &unfinished, &lock, printer)?;
    read_back(&unfinished, &lock, &found, printer)?;
    let bytes = fs::metadata(&unfinished.path)?.len();
    unfinished.place(&arguments.file)?;
    let by = rustix::process::getuid().as_raw();
    let made = LeftNote { made_at, size_bytes: bytes, entries: found.entries, by, id: None };
    let noted = note(data, &made);
    if let Err(error) = &noted {
        printer.message(format!(
            "The backup was made, but that it was could not be written into the ledger: {error:#}"
        ));
    }
    let is_whole = found.gaps.is_empty();
    if printer.is_json() {
        printer.json(&serde_json::json!({
            "file": arguments.file, "size": bytes, "made_at": made_at, "rows": found.rows,
            "entries": found.entries, "objects": found.objects, "object_bytes": found.object_bytes,
            "has_master_key": !arguments.without_master_key, "missing": found.gaps,
            "is_demonstration": found.is_demonstration,
            "noted": noted.is_ok(), "note_error": noted.err().map(|error| format!("{error:#}")),
        }))?;
        return Ok(is_whole);
    }
    let file = arguments.file.display();
    printer.line(format!("{file} ({})", size(bytes)));
    let head = if is_whole {
        format!("{GREEN}✓ whole{GREEN:#}")
    } else {
        printer.message(gap_lines(&found.gaps));
        format!("{YELLOW}! whole but for what is missing{YELLOW:#}")
    };
    printer.message(format!(
        "{head}: {} rows, {} entries of the ledger, {} documents and packs ({}); read back \
         from the disk and verified",
        found.rows,
        found.entries,
        found.objects,
        size(found.object_bytes)
    ));
    let key = if arguments.without_master_key {
        "The master key is not in it. Keep master.key apart from it: without the key the backup is of no use."
    } else {
        "It holds the master key and everything else. Keep it elsewhere, and what opens it elsewhere again."
    };
    printer.message(format!(
        "{key}\nTry at times whether you can open it: closedset restore --check {file}"
    ));
    Ok(is_whole)
}

/// Has the server write down that a backup was made, or leaves it to its next start. For a note
/// nothing is opened, and so no database is brought up to date.
fn note(data: &Path, made: &LeftNote) -> Result<()> {
    if left_note::leave(data, made)? {
        return Ok(());
    }
    let body = serde_json::json!({
        "made_at": made.made_at, "size_bytes": made.size_bytes, "entries": made.entries,
    });
    crate::commands::runtime()?.block_on(async {
        let client = Client::of_server(data);
        client.json("POST", "/api/v1/control/backups", Some(body)).await.map(|_| ())
    })
}

/// The files of the data folder that belong to the installation and to no machine.
fn files(data: &Path, without_master_key: bool) -> Result<Vec<(KeptFile, Vec<u8>)>> {
    let mut wanted = vec![KeptFile::Certificate, KeptFile::CertificateKey];
    // Not every installation has these.
    let may_lack = [
        KeptFile::Settings,
        KeptFile::GivenCertificate,
        KeptFile::Authority,
        KeptFile::IssuedCertificate,
    ];
    wanted.extend(may_lack.clone());
    if !without_master_key {
        wanted.push(KeptFile::MasterKey);
    }
    for folder in ["frameworks", "checks", "releases"] {
        let path = data.join("catalogue").join(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read {}; {OTHERWISE}", path.display()));
            }
        };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let name = path.file_name().and_then(|name| name.to_str());
            let file = name.and_then(|name| KeptFile::catalogue(folder, name));
            wanted.push(file.with_context(|| {
                format!("{} cannot be saved under this name; rename it", path.display())
            })?);
        }
    }
    wanted.sort();
    let mut files = Vec::new();
    for file in wanted {
        let path = data.join(file.to_string());
        match fs::read(&path) {
            Ok(bytes) => files.push((file, bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound && may_lack.contains(&file) => {}
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read {}; {OTHERWISE}", path.display()));
            }
        }
    }
    Ok(files)
}

fn write(
    source: &Source<'_>,
    unfinished: &Unfinished,
    lock: &Lock,
    printer: &Printer,
) -> Result<Examined> {
    let words =
        ["Verifying the database", "Saving the database", "Saving documents", "Reading back"];
    let mut shown = Shown::new(printer, words);
    let out = BufWriter::with_capacity(1 << 20, &unfinished.file);
    let (mut out, found) =
        backup::make(source, out, lock, &mut |progress| shown.at(progress)).map_err(told)?;
    shown.end();
    let cannot = || format!("cannot write {}", unfinished.path.display());
    out.flush().with_context(cannot)?;
    unfinished.file.sync_all().with_context(cannot)?;
    Ok(found)
}

/// Reads what was written from the disk, not from what the system remembers of it.
fn read_back(
    unfinished: &Unfinished,
    lock: &Lock,
    written: &Examined,
    printer: &Printer,
) -> Result<()> {
    // Best effort: not every file system forgets when it is asked to.
    let _ = fadvise(&unfinished.file, 0, None, Advice::DontNeed);
    let words = ["", "Reading it back: the database", "Reading it back: documents", ""];
    let mut shown = Shown::new(printer, words);
    let file = File::open(&unfinished.path)
        .with_context(|| format!("cannot read {}", unfinished.path.display()))?;
    let read = backup::check(
        BufReader::with_capacity(1 << 20, file),
        lock.witness().keys(),
        None,
        None,
        &mut |progress| shown.at(progress),
    )
    .map_err(told)
    .context("what was written does not read back; look at the disk, and try another")?;
    // Without the master key some of a log's own key is not looked at again.
    if read.found != *written {
        bail!("what was written reads back as something else; look at the disk, and try another");
    }
    Ok(())
}
