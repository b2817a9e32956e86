//! XFCE: xfce4-screensaver's channel in xfconf, or the locker that runs in its place.

use super::{Lock, home_text, people::Person, window_manager};
use crate::{
    look::{Look, Why},
    parse::{dconf::xfconf, truth},
    sight::processes::processes,
};
use std::collections::BTreeMap;

const CHANNELS: &str = "xfce4/xfconf/xfce-perchannel-xml";
/// xfce4-screensaver's own value.
const IDLE_MINUTES: i64 = 5;

pub(super) fn lock(look: &Look<'_>, person: &Person) -> Result<Lock, Why> {
    if !works(look, person)? {
        return window_manager::lock(look, person);
    }
    let power = channel(look, person, "xfce4-power-manager")?;
    if is_true(&power, "/xfce4-power-manager/presentation-mode", false)? {
        return Ok(Lock::NEVER);
    }
    let saver = channel(look, person, "xfce4-screensaver")?;
    let idle = minutes(&saver, "/saver/idle-activation/delay", IDLE_MINUTES)?;
    let delay = minutes(&saver, "/lock/saver-activation/delay", 0)?;
    for switch in [
        "/saver/enabled",
        "/saver/idle-activation/enabled",
        "/lock/enabled",
        "/lock/saver-activation/enabled",
    ] {
        if !is_true(&saver, switch, true)? {
            return Ok(Lock::NEVER);
        }
    }
    if idle <= 0 {
        return Ok(Lock::NEVER);
    }
    Ok(Lock {
        after_s: idle.saturating_add(delay.max(0)).saturating_mul(60),
        asks_password: true,
        is_enforced: None,
    })
}

/// Whether xfce4-screensaver does the locking: it runs for those signed in, it is installed for
/// the others.
fn works(look: &Look<'_>, person: &Person) -> Result<bool, Why> {
    if person.is_signed_in {
        let running = processes(look)?;
        return Ok(running
            .iter()
            .any(|one| one.uid == person.account.uid && one.name == "xfce4-screensav"));
    }
    look.exists("/usr/bin/xfce4-screensaver")
}

fn channel(look: &Look<'_>, person: &Person, name: &str) -> Result<BTreeMap<String, String>, Why> {
    let mut values = BTreeMap::new();
    if let Some(xml) = look.text_if_there(&format!("/etc/xdg/{CHANNELS}/{name}.xml"))? {
        values.extend(xfconf(&xml));
    }
    if let Some(xml) = home_text(look, &person.account, &format!(".config/{CHANNELS}/{name}.xml"))?
    {
        values.extend(xfconf(&xml));
    }
    Ok(values)
}

fn minutes(values: &BTreeMap<String, String>, key: &str, default: i64) -> Result<i64, Why> {
    match values.get(key) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| Why::new(format!("xfconf: {key} is no number"))),
    }
}

fn is_true(values: &BTreeMap<String, String>, key: &str, default: bool) -> Result<bool, Why> {
    match values.get(key) {
        None => Ok(default),
        Some(text) => {
            truth(text).ok_or_else(|| Why::new(format!("xfconf: {key} is neither true nor false")))
        }
    }
}
