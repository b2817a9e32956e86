//! The one place that writes for people and for programs: data to standard output, messages to
//! standard error, colour only where a person looks.

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::io::{self, Write};

/// Writes what commands say.
pub(crate) struct Printer {
    is_json: bool,
}

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();

impl Printer {
    pub(crate) fn new(is_json: bool) -> Self {
        Self { is_json }
    }

    /// Whether programs read along.
    pub(crate) fn is_json(&self) -> bool {
        self.is_json
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

/// A reader that went away (`| head`) is no fault of ours.
fn quietly(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}
