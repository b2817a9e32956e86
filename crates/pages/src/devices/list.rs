//! Every device, and the panel that makes an enrolment link.

use crate::Shell;
use crate::components::{Command, Counts, Field, Paging, TimeText};
use askama::Template;

/// The devices of the organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "devices/list.html")]
pub struct Devices {
    /// The frame around the page.
    pub shell: Shell,
    /// Where this part of the list begins: its path with its query, below the shell's base.
    pub here: String,
    /// The devices of this part of the list.
    pub devices: Vec<DeviceLine>,
    /// Where the list goes on.
    pub paging: Paging,
    /// The link that was just made; it is shown this once.
    pub link: Option<NewLink>,
    /// What lets the form for a link be carried out once.
    pub once: String,
    /// Whether this person may enrol devices.
    pub can_manage: bool,
    /// The form for a report that a person brings.
    pub hand_in: HandIn,
    /// The server's address where no other computer can use it.
    pub only_here: Option<String>,
}

/// The form for a report that a person brings.
#[derive(Debug, Clone, Default)]
pub struct HandIn {
    /// The file.
    pub report: Field,
}

impl HandIn {
    /// The form with what is wrong with the file.
    pub fn refused(error: impl Into<String>) -> Self {
        Self { report: Field::default().with_error(error) }
    }
}

/// A device in the list.
#[derive(Debug, Clone)]
pub struct DeviceLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its operating system, once known.
    pub system: Option<String>,
    /// How many of its checks stand where.
    pub counts: Counts,
    /// When it was last heard of.
    pub seen: TimeText,
    /// Whether it has been silent for longer than its facts count.
    pub is_silent: bool,
    /// Whether it was revoked.
    pub is_revoked: bool,
    /// Whether a person confirmed what it is.
    pub is_confirmed: bool,
}

/// An enrolment link.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// The link by itself.
    pub link: Command,
    /// The command that uses it.
    pub command: Command,
    /// The command for a computer without network.
    pub sign: Command,
    /// The command for a computer that reports once.
    pub send: Command,
    /// Until when it can be used.
    pub expires: TimeText,
}
