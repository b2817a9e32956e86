//! Wireless adapters, and how the networks they are connected to are encrypted.

use crate::{
    host::HostError,
    look::{Found, Look, Reading, Why, body},
    parse::wireless::{Network, iw_interfaces, iw_link, iw_scan, nmcli},
};
use closedset_core::fact::{
    Body,
    device::{Wireless, WirelessNetwork},
};

/// Asks for what NetworkManager already knows: a new scan takes seconds.
const NMCLI: &str = "nmcli -m multiline -f IN-USE,SSID,SECURITY,WPA-FLAGS,RSN-FLAGS device wifi \
                     list --rescan no";

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Wireless> {
    let adapters = adapters(look)?;
    let connected = if adapters.is_empty() { Vec::new() } else { connected(look, &adapters)? };
    let mut connected: Vec<WirelessNetwork> = connected
        .into_iter()
        .map(|network| WirelessNetwork {
            is_strong: network.is_strong(),
            ssid: network.ssid,
            security: if network.security.is_empty() { "none".into() } else { network.security },
        })
        .collect();
    // They come in the order of their strength, which changes with every step.
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

fn adapters(look: &Look<'_>) -> Result<Vec<String>, Why> {
    const NET: &str = "/sys/class/net";
    let names = look.host.list_dir(NET).map_err(|error| Why::of(NET, &error))?;
    let mut adapters = Vec::new();
    for name in names {
        if look.exists(&format!("{NET}/{name}/phy80211"))?
            || look.exists(&format!("{NET}/{name}/wireless"))?
        {
            adapters.push(name);
        }
    }
    Ok(adapters)
}

/// The networks the computer is connected to: by NetworkManager, or where it does not work by iw.
fn connected(look: &Look<'_>, adapters: &[String]) -> Result<Vec<Network>, Why> {
    match look.output(NMCLI) {
        Ok(text) => {
            let networks = nmcli(&text);
            // An adapter that NetworkManager leaves to others shows no network at all.
            if !networks.is_empty() {
                let mut connected: Vec<Network> =
                    networks.into_iter().filter(|network| network.is_connected).collect();
                // Another adapter may be one that NetworkManager leaves to others.
                if connected.len() < adapters.len() && adapters.len() > 1 {
                    let known: Vec<String> =
                        connected.iter().map(|network| network.ssid.clone()).collect();
                    let others = by_iw(look)?.into_iter();
                    connected.extend(others.filter(|network| !known.contains(&network.ssid)));
                }
                return Ok(connected);
            }
        }
        Err(why) => {
            if look.run("iw dev") == Err(HostError::NotFound) {
                return Err(why);
            }
        }
    }
    by_iw(look)
}

fn by_iw(look: &Look<'_>) -> Result<Vec<Network>, Why> {
    let mut connected = Vec::new();
    for interface in iw_interfaces(&look.output("iw dev")?) {
        let link = look.output(&format!("iw dev {interface} link"))?;
        let Some((address, ssid)) = iw_link(&link) else {
            continue;
        };
        let scan = look.output(&format!("iw dev {interface} scan dump"))?;
        let station = iw_scan(&scan)
            .into_iter()
            .find(|(known, _)| *known == address)
            .map(|(_, network)| network)
            .ok_or_else(|| {
                Why::new(format!("how the network {ssid} is encrypted is not in the last scan"))
            })?;
        connected.push(Network { ssid, ..station });
    }
    Ok(connected)
}
