//! How much a report says: texts are cut, and rows left out, before it becomes longer than anybody sets for a
//! stranger. What is left out is said to be; no real facility comes near it.

use closedset_pdf::{Cell, LINE_COST, Table, Text, shown_length};

/// The most rows of tables.
const ROW_LIMIT: usize = 20_000;
/// The most letters, each line end as dear as [`LINE_COST`] of them.
const LETTER_LIMIT: usize = 2_000_000;
/// The most letters of one text.
const TEXT_LIMIT: usize = 1_500;
/// What is left of a text when all letters are used up.
const STUMP: usize = 60;
/// A text has at most a line for so many of the letters that it may have.
const LETTERS_OF_LINE: usize = 20;

/// What may still be said.
#[derive(Debug)]
pub(super) struct Budget {
    rows: usize,
    letters: usize,
    is_shortened: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(ROW_LIMIT, LETTER_LIMIT)
    }
}

impl Budget {
    pub(super) const fn new(rows: usize, letters: usize) -> Self {
        Self { rows, letters, is_shortened: false }
    }

    /// Whether something could not be said.
    pub(super) const fn is_shortened(&self) -> bool {
        self.is_shortened
    }

    /// Whether another row may be said; it is counted.
    pub(super) fn takes_row(&mut self) -> bool {
        if self.rows == 0 || self.letters == 0 {
            self.is_shortened = true;
            return false;
        }
        self.rows -= 1;
        true
    }

    /// Adds rows to a table, at most `limit` and as many as may be said; yields how many.
    pub(super) fn fill<T>(
        &mut self,
        table: &mut Table,
        rows: impl IntoIterator<Item = T>,
        limit: usize,
        row: impl Fn(T) -> Vec<Cell>,
    ) -> usize {
        let mut count = 0;
        for one in rows.into_iter().take(limit) {
            if !self.takes_row() {
                break;
            }
            let cells = row(one);
            self.charge(cells.iter().map(cell_cost).sum());
            table.push(cells);
            count += 1;
        }
        count
    }

    /// As much of a text as is shown of one, and may still be said.
    pub(super) fn text(&mut self, text: impl AsRef<str>) -> String {
        self.text_of(text, TEXT_LIMIT)
    }

    /// The same of a text that is to be shorter.
    pub(super) fn text_of(&mut self, text: impl AsRef<str>, limit: usize) -> String {
        let allowed = limit.min(self.letters.max(STUMP));
        let cut = cut_to(text.as_ref(), allowed);
        self.is_shortened |= allowed < limit && cut.len() < text.as_ref().len();
        self.charge(cost(&cut));
        cut
    }

    pub(super) fn charge(&mut self, letters: usize) {
        self.letters = self.letters.saturating_sub(letters);
    }
}

/// As much of a text as is shown of one.
pub(super) fn cut(text: impl AsRef<str>) -> String {
    cut_to(text, TEXT_LIMIT)
}

/// As much of a text as takes no more than `limit` letters, and not many lines.
pub(super) fn cut_to(text: impl AsRef<str>, limit: usize) -> String {
    let text = text.as_ref();
    let (mut letters, mut lines) = (0, 0);
    for (at, letter) in text.char_indices() {
        letters += shown_length(letter);
        lines += usize::from(letter == '\n');
        if letters > limit || lines > (limit / LETTERS_OF_LINE).max(1) {
            return format!("{}\u{2026}", &text[..at]);
        }
    }
    text.to_owned()
}

fn cost(text: &str) -> usize {
    let of = |letter| if letter == '\n' { LINE_COST } else { shown_length(letter) };
    text.chars().map(of).sum::<usize>() + LINE_COST
}

fn cell_cost(cell: &Cell) -> usize {
    match cell {
        Cell::Status(_) => LINE_COST,
        Cell::Text(texts) => texts.iter().map(text_cost).sum(),
    }
}

pub(super) fn text_cost(text: &Text) -> usize {
    text.0.iter().map(|span| cost(&span.text)).sum()
}
