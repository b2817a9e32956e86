//! What stands around the cells: the sheets, the texts that cells share, the styles.

use super::{Archive, days, xml::Node};
use crate::{SheetError, TEXT_LIMIT};
use std::collections::HashMap;

/// More relations, sheets or styles than any list has are not held.
const HELD: usize = 70_000;

/// A workbook's parts.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Its sheets that are shown, in order.
    pub(super) sheets: Vec<Sheet>,
    texts: Option<String>,
    styles: Option<String>,
    begins_1904: bool,
}

/// A sheet.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Its name.
    pub(super) name: String,
    /// The part with its cells.
    pub(super) part: String,
}

/// What cells point to.
#[derive(Debug, Default)]
pub(super) struct Shared {
    text: String,
    ends: Vec<u32>,
    shows_day: Vec<bool>,
    /// Days are counted from 1904 instead of 1900.
    pub(super) begins_1904: bool,
}

impl Shared {
    /// A text by its number.
    pub(super) fn text(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let first = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(first..end)
    }

    /// Whether a style shows a number as a day.
    pub(super) fn shows_day(&self, style: usize) -> bool {
        self.shows_day.get(style).copied().unwrap_or(false)
    }
}

/// A relation of a part to another.
struct Relation {
    kind: String,
    part: String,
}

/// Reads which parts there are.
pub(super) fn book(archive: &mut Archive<'_>) -> Result<Book, SheetError> {
    let main = relations(archive, "")?
        .into_values()
        .find(|relation| relation.kind == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.part);
    if !archive.has(&main) {
        // An archive of something else: a document, a list of another program.
        return Err(SheetError::OtherForm);
    }
    let related = relations(archive, &main)?;
    let of_kind = |kind: &str| {
        let found = related.values().find(|relation| relation.kind == kind);
        found.map(|relation| relation.part.clone())
    };
    let mut book =
        Book { texts: of_kind("sharedStrings"), styles: of_kind("styles"), ..Book::default() };
    archive.part(&main, |xml| {
        loop {
            match xml.next()? {
                Node::Open(element) if element.name() == "workbookPr" => {
                    book.begins_1904 = element.is_set("date1904");
                }
                Node::Open(element) if element.name() == "sheet" => {
                    let part = element.attribute(":id").and_then(|id| related.get(&id));
                    // A sheet that nobody sees is no list that somebody chose.
                    let is_shown =
                        element.attribute("state").is_none_or(|state| state == "visible");
                    if let Some(relation) = part
                        && relation.kind == "worksheet"
                        && is_shown
                        && book.sheets.len() < HELD
                    {
                        let name = element.attribute("name").unwrap_or_default();
                        book.sheets.push(Sheet {
                            name: name
                                .chars()
                                .filter(|letter| !letter.is_control())
                                .take(40)
                                .collect(),
                            part: relation.part.clone(),
                        });
                    }
                }
                Node::End => return Ok(()),
                Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
            }
        }
    })?;
    Ok(book)
}

/// The relations of a part, by their ids; the archive's own where none is named.
fn relations(
    archive: &mut Archive<'_>,
    part: &str,
) -> Result<HashMap<String, Relation>, SheetError> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let place = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let own = format!("{place}_rels/{file}.rels");
    let mut found = HashMap::new();
    if !archive.has(&own) {
        return Ok(found);
    }
    archive.part(&own, |xml| {
        loop {
            match xml.next()? {
                Node::Open(element) if element.name() == "Relationship" => {
                    let said = |name: &str| element.attribute(name).unwrap_or_default();
                    let kind = said("Type").rsplit('/').next().unwrap_or_default().to_owned();
                    if found.len() < HELD && said("TargetMode") != "External" {
                        let part = resolved(folder, &said("Target"));
                        found.insert(said("Id"), Relation { kind, part });
                    }
                }
                Node::End => return Ok(()),
                Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
            }
        }
    })?;
    Ok(found)
}

/// The name of a part as seen from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let (mut steps, rest): (Vec<&str>, &str) = match target.strip_prefix('/') {
        Some(rest) => (Vec::new(), rest),
        None => (folder.split('/').filter(|step| !step.is_empty()).collect(), target),
    };
    for step in rest.split('/') {
        match step {
            ".." => {
                steps.pop();
            }
            "." | "" => {}
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Reads what cells point to.
pub(super) fn shared(archive: &mut Archive<'_>, book: &Book) -> Result<Shared, SheetError> {
    let mut shared = Shared { begins_1904: book.begins_1904, ..Shared::default() };
    if let Some(part) = book.texts.as_deref().filter(|part| archive.has(part)) {
        texts(archive, part, &mut shared)?;
    }
    if let Some(part) = book.styles.as_deref().filter(|part| archive.has(part)) {
        styles(archive, part, &mut shared)?;
    }
    Ok(shared)
}

fn texts(archive: &mut Archive<'_>, part: &str, shared: &mut Shared) -> Result<(), SheetError> {
    archive.part(part, |xml| {
        // How a text is read aloud (`rPh`) is no part of it.
        let (mut is_text, mut is_reading) = (false, false);
        loop {
            match xml.next()? {
                Node::Open(element) => match element.name() {
                    "t" => is_text = true,
                    "rPh" => is_reading = true,
                    _ => {}
                },
                Node::Close(name) => match name.as_str() {
                    "t" => is_text = false,
                    "rPh" => is_reading = false,
                    "si" => {
                        let end = u32::try_from(shared.text.len()).unwrap_or(u32::MAX);
                        shared.ends.push(end);
                    }
                    _ => {}
                },
                Node::Text(text) if is_text && !is_reading => {
                    if shared.text.len() + text.len() > TEXT_LIMIT {
                        return Err(SheetError::TooMuchText);
                    }
                    shared.text.push_str(&text);
                }
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    })
}

fn styles(archive: &mut Archive<'_>, part: &str, shared: &mut Shared) -> Result<(), SheetError> {
    archive.part(part, |xml| {
        let mut own: HashMap<u32, bool> = HashMap::new();
        let mut is_of_cells = false;
        loop {
            match xml.next()? {
                Node::Open(element) => {
                    let number = |name: &str| element.attribute(name)?.parse::<u32>().ok();
                    match element.name() {
                        "numFmt" if own.len() < HELD => {
                            let code = element.attribute("formatCode").unwrap_or_default();
                            own.extend(
                                number("numFmtId").map(|id| (id, days::code_shows_day(&code))),
                            );
                        }
                        "cellXfs" => is_of_cells = true,
                        "xf" if is_of_cells && shared.shows_day.len() < HELD => {
                            let id = number("numFmtId").unwrap_or(0);
                            let known = own.get(&id).copied();
                            shared.shows_day.push(known.unwrap_or_else(|| days::id_shows_day(id)));
                        }
                        _ => {}
                    }
                }
                Node::Close(name) if name == "cellXfs" => is_of_cells = false,
                Node::Close(_) | Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    })
}
