//! Whether the Windows firewall refuses what nobody asked for.
//!
//! What is in force is asked for, all policies together, for each of the three kinds of network.
//! Rules without a program stand in the registry and open ports to everybody: as on Linux, a few
//! may, and all may not.

use super::answers::{Answers, Script, ask, int, items, text};
use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::windows::{Opening, opening},
};
use closedset_core::fact::{Body, device::HostFirewall};
use serde_json::Value;

const SCRIPT: Script = Script::new(
    "powershell host_firewall",
    "profiles=S{Get-NetFirewallProfile -PolicyStore ActiveStore|%{@{name=[string]$_.Name;\
     enabled=[int]$_.Enabled;inbound=[int]$_.DefaultInboundAction;rules=[int]$_.AllowInboundRules}}};\
     service=S{Get-CimInstance Win32_Service -Filter \"Name='MpsSvc'\"|%{@{state=[string]$_.State;\
     start=[string]$_.StartMode}}};\
     others=S{if((Get-CimInstance Win32_OperatingSystem).ProductType -eq 1){Get-CimInstance -Namespace \
     root/SecurityCenter2 -ClassName FirewallProduct|%{@{name=[string]$_.displayName}}}};\
     rules=S{$a=@('HKLM:\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules',\
     'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\Mdm\\FirewallRules',\
     'HKLM:\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules'|?{Test-Path -LiteralPath $_}|\
     %{$k=Get-Item -LiteralPath $_;$k.GetValueNames()|%{[string]$k.GetValue($_)}});@{total=$a.Count;\
     open=@($a|?{$_ -match '\\|Action=Allow\\|' -and $_ -match '\\|Active=TRUE\\|' -and $_ -match \
     '\\|Dir=In\\|' -and $_ -notmatch '\\|(App|Svc|AppPkgId)='}|\
     %{$_ -replace '\\|(Name|Desc|EmbedCtxt)=[^|]*',''})}}",
);
/// The three kinds of network.
const PROFILES: [&str; 3] = ["Domain", "Private", "Public"];
/// As many ports may be open to strangers for the rest to count as refused by default.
const OPEN_PORTS: u32 = 64;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<HostFirewall> {
    let answers = ask(look, SCRIPT)?;
    let profiles = answers.list("profiles")?;
    let service = answers.one("service")?;
    let profiles: Vec<(&str, &Value)> = PROFILES
        .into_iter()
        .filter_map(|name| {
            Some((name, profiles.iter().find(|profile| text(profile, "name") == Some(name))?))
        })
        .collect();
    if profiles.len() < PROFILES.len() {
        return Err(Why::new("Windows does not show its firewall for each kind of network"));
    }
    let off: Vec<&str> = profiles
        .iter()
        .filter(|(_, profile)| int(profile, "enabled") == Some(0))
        .map(|(name, _)| *name)
        .collect();
    let runs = match text(&service, "state") {
        Some("Running") => true,
        Some("Stopped") => false,
        _ => return Err(Why::new("whether the firewall's service runs is not known")),
    };
    if !off.is_empty() || !runs {
        return inactive(&answers, &off);
    }
    if let Some((name, _)) = profiles.iter().find(|(_, profile)| int(profile, "enabled") != Some(1))
    {
        return Err(Why::new(format!("whether the firewall is on for {name} is not known")));
    }
    let (refuses_inbound, seen) = refuses(&answers, &profiles)?;
    Ok(Reading {
        record: HostFirewall {
            backend: "windows-firewall".into(),
            is_active: true,
            refuses_inbound,
            starts_at_boot: text(&service, "start").map(|mode| mode == "Auto"),
            seen,
        },
        unread: Vec::new(),
    })
}

/// A firewall that is off: unless another has taken its place, of which nothing is known.
fn inactive(answers: &Answers, off: &[&str]) -> Found<HostFirewall> {
    if let Some(other) = answers.list("others")?.iter().find_map(|one| text(one, "name")) {
        return Err(Why::new(format!(
            "{other} stands in the place of the Windows firewall, and what it refuses is not read"
        )));
    }
    let seen = match off {
        [] => "the firewall's service does not run".to_owned(),
        names => format!("the Windows firewall is off for {}", names.join(", ")),
    };
    Ok(Reading {
        record: HostFirewall {
            backend: "none".into(),
            is_active: false,
            refuses_inbound: false,
            starts_at_boot: Some(false),
            seen,
        },
        unread: Vec::new(),
    })
}

/// Whether what comes in is refused by default on each kind of network.
fn refuses(answers: &Answers, profiles: &[(&str, &Value)]) -> Result<(bool, String), Why> {
    // As MSFT_NetFirewallProfile numbers them.
    const ALLOW: i64 = 2;
    const BLOCK: i64 = 4;
    if let Some((name, _)) =
        profiles.iter().find(|(_, profile)| int(profile, "inbound") == Some(ALLOW))
    {
        return Ok((false, format!("it lets in by default what comes from {name} networks")));
    }
    if let Some((name, _)) =
        profiles.iter().find(|(_, profile)| int(profile, "inbound") != Some(BLOCK))
    {
        return Err(Why::new(format!(
            "what the firewall does by default with what comes from {name} networks is not said"
        )));
    }
    if profiles.iter().all(|(_, profile)| int(profile, "rules") == Some(0)) {
        return Ok((true, "it blocks all incoming connections".into()));
    }
    let rules = answers.record("rules", &["total", "open"])?;
    // Windows comes with hundreds.
    let is_told = int(&rules, "total").is_some_and(|total| total > 0);
    let rules = rules.get("open").map(items).unwrap_or_default();
    if !is_told || !rules.iter().all(Value::is_string) {
        return Err(Why::new(
            "Windows shows its firewall's rules in a form that is not understood",
        ));
    }
    let openings: Vec<Opening> =
        rules.iter().filter_map(Value::as_str).filter_map(opening).collect();
    let ports = openings.iter().map(|opening| opening.ports).fold(0, u32::saturating_add);
    let mut words: Vec<String> = openings.into_iter().map(|opening| opening.words).collect();
    words.sort();
    words.dedup();
    words.truncate(12);
    Ok(if ports > OPEN_PORTS {
        (false, format!("rules let everybody in by {}", words.join("; ")))
    } else if words.is_empty() {
        (true, "it blocks by default, and no rule opens a port for every program".into())
    } else {
        (true, format!("it blocks by default, and rules open {}", words.join("; ")))
    })
}
