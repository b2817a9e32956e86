//! Exceptions: what a person signs where a check does not pass, and what that makes of a verdict.
//!
//! An exception never takes the place of what was found: a verdict that it covers names it and keeps
//! the status beneath. Whoever assesses, and whoever verifies a pack, ask the functions here, so that
//! both come to the same answer.

use crate::{
    Duration, Status, Subject, Time,
    id::{self, Id},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// The longest that an exception may last: a year with its leap day, to the end of its last day.
pub const LONGEST: Duration = Duration::from_days(367);

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionForm {
    /// It is not as wanted, and somebody accepts the risk.
    RiskAccepted,
    /// It does not concern the organisation.
    NotApplicable,
    /// There is none of what the source asks "any" of.
    NoneExists,
}

impl ExceptionForm {
    /// Every one.
    pub const ALL: &'static [Self] = &[Self::RiskAccepted, Self::NotApplicable, Self::NoneExists];

    /// The word used in text, SQL and entries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RiskAccepted => "risk_accepted",
            Self::NotApplicable => "not_applicable",
            Self::NoneExists => "none_exists",
        }
    }

    /// The one with this word.
    pub fn from_word(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|form| form.as_str() == text)
    }
}

impl fmt::Display for ExceptionForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is signed, word for word: stands in the entry `exception.granted`, see [`Terms::put_in`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What is signed.
    pub form: ExceptionForm,
    /// The control it concerns.
    pub control: String,
    /// The check; none for the control as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// The one subject of the check; none for all that the organisation has and will have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// It also covers the check while it is unknown, so that absent evidence stays hidden behind it.
    pub covers_unknown: bool,
    /// Why, in the words of whoever asked for it.
    pub reason: String,
    /// What is done instead; empty only where no risk is accepted.
    pub measure: String,
    /// The end of its last day where the facility is: at this instant it covers nothing any more.
    pub valid_to: Time,
}

/// What is wrong with terms as such, whoever signs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// A risk is accepted for a check, never for a control as a whole.
    #[error("a risk is accepted for a check, not for a control as a whole")]
    Whole,
    /// "Not applicable" and "none" are signed for a control as a whole. Of a check on a computer they
    /// would hide what was found, once the computer falls silent.
    #[error("only an accepted risk is about a check; this is signed for a control as a whole")]
    Part,
    /// "Not applicable" and "none" are about what is unknown and nothing else.
    #[error("only an accepted risk says whether it covers what is unknown")]
    Unknown,
    /// It ends before it begins, or lasts longer than any may.
    #[error("it lasts longer than a year, or not at all")]
    Length,
}

/// Under which names the words of whoever asked stand in the body of an entry, beside `terms`.
const WORDS: [&str; 2] = ["reason", "measure"];

impl Terms {
    /// Writes them into the body of an entry. The words that somebody typed stand beside the rest, so that a pack
    /// can show that alone.
    pub fn put_in(&self, body: &mut Value) {
        body["terms"] = serde_json::json!(self);
        for name in WORDS {
            let word = body["terms"].as_object_mut().and_then(|terms| terms.remove(name));
            body[name] = word.unwrap_or_default();
        }
    }

    /// Those in the body of an entry. In entries of version 1 the words stand among the terms; where they are not
    /// shown, `unshown` stands for them.
    ///
    /// # Errors
    ///
    /// There are none, or something of them is missing.
    pub fn in_body(body: &Value, unshown: Option<&str>) -> Result<Self, serde_json::Error> {
        let mut terms = body.get("terms").cloned().unwrap_or_default();
        if let Some(fields) = terms.as_object_mut() {
            for name in WORDS {
                let word = body.get(name).cloned().or_else(|| unshown.map(Value::from));
                if let Some(word) = word.filter(|_| !fields.contains_key(name)) {
                    fields.insert(name.to_owned(), word);
                }
            }
        }
        Self::deserialize(terms)
    }

    /// Whether they make sense when signed at `granted_at`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn check(&self, granted_at: Time) -> Result<(), TermsError> {
        match (self.form, &self.check, &self.subject) {
            (ExceptionForm::RiskAccepted, None, _) => return Err(TermsError::Whole),
            (ExceptionForm::NotApplicable | ExceptionForm::NoneExists, check, subject)
                if check.is_some() || subject.is_some() =>
            {
                return Err(TermsError::Part);
            }
            _ => {}
        }
        if self.covers_unknown && self.form != ExceptionForm::RiskAccepted {
            return Err(TermsError::Unknown);
        }
        if self.valid_to <= granted_at || self.valid_to.since(granted_at) > LONGEST {
            return Err(TermsError::Length);
        }
        Ok(())
    }

    /// What it makes of a verdict with the status `beneath`, if it covers it.
    ///
    /// A risk is accepted where the check fails; where it is unknown only if the terms say so. What
    /// is measured is never signed away as not applicable or as none: these cover only what is
    /// unknown. A control as a whole is answered by the check of its evidence.
    pub fn makes(&self, of: Asked<'_>, beneath: Status) -> Option<Status> {
        let is_named = match &self.check {
            Some(check) => {
                check == of.check && self.subject.as_ref().is_none_or(|one| one == of.subject)
            }
            None => of.is_evidence,
        };
        let is_answer = self.form != ExceptionForm::NoneExists || of.is_none_allowed;
        let is_covered = is_named && self.control == of.control && is_answer;
        is_covered.then(|| self.turns(beneath)).flatten()
    }

    /// What it makes of the status `beneath` of something that it names.
    pub const fn turns(&self, beneath: Status) -> Option<Status> {
        match (self.form, beneath) {
            (ExceptionForm::RiskAccepted, Status::Fail) => Some(Status::Excepted),
            (ExceptionForm::RiskAccepted, Status::Unknown) if self.covers_unknown => {
                Some(Status::Excepted)
            }
            (ExceptionForm::NotApplicable, Status::Unknown) => Some(Status::NotApplicable),
            (ExceptionForm::NoneExists, Status::Unknown) => Some(Status::Pass),
            _ => None,
        }
    }
}

/// A check asked of a subject.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The check.
    pub check: &'a str,
    /// Its control.
    pub control: &'a str,
    /// It asks whether evidence given by hand is in force.
    pub is_evidence: bool,
    /// The source asks for "any", so that "none" is an answer.
    pub is_none_allowed: bool,
    /// The subject.
    pub subject: &'a Subject,
}

/// An exception that was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its id.
    pub id: Id<id::Exception>,
    /// What was signed.
    pub terms: Terms,
    /// When it was granted: from then on it covers.
    pub granted_at: Time,
    /// When it was taken back, if it was.
    pub withdrawn_at: Option<Time>,
}

impl Exception {
    /// When it covers nothing any more.
    pub fn ends_at(&self) -> Time {
        self.withdrawn_at.map_or(self.terms.valid_to, |at| at.min(self.terms.valid_to))
    }

    /// Whether it covers anything at `at`.
    pub fn is_in_force(&self, at: Time) -> bool {
        self.granted_at <= at && at < self.ends_at()
    }
}

/// What an exception made of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excepted {
    /// What the check says without it.
    pub beneath: Status,
    /// The exception.
    pub exception: Id<id::Exception>,
}

/// The exception that counts for what is asked at `at`, and what it makes of the status `beneath`.
/// Of several, the one that was granted last.
pub fn covering<'e>(
    exceptions: &'e [Exception],
    of: Asked<'_>,
    beneath: Status,
    at: Time,
) -> Option<(&'e Exception, Status)> {
    exceptions
        .iter()
        .filter(|one| one.is_in_force(at))
        .filter_map(|one| Some((one, one.terms.makes(of, beneath)?)))
        .max_by_key(|(one, _)| (one.granted_at, one.id))
}

/// When what these exceptions cover changes next by itself after `at`.
pub fn next_change(exceptions: &[Exception], at: Time) -> Option<Time> {
    let instants = exceptions.iter().flat_map(|one| [one.granted_at, one.ends_at()]);
    instants.filter(|instant| *instant > at).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExceptionForm::{NoneExists, NotApplicable, RiskAccepted};

    fn subject(id: &str) -> Subject {
        Subject::new(crate::SubjectKind::Device, id)
    }

    fn terms(form: ExceptionForm, check: Option<&str>, of: Option<&str>) -> Terms {
        Terms {
            form,
            control: "IS-7".into(),
            check: check.map(str::to_owned),
            subject: of.map(subject),
            covers_unknown: false,
            reason: "the maker mends it in spring".into(),
            measure: "the room is locked".into(),
            valid_to: Time::from_millis(1_000),
        }
    }

    fn exception(number: u128, granted_at: i64, valid_to: i64) -> Exception {
        let mut terms = terms(RiskAccepted, Some("lock"), None);
        terms.valid_to = Time::from_millis(valid_to);
        let granted_at = Time::from_millis(granted_at);
        Exception { id: Id::from_bits(number), terms, granted_at, withdrawn_at: None }
    }

    fn asked<'a>(check: &'a str, subject: &'a Subject) -> Asked<'a> {
        let is_evidence = check.ends_with("-evidence");
        Asked { check, control: "IS-7", is_evidence, is_none_allowed: true, subject }
    }

    #[test]
    fn an_exception_covers_what_it_names_and_nothing_else() {
        let (one, other) = (subject("one"), subject("other"));
        let of_one = terms(RiskAccepted, Some("lock"), Some("one"));
        assert_eq!(of_one.makes(asked("lock", &one), Status::Fail), Some(Status::Excepted));
        assert_eq!(of_one.makes(asked("lock", &other), Status::Fail), None);
        assert_eq!(of_one.makes(asked("firewall", &one), Status::Fail), None);
        let elsewhere = Asked { control: "IS-8", ..asked("lock", &one) };
        assert_eq!(of_one.makes(elsewhere, Status::Fail), None);
        let of_all = terms(RiskAccepted, Some("lock"), None);
        assert_eq!(of_all.makes(asked("lock", &other), Status::Fail), Some(Status::Excepted));
        assert_eq!(of_all.makes(asked("is-7-evidence", &other), Status::Fail), None);
    }

    #[test]
    fn what_is_unknown_is_covered_only_where_the_terms_say_so() {
        let one = subject("one");
        let mut terms = terms(RiskAccepted, Some("lock"), None);
        assert_eq!(terms.makes(asked("lock", &one), Status::Unknown), None);
        terms.covers_unknown = true;
        assert_eq!(terms.makes(asked("lock", &one), Status::Unknown), Some(Status::Excepted));
        for well in [Status::Pass, Status::NotApplicable] {
            assert_eq!(terms.makes(asked("lock", &one), well), None);
        }
    }

    #[test]
    fn what_is_measured_is_not_signed_away() {
        let one = subject("one");
        for form in [NotApplicable, NoneExists] {
            let whole = terms(form, None, None);
            for beneath in [Status::Fail, Status::Pass] {
                assert_eq!(whole.makes(asked("is-7-evidence", &one), beneath), None);
            }
            assert_eq!(whole.makes(asked("lock", &one), Status::Unknown), None);
        }
    }

    #[test]
    fn none_is_an_answer_only_where_the_source_asks_for_any() {
        let one = subject("one");
        let none = terms(NoneExists, None, None);
        let asked = asked("is-7-evidence", &one);
        assert_eq!(none.makes(asked, Status::Unknown), Some(Status::Pass));
        let strict = Asked { is_none_allowed: false, ..asked };
        assert_eq!(none.makes(strict, Status::Unknown), None);
    }

    #[test]
    fn it_covers_from_the_grant_to_before_the_end_and_the_newest_counts() {
        let one = subject("one");
        let mut all = [exception(1, 10, 100), exception(2, 20, 60)];
        let at = |all: &[Exception], at: i64| {
            covering(all, asked("lock", &one), Status::Fail, Time::from_millis(at))
                .map(|(one, _)| one.id.bits())
        };
        let told: Vec<_> = [9, 10, 20, 59, 60, 99, 100].map(|time| at(&all, time)).into();
        assert_eq!(told, [None, Some(1), Some(2), Some(2), Some(1), Some(1), None]);
        let next = |all: &[Exception], at| next_change(all, Time::from_millis(at));
        let told: Vec<_> = [0, 10, 20, 60, 100].map(|at| next(&all, at).map(Time::millis)).into();
        assert_eq!(told, [Some(10), Some(20), Some(60), Some(100), None]);
        all[0].withdrawn_at = Some(Time::from_millis(80));
        assert_eq!((at(&all, 79), at(&all, 80)), (Some(1), None));
        assert_eq!(next(&all, 60), Some(Time::from_millis(80)));
    }

    #[test]
    fn terms_that_make_no_sense_are_refused() {
        let now = Time::from_millis(0);
        assert_eq!(terms(RiskAccepted, Some("lock"), None).check(now), Ok(()));
        assert_eq!(terms(NotApplicable, None, None).check(now), Ok(()));
        assert_eq!(terms(NoneExists, None, None).check(now), Ok(()));
        assert_eq!(terms(RiskAccepted, None, None).check(now), Err(TermsError::Whole));
        assert_eq!(
            terms(NotApplicable, Some("lock"), Some("one")).check(now),
            Err(TermsError::Part)
        );
        assert_eq!(terms(NotApplicable, Some("lock"), None).check(now), Err(TermsError::Part));
        assert_eq!(terms(NotApplicable, None, Some("one")).check(now), Err(TermsError::Part));
        assert_eq!(terms(NoneExists, Some("lock"), None).check(now), Err(TermsError::Part));
        let late = Time::from_millis(1_000);
        assert_eq!(terms(NoneExists, None, None).check(late), Err(TermsError::Length));
        let mut long = terms(RiskAccepted, Some("lock"), None);
        long.valid_to = now + LONGEST + Duration::from_millis(1);
        assert_eq!(long.check(now), Err(TermsError::Length));
        long.valid_to = now + LONGEST;
        assert_eq!(long.check(now), Ok(()));
        let mut wide = terms(NotApplicable, None, None);
        wide.covers_unknown = true;
        assert_eq!(wide.check(now), Err(TermsError::Unknown));
    }

    #[test]
    fn terms_are_read_back_as_they_were_written() {
        for form in ExceptionForm::ALL {
            assert_eq!(ExceptionForm::from_word(form.as_str()), Some(*form));
            assert_eq!(serde_json::to_value(form).unwrap(), form.as_str());
            let terms = terms(*form, Some("lock"), Some("one"));
            let text = serde_json::to_string(&terms).unwrap();
            assert_eq!(serde_json::from_str::<Terms>(&text).unwrap(), terms);
        }
    }
}
