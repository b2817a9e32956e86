//! The settings' views.

use crate::Shell;
use crate::components::{Boxes, Choice, Field, TimeText};
use askama::Template;

/// The company and its site.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/profile.html")]
pub struct ProfilePage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// The company's name.
    pub organisation: Field,
    /// The site's name.
    pub facility: Field,
    /// Its address.
    pub address: Field,
    /// Its country.
    pub country: Field,
    /// Its time zone.
    pub time_zone: Field,
    /// The countries to choose from.
    pub countries: Vec<Choice>,
    /// The time zones to choose from.
    pub time_zones: Vec<Choice>,
}

/// One's own account.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/security.html")]
pub struct SecurityPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// The account's address.
    pub email: String,
    /// The provider, and as whom it knows the account; none where there is neither.
    pub provider: Option<LinkView>,
    /// It has a password.
    pub has_password: bool,
    /// The second factor was shown a short while ago.
    pub is_confirmed: bool,
    /// It has an authenticator app.
    pub has_totp: bool,
    /// Whether browsers allow passkeys here.
    pub offers_passkeys: bool,
    /// Its passkeys.
    pub passkeys: Vec<PasskeyLine>,
    /// The app is the only second factor, and stays.
    pub totp_is_last: bool,
    /// A passkey is the only second factor, and stays.
    pub passkey_is_last: bool,
    /// Recovery codes not used yet.
    pub recovery_codes_left: i64,
    /// What lets the form for new codes be carried out once.
    pub once: String,
    /// New codes, shown once.
    pub codes: Vec<String>,
    /// Where it is signed in.
    pub sessions: Vec<SessionLine>,
}

/// The provider by which people sign in, before one's own account.
#[derive(Debug, Clone)]
pub struct LinkView {
    /// What it is called; empty where none is set now.
    pub name: String,
    /// It does not know the account yet.
    pub offers_link: bool,
    /// As whom providers know the account.
    pub identities: Vec<IdentityLine>,
}

/// As whom a provider knows the account.
#[derive(Debug, Clone)]
pub struct IdentityLine {
    /// Its id.
    pub id: String,
    /// Which provider: its name, or its address where it is not the one that is set.
    pub provider: String,
    /// The address that it told; empty where it told none.
    pub email: String,
    /// Since when.
    pub since: TimeText,
    /// When somebody last signed in by it.
    pub used: Option<TimeText>,
}

/// One passkey.
#[derive(Debug, Clone)]
pub struct PasskeyLine {
    /// Its id.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// The day it was added.
    pub added: TimeText,
}

/// One signed-in browser.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// Its id.
    pub id: String,
    /// What it calls itself.
    pub browser: String,
    /// Since when.
    pub since: TimeText,
    /// When it was last used.
    pub seen: TimeText,
    /// It is the one that looks at this page.
    pub is_this: bool,
}

/// Tokens for programs.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/tokens.html")]
pub struct TokensPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// The tokens.
    pub tokens: Vec<TokenLine>,
    /// The token that was just made; shown once.
    pub made: Option<String>,
    /// The second factor was shown a short while ago.
    pub is_confirmed: bool,
    /// What lets the form for a token be carried out once.
    pub once: String,
    /// What it is for.
    pub name: Field,
    /// What it may do: what the person may.
    pub scopes: Boxes,
    /// How many days it lives.
    pub days: Field,
}

/// One token.
#[derive(Debug, Clone)]
pub struct TokenLine {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do, in words that go on a sentence.
    pub may: String,
    /// When it was made.
    pub made: TimeText,
    /// When it ends.
    pub ends: TimeText,
    /// `in force`, `ended` or `revoked`.
    pub state: &'static str,
}

/// What runs here.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/about.html")]
pub struct AboutPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The framework in force with its version.
    pub framework: String,
    /// Where its text comes from.
    pub source: String,
    /// How many checks the catalogue has.
    pub checks: usize,
    /// The address that people and devices use.
    pub address: String,
    /// When the last backup was made; none if none ever was.
    pub backup: Option<TimeText>,
    /// There is none, or it is older than a week.
    pub wants_backup: bool,
}
