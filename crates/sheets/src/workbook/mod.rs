//! Workbooks (.xlsx): an archive of XML parts, of which four kinds are read: which sheets there are, the texts that
//! cells share, which styles show a day, and the cells.
//!
//! A library that reads all of the format stands on another unpacker than our reports are packed with, and only one
//! can be built in; so this reads what a list needs, as a stream, and holds no more of it than the table.

mod days;
mod parts;
mod sheet;
mod xml;

use crate::{
    CELL_LIMIT, LONG_CELL_LIMIT, SheetError, TEXT_LIMIT, Table, UNPACKED_LIMIT, table::Builder,
};
use parts::{Book, Shared};
use std::{cell::Cell, io::Cursor};
use xml::Xml;
use zip::ZipArchive;

/// More sheets are not looked at.
const SHEETS: usize = 50;

/// The archive, and how much it may still unpack to.
struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    left: Cell<u64>,
}

impl<'b> Archive<'b> {
    fn open(bytes: &'b [u8]) -> Result<Self, SheetError> {
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| SheetError::Damaged("its archive cannot be opened".to_owned()))?;
        Ok(Self { zip, left: Cell::new(UNPACKED_LIMIT) })
    }

    fn has(&self, part: &str) -> bool {
        self.zip.index_for_name(part).is_some()
    }

    /// Reads a part as XML.
    fn part<T>(
        &mut self,
        part: &str,
        read: impl FnOnce(&mut Xml<'_>) -> Result<T, SheetError>,
    ) -> Result<T, SheetError> {
        let file = self
            .zip
            .by_name(part)
            .map_err(|_| SheetError::Damaged(format!("{part} cannot be opened")))?;
        if file.size() > self.left.get() {
            return Err(SheetError::UnpacksToTooMuch);
        }
        read(&mut Xml::new(Box::new(file), &self.left, part))
    }
}

/// Reads the first sheet with the columns.
pub(crate) fn read(
    bytes: &[u8],
    has_columns: &dyn Fn(&[&str]) -> bool,
) -> Result<Table, SheetError> {
    let mut book = Opened::open(bytes, CELL_LIMIT)?;
    let (mut chosen, mut first) = (None, None);
    for sheet in 0..book.sheets() {
        let top = book.cells(sheet, Reach::Captions)?;
        if top.head(has_columns).is_some() {
            chosen = Some(sheet);
            break;
        }
        first = first.or((!top.is_empty()).then_some(sheet));
    }
    book.table(chosen.or(first).ok_or(SheetError::Empty)?, has_columns)
}

/// Reads every sheet with the columns.
pub(crate) fn read_texts(
    bytes: &[u8],
    has_columns: &dyn Fn(&[&str]) -> bool,
) -> Result<Vec<Table>, SheetError> {
    let mut book = Opened::open(bytes, LONG_CELL_LIMIT)?;
    let (mut tables, mut first) = (Vec::<Table>::new(), None);
    for sheet in 0..book.sheets() {
        let top = book.cells(sheet, Reach::Captions)?;
        if top.head(has_columns).is_some() {
            tables.push(book.table(sheet, has_columns)?);
            // A text that cells share is held for each of them.
            if tables.iter().map(Table::text_length).sum::<usize>() > TEXT_LIMIT {
                return Err(SheetError::TooMuchText);
            }
        }
        first = first.or((!top.is_empty()).then_some(sheet));
    }
    if tables.is_empty() {
        tables.push(book.table(first.ok_or(SheetError::Empty)?, has_columns)?);
    }
    Ok(tables)
}

/// A workbook that is being read.
struct Opened<'b> {
    archive: Archive<'b>,
    book: Book,
    shared: Shared,
    cell_limit: usize,
}

impl<'b> Opened<'b> {
    fn open(bytes: &'b [u8], cell_limit: usize) -> Result<Self, SheetError> {
        let mut archive = Archive::open(bytes)?;
        let book = parts::book(&mut archive)?;
        let shared = parts::shared(&mut archive, &book)?;
        Ok(Self { archive, book, shared, cell_limit })
    }

    /// How many sheets are looked at.
    fn sheets(&self) -> usize {
        self.book.sheets.len().min(SHEETS)
    }

    fn cells(&mut self, sheet: usize, reach: Reach) -> Result<Builder, SheetError> {
        let sheet = self.book.sheets.get(sheet).ok_or(SheetError::Empty)?;
        let (shared, cell_limit) = (&self.shared, self.cell_limit);
        self.archive
            .part(&sheet.part, |xml| sheet::cells(xml, shared, (reach, Builder::new(cell_limit))))
    }

    fn table(
        &mut self,
        sheet: usize,
        has_columns: &dyn Fn(&[&str]) -> bool,
    ) -> Result<Table, SheetError> {
        let name = self.book.sheets.get(sheet).map(|sheet| sheet.name.clone());
        self.cells(sheet, Reach::All)?.end(name, has_columns)
    }
}

/// How far a sheet is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The rows among which the heads stand.
    Captions,
    /// To its end.
    All,
}
