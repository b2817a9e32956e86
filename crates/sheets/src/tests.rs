//! Lists as programs write them, and as somebody does who means harm.

mod book;

use crate::{
    CELL_LIMIT, COLUMN_LIMIT, LONG_CELL_LIMIT, ROW_LIMIT, SheetError, Table, cell_name, read,
    read_texts,
};
use book::Book;

fn has_name(heads: &[&str]) -> bool {
    heads.contains(&"Name")
}

fn table(bytes: &[u8]) -> Table {
    read(bytes, &has_name).unwrap()
}

fn refusal(bytes: &[u8]) -> SheetError {
    read(bytes, &has_name).unwrap_err()
}

/// Each row's number and what stands in its first three columns.
fn rows(table: &Table) -> Vec<(u32, [&str; 3])> {
    table.rows().map(|row| (row.number, [row.cell(0), row.cell(1), row.cell(2)])).collect()
}

#[test]
fn cells_are_called_as_a_spreadsheet_calls_them() {
    for (column, row, name) in
        [(0, 1, "A1"), (2, 17, "C17"), (25, 2, "Z2"), (26, 2, "AA2"), (63, 100_001, "BL100001")]
    {
        assert_eq!(cell_name(column, row), name);
    }
}

#[test]
fn a_caption_does_not_decide_what_separates() {
    for text in [
        "The crew of 2026\n\nName;Form\nA, B;C\n",
        "The crew, the cast, the rest\nName;Form\nAB;C\nD;E\n",
        "\"The crew;\nand; the rest\"\nName\tForm\nA; B\tC\n",
    ] {
        let table = table(text.as_bytes());
        assert_eq!((table.heads().len(), table.rows().len() > 0), (2, true), "{text}");
    }
}

#[test]
fn every_separator_and_encoding_that_spreadsheets_write_is_read() {
    let utf_16 = |text: &str, big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let expected = [(2, ["Zoë", "grüßt", ""])];
    for text in ["Name,Job\nZoë,grüßt\n", "Name;Job\r\nZoë;\"grüßt\"\r\n", "Name\tJob\rZoë\tgrüßt"]
    {
        assert_eq!(rows(&table(text.as_bytes())), expected, "{text:?}");
        assert_eq!(rows(&table(format!("\u{feff}{text}").as_bytes())), expected, "{text:?}");
        assert_eq!(rows(&table(&utf_16(text, true))), expected, "{text:?}");
        assert_eq!(rows(&table(&utf_16(text, false))), expected, "{text:?}");
        let latin: Vec<u8> =
            text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        assert_eq!(rows(&table(&latin)), expected, "{text:?}");
    }
    // Beyond Latin-1, as Windows has it.
    assert_eq!(rows(&table(b"Name\nAda \x96 \x80\n")), [(2, ["Ada – €", "", ""])]);
    assert_eq!(rows(&table(b"sep=;\nName;Job\na,b;c\n")), [(3, ["a,b", "c", ""])]);
}

#[test]
fn rows_have_the_numbers_that_a_spreadsheet_shows() {
    let text = "\n\nMembers of staff\n\nName,Job\n\n\nAda,\"two\nlines\"\n\n,\nBen,x\n\n";
    let table = table(text.as_bytes());
    assert_eq!((table.head_row(), table.heads()), (5, vec!["Name", "Job"]));
    assert_eq!(rows(&table), [(8, ["Ada", "two\nlines", ""]), (11, ["Ben", "x", ""])]);
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(read(crlf.as_bytes(), &has_name).unwrap(), table);
}

#[test]
fn what_kept_a_cell_from_being_a_formula_is_taken_off() {
    let table = table(b"Name,Phone\n'=A,'+34 600\n'Tis,O'Neil\n");
    assert_eq!(rows(&table), [(2, ["=A", "+34 600", ""]), (3, ["'Tis", "O'Neil", ""])]);
}

#[test]
fn without_the_columns_the_first_row_is_the_heads() {
    let table = table(b"Who,What\nAda,x\n");
    assert_eq!(table.heads(), ["Who", "What"]);
    assert_eq!(refusal(b""), SheetError::Empty);
    assert_eq!(refusal(b"\xef\xbb\xbf\r\n , ,\r\n"), SheetError::Empty);
}

#[test]
fn separated_values_are_bounded() {
    let long = "x".repeat(CELL_LIMIT);
    assert_eq!(table(format!("Name\n{long}\n").as_bytes()).rows().len(), 1);
    let refused = refusal(format!("Name,Job\nAda,x\nBen,{long}x\n").as_bytes());
    assert_eq!(refused, SheetError::CellTooLong { cell: "B3".into(), limit: 500 });
    // A quotation mark that is not closed takes the rest of the file into its cell.
    let open = format!("Name,Job\n\"Ada,x\n{}", "Ben,x\n".repeat(200));
    assert_eq!(refusal(open.as_bytes()), SheetError::CellTooLong { cell: "A2".into(), limit: 500 });
    let commas = ",".repeat(COLUMN_LIMIT);
    assert_eq!(table(format!("Name\nAda{commas}\n").as_bytes()).rows().len(), 1);
    let refused = refusal(format!("Name\nAda{commas}x\n").as_bytes());
    assert_eq!(refused, SheetError::TooManyColumns("BM2".into()));
    let many = format!("Name\n{}", "a\n".repeat(ROW_LIMIT));
    assert_eq!(table(many.as_bytes()).rows().len(), ROW_LIMIT);
    assert_eq!(refusal(format!("{many}a\n").as_bytes()), SheetError::TooManyRows);
    assert_eq!(refusal(&vec![b'a'; crate::FILE_LIMIT + 1]), SheetError::TooLarge);
}

#[test]
fn other_files_are_told_from_lists() {
    for bytes in [
        &b"%PDF-1.7\n"[..],
        b"{\\rtf1 Name}",
        b"Name\0x",
        b"\x7fELF\x02\x01\x01\0\0\0",
        b"\xff\xd8\xff\xe0\x01\x02\x03\x04\x05\x06\x07\x08\x01\x02\x03\x04\x05\x06\x07\x08",
        b"\xff\xfeN\0a\xdc",
    ] {
        assert_eq!(refusal(bytes), SheetError::OtherForm, "{bytes:?}");
    }
    assert_eq!(refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), SheetError::OldWorkbook);
    let document = book::archive(&[("word/document.xml", "<w/>".into())]);
    assert_eq!(refusal(&document), SheetError::OtherForm);
}

#[test]
fn a_workbook_is_read_as_it_shows() {
    let book = Book::new()
        .texts("<si><t>Name</t></si><si><t xml:space=\"preserve\"> Zo&#235; </t></si>\
             <si><r><t>two </t></r><r><t>runs &amp; more</t></r><rPh><t>no</t></rPh></si>")
        .styles("<numFmts><numFmt numFmtId=\"164\" formatCode=\"dd&quot;.&quot;mm.yyyy\"/>\
             <numFmt numFmtId=\"165\" formatCode=\"[Red]&quot;day&quot; 0\\d\"/></numFmts>\
             <cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
             <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs>")
        .sheet("Crew", "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>Day</t></is></c></row>\
             <row><c t=\"s\"><v>1</v></c><c s=\"1\"><v>46295</v></c><c s=\"2\"><v>46295.5</v></c></row>\
             <row r=\"7\"><c r=\"B7\" s=\"3\"><v>46295</v></c><c r=\"C7\" t=\"s\"><v>2</v></c></row>\
             <row r=\"8\"><c r=\"A8\" t=\"str\"><f>1+1</f><v>two</v></c><c r=\"B8\"><v>3.4600111222E10</v></c><c r=\"C8\" t=\"d\"><v>2026-09-30T00:00:00</v></c></row>\
             <row r=\"9\"><c r=\"A9\" s=\"1\"/><c r=\"B9\"><v></v></c></row>\
             <row r=\"10\"><c r=\"A10\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c><c r=\"B10\" t=\"b\"><v>1</v></c><c r=\"C10\"><f>A1</f></c></row>");
    let table = table(&book.bytes());
    assert_eq!((table.sheet(), table.heads()), (Some("Crew"), vec!["Name", "Day"]));
    assert_eq!(
        rows(&table),
        [
            (3, ["Zoë", "2026-09-30", "2026-09-30 12:00:00"]),
            (7, ["", "46295", "two runs & more"]),
            (8, ["two", "34600111222", "2026-09-30"]),
            (10, ["#DIV/0!", "TRUE", ""]),
        ]
    );
}

#[test]
fn days_count_from_1900_or_1904() {
    let cells = "<row><c t=\"str\"><v>Name</v></c></row><row><c s=\"1\"><v>59</v></c></row><row><c s=\"1\"><v>60</v></c></row>\
         <row><c s=\"1\"><v>61</v></c></row><row><c s=\"1\"><v>-1</v></c></row><row><c s=\"1\"><v>1E300</v></c></row>";
    let styles = "<cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs>";
    let book = Book::new().styles(styles).sheet("A", cells);
    let shown = |table: &Table| table.rows().map(|row| row.cell(0).to_owned()).collect::<Vec<_>>();
    assert_eq!(shown(&table(&book.bytes())), ["1900-02-28", "60", "1900-03-01", "-1", "1E300"]);
    let book = book.counted_since_1904();
    assert_eq!(
        shown(&table(&book.bytes())),
        ["1904-02-29", "1904-03-01", "1904-03-02", "-1", "1E300"]
    );
}

#[test]
fn the_first_sheet_with_the_columns_is_taken_and_no_hidden_one() {
    let of = |name: &str| {
        format!("<row><c t=\"str\"><v>{name}</v></c></row><row><c t=\"str\"><v>x</v></c></row>")
    };
    let book = Book::new()
        .hidden("Old", &of("Name"))
        .sheet("Notes", &of("Note"))
        .sheet("Crew", &of("Name"))
        .sheet("Cast", &of("Name"));
    assert_eq!(table(&book.bytes()).sheet(), Some("Crew"));
    let book =
        Book::new().sheet("Empty", "").sheet("Notes", &of("Note")).sheet("More", &of("More"));
    assert_eq!(table(&book.bytes()).sheet(), Some("Notes"));
    assert_eq!(refusal(&Book::new().hidden("Old", &of("Name")).bytes()), SheetError::Empty);
    assert_eq!(refusal(&Book::new().sheet("Empty", "<row/>").bytes()), SheetError::Empty);
}

#[test]
fn texts_are_read_from_every_sheet_with_the_columns() {
    let of = |name: &str| {
        format!("<row><c t=\"str\"><v>{name}</v></c></row><row><c t=\"str\"><v>x</v></c></row>")
    };
    let book = Book::new()
        .hidden("Old", &of("Name"))
        .sheet("Notes", &of("Note"))
        .sheet("Crew", &of("Name"))
        .sheet("Cast", &of("Name"));
    let tables = read_texts(&book.bytes(), &has_name).unwrap();
    let names: Vec<_> = tables.iter().map(|table| table.sheet().unwrap()).collect();
    assert_eq!(names, ["Crew", "Cast"]);
    let book = Book::new().sheet("Empty", "").sheet("Notes", &of("Note"));
    let tables = read_texts(&book.bytes(), &has_name).unwrap();
    assert_eq!((tables.len(), tables[0].sheet()), (1, Some("Notes")));
    let empty = read_texts(&Book::new().sheet("Empty", "").bytes(), &has_name);
    assert_eq!(empty.unwrap_err(), SheetError::Empty);
    // Texts may be longer than the cells of a list, and not without bound.
    let long = |length: usize| format!("Name\n{}\n", "x".repeat(length)).into_bytes();
    assert_eq!(read_texts(&long(LONG_CELL_LIMIT), &has_name).unwrap()[0].rows().len(), 1);
    let refused = SheetError::CellTooLong { cell: "A2".into(), limit: LONG_CELL_LIMIT };
    assert_eq!(read_texts(&long(LONG_CELL_LIMIT + 1), &has_name).unwrap_err(), refused);
    assert!(read(&long(LONG_CELL_LIMIT), &has_name).is_err());
    // One text, pointed to from everywhere: ten sheets of 40 MB each.
    let rows = "<row><c t=\"s\"><v>0</v></c></row>".repeat(10_000);
    let head = "<row><c t=\"str\"><v>Name</v></c></row>";
    let text = format!("<si><t>{}</t></si>", "x".repeat(LONG_CELL_LIMIT));
    let book = (0..10).fold(Book::new().texts(&text), |book, number| {
        book.sheet(&format!("S{number}"), &format!("{head}{rows}"))
    });
    assert_eq!(read_texts(&book.bytes(), &has_name).unwrap_err(), SheetError::TooMuchText);
}

#[test]
fn a_workbook_is_bounded() {
    let head = "<row r=\"1\"><c t=\"str\"><v>Name</v></c></row>";
    let with = |more: &str| refusal(&Book::new().sheet("A", &format!("{head}{more}")).bytes());
    assert_eq!(
        with("<row r=\"2\"><c r=\"BM2\"><v>1</v></c></row>"),
        SheetError::TooManyColumns("BM2".into())
    );
    let long = "x".repeat(CELL_LIMIT + 1);
    assert_eq!(
        with(&format!("<row r=\"2\"><c r=\"C2\" t=\"str\"><v>{long}</v></c></row>")),
        SheetError::CellTooLong { cell: "C2".into(), limit: 500 }
    );
    let rows = "<row><c><v>1</v></c></row>".repeat(ROW_LIMIT + 1);
    assert_eq!(with(&rows), SheetError::TooManyRows);
    // One text, pointed to from everywhere: 64 columns of 500 letters in 100,000 rows are 3 GB.
    let row = format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(COLUMN_LIMIT));
    let book = Book::new()
        .texts(&format!("<si><t>{}</t></si>", "x".repeat(CELL_LIMIT)))
        .sheet("A", &format!("{head}{}", row.repeat(2_500)));
    assert_eq!(refusal(&book.bytes()), SheetError::TooMuchText);
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused_early() {
    let blanks = " ".repeat(1 << 20);
    // One text of a mebibyte and more.
    let refused =
        refusal(&Book::new().texts(&format!("<si><t>{blanks}x</t></si>")).sheet("A", "").bytes());
    assert!(matches!(refused, SheetError::Damaged(_)), "{refused:?}");
    // Many that each are small enough, of more than 256 MiB.
    let piece = format!("<a>{}</a>", " ".repeat(1 << 16));
    let book = Book::new().texts(&piece.repeat(4_100)).sheet("A", "").bytes();
    assert!(book.len() < 2 << 20, "{}", book.len());
    assert_eq!(refusal(&book), SheetError::UnpacksToTooMuch);
    // The same, with an archive that says it were small: then it is not even begun with.
    let refused = refusal(&book::said_small(&book));
    assert!(matches!(refused, SheetError::Damaged(_)), "{refused:?}");
}

#[test]
fn what_breaks_the_rules_of_workbooks_is_refused() {
    let is_damaged = |bytes: &[u8]| match refusal(bytes) {
        SheetError::Damaged(_) => {}
        other => panic!("{other:?}"),
    };
    let of = |cells: &str| Book::new().texts("<si><t>Name</t></si>").sheet("A", cells).bytes();
    for cells in [
        "<row r=\"1\"><c t=\"s\"><v>1</v></c></row>",
        "<row r=\"1\"><c t=\"s\"><v>-1</v></c></row>",
        "<row r=\"2\"/><row r=\"1\"/>",
        "<row r=\"0\"/>",
        "<row r=\"1048577\"/>",
        "<row r=\"99999999999999\"/>",
        "<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"1\"><v>1</v></c></row>",
        "<row r=\"1\"><c t=\"str\"><v>&name;</v></c></row>",
        "<row><c>",
        "<row></c></row>",
        &"<a>".repeat(100_000),
    ] {
        is_damaged(&of(cells));
    }
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>";
    is_damaged(&book::archive(&[("xl/workbook.xml", bomb.into())]));
    is_damaged(b"PK\x03\x04 and no more");
    let whole = of("<row r=\"1\"><c t=\"s\"><v>0</v></c></row><row r=\"2\"><c><v>1</v></c></row>");
    assert_eq!(table(&whole).rows().len(), 1);
    for length in 4..whole.len() {
        assert!(read(&whole[..length], &has_name).is_err(), "{length}");
    }
    for at in 0..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 0x55;
        let _ = read(&altered, &has_name);
    }
}
