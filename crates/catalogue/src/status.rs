//! A control's status: the worst of its checks in its framework, and how evidence counts beside
//! them.

use crate::catalogue::Catalogue;
use crate::check::Check;
use crate::framework::{Control, EvidenceRole};
use closedset_core::{Status, SubjectKind};
use std::collections::BTreeMap;

/// How many subjects have which verdict of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Those that fail.
    pub fail: u64,
    /// Those of which it is unknown.
    pub unknown: u64,
    /// Those whose risk is accepted.
    pub excepted: u64,
    /// Those that pass.
    pub pass: u64,
    /// Those it does not concern.
    pub not_applicable: u64,
}

impl Tally {
    /// Counts one more verdict.
    pub fn add(&mut self, status: Status) {
        match status {
            Status::Fail => self.fail += 1,
            Status::Unknown => self.unknown += 1,
            Status::Excepted => self.excepted += 1,
            Status::Pass => self.pass += 1,
            Status::NotApplicable => self.not_applicable += 1,
        }
    }

    /// How many subjects have each verdict, from worst to best; those that nobody has are left out.
    pub fn counted_by_status(self) -> impl Iterator<Item = (Status, u64)> {
        [
            (Status::Fail, self.fail),
            (Status::Unknown, self.unknown),
            (Status::Excepted, self.excepted),
            (Status::Pass, self.pass),
            (Status::NotApplicable, self.not_applicable),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
    }

    /// The subjects that it concerns.
    pub const fn counted(&self) -> u64 {
        self.fail + self.unknown + self.excepted + self.pass
    }

    /// The worst verdict of those it concerns, and of how many.
    pub fn worst(&self) -> Option<(Status, u64)> {
        [
            (Status::Fail, self.fail),
            (Status::Unknown, self.unknown),
            (Status::Excepted, self.excepted),
            (Status::Pass, self.pass),
        ]
        .into_iter()
        .find(|(_, count)| *count > 0)
    }
}

/// What a person signed about a control as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedAnswer {
    /// There is none of what the source asks "any" of.
    None {
        /// In the signer's words.
        reason: String,
    },
    /// The control does not concern the organisation.
    NotApplicable {
        /// In the signer's words.
        reason: String,
    },
}

/// A control's status, with what decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlStatus {
    /// The status.
    pub status: Status,
    /// What decided it, in words.
    pub because: String,
    /// What to do next, if there is something.
    pub to_do: Option<String>,
    /// The checks that have this status.
    pub deciding: Vec<String>,
}

impl Catalogue {
    /// The status of `control`: the worst of its checks, fail, unknown, excepted, pass.
    ///
    /// `tallies` holds the verdicts of each check by its id, that of the control's evidence too; a
    /// check that is not in it has no subject. Checks that ask more than the source are left out; see
    /// [`Control::counts`].
    /// A signed answer counts only where no technical check concerns any subject.
    pub fn control_status(
        &self,
        control: &Control,
        tallies: &BTreeMap<&str, Tally>,
        signed: Option<&SignedAnswer>,
    ) -> ControlStatus {
        let tally = |check: &Check| {
            let known = tallies.get(check.id.as_str());
            known.copied().unwrap_or_default()
        };
        let technical: Vec<(&Check, Tally)> = self
            .checks_of(&control.id)
            .filter(|check| control.counts(check))
            .map(|check| (check, tally(check)))
            // What Closedset itself counts for a control is measured once there is something to count.
            .filter(|(check, tally)| check.over != SubjectKind::Control || tally.counted() > 0)
            .collect();
        let is_measured = technical.iter().any(|(_, tally)| tally.counted() > 0);
        if !is_measured && let Some(answer) = answered(control, signed) {
            return answer;
        }
        let evidence = self.check(&control.evidence_check()).map(|check| (check, tally(check)));
        let evidence_passes = evidence
            .as_ref()
            .is_some_and(|(_, tally)| matches!(tally.worst(), Some((Status::Pass, _))));
        let mut parts: Vec<Part> = Vec::new();
        let evidence_counts = match control.evidence {
            EvidenceRole::Also => true,
            EvidenceRole::Instead => technical.is_empty() || (!is_measured && evidence_passes),
        };
        let stands_in = control.evidence == EvidenceRole::Instead && evidence_counts;
        if !stands_in {
            parts.extend(
                technical
                    .iter()
                    .filter_map(|(check, tally)| technical_part(check, tally, is_measured)),
            );
        }
        if evidence_counts && let Some((check, tally)) = evidence {
            let mut part = evidence_part(control, check, &tally);
            if part.status == Status::Unknown
                && !parts.is_empty()
                && parts.iter().all(|part| part.status == Status::Pass)
            {
                part.because = format!("what is measured is well; {}", part.because);
            }
            parts.push(part);
        }
        worst_of(parts)
    }
}

struct Part {
    check: String,
    status: Status,
    because: String,
    to_do: Option<String>,
}

fn answered(control: &Control, signed: Option<&SignedAnswer>) -> Option<ControlStatus> {
    let (status, because) = match signed? {
        SignedAnswer::None { reason } if control.none_allowed => {
            (Status::Pass, format!("signed: none. {reason}"))
        }
        SignedAnswer::None { .. } => return None,
        SignedAnswer::NotApplicable { reason } => {
            (Status::NotApplicable, format!("signed: does not apply. {reason}"))
        }
    };
    Some(ControlStatus { status, because, to_do: None, deciding: Vec::new() })
}

/// A technical check's part; none if it concerns none of several subjects that others measured.
fn technical_part(check: &Check, tally: &Tally, is_measured: bool) -> Option<Part> {
    let subjects = subjects(check.over);
    let part =
        |status, because, to_do| Some(Part { check: check.id.clone(), status, because, to_do });
    let Some((status, count)) = tally.worst() else {
        if tally.not_applicable == 0 {
            let because = format!("{}: no {subjects} to measure", check.title);
            return part(Status::Unknown, because, Some(first_step(check.over)));
        }
        if is_measured {
            return None;
        }
        let because = format!("{}: concerns none of the {subjects}", check.title);
        let to_do = "give evidence that it concerns none of them, and why".to_owned();
        return part(Status::Unknown, because, Some(to_do));
    };
    if check.over == SubjectKind::Control {
        let because = match status {
            Status::Fail => format!("{}: not so", check.title),
            Status::Unknown => format!("{}: not known", check.title),
            Status::Excepted => format!("{}: accepted that not", check.title),
            Status::Pass | Status::NotApplicable => check.title.clone(),
        };
        let is_open = matches!(status, Status::Fail | Status::Unknown);
        return part(status, because, is_open.then(|| check.wanted.clone()));
    }
    let of = match tally.counted() {
        1 => format!("the only {}", subject(check.over)),
        counted => format!("{count} of {counted} {subjects}"),
    };
    let because = match status {
        Status::Fail => format!("{}: not so on {of}", check.title),
        Status::Unknown => format!("{}: unknown on {of}", check.title),
        Status::Excepted => format!("{}: accepted on {of}", check.title),
        Status::Pass | Status::NotApplicable => format!("{}: on {of}", check.title),
    };
    let to_do = match status {
        Status::Fail => Some(format!("Mend “{}”", check.title)),
        Status::Unknown => Some(format!("Find out whether “{}”", check.title)),
        Status::Excepted | Status::Pass | Status::NotApplicable => None,
    };
    part(status, because, to_do)
}

fn evidence_part(control: &Control, check: &Check, tally: &Tally) -> Part {
    let is_given = matches!(tally.worst(), Some((Status::Pass | Status::Excepted, _)));
    let status = tally.worst().map_or(Status::Unknown, |(status, _)| status);
    Part {
        check: check.id.clone(),
        status,
        because: match status {
            Status::Excepted => "no evidence is in force, and that risk is accepted".to_owned(),
            _ if is_given => "evidence is in force".to_owned(),
            _ => "no evidence is in force".to_owned(),
        },
        to_do: (!is_given).then(|| format!("give evidence: {}", control.evidence_hint)),
    }
}

fn worst_of(parts: Vec<Part>) -> ControlStatus {
    let Some(status) = parts.iter().map(|part| part.status).min() else {
        return ControlStatus {
            status: Status::Unknown,
            because: "nothing proves this yet".to_owned(),
            to_do: None,
            deciding: Vec::new(),
        };
    };
    let deciding: Vec<&Part> = parts.iter().filter(|part| part.status == status).collect();
    let reasons: Vec<&str> = deciding.iter().map(|part| part.because.as_str()).collect();
    ControlStatus {
        status,
        because: reasons.join("; "),
        to_do: deciding.iter().find_map(|part| part.to_do.clone()),
        deciding: deciding.iter().map(|part| part.check.clone()).collect(),
    }
}

const fn subject(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Organisation => "organisation",
        SubjectKind::Facility => "facility",
        SubjectKind::Person => "person",
        SubjectKind::Device => "computer",
        SubjectKind::Control => "control",
    }
}

const fn subjects(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Organisation => "organisations",
        SubjectKind::Facility => "facilities",
        SubjectKind::Person => "people",
        SubjectKind::Device => "computers",
        SubjectKind::Control => "controls",
    }
}

fn first_step(kind: SubjectKind) -> String {
    match kind {
        SubjectKind::Organisation => "describe the organisation",
        SubjectKind::Facility => "describe the facility",
        SubjectKind::Person => "enter the people",
        SubjectKind::Device => "enrol a computer",
        SubjectKind::Control => "give evidence",
    }
    .to_owned()
}
