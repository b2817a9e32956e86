//! The product from outside: the real program as a server, real TLS, real crashes.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod computer;
mod http;
mod installation;
mod kills;
mod server;
