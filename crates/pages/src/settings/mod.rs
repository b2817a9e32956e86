//! Settings: the organisation's profile, one's own account, tokens, and what runs here.

mod authenticator;
mod browser;
mod handlers;
mod token_revoke;
pub mod view;

pub use authenticator::AuthenticatorPage;
pub(crate) use handlers::routes;
pub use token_revoke::TokenRevoke;
