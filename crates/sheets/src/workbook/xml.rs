//! A part of the archive as a stream of elements and texts. What one piece, all nesting and all parts together may
//! take is bounded; no entity is known but those of XML itself.

use crate::SheetError;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::{
    borrow::Cow,
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
};

/// The longest piece: a tag, or a text between two.
const PIECE_LIMIT: usize = 1 << 20;
/// The deepest nesting.
const DEPTH_LIMIT: usize = 64;

/// What comes next.
#[derive(Debug)]
pub(super) enum Node<'x> {
    /// An element begins.
    Open(Element<'x>),
    /// An element of this name ends.
    Close(String),
    /// Text, or a part of one.
    Text(Cow<'x, str>),
    /// There is nothing more.
    End,
}

/// An element's name and attributes.
#[derive(Debug)]
pub(super) struct Element<'x>(BytesStart<'x>);

impl Element<'_> {
    /// Its name without the prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The attribute of this name; one that begins with `:` has a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let is_it =
            |key: &str| if name.starts_with(':') { key.ends_with(name) } else { key == name };
        let found = self
            .0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| is_it(attribute.key.as_ref()))?;
        quick_xml::escape::unescape(&found.value).ok().map(Cow::into_owned)
    }

    /// Whether the attribute says yes.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| value == "1" || value == "true")
    }
}

/// The stream.
pub(super) struct Xml<'a> {
    reader: Reader<Metered<'a>>,
    buffer: Vec<u8>,
    depth: usize,
    part: &'a str,
}

impl<'a> Xml<'a> {
    pub(super) fn new(source: Box<dyn Read + 'a>, left: &'a Cell<u64>, part: &'a str) -> Self {
        let inner = BufReader::with_capacity(64 << 10, source);
        let mut reader = Reader::from_reader(Metered { inner, left, piece: PIECE_LIMIT });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, part }
    }

    pub(super) fn damaged(&self) -> SheetError {
        SheetError::Damaged(format!("{} cannot be read", self.part))
    }

    /// The next piece that says something.
    pub(super) fn next(&mut self) -> Result<Node<'_>, SheetError> {
        self.buffer.clear();
        self.reader.get_mut().piece = PIECE_LIMIT;
        let (damaged, left) = (self.damaged(), self.reader.get_ref().left);
        let event =
            self.reader.read_event_into(&mut self.buffer).map_err(|_| match left.get() {
                0 => SheetError::UnpacksToTooMuch,
                _ => damaged.clone(),
            })?;
        Ok(match event {
            Event::Start(element) => {
                self.depth += 1;
                if self.depth > DEPTH_LIMIT {
                    return Err(damaged);
                }
                Node::Open(Element(element))
            }
            // Never sent: an empty element begins and ends.
            Event::Empty(element) => Node::Open(Element(element)),
            Event::End(element) => {
                self.depth = self.depth.saturating_sub(1);
                Node::Close(element.local_name().into_inner().to_owned())
            }
            Event::Text(text) => Node::Text(text.xml10_content()),
            Event::CData(text) => Node::Text(text.xml10_content()),
            Event::GeneralRef(reference) => {
                let known = match &*reference {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                Node::Text(Cow::Owned(known.ok_or(damaged)?.to_string()))
            }
            Event::DocType(_) => return Err(damaged),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Node::Text(Cow::Borrowed("")),
            Event::Eof if self.depth > 0 => return Err(damaged),
            Event::Eof => Node::End,
        })
    }
}

/// Counts what is read, and ends where it is too much.
struct Metered<'a> {
    inner: BufReader<Box<dyn Read + 'a>>,
    left: &'a Cell<u64>,
    piece: usize,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = {
            let bytes = self.fill_buf()?;
            let length = bytes.len().min(buffer.len());
            if let (Some(from), Some(to)) = (bytes.get(..length), buffer.get_mut(..length)) {
                to.copy_from_slice(from);
            }
            length
        };
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Metered<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(self.piece);
        if most == 0 {
            return Err(io::Error::other("too much"));
        }
        let bytes = self.inner.fill_buf()?;
        Ok(bytes.get(..most).unwrap_or(bytes))
    }

    fn consume(&mut self, amount: usize) {
        self.left.set(self.left.get().saturating_sub(amount as u64));
        self.piece = self.piece.saturating_sub(amount);
        self.inner.consume(amount);
    }
}
