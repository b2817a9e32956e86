//! Why a look at the computer failed.

use serde::{Deserialize, Serialize};

/// Why a look at the computer failed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostError {
    /// There is no such file, directory or program.
    #[error("is not there")]
    NotFound,
    /// The one who runs the probes may not.
    #[error("may be read by root only")]
    PermissionDenied,
    /// It did not answer in time and was ended.
    #[error("did not answer in time")]
    TimedOut,
    /// It is larger than the limit.
    #[error("is larger than the limit of {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// It is not a regular file or directory.
    #[error("is not a regular file")]
    NotRegular,
    /// The recording does not have it.
    #[error("is not in the recording")]
    NotRecorded,
    /// The system refused otherwise.
    #[error("{0}")]
    Failed(String),
}

impl HostError {
    /// What a person can do about it, if anything.
    pub const fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::PermissionDenied => Some("run as root"),
            Self::TimedOut => Some("try again when the computer is less busy"),
            Self::NotFound
            | Self::TooLarge { .. }
            | Self::NotRegular
            | Self::NotRecorded
            | Self::Failed(_) => None,
        }
    }
}

impl From<std::io::Error> for HostError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::NotFound,
            ErrorKind::PermissionDenied => Self::PermissionDenied,
            ErrorKind::TimedOut => Self::TimedOut,
            ErrorKind::IsADirectory => Self::NotRegular,
            _ => Self::Failed(error.to_string()),
        }
    }
}
