//! Whether security updates install themselves: unattended-upgrades, dnf-automatic.
//!
//! A timer that only downloads, or a setting that nothing acts on, is not proof.

use crate::{
    host::{Command, HostError},
    look::{Found, Look, Reading, Why, body},
    parse::{apt, ini::Ini, truth},
    sight::units::units,
};
use closedset_core::fact::{Body, device::AutomaticUpdates};

/// Where dnf-automatic's settings stand, for dnf 4 and dnf 5; the later wins.
const DNF_SETTINGS: [&str; 3] = [
    "/usr/share/dnf5/dnf5-plugins/automatic.conf",
    "/etc/dnf/dnf5-plugins/automatic.conf",
    "/etc/dnf/automatic.conf",
];

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<AutomaticUpdates> {
    let found = if has(look, "apt-config")? {
        debian(look)
    } else if look.exists("/etc/dnf")? || look.exists("/usr/bin/dnf")? {
        red_hat(look)
    } else {
        Err(Why::new("neither apt nor dnf is there; how this system updates itself is not known"))
    }?;
    Ok(Reading { record: found, unread: Vec::new() })
}

fn has(look: &Look<'_>, program: &str) -> Result<bool, Why> {
    match look.host.run(&Command::new(program).arg("dump")) {
        Ok(_) => Ok(true),
        Err(HostError::NotFound) => Ok(false),
        Err(error) => Err(Why::of(program, &error)),
    }
}

fn debian(look: &Look<'_>) -> Result<AutomaticUpdates, Why> {
    let settings = apt::config(&look.output("apt-config dump")?);
    let value = |name: &str| {
        settings
            .get(&format!("apt::periodic::{name}"))
            .and_then(|values| values.last())
            .map(|value| value.trim().to_ascii_lowercase())
    };
    // A number of days, or `always`, or with a unit; 0 is never.
    let happens = |name: &str, default: bool| {
        value(name).map_or(default, |value| {
            value == "always"
                || value
                    .trim_end_matches(['s', 'm', 'h', 'd'])
                    .parse::<u32>()
                    .is_ok_and(|days| days > 0)
        })
    };
    let by = "unattended-upgrades";
    let not = |seen: &str| {
        Ok(AutomaticUpdates { is_enabled: false, by: "none".into(), seen: seen.into() })
    };
    if !look.exists("/usr/bin/unattended-upgrade")? {
        return not("unattended-upgrades is not installed");
    }
    if !happens("enable", true) {
        return not("APT::Periodic::Enable is 0");
    }
    if !happens("update-package-lists", false) {
        return not("APT::Periodic::Update-Package-Lists is 0, so no update is ever seen");
    }
    if !happens("unattended-upgrade", false) {
        return not("APT::Periodic::Unattended-Upgrade is 0 or not set");
    }
    if !apt::takes_security(&settings) {
        return not("unattended-upgrades takes nothing from a security suite");
    }
    if !is_started(look)? {
        return not("nothing starts unattended-upgrades: apt-daily-upgrade.timer is off");
    }
    Ok(AutomaticUpdates {
        is_enabled: true,
        by: by.into(),
        seen: format!(
            "APT::Periodic::Unattended-Upgrade \"{}\", security suites allowed",
            value("unattended-upgrade").unwrap_or_default()
        ),
    })
}

/// Whether something starts apt's daily work: systemd's timers, or cron where systemd is not.
fn is_started(look: &Look<'_>) -> Result<bool, Why> {
    match units(look) {
        Ok(units) => Ok(["apt-daily-upgrade.timer", "apt-daily.timer"]
            .iter()
            .all(|timer| units.get(timer).is_some_and(|unit| unit.is_active()))),
        Err(why) => {
            if look.exists("/run/systemd/system")? {
                Err(why)
            } else {
                Ok(look.exists("/etc/cron.daily/apt-compat")? && look.exists("/usr/sbin/cron")?)
            }
        }
    }
}

fn red_hat(look: &Look<'_>) -> Result<AutomaticUpdates, Why> {
    let units = units(look)?;
    let is_on =
        |name: &str| units.get(name).is_some_and(|unit| unit.is_enabled() && unit.is_active());
    let mut settings = Ini::default();
    for path in DNF_SETTINGS {
        if let Some(text) = look.text_if_there(path)? {
            settings.add(&text);
        }
    }
    let kind = settings.value("commands", "upgrade_type").unwrap_or("default").to_ascii_lowercase();
    let applies = settings.value("commands", "apply_updates").and_then(truth).unwrap_or(false);
    // This timer installs whatever the settings say.
    let installs = is_on("dnf-automatic-install.timer");
    let is_timed = installs || is_on("dnf-automatic.timer") || is_on("dnf5-automatic.timer");
    let is_enabled =
        is_timed && (applies || installs) && matches!(kind.as_str(), "default" | "security");
    let seen = if !is_timed {
        "the timer of dnf-automatic is off".to_owned()
    } else if is_enabled {
        format!("the timer is on, updates are applied, upgrade_type = {kind}")
    } else {
        format!("the timer is on, apply_updates = {applies}, upgrade_type = {kind}")
    };
    Ok(AutomaticUpdates {
        is_enabled,
        by: if is_enabled { "dnf-automatic" } else { "none" }.into(),
        seen,
    })
}
