//! What a device said, drawn so that a person can read it.

use crate::components::{DigestText, TimeText};
use askama::Template;
use askama::filters::HtmlSafe;

/// One fact.
#[derive(Debug, Clone)]
pub struct FactSheet {
    /// Its kind's word, unique among one device's facts of one source: `screen_lock`.
    pub kind: String,
    /// What it is, in a few words.
    pub title: String,
    /// Who said it, where it was not the device.
    pub source: Option<String>,
    /// Its fields.
    pub rows: Vec<FactRow>,
    /// What could not be read.
    pub unread: Vec<UnreadLine>,
    /// The digest of its canonical body.
    pub digest: DigestText,
    /// When it was collected.
    pub collected: TimeText,
    /// The ledger entry that holds its digest; none where it has no entry of its own.
    pub entry: Option<i64>,
}

/// One field of a fact.
#[derive(Debug, Clone)]
pub struct FactRow {
    /// What the field means.
    pub words: String,
    /// What it says.
    pub value: FactValue,
}

/// Something that could not be read.
#[derive(Debug, Clone)]
pub struct UnreadLine {
    /// What the field means that it would have filled; none for the whole fact.
    pub what: Option<String>,
    /// Why, as the device says.
    pub why: String,
}

/// What a field says.
#[derive(Debug, Clone, Template)]
#[template(path = "devices/fact_value.html")]
pub enum FactValue {
    /// Yes or no.
    Truth(bool),
    /// Text or a number.
    Text(String),
    /// A moment.
    Moment(TimeText),
    /// Several plain values; none at all says so.
    List(Vec<String>),
    /// Several records.
    Table(FactTable),
    /// One record within another.
    Record(Vec<FactRow>),
}

impl HtmlSafe for FactValue {}

/// Several records of one shape.
#[derive(Debug, Clone)]
pub struct FactTable {
    /// What the whole is.
    pub caption: String,
    /// What each column means.
    pub columns: Vec<String>,
    /// The records; a field that one of them lacks is none.
    pub rows: Vec<Vec<Option<FactValue>>>,
    /// How many there are besides those in `rows`.
    pub left_out: usize,
}
