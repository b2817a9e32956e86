//! Whether the clock is set by a time server: the setting, and the program that acts on it.

use super::system::Running;
use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::{macos::fields, truth},
};
use closedset_core::fact::{Body, device::TimeSync};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<TimeSync> {
    let said = look.output("systemsetup -getusingnetworktime")?;
    let is_on = fields(&said)
        .get("Network Time")
        .and_then(|word| truth(word))
        // To others than root it says so and ends well.
        .ok_or_else(|| {
            Why::new("systemsetup does not tell whether network time is on; run as root")
        })?;
    let runs = Running::read(look)?.has("timed");
    Ok(Reading {
        record: TimeSync {
            is_synchronised: is_on && runs,
            by: if is_on && runs { "timed" } else { "none" }.into(),
        },
        unread: Vec::new(),
    })
}
