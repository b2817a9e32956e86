//! `closedset serve --demo`: where the demonstration lies, how it is grown, and how one gets in.

use crate::{
    commands::UserError,
    compose::{Wanted, no_demonstration},
    configuration::{Configuration, USUAL_DATA},
    data::{DataFolder, OTHERWISE, write_secret},
    printer::{BOLD, DIM, Printer, YELLOW},
    system::SystemRandomness,
};
use anyhow::{Context, Result};
use closedset_app::App;
use closedset_core::{Randomness, randomness};
use closedset_demonstration::{DeviceKeys, Plan, SignIn, StoryClock, grow, new_codes};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{IsTerminal, Write as _, stderr},
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
    /// The place that was asked for. Without `--demo` it is the usual one unless another was named.
    pub(super) fn of(is_demonstration: bool, named: Option<PathBuf>) -> Result<Self> {
        match (is_demonstration, named) {
            (false, named) => Ok(Self::Real(named.unwrap_or_else(|| USUAL_DATA.into()))),
            (true, Some(path)) => {
                let wanted =
                    if is_empty(&path)? { Wanted::NewDemonstration } else { Wanted::Demonstration };
                // Before anything in it is opened or locked.
                if wanted == Wanted::Demonstration && !path.join(FILE).exists() {
                    return Err(no_demonstration(&path).into());
                }
                Ok(Self::Kept(path, wanted))
            }
            (true, None) => {
                let folder = tempfile::Builder::new().prefix("closedset-demonstration-").tempdir();
                Ok(Self::Passing(folder.context("no folder for the demonstration can be made")?))
            }
        }
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
    sign_in: SignIn,
    codes: Vec<String>,
}

/// Grows the demonstration if it is new, and opens its account.
pub(super) async fn open(
    data: &DataFolder,
    app: &App,
    clock: &StoryClock,
    (set_up_link, plan): (Option<&str>, Plan),
    printer: &Printer,
) -> Result<Demonstration> {
    let file = data.path().join(FILE);
    let token = set_up_link.and_then(|link| link.split_once("token=")).map(|(_, token)| token);
    let kept = match token {
        Some(token) if !file.exists() => begin(&file, app, clock, (token, plan), printer).await?,
        _ => read(&file)?,
    };
    let Some(sign_in) = kept.sign_in else {
        return Err(UserError(format!(
            "the demonstration in {} was not grown to its end; remove the folder and start again",
            data.path().display()
        ))
        .into());
    };
    let codes =
        new_codes(app, &sign_in).await.context("the demonstration's account does not open")?;
    let mut secret = [0; 32];
    let is_known = hex::decode_to_slice(&kept.device_keys, &mut secret).is_ok();
    Ok(Demonstration { keys: is_known.then(|| DeviceKeys::new(secret)), sign_in, codes })
}

fn read(file: &Path) -> Result<Kept> {
    let text = fs::read_to_string(file)
        .with_context(|| format!("cannot read {}; {OTHERWISE}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} cannot be used", file.display()))
}

fn write(file: &Path, kept: &Kept) -> Result<()> {
    write_secret(file, &serde_json::to_string_pretty(kept)?)
}

async fn begin(
    file: &Path,
    app: &App,
    clock: &StoryClock,
    (token, plan): (&str, Plan),
    printer: &Printer,
) -> Result<Kept> {
    let secret: [u8; 32] = randomness::bytes(&SystemRandomness as &dyn Randomness);
    let mut kept = Kept { device_keys: hex::encode(secret), sign_in: None };
    // From here on the folder is known for what it is.
    write(file, &kept)?;
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
    let keys = DeviceKeys::new(secret);
    let grown = grow(app, clock, plan, &keys, token, &SystemRandomness, &progress).await;
    if is_terminal {
        let _ = write!(stderr(), "\r\x1b[K");
    }
    let sign_in = grown.map_err(|error| {
        let why = chain(&error);
        anyhow::Error::new(error).context(format!("the demonstration could not be grown: {why}"))
    })?;
    printer.message(format!("Grown in {:.1} s.", begun.elapsed().as_secs_f64()));
    kept.sign_in = Some(sign_in);
    write(file, &kept)?;
    Ok(kept)
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
        let pairs: Vec<String> =
            self.codes.chunks(2).map(|pair| format!("    {}", pair.join("   "))).collect();
        format!(
            "\n  {YELLOW}{BOLD}This is a demonstration.{BOLD:#}{YELLOW:#} Every person, computer and document in it is \
             invented.\n\n    {BOLD}{}{BOLD:#}\n\n  E-mail address  {}\n  Password        {}\n  Second factor   \
             open “I lost my phone or key”; each of these opens once:\n\n{}\n\n  {DIM}Or an authenticator app \
             with the secret {}{DIM:#}\n  {DIM}The certificate is Closedset's own, so the browser asks once \
             whether to trust it. Stop it with Ctrl-C.{DIM:#}\n",
            configuration.public_url,
            self.sign_in.email,
            self.sign_in.password,
            pairs.join("\n"),
            self.sign_in.totp,
        )
    }

    /// The same for programs.
    pub(super) fn sign_in_json(&self) -> Option<serde_json::Value> {
        let mut value = serde_json::to_value(&self.sign_in).ok()?;
        value["codes"] = serde_json::to_value(&self.codes).ok()?;
        Some(value)
    }
}
