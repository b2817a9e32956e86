//! Where the database is, and how much of the machine the store may use.

use crate::{StoreError, engine::postgres_address};
use closedset_core::{Clock, Randomness};
use std::{fmt, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

/// What the binary decides.
#[derive(Clone)]
pub struct StoreOptions {
    /// The database.
    pub url: DatabaseUrl,
    /// What says what time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids, salts and pseudonyms come from.
    pub randomness: Arc<dyn Randomness>,
    /// Threads that read.
    pub readers: usize,
    /// Threads that write, on PostgreSQL; SQLite has one.
    pub writers: usize,
    /// How many units may wait for a reader, and how many for a writer.
    pub queue_limit: usize,
    /// How long a caller waits for a place in a full queue before it is told [`StoreError::Busy`].
    pub queue_timeout: Duration,
    /// For how long PostgreSQL may answer nothing at all, though asked, before it is taken for hanging
    /// and units are refused until it is heard of again. Longer than it waits for locks, 15 seconds.
    pub silence_limit: Duration,
    /// How many units are committed together at most; on PostgreSQL never more than 64.
    pub group_limit: usize,
    /// How many pages of 4 KiB SQLite's file may have, for whoever shares the disk with others.
    pub page_limit: Option<u32>,
}

impl StoreOptions {
    /// The defaults.
    pub fn new(url: DatabaseUrl, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            url,
            clock,
            randomness,
            readers: processors.clamp(2, 4),
            writers: 8,
            queue_limit: 1_024,
            queue_timeout: Duration::from_secs(5),
            silence_limit: Duration::from_secs(20),
            group_limit: 256,
            page_limit: None,
        }
    }
}

impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The address of a database: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`.
///
/// PostgreSQL on another machine is reached over TLS, and its certificate must lead to one that the
/// system trusts or that stands in the file of `sslrootcert`; `sslmode=disable` does without.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded engine.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return if path.is_empty() {
                Err(StoreError::Url)
            } else {
                Ok(Self::Sqlite(path.into()))
            };
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(StoreError::Url);
        }
        postgres_address::check(text)?;
        Ok(Self::Postgres(text.to_owned()))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Only scheme, user, hosts and name: a password can also stand among the parameters.
fn without_password(url: &str) -> String {
    let bare = url.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = bare.split_once("://") else { return "postgres://".to_owned() };
    match rest.rsplit_once('@') {
        None => format!("{scheme}://{rest}"),
        Some((login, place)) => {
            let user = login.split(':').next().unwrap_or_default();
            let hidden = if login.contains(':') { ":***" } else { "" };
            format!("{scheme}://{user}{hidden}@{place}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://closedset:hunter2@db.example:5432/closedset",
            "postgres://closedset:hun@ter2@db.example/closedset",
            "postgres://closedset@db.example/closedset?password=hunter2&sslmode=prefer",
            "postgresql://db.example/closedset?user=a&password=hunter2",
        ] {
            let Ok(parsed) = url.parse::<DatabaseUrl>() else { continue };
            assert!(!format!("{parsed} {parsed:?}").contains("ter2"), "{url}");
        }
        let shown =
            DatabaseUrl::Postgres("postgres://closedset:hunter2@db.example/c".into()).to_string();
        assert_eq!(shown, "postgres://closedset:***@db.example/c");
    }

    #[test]
    fn other_addresses_are_refused() {
        for bad in
            ["", "sqlite:", "mysql://x", "closedset.db", "postgres://a:b@[", "host=a password=b"]
        {
            assert!(bad.parse::<DatabaseUrl>().is_err(), "{bad}");
        }
        assert_eq!(
            "sqlite:a/b.db".parse::<DatabaseUrl>().unwrap(),
            DatabaseUrl::Sqlite("a/b.db".into())
        );
    }
}
