//! One control: what is asked, how it is tested, where it stands, and the evidence beside it.

use crate::Shell;
use crate::audits::exceptions::ExceptionLine;
use crate::components::{
    Choice, Command, Cover, DigestText, Field, Past, Prose, Status, TimeText, Verb,
};
use askama::Template;

/// The page of one control.
#[derive(Debug, Clone, Template)]
#[template(path = "board/control.html")]
pub struct ControlPage {
    /// The frame around the page.
    pub shell: Shell,
    /// For instance `IS-7`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The board of its framework.
    pub board: String,
    /// Its framework is chosen, or was on the day that is shown. Otherwise nothing is asked here.
    pub is_answered: bool,
    /// The control that stands before it in the framework.
    pub previous: Option<String>,
    /// The one after it.
    pub next: Option<String>,
    /// The group it belongs to, for instance `Information`.
    pub area: String,
    /// How strongly the source asks.
    pub verb: Verb,
    /// Where it stands.
    pub status: Status,
    /// Why it stands there.
    pub because: String,
    /// What to do next, if there is something.
    pub to_do: Option<String>,
    /// Where it is done: a path below the shell's base, or a place on this page.
    pub to_do_href: Option<String>,
    /// What is asked, in plain words.
    pub requirement: Prose,
    /// Why it matters.
    pub why: Prose,
    /// How a small facility meets it, step by step.
    pub meet: Vec<Prose>,
    /// How it is tested, in words.
    pub tested: Prose,
    /// What an assessor will want to see.
    pub assessor: Vec<Prose>,
    /// The checks that decide it, with what each found.
    pub checks: Vec<CheckBlock>,
    /// When evidence given by hand counts.
    pub evidence_counts: &'static str,
    /// What to give as evidence.
    pub evidence_hint: String,
    /// Documents and attestations.
    pub evidence: Vec<EvidenceRow>,
    /// The form for a document.
    pub document: DocumentForm,
    /// The form for an attestation.
    pub attestation: AttestationForm,
    /// What was signed where it does not pass, or waits to be; newest first.
    pub exceptions: Vec<ExceptionLine>,
    /// What can be asked for.
    pub choices: Vec<Choice>,
    /// The form for an exception.
    pub ask: AskForm,
    /// How its checks went, newest first.
    pub history: Vec<HistoryRow>,
    /// The framework's name and version; empty if it is not known.
    pub framework: String,
    /// The day on which the source was read.
    pub retrieved: String,
    /// Whether this person may give evidence, here and now.
    pub may_write: bool,
    /// Whether this person may take evidence back: also what was given while the control was answered.
    pub may_withdraw: bool,
    /// Whether this person may ask for an exception: also from the facility's own checks beside a control that is
    /// not answered.
    pub may_ask: bool,
    /// The day that is shown.
    pub past: Past,
}

/// One check and what it found.
#[derive(Debug, Clone)]
pub struct CheckBlock {
    /// Its title.
    pub title: String,
    /// The condition in words.
    pub condition_words: String,
    /// The condition as the catalogue writes it.
    pub condition: String,
    /// What is wanted, in a few words.
    pub wanted: String,
    /// How long an answer stays fresh; none if it does not age.
    pub fresh_for: Option<String>,
    /// Whether it asks more than the source does.
    pub is_beyond: bool,
    /// It is the facility's own.
    pub is_own: bool,
    /// How many subjects have each status, worst first; empty where there is at most one subject.
    pub counts: Vec<(Status, i64)>,
    /// What it found, subject by subject, worst first: what is looked at.
    pub subjects: Vec<SubjectRow>,
    /// The others, folded away.
    pub folded: Vec<SubjectRow>,
    /// How many more there are that no row is given.
    pub unlisted: i64,
    /// What to say when there are none.
    pub nobody: &'static str,
}

/// How many rows a check has at most before some are folded away.
const OPEN_ROWS: usize = 12;

impl ControlPage {
    /// Whether one of the facility's own checks stands beside it.
    pub fn has_own(&self) -> bool {
        self.checks.iter().any(|check| check.is_own)
    }

    /// Whether something is unknown of a computer, where a person may know what no program there tells.
    pub fn is_untold(&self) -> bool {
        let mut rows =
            self.checks.iter().flat_map(|check| check.subjects.iter().chain(&check.folded));
        rows.any(|row| row.status == Status::Unknown && !row.href.is_empty())
    }
}

impl CheckBlock {
    /// The block with these rows, worst first: what wants somebody's eye lies open, the rest is
    /// folded away where there are many.
    #[must_use]
    pub fn with_rows(mut self, rows: Vec<SubjectRow>, counts: Vec<(Status, i64)>) -> Self {
        let all: i64 = counts.iter().map(|(_, count)| count).sum();
        let listed = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        self.unlisted = (all - listed).max(0);
        self.counts = if all > 1 { counts } else { Vec::new() };
        self.subjects = rows;
        if self.subjects.len() > OPEN_ROWS / 2 {
            let wants_an_eye =
                |row: &SubjectRow| !matches!(row.status, Status::Pass | Status::NotApplicable);
            let open = self.subjects.iter().take(OPEN_ROWS).take_while(|row| wants_an_eye(row));
            self.folded = self.subjects.split_off(open.count());
        }
        self
    }
}

/// What a check found of one subject.
#[derive(Debug, Clone)]
pub struct SubjectRow {
    /// The subject's name, for instance `grading-2`.
    pub name: String,
    /// Its page; empty if it has none.
    pub href: String,
    /// Where it stands.
    pub status: Status,
    /// Why.
    pub because: String,
    /// The exception that covers it.
    pub cover: Option<Cover>,
    /// The commands that mend it there, where it fails and there are some.
    pub fix: Option<Command>,
    /// It is unknown, and would not concern a computer without a screen.
    pub may_have_no_screen: bool,
    /// Since when.
    pub since: TimeText,
    /// The ledger entry that says so.
    pub entry: i64,
}

/// A document or an attestation.
#[derive(Debug, Clone)]
pub struct EvidenceRow {
    /// `Document` or `Attestation`.
    pub form: &'static str,
    /// A document's title, or what was stated.
    pub title: String,
    /// Its page; empty if it has none.
    pub href: String,
    /// Whether it counts, in a word or two.
    pub state: &'static str,
    /// The status that the state's mark takes.
    pub status: Status,
    /// Who gave it.
    pub by: String,
    /// From when it counts.
    pub from: TimeText,
    /// Until when it counts.
    pub to: TimeText,
    /// Its digest.
    pub digest: DigestText,
    /// The ledger entry that holds it.
    pub entry: i64,
    /// The ledger entry that says why it was withdrawn.
    pub withdrawn_entry: Option<i64>,
    /// Where withdrawing it is asked; empty if it was withdrawn.
    pub withdraw: String,
}

/// The form for a document. Posts `title`, `valid_from`, `valid_to` and `file`.
#[derive(Debug, Clone, Default)]
pub struct DocumentForm {
    /// Its title.
    pub title: Field,
    /// The first day on which it counts.
    pub valid_from: Field,
    /// The last day on which it counts.
    pub valid_to: Field,
    /// The file; nothing of it is kept between two tries.
    pub file: Field,
}

/// The form for an attestation. Posts `statement` and `valid_to`.
#[derive(Debug, Clone, Default)]
pub struct AttestationForm {
    /// What is stated.
    pub statement: Field,
    /// The last day on which it counts.
    pub valid_to: Field,
}

/// The form for an exception. Posts `what`, `covers_unknown`, `reason`, `measure` and `last_day`.
#[derive(Debug, Clone, Default)]
pub struct AskForm {
    /// What is to be signed: a form, a check and a subject.
    pub what: Field,
    /// It is to cover also what is unknown.
    pub covers_unknown: bool,
    /// Why.
    pub reason: Field,
    /// What is done instead.
    pub measure: Field,
    /// The last day on which it counts.
    pub last_day: Field,
    /// It was sent and something is wrong with it.
    pub is_open: bool,
}

/// One turn of one check.
#[derive(Debug, Clone)]
pub struct HistoryRow {
    /// When it began.
    pub when: TimeText,
    /// The check and, if there are several subjects, on which.
    pub what: String,
    /// What it became.
    pub status: Status,
    /// Why.
    pub because: String,
    /// The ledger entry that says so.
    pub entry: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(statuses: &[Status], all: &[(Status, i64)]) -> CheckBlock {
        let row = |status: &Status| SubjectRow {
            name: "suite".into(),
            href: "/devices/dev_1".into(),
            status: *status,
            because: "so".into(),
            cover: None,
            fix: None,
            may_have_no_screen: false,
            since: TimeText { iso: String::new(), words: String::new() },
            entry: 1,
        };
        let empty = CheckBlock {
            title: "Screen lock".into(),
            condition_words: String::new(),
            condition: String::new(),
            wanted: String::new(),
            fresh_for: None,
            is_beyond: false,
            is_own: false,
            counts: Vec::new(),
            subjects: Vec::new(),
            folded: Vec::new(),
            unlisted: 0,
            nobody: "",
        };
        empty.with_rows(statuses.iter().map(row).collect(), all.to_vec())
    }

    #[test]
    fn what_wants_an_eye_lies_open_and_the_rest_is_counted() {
        use Status::{Fail, Pass, Unknown};
        let few = block(&[Fail, Pass, Pass], &[(Fail, 1), (Pass, 2)]);
        assert_eq!((few.subjects.len(), few.folded.len(), few.unlisted), (3, 0, 0));
        let one = block(&[Pass], &[(Pass, 1)]);
        assert!(one.counts.is_empty() && one.subjects.len() == 1);
        let some = block(
            &[&[Fail, Unknown][..], &[Pass; 58]].concat(),
            &[(Fail, 1), (Unknown, 1), (Pass, 58)],
        );
        assert_eq!((some.subjects.len(), some.folded.len(), some.unlisted), (2, 58, 0));
        let many = block(&[Fail; 100], &[(Fail, 9_000), (Pass, 1_000)]);
        assert_eq!((many.subjects.len(), many.folded.len(), many.unlisted), (12, 88, 9_900));
        assert_eq!(many.counts, [(Fail, 9_000), (Pass, 1_000)]);
    }
}
