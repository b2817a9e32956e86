//! Typesetting: plain structs in, the bytes of a PDF out.
//!
//! A [`Document`] says what is to be read: a cover, sections, paragraphs, tables. Here it is broken into
//! lines and pages, given contents with page numbers, bookmarks and a tag for everything that a screen reader
//! must know, and written as PDF/UA-1 and PDF/A-2a at once; whatever would break either is an error. The
//! same document always becomes the same bytes, on every machine: fonts are built in, nothing is asked of the
//! system, the clock or chance. That is what a verifier of packs rests on, so whoever changes how anything
//! is drawn raises [`FORM`].
//!
//! What to say is not decided here: that is the caller's. Text from strangers is safe: what no font
//! shows, and what would reorder or hide its neighbours, is spelled out, see `spelling`.

mod break_lines;
mod canvas;
mod contents;
mod cover;
mod document;
mod draw;
mod error;
mod flow;
mod fonts;
mod limits;
mod marks;
mod palette;
mod shape;
mod spelling;
mod strips;
mod structure;
mod table;

pub use document::{
    Block, Cell, Column, Cover, Document, Field, Frame, Row, Section, Span, Style, Table, Tally,
    Text,
};
pub use error::PdfError;
pub use limits::{LINE_COST, Limits};
pub use spelling::shown_length;

/// How documents are drawn. It rises whenever the same document becomes other bytes than before: with another
/// layout, another font, or another version of a library that writes them; and whenever the same pack's report
/// says something in other words. A test holds it against a digest of the layout; of the
/// words, whoever changes them must think.
pub const FORM: u32 = 2;

/// The document as a PDF.
pub fn render(document: &Document) -> Result<Vec<u8>, PdfError> {
    render_within(document, Limits::default())
}

/// The document as a PDF, unless it would be larger than this.
pub fn render_within(document: &Document, limits: Limits) -> Result<Vec<u8>, PdfError> {
    let laid_out = flow::lay_out(document, limits)?;
    draw::write(document, laid_out)
}

#[cfg(test)]
mod tests;
