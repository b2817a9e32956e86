//! Who sets the rules, ufw or firewalld, what they say, and whether they come back after a restart.

use super::{OPEN_IN_A_ROW, OPEN_PORTS};
use crate::{
    host::HostError,
    look::{Look, Why},
    parse::{
        firewall::words::{self, Ufw, Zone},
        ini::Ini,
    },
    sight::{firewall, units::units},
};

/// One who sets the rules and is switched on.
#[derive(Debug)]
pub(super) enum Manager {
    Ufw(Ufw),
    Firewalld { zones: Vec<Zone>, default: String },
}

impl Manager {
    pub(super) const fn backend(&self) -> &'static str {
        match self {
            Self::Ufw(_) => "ufw",
            Self::Firewalld { .. } => "firewalld",
        }
    }

    /// Whether it refuses by default, by its own words; none if they do not tell.
    pub(super) fn refuses(&self, look: &Look<'_>) -> Option<bool> {
        match self {
            Self::Ufw(ufw) => {
                if ufw.is_doubtful {
                    return None;
                }
                let denies = matches!(ufw.incoming.as_deref()?, "deny" | "reject");
                // ufw leaves IPv6 alone unless told.
                let settings = look.text("/etc/default/ufw").ok()?;
                let guards_v6 = Ini::parse(&settings).value("", "IPV6").is_some_and(|value| {
                    value.trim_matches(['"', '\'']).eq_ignore_ascii_case("yes")
                });
                Some(denies && !ufw.lets_all_in && (guards_v6 || firewall::ipv6_is_off(look)))
            }
            Self::Firewalld { zones, default } => {
                let mut counting =
                    zones.iter().filter(|zone| zone.is_active || zone.name == *default).peekable();
                counting.peek()?;
                if counting.clone().any(|zone| zone.is_doubtful) {
                    return None;
                }
                Some(counting.all(|zone| zone.refuses(OPEN_PORTS, OPEN_IN_A_ROW)))
            }
        }
    }

    /// What it says, in a few words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Ufw(ufw) => format!(
                "ufw is active, {} (incoming)",
                ufw.incoming.as_deref().unwrap_or("unknown")
            ),
            Self::Firewalld { zones, default } => {
                let zones: Vec<String> = zones
                    .iter()
                    .filter(|zone| zone.is_active || zone.name == *default)
                    .map(|zone| format!("{} (target {})", zone.name, zone.target))
                    .collect();
                format!("firewalld is running, zones {}", zones.join(", "))
            }
        }
    }
}

/// Who is switched on. ufw that is installed and inactive is nobody.
pub(super) fn manager(look: &Look<'_>) -> Result<Option<Manager>, Why> {
    if let Some(text) = look.output_if_there("ufw status verbose")?
        && let Some(ufw) = words::ufw(&text)
        && ufw.is_active
    {
        return Ok(Some(Manager::Ufw(ufw)));
    }
    // `firewall-cmd --state` ends with 252 when firewalld does not run.
    let is_running = match look.run("firewall-cmd --state") {
        Ok(output) => output.status == 0 && output.text().trim() == "running",
        Err(HostError::NotFound) => false,
        Err(error) => return Err(Why::of("firewall-cmd", &error)),
    };
    if !is_running {
        return Ok(None);
    }
    let zones = look
        .output("firewall-cmd --list-all-zones")
        .map(|text| words::zones(&text))
        .unwrap_or_default();
    let default = look
        .output("firewall-cmd --get-default-zone")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default();
    Ok(Some(Manager::Firewalld { zones, default }))
}

/// Whether the rules of `backend` come back after a restart.
pub(super) fn starts_at_boot(look: &Look<'_>, backend: &str) -> Result<bool, Why> {
    let services: &[&str] = match backend {
        "ufw" => &["ufw.service"],
        "firewalld" => &["firewalld.service"],
        "nftables" => &["nftables.service"],
        "iptables" => &["iptables.service", "netfilter-persistent.service"],
        // Nothing filters now and nothing is known that would.
        _ => return Ok(false),
    };
    let units = units(look)?;
    let is_enabled =
        services.iter().any(|service| units.get(service).is_some_and(|unit| unit.is_enabled()));
    if backend == "ufw" {
        let settings = look.text_if_there("/etc/ufw/ufw.conf")?.unwrap_or_default();
        let is_on = Ini::parse(&settings)
            .value("", "ENABLED")
            .is_some_and(|value| value.eq_ignore_ascii_case("yes"));
        return Ok(is_enabled && is_on);
    }
    Ok(is_enabled)
}
