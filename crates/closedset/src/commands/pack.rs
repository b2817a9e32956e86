//! `closedset pack`: makes audit packs, and verifies one with nothing but the pack.

mod keys;

use super::{UserError, ledger::InstallationArguments};
use crate::printer::{BOLD, DIM, GREEN, Printer, RED, YELLOW};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use closedset_app::packs::Remake;
use closedset_catalogue::Catalogue;
use closedset_core::{Clock, Duration, Time};
use closedset_pack::{Outcome, Report, Severity, VerifyOptions, lock::Recipient};
use jiff::civil::Date;
use keys::{Keys, Opened};
use std::{
    fs::File,
    io::{BufReader, Write},
    path::{Path, PathBuf},
};

pub(super) const EXAMPLES: &str = "\
Examples:
  closedset pack create --data /srv/closedset --out halide-2026-03.zip
                              as the account that owns the data folder
  closedset pack create --from 2026-01-01 --to 2026-03-31 --out first-quarter.zip
                              for a period
  closedset pack create --framework mpa-best-practices --out mpa.zip
                              about another framework that the facility answers
  closedset pack create --control AD-5 --control PH-1 --out paperwork.zip
                              of these controls and nothing else
  closedset pack create --recipient age1... --out halide-2026-03.zip.age
                              encrypted: only whoever holds the key opens it
  closedset pack report halide-2026-03.zip --out halide-2026-03.pdf
                              the report alone, to read and print
  closedset pack verify halide-2026-03.zip --key 'closedset/org_...+0a1b2c3d+AZ...'
                              anywhere, with nothing but the file
  closedset pack verify halide-2026-03.zip.age --identity key.txt
                              one that was encrypted to you
  closedset pack verify second-quarter.zip --since first-quarter.zip
                              and nothing before that was rewritten";

#[derive(Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Make an audit pack of an installation
    ///
    /// Example: closedset pack create --data /srv/closedset --out halide-2026-03.zip
    Create {
        /// A new file to write it to
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The first day it covers, as 2026-03-12, where the facility is [default: a year before today]
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// The last day it covers [default: today]
        #[arg(long, value_name = "DAY")]
        to: Option<String>,
        /// The framework it is about, which the facility must answer [default: the first of those]
        #[arg(long, value_name = "ID")]
        framework: Option<String>,
        /// Limit it to this control, of those that are not tested on computers; may be given several times. Nothing
        /// that only others need is in it, and it says so
        #[arg(long = "control", value_name = "ID")]
        controls: Vec<String>,
        /// Encrypt it, so that only whoever holds the key to this recipient can open it; may be given
        /// several times. The server keeps nothing else, and cannot open it either
        #[arg(long = "recipient", value_name = "AGE1...")]
        recipients: Vec<Recipient>,
        /// Name nobody in it: people and computers stand in it by pseudonyms. Documents, statements, reasons and
        /// what may name a computer's users are left out, and what rests on these is not proven by it
        #[arg(long)]
        without_names: bool,
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Take the report out of a pack: a PDF to read and print
    ///
    /// Nothing is verified, and alone the report proves nothing.
    ///
    /// Example: closedset pack report halide-2026-03.zip --out halide-2026-03.pdf
    Report {
        /// The pack
        file: PathBuf,
        /// A new file to write the report to
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The file with the age identity to whose recipient the pack is encrypted
        #[arg(long, value_name = "KEYFILE")]
        identity: Option<PathBuf>,
    },
    /// Verify a pack; needs nothing but the file
    ///
    /// Example: closedset pack verify halide-2026-03.zip --key 'closedset/org_...+0a1b2c3d+AZ...'
    Verify {
        /// The pack
        file: PathBuf,
        /// The log's verifier key as you know it from elsewhere: ask whoever made the pack for what
        /// `closedset ledger checkpoint` shows there, on another way than the pack came
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// An older pack of the same facility: shows that nothing before it was rewritten
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
        /// The file with the age identity to whose recipient the pack is encrypted, as age-keygen
        /// wrote it; nothing of what it opens is written to a disk
        #[arg(long, value_name = "KEYFILE")]
        identity: Option<PathBuf>,
        /// Say that all is well with a demonstration, in which everything is invented; without this it
        /// counts as something found
        #[arg(long)]
        demonstration: bool,
    },
}

/// Runs the pack's command.
pub(crate) fn run(command: PackCommand, printer: &Printer) -> Result<bool> {
    match command {
        PackCommand::Create {
            out,
            from,
            to,
            framework,
            controls,
            recipients,
            without_names,
            installation,
        } => {
            let wanted = Wanted { from, to, framework, controls, recipients, without_names };
            super::runtime()?.block_on(create(out, wanted, installation, printer))
        }
        PackCommand::Report { file, out, identity } => {
            report(&file, &out, &Keys::read(identity.as_deref())?, printer)
        }
        PackCommand::Verify { file, key, since, identity, demonstration } => {
            let keys = Keys::read(identity.as_deref())?;
            let report = verify((&file, since.as_deref()), key, &keys, printer)?;
            let is_wanted_one = demonstration && report.outcome() == Outcome::Demonstration;
            Ok(report.is_valid() || is_wanted_one)
        }
    }
}

fn day(text: &str) -> Result<Date> {
    let wrong = || UserError(format!("a day is written as 2026-03-12, not {text}"));
    Ok(text.parse().map_err(|_| wrong())?)
}

/// The first moment of the day where the facility is.
fn beginning(day: Date, zone: &str) -> Result<Time> {
    let zoned = day.in_tz(zone).with_context(|| format!("cannot tell days in {zone}"))?;
    Ok(Time::from_millis(zoned.timestamp().as_millisecond()))
}

/// What a new pack is to hold, and for whom.
struct Wanted {
    from: Option<String>,
    to: Option<String>,
    framework: Option<String>,
    controls: Vec<String>,
    recipients: Vec<Recipient>,
    without_names: bool,
}

async fn create(
    out: PathBuf,
    Wanted { from, to, framework, controls, recipients, without_names }: Wanted,
    installation: InstallationArguments,
    printer: &Printer,
) -> Result<bool> {
    let now = crate::system::SystemClock.now();
    let from = from.as_deref().map(day).transpose()?;
    let to = to.as_deref().map(day).transpose()?;
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(
            UserError(format!("a period ends after it begins: {from} is after {to}")).into()
        );
    }
    if out.exists() {
        bail!(super::no_new_file(&out));
    }
    let client = installation.reach().await?;
    let profile = client.json("GET", "/api/v1/profile", None).await?;
    let zone = profile["facilities"][0]["time_zone"].as_str().unwrap_or("UTC");
    let from = match from {
        Some(day) => beginning(day, zone)?,
        None => now - Duration::from_days(365),
    };
    let to = match to {
        Some(day) => beginning(day.tomorrow()?, zone)?.min(now),
        None => now,
    };
    printer.message("Gathering evidence and proofs…");
    let mut body = serde_json::json!({"framework": framework, "from": from, "to": to});
    if !controls.is_empty() {
        body["controls"] = controls.into();
    }
    if !recipients.is_empty() {
        let recipients: Vec<_> = recipients.iter().map(ToString::to_string).collect();
        body["recipients"] = recipients.into();
    }
    if without_names {
        body["without_names"] = true.into();
    }
    let pack = client.json("POST", "/api/v1/packs", Some(body)).await?;
    let id = pack["id"].as_str().context("the server's answer names no pack")?;
    let unfinished = out.with_extension("unfinished");
    let mut file = File::create(&unfinished)
        .with_context(|| format!("cannot write {}", unfinished.display()))?;
    client.send("GET", &format!("/api/v1/packs/{id}/file"), Vec::new(), &mut file).await?;
    file.flush()?;
    file.sync_all()?;
    std::fs::rename(&unfinished, &out)
        .with_context(|| format!("cannot write {}", out.display()))?;
    let size = std::fs::metadata(&out)?.len();
    if printer.is_json() {
        printer.json(&serde_json::json!({"pack": pack, "file": out, "size": size}))?;
    } else {
        printer.line(format!("{} ({size} bytes)", out.display()));
        let key = if recipients.is_empty() { "" } else { " --identity KEYFILE" };
        printer.message(format!(
            "Verify it anywhere with: closedset pack verify {}{key}",
            out.display()
        ));
    }
    Ok(true)
}

fn report(path: &Path, out: &Path, keys: &Keys, printer: &Printer) -> Result<bool> {
    let report = match keys.open(path)? {
        Opened::Plain(mut file) => closedset_pack::report_in(&mut file),
        Opened::Encrypted(file) => closedset_pack::report_in(&mut BufReader::new(file)),
    };
    let report = report
        .map_err(|error| keys::unreadable(path, error))?
        .ok_or_else(|| UserError(format!("{} is no pack with a report in it", path.display())))?;
    let mut written = match File::create_new(out) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!(super::no_new_file(out))
        }
        written => written.with_context(|| format!("cannot write {}", out.display()))?,
    };
    written.write_all(&report).with_context(|| format!("cannot write {}", out.display()))?;
    if printer.is_json() {
        printer.json(&serde_json::json!({"file": out, "size": report.len()}))?;
    } else {
        printer.line(format!("{} ({} bytes)", out.display(), report.len()));
        printer.message("Alone it proves nothing. What it says is proven by the pack: closedset pack verify PACK");
    }
    Ok(true)
}

fn verify(
    (path, since): (&Path, Option<&Path>),
    key: Option<String>,
    keys: &Keys,
    printer: &Printer,
) -> Result<Report> {
    if let Some(key) = key.as_deref().filter(|key| !is_key(key)) {
        return Err(UserError(format!(
            "a log's key is written as NAME+HASH+KEY, such as 'closedset/org_...+0a1b2c3d+AZ...', \
             not {}; copy the whole of it, in quotes",
            printable(key, &[], |letter| letter.escape_unicode().to_string())
        ))
        .into());
    }
    let catalogue = Catalogue::embedded().context("the catalogue cannot be used")?;
    let again = Remake::new(&catalogue);
    let mut options =
        VerifyOptions { expected_key: key, recompute: Some(&again), ..VerifyOptions::default() };
    if let Some(older) = since {
        let report = open(older, keys, &options)?;
        let is_refused = matches!(report.outcome(), Outcome::NotValid | Outcome::NotVerified);
        let Some(log) = report.log.filter(|_| !is_refused) else {
            let what = format!(
                "{} is no pack that another can be held against; see what is wrong with it: closedset \
                 pack verify {}",
                older.display(),
                older.display()
            );
            return Err(UserError(what).into());
        };
        options.since = Some(log);
    }
    let report = open(path, keys, &options)?;
    if printer.is_json() {
        let mut value = serde_json::to_value(&report)?;
        value["result"] = serde_json::to_value(report.outcome())?;
        // Escaped in JSON's own way, so that it says the same to programs.
        let text = printable(&serde_json::to_string_pretty(&value)?, &['\n'], |letter| {
            let mut units = [0; 2];
            letter.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        });
        printer.line(text);
    } else {
        print(&report, printer);
    }
    Ok(report)
}

/// Whether the text has the form of a log's key; whose it is shows later.
fn is_key(text: &str) -> bool {
    let mut parts = text.trim().splitn(3, '+');
    let (name, hash, key) = (parts.next(), parts.next(), parts.next());
    let is_base64 = |letter: char| letter.is_ascii_alphanumeric() || "+/=".contains(letter);
    name.is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace))
        && hash.is_some_and(|hash| {
            hash.len() == 8 && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
        && key.is_some_and(|key| !key.is_empty() && key.chars().all(is_base64))
}

fn open(path: &Path, keys: &Keys, options: &VerifyOptions<'_>) -> Result<Report> {
    let report = match keys.open(path)? {
        Opened::Plain(file) => closedset_pack::verify(file, options),
        Opened::Encrypted(file) => closedset_pack::verify(file, options),
    };
    report.map_err(|error| keys::unreadable(path, error))
}

/// Prints what was found. Whatever comes from the pack passes through here.
fn print(report: &Report, printer: &Printer) {
    let escape = |text: &str| printable(text, &[], |letter| letter.escape_unicode().to_string());
    for finding in &report.findings {
        let (style, mark) = match finding.kind.severity() {
            Severity::Error => (RED, "✗"),
            Severity::Doubt => (YELLOW, "?"),
            Severity::Warning => (YELLOW, "!"),
            Severity::Notice => (DIM, "·"),
        };
        let (what, place) = (escape(&finding.what), escape(&finding.place));
        printer.line(format!(
            "{style}{mark} {}{style:#} {BOLD}{place}{BOLD:#}: {what}",
            finding.kind.words()
        ));
    }
    let more = report.more_findings.words();
    if !more.is_empty() {
        printer.line(format!("{BOLD}and {more}, which are not listed{BOLD:#}"));
    }
    let key_was_compared = report.log.as_ref().is_some_and(|log| log.key_was_compared);
    let (style, mark) = match report.outcome() {
        Outcome::Valid if key_was_compared => (GREEN, "✓"),
        Outcome::Valid => (YELLOW, "✓"),
        Outcome::NotProven | Outcome::NotVerified => (YELLOW, "?"),
        Outcome::Demonstration => (RED, "✗"),
        Outcome::NotValid => (RED, "✗"),
    };
    printer.line(format!("{style}{mark} {}{style:#}", escape(&report.summary())));
    let is_refused = matches!(report.outcome(), Outcome::NotValid | Outcome::NotVerified);
    let about = report.about.as_ref().filter(|_| !is_refused);
    if let Some(about) = about {
        let age = crate::system::SystemClock.now().since(about.made_at);
        let age = match age.millis() {
            ..0 => "that lies ahead of this computer's clock".to_owned(),
            _ => format!("{} ago", age.words()),
        };
        printer.line(format!(
            "It was made on {}, {age}; what happened since is not in it.",
            about.zone.moment(about.made_at)
        ));
        if !about.controls.is_empty() {
            let controls = escape(&about.controls.join(", "));
            printer.line(format!(
                "It is limited to {controls}. The framework has other controls, of which it says nothing."
            ));
        }
        if about.without_names {
            printer.line(
                "It is without people's names: documents, statements, reasons and what may name a computer's users \
                 are left out, and what rests on them is not proven here.",
            );
        }
        if !about.recipients.is_empty() {
            let recipients = escape(&about.recipients.join(", "));
            printer.line(format!("It was made for the holders of {recipients}."));
        }
    }
    if about.is_some() && !key_was_compared {
        printer.line(
            "Ask the facility, on another way than the pack came, for the key that `closedset ledger \
             checkpoint` shows there, and verify again with --key.",
        );
    }
}

/// The text with everything escaped that could steer a terminal or turn the order of letters.
fn printable(text: &str, kept: &[char], escape: impl Fn(char) -> String) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        let steers = letter.is_control() && !kept.contains(&letter)
            || matches!(letter,
                '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
        if steers { escaped.push_str(&escape(letter)) } else { escaped.push(letter) }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{beginning, day, is_key, printable};

    #[test]
    fn a_key_is_told_from_what_is_none() {
        assert!(is_key("closedset/org_1+0a1b2c3d+AZ/x+y="));
        assert!(is_key(" closedset/org_1+0a1b2c3d+AZ\n"));
        for none in ["", "foo", "a+b+c", "name+0a1b2c3d+", "+0a1b2c3d+AZ", "9f2c4b1e07d3"] {
            assert!(!is_key(none), "{none}");
        }
    }

    #[test]
    fn a_day_begins_where_the_facility_is() {
        let first = beginning(day("2026-03-12").unwrap(), "America/Los_Angeles").unwrap();
        assert_eq!(first.to_string(), "2026-03-12T07:00:00.000Z");
        let first = beginning(day("2026-03-12").unwrap(), "Asia/Tokyo").unwrap();
        assert_eq!(first.to_string(), "2026-03-11T15:00:00.000Z");
        assert!(day("12 March").is_err() && day("2026-02-30").is_err());
    }

    #[test]
    fn nothing_from_a_pack_steers_the_terminal_or_turns_the_order_of_letters() {
        let escape =
            |text: &str| printable(text, &[], |letter| letter.escape_unicode().to_string());
        let evil = "a\u{1b}[2J\r\n\u{9b}31m\u{7f}\u{202e}gnp\u{2066}\u{200f}\u{feff}z";
        let shown = escape(evil);
        assert!(shown.chars().all(|letter| letter.is_ascii_graphic()), "{shown}");
        assert!(shown.starts_with("a\\u{1b}[2J\\u{d}\\u{a}"), "{shown}");
        assert_eq!(escape("Ünïcode – and ✓ stay"), "Ünïcode – and ✓ stay");
    }
}
