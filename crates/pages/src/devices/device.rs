//! One device.

use super::{HandIn, facts::FactSheet};
use crate::Shell;
use crate::components::{Command, Counts, Cover, DigestText, Field, Past, Status, TimeText};
use askama::Template;

/// Everything that is known of one device.
#[derive(Debug, Clone, Template)]
#[template(path = "devices/device.html")]
pub struct Device {
    /// The frame around the page.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its operating system, once known.
    pub system: Option<String>,
    /// The fingerprint of the key it signs with.
    pub key: DigestText,
    /// When it was enrolled.
    pub enrolled: TimeText,
    /// The ledger entry of its enrolment.
    pub enrolled_entry: i64,
    /// When it was last heard of.
    pub seen: TimeText,
    /// When what it said was read, where that is long before it was heard.
    pub measured: Option<TimeText>,
    /// When what it said last was read, where nothing was heard of it for long.
    pub silent_since: Option<TimeText>,
    /// The form for a report that a person brings.
    pub hand_in: HandIn,
    /// Since when it is revoked.
    pub revoked: Option<TimeText>,
    /// How many of its checks stand where.
    pub counts: Counts,
    /// What a person confirms about it.
    pub confirmation: Confirmation,
    /// What its checks came to, worst first.
    pub verdicts: Vec<VerdictLine>,
    /// What it said.
    pub facts: Vec<FactSheet>,
    /// What changed, newest first.
    pub turns: Vec<Turn>,
    /// What the ledger says of it, newest first.
    pub entries: Vec<EntryLine>,
    /// Whether this person may confirm and revoke, here and now.
    pub can_manage: bool,
    /// The day that is shown.
    pub past: Past,
}

impl Device {
    /// The checks that somebody has to look at, and those that pass or do not concern the device.
    fn sorted(&self) -> (Vec<&VerdictLine>, Vec<&VerdictLine>) {
        let is_settled =
            |line: &&VerdictLine| matches!(line.status, Status::Pass | Status::NotApplicable);
        let (settled, waiting) = self.verdicts.iter().partition(is_settled);
        (waiting, settled)
    }

    /// How many are settled: `12 checks pass, 3 do not apply`.
    fn settled_words(&self) -> String {
        let words = |count: i64, one: &str, many: &str| {
            (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
        };
        let pass = words(self.counts.pass, "check passes", "checks pass");
        let (one, many) = match pass {
            Some(_) => ("does not apply", "do not apply"),
            None => ("check does not apply", "checks do not apply"),
        };
        let others = words(self.counts.not_applicable, one, many);
        pass.into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }
}

/// The form by which a person confirms what a device is.
#[derive(Debug, Clone, Default)]
pub struct Confirmation {
    /// What it is called.
    pub name: Field,
    /// A person can look at its screen.
    pub has_screen: bool,
    /// It leaves the building.
    pub is_portable: bool,
    /// Pre-release content is handled on it.
    pub handles_content: bool,
    /// Who confirmed it, and when; none before anybody did.
    pub by: Option<(String, TimeText)>,
}

/// One check and what it came to.
#[derive(Debug, Clone)]
pub struct VerdictLine {
    /// What the check says when it passes.
    pub title: String,
    /// Its control.
    pub control: String,
    /// What it came to.
    pub status: Status,
    /// Why.
    pub because: String,
    /// The exception that covers it.
    pub cover: Option<Cover>,
    /// Whether an exception could be asked for: it fails.
    pub may_be_excepted: bool,
    /// It is unknown of a computer that reports: a person may know what no program there tells.
    pub is_untold: bool,
    /// What is wanted.
    pub wanted: String,
    /// Whether it asks more than the source.
    pub is_beyond: bool,
    /// It is the facility's own.
    pub is_own: bool,
    /// What mends it on this computer, where it fails.
    pub mend: Option<Command>,
    /// It is unknown, and would not concern a computer without a screen.
    pub may_have_no_screen: bool,
    /// Since when.
    pub since: TimeText,
    /// The ledger entry that says so.
    pub entry: i64,
}

/// One change of a verdict.
#[derive(Debug, Clone)]
pub struct Turn {
    /// When it took effect.
    pub when: TimeText,
    /// The check's title.
    pub what: String,
    /// What it was before; none when it is new.
    pub was: Option<Status>,
    /// What it became.
    pub is: Status,
    /// Why.
    pub because: String,
    /// The ledger entry that says so.
    pub entry: i64,
}

/// One entry of the ledger.
#[derive(Debug, Clone)]
pub struct EntryLine {
    /// Its number.
    pub index: i64,
    /// When it was written.
    pub when: TimeText,
    /// What happened, as the ledger's word: `device.enrolled`.
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// Of a report that was handed in: how many before it were signed there and never came.
    pub skipped: Option<i64>,
}
