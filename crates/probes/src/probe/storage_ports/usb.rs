//! USB: drives by `usb-storage` and `uas`, phones and cameras by programs alone.

use super::{Seen, State, by_module};
use crate::{
    look::{Look, Why},
    parse::usbguard,
    sight::{
        modules::module,
        processes::{processes, runs},
    },
};

const DEVICES: &str = "/sys/bus/usb/devices";
/// What gives a person at the screen the right to talk to a phone, or talks to it.
const PHONE_PROGRAMS: [&str; 12] = [
    "/usr/lib/udev/rules.d/69-libmtp.rules",
    "/lib/udev/rules.d/69-libmtp.rules",
    "/usr/lib/udev/rules.d/60-libgphoto2-6.rules",
    "/lib/udev/rules.d/60-libgphoto2-6.rules",
    "/usr/libexec/gvfsd-mtp",
    "/usr/lib/gvfs/gvfsd-mtp",
    "/usr/libexec/gvfsd-afc",
    "/usr/lib/gvfs/gvfsd-afc",
    "/usr/bin/ifuse",
    "/usr/sbin/usbmuxd",
    "/usr/bin/jmtpfs",
    "/usr/bin/simple-mtpfs",
];

/// How `usb`, `uas` and `mtp` stand.
pub(super) fn kinds(look: &Look<'_>) -> (Seen, Seen, Seen) {
    match whole_bus(look) {
        Err(why) => {
            // A driver that cannot come blocks its kind whatever usbguard may let in.
            let blocked_or = |seen: Seen| match seen {
                Ok((State::Blocked, seen)) => Ok((State::Blocked, seen)),
                Ok(_) | Err(_) => Err(why.clone()),
            };
            (
                blocked_or(driver(look, "usb-storage")),
                blocked_or(driver(look, "uas")),
                blocked_or(phones(look)),
            )
        }
        Ok(Some(seen)) => (Ok(seen.clone()), Ok(seen.clone()), Ok(seen)),
        Ok(None) => {
            let usb = driver(look, "usb-storage");
            let uas = driver(look, "uas");
            (usb, uas, phones(look))
        }
    }
}

/// What holds for every device on the bus, whatever drives it.
fn whole_bus(look: &Look<'_>) -> Result<Option<(State, String)>, Why> {
    let devices = look.names(DEVICES)?;
    let buses: Vec<&String> = devices.iter().filter(|name| name.starts_with("usb")).collect();
    if buses.is_empty() {
        return Ok(Some((State::Absent, "the kernel sees no USB port".into())));
    }
    // 0: a new device is not let in; 2: only one that is built in.
    let refuses = |bus: &&String| {
        let path = format!("{DEVICES}/{bus}/authorized_default");
        look.word(&path).is_some_and(|word| word == "0" || word == "2")
    };
    if buses.iter().all(refuses) {
        return Ok(Some((
            State::Blocked,
            "no USB port lets a new device in (authorized_default)".into(),
        )));
    }
    guard(look)
}

/// usbguard, if it runs and lets nothing in that nobody named.
fn guard(look: &Look<'_>) -> Result<Option<(State, String)>, Why> {
    if !look.exists("/etc/usbguard/usbguard-daemon.conf")? {
        return Ok(None);
    }
    let Ok(running) = processes(look) else {
        return Ok(None);
    };
    if !runs(&running, "usbguard-daemon") {
        return Ok(None);
    }
    let read = |path: &str| {
        look.text(path).map_err(|error| Why::of(&format!("usbguard runs, but {path}"), &error))
    };
    let configuration = read("/etc/usbguard/usbguard-daemon.conf")?;
    let place = |name: &str, usual: &'static str| {
        usbguard::setting(&configuration, name).unwrap_or(usual).trim_end_matches('/').to_owned()
    };
    let mut rules = look
        .text_if_there(&place("RuleFile", "/etc/usbguard/rules.conf"))
        .map_err(|Why(why)| Why::new(format!("usbguard runs, but {why}")))?
        .unwrap_or_default();
    let folder = place("RuleFolder", "/etc/usbguard/rules.d");
    for file in look.names(&folder)? {
        rules.push('\n');
        rules.push_str(&read(&format!("{folder}/{file}"))?);
    }
    if !usbguard::blocks_by_default(&configuration) {
        return Ok(None);
    }
    Ok(match usbguard::opening_rule(&rules) {
        None => Some((State::Blocked, "usbguard runs and lets in named devices alone".into())),
        Some(_) => None,
    })
}

fn driver(look: &Look<'_>, name: &str) -> Seen {
    // A driver that is registered drives, whatever lists of modules say.
    if look.exists(&format!("/sys/bus/usb/drivers/{name}"))? {
        return Ok((State::Open, format!("the driver {name} is in the kernel")));
    }
    module(look, name).map(|module| by_module(name, module))
}

/// A phone's storage is no disk: programs read it over the bus, without a driver.
fn phones(look: &Look<'_>) -> Seen {
    for path in PHONE_PROGRAMS {
        if look.exists(path)? {
            return Ok((
                State::Open,
                format!("{path} lets people read phones; only usbguard or removing it blocks that"),
            ));
        }
    }
    // Without such a rule a phone's device belongs to root.
    Ok((State::Blocked, "no program and no rule for phones is installed".into()))
}
