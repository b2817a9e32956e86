//! Workbooks (.xlsx): an archive of XML parts, of which four kinds are read: which sheets there are, the texts that
//! cells share, which styles show a day, and the cells.
//!
//! A library that reads all of the format stands on another unpacker than our reports are packed with, and only one
//! can be built in; so this reads what a list needs, as a stream, and holds no more of it than the table.

mod days;
mod parts;
mod sheet;
mod xml;

use crate::{SheetError, Table, UNPACKED_LIMIT, table::Builder};
use parts::{Shared, Sheet};
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
    let mut archive = Archive::open(bytes)?;
    let book = parts::book(&mut archive)?;
    let shared = parts::shared(&mut archive, &book)?;
    let (mut chosen, mut first): (Option<&Sheet>, Option<&Sheet>) = (None, None);
    for sheet in book.sheets.iter().take(SHEETS) {
        let top = cells(&mut archive, sheet, &shared, Reach::Captions)?;
        if top.head(has_columns).is_some() {
            chosen = Some(sheet);
            break;
        }
        first = first.or((!top.is_empty()).then_some(sheet));
    }
    let sheet = chosen.or(first).ok_or(SheetError::Empty)?;
    let all = cells(&mut archive, sheet, &shared, Reach::All)?;
    all.end(Some(sheet.name.clone()), has_columns)
}

/// How far a sheet is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The rows among which the heads stand.
    Captions,
    /// To its end.
    All,
}

fn cells(
    archive: &mut Archive<'_>,
    sheet: &Sheet,
    shared: &Shared,
    reach: Reach,
) -> Result<Builder, SheetError> {
    archive.part(&sheet.part, |xml| sheet::cells(xml, shared, reach))
}
