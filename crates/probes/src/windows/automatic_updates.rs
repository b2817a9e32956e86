//! Whether Windows installs its security updates by itself.
//!
//! On a client it does unless somebody said otherwise. A server only fetches them unless a policy
//! says that it installs them.

use super::answers::{Script, ask, has, int, text};
use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::windows::time,
};
use closedset_core::fact::{Body, device::AutomaticUpdates};
use serde_json::Value;

const SCRIPT: Script = Script::new(
    "powershell automatic_updates",
    "policy=S{$k='HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU';\
     @{off=R $k NoAutoUpdate;options=R $k AUOptions;\
     managed=R 'HKLM:\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\Update' AllowAutoUpdate;\
     paused=R 'HKLM:\\SOFTWARE\\Microsoft\\WindowsUpdate\\UX\\Settings' PauseUpdatesExpiryTime;\
     kind=R 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion' InstallationType}};\
     service=S{Get-CimInstance Win32_Service -Filter \"Name='wuauserv'\"|%{@{start=[string]$_.StartMode}}}",
);

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<AutomaticUpdates> {
    let answers = ask(look, SCRIPT)?;
    let policy = answers.record("policy", &["off", "options", "managed", "paused"])?;
    let service = answers.one("service")?;
    let (is_enabled, seen) = judged(look, &policy, &service)?;
    Ok(Reading {
        record: AutomaticUpdates {
            is_enabled,
            by: if is_enabled { "windows-update" } else { "none" }.into(),
            seen,
        },
        unread: Vec::new(),
    })
}

fn judged(look: &Look<'_>, policy: &Value, service: &Value) -> Result<(bool, String), Why> {
    let no = |seen: &str| Ok((false, seen.to_owned()));
    match text(service, "start") {
        Some("Disabled") => return no("the service of Windows Update is switched off"),
        Some("Auto" | "Manual") => {}
        _ => return Err(Why::new("how the service of Windows Update starts is not known")),
    }
    if let Some(paused) = policy.get("paused").filter(|paused| !paused.is_null()) {
        match time(paused) {
            Some(until) if until > look.now() => {
                return Ok((false, format!("updates are paused until {until}")));
            }
            Some(_) => {}
            None => return Err(Why::new("until when updates are paused is not understood")),
        }
    }
    match int(policy, "off") {
        Some(0) => {}
        None if !has(policy, "off") => {}
        Some(1) => return no("a policy switches automatic updates off (NoAutoUpdate)"),
        _ => return Err(Why::new("the policy NoAutoUpdate is not understood")),
    }
    // As the policy numbers them: 2 tells, 3 fetches, 4 installs, 5 lets a person choose.
    match (int(policy, "options"), has(policy, "options")) {
        (Some(4), _) => return Ok((true, "a policy has updates installed (AUOptions 4)".into())),
        (Some(2 | 3), _) => return no("a policy has updates wait for somebody (AUOptions 2 or 3)"),
        (None, false) => {}
        _ => return Err(Why::new("a policy leaves automatic updates to whoever administers")),
    }
    // As the policy of a device management numbers them: 0 tells, 1 to 4 install, 5 is off.
    match (int(policy, "managed"), has(policy, "managed")) {
        (Some(1..=4), _) => {
            return Ok((true, "the device management has updates installed".into()));
        }
        (Some(0 | 5), _) => return no("the device management has updates wait or switched off"),
        (None, false) => {}
        _ => return Err(Why::new("the policy AllowAutoUpdate is not understood")),
    }
    match text(policy, "kind") {
        Some("Client") => Ok((true, "Windows installs updates unless told otherwise".into())),
        _ => Err(Why::new(
            "no policy says that this server installs updates, and what it does by itself is not \
             told; set the policy 'Configure Automatic Updates' to 4",
        )),
    }
}
