//! A text document: headings, paragraphs and tables, with styles by name, so that whoever gets it can set it anew.

use super::{MadeError, RELATION, RELATIONS, archive, escaped, package};

/// The namespace of text documents.
const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// How wide a line is between the margins, in twentieths of a point.
const LINE: usize = 9_638;

/// A piece of a text document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// What it is called.
    Title(String),
    /// A heading.
    Heading(String),
    /// A heading within one.
    Minor(String),
    /// A paragraph.
    Paragraph(String),
    /// A paragraph in lighter letters.
    Soft(String),
    /// A table below its heads.
    Table {
        /// The heads.
        heads: Vec<String>,
        /// The rows, each with a cell for every head.
        rows: Vec<Vec<String>>,
    },
}

/// The file of a text document.
pub fn text_document(title: &str, pieces: &[Piece]) -> Result<Vec<u8>, MadeError> {
    let kinds = [
        ("word/document.xml", "wordprocessingml.document.main"),
        ("word/styles.xml", "wordprocessingml.styles"),
    ];
    let mut parts = package(&kinds, "word/document.xml", title);
    let relations = format!(
        "<Relationships xmlns=\"{RELATIONS}\">\
         <Relationship Id=\"styles\" Type=\"{RELATION}/styles\" Target=\"styles.xml\"/></Relationships>"
    );
    let mut text = format!("<w:document xmlns:w=\"{MAIN}\"><w:body>");
    for piece in pieces {
        match piece {
            Piece::Title(words) => paragraph(&mut text, "Title", words),
            Piece::Heading(words) => paragraph(&mut text, "Heading1", words),
            Piece::Minor(words) => paragraph(&mut text, "Heading2", words),
            Piece::Paragraph(words) => paragraph(&mut text, "Normal", words),
            Piece::Soft(words) => paragraph(&mut text, "Soft", words),
            Piece::Table { heads, rows } => table(&mut text, heads, rows),
        }
    }
    // A4 with margins of 2 cm, in twentieths of a point.
    text += "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
             <w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>\
             </w:sectPr></w:body></w:document>";
    parts.push(("word/document.xml".to_owned(), text));
    parts.push(("word/_rels/document.xml.rels".to_owned(), relations));
    parts.push(("word/styles.xml".to_owned(), styles()));
    archive(&parts)
}

fn paragraph(text: &mut String, style: &str, words: &str) {
    *text += &format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>");
    run(text, words);
    *text += "</w:p>";
}

/// The words, in which an end of a line breaks it.
fn run(text: &mut String, words: &str) {
    *text += "<w:r>";
    for (place, line) in words.split('\n').enumerate() {
        if place > 0 {
            *text += "<w:br/>";
        }
        *text += &format!("<w:t xml:space=\"preserve\">{}</w:t>", escaped(line));
    }
    *text += "</w:r>";
}

fn table(text: &mut String, heads: &[String], rows: &[Vec<String>]) {
    // The first column has half of the line, the others share the rest.
    let rest = heads.len().saturating_sub(1).max(1);
    let share = |column: usize| match (heads.len(), column) {
        (1, _) => LINE,
        (_, 0) => LINE / 2,
        _ => LINE / 2 / rest,
    };
    *text += "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/></w:tblPr><w:tblGrid>";
    for column in 0..heads.len() {
        *text += &format!("<w:gridCol w:w=\"{}\"/>", share(column));
    }
    *text += "</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>";
    for (column, head) in heads.iter().enumerate() {
        cell(text, share(column), "TableHead", head);
    }
    *text += "</w:tr>";
    for row in rows {
        *text += "<w:tr><w:trPr><w:cantSplit/></w:trPr>";
        for (column, one) in row.iter().enumerate() {
            cell(text, share(column), "Normal", one);
        }
        *text += "</w:tr>";
    }
    *text += "</w:tbl>";
    // Two tables that follow each other would be one.
    paragraph(text, "Normal", "");
}

fn cell(text: &mut String, share: usize, style: &str, words: &str) {
    *text += &format!("<w:tc><w:tcPr><w:tcW w:w=\"{share}\" w:type=\"dxa\"/></w:tcPr>");
    paragraph(text, style, words);
    *text += "</w:tc>";
}

fn styles() -> String {
    let style = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )
    };
    let line = |side: &str| {
        format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"9A9A9A\"/>")
    };
    let lines: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(line).concat();
    format!(
        "<w:styles xmlns:w=\"{MAIN}\"><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:cs=\"Calibri\" w:eastAsia=\"Calibri\"/><w:sz w:val=\"22\"/>\
         <w:lang w:val=\"en-GB\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:after=\"120\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>\
         {}{}{}{}{}\
         <w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/></w:style>\
         <w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/><w:basedOn w:val=\"TableNormal\"/>\
         <w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblCellMar><w:left w:w=\"85\" w:type=\"dxa\"/>\
         <w:right w:w=\"85\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style></w:styles>",
        style("Title", "Title", "<w:spacing w:after=\"240\"/>", "<w:b/><w:sz w:val=\"40\"/>"),
        style(
            "Heading1",
            "heading 1",
            "<w:keepNext/><w:spacing w:before=\"360\"/><w:outlineLvl w:val=\"0\"/>",
            "<w:b/><w:sz w:val=\"28\"/>"
        ),
        style(
            "Heading2",
            "heading 2",
            "<w:keepNext/><w:spacing w:before=\"200\"/><w:outlineLvl w:val=\"1\"/>",
            "<w:b/><w:sz w:val=\"24\"/>"
        ),
        style("Soft", "Soft", "", "<w:color w:val=\"595959\"/>"),
        style("TableHead", "Table Head", "<w:keepNext/>", "<w:b/>"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use quick_xml::events::Event;
    use std::io::{Cursor, Read as _};
    use zip::ZipArchive;

    fn pieces() -> Vec<Piece> {
        vec![
            Piece::Title("Answers".into()),
            Piece::Heading("AD-2 & <more>".into()),
            Piece::Minor("Evidence".into()),
            Piece::Paragraph("two\nlines\u{1}".into()),
            Piece::Soft("soft".into()),
            Piece::Table {
                heads: vec!["What".into(), "Until".into()],
                rows: vec![vec!["A policy".into(), "2026-06-12".into()]],
            },
        ]
    }

    #[test]
    fn it_holds_its_parts_and_every_word() {
        let bytes = text_document("Answers", &pieces()).unwrap();
        assert_eq!(bytes, text_document("Answers", &pieces()).unwrap());
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        for part in [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/document.xml",
            "word/_rels/document.xml.rels",
            "word/styles.xml",
        ] {
            let mut text = String::new();
            archive.by_name(part).unwrap().read_to_string(&mut text).unwrap();
            let mut reader = quick_xml::Reader::from_str(&text);
            while reader.read_event().unwrap() != Event::Eof {}
            if part == "word/document.xml" {
                for said in [
                    ">Answers<",
                    ">AD-2 &amp; &lt;more&gt;<",
                    ">Evidence<",
                    ">two</w:t><w:br/>",
                    ">lines<",
                    ">soft<",
                    ">A policy<",
                    ">2026-06-12<",
                ] {
                    assert!(text.contains(said), "{said}: {text}");
                }
            }
        }
    }
}
