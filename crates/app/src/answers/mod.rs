//! What an owner's questionnaire asks of the house itself, answered for one owner and one day: the administrative
//! controls with what they say, what the registers hold, and the evidence in force.
//!
//! What one owner reads is what the client list tells them: their own name, of other clients no more than the name,
//! of those under a non-disclosure agreement that there are some. No title is named. Whatever people typed freely is
//! looked through for names that are not this owner's ([`hidden`]).

mod asked;
mod file;
mod hidden;
mod of_registers;
mod paper;
mod sheets;

pub use asked::answers;
pub(crate) use asked::told_today;
pub use file::{AnswersFile, answers_file};
pub(crate) use hidden::Hidden;

use closedset_catalogue::Control;
use closedset_core::{
    Action, Actions, Status,
    id::{Client, Id},
};
use jiff::civil::Date;

/// The framework whose questions are answered.
const FRAMEWORK: &str = "netflix-minimum";
/// How those of its controls are called that ask about the house itself.
const PREFIX: &str = "AD-";

/// For whom, and for which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersOf {
    /// The owner.
    pub client: Id<Client>,
    /// The day, as `2026-09-30`; empty for today.
    pub on: String,
}

/// The answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Who answers.
    pub house: String,
    /// Whom: id and name.
    pub owner: (Id<Client>, String),
    /// Of which day.
    pub day: Date,
    /// The day is today.
    pub is_today: bool,
    /// The first day of the record, where the day lies before it: then nothing but registers tells of it.
    pub begins: Option<Date>,
    /// One for each control, in the framework's order.
    pub answers: Vec<Answer>,
}

/// What is answered to one control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The control.
    pub control: String,
    /// Its name.
    pub title: String,
    /// What it asks.
    pub question: String,
    /// How it stood at the end of the day, or stands now.
    pub status: Status,
    /// What decides that.
    pub because: String,
    /// What the registers say, each a paragraph.
    pub words: Vec<String>,
    /// The evidence in force.
    pub evidence: Vec<AnswerEvidence>,
}

/// A document or statement that was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerEvidence {
    /// Its title, or the statement's first words.
    pub title: String,
    /// It is a signed statement, else a document.
    pub is_statement: bool,
    /// The first day on which it counts.
    pub from: Date,
    /// The last one.
    pub until: Date,
}

/// As what the answers are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswersForm {
    /// To be read and printed.
    Pdf,
    /// A workbook.
    Xlsx,
    /// A text document.
    Docx,
}

impl AnswersForm {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Xlsx, Self::Docx];

    /// The word used in forms, JSON and entries, and the ending of the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }
}

/// What it takes to read them.
pub fn needs_to_read() -> Actions {
    Actions::from(Action::BoardRead)
        .with(Action::EvidenceRead)
        .with(Action::PeopleRead)
        .with(Action::TitleRead)
}

/// What it takes to hand them out, as with the client list.
pub fn needs_to_hand_out() -> Actions {
    needs_to_read().with(Action::TitleWrite)
}

/// Whether an owner asks this of the house itself.
fn is_asked(control: &Control) -> bool {
    control.framework == FRAMEWORK && control.id.starts_with(PREFIX)
}

/// How a status is called in a file.
pub(crate) const fn status_words(status: Status) -> &'static str {
    match status {
        Status::Pass => "Pass",
        Status::Fail => "Fail",
        Status::Unknown => "Unknown",
        Status::Excepted => "Excepted",
        Status::NotApplicable => "Not applicable",
    }
}

/// A status with what decides it, in a sentence.
pub(crate) fn standing_words(one: &Answer) -> String {
    format!("{}: {}.", status_words(one.status), one.because.trim_end_matches('.'))
}

/// A day as a person reads it.
pub(crate) fn day_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// What stands below everything that is handed out.
pub(crate) const NOTE: &str = "Drawn up by a program from what the facility entered and from its evidence. Registers are told as they are known when this \
    is drawn up, statuses and evidence as they stood on the day. It is the facility's own word; an audit pack shows how it \
    can be verified.";
