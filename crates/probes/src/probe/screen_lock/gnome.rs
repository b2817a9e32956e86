//! GNOME, Cinnamon and MATE: settings in dconf, read through `gsettings` as the person.

use super::{Lock, as_person, people::Person};
use crate::{
    look::{Look, Why},
    parse::dconf::{Setting, gsettings, locks, system_databases},
    sight::processes::{processes, runs},
};
use std::collections::BTreeMap;

const SECONDS_PER_MINUTE: i64 = 60;

/// GNOME: the screen blanks after `idle-delay` seconds and locks `lock-delay` seconds later. Its
/// shell makes a lock screen only where GDM answers; under another display manager, or none, the
/// screen stays open whatever the settings say, unless a locker of its own runs.
pub(super) fn gnome(look: &Look<'_>, person: &Person) -> Result<Lock, Why> {
    let lock = gnome_like(look, person, "org.gnome.desktop", "org.gnome.desktop.lockdown")?;
    if lock.after_s == 0 {
        return Ok(lock);
    }
    let running = processes(look)?;
    if ["gdm3", "gdm"].iter().any(|name| runs(&running, name)) {
        Ok(lock)
    } else {
        Err(Why::new(
            "GNOME locks its screen only under its own display manager, GDM, and that does not \
             run; install it (gdm3 or gdm) and sign in through it",
        ))
    }
}

/// Cinnamon keeps GNOME's keys under its own name.
pub(super) fn cinnamon(look: &Look<'_>, person: &Person) -> Result<Lock, Why> {
    gnome_like(look, person, "org.cinnamon.desktop", "org.cinnamon.desktop.lockdown")
}

fn gnome_like(
    look: &Look<'_>,
    person: &Person,
    schemas: &str,
    lockdown: &str,
) -> Result<Lock, Why> {
    let session = format!("{schemas}.session");
    let screensaver = format!("{schemas}.screensaver");
    let timing = settings(look, person, &session)?;
    let locking = settings(look, person, &screensaver)?;
    let idle = number(&timing, "idle-delay")?;
    let delay = number(&locking, "lock-delay")?;
    let is_enforced = enforced(
        look,
        &[
            &key_path(&session, "idle-delay"),
            &key_path(&screensaver, "lock-enabled"),
            &key_path(&screensaver, "lock-delay"),
        ],
    );
    let may_lock = !settings(look, person, lockdown)?
        .get("disable-lock-screen")
        .and_then(Setting::truth)
        .unwrap_or(false);
    if idle <= 0 || !truth(&locking, "lock-enabled")? || !may_lock {
        return Ok(Lock { is_enforced, ..Lock::NEVER });
    }
    Ok(Lock { after_s: idle.saturating_add(delay.max(0)), asks_password: true, is_enforced })
}

/// MATE counts in minutes.
pub(super) fn mate(look: &Look<'_>, person: &Person) -> Result<Lock, Why> {
    let timing = settings(look, person, "org.mate.session")?;
    let locking = settings(look, person, "org.mate.screensaver")?;
    let idle = number(&timing, "idle-delay")?;
    let delay = number(&locking, "lock-delay")?;
    if idle <= 0
        || !truth(&locking, "idle-activation-enabled")?
        || !truth(&locking, "lock-enabled")?
    {
        return Ok(Lock::NEVER);
    }
    Ok(Lock {
        after_s: idle.saturating_add(delay.max(0)).saturating_mul(SECONDS_PER_MINUTE),
        asks_password: true,
        is_enforced: None,
    })
}

fn settings(
    look: &Look<'_>,
    person: &Person,
    schema: &str,
) -> Result<BTreeMap<String, Setting>, Why> {
    // Without dconf, gsettings would answer with defaults that nobody's desktop uses; named, its
    // absence shows in a warning.
    let command = as_person(&format!("gsettings list-recursively {schema}"), person)
        .env("GSETTINGS_BACKEND", "dconf");
    let output = look.host.run(&command).map_err(|error| Why::of("gsettings", &error))?;
    if String::from_utf8_lossy(&output.stderr).contains("find module 'dconf'") {
        return Err(Why::new("gsettings cannot read dconf"));
    }
    if output.status != 0 {
        return Err(look.refused("gsettings", &output));
    }
    Ok(gsettings(schema, &output.text()))
}

fn number(settings: &BTreeMap<String, Setting>, key: &str) -> Result<i64, Why> {
    settings
        .get(key)
        .and_then(Setting::number)
        .ok_or_else(|| Why::new(format!("gsettings does not tell {key}")))
}

fn truth(settings: &BTreeMap<String, Setting>, key: &str) -> Result<bool, Why> {
    settings
        .get(key)
        .and_then(Setting::truth)
        .ok_or_else(|| Why::new(format!("gsettings does not tell {key}")))
}

fn key_path(schema: &str, key: &str) -> String {
    format!("/{}/{key}", schema.replace('.', "/"))
}

/// Whether an administrator locked every one of `keys` in the databases of the system that a
/// person's profile names, compiled by `dconf update`.
fn enforced(look: &Look<'_>, keys: &[&str]) -> Option<bool> {
    const PROFILES: [&str; 2] = ["/etc/dconf/profile/user", "/usr/share/dconf/profile/user"];
    let mut profile = None;
    for path in PROFILES {
        if profile.is_none() {
            profile = look.text_if_there(path).ok()?;
        }
    }
    let mut locked = Vec::new();
    // Without a profile a person's own database is the only one.
    for database in system_databases(&profile.unwrap_or_default()) {
        let compiled = format!("/etc/dconf/db/{database}");
        if !look.exists(&compiled).ok()? {
            continue;
        }
        let directory = format!("{compiled}.d/locks");
        for file in look.names(&directory).ok()? {
            locked.extend(locks(&look.text(&format!("{directory}/{file}")).ok()?));
        }
    }
    Some(keys.iter().all(|key| locked.iter().any(|locked| locked == key)))
}
