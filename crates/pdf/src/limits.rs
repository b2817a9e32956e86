//! How large a document may become, so that whoever sets one for a stranger is done in bounded time and memory.

use crate::PdfError;

/// How large a document may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pages.
    pub pages: usize,
    /// Letters that are set, those that are set again to find what fits among them. A line end is as dear as
    /// [`LINE_COST`] letters.
    pub letters: usize,
}

/// What the end of a line costs, in letters: about as much as the line has room for.
pub const LINE_COST: usize = 40;

impl Default for Limits {
    fn default() -> Self {
        Self { pages: 8_000, letters: 24_000_000 }
    }
}

/// What was used of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    limits: Limits,
    letters: usize,
    pages: usize,
}

impl Used {
    pub(crate) const fn new(limits: Limits) -> Self {
        Self { limits, letters: 0, pages: 0 }
    }

    /// Notes that so much is set; false if that is too much, and nothing is to be set any more.
    pub(crate) fn takes(&mut self, letters: usize) -> bool {
        self.letters = self.letters.saturating_add(letters);
        !self.is_full()
    }

    /// Notes that there are so many pages.
    pub(crate) fn has_pages(&mut self, pages: usize) {
        self.pages = self.pages.max(pages);
    }

    /// Whether it is more than there may be.
    pub(crate) const fn is_full(&self) -> bool {
        self.letters > self.limits.letters || self.pages > self.limits.pages
    }

    /// An error if it is.
    pub(crate) const fn check(&self) -> Result<(), PdfError> {
        let Limits { pages, letters } = self.limits;
        if self.letters > letters {
            return Err(PdfError::TooLarge { what: "letters", limit: letters });
        }
        if self.pages > pages {
            return Err(PdfError::TooLarge { what: "pages", limit: pages });
        }
        Ok(())
    }
}
