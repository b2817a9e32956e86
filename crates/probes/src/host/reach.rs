//! How far a destination on the network can be reached.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A host to be tried over TLS.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Destination {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// A proxy, `host:port`, through which programs on this computer reach the network.
    pub proxy: Option<String>,
    /// How long the whole trial may take.
    pub timeout: Duration,
}

/// How far a trial got; each includes the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Not even its name was found.
    Nothing,
    /// Its name has an address.
    Name,
    /// It took a connection.
    Tcp,
    /// It answered as a TLS server does.
    Tls,
    /// It answered as a web server does.
    Http,
}

impl Reach {
    /// Its word in a fact.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Name => "name",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
        }
    }
}
