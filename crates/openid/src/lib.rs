//! Signing in by an OpenID provider: what it says of itself, where a browser is sent, what comes back
//! for a code, and which tokens are believed (OpenID Connect Core 1.0 and Discovery 1.0: the code flow,
//! with PKCE, RFC 7636).
//!
//! [`Provider`] is the way in. Neither a database nor a clock is here; whoever asks says what time it
//! is. Who somebody is to us, `closedset-app` decides.

mod answer;
mod authorize;
mod claims;
mod configuration;
mod failed;
mod issuer;
mod keys;
mod provider;
mod token;

pub use authorize::{Asked, challenge};
pub use claims::Claims;
pub use configuration::Configuration;
pub use failed::{Distrust, Failed};
pub use issuer::Issuer;
pub use keys::Keys;
pub use provider::{Client, Code, Provider};
pub use token::{Expected, SKEW, believe};
