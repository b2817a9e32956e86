//! Sign-in, in two steps.

use crate::Shell;
use crate::components::Field;
use askama::Template;

/// E-mail and password.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/sign_in.html")]
pub struct SignIn {
    /// The frame around the page.
    pub shell: Shell,
    /// What the provider is called by which people sign in too.
    pub provider: Option<String>,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// The address.
    pub email: Field,
    /// The password.
    pub password: Field,
}

/// The second factor.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/second_factor.html")]
pub struct SecondFactor {
    /// The frame around the page.
    pub shell: Shell,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// The account has a passkey, and browsers allow it here.
    pub has_passkey: bool,
    /// The account has an authenticator app.
    pub has_totp: bool,
    /// The code the app shows.
    pub code: Field,
    /// A recovery code.
    pub recovery_code: Field,
}

/// Signed out.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/signed_out.html")]
pub struct SignedOut {
    /// The frame around the page.
    pub shell: Shell,
}
