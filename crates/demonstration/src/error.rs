//! Why a demonstration could not be made.

use closedset_app::Problem;
use closedset_core::{canonical::CanonicalError, fact::BodyError};

/// Why a demonstration could not be made or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum DemonstrationError {
    /// A use case refused.
    #[error("{what} could not be done")]
    Refused {
        /// What was to be done.
        what: String,
        /// Why not.
        source: Problem,
    },
    /// A computer was to say what does not fit its kind.
    #[error("a computer cannot say its {kind}")]
    Body {
        /// The kind of fact.
        kind: &'static str,
        /// Why not.
        source: BodyError,
    },
    /// A statement has no canonical form.
    #[error("what a computer says has no canonical form")]
    Canonical(#[from] CanonicalError),
    /// A task ended early.
    #[error("a task of the demonstration ended early")]
    Task(#[from] tokio::task::JoinError),
    /// Something that the program itself provides is missing.
    #[error("the demonstration lacks {0}")]
    Lacks(&'static str),
}

/// Says what was to be done when a use case refuses.
pub(crate) fn refused(what: impl Into<String>) -> impl FnOnce(Problem) -> DemonstrationError {
    let what = what.into();
    move |source| DemonstrationError::Refused { what, source }
}
