//! The packages that are installed, by whichever manager the system has.

use crate::{
    host::{Command, HostError},
    look::{Look, Why},
    parse::package,
};
use closedset_core::fact::device::Package;

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    Deb,
    Rpm,
}

/// What is installed.
#[derive(Debug, Clone)]
pub(crate) struct Installed {
    pub(crate) manager: Manager,
    pub(crate) packages: Vec<Package>,
}

/// The installed packages. A system may have both programs (`rpm` on Debian, with an empty
/// database); the one that lists anything is the system's.
pub(crate) fn installed(look: &Look<'_>) -> Result<Installed, Why> {
    let dpkg = Command::new("dpkg-query").args(["-W", "-f", package::DPKG_FORMAT]);
    let rpm = Command::new("rpm").args(["-qa", "--qf", package::RPM_FORMAT]);
    let mut refusal = None;
    for (manager, command) in [(Manager::Deb, dpkg), (Manager::Rpm, rpm)] {
        match look.host.run(&command) {
            Ok(output) if output.status == 0 => {
                let packages = match manager {
                    Manager::Deb => package::dpkg(&output.text()),
                    Manager::Rpm => package::rpm(&output.text()),
                };
                if !packages.is_empty() {
                    return Ok(Installed { manager, packages });
                }
            }
            Ok(output) => refusal = Some(look.refused(command.program(), &output)),
            Err(HostError::NotFound) => {}
            Err(error) => refusal = Some(Why::of(command.program(), &error)),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        Why::new("neither dpkg nor rpm lists any package; other package managers are not read")
    }))
}
