//! Updates that Apple offers this Mac and that are not installed.
//!
//! Apple does not say which of them mend security faults: every recommended one counts as if it
//! did, but for a newer macOS, which is another version and not an update of this one.

use crate::{
    look::{Found, Look, Reading, Why, body, command},
    parse::macos::{Update, fields, updates},
};
use closedset_core::{
    Duration,
    fact::{Body, device::PendingUpdates},
};

/// Apple's servers are asked.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(80);

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<PendingUpdates> {
    let output = look
        .host
        .run(&command("softwareupdate -l").timeout(TIMEOUT))
        .map_err(|error| Why::of("softwareupdate", &error))?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    let offered =
        updates(&output.text(), &complaints).filter(|_| output.status == 0).ok_or_else(|| {
            Why::new(format!(
                "softwareupdate could not find out what there is ({})",
                output.complaint()
            ))
        })?;
    let major =
        look.output("sw_vers").ok().and_then(|text| major(fields(&text).get("ProductVersion")?));
    let count = |updates: Vec<&Update>| i64::try_from(updates.len()).unwrap_or(i64::MAX);
    let is_security = |update: &&Update| update.is_recommended && !is_another_system(update, major);
    Ok(Reading {
        record: PendingUpdates {
            security: Some(count(offered.iter().filter(is_security).collect())),
            all: Some(count(offered.iter().collect())),
            lists_age: Some(Duration::ZERO),
            restart_needed: None,
        },
        unread: vec![
            Why::new("macOS does not tell whether an update waits for a restart")
                .at("restart_needed"),
        ],
    })
}

/// Whether the update is a macOS of a higher major version than the one that runs.
fn is_another_system(update: &Update, running: Option<u32>) -> bool {
    update.title.starts_with("macOS")
        && match (major(&update.version), running) {
            (Some(offered), Some(running)) => offered > running,
            _ => false,
        }
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.trim().parse().ok()
}
