//! The Wi-Fi adapters of a Mac, and how the networks they are connected to are encrypted.

use super::settings::{list, profiled, text};
use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{
    Body,
    device::{Wireless, WirelessNetwork},
};
use std::time::Duration;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Wireless> {
    let report = profiled(look, "SPAirPortDataType", Duration::from_secs(30))?;
    if !report.iter().any(|part| part.get("spairport_airport_interfaces").is_some()) {
        return Err(Why::new("system_profiler does not show which Wi-Fi adapters there are"));
    }
    // Those of AirDrop (awdl0) and the like stand beside and are no adapters.
    let adapters: Vec<_> = report
        .iter()
        .flat_map(|part| list(part, "spairport_airport_interfaces"))
        .filter(|interface| text(interface, "_name").is_some_and(|name| name.starts_with("en")))
        .collect();
    let mut connected = Vec::new();
    for adapter in &adapters {
        match adapter.get("spairport_current_network_information") {
            Some(network) => connected.push(connection(network)?),
            None if text(adapter, "spairport_status_information")
                == Some("spairport_status_connected") =>
            {
                return Err(Why::new(
                    "a Wi-Fi adapter is connected, and to which network is not shown",
                ));
            }
            None => {}
        }
    }
    connected.sort_by(|a, b| (&a.ssid, &a.security).cmp(&(&b.ssid, &b.security)));
    Ok(Reading {
        record: Wireless {
            adapters: i64::try_from(adapters.len()).unwrap_or(i64::MAX),
            all_strong: connected.iter().all(|network| network.is_strong),
            connected,
        },
        unread: Vec::new(),
    })
}

/// The network's name is hidden from most programs; how it is encrypted is not.
fn connection(network: &serde_json::Value) -> Result<WirelessNetwork, Why> {
    let mode = text(network, "spairport_security_mode")
        .ok_or_else(|| Why::new("how a connected network is encrypted is not shown"))?;
    let (_, security) = mode.rsplit_once("security_mode_").unwrap_or(("", mode));
    let is_strong = match security {
        "wpa2_personal" | "wpa2_enterprise" | "wpa3_personal" | "wpa3_enterprise"
        | "wpa3_transition" => true,
        "none"
        | "wep"
        | "wpa_personal"
        | "wpa_enterprise"
        | "wpa_personal_mixed"
        | "wpa_enterprise_mixed"
        | "wpa2_personal_mixed"
        | "wpa2_enterprise_mixed" => false,
        other => {
            return Err(Why::new(format!("a network's encryption `{other}` is not known")));
        }
    };
    Ok(WirelessNetwork {
        ssid: text(network, "_name").unwrap_or("<redacted>").to_owned(),
        security: security.to_owned(),
        is_strong,
    })
}
