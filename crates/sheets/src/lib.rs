//! Lists that people bring from elsewhere, as a table of texts: comma-separated values in the encodings and with the
//! separators that spreadsheets write, and workbooks (Office Open XML, ISO/IEC 29500).
//!
//! Whoever sends a file may have made it to do harm. What is read is bounded before it is held: the file, what it
//! unpacks to, rows, columns, each cell, and all text together. Formulas are never evaluated; the value that was
//! kept beside them is taken. Macros, links to other files and whatever else a workbook may hold is not looked at.
//!
//! What goes the other way, files that are handed out, is in [`made`].
//!
//! What the columns mean, and whether a cell says something sensible, is decided in `closedset-app`.

mod failure;
pub mod made;
mod separated;
mod table;
mod text;
mod workbook;

pub use failure::SheetError;
pub use table::{Row, Table, cell_name};

/// The largest file, in bytes.
pub const FILE_LIMIT: usize = 20 << 20;
/// The most rows below the heads.
pub const ROW_LIMIT: usize = 100_000;
/// The most columns.
pub const COLUMN_LIMIT: usize = 64;
/// The longest cell of a list, in characters.
pub const CELL_LIMIT: usize = 500;
/// The longest cell where cells hold texts.
pub const LONG_CELL_LIMIT: usize = 4_000;
/// The most bytes that a workbook may unpack to, of what is read of it.
const UNPACKED_LIMIT: u64 = 256 << 20;
/// The most text of all cells, in bytes.
const TEXT_LIMIT: usize = 64 << 20;
/// The heads stand within so many rows from the first that says something: some lists have a caption above.
const CAPTION_ROWS: usize = 20;

/// Reads a list, whatever its form. The heads are the first row that `has_columns` says yes to, on the first sheet
/// that has such a one; where none has, the first row that is not empty.
pub fn read(bytes: &[u8], has_columns: &dyn Fn(&[&str]) -> bool) -> Result<Table, SheetError> {
    if is_workbook(bytes)? {
        return workbook::read(bytes, has_columns);
    }
    separated::read(&text::decode(bytes)?, CELL_LIMIT, has_columns)
}

/// Reads texts, whose cells may be as long as [`LONG_CELL_LIMIT`]: every sheet on which `has_columns` finds heads, in
/// their order; where it finds none, the first that is not empty.
pub fn read_texts(
    bytes: &[u8],
    has_columns: &dyn Fn(&[&str]) -> bool,
) -> Result<Vec<Table>, SheetError> {
    if is_workbook(bytes)? {
        return workbook::read_texts(bytes, has_columns);
    }
    Ok(vec![separated::read(&text::decode(bytes)?, LONG_CELL_LIMIT, has_columns)?])
}

/// Whether the file is a workbook, and not what is no list at all.
fn is_workbook(bytes: &[u8]) -> Result<bool, SheetError> {
    if bytes.len() > FILE_LIMIT {
        return Err(SheetError::TooLarge);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(true);
    }
    // A compound file: a workbook of before 2007, or one behind a password.
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(SheetError::OldWorkbook);
    }
    if bytes.starts_with(b"%PDF") || bytes.starts_with(b"{\\rtf") {
        return Err(SheetError::OtherForm);
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
