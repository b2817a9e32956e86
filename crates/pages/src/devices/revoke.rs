//! The question before a device is sent away.

use crate::Shell;
use crate::components::Field;
use askama::Template;

/// Asks whether a device is to be revoked, and why.
#[derive(Debug, Clone, Template)]
#[template(path = "devices/revoke.html")]
pub struct Revoke {
    /// The frame around the page.
    pub shell: Shell,
    /// The device's id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Why, as typed.
    pub reason: Field,
}
