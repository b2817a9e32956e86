//! How the agent speaks with its server: one POST of JSON, one bounded answer.
//!
//! [`Https`] is the real way: HTTP/1.1 over TLS with the one server whose key the link pinned.
//! What is said, and what an answer means, is the business of `enrol` and `deliver`.

mod https;
mod pin;

pub use https::Https;

use closedset_core::Digest;
use std::io;

/// The most that is read of an answer's body, in bytes.
pub const ANSWER_LIMIT: u64 = 64 << 10;

/// Opens the way to a server.
pub trait Connect: Send + Sync {
    /// A way to `server` (`https://host:port`), which must hold the key with this SHA-256.
    fn connect(&self, server: &str, pin: &Digest) -> Result<Box<dyn Transport>, TransportError>;
}

/// A way to one server.
pub trait Transport: Send + Sync {
    /// Posts JSON to `path` and waits for the answer, whatever its status.
    fn post(&self, path: &str, body: &[u8]) -> Result<Answer, TransportError>;
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`, as it came.
    pub retry_after: Option<String>,
    /// At most [`ANSWER_LIMIT`] bytes.
    pub body: Vec<u8>,
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The address has no meaning.
    #[error("{server} is no address of a server")]
    Address {
        /// As it was given.
        server: String,
    },
    /// The name leads nowhere.
    #[error("the name of the server {server} leads nowhere")]
    Name {
        /// The server.
        server: String,
    },
    /// Nobody answers there, or the line broke.
    #[error("cannot reach the server {server}")]
    Unreachable {
        /// The server.
        server: String,
        /// Why.
        source: io::Error,
    },
    /// It took too long.
    #[error("the server {server} took too long to answer")]
    TimedOut {
        /// The server.
        server: String,
    },
    /// Somebody answered who does not hold the pinned key; nothing was sent.
    #[error("whoever answers at {server} does not hold the server's key: nothing was sent")]
    WrongKey {
        /// The server.
        server: String,
        /// The key that the link named.
        expected: Digest,
        /// The key that was shown.
        shown: Digest,
    },
    /// No encrypted connection came about.
    #[error("no encrypted connection with {server} came about")]
    Tls {
        /// The server.
        server: String,
        /// Why.
        source: rustls::Error,
    },
    /// The answer is larger than [`ANSWER_LIMIT`].
    #[error("the answer of {server} is larger than any of ours")]
    TooLarge {
        /// The server.
        server: String,
    },
    /// The answer is no HTTP, or no answer of ours.
    #[error("the answer of {server} makes no sense: {what}")]
    Garbled {
        /// The server.
        server: String,
        /// What is wrong with it.
        what: String,
    },
}

impl TransportError {
    /// What a person can do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Address { .. } => "copy the whole link from the devices page".into(),
            Self::Name { .. } => "look whether this computer's name service knows the server; the \
                                  link's address must be one that this computer can reach"
                .into(),
            Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "look whether the server runs and whether the network and its firewalls let this \
                 computer through to it"
                    .into()
            }
            Self::WrongKey { expected, shown, .. } => format!(
                "if the server was given a new key, copy a new link and enrol again; if not, \
                 somebody stands in between: tell your security contact (expected key {}, shown \
                 {})",
                expected.short(),
                shown.short()
            ),
            Self::Tls { .. } => "look whether a proxy or filter breaks encrypted connections, and \
                                 whether the address in the link is that of the server"
                .into(),
            Self::TooLarge { .. } | Self::Garbled { .. } => {
                "look whether the address in the link is that of the server, and whether agent and \
                 server have the same version"
                    .into()
            }
        }
    }
}
