//! Whether mass storage can be plugged in, kind by kind of port.
//!
//! Two things refuse it: a policy against removable storage, for all of it or class by class, and a
//! driver that must not start. The driver of USB drives has nothing to do with phones and cameras,
//! which come as portable devices. Drives on Thunderbolt and FireWire count as built in for the
//! policy: where there is such a port, it is unread.

use super::answers::{Script, ask, int, is};
use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{
    Body, Unread,
    device::{StoragePort, StoragePorts},
};
use serde_json::Value;

const SCRIPT: Script = Script::new(
    "powershell storage_ports",
    "policy=S{$k='HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\RemovableStorageDevices';\
     $d='{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}';$o='{53f56308-b6bf-11d0-94f2-00a0c91efb8b}';\
     $p='{6AC27878-A6FA-4155-BA85-F98F491D4F33}';$q='{F33FDC04-D1AC-4E8E-9A30-19BBD4B108AE}';\
     @{all=R $k Deny_All;diskread=R \"$k\\$d\" Deny_Read;diskwrite=R \"$k\\$d\" Deny_Write;\
     opticalread=R \"$k\\$o\" Deny_Read;opticalwrite=R \"$k\\$o\" Deny_Write;\
     phoneread=R \"$k\\$p\" Deny_Read;phonewrite=R \"$k\\$p\" Deny_Write;\
     camread=R \"$k\\$q\" Deny_Read;camwrite=R \"$k\\$q\" Deny_Write}};\
     drivers=S{@{usbstor=R 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\USBSTOR' Start;\
     uas=R 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\UASPStor' Start}};\
     buses=S{$all=@(Get-CimInstance Win32_PnPEntity);@{count=$all.Count;\
     thunderbolt=@($all|?{$_.Name -match 'Thunderbolt|USB4' -or @($_.CompatibleID) -contains \
     'PCI\\CC_0C0340'}).Count;firewire=@($all|?{$_.Name -match '1394|FireWire' -or @($_.CompatibleID) \
     -contains 'PCI\\CC_0C0010'}).Count}}",
);
/// A driver that must not start.
const DISABLED: i64 = 4;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

type Seen = Result<(&'static str, &'static str), Why>;

fn find(look: &Look<'_>) -> Found<StoragePorts> {
    let answers = ask(look, SCRIPT)?;
    let policy = answers.record("policy", &["all", "diskread", "phoneread"])?;
    let drivers = answers.record("drivers", &["usbstor", "uas"])?;
    let buses = answers.one("buses")?;
    let all = is(&policy, "all");
    let kinds: [(&str, Seen); 7] = [
        ("usb", driven(all, is_denied(&policy, "disk"), &drivers, "usbstor")),
        ("uas", driven(all, is_denied(&policy, "disk"), &drivers, "uas")),
        ("mtp", classed(all, is_denied(&policy, "phone") && is_denied(&policy, "cam"))),
        ("sd", classed(all, is_denied(&policy, "disk"))),
        ("optical", classed(all, is_denied(&policy, "optical"))),
        ("thunderbolt", bus(&buses, "thunderbolt")),
        ("firewire", bus(&buses, "firewire")),
    ];
    let mut ports = Vec::new();
    let mut open = Vec::new();
    let mut unread: Vec<Unread> = Vec::new();
    for (kind, seen) in kinds {
        let (state, seen) = match seen {
            Ok((state, seen)) => (state, seen.to_owned()),
            Err(Why(why)) => {
                unread.push(Why::new(format!("{kind}: {why}")).at("ports"));
                ("unread", why)
            }
        };
        if state == "open" {
            open.push(kind.to_owned());
        }
        ports.push(StoragePort { kind: kind.into(), state: state.into(), seen });
    }
    let all_blocked = if !open.is_empty() {
        Some(false)
    } else if unread.is_empty() {
        Some(true)
    } else {
        let same = unread.iter().map(|one| Why::new(one.why.clone()).at("all_blocked"));
        unread.extend(same.collect::<Vec<_>>());
        None
    };
    Ok(Reading { record: StoragePorts { ports, all_blocked, open }, unread })
}

/// Whether the policy denies a class both ways.
fn is_denied(policy: &Value, class: &str) -> bool {
    is(policy, &format!("{class}read")) && is(policy, &format!("{class}write"))
}

fn classed(all: bool, class: bool) -> Seen {
    Ok(match (all, class) {
        (true, _) => ("blocked", "the policy denies all removable storage"),
        (false, true) => ("blocked", "the policy denies this class of storage"),
        (false, false) => ("open", "no policy denies it"),
    })
}

fn driven(all: bool, class: bool, drivers: &Value, driver: &str) -> Seen {
    if int(drivers, driver) == Some(DISABLED) {
        return Ok(("blocked", "its driver must not start"));
    }
    classed(all, class)
}

fn bus(buses: &Value, name: &str) -> Seen {
    match (int(buses, "count"), int(buses, name)) {
        (Some(devices), Some(0)) if devices > 0 => Ok(("absent", "no such port among the devices")),
        (Some(devices), Some(_)) if devices > 0 => Err(Why::new(
            "there is such a port, and drives on it count as built in for the policy against \
             removable storage",
        )),
        _ => Err(Why::new("Windows does not list its devices")),
    }
}
