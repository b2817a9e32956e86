//! Tables for spreadsheets: comma-separated values as RFC 4180 writes them, in UTF-8 with a mark at the beginning,
//! without which Excel takes it for another encoding.

use std::{borrow::Cow, fmt::Write};

/// A table that begins.
pub(crate) struct Table(String);

impl Table {
    /// One with these heads.
    pub(crate) fn new(heads: &[&str]) -> Self {
        let mut table = Self(String::from('\u{feff}'));
        table.line(heads);
        table
    }

    /// Another line.
    pub(crate) fn line<T: AsRef<str>>(&mut self, cells: &[T]) {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell.as_ref())).collect();
        let _ = write!(self.0, "{}\r\n", cells.join(","));
    }

    /// The file.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// A cell that no spreadsheet takes for a formula.
pub(crate) fn harmless(cell: &str) -> Cow<'_, str> {
    let is_formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", harmless(cell).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_ends_early() {
        for (cell, written) in [
            ("Halide", "\"Halide\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("a,b\r\n=1", "\"a,b\r\n=1\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
        let mut table = Table::new(&["Name"]);
        table.line(&["Zoë"]);
        assert_eq!(table.into_bytes(), "\u{feff}\"Name\"\r\n\"Zoë\"\r\n".as_bytes());
    }
}
