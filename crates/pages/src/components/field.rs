//! What a form keeps of a field between two tries: what was typed or ticked, and what is wrong with
//! it.

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

/// A question with boxes to tick, in groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Boxes {
    /// The groups.
    pub groups: Vec<BoxGroup>,
    /// What is wrong and how to put it right, as a sentence.
    pub error: Option<String>,
}

impl Boxes {
    /// Whether something is wrong with what was ticked.
    pub fn is_wrong(&self) -> bool {
        self.error.is_some()
    }
}

/// Boxes of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxGroup {
    /// What they have in common.
    pub words: String,
    /// The boxes.
    pub boxes: Vec<TickBox>,
}

/// One box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TickBox {
    /// What the form posts if it is ticked.
    pub value: String,
    /// What the person reads.
    pub words: String,
    /// What that means.
    pub hint: String,
    /// Whether it is ticked.
    pub is_ticked: bool,
}
