//! What can go wrong: only what was not foreseen.

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// It would not be PDF/UA or PDF/A.
    #[error("the document would not be accessible or not last: {0}")]
    NotConforming(String),
    /// A font that is built in cannot be read.
    #[error("a font that is built in cannot be used")]
    Font,
    /// A page without an area.
    #[error("a page cannot be made")]
    Page,
    /// More than a document may have.
    #[error("the document would have more than {limit} {what}")]
    TooLarge {
        /// Of what: `pages` or `letters`.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// The library that writes PDF refused.
    #[error("the document cannot be written: {0}")]
    Write(String),
}
