//! How systemd's units stand.

use crate::{
    host::HostError,
    look::{Look, Why},
    parse::unit::{self, Unit},
};
use std::collections::BTreeMap;

/// The units called `names`; one that does not exist has the load state `not-found`.
///
/// All probes name their units here, so that systemd is asked once.
pub(crate) fn units(look: &Look<'_>) -> Result<BTreeMap<&'static str, Unit>, Why> {
    match look.run(&command_words()) {
        Ok(output) if output.status == 0 => {
            let shown = unit::show(&output.text());
            if shown.len() == NAMES.len() {
                Ok(NAMES.into_iter().zip(shown).collect())
            } else {
                Err(Why::new("systemctl did not tell about every unit"))
            }
        }
        Ok(output) => Err(look.refused("systemctl", &output)),
        Err(HostError::NotFound) => Err(Why::new("systemctl is not there")),
        Err(error) => Err(Why::of("systemctl", &error)),
    }
}

/// The command that asks about every one of them.
pub(crate) fn command_words() -> String {
    format!(
        "systemctl show --no-pager -p LoadState -p ActiveState -p UnitFileState -- {}",
        NAMES.join(" ")
    )
}

/// Every unit that a probe asks about.
pub(crate) const NAMES: [&str; 19] = [
    "ufw.service",
    "firewalld.service",
    "nftables.service",
    "iptables.service",
    "netfilter-persistent.service",
    "ssh.service",
    "sshd.service",
    "ssh.socket",
    "sshd.socket",
    "usbguard.service",
    "unattended-upgrades.service",
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "dnf-automatic.timer",
    "dnf-automatic-install.timer",
    "dnf5-automatic.timer",
    "packagekit.service",
    "display-manager.service",
    "bolt.service",
];

/// For tests: what `systemctl show` writes when the units in `states` stand so and all others do
/// not exist.
#[cfg(test)]
pub(crate) fn shown(states: &[(&str, &str, &str)]) -> String {
    NAMES
        .iter()
        .map(|name| match states.iter().find(|(unit, ..)| unit == name) {
            Some((_, active, file)) => {
                format!("LoadState=loaded\nActiveState={active}\nUnitFileState={file}\n")
            }
            None => "LoadState=not-found\nActiveState=inactive\nUnitFileState=\n".to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\n")
}
