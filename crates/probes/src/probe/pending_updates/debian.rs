//! Debian and its kin: apt's lists.

use super::{Lists, Waiting, age_of};
use crate::{
    host::Command,
    look::{Look, Why},
    parse::{apt, date},
};
use closedset_core::{Duration, Time};

const LISTS: &str = "/var/lib/apt/lists";
/// How many packages `apt-cache policy` is asked about.
const POLICY_LIMIT: usize = 2_000;

/// How old the lists are: no newer than the newest date in the security suites' release files, or
/// where there is none, in any. The time on a file would be the server's, and a fetch that failed
/// moves the directory's.
pub(super) fn lists(look: &Look<'_>) -> Lists {
    let mut newest: Option<Time> = None;
    let mut newest_security: Option<Time> = None;
    let names = match look.names(LISTS) {
        Ok(names) => names,
        Err(why) => {
            return Lists { age: Err(why), without_security: None };
        }
    };
    for name in names {
        if !name.ends_with("_InRelease") && !name.ends_with("_Release") {
            continue;
        }
        let Ok(text) = look.text(&format!("{LISTS}/{name}")) else {
            continue;
        };
        let Some(date) = apt::release_date(&text).and_then(date::rfc_2822) else {
            continue;
        };
        newest = newest.max(Some(date));
        if name.contains("security") {
            newest_security = newest_security.max(Some(date));
        }
    }
    let without_security = match (newest, newest_security) {
        (Some(_), None) => Some(Why::new(
            "no list of a security suite is there; add the distribution's security source",
        )),
        _ => None,
    };
    let age: Result<Duration, Why> = newest_security
        .or(newest)
        .map(|date| age_of(look, date))
        .ok_or_else(|| Why::new("there are no package lists; run apt update"));
    Lists { age, without_security }
}

/// How many updates wait. `apt list` shows those on hold and those that are phased in, too.
pub(super) fn waiting(look: &Look<'_>) -> Waiting {
    let listed = match look.output("apt list --upgradable") {
        Ok(text) => apt::upgradable(&text),
        Err(why) => {
            return Waiting { security: Err(why.clone()), all: Err(why) };
        }
    };
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (security, others): (Vec<_>, Vec<_>) =
        listed.iter().partition(|upgradable| upgradable.is_security());
    // A newer version in another suite hides the security update that it contains.
    let hidden = if others.is_empty() {
        Ok(0)
    } else {
        let names = others.iter().take(POLICY_LIMIT).map(|one| one.name.clone());
        let command = Command::new("apt-cache").arg("policy").args(names);
        match look.host.run(&command) {
            Ok(output) if output.status == 0 => Ok(apt::security_in_policy(&output.text()).len()),
            Ok(output) => Err(look.refused("apt-cache", &output)),
            Err(error) => Err(Why::of("apt-cache", &error)),
        }
    };
    Waiting {
        security: hidden.map(|hidden| count(security.len() + hidden)),
        all: Ok(count(listed.len())),
    }
}

/// Whether a restart is needed. The mark is left by what packages call on an update; where nobody
/// installed that, its absence says nothing.
pub(super) fn restart_needed(look: &Look<'_>) -> Result<bool, Why> {
    if look.exists("/run/reboot-required")? || look.exists("/var/run/reboot-required")? {
        return Ok(true);
    }
    for marker in [
        "/etc/kernel/postinst.d/unattended-upgrades",
        "/etc/kernel/postinst.d/update-notifier",
        "/usr/share/update-notifier/notify-reboot-required",
    ] {
        if look.exists(marker)? {
            return Ok(false);
        }
    }
    Err(Why::new("nothing here marks that a restart is needed; install unattended-upgrades"))
}
