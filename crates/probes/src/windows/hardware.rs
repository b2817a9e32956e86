//! What the machine is.

use super::answers::{Script, ask, int, text};
use crate::look::{Found, Look, Reading, body};
use closedset_core::fact::{Body, device::Hardware};
use serde_json::Value;

const SCRIPT: Script = Script::new(
    "powershell hardware",
    "machine=S{$s=Get-CimInstance Win32_ComputerSystem;$b=Get-CimInstance Win32_BIOS;$p=@(Get-CimInstance \
     Win32_Processor)[0];@{vendor=[string]$s.Manufacturer;model=[string]$s.Model;\
     memory=[int64]$s.TotalPhysicalMemory;kind=[int]$s.PCSystemType;serial=[string]$b.SerialNumber;\
     processor=[string]$p.Name;batteries=@(Get-CimInstance Win32_Battery).Count}}",
);
/// What makers leave where a serial number would stand.
const PLACEHOLDERS: [&str; 5] =
    ["to be filled by o.e.m.", "default string", "system serial number", "none", "0"];
/// A machine that is carried, as Win32_ComputerSystem numbers it.
const MOBILE: i64 = 2;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Hardware> {
    let machine = ask(look, SCRIPT)?.one("machine")?;
    let of = |name: &str| {
        text(&machine, name)
            .filter(|word| !PLACEHOLDERS.contains(&word.to_ascii_lowercase().as_str()))
            .map(str::to_owned)
    };
    let has_battery = int(&machine, "batteries").is_some_and(|count| count > 0);
    Ok(Reading {
        record: Hardware {
            vendor: of("vendor"),
            model: of("model"),
            serial: of("serial"),
            processor: of("processor"),
            memory_bytes: int(&machine, "memory").filter(|bytes| *bytes > 0),
            looks_portable: int(&machine, "kind").map(|kind| kind == MOBILE || has_battery),
            virtualised_by: virtualised_by(&machine),
        },
        unread: Vec::new(),
    })
}

fn virtualised_by(machine: &Value) -> Option<String> {
    let vendor = text(machine, "vendor").unwrap_or_default();
    let model = text(machine, "model").unwrap_or_default();
    let kind = if vendor.starts_with("Microsoft") && model == "Virtual Machine" {
        "microsoft"
    } else if vendor.starts_with("VMware") {
        "vmware"
    } else if model == "VirtualBox" {
        "oracle"
    } else if vendor == "QEMU" {
        "qemu"
    } else if vendor == "Xen" {
        "xen"
    } else if vendor.starts_with("Parallels") {
        "parallels"
    } else {
        return None;
    };
    Some(kind.to_owned())
}
