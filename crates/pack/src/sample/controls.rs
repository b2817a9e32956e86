//! The sample's controls, in a few words each.

use super::by_hand;
use crate::rows::{Check, Control};
use closedset_core::Status::{self, Excepted, NotApplicable, Unknown};
use serde_json::Value;

/// The checks about devices and the kind of fact each rests on.
pub(super) const DEVICE_CHECKS: &[(&str, &str)] = &[
    ("device-firewall", "host_firewall"),
    ("device-release", "release_line"),
    ("device-screen-lock", "screen_lock"),
];

/// The check whose risk was accepted.
pub(super) const EXCEPTED_CHECK: &str = "device-disk-encryption";

/// What the check on this kind of fact says.
pub(super) fn judge(kind: &str, body: &Value) -> (Status, String) {
    let is = |field: &str| body.get(field) == Some(&Value::Bool(true));
    let (passes, because) = match kind {
        "host_firewall" => (
            is("is_active") && is("refuses_inbound"),
            body["seen"].as_str().unwrap_or("").to_owned(),
        ),
        "screen_lock" => {
            let seconds = body["longest_s"].as_i64().unwrap_or(i64::MAX);
            (seconds <= 900, format!("locks after {} min", seconds / 60))
        }
        _ => (is("is_supported"), "debian-13, the newest release".to_owned()),
    };
    (if passes { Status::Pass } else { Status::Fail }, because)
}

/// All of them.
pub(super) fn all() -> Vec<Control> {
    let mut controls: Vec<Control> = LIST
        .iter()
        .map(|(id, title, asks, status)| by_hand(id, area(id), title, asks, *status))
        .collect();
    for (control, check, title, condition) in [
        (
            "IS-3",
            "device-firewall",
            "The firewall of each computer is on and refuses what nobody asked for",
            "host_firewall.is_active && host_firewall.refuses_inbound",
        ),
        (
            "IS-6",
            "device-release",
            "Each computer runs one of the last two releases",
            "release_line.position <= 2 && release_line.is_supported",
        ),
        (
            "IS-7",
            "device-screen-lock",
            "Each screen locks within 15 minutes and asks for the password",
            "screen_lock.users.all(u, u.locks_after_s > 0 && u.locks_after_s <= limit.screen_lock_s && u.asks_password)",
        ),
    ] {
        if let Some(control) = controls.iter_mut().find(|one| one.id == control) {
            let kind = DEVICE_CHECKS.iter().find(|(id, _)| *id == check);
            control.checks.push(Check {
                id: check.to_owned(),
                title: title.to_owned(),
                condition: condition.to_owned(),
                fresh_for: "7 days".to_owned(),
                needs: kind.map(|(_, kind)| vec![(*kind).to_owned()]).unwrap_or_default(),
                version: "1".to_owned(),
                is_own: false,
            });
        }
    }
    if let Some(control) = controls.iter_mut().find(|one| one.id == "IS-9") {
        control.checks.push(Check {
            id: EXCEPTED_CHECK.to_owned(),
            title: "Every volume of each portable device is encrypted".to_owned(),
            condition: "disk_encryption.all_encrypted".to_owned(),
            fresh_for: "7 days".to_owned(),
            needs: vec!["disk_encryption".to_owned()],
            version: "1".to_owned(),
            is_own: false,
        });
    }
    for id in ["AD-5", "PH-1"] {
        if let Some(control) = controls.iter_mut().find(|one| one.id == id) {
            control.checks.push(Check {
                id: format!("evidence-{}", id.to_lowercase()),
                title: "A document or an attestation is in force".to_owned(),
                condition: "evidence.in_force > 0".to_owned(),
                fresh_for: String::new(),
                needs: vec!["evidence".to_owned()],
                version: "1".to_owned(),
                is_own: false,
            });
        }
    }
    controls
}

fn area(id: &str) -> &'static str {
    match id.split('-').next() {
        Some("AD") => "Administrative",
        Some("PH") => "Physical",
        Some("IS") => "Information",
        _ => "Incident",
    }
}

const LIST: &[(&str, &str, &str, Status)] = &[
    (
        "AD-1",
        "The facility",
        "Say where the facility is, what building it is in and what surrounds it.",
        Unknown,
    ),
    ("AD-2", "Active clients", "Keep a list of the clients whose work is in the house.", Unknown),
    ("AD-3", "Non-disclosure agreements", "Everybody who works here has signed one.", Unknown),
    (
        "AD-4",
        "Head counts",
        "Know how many people work here and how many will handle the content.",
        Unknown,
    ),
    (
        "AD-5",
        "Written policies",
        "Have written guidance on responsibilities, handling, personal devices, social media, resilience and incidents.",
        Unknown,
    ),
    (
        "AD-6",
        "Security contact",
        "Name who is responsible for content security and how to reach them.",
        Unknown,
    ),
    ("AD-7", "Vulnerability management", "Describe the programme, if there is one.", NotApplicable),
    ("AD-8", "Earlier audits", "Provide earlier assessments and their dates.", Unknown),
    ("AD-9", "Penetration tests", "Provide reports and who made them.", Unknown),
    ("PH-1", "Entries and exits", "Every way in from outside is secured.", Unknown),
    ("PH-2", "Visitors", "Visitors are logged, identified and escorted.", Unknown),
    (
        "PH-3",
        "Cameras",
        "Entrances, exits and secure areas are filmed; recordings are usable and kept 60 days or what the law gives.",
        Unknown,
    ),
    (
        "PH-4",
        "Electronic access",
        "Sensitive areas have electronic access control; its logs are kept twelve months.",
        Unknown,
    ),
    ("PH-5", "Alarm", "There is an alarm, and each holder has a code of their own.", Unknown),
    (
        "PH-6",
        "Secure storage",
        "Sensitive material has a secure place that is designated for it.",
        Unknown,
    ),
    (
        "IS-1",
        "Network and systems",
        "Know the network, and how many systems and people can reach the material.",
        Unknown,
    ),
    ("IS-2", "Vulnerability scans", "Scan regularly and mend what is found.", Unknown),
    ("IS-3", "Firewalls", "Host firewalls are on; networks have stateful ones.", Unknown),
    ("IS-4", "Wireless", "Wireless networks that reach content are strongly encrypted.", Unknown),
    (
        "IS-5",
        "Accounts and passwords",
        "Everybody has an account of their own with a strong passphrase.",
        Unknown,
    ),
    (
        "IS-6",
        "Operating systems",
        "Systems run one of the last two versions, update themselves and are checked each quarter.",
        Unknown,
    ),
    (
        "IS-7",
        "Screen locks",
        "Screens lock after 15 minutes and ask for the password again.",
        Unknown,
    ),
    (
        "IS-8",
        "Second factor",
        "Every system that handles content asks for a second factor.",
        Unknown,
    ),
    (
        "IS-9",
        "Disk encryption",
        "External drives, thumb drives and laptops are fully encrypted.",
        Excepted,
    ),
    (
        "IS-10",
        "Remote access",
        "Remote access is restricted to an encrypted VPN with a second factor.",
        Unknown,
    ),
    ("IS-11", "Internet access", "Systems that hold content reach only what they must.", Unknown),
    ("IS-12", "Storage ports", "Mass storage is blocked on all ports.", Unknown),
    (
        "IS-13",
        "Approved storage",
        "Content lies only in encrypted storage that its owner approved.",
        Unknown,
    ),
    ("IS-14", "Transfers", "Content travels only over approved, encrypted platforms.", Unknown),
    (
        "IS-15",
        "Cloud and public platforms",
        "Nothing is kept or shared there without prior approval.",
        Unknown,
    ),
    ("IS-16", "Deletion", "Content is deleted securely when its task or project ends.", Unknown),
    (
        "IR-1",
        "Notification",
        "Tell the owner's security team at once of anything that might touch its content.",
        Unknown,
    ),
    ("IR-2", "Audits", "Permit the owner or whom it names to audit.", Unknown),
];
