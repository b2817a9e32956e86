//! Whether macOS installs its security updates by itself.
//!
//! Three settings must be on together: new systems, security responses, and the data of the
//! built-in protection. One that was never written has a default that differs by version and by how
//! the computer was set up, so it is unread.

use super::settings::{self, truth};
use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{Body, device::AutomaticUpdates};

const DOMAIN: &str = "com.apple.SoftwareUpdate";
/// Without these nothing arrives that could be installed; they are on unless switched off.
const ARRIVING: [&str; 2] = ["AutomaticCheckEnabled", "AutomaticDownload"];
const INSTALLING: [&str; 3] =
    ["AutomaticallyInstallMacOSUpdates", "CriticalUpdateInstall", "ConfigDataInstall"];

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<AutomaticUpdates> {
    let fixed = settings::managed(look, DOMAIN)?;
    let own = settings::at(look, &format!("/Library/Preferences/{DOMAIN}.plist"))?;
    let value = |name: &str| {
        [&fixed, &own].into_iter().flatten().find_map(|settings| settings.get(name).and_then(truth))
    };
    let off = ARRIVING.iter().chain(&INSTALLING).find(|name| value(name) == Some(false));
    if let Some(name) = off {
        return Ok(Reading {
            record: AutomaticUpdates {
                is_enabled: false,
                by: "none".into(),
                seen: format!("{name} is off"),
            },
            unread: Vec::new(),
        });
    }
    if let Some(name) = INSTALLING.iter().find(|name| value(name).is_none()) {
        return Err(Why::new(format!(
            "{name} was never set on this computer, and what then holds differs; switch all of \
             'Automatic updates' on in the system settings"
        )));
    }
    Ok(Reading {
        record: AutomaticUpdates {
            is_enabled: true,
            by: "softwareupdate".into(),
            seen: format!("{} are on", INSTALLING.join(", ")),
        },
        unread: Vec::new(),
    })
}
