//! The four steps of set-up.

use crate::Shell;
use crate::components::{Choice, Field, QrCode};
use askama::Template;

/// The steps, counted as a film leader counts: down to one.
pub const STEPS: [&str; 4] = ["Your account", "Second factor", "Recovery codes", "Your facility"];

/// The steps of whoever was invited.
pub const JOINING: [&str; 3] = ["Your account", "Second factor", "Recovery codes"];

/// One frame of the leader.
#[derive(Debug, Clone)]
pub struct Step {
    /// What stands on the dial.
    pub number: usize,
    /// What is done in it.
    pub words: &'static str,
    /// `done`, `now` or `next`.
    pub state: &'static str,
}

/// The leader with `now` (from 0) as the step that is being done.
pub fn leader(now: usize) -> Vec<Step> {
    leader_of(&STEPS, now)
}

/// The leader of these steps.
pub fn leader_of(steps: &[&'static str], now: usize) -> Vec<Step> {
    let state = |place: usize| match place.cmp(&now) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "next",
    };
    let step = |(place, words): (usize, &&'static str)| Step {
        number: steps.len() - place,
        words,
        state: state(place),
    };
    steps.iter().enumerate().map(step).collect()
}

/// Step one: who sets this up.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/set_up_account.html")]
pub struct SetUpAccount {
    /// The frame around the page.
    pub shell: Shell,
    /// The leader.
    pub steps: Vec<Step>,
    /// The one-time token from the link.
    pub token: String,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// The person's name.
    pub name: Field,
    /// Their address.
    pub email: Field,
    /// Their password.
    pub password: Field,
}

/// Set-up without a valid link: where to find it.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/set_up_link.html")]
pub struct SetUpLink {
    /// The frame around the page.
    pub shell: Shell,
}

/// Step two: a passkey or an authenticator app.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/set_up_factor.html")]
pub struct SetUpFactor {
    /// The frame around the page.
    pub shell: Shell,
    /// The leader.
    pub steps: Vec<Step>,
    /// Whether browsers allow passkeys at this address.
    pub offers_passkeys: bool,
    /// What the app scans.
    pub qr: Option<QrCode>,
    /// What the person types if it cannot scan.
    pub secret: String,
    /// The code the app shows.
    pub code: Field,
}

/// Step three: codes for the day the phone is lost.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/set_up_recovery.html")]
pub struct SetUpRecovery {
    /// The frame around the page.
    pub shell: Shell,
    /// The leader.
    pub steps: Vec<Step>,
    /// The codes, shown once; empty before they are made.
    pub codes: Vec<String>,
    /// They were shown before, and the page was loaded again.
    pub were_shown: bool,
    /// What lets the form be carried out once.
    pub once: String,
}

/// Step four: where all this is.
#[derive(Debug, Clone, Template)]
#[template(path = "entry/set_up_organisation.html")]
pub struct SetUpOrganisation {
    /// The frame around the page.
    pub shell: Shell,
    /// The leader.
    pub steps: Vec<Step>,
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
