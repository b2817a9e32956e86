//! Why something is not taken, in SCIM's own words (RFC 7644, section 3.12, table 9).

/// What is not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// The word of table 9: `invalidFilter`.
    pub kind: &'static str,
    /// A sentence for whoever looks into the directory's log.
    pub detail: String,
}

impl Refusal {
    fn new(kind: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    pub(crate) fn filter(detail: impl Into<String>) -> Self {
        Self::new("invalidFilter", detail)
    }

    pub(crate) fn path(detail: impl Into<String>) -> Self {
        Self::new("invalidPath", detail)
    }

    pub(crate) fn syntax(detail: impl Into<String>) -> Self {
        Self::new("invalidSyntax", detail)
    }

    pub(crate) fn value(detail: impl Into<String>) -> Self {
        Self::new("invalidValue", detail)
    }

    pub(crate) fn mutability(name: &str) -> Self {
        Self::new("mutability", format!("{name} is not changed this way."))
    }

    pub(crate) fn no_target(detail: impl Into<String>) -> Self {
        Self::new("noTarget", detail)
    }
}
