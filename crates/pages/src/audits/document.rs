//! One document with its versions.

use super::documents::Standing;
use crate::Shell;
use crate::components::{DigestText, Field, TimeText};
use askama::Template;

/// One document.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/document.html")]
pub struct DocumentPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The control it is given for.
    pub control: String,
    /// That control's name.
    pub control_title: String,
    /// Whether it counts.
    pub standing: Standing,
    /// When it was withdrawn.
    pub withdrawn: Option<TimeText>,
    /// The ledger entry that says why it was withdrawn.
    pub withdrawn_entry: Option<i64>,
    /// Its versions, newest first.
    pub versions: Vec<VersionLine>,
    /// The form for a new version.
    pub upload: VersionForm,
    /// Whether this person may add a version and withdraw it.
    pub can_write: bool,
}

/// One version.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// Its number, 1 for the first.
    pub number: i64,
    /// The file's name.
    pub file_name: String,
    /// The file's size, with its unit.
    pub size: String,
    /// SHA-256 of the file.
    pub digest: DigestText,
    /// Whether it counts.
    pub standing: Standing,
    /// The first day on which it counts.
    pub first_day: TimeText,
    /// The last day on which it counts.
    pub last_day: TimeText,
    /// Who uploaded it.
    pub by: String,
    /// When.
    pub when: TimeText,
    /// The ledger entry that says so.
    pub entry: i64,
}

/// The form for a new version.
#[derive(Debug, Clone, Default)]
pub struct VersionForm {
    /// The first day on which it counts.
    pub valid_from: Field,
    /// The last day on which it counts.
    pub valid_to: Field,
    /// The file.
    pub file: Field,
}
