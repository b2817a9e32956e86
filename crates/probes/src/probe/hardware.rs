//! What the machine is: firmware's words, processor, memory, battery, virtualisation.

use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{Body, device::Hardware};

/// Chassis types of machines that are carried (SMBIOS 3.4, table 17): portable, laptop, notebook,
/// hand-held, sub-notebook, tablet, convertible, detachable.
const PORTABLE_CHASSIS: [&str; 8] = ["8", "9", "10", "11", "14", "30", "31", "32"];

/// What firmware says when its maker left the field as it was.
const PLACEHOLDERS: [&str; 6] = [
    "to be filled by o.e.m.",
    "default string",
    "system serial number",
    "not specified",
    "none",
    "0",
];

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Hardware> {
    let mut unread = Vec::new();
    let firmware = |name: &str| {
        look.word(&format!("/sys/class/dmi/id/{name}"))
            .filter(|word| !PLACEHOLDERS.contains(&word.to_ascii_lowercase().as_str()))
    };
    let serial_path = "/sys/class/dmi/id/product_serial";
    let serial = firmware("product_serial");
    if serial.is_none()
        && let Err(error @ crate::HostError::PermissionDenied) = look.host.read_file(serial_path)
    {
        unread.push(Why::of("the serial number", &error).at("serial"));
    }
    let processor = look
        .text("/proc/cpuinfo")
        .ok()
        .and_then(|text| field(&text, "model name").or_else(|| field(&text, "Model")));
    let memory_bytes = look
        .text("/proc/meminfo")
        .ok()
        .and_then(|text| field(&text, "MemTotal"))
        .and_then(|value| value.split_whitespace().next()?.parse::<i64>().ok())
        .and_then(|kilobytes| kilobytes.checked_mul(1024));
    let record = Hardware {
        vendor: firmware("sys_vendor"),
        model: firmware("product_name").or_else(|| look.word("/proc/device-tree/model")),
        serial,
        processor,
        memory_bytes,
        looks_portable: looks_portable(look),
        virtualised_by: virtualised_by(look),
    };
    let nothing = Hardware {
        vendor: None,
        model: None,
        serial: None,
        processor: None,
        memory_bytes: None,
        looks_portable: None,
        virtualised_by: None,
    };
    if record == nothing {
        return Err(Why::new("neither /sys nor /proc could be read"));
    }
    Ok(Reading { record, unread })
}

/// The first value of a `name : value` line.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

/// A portable chassis, or a battery that feeds the machine: that of a wireless mouse has the scope
/// `Device`.
fn looks_portable(look: &Look<'_>) -> Option<bool> {
    let chassis = look.word("/sys/class/dmi/id/chassis_type");
    if chassis.as_deref().is_some_and(|kind| PORTABLE_CHASSIS.contains(&kind)) {
        return Some(true);
    }
    let supplies = look.names("/sys/class/power_supply").ok()?;
    let feeds_machine = |supply: &String| {
        let word = |name: &str| look.word(&format!("/sys/class/power_supply/{supply}/{name}"));
        word("type").as_deref() == Some("Battery") && word("scope").as_deref() != Some("Device")
    };
    Some(supplies.iter().any(feeds_machine))
}

fn virtualised_by(look: &Look<'_>) -> Option<String> {
    // It answers with status 1 and the word `none` on a machine of its own.
    if let Ok(output) = look.run("systemd-detect-virt") {
        let word = output.text().trim().to_owned();
        return (!word.is_empty() && word != "none").then_some(word);
    }
    let has_hypervisor = look
        .text("/proc/cpuinfo")
        .ok()
        .and_then(|text| field(&text, "flags"))
        .is_some_and(|flags| flags.split_whitespace().any(|flag| flag == "hypervisor"));
    has_hypervisor.then(|| "unknown".to_owned())
}
