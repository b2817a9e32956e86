//! KDE Plasma: `kscreenlockerrc`, the person's own over the system's over the built-in values.

use super::{Lock, home_text, people::Person};
use crate::{
    look::{Look, Why},
    parse::{ini::Ini, truth},
};

const FILE: &str = "kscreenlockerrc";
const SECTION: &str = "Daemon";
/// Plasma's own values: locks after 5 minutes, asks from 5 seconds later on.
const TIMEOUT_MINUTES: i64 = 5;
const GRACE_S: i64 = 5;

pub(super) fn lock(look: &Look<'_>, person: &Person) -> Result<Lock, Why> {
    let mut settings = Ini::default();
    if let Some(text) = look.text_if_there(&format!("/etc/xdg/{FILE}"))? {
        settings.add(&text);
    }
    if let Some(text) = home_text(look, &person.account, &format!(".config/{FILE}"))? {
        settings.add(&text);
    }
    let number = |key: &str, default: i64| match settings.value(SECTION, key) {
        None => Ok(default),
        Some(text) => {
            text.parse::<i64>().map_err(|_| Why::new(format!("{FILE}: {key} is no number")))
        }
    };
    let yes = |key: &str| match settings.value(SECTION, key) {
        None => Ok(true),
        Some(text) => {
            truth(text).ok_or_else(|| Why::new(format!("{FILE}: {key} is neither true nor false")))
        }
    };
    let minutes = number("Timeout", TIMEOUT_MINUTES)?;
    let grace = number("LockGrace", GRACE_S)?;
    if !yes("Autolock")? || minutes <= 0 {
        return Ok(Lock::NEVER);
    }
    Ok(Lock {
        after_s: minutes.saturating_mul(60).saturating_add(grace.max(0)),
        // A negative grace time means that the password is never asked for.
        asks_password: yes("RequirePassword")? && grace >= 0,
        is_enforced: None,
    })
}
