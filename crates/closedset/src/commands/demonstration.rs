//! `closedset serve --demo`: where the demonstration lies, how it is grown, and how one gets in.

use crate::{
    commands::UserError,
    compose::Wanted,
    configuration::{Configuration, USUAL_DATA},
    data::{DataFolder, OTHERWISE, write_secret},
    printer::{BOLD, DIM, Printer, YELLOW},
    system::SystemRandomness,
};
use anyhow::{Context, Result};
use closedset_app::App;
use closedset_core::{Randomness, entry::DEMONSTRATION_ORIGIN, randomness};
use closedset_demonstration::{DeviceKeys, Plan, SignIn, Soil, StoryClock, grow, new_codes};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::{self, IsTerminal, Read as _, Write as _, stderr},
    path::{Path, PathBuf},
    time::Instant,
};
use tempfile::TempDir;

/// What lies in a demonstration's folder beside what lies in every data folder.
const FILE: &str = "demonstration.json";

/// Where the server's data lies.
pub(super) enum Place {
    /// A real installation's folder.
    Real(PathBuf),
    /// A demonstration's folder that stays.
    Kept(PathBuf, Wanted),
    /// A demonstration's folder that is removed at the end.
    Passing(TempDir),
}

impl Place {
    /// The place of a real installation: the usual one unless another was named.
    pub(super) fn real(named: Option<PathBuf>) -> Self {
        Self::Real(named.unwrap_or_else(|| USUAL_DATA.into()))
    }

    /// The place of a demonstration: one that passes unless a folder was named.
    pub(super) fn demonstration(named: Option<PathBuf>) -> Result<Self> {
        let Some(path) = named else {
            let folder = tempfile::Builder::new().prefix("closedset-demonstration-").tempdir();
            return Ok(Self::Passing(
                folder.context("no folder for the demonstration can be made")?,
            ));
        };
        if is_empty(&path)? {
            return Ok(Self::Kept(path, Wanted::NewDemonstration));
        }
        // Before anything in it is opened or locked; then its log is asked.
        if !is_announced(&path) && !is_signed_as_one(&path) {
            return Err(no_demonstration(&path).into());
        }
        Ok(Self::Kept(path, Wanted::Demonstration))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Real(path) | Self::Kept(path, _) => path,
            Self::Passing(folder) => folder.path(),
        }
    }

    /// What may be opened there.
    pub(super) fn wanted(&self) -> Wanted {
        match self {
            Self::Real(_) => Wanted::Real,
            Self::Kept(_, wanted) => *wanted,
            Self::Passing(_) => Wanted::NewDemonstration,
        }
    }
}

/// Refuses a demonstration in a database that was named: what is there may be real.
pub(super) fn refuse_database(named_by: &str) -> UserError {
    UserError(format!(
        "a demonstration keeps everything in a folder of its own, and opens no database that was named; \
         leave out {named_by}"
    ))
}

/// Whether the folder was said to be a demonstration's before one was begun in it.
pub(crate) fn is_announced(data: &Path) -> bool {
    fs::symlink_metadata(data.join(FILE)).is_ok()
}

/// Whether a log in the folder is signed with the key of a demonstration, as in one that was restored.
pub(crate) fn is_signed_as_one(data: &Path) -> bool {
    let logs = fs::read_dir(data.join("ledger")).into_iter().flatten().flatten();
    logs.map(|log| log.path().join("checkpoint")).any(|checkpoint| {
        let mut start = Vec::new();
        let length = DEMONSTRATION_ORIGIN.len() as u64;
        let read =
            File::open(checkpoint).and_then(|file| file.take(length).read_to_end(&mut start));
        read.is_ok() && start == DEMONSTRATION_ORIGIN.as_bytes()
    })
}

/// Why a folder is not opened with `--demo`.
pub(crate) fn no_demonstration(data: &Path) -> UserError {
    UserError(format!(
        "{} is no demonstration's folder, and is not made one: what is real stays real. Name an empty \
         folder with --data, or none",
        data.display()
    ))
}

/// Why a folder in which a demonstration was begun is not opened.
pub(crate) fn not_grown(data: &Path) -> UserError {
    UserError(format!(
        "the demonstration in {} was not grown to its end; remove the folder and start again",
        data.display()
    ))
}

/// Whether nothing lies there.
fn is_empty(path: &Path) -> Result<bool> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => {
            Err(error).with_context(|| format!("cannot read {}; {OTHERWISE}", path.display()))
        }
    }
}

/// What is kept of a demonstration for its next start.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// What the keys of its computers are made from, in hexadecimal.
    device_keys: String,
    /// How its account is opened; none until the story is told to its end.
    sign_in: Option<SignIn>,
}

/// A demonstration that can be shown.
pub(super) struct Demonstration {
    /// The keys with which its computers go on reporting.
    pub(super) keys: Option<DeviceKeys>,
    /// How it is opened; not known of one that was restored.
    way_in: Option<WayIn>,
}

/// What opens a demonstration's account.
struct WayIn {
    sign_in: SignIn,
    codes: Vec<String>,
}

/// What a demonstration is opened with.
pub(super) struct Opening<'o> {
    pub(super) data: &'o DataFolder,
    pub(super) app: &'o App,
    pub(super) clock: &'o StoryClock,
    pub(super) wanted: Wanted,
    /// The link that sets up its account, if it is new.
    pub(super) set_up_link: Option<&'o str>,
    pub(super) plan: Plan,
}

/// Says in a folder that was empty, before anything is begun in it, that it is a demonstration's.
pub(super) fn announce(data: &DataFolder) -> Result<()> {
    let mut entries = fs::read_dir(data.path())?;
    let is_foreign =
        |entry: io::Result<fs::DirEntry>| entry.map_or(true, |it| it.file_name() != "lock");
    if entries.any(is_foreign) {
        return Err(no_demonstration(data.path()).into());
    }
    let secret: [u8; 32] = randomness::bytes(&SystemRandomness as &dyn Randomness);
    let kept = Kept { device_keys: hex::encode(secret), sign_in: None };
    write(&data.path().join(FILE), &kept)
}

/// Grows the demonstration if it is new, and opens its account.
pub(super) async fn open(opening: &Opening<'_>, printer: &Printer) -> Result<Demonstration> {
    let file = opening.data.path().join(FILE);
    if !is_announced(opening.data.path()) {
        // Restored: a backup holds no password, and no keys of computers.
        return Ok(Demonstration { keys: None, way_in: None });
    }
    let mut kept = read(&file)?;
    let mut secret = [0; 32];
    let is_known = hex::decode_to_slice(&kept.device_keys, &mut secret).is_ok();
    let keys = is_known.then(|| DeviceKeys::new(secret));
    if let (Wanted::NewDemonstration, Some(keys)) = (opening.wanted, &keys) {
        kept.sign_in = Some(grown(opening, keys, printer).await?);
        write(&file, &kept)?;
    }
    let Some(sign_in) = kept.sign_in else {
        return Err(not_grown(opening.data.path()).into());
    };
    let codes = new_codes(opening.app, &sign_in)
        .await
        .context("the demonstration's account does not open")?;
    Ok(Demonstration { keys, way_in: Some(WayIn { sign_in, codes }) })
}

fn read(file: &Path) -> Result<Kept> {
    let text = fs::read_to_string(file)
        .with_context(|| format!("cannot read {}; {OTHERWISE}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} cannot be used", file.display()))
}

fn write(file: &Path, kept: &Kept) -> Result<()> {
    write_secret(file, &serde_json::to_string_pretty(kept)?)
}

/// Lives through the story; how its account is opened.
async fn grown(opening: &Opening<'_>, keys: &DeviceKeys, printer: &Printer) -> Result<SignIn> {
    let plan = opening.plan;
    let begun = Instant::now();
    let (computers, days) = (plan.scale * 60, plan.days);
    printer.message(format!(
        "Growing a facility with {computers} computers and {days} days behind it…"
    ));
    let is_terminal = stderr().is_terminal() && !printer.is_json();
    let progress = move |day: i64, days: i64| {
        if is_terminal {
            // Best effort: a line that changes is no answer.
            let _ = write!(stderr(), "\r\x1b[K  day {day} of {days}");
            let _ = stderr().flush();
        }
    };
    let link = opening.set_up_link.and_then(|link| link.split_once("token="));
    let (_, token) = link.context("the demonstration has no link that sets it up")?;
    let soil =
        Soil { app: opening.app, clock: opening.clock, keys, token, randomness: &SystemRandomness };
    let grown = grow(soil, plan, &progress).await;
    if is_terminal {
        let _ = write!(stderr(), "\r\x1b[K");
    }
    let sign_in = grown.map_err(|error| {
        let why = chain(&error);
        anyhow::Error::new(error).context(format!("the demonstration could not be grown: {why}"))
    })?;
    printer.message(format!("Grown in {:.1} s.", begun.elapsed().as_secs_f64()));
    Ok(sign_in)
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", chain(cause)),
        None => error.to_string(),
    }
}

impl Demonstration {
    /// What is said once it can be looked at.
    pub(super) fn banner(&self, configuration: &Configuration) -> String {
        let way_in = match &self.way_in {
            Some(way_in) => way_in.told(),
            None => "  It was restored from a backup: what opened it then opens it now, and its computers report \
                     no more.\n"
                .to_owned(),
        };
        format!(
            "\n  {YELLOW}{BOLD}This is a demonstration.{BOLD:#}{YELLOW:#} Every person, computer and document in it is \
             invented.\n\n    {BOLD}{}{BOLD:#}\n\n{way_in}\n  {DIM}The certificate is Closedset's own, so \
             the browser asks once whether to trust it. Stop it with Ctrl-C.{DIM:#}\n",
            configuration.public_url,
        )
    }

    /// The same for programs.
    pub(super) fn sign_in_json(&self) -> Option<serde_json::Value> {
        let way_in = self.way_in.as_ref()?;
        let mut value = serde_json::to_value(&way_in.sign_in).ok()?;
        value["codes"] = serde_json::to_value(&way_in.codes).ok()?;
        Some(value)
    }
}

impl WayIn {
    fn told(&self) -> String {
        let pairs: Vec<String> =
            self.codes.chunks(2).map(|pair| format!("    {}", pair.join("   "))).collect();
        format!(
            "  E-mail address  {}\n  Password        {}\n  Second factor   open “I lost my phone or key”; \
             each of these opens once:\n\n{}\n\n  {DIM}Or an authenticator app with the secret {}{DIM:#}",
            self.sign_in.email,
            self.sign_in.password,
            pairs.join("\n"),
            self.sign_in.totp,
        )
    }
}
