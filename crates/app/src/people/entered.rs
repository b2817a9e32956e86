//! What somebody enters of people and their work, read whole, so that all that is wrong is told at once.

use super::{
    NAME_RULE, day_of, is_name,
    name::{is_line, key},
};
use crate::{FieldProblem, Problem, accounts::email, evidence::invalid_unless_empty};
use closedset_core::engagement::{Days, EngagementForm};
use jiff::civil::{Date, date};

/// No day lies before this, nor after [`LATEST`].
pub(super) const EARLIEST: Date = date(1950, 1, 1);
/// See [`EARLIEST`].
pub(super) const LATEST: Date = date(2149, 12, 31);
/// The longest job, in characters.
const JOB_LIMIT: usize = 80;
/// The longest number of a telephone.
const PHONE_LIMIT: usize = 40;

/// Somebody as they are entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
    /// Their address; empty where none is known.
    pub email: String,
    /// Their telephone; empty where none is known.
    pub phone: String,
}

/// An engagement as it is entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewEngagement {
    /// The form's word: `freelancer`.
    pub form: String,
    /// What they do, in words.
    pub job: String,
    /// The first day, as `2026-09-30`.
    pub begins_on: String,
    /// The last one; empty where it is open.
    pub ends_on: String,
}

/// An assignment as it is entered; on which title stands beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAssignment {
    /// What they do on it, in words.
    pub job: String,
    /// The first day, as `2026-09-30`.
    pub begins_on: String,
    /// The last one; empty where it is open.
    pub ends_on: String,
}

/// What was read, and what is wrong with it.
#[derive(Default)]
pub(super) struct Reading(Vec<FieldProblem>);

impl Reading {
    fn wrong(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(FieldProblem { field, message: message.into() });
    }

    /// Everything that is wrong, at once.
    pub(super) fn end(self) -> Result<(), Problem> {
        invalid_unless_empty(self.0)
    }

    /// Name, address and telephone.
    pub(super) fn person(&mut self, new: &NewPerson) -> (String, Option<String>, String) {
        let (name, phone) = (new.name.trim().to_owned(), new.phone.trim().to_owned());
        if !is_name(&name) {
            self.wrong("name", format!("Enter the person's name, {NAME_RULE}."));
        }
        let address = match new.email.trim() {
            "" => None,
            text => email(text).map_err(|problem| self.0.push(problem)).ok(),
        };
        let is_of_numbers = |letter: char| {
            letter.is_ascii_digit() || matches!(letter, ' ' | '+' | '(' | ')' | '-' | '.' | '/')
        };
        if phone.chars().count() > PHONE_LIMIT || !phone.chars().all(is_of_numbers) {
            self.wrong(
                "phone",
                "Write the number with digits, spaces and + ( ) - . / alone, at most 40.",
            );
        }
        (name, address, phone)
    }

    /// What an engagement is; meaningless if something is wrong.
    pub(super) fn engagement(&mut self, new: &NewEngagement) -> (EngagementForm, String, Days) {
        let form = EngagementForm::from_word(new.form.trim());
        if form.is_none() {
            self.wrong("form", "Choose as what they work here.");
        }
        let (job, days) = (self.job(&new.job), self.days(&new.begins_on, &new.ends_on));
        (form.unwrap_or(EngagementForm::Employee), job, days)
    }

    /// What an assignment is; meaningless if something is wrong.
    pub(super) fn assignment(&mut self, new: &NewAssignment) -> (String, Days) {
        (self.job(&new.job), self.days(&new.begins_on, &new.ends_on))
    }

    pub(super) fn job(&mut self, text: &str) -> String {
        let job = text.trim().to_owned();
        if key(&job).is_empty() || !is_line(&job, JOB_LIMIT) {
            self.wrong("job", "Say what they do, in at most 80 characters on one line.");
        }
        job
    }

    fn days(&mut self, first: &str, last: &str) -> Days {
        let first = self.day("begins_on", first, "Enter the first day.");
        let last = match last.trim() {
            "" => None,
            text => self.day("ends_on", text, "Enter the last day."),
        };
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.wrong("ends_on", "Choose a day that is not before the first one.");
        }
        Days { first: first.unwrap_or(EARLIEST), last }
    }

    /// A day in its field.
    pub(super) fn day(&mut self, field: &'static str, text: &str, missing: &str) -> Option<Date> {
        let text = text.trim();
        let day = day_of(text).filter(|day| (EARLIEST..=LATEST).contains(day));
        if text.is_empty() {
            self.wrong(field, missing);
        } else if day.is_none() {
            self.wrong(field, "Write the day like 2026-09-30.");
        }
        day
    }
}
