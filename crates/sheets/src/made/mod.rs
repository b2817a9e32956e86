//! Files for office programs that are handed out: workbooks and text documents in Office Open XML (ISO/IEC 29500-1,
//! transitional), with no more in them than what is said.
//!
//! The same becomes the same bytes: nothing in a file tells when it was made, and the archive's times are those that
//! every archive has that knows none. There are no formulas, macros or links. What a cell may begin with is for whoever
//! fills it to decide.

mod document;
mod workbook;

pub use document::{Piece, text_document};
pub use workbook::{Sheet, workbook};

use std::io::{self, Cursor, Write as _};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What every part begins with.
const PROLOGUE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// The namespace of relationships between parts, and the beginning of their kinds.
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// The namespace of the parts that hold relationships.
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A file was not put together.
#[derive(Debug, thiserror::Error)]
#[error("cannot put an office file together")]
pub struct MadeError(#[from] io::Error);

/// The archive of these parts.
fn archive(parts: &[(String, String)]) -> Result<Vec<u8>, MadeError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in parts {
        archive.start_file(name.as_str(), options).map_err(io::Error::from)?;
        archive.write_all(PROLOGUE.as_bytes())?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish().map_err(io::Error::from)?.into_inner())
}

/// The parts that every package has: what its parts are, where it begins, and its title.
fn package(kinds: &[(&str, &str)], begins: &str, title: &str) -> Vec<(String, String)> {
    let mut types = String::from(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>",
    );
    for (part, kind) in kinds {
        types += &format!(
            "<Override PartName=\"/{part}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}+xml\"/>"
        );
    }
    types += "</Types>";
    let roots = format!(
        "<Relationships xmlns=\"{RELATIONS}\">\
         <Relationship Id=\"r1\" Type=\"{RELATION}/officeDocument\" Target=\"{begins}\"/>\
         <Relationship Id=\"r2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
         </Relationships>"
    );
    let core = format!(
        "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:language>en</dc:language></cp:coreProperties>",
        escaped(title)
    );
    vec![
        ("[Content_Types].xml".to_owned(), types),
        ("_rels/.rels".to_owned(), roots),
        ("docProps/core.xml".to_owned(), core),
    ]
}

/// The text as it stands between tags and in attributes, without what XML 1.0 (2.2, Char) cannot hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}
