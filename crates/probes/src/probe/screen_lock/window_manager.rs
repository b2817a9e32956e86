//! Window managers have no screen lock of their own: a locker that runs beside them does it.

use super::{Lock, home_text, people::Person};
use crate::{
    look::{Look, Why},
    parse::dconf::{locker, xscreensaver},
    sight::processes::{command_lines, processes},
};

/// Lockers whose settings stand where this probe does not read.
const UNREADABLE: [&str; 5] =
    ["light-locker", "xss-lock", "hypridle", "xidlehook", "gnome-screensav"];

pub(super) fn lock(look: &Look<'_>, person: &Person) -> Result<Lock, Why> {
    if !person.is_signed_in {
        return Err(Why::new("a locker shows only while the person is signed in; look again then"));
    }
    let uid = person.account.uid;
    let running = processes(look)?;
    let mine =
        |name: &str| running.iter().any(|process| process.uid == uid && process.name == name);
    if mine("xscreensaver") {
        let settings = home_text(look, &person.account, ".xscreensaver")?.unwrap_or_default();
        return Ok(locks_after(xscreensaver(&settings)));
    }
    if mine("swayidle") || mine("xautolock") {
        let shortest = command_lines(look, &["swayidle", "xautolock"])?
            .into_iter()
            .filter(|(of, _)| *of == uid)
            .filter_map(|(_, line)| locker(&line))
            .min();
        return shortest.map(locks_after).ok_or_else(|| {
            Why::new("the locker's command line does not tell after how long it locks")
        });
    }
    if let Some(locker) = UNREADABLE.into_iter().find(|locker| mine(locker)) {
        return Err(Why::new(format!("after how long {locker} locks cannot be read")));
    }
    Ok(Lock::NEVER)
}

const fn locks_after(after_s: i64) -> Lock {
    Lock { after_s, asks_password: after_s > 0, is_enforced: None }
}
