//! Settings: the organisation's profile, its own checks, its people, its mail, one's own account, tokens, and what runs here.

mod authenticator;
mod browser;
mod checks;
mod factor_remove;
mod frameworks;
mod handlers;
mod mail;
mod network;
mod password;
mod people;
mod person;
mod provider;
mod roles;
mod scopes;
mod sign_in;
mod token_revoke;
mod tokens;
pub mod view;

pub use authenticator::AuthenticatorPage;
pub use checks::{
    CheckFormPage, CheckVersionLine, LineFields, OwnCheckLine, OwnCheckPage, OwnChecksPage,
    PreviewRow, PreviewView, ThresholdLine, ThresholdPage,
};
pub use factor_remove::FactorRemove;
pub use frameworks::{ChoiceLine, FrameworkLine, FrameworksPage, PreviewOf};
pub(crate) use handlers::routes;
pub(crate) use mail::securities;
pub use mail::{MailForm, MailLine, MailPage, MailState, Tested};
pub use network::{CertificateAlert, CertificateView, NetworkPage};
pub use password::PasswordPage;
pub use people::{InvitationLine, Made, PeoplePage, PersonLine};
pub use person::{PersonPage, PersonRemove};
pub(crate) use roles::role_words;
pub(crate) use scopes::groups as scope_groups;
pub(crate) use sign_in::factors;
pub use sign_in::{ProviderForm, ProviderView, SignInPage};
pub use token_revoke::TokenRevoke;
