//! What is to be typeset, in words that know nothing of points and pages.

use closedset_core::{Status, Time};

/// A document.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Its title, for windows and screen readers.
    pub title: String,
    /// What it is about, in a sentence.
    pub subject: String,
    /// Who answers for it.
    pub author: String,
    /// The program that made it.
    pub producer: String,
    /// The language of its words: `en`.
    pub language: String,
    /// What tells it from every other document.
    pub id: String,
    /// When it was made.
    pub made_at: Time,
    /// At the head of each page, left and right.
    pub head: (String, String),
    /// At the foot of each page, beside the number.
    pub foot: String,
    /// The first page.
    pub cover: Cover,
    /// What follows the contents.
    pub sections: Vec<Section>,
}

/// The first page.
#[derive(Debug, Clone, Default)]
pub struct Cover {
    /// What kind of document it is.
    pub kind: String,
    /// Whose.
    pub name: String,
    /// Beneath the name.
    pub lines: Vec<String>,
    /// What is to be known first: names and values.
    pub fields: Vec<Field>,
    /// How many of each.
    pub tally: Vec<Tally>,
    /// What is counted.
    pub counted: String,
    /// At the end of the page.
    pub note: String,
}

/// How many have a status.
#[derive(Debug, Clone, Copy)]
pub struct Tally {
    /// The status.
    pub status: Status,
    /// How many.
    pub count: usize,
}

/// A name and its value.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub value: Text,
}

/// A part that begins on a page of its own and stands in the contents.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading within a section; in bookmarks, not in the contents.
    Heading(String),
    /// A requirement: a bar with id, title and status, which stands in the contents.
    Requirement {
        /// Its id, by which frames lead to it.
        id: String,
        /// Its title.
        title: String,
        /// Its status.
        status: Status,
    },
    /// A heading within a requirement.
    Minor(String),
    /// A paragraph.
    Paragraph(Text),
    /// A paragraph in small and soft letters.
    Small(Text),
    /// Somebody else's words.
    Quote(String),
    /// What is to be typed, or a digest, each line as it is.
    Code(String),
    /// Names and values beneath each other.
    Fields(Vec<Field>),
    /// A table.
    Table(Table),
    /// A strip of film, a frame for each requirement, each leading to its bar.
    Strip {
        /// What stands at its edge.
        name: String,
        /// Its frames.
        frames: Vec<Frame>,
    },
    /// How many of each.
    Tally(Vec<Tally>),
}

/// A requirement at a glance.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its status.
    pub status: Status,
}

/// A table. Its head is repeated on every page that it reaches.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What it shows, for those who cannot see it.
    pub summary: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its head.
    pub title: String,
    /// Its share of the width, beside those of the others.
    pub share: f32,
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its cells; the first is what the row is about.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Paragraphs.
    Text(Vec<Text>),
    /// A status with its mark.
    Status(Status),
}

/// Text in pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Span>);

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How it looks.
    pub style: Style,
    /// What it says.
    pub text: String,
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// As text does.
    Plain,
    /// Heavier.
    Strong,
    /// Lighter.
    Soft,
    /// In letters of one width: digests, ids, conditions.
    Mono,
}

impl Text {
    /// With one more piece.
    #[must_use]
    pub fn and(mut self, style: Style, text: impl Into<String>) -> Self {
        self.0.push(Span { style, text: text.into() });
        self
    }

    /// Heavier text.
    pub fn strong(text: impl Into<String>) -> Self {
        Self::default().and(Style::Strong, text)
    }

    /// Lighter text.
    pub fn soft(text: impl Into<String>) -> Self {
        Self::default().and(Style::Soft, text)
    }

    /// Text in letters of one width.
    pub fn mono(text: impl Into<String>) -> Self {
        Self::default().and(Style::Mono, text)
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::default().and(Style::Plain, text)
    }
}

impl<T: Into<Text>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::Text(vec![text.into()])
    }
}
