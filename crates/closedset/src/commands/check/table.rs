//! The report for people: a table as wide as the terminal, the worst first.
//!
//! From [`WIDE`] columns on each check is a row of five cells. In less, what was found and what is
//! wanted stand under the check's title, so that nothing is squeezed into a column of three words.

use super::{
    report::{Explanation, Finding, Report, Step},
    text::{self, CommandLine},
};
use crate::printer::{BOLD, DIM, GREEN, Marks, RED, YELLOW};
use anstyle::Style;
use closedset_core::{Duration, Status, Time};
use closedset_probes::Platform;

/// From how many columns on there are five cells in a row.
const WIDE: usize = 110;
/// Fewer columns than this are not catered for, more make lines too long to read.
const COLUMNS: (usize, usize) = (72, 180);
const PLAIN: Style = Style::new();
const GAP: usize = 2;
const STATUS: usize = 9;
const CONTROL: usize = 7;
/// Where a line's label stands: in the column of the control.
const LABEL: usize = STATUS + GAP;
/// Where the check's title begins, and all that stands under it.
const INDENT: usize = LABEL + CONTROL + GAP;

/// The whole report as text, with styles.
pub(super) fn table(report: &Report, columns: usize, marks: Marks) -> String {
    let columns = columns.clamp(COLUMNS.0, COLUMNS.1);
    let mut page = Page { lines: Vec::new(), columns, marks };
    page.head(report);
    page.heading();
    let mut was_long = None;
    for finding in &report.findings {
        let is_long = finding.next.is_some() || finding.explanation.is_some();
        if was_long.is_some_and(|was_long| is_long || was_long) {
            page.blank();
        }
        page.finding(finding);
        was_long = Some(is_long);
    }
    page.blank();
    page.foot(report);
    page.lines.join("\n")
}

struct Page {
    lines: Vec<String>,
    columns: usize,
    marks: Marks,
}

impl Page {
    fn head(&mut self, report: &Report) {
        let name = text::clean(&report.computer.name);
        let system = report.computer.system.as_deref().map(text::clean);
        let system = system.unwrap_or_else(|| "operating system unknown".to_owned());
        let who = match (report.is_root, report.computer.platform) {
            (false, _) => "an ordinary user",
            (true, Platform::Linux | Platform::Macos) => "root",
            (true, Platform::Windows) => "an administrator",
        };
        let (verb, as_of) = if report.is_replayed {
            ("Recorded", "; judged as of then")
        } else {
            ("Looked at", "")
        };
        self.lines.push(format!("{BOLD}{name}{BOLD:#}, {system}"));
        self.lines.push(format!("{verb} {} as {who}{as_of}", minute(report.checked_at)));
        let sentences = assumptions(report);
        self.paragraph(DIM, &sentences);
        self.blank();
    }

    fn heading(&mut self) {
        let cells = if self.is_wide() {
            let [title, found, _] = self.cells();
            format!(
                "{}{}WANTED",
                text::padded("CHECK", title + GAP),
                text::padded("FOUND", found + GAP)
            )
        } else {
            "CHECK".to_owned()
        };
        let status = text::padded("STATUS", STATUS + GAP);
        let control = text::padded("CONTROL", CONTROL + GAP);
        self.lines.push(styled(DIM, &format!("{status}{control}{cells}")));
    }

    fn finding(&mut self, finding: &Finding) {
        let title = if finding.is_beyond {
            format!("{} (beyond the minimum)", finding.title)
        } else {
            finding.title.clone()
        };
        let (title, found, wanted) =
            (text::clean(&title), text::clean(&finding.found), text::clean(&finding.wanted));
        if self.is_wide() {
            self.row(finding, &title, &found, &wanted);
        } else {
            self.stack(finding, &title, &found, &wanted);
        }
        if let Some(next) = &finding.next {
            let label = match next.step {
                Step::Mend => "to mend",
                Step::Try => "to try",
                Step::LookAsRoot | Step::LookAgain => "to know",
            };
            self.commands(label, &next.commands);
        }
        if let Some(explanation) = &finding.explanation {
            self.explanation(finding, explanation);
        }
    }

    /// Title, found and wanted side by side.
    fn row(&mut self, finding: &Finding, title: &str, found: &str, wanted: &str) {
        let widths = self.cells();
        let cells = [title, found, wanted].map(text::clean);
        let cells = [0, 1, 2].map(|cell| text::wrapped(&cells[cell], widths[cell]));
        let rows = cells.iter().map(Vec::len).max().unwrap_or_default();
        let styles = [title_style(finding.status), PLAIN, DIM];
        for row in 0..rows {
            let mut line = if row == 0 { self.start(finding) } else { " ".repeat(INDENT) };
            for cell in 0..3 {
                let content = cells[cell].get(row).map_or("", String::as_str);
                let is_last = cell == 2;
                let padded = if is_last {
                    content.to_owned()
                } else {
                    text::padded(content, widths[cell] + GAP)
                };
                line.push_str(&styled(styles[cell], &padded));
            }
            self.lines.push(line);
        }
    }

    /// Title, then what was found, then what is wanted where it is not so.
    fn stack(&mut self, finding: &Finding, title: &str, found: &str, wanted: &str) {
        let columns = self.columns - INDENT;
        for (row, line) in text::wrapped(title, columns).iter().enumerate() {
            let start = if row == 0 { self.start(finding) } else { " ".repeat(INDENT) };
            self.lines.push(format!("{start}{}", styled(title_style(finding.status), line)));
        }
        match finding.status {
            Status::Fail | Status::Unknown => {
                self.labelled("found", found);
                self.labelled("wanted", wanted);
            }
            Status::Excepted | Status::Pass | Status::NotApplicable => {
                for line in text::wrapped(found, columns) {
                    self.lines.push(format!("{}{}", " ".repeat(INDENT), styled(DIM, &line)));
                }
            }
        }
    }

    /// Mark, word and control.
    fn start(&self, finding: &Finding) -> String {
        let (mark, word, style) = match (finding.status, self.marks) {
            (Status::Fail, Marks::Unicode) => ("✗", "fail", RED),
            (Status::Fail, Marks::Ascii) => ("x", "fail", RED),
            (Status::Unknown, _) => ("?", "unknown", YELLOW),
            (Status::Excepted | Status::Pass, Marks::Unicode) => ("✓", "pass", GREEN),
            (Status::Excepted | Status::Pass, Marks::Ascii) => ("+", "pass", GREEN),
            (Status::NotApplicable, _) => ("-", "n/a", DIM),
        };
        let status = text::padded(&format!("{mark} {word}"), STATUS + GAP);
        let control = text::padded(&text::clean(&finding.control), CONTROL + GAP);
        format!("{}{control}", styled(style, &status))
    }

    fn commands(&mut self, label: &str, commands: &str) {
        for (row, line) in text::commands(commands, self.columns - INDENT).into_iter().enumerate() {
            let start = margin(if row == 0 { label } else { "" });
            self.lines.push(match line {
                CommandLine::Comment(words) => format!("{start}{}", styled(DIM, &words)),
                CommandLine::Indented(words) => format!("{start}{words}"),
                CommandLine::Flush(words) if row == 0 => format!("{start}\n{words}"),
                CommandLine::Flush(words) => words,
            });
        }
    }

    fn explanation(&mut self, finding: &Finding, explanation: &Explanation) {
        self.labelled("asked", &text::clean(&explanation.requirement));
        self.labelled("if", &explanation.condition_in_words);
        self.labelled("written", &explanation.condition);
        for (name, value) in &explanation.limits {
            self.labelled("limit", &format!("{name} = {value}"));
        }
        if let Some(applies) = &explanation.applies {
            self.labelled("applies", applies);
        }
        for (path, value) in &explanation.read {
            self.labelled(
                "read",
                &text::clean(&format!("{path} = {}", shortened(&value.to_string()))),
            );
        }
        for unread in &explanation.unread {
            self.labelled("unread", &text::clean(&format!("{}: {}", unread.path, unread.why)));
        }
        let freshness = match (explanation.fresh_for_s, finding.fresh_until) {
            (Some(seconds), Some(until)) => {
                format!("for {}, until {}", Duration::from_seconds(seconds).words(), minute(until))
            }
            (Some(seconds), None) => {
                format!("for {} after a look", Duration::from_seconds(seconds).words())
            }
            (None, _) => "for as long as nothing else is reported".to_owned(),
        };
        self.labelled("counts", &freshness);
        self.labelled(
            "check",
            &format!("{}, version {}", text::clean(&finding.check), finding.check_version),
        );
    }

    fn foot(&mut self, report: &Report) {
        let counts = &report.counts;
        let counted = |style: Style, count: usize, word: &str| {
            let words = format!("{count} {word}");
            if count == 0 { words } else { styled(style, &words) }
        };
        let summary = format!(
            "{}, {}, {}, {}",
            counted(RED, counts.fail, "fail"),
            counted(YELLOW, counts.unknown, "unknown"),
            counted(GREEN, counts.pass, "pass"),
            counted(PLAIN, counts.not_applicable, "not applicable"),
        );
        let checks = report.findings.len();
        let noun = if checks == 1 { "check" } else { "checks" };
        let seconds =
            Duration::from_millis(i64::try_from(report.took_ms).unwrap_or(i64::MAX)).millis();
        let tenths = seconds / 100;
        self.lines.push(format!("{summary}; {checks} {noun} in {}.{} s", tenths / 10, tenths % 10));
        if counts.unknown > 0 {
            self.paragraph(PLAIN, "Unknown is not a pass: it stays open until it is known.");
        }
        let for_root: Vec<&Finding> =
            report.findings.iter().filter(|finding| needs_root(finding)).collect();
        if !for_root.is_empty() {
            let titles: Vec<String> = for_root
                .iter()
                .map(|finding| format!("{} {}", finding.control, text::clean(&finding.title)))
                .collect();
            let who = match report.computer.platform {
                Platform::Linux | Platform::Macos => "Root",
                Platform::Windows => "An administrator",
            };
            let how = match report.computer.platform {
                Platform::Linux | Platform::Macos => "sudo closedset check",
                Platform::Windows => "closedset check in a terminal opened as administrator",
            };
            let words = format!(
                "{who} could also answer {} of them ({how}): {}.",
                for_root.len(),
                titles.join("; ")
            );
            self.paragraph(PLAIN, &words);
        }
    }

    fn labelled(&mut self, label: &str, words: &str) {
        for (row, line) in text::wrapped(words, self.columns - INDENT).into_iter().enumerate() {
            let start = margin(if row == 0 { label } else { "" });
            self.lines.push(format!("{start}{line}"));
        }
    }

    fn blank(&mut self) {
        self.lines.push(String::new());
    }

    fn paragraph(&mut self, style: Style, words: &str) {
        for line in text::wrapped(words, self.columns) {
            self.lines.push(styled(style, &line));
        }
    }

    const fn is_wide(&self) -> bool {
        self.columns >= WIDE
    }

    /// The columns for title, found and wanted, where they stand side by side.
    fn cells(&self) -> [usize; 3] {
        let all = self.columns - INDENT - 2 * GAP;
        let title = (all * 27 / 100).min(36);
        let found = (all - title) / 2;
        [title, found, all - title - found]
    }
}

/// What stands before the text of a line that carries on a finding.
fn margin(label: &str) -> String {
    if label.is_empty() {
        return " ".repeat(INDENT);
    }
    format!("{}{}", " ".repeat(LABEL), styled(DIM, &text::padded(label, CONTROL + GAP)))
}

/// What is taken as true of this computer, and how to say otherwise.
fn assumptions(report: &Report) -> String {
    let assumed = &report.assumed;
    let all = [
        (
            assumed.has_screen,
            "somebody works at its screen",
            "nobody works at its screen",
            "--no-screen",
        ),
        (
            assumed.is_portable,
            "it leaves the building",
            "it never leaves the building",
            "--not-portable",
        ),
        (
            assumed.handles_content,
            "content is handled on it",
            "no content is handled on it",
            "--no-content",
        ),
    ];
    let mut sentences = Vec::new();
    let (mut taken, mut flags, mut said) = (Vec::new(), Vec::new(), Vec::new());
    for (is_taken, words, other_words, flag) in all {
        if is_taken {
            taken.push(words);
            flags.push(flag);
        } else {
            said.push(other_words);
        }
    }
    if !taken.is_empty() {
        sentences.push(format!("Assumed: {}; if not, add {}.", taken.join(", "), flags.join(", ")));
    }
    if !said.is_empty() {
        sentences.push(format!("You said: {}.", said.join(", ")));
    }
    if assumed.is_portable && report.computer.looks_portable == Some(false) {
        sentences.push("It does not look like a laptop.".to_owned());
    }
    sentences.join(" ")
}

fn needs_root(finding: &Finding) -> bool {
    finding.next.as_ref().is_some_and(|next| next.step == Step::LookAsRoot)
}

const fn title_style(status: Status) -> Style {
    match status {
        Status::Fail | Status::Unknown => BOLD,
        Status::Excepted | Status::Pass | Status::NotApplicable => PLAIN,
    }
}

fn styled(style: Style, words: &str) -> String {
    format!("{style}{words}{style:#}")
}

/// The first words of something long.
fn shortened(words: &str) -> String {
    const LIMIT: usize = 400;
    let mut short: String = words.chars().take(LIMIT).collect();
    if short.len() < words.len() {
        short.push_str(" ...");
    }
    short
}

/// A time for people: `2026-03-12 09:30 UTC`.
fn minute(time: Time) -> String {
    let words = time.to_string();
    let (day, rest) = words.split_once('T').unwrap_or((&words, ""));
    format!("{day} {} UTC", rest.get(..5).unwrap_or_default())
}
