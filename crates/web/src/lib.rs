//! The server: router, sessions, guards, headers, TLS. Thin: what it serves stands in `pages` and
//! `api`, what those do in `app`.

mod bodies;
mod control;
mod demonstration;
mod guard;
mod headers;
mod health;
mod limits;
mod metrics;
mod patience;
mod refusal;
mod remains;
mod room;
mod router;
mod serve;
mod session;

pub use control::{ControlError, control_socket, serve_control};
pub use limits::Limits;
pub use metrics::Metrics;
pub use router::{WebOptions, router};
pub use serve::{ServeError, Served, serve};
