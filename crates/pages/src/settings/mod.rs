//! Settings: the organisation's profile, one's own account, tokens, and what runs here.

mod authenticator;
mod browser;
mod handlers;
mod scopes;
mod token_revoke;
mod tokens;
pub mod view;

pub use authenticator::AuthenticatorPage;
pub(crate) use handlers::routes;
pub(crate) use scopes::groups as scope_groups;
pub use token_revoke::TokenRevoke;
