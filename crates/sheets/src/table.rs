//! The table that was read: texts in rows and columns, each held once, and empty rows not at all.

use crate::{CAPTION_ROWS, COLUMN_LIMIT, ROW_LIMIT, SheetError, TEXT_LIMIT};

/// Rows of texts below their heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    sheet: Option<String>,
    cells: Cells,
    head: usize,
}

impl Table {
    /// The name of the sheet, of a workbook.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// How much text its cells hold, in bytes.
    pub(crate) fn text_length(&self) -> usize {
        self.cells.text.len()
    }

    /// The heads of the columns.
    pub fn heads(&self) -> Vec<&str> {
        self.cells.row(self.head).map(|row| row.cells().collect()).unwrap_or_default()
    }

    /// The number of the row of heads.
    pub fn head_row(&self) -> u32 {
        self.cells.row(self.head).map_or(1, |row| row.number)
    }

    /// The rows below the heads that say something, from top to bottom.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.cells.rows_from(self.head + 1)
    }
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'t> {
    /// Its number as a spreadsheet shows it, from 1.
    pub number: u32,
    cells: &'t Cells,
    first: usize,
    end: usize,
}

impl<'t> Row<'t> {
    /// The text of a column, from 0; empty where nothing stands.
    pub fn cell(&self, column: usize) -> &'t str {
        let at = self.first + column;
        if at < self.end { self.cells.cell(at) } else { "" }
    }

    fn cells(self) -> impl Iterator<Item = &'t str> {
        (self.first..self.end).map(move |at| self.cells.cell(at))
    }
}

/// What a spreadsheet calls the cell in this column, from 0, of this row, from 1: `C17`.
pub fn cell_name(column: usize, row: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    format!("{}{row}", letters.iter().rev().collect::<String>())
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Cells {
    text: String,
    /// Where each cell's text ends.
    ends: Vec<u32>,
    /// Each row's number and its first cell.
    rows: Vec<(u32, u32)>,
}

impl Cells {
    fn cell(&self, at: usize) -> &str {
        let end = |at: usize| self.ends.get(at).map_or(self.text.len(), |end| *end as usize);
        let first = if at == 0 { 0 } else { end(at - 1) };
        self.text.get(first..end(at)).unwrap_or_default()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let (number, first) = *self.rows.get(at)?;
        let end = self.rows.get(at + 1).map_or(self.ends.len(), |(_, next)| *next as usize);
        Some(Row { number, cells: self, first: first as usize, end })
    }

    fn rows_from(&self, first: usize) -> impl ExactSizeIterator<Item = Row<'_>> {
        let ends = self.rows.iter().skip(first + 1).map(|(_, next)| *next as usize);
        let mut ends = ends.chain([self.ends.len()]);
        self.rows.iter().skip(first).map(move |(number, first)| Row {
            number: *number,
            cells: self,
            first: *first as usize,
            end: ends.next().unwrap_or(self.ends.len()),
        })
    }
}

/// A table that is being read, row by row from the top.
#[derive(Debug)]
pub(crate) struct Builder {
    /// The longest cell, in characters.
    cell_limit: usize,
    cells: Cells,
    /// The row that is being read: its number, and how many cells of it stand there.
    open: Option<(u32, usize)>,
}

impl Builder {
    /// One that is empty, for cells of at most so many characters.
    pub(crate) fn new(cell_limit: usize) -> Self {
        Self { cell_limit, cells: Cells::default(), open: None }
    }

    /// The longest cell, in characters.
    pub(crate) const fn cell_limit(&self) -> usize {
        self.cell_limit
    }

    /// Begins the next row; one that stays empty is not kept.
    pub(crate) fn row(&mut self, number: u32) -> Result<(), SheetError> {
        self.end_row();
        // What lies above the heads comes on top.
        if self.cells.rows.len() > ROW_LIMIT + CAPTION_ROWS {
            return Err(SheetError::TooManyRows);
        }
        self.open = Some((number, 0));
        Ok(())
    }

    /// Sets a cell, columns from left to right. What shows as nothing is none.
    pub(crate) fn cell(&mut self, column: usize, text: &str) -> Result<(), SheetError> {
        let Some((number, written)) = self.open else { return Ok(()) };
        let text = text.trim();
        if text.is_empty() || column < written {
            return Ok(());
        }
        if column >= COLUMN_LIMIT {
            return Err(SheetError::TooManyColumns(cell_name(column, number)));
        }
        if text.chars().nth(self.cell_limit).is_some() {
            return Err(self.too_long(column, number));
        }
        if self.cells.text.len() + text.len() > TEXT_LIMIT {
            return Err(SheetError::TooMuchText);
        }
        let index = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        if written == 0 {
            self.cells.rows.push((number, index(self.cells.ends.len())));
        }
        for _ in written..column {
            self.cells.ends.push(index(self.cells.text.len()));
        }
        self.cells.text.push_str(text);
        self.cells.ends.push(index(self.cells.text.len()));
        self.open = Some((number, column + 1));
        Ok(())
    }

    /// That a cell is longer than may be.
    pub(crate) fn too_long(&self, column: usize, row: u32) -> SheetError {
        SheetError::CellTooLong { cell: cell_name(column, row), limit: self.cell_limit }
    }

    fn end_row(&mut self) {
        self.open = None;
    }

    /// Whether as many rows were read as the heads may stand among.
    pub(crate) fn has_captions(&self) -> bool {
        self.cells.rows.len() > CAPTION_ROWS
    }

    /// Whether nothing was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.rows.is_empty()
    }

    /// Where the row with the columns stands among the first.
    pub(crate) fn head(&self, has_columns: &dyn Fn(&[&str]) -> bool) -> Option<usize> {
        (0..CAPTION_ROWS).find(|at| {
            let cells = self.cells.row(*at).map(|row| row.cells().collect::<Vec<_>>());
            cells.is_some_and(|cells| has_columns(&cells))
        })
    }

    /// The table.
    pub(crate) fn end(
        self,
        sheet: Option<String>,
        has_columns: &dyn Fn(&[&str]) -> bool,
    ) -> Result<Table, SheetError> {
        if self.is_empty() {
            return Err(SheetError::Empty);
        }
        let head = self.head(has_columns).unwrap_or(0);
        if self.cells.rows.len() > head + 1 + ROW_LIMIT {
            return Err(SheetError::TooManyRows);
        }
        Ok(Table { sheet, cells: self.cells, head })
    }
}
