//! Settings: the organisation's profile, its own checks, its people, one's own account, tokens, and what runs here.

mod authenticator;
mod browser;
mod checks;
mod factor_remove;
mod handlers;
mod network;
mod password;
mod people;
mod person;
mod roles;
mod scopes;
mod token_revoke;
mod tokens;
pub mod view;

pub use authenticator::AuthenticatorPage;
pub use checks::{
    CheckFormPage, CheckVersionLine, LineFields, OwnCheckLine, OwnCheckPage, OwnChecksPage,
    PreviewRow, PreviewView, ThresholdLine, ThresholdPage,
};
pub use factor_remove::FactorRemove;
pub(crate) use handlers::routes;
pub use network::{CertificateAlert, CertificateView, NetworkPage};
pub use password::PasswordPage;
pub use people::{InvitationLine, Made, PeoplePage, PersonLine};
pub use person::{PersonPage, PersonRemove};
pub(crate) use roles::role_words;
pub(crate) use scopes::groups as scope_groups;
pub use token_revoke::TokenRevoke;
