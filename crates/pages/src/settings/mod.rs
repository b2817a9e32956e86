//! Settings: the organisation's profile, one's own account, tokens, and what runs here.

mod authenticator;
mod browser;
mod factor_remove;
mod handlers;
mod password;
mod scopes;
mod token_revoke;
mod tokens;
pub mod view;

pub use authenticator::AuthenticatorPage;
pub use factor_remove::FactorRemove;
pub(crate) use handlers::routes;
pub use password::PasswordPage;
pub(crate) use scopes::groups as scope_groups;
pub use token_revoke::TokenRevoke;
