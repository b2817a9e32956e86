//! How far it is, for whoever looks on: a line that changes on a terminal, a line for each phase
//! elsewhere.

use crate::printer::Printer;
use closedset_app::backup::{Phase, Progress};
use std::{
    io::{IsTerminal, Write as _, stderr},
    time::{Duration, Instant},
};

/// How often a line changes.
const EVERY: Duration = Duration::from_millis(200);

/// Shows progress.
pub(super) struct Shown<'p> {
    printer: &'p Printer,
    words: [&'static str; 4],
    is_terminal: bool,
    phase: Option<Phase>,
    last: Instant,
}

impl<'p> Shown<'p> {
    /// With the words for each phase: integrity, rows, objects, reading back.
    pub(super) fn new(printer: &'p Printer, words: [&'static str; 4]) -> Self {
        let is_terminal = stderr().is_terminal() && !printer.is_json();
        Self { printer, words, is_terminal, phase: None, last: Instant::now() }
    }

    /// Takes how far it is.
    pub(super) fn at(&mut self, progress: Progress) {
        let is_new = self.phase != Some(progress.phase);
        if self.printer.is_json() || !is_new && (!self.is_terminal || self.last.elapsed() < EVERY) {
            return;
        }
        self.phase = Some(progress.phase);
        self.last = Instant::now();
        let words = match progress.phase {
            Phase::Integrity => self.words[0],
            Phase::Rows => self.words[1],
            Phase::Objects => self.words[2],
            Phase::ReadingBack => self.words[3],
        };
        if !self.is_terminal {
            self.printer.message(format!("{words}…"));
            return;
        }
        let far = match (progress.bytes, progress.of) {
            (0, _) => String::new(),
            (bytes, Some(of)) => format!(" {} of {}", size(bytes), size(of)),
            (bytes, None) => format!(" {}", size(bytes)),
        };
        // Best effort: a line that changes is no answer.
        let _ = write!(stderr(), "\r\x1b[K{words}…{far}");
        let _ = stderr().flush();
    }

    /// Clears the line.
    pub(super) fn end(&mut self) {
        if self.is_terminal && self.phase.take().is_some() {
            let _ = write!(stderr(), "\r\x1b[K");
            let _ = stderr().flush();
        }
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// A size for people.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut rest = bytes;
    let mut tenths = 0;
    while rest >= 1_024 && unit + 1 < UNITS.len() {
        tenths = rest % 1_024 * 10 / 1_024;
        rest /= 1_024;
        unit += 1;
    }
    if unit == 0 { format!("{rest} bytes") } else { format!("{rest}.{tenths} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_is_told_in_its_own_unit() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1_023), "1023 bytes");
        assert_eq!(size(1_536), "1.5 KiB");
        assert_eq!(size(2 << 30), "2.0 GiB");
    }
}
