//! The product from outside: the real program as a server, real TLS, real crashes.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]
#![expect(clippy::print_stderr, reason = "a test that is left out says so")]

mod acme;
mod agent;
mod agent_run;
mod backup;
mod bodies;
mod by_hand;
mod certificate;
mod commands;
mod computer;
mod damage;
mod demonstration;
mod full_disk;
mod hostile;
mod http;
mod installation;
mod kills;
mod lifecycle;
mod postgres;
mod refusals;
mod scim;
mod server;
