//! Separated values (RFC 4180, and what spreadsheets make of it): the separator is what most of the first lines have.

use crate::{CAPTION_ROWS, SheetError, Table, table::Builder};
use csv::{ReaderBuilder, StringRecord, Terminator};

/// What separates cells: commas, semicolons where the comma stands in numbers, tabs.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Reads a text whose lines end in `\n`.
pub(crate) fn read(
    text: &str,
    cell_limit: usize,
    has_columns: &dyn Fn(&[&str]) -> bool,
) -> Result<Table, SheetError> {
    // Excel's own way to name the separator, in a line before everything.
    let (separator, said) = match text.as_bytes() {
        [b's', b'e', b'p', b'=', separator, b'\n', ..] if SEPARATORS.contains(separator) => {
            (*separator, 6)
        }
        _ => (separator_of(text), 0),
    };
    let text = text.get(said..).unwrap_or_default();
    let mut number: u32 = if said > 0 { 1 } else { 0 };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(text.as_bytes());
    let (mut builder, mut record) = (Builder::new(cell_limit), StringRecord::new());
    loop {
        let begin = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        // What was a text is one in each part.
        if !reader.read_record(&mut record).map_err(|_| SheetError::OtherForm)? {
            break;
        }
        // Empty lines are rows to a spreadsheet, and nothing to the reader.
        let lines = text.as_bytes().get(begin..).unwrap_or_default();
        let empty = lines.iter().take_while(|byte| **byte == b'\n').count();
        number = number.saturating_add(u32::try_from(empty).unwrap_or(u32::MAX)).saturating_add(1);
        builder.row(number)?;
        for (column, cell) in record.iter().enumerate() {
            builder.cell(column, plain(cell))?;
        }
    }
    builder.end(None, has_columns)
}

/// A cell without the apostrophe by which we, and others, keep spreadsheets from taking it for a formula.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) => rest,
        _ => cell,
    }
}

/// The separator that stands in the most of the first lines, and there most often. What is quoted does not count; one
/// line alone does not decide, for it may be a caption.
fn separator_of(text: &str) -> u8 {
    let mut counts = [(0_usize, 0_usize); SEPARATORS.len()];
    let mut is_quoted = false;
    for line in text.lines().filter(|line| !line.trim().is_empty()).take(CAPTION_ROWS) {
        let mut seen = [0_usize; SEPARATORS.len()];
        for byte in line.bytes() {
            is_quoted ^= byte == b'"';
            if let Some(at) = SEPARATORS.iter().position(|separator| *separator == byte)
                && !is_quoted
                && let Some(count) = seen.get_mut(at)
            {
                *count += 1;
            }
        }
        for ((lines, all), seen) in counts.iter_mut().zip(seen) {
            *lines += usize::from(seen > 0);
            *all += seen;
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let found = SEPARATORS.iter().zip(counts).find(|(_, count)| *count == most);
    found.map_or(b',', |(separator, _)| *separator)
}
