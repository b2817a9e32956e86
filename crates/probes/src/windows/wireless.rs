//! The wireless adapters, and how the networks they are connected to are encrypted.

use super::answers::{Script, ask, int, text};
use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::windows::wlan,
};
use closedset_core::fact::{
    Body,
    device::{Wireless, WirelessNetwork},
};

/// What `netsh` shows holds no key.
const SCRIPT: Script = Script::new(
    "powershell wireless",
    "adapters=S{Get-CimInstance -Namespace root/StandardCimv2 -ClassName MSFT_NetAdapter|\
     %{@{medium=[int]$_.CimInstanceProperties['NdisPhysicalMedium'].Value}}};\
     shown=S{$t=(netsh wlan show interfaces) -join \"`n\";@{text=[string]$t;status=[int]$LASTEXITCODE}}",
);
/// Wireless among the media of NDIS: of old drivers, and native 802.11.
const WIRELESS: [i64; 2] = [1, 9];

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Wireless> {
    let answers = ask(look, SCRIPT)?;
    let all = answers.list("adapters")?;
    if all.is_empty() || all.iter().any(|adapter| int(adapter, "medium").is_none()) {
        return Err(Why::new("Windows does not tell of which kind its network adapters are"));
    }
    let is_wireless = |adapter: &&serde_json::Value| {
        int(adapter, "medium").is_some_and(|medium| WIRELESS.contains(&medium))
    };
    let adapters = all.iter().filter(is_wireless).count();
    let mut connected = Vec::new();
    if adapters > 0 {
        let shown = answers.one("shown")?;
        let networks = text(&shown, "text")
            .filter(|_| int(&shown, "status") == Some(0))
            .and_then(wlan)
            .ok_or_else(|| {
                Why::new(
                    "netsh does not show how the wireless networks are encrypted; it may need the \
                     location service",
                )
            })?;
        connected.extend(networks.into_iter().map(|network| WirelessNetwork {
            ssid: network.ssid,
            security: network.security,
            is_strong: network.is_strong,
        }));
    }
    connected.sort_by(|a, b| (&a.ssid, &a.security).cmp(&(&b.ssid, &b.security)));
    Ok(Reading {
        record: Wireless {
            adapters: i64::try_from(adapters).unwrap_or(i64::MAX),
            all_strong: connected.iter().all(|network| network.is_strong),
            connected,
        },
        unread: Vec::new(),
    })
}
