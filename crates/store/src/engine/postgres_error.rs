//! PostgreSQL's errors in our words. Codes: PostgreSQL documentation, appendix A.

use crate::{
    StoreError,
    error::{Cause, Constraint},
};
use postgres::{Error, error::SqlState};

/// The error for what the server, or the lack of one, says.
pub(crate) fn of(error: &Error) -> StoreError {
    let Some(said) = error.as_db_error() else {
        return if is_about_a_value(error) {
            StoreError::statement(words(error))
        } else {
            StoreError::Unavailable(Cause::new(words(error)))
        };
    };
    let code = said.code().code();
    let cause = Cause::new(format_args!("{code}: {}", said.message()));
    let violated = |constraint| StoreError::Constraint { constraint, cause: cause.clone() };
    match said.code() {
        &SqlState::UNIQUE_VIOLATION => violated(Constraint::Unique),
        &SqlState::FOREIGN_KEY_VIOLATION => violated(Constraint::Reference),
        &SqlState::NOT_NULL_VIOLATION => violated(Constraint::NotNull),
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => {
            StoreError::Contended(cause)
        }
        &SqlState::LOCK_NOT_AVAILABLE | &SqlState::QUERY_CANCELED => StoreError::Busy,
        &SqlState::DISK_FULL => StoreError::DiskFull,
        &SqlState::IO_ERROR => StoreError::Io(cause),
        &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => StoreError::Damaged(cause),
        _ => match &code[..2.min(code.len())] {
            "23" => violated(Constraint::Check),
            // Connection exceptions, wrong login, too many connections, shutting down.
            "08" | "28" | "53" | "57" | "3D" => StoreError::Unavailable(cause),
            _ => StoreError::Engine(cause),
        },
    }
}

/// Whether an error in answer to COMMIT says for certain that nothing was kept.
pub(crate) fn is_certain(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("23") || code.code().starts_with("40"))
}

/// A value or a column that the driver cannot translate; the connection is well.
fn is_about_a_value(error: &Error) -> bool {
    let text = error.to_string();
    ["error serializing", "error deserializing", "error encoding", "expected ", "invalid column"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// The driver's sentence with its cause, which alone says what is wrong.
fn words(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
