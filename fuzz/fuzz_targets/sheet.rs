//! A list of people as anybody may bring one: the file as it is, or, where it begins with a byte that no text has, the
//! parts of a workbook one after the other, so that neither packing nor sums of check stand in the way.

#![no_main]

use closedset_sheets::{CELL_LIMIT, COLUMN_LIMIT, ROW_LIMIT, cell_name, read, read_texts};
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The parts in their order.
const PARTS: [&str; 6] = [
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/worksheets/sheet1.xml",
];

fn workbook(parts: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in PARTS.iter().zip(parts.split(|byte| *byte == 0xff)) {
        writer.start_file(*name, options).expect("memory can be written");
        writer.write_all(bytes).expect("memory can be written");
    }
    writer.finish().expect("memory can be written").into_inner()
}

fuzz_target!(|bytes: &[u8]| {
    let has_name = |heads: &[&str]| heads.contains(&"Name");
    let outcome = match bytes.split_first() {
        Some((0xff, parts)) if !parts.starts_with(b"\xfe") => {
            let book = workbook(parts);
            let _ = read_texts(&book, &has_name);
            read(&book, &has_name)
        }
        _ => {
            let _ = read_texts(bytes, &has_name);
            read(bytes, &has_name)
        }
    };
    let table = match outcome {
        Ok(table) => table,
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.remedy().ends_with('.'));
            return;
        }
    };
    assert!(table.heads().len() <= COLUMN_LIMIT && table.rows().len() <= ROW_LIMIT);
    let mut above = table.head_row();
    for row in table.rows() {
        assert!(row.number > above, "rows stand in their order");
        above = row.number;
        let cells = (0..=COLUMN_LIMIT).map(|column| (column, row.cell(column)));
        let full = cells.filter(|(_, cell)| !cell.is_empty()).collect::<Vec<_>>();
        assert!(!full.is_empty(), "an empty row is none");
        for (column, cell) in full {
            assert!(column < COLUMN_LIMIT && cell.chars().count() <= CELL_LIMIT, "{column}");
            assert_eq!(cell, cell.trim(), "{}", cell_name(column, row.number));
        }
    }
});
