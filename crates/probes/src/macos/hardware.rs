//! What the Mac is.

use super::settings::{profiled, text};
use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{Body, device::Hardware};
use std::time::Duration;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Hardware> {
    let overview = profiled(look, "SPHardwareDataType", Duration::from_secs(20))?;
    let machine = overview.first().ok_or_else(|| Why::new("system_profiler shows no machine"))?;
    let of = |name: &str| text(machine, name).map(str::to_owned);
    let model = of("machine_model");
    let name = of("machine_name");
    let memory = of("physical_memory").and_then(|words| bytes(&words));
    let is_virtual = |prefix: &str| model.as_deref().is_some_and(|model| model.starts_with(prefix));
    let virtualised_by = [
        ("VirtualMac", "apple"),
        ("VMware", "vmware"),
        ("Parallels", "parallels"),
        ("VirtualBox", "oracle"),
    ]
    .into_iter()
    .find(|(prefix, _)| is_virtual(prefix))
    .map(|(_, kind)| kind.to_owned());
    Ok(Reading {
        record: Hardware {
            vendor: Some("Apple".into()),
            looks_portable: name.as_ref().map(|name| name.contains("MacBook")),
            model: match (name, model) {
                (Some(name), Some(model)) => Some(format!("{name} ({model})")),
                (name, model) => name.or(model),
            },
            serial: of("serial_number"),
            processor: of("chip_type").or_else(|| of("cpu_type")),
            memory_bytes: memory,
            virtualised_by,
        },
        unread: Vec::new(),
    })
}

/// `16 GB` in bytes.
fn bytes(words: &str) -> Option<i64> {
    let (number, unit) = words.split_once(' ')?;
    let scale: i64 = match unit.trim() {
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => return None,
    };
    number.trim().parse::<i64>().ok()?.checked_mul(scale)
}
