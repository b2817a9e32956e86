//! Workbooks for tests, with no more in them than a test asks for.

use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

/// A workbook that is put together.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    texts: String,
    styles: String,
    sheets: Vec<(String, &'static str, String)>,
    properties: &'static str,
}

impl Book {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Texts that cells share, each in an `si`.
    pub(super) fn texts(mut self, texts: &str) -> Self {
        self.texts = texts.to_owned();
        self
    }

    /// What stands in the style sheet.
    pub(super) fn styles(mut self, styles: &str) -> Self {
        self.styles = styles.to_owned();
        self
    }

    /// Another sheet with these rows.
    pub(super) fn sheet(mut self, name: &str, rows: &str) -> Self {
        self.sheets.push((name.to_owned(), "", rows.to_owned()));
        self
    }

    /// One that is not shown.
    pub(super) fn hidden(mut self, name: &str, rows: &str) -> Self {
        self.sheets.push((name.to_owned(), " state=\"hidden\"", rows.to_owned()));
        self
    }

    /// Days count from 1904.
    pub(super) fn counted_since_1904(mut self) -> Self {
        self.properties = "<workbookPr date1904=\"1\"/>";
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let mut sheets = String::new();
        let mut relations = format!(
            "<Relationship Id=\"t\" Type=\"{KIND}/sharedStrings\" Target=\"sharedStrings.xml\"/>\
             <Relationship Id=\"s\" Type=\"{KIND}/styles\" Target=\"/xl/styles.xml\"/>"
        );
        let mut parts = vec![
            ("xl/sharedStrings.xml".to_owned(), format!("<sst>{}</sst>", self.texts)),
            ("xl/styles.xml".to_owned(), format!("<styleSheet>{}</styleSheet>", self.styles)),
        ];
        for (at, (name, state, rows)) in self.sheets.iter().enumerate() {
            sheets += &format!("<sheet name=\"{name}\" sheetId=\"{at}\"{state} r:id=\"r{at}\"/>");
            relations += &format!(
                "<Relationship Id=\"r{at}\" Type=\"{KIND}/worksheet\" Target=\"worksheets/{at}.xml\"/>"
            );
            let cells = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
            parts.push((format!("xl/worksheets/{at}.xml"), cells));
        }
        parts.push((
            "_rels/.rels".to_owned(),
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships><Relationship Id=\"w\" Type=\"{KIND}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ));
        let workbook = format!("<workbook>{}<sheets>{sheets}</sheets></workbook>", self.properties);
        parts.push(("xl/workbook.xml".to_owned(), workbook));
        let relations = format!("<Relationships>{relations}</Relationships>");
        parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations));
        let parts: Vec<(&str, String)> =
            parts.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
        archive(&parts)
    }
}

/// An archive of these files.
pub(super) fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The archive with every size in it, unpacked, said to be one byte.
pub(super) fn said_small(archive: &[u8]) -> Vec<u8> {
    let mut bytes = archive.to_vec();
    for (mark, place) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let found: Vec<usize> = bytes
            .windows(4)
            .enumerate()
            .filter(|(_, four)| four == mark)
            .map(|(at, _)| at + place)
            .collect();
        for at in found {
            bytes[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
        }
    }
    bytes
}
