//! The one place that writes for people and for programs: data to standard output, messages to
//! standard error, colour only where a person looks.

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::{
    env,
    io::{self, Write},
};

/// The columns of a page where nothing says how wide it is.
const USUAL_WIDTH: usize = 80;

/// Writes what commands say.
pub(crate) struct Printer {
    is_json: bool,
}

/// Which marks can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    /// Any.
    Unicode,
    /// Those of ASCII.
    Ascii,
}

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();

/// Whether messages may be coloured: a terminal reads them and nothing in the environment forbids
/// it.
pub(crate) fn is_coloured() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

impl Printer {
    pub(crate) fn new(is_json: bool) -> Self {
        Self { is_json }
    }

    /// Whether programs read along.
    pub(crate) fn is_json(&self) -> bool {
        self.is_json
    }

    /// How many columns a line of data may have: the terminal's, else what `COLUMNS` says.
    pub(crate) fn width(&self) -> usize {
        let terminal =
            rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
        let told = || env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        terminal.filter(|columns| *columns > 0).or_else(told).unwrap_or(USUAL_WIDTH)
    }

    /// Which marks can be shown: any if the locale (POSIX.1-2024 8.2) says UTF-8.
    pub(crate) fn marks(&self) -> Marks {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| {
            let value = env::var(name).ok()?;
            (!value.is_empty()).then_some(value.to_ascii_lowercase())
        });
        match locale {
            Some(locale) if locale.contains("utf-8") || locale.contains("utf8") => Marks::Unicode,
            Some(_) | None => Marks::Ascii,
        }
    }

    /// A line of data.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        quietly(writeln!(anstream::stdout(), "{}", text.as_ref()));
    }

    /// A value as JSON, for programs.
    pub(crate) fn json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        quietly(writeln!(io::stdout(), "{text}"));
        Ok(())
    }

    /// A message to whoever looks on.
    pub(crate) fn message(&self, text: impl AsRef<str>) {
        quietly(writeln!(anstream::stderr(), "{}", text.as_ref()));
    }

    /// What went wrong, with its causes.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        if self.is_json {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            let _ = self.json(&serde_json::json!({"error": causes.join(": ")}));
            return;
        }
        let mut text = format!("{RED}error{RED:#}: {error}");
        for cause in error.chain().skip(1) {
            text += &format!("\n  because {cause}");
        }
        self.message(text);
    }
}

/// A reader that went away (`| head`) is no fault of ours: what it does not read is dropped, and
/// the exit code still says what was found. Any other fault (a full disk) must not look like an
/// answer.
fn quietly(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = writeln!(io::stderr(), "error: what was found cannot be written: {error}");
        std::process::exit(2);
    }
}
