//! SQLite's result codes in our words.

use crate::{
    StoreError,
    error::{Cause, Constraint},
};
use rusqlite::{Error, ErrorCode, ffi};

/// The error for what SQLite says.
pub(crate) fn of(error: &Error) -> StoreError {
    let cause = Cause::new(error);
    let Error::SqliteFailure(code, _) = error else { return StoreError::Engine(cause) };
    match code.code {
        ErrorCode::DiskFull => StoreError::DiskFull,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => StoreError::Io(cause),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged(cause),
        ErrorCode::ConstraintViolation => {
            let constraint = match code.extended_code {
                ffi::SQLITE_CONSTRAINT_UNIQUE
                | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | ffi::SQLITE_CONSTRAINT_ROWID => Constraint::Unique,
                ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Constraint::Reference,
                ffi::SQLITE_CONSTRAINT_NOTNULL => Constraint::NotNull,
                _ => Constraint::Check,
            };
            StoreError::Constraint { constraint, cause }
        }
        _ => StoreError::Engine(cause),
    }
}
