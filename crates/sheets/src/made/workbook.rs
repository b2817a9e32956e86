//! A workbook: texts in rows below heads, on one sheet or several.

use super::{MadeError, RELATION, RELATIONS, archive, escaped, package};
use crate::cell_name;

/// The namespace of workbooks.
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
/// The longest text that a cell holds (Excel's limit is 32,767 characters, in UTF-16).
const CELL_UNITS: usize = 32_000;
/// The height of a line, in points.
const LINE_POINTS: usize = 15;
/// A row is at most 409 points high.
const MOST_LINES: usize = 27;
/// The longest name of a sheet.
const NAME_LIMIT: usize = 31;

/// A sheet.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The heads, each with the width of its column in letters.
    pub heads: Vec<(String, u16)>,
    /// The rows below.
    pub rows: Vec<Vec<String>>,
}

/// The file of a workbook. Every cell is a text. One that is longer than a cell may be is cut, which it says.
pub fn workbook(title: &str, sheets: &[Sheet]) -> Result<Vec<u8>, MadeError> {
    let names: Vec<String> =
        (1..=sheets.len()).map(|number| format!("xl/worksheets/sheet{number}.xml")).collect();
    let mut kinds = vec![
        ("xl/workbook.xml", "spreadsheetml.sheet.main"),
        ("xl/styles.xml", "spreadsheetml.styles"),
    ];
    kinds.extend(names.iter().map(|name| (name.as_str(), "spreadsheetml.worksheet")));
    let mut parts = package(&kinds, "xl/workbook.xml", title);
    let mut list = format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATION}\"><sheets>");
    let mut relations = format!(
        "<Relationships xmlns=\"{RELATIONS}\">\
         <Relationship Id=\"styles\" Type=\"{RELATION}/styles\" Target=\"styles.xml\"/>"
    );
    for (number, sheet) in (1..).zip(sheets) {
        list += &format!(
            "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"s{number}\"/>",
            escaped(&sheet_name(&sheet.name, number))
        );
        relations += &format!(
            "<Relationship Id=\"s{number}\" Type=\"{RELATION}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
    }
    parts.push(("xl/workbook.xml".to_owned(), list + "</sheets></workbook>"));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations + "</Relationships>"));
    parts.push(("xl/styles.xml".to_owned(), styles()));
    parts.extend(names.into_iter().zip(sheets.iter().map(body)));
    archive(&parts)
}

/// Two looks: 1 is a head's, 2 a text's that breaks into lines.
fn styles() -> String {
    format!(
        "<styleSheet xmlns=\"{MAIN}\">\
         <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
         <font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"3\"><xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
         <xf numFmtId=\"49\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
         <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyAlignment=\"1\">\
         <alignment vertical=\"top\" wrapText=\"1\"/></xf></cellXfs>\
         <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
    )
}

/// A sheet with its heads held in sight.
fn body(sheet: &Sheet) -> String {
    let mut text = format!(
        "<worksheet xmlns=\"{MAIN}\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews><sheetView workbookViewId=\"0\">\
         <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
    );
    if !sheet.heads.is_empty() {
        text += "<cols>";
    }
    for (column, (_, width)) in (1..).zip(&sheet.heads) {
        text += &format!(
            "<col min=\"{column}\" max=\"{column}\" width=\"{width}\" customWidth=\"1\"/>"
        );
    }
    text += if sheet.heads.is_empty() { "<sheetData>" } else { "</cols><sheetData>" };
    let heads: Vec<&str> = sheet.heads.iter().map(|(head, _)| head.as_str()).collect();
    let widths: Vec<u16> = sheet.heads.iter().map(|(_, width)| *width).collect();
    row(&mut text, (1, 1), &widths, &heads);
    for (number, cells) in (2..).zip(&sheet.rows) {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        row(&mut text, (number, 2), &widths, &cells);
    }
    // Printed on A4, as wide as the page.
    text + "</sheetData><pageSetup paperSize=\"9\" orientation=\"landscape\" fitToWidth=\"1\" fitToHeight=\"0\"/></worksheet>"
}

/// A row as high as its longest cell needs, as far as that can be guessed: not every program finds out by itself.
fn row(text: &mut String, (number, look): (u32, u8), widths: &[u16], cells: &[&str]) {
    let lines = |(cell, width): (&&str, &u16)| {
        // A line breaks between words, not at its end.
        let width = (usize::from(*width) * 9 / 10).max(1);
        cell.lines().map(|line| line.chars().count().div_ceil(width).max(1)).sum::<usize>()
    };
    let lines = cells.iter().zip(widths).map(lines).max().unwrap_or(1).clamp(1, MOST_LINES);
    let height = lines * LINE_POINTS;
    *text += &format!("<row r=\"{number}\" ht=\"{height}\" customHeight=\"1\">");
    for (column, cell) in cells.iter().enumerate() {
        *text += &format!(
            "<c r=\"{}\" s=\"{look}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            cell_name(column, number),
            escaped(&unfolded(&cut(cell)))
        );
    }
    *text += "</row>";
}

fn cut(cell: &str) -> String {
    let mut units = 0;
    for (place, letter) in cell.char_indices() {
        units += letter.len_utf16();
        if units > CELL_UNITS {
            return format!("{} … (cut: it is longer than a cell may be)", &cell[..place]);
        }
    }
    cell.to_owned()
}

/// The text so that nothing in it is taken for the code of a letter, `_x0041_` (22.9.2.19, `ST_Xstring`).
fn unfolded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (place, letter) in text.char_indices() {
        let is_code = letter == '_'
            && bytes.get(place + 1).is_some_and(|next| next.eq_ignore_ascii_case(&b'x'))
            && bytes
                .get(place + 2..place + 6)
                .is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit))
            && bytes.get(place + 6) == Some(&b'_');
        if is_code {
            out.push_str("_x005F");
        }
        out.push(letter);
    }
    out
}

/// A name that a sheet may have.
fn sheet_name(name: &str, number: usize) -> String {
    let plain = |letter: &char| !letter.is_control() && !"[]:*?/\\'".contains(*letter);
    let name: String = name.chars().filter(plain).take(NAME_LIMIT).collect();
    if name.trim().is_empty() { format!("Sheet {number}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    fn made(rows: &[&[&str]]) -> Vec<u8> {
        let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect());
        let sheet = Sheet {
            name: "A/nswers: [all]".into(),
            heads: vec![("Question".into(), 40), ("Answer & more".into(), 60)],
            rows: rows.collect(),
        };
        workbook("Answers <1>", &[sheet, Sheet::default()]).unwrap()
    }

    #[test]
    fn what_was_put_in_is_read_back() {
        let cells = ["<b>&\"'", "=1+1", "two\nlines", "Zoë 🎬", " spaces ", "a\u{1}b"];
        let rows: Vec<Vec<&str>> = cells.iter().map(|cell| vec!["q", *cell]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let table = read(&made(&rows), &|heads| heads.contains(&"Question")).unwrap();
        assert_eq!(table.heads(), ["Question", "Answer & more"]);
        let read: Vec<String> = table.rows().map(|row| row.cell(1).to_owned()).collect();
        let trimmed = |cell: &str| cell.replace('\u{1}', "").trim().to_owned();
        let read: Vec<String> = read.iter().map(|cell| trimmed(cell)).collect();
        assert_eq!(read, cells.map(trimmed));
    }

    #[test]
    fn nothing_in_a_text_is_taken_for_the_code_of_a_letter() {
        for (text, written) in [
            ("_x0041_", "_x005F_x0041_"),
            ("a_X00e9_b", "a_x005F_X00e9_b"),
            ("_x004", "_x004"),
            ("_x00é1_", "_x00é1_"),
            ("snake_case_x", "snake_case_x"),
        ] {
            assert_eq!(unfolded(text), written);
        }
    }

    #[test]
    fn the_same_becomes_the_same_bytes() {
        assert_eq!(made(&[&["a", "b"]]), made(&[&["a", "b"]]));
        assert_ne!(made(&[&["a", "b"]]), made(&[&["a", "c"]]));
    }

    #[test]
    fn sheets_are_called_as_they_may_be() {
        assert_eq!(sheet_name("", 3), "Sheet 3");
        assert_eq!(sheet_name("A/nswers: [all]", 1), "Answers all");
        assert_eq!(sheet_name(&"x".repeat(40), 1).len(), NAME_LIMIT);
    }

    #[test]
    fn a_text_that_no_cell_holds_is_cut_and_says_so() {
        let long = "🎬".repeat(20_000);
        let cell = cut(&long);
        assert!(cell.encode_utf16().count() < 32_767 && cell.ends_with("a cell may be)"));
        assert_eq!(cut("short"), "short");
    }
}
