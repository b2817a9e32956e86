//! The ports beside USB: Thunderbolt, FireWire, memory cards, eSATA, optical drives.

use super::{Seen, State, by_module};
use crate::{
    look::{Look, Why},
    sight::modules::module,
};

/// The PCI class of a USB4 or Thunderbolt host interface.
const USB4_CLASS: &str = "0x0c0340";

/// The firmware's switch for a controller that is off, and not on the bus, until something is
/// plugged in (intel-wmi-thunderbolt).
const FORCE_POWER: &str = "/sys/bus/wmi/devices/86CCFD48-205E-4A77-9C48-2021CBEDE341";

/// Thunderbolt by the security level of each controller, and by who approves devices.
pub(super) fn thunderbolt(look: &Look<'_>) -> Seen {
    let domains: Vec<String> = look
        .names("/sys/bus/thunderbolt/devices")?
        .into_iter()
        .filter(|name| name.starts_with("domain"))
        .collect();
    if domains.is_empty() {
        let has_controller = look.names("/sys/bus/pci/devices")?.iter().any(|device| {
            look.word(&format!("/sys/bus/pci/devices/{device}/class"))
                .is_some_and(|class| class.starts_with(USB4_CLASS))
        });
        if look.exists(FORCE_POWER)? {
            return Err(Why::new(
                "there is a Thunderbolt port whose controller shows itself only while something is \
                 plugged in; look at the firmware's Thunderbolt security",
            ));
        }
        return if has_controller {
            Err(Why::new(
                "there is a controller but no driver for it, so the firmware alone decides; look \
                 at the firmware's Thunderbolt security",
            ))
        } else {
            Ok((State::Absent, "no Thunderbolt controller".into()))
        };
    }
    let mut all = Vec::new();
    for domain in &domains {
        let path = format!("/sys/bus/thunderbolt/devices/{domain}/security");
        let level =
            look.word(&path).ok_or_else(|| Why::new(format!("{path} could not be read")))?;
        all.push(level);
    }
    let seen = format!("security level {}", all.join(", "));
    if all.iter().all(|level| matches!(level.as_str(), "dponly" | "usbonly" | "nopcie")) {
        return Ok((State::Blocked, seen));
    }
    if all
        .iter()
        .all(|level| matches!(level.as_str(), "dponly" | "usbonly" | "nopcie" | "user" | "secure"))
    {
        return approval(look, &seen);
    }
    Ok((State::Open, seen))
}

/// At the levels `user` and `secure` somebody approves each device. GNOME does so by itself for an
/// administrator whose screen is unlocked, through bolt, unless bolt's approval is switched off.
fn approval(look: &Look<'_>, seen: &str) -> Seen {
    if !look.exists("/usr/bin/gnome-shell")? || !look.exists("/usr/bin/boltctl")? {
        return Ok((State::Blocked, format!("{seen}: no device works until root approves it")));
    }
    let mode = look.output("boltctl config auth-mode")?;
    if mode.contains("disabled") {
        Ok((State::Blocked, format!("{seen}, approval switched off")))
    } else {
        Ok((
            State::Open,
            format!(
                "{seen}, but GNOME approves devices for administrators; `boltctl config auth-mode disabled` ends that"
            ),
        ))
    }
}

/// FireWire by its disk driver. A controller counts even where its own driver is not loaded.
pub(super) fn firewire(look: &Look<'_>) -> Seen {
    let has_port =
        look.names("/sys/bus/firewire/devices")?.iter().any(|name| name.starts_with("fw"));
    if !has_port && !has_firewire_controller(look)? {
        return Ok((State::Absent, "no FireWire controller".into()));
    }
    module(look, "firewire-sbp2").map(|found| by_module("firewire-sbp2", found))
}

fn has_firewire_controller(look: &Look<'_>) -> Result<bool, Why> {
    const CLASS: &str = "0x0c00";
    Ok(look.names("/sys/bus/pci/devices")?.iter().any(|device| {
        look.word(&format!("/sys/bus/pci/devices/{device}/class"))
            .is_some_and(|class| class.starts_with(CLASS))
    }))
}

/// Memory cards in a reader that is built in; readers on USB are USB drives.
pub(super) fn sd(look: &Look<'_>) -> Seen {
    let slots = look.names("/sys/class/mmc_host")?;
    if slots.is_empty() {
        return Ok((State::Absent, "no card reader".into()));
    }
    module(look, "mmc_block").map(|found| by_module("mmc_block", found))
}

/// eSATA has the driver of the disks inside, so no driver can be refused.
pub(super) fn esata(look: &Look<'_>) -> Seen {
    let ports = look.names("/sys/class/ata_port")?;
    if ports.is_empty() {
        Ok((State::Absent, "no SATA controller".into()))
    } else {
        Err(Why::new(
            "whether one of the SATA ports leads outside cannot be seen; a person must look at the \
             back of the computer",
        ))
    }
}

/// Drives for discs, built in.
pub(super) fn optical(look: &Look<'_>) -> Seen {
    let drives: Vec<String> =
        look.names("/sys/class/block")?.into_iter().filter(|name| name.starts_with("sr")).collect();
    if !drives.is_empty() {
        return Ok((State::Open, format!("a drive for discs works: {}", drives.join(", "))));
    }
    Ok((State::Absent, "no drive for discs works".into()))
}
