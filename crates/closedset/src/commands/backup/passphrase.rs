//! Where a passphrase comes from: a file, or the terminal, where it is not shown.

use crate::commands::UserError;
use anyhow::{Context, Result};
use closedset_backup::Passphrase;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    path::Path,
};

/// The fewest characters of a passphrase for a new backup: whoever finds the file may try for years.
const FEWEST: usize = 12;
/// No passphrase is longer.
const LONGEST: u64 = 4_096;

/// A passphrase for a new backup: from the file, or asked for twice.
pub(super) fn new(file: Option<&Path>) -> Result<Passphrase> {
    let passphrase = match file {
        Some(file) => from_file(file)?,
        None => {
            let first = asked("Passphrase for the backup: ", NO_TERMINAL)?;
            let second = asked("Once more: ", NO_TERMINAL)?;
            if !first.is(&second) {
                return Err(
                    UserError("the two passphrases are not the same; try again".into()).into()
                );
            }
            first
        }
    };
    if passphrase.length() < FEWEST {
        let words = format!(
            "a passphrase for a backup has at least {FEWEST} characters: five words at random are good, and \
             easy to write down"
        );
        return Err(UserError(words).into());
    }
    Ok(passphrase)
}

/// The passphrase of a backup: from the file, or asked for.
pub(super) fn known(file: Option<&Path>) -> Result<Passphrase> {
    match file {
        Some(file) => from_file(file),
        None => asked("Passphrase of the backup: ", "give it with --passphrase-file FILE"),
    }
}

const NO_TERMINAL: &str = "give it with --passphrase-file FILE, or encrypt to --recipient age1...";

/// The first line of a file.
fn from_file(path: &Path) -> Result<Passphrase> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    line(file).with_context(|| format!("cannot read a passphrase from {}", path.display()))
}

fn line(from: impl Read) -> Result<Passphrase> {
    let mut text = String::new();
    BufReader::new(from.take(LONGEST)).read_line(&mut text)?;
    Ok(Passphrase::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn asked(question: &str, otherwise: &str) -> Result<Passphrase> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let Ok(mut terminal) = terminal else {
        let words =
            format!("a passphrase is needed, and there is no terminal to ask on; {otherwise}");
        return Err(UserError(words).into());
    };
    terminal.write_all(question.as_bytes())?;
    let silent = Silent::begin(&terminal)?;
    let passphrase = line(&terminal);
    drop(silent);
    terminal.write_all(b"\n")?;
    passphrase
}

/// A terminal that does not show what is typed, until this is dropped.
struct Silent<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Silent<'t> {
    fn begin(terminal: &'t File) -> Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}
