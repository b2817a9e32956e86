//! The cells of a sheet.

use super::{
    Reach, days,
    parts::Shared,
    xml::{Element, Node, Xml},
};
use crate::{SheetError, table::Builder};

/// Columns of a sheet at most, and rows (Excel's own limits).
const COLUMNS: usize = 16_384;
const ROWS: u32 = 1_048_576;

/// A cell that is being read.
struct Cell {
    column: usize,
    kind: String,
    style: usize,
    value: String,
}

/// Reads the cells of a sheet into an empty table.
pub(super) fn cells(
    xml: &mut Xml<'_>,
    shared: &Shared,
    (reach, mut builder): (Reach, Builder),
) -> Result<Builder, SheetError> {
    let (mut row, mut column) = (0_u32, 0_usize);
    let mut cell: Option<Cell> = None;
    // A value stands in `v`, a text of the cell's own in `t`; how it is read aloud, and formulas, do not count.
    let (mut is_value, mut is_reading) = (false, false);
    let damaged = xml.damaged();
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "row" => {
                    let number = match element.attribute("r") {
                        Some(text) => text.parse().map_err(|_| damaged.clone())?,
                        None => row.saturating_add(1),
                    };
                    if number <= row || number > ROWS {
                        return Err(damaged);
                    }
                    (row, column) = (number, 0);
                    if reach == Reach::Captions && builder.has_captions() {
                        return Ok(builder);
                    }
                    builder.row(row)?;
                }
                "c" => {
                    column = column_of(&element).unwrap_or(Some(column)).ok_or(damaged.clone())?;
                    cell = Some(begun(&element, column));
                    column += 1;
                }
                "v" | "t" => is_value = true,
                "rPh" => is_reading = true,
                _ => {}
            },
            Node::Text(text) => {
                if let Some(cell) = cell.as_mut().filter(|_| is_value && !is_reading) {
                    // Four bytes a character are the most; blanks around it are cut off later.
                    if cell.value.len() + text.len() > builder.cell_limit() * 16 {
                        return Err(builder.too_long(cell.column, row));
                    }
                    cell.value.push_str(&text);
                }
            }
            Node::Close(name) => match name.as_str() {
                "v" | "t" => is_value = false,
                "rPh" => is_reading = false,
                "c" => {
                    if let Some(cell) = cell.take() {
                        let shown = shown(&cell, shared).ok_or_else(|| damaged.clone())?;
                        builder.cell(cell.column, &shown)?;
                    }
                }
                "sheetData" => return Ok(builder),
                _ => {}
            },
            Node::End => return Ok(builder),
        }
    }
}

fn begun(element: &Element<'_>, column: usize) -> Cell {
    let style = element.attribute("s").and_then(|style| style.parse().ok()).unwrap_or(0);
    let kind = element.attribute("t").unwrap_or_default();
    Cell { column, kind, style, value: String::new() }
}

/// The column that a cell names, from 0: `B17` is 1. None where it names none; none within where that is no column.
fn column_of(element: &Element<'_>) -> Option<Option<usize>> {
    let name = element.attribute("r")?;
    let mut column = 0_usize;
    for letter in name.bytes().take_while(u8::is_ascii_uppercase).take(4) {
        column = column * 26 + usize::from(letter - b'A') + 1;
    }
    Some(column.checked_sub(1).filter(|column| *column < COLUMNS))
}

/// What a cell shows; none where it points to a text that is not there.
fn shown(cell: &Cell, shared: &Shared) -> Option<String> {
    let value = cell.value.trim();
    if value.is_empty() {
        return Some(String::new());
    }
    Some(match cell.kind.as_str() {
        "s" => shared.text(value.parse().ok()?)?.to_owned(),
        "b" => if value == "0" { "FALSE" } else { "TRUE" }.to_owned(),
        "str" | "inlineStr" | "e" => value.to_owned(),
        "d" => value.strip_suffix("T00:00:00").unwrap_or(value).to_owned(),
        _ => match value.parse::<f64>() {
            Ok(number) if shared.shows_day(cell.style) => {
                days::of_number(number, shared.begins_1904).unwrap_or_else(|| value.to_owned())
            }
            // A long whole number may be kept as 3.46E10: a telephone is.
            Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
            _ => value.to_owned(),
        },
    })
}
