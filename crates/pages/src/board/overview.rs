//! The board itself.

use crate::Shell;
use crate::components::{Counts, Past, Status, TimeText, Trend};
use askama::Template;

/// All controls at a glance, what to do next, and what changed.
#[derive(Debug, Clone, Template)]
#[template(path = "board/overview.html")]
pub struct Board {
    /// The frame around the page.
    pub shell: Shell,
    /// The facility that is looked at.
    pub facility: String,
    /// The framework's name with its version.
    pub framework: String,
    /// Where the framework was read, and what it is not.
    pub source: String,
    /// Every framework that is answered, where there are several.
    pub frameworks: Vec<FrameworkTab>,
    /// How many of the framework's controls stand where.
    pub counts: Counts,
    /// The most useful things to do, at most three.
    pub next: Vec<NextThing>,
    /// The controls, in the framework's groups and order.
    pub groups: Vec<Group>,
    /// The controls that turned in the last seven days, newest day first.
    pub turns: Vec<Turn>,
    /// The verdicts of single checks that turned in the last seven days, newest first.
    pub changes: Vec<Change>,
    /// How the controls stood in the last weeks.
    pub trend: Trend,
    /// How many devices stand where.
    pub devices: DeviceSummary,
    /// The ledger's head; none for the past.
    pub ledger: Option<LedgerLine>,
    /// When these figures were true.
    pub as_of: TimeText,
    /// The day that is shown.
    pub past: Past,
}

/// A framework that is answered.
#[derive(Debug, Clone)]
pub struct FrameworkTab {
    /// Its name.
    pub title: String,
    /// Its board.
    pub href: String,
    /// Its board is shown.
    pub is_here: bool,
    /// How many of its controls fail.
    pub fail: i64,
    /// How many are unknown.
    pub unknown: i64,
}

/// One of the three things to do next.
#[derive(Debug, Clone)]
pub struct NextThing {
    /// What to do, as an order: `Turn on the screen lock on 3 computers`.
    pub title: String,
    /// What it brings: `Clears IS-7`.
    pub why: String,
    /// Where it is done.
    pub href: String,
}

/// A group of controls, shown as one strip.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name, for instance `Administrative`.
    pub name: String,
    /// Its controls.
    pub controls: Vec<Frame>,
}

impl Group {
    /// How many of its controls stand where.
    pub fn counts(&self) -> Counts {
        self.controls.iter().map(|frame| frame.status).collect()
    }

    /// The name as an id within the page.
    pub fn key(&self) -> String {
        self.name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    }
}

/// One control on the board.
#[derive(Debug, Clone)]
pub struct Frame {
    /// For instance `IS-7`.
    pub id: String,
    /// A few words, for instance `Screens lock within 15 minutes`.
    pub title: String,
    /// Where it stands.
    pub status: Status,
    /// Why, in a few words: `3 of 11 devices fail`.
    pub because: String,
}

/// A control that stood otherwise when a day ended than when it began.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The day.
    pub when: TimeText,
    /// The control's id.
    pub control: String,
    /// Its title.
    pub title: String,
    /// Where it stood before.
    pub was: Status,
    /// Where it stood then.
    pub is: Status,
    /// What turned it; none where no verdict did, as when a computer left.
    pub by: Option<TurnedBy>,
}

/// The verdict that turned a control.
#[derive(Debug, Clone)]
pub struct TurnedBy {
    /// The check, and the computer if it is of one: `Screen lock on grading-2`.
    pub words: String,
    /// Where to look.
    pub href: String,
    /// The index of the entry that says so, for those who may read the ledger.
    pub entry: Option<i64>,
}

/// One change of a control or a device.
#[derive(Debug, Clone)]
pub struct Change {
    /// When it was recorded.
    pub when: TimeText,
    /// What changed, for instance `IS-7 on grading-2`.
    pub what: String,
    /// What it was before; none when it is new.
    pub was: Option<Status>,
    /// What it is now.
    pub is: Status,
    /// Where to look.
    pub href: String,
}

/// The devices in one line of figures.
#[derive(Debug, Clone, Default)]
pub struct DeviceSummary {
    /// Devices enrolled and not revoked.
    pub total: i64,
    /// Devices whose every check passes, is excepted or does not apply.
    pub good: i64,
    /// Devices with a check that fails.
    pub failing: i64,
    /// Devices with a check that is unknown, and none that fails.
    pub unknown: i64,
    /// Devices not heard of for longer than their facts stay fresh.
    pub silent: i64,
}

/// The head of the ledger in one line.
#[derive(Debug, Clone)]
pub struct LedgerLine {
    /// Entries, with separators: `1,204`.
    pub entries: String,
    /// When the last checkpoint was signed; none before the first.
    pub checkpoint: Option<TimeText>,
    /// Whether the last verification of the whole log succeeded; none before the first.
    pub verified: Option<bool>,
}
