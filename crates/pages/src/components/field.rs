//! What a form keeps of a field between two tries: what was typed, and what is wrong with it.

/// The state of one form field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// What was typed, or what stands there to begin with. Passwords and codes are never kept.
    pub value: String,
    /// What is wrong and how to put it right, as a sentence.
    pub error: Option<String>,
}

impl Field {
    /// A field that holds this value.
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }

    /// The same field with what is wrong with it.
    #[must_use]
    pub fn with_error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// Whether something is wrong with it.
    pub fn is_wrong(&self) -> bool {
        self.error.is_some()
    }
}

/// One line of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form posts.
    pub value: String,
    /// What the person reads.
    pub words: String,
}

impl Choice {
    /// A line that posts `value` and reads `words`.
    pub fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self { value: value.into(), words: words.into() }
    }
}
