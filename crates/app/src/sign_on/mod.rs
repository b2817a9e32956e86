//! Signing in by an OpenID provider: the installation's, as whom it knows accounts, and what becomes of
//! a browser that comes back from it.
//!
//! An account is linked with what the provider calls somebody, its own name and the provider's: by the
//! person, who is signed in and has just shown the second factor; or by the link of an invitation whose
//! address the provider vouches for. An address alone links nothing, and nobody gets an account who was
//! not invited. What the protocol is and which tokens are believed, `closedset-openid` knows.

mod come_back;
mod errand;
mod identity;
mod refusal;
mod settings;
mod way;

pub use come_back::{Arrived, Returned, TestReport, come_back};
pub(crate) use errand::errand_sweep;
pub use errand::{Sent, Wish, send};
pub use identity::identity_remove;
pub use settings::{
    FactorWord, NewProvider, ProviderShown, Said, SignOnSettings, provider_put, provider_remove,
    settings,
};
pub(crate) use way::Remembered;
pub use way::{BACK, Named, named, offered, offered_to};
