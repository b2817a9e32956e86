//! A verdict's outcome, as a mark with an icon and a word; colour only supports them.

use askama::Template;
use askama::filters::HtmlSafe;

/// What a check, or a control, comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Template)]
#[template(path = "components/status.html")]
pub enum Status {
    /// Met, with evidence.
    Pass,
    /// Not met.
    Fail,
    /// Evidence is missing or too old. It is never counted as met.
    Unknown,
    /// A person accepted the risk until a date.
    Excepted,
    /// Out of scope, for a reason.
    NotApplicable,
}

impl HtmlSafe for Status {}

impl Status {
    /// Every status, in the order in which counts are shown.
    pub const ALL: [Self; 5] =
        [Self::Pass, Self::Fail, Self::Unknown, Self::Excepted, Self::NotApplicable];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "Pass",
            Self::Fail => "Fail",
            Self::Unknown => "Unknown",
            Self::Excepted => "Excepted",
            Self::NotApplicable => "Not applicable",
        }
    }

    /// The name used in the stylesheet and for the icon.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Excepted => "excepted",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// How many controls, or verdicts, there are of each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Met.
    pub pass: i64,
    /// Not met.
    pub fail: i64,
    /// Not known.
    pub unknown: i64,
    /// Risk accepted.
    pub excepted: i64,
    /// Out of scope.
    pub not_applicable: i64,
}

impl Counts {
    /// The count of one status.
    pub const fn of(&self, status: &Status) -> i64 {
        match status {
            Status::Pass => self.pass,
            Status::Fail => self.fail,
            Status::Unknown => self.unknown,
            Status::Excepted => self.excepted,
            Status::NotApplicable => self.not_applicable,
        }
    }

    /// The statuses whose counts are shown: nobody can make an exception yet, so that of the
    /// excepted is left out while there is none.
    pub fn shown(&self) -> impl Iterator<Item = &'static Status> {
        let has_excepted = self.excepted > 0;
        Status::ALL.iter().filter(move |status| has_excepted || **status != Status::Excepted)
    }

    /// All of them together.
    pub const fn total(&self) -> i64 {
        self.pass + self.fail + self.unknown + self.excepted + self.not_applicable
    }
}

impl FromIterator<Status> for Counts {
    fn from_iter<I: IntoIterator<Item = Status>>(statuses: I) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            match status {
                Status::Pass => counts.pass += 1,
                Status::Fail => counts.fail += 1,
                Status::Unknown => counts.unknown += 1,
                Status::Excepted => counts.excepted += 1,
                Status::NotApplicable => counts.not_applicable += 1,
            }
        }
        counts
    }
}
