//! The catalogue's files, built into the program.

use crate::load::CatalogueFile;

macro_rules! embedded {
    ($($name:literal)*) => {
        &[$(CatalogueFile {
            name: concat!("catalogue/", $name),
            text: include_str!(concat!("../../../catalogue/", $name)),
        }),*]
    };
}

/// Every file under `catalogue/` that this crate reads; a test holds the list to the folder.
pub(crate) const EMBEDDED: &[CatalogueFile<'static>] = embedded! {
    "frameworks/netflix-minimum.toml"
    "frameworks/mpa-best-practices.toml"
    "checks/administrative/people.toml"
    "checks/information/accounts.toml"
    "checks/information/mpa.toml"
    "checks/information/network.toml"
    "checks/information/reach.toml"
    "checks/information/storage.toml"
    "checks/information/systems.toml"
    "releases/almalinux.toml"
    "releases/debian.toml"
    "releases/fedora.toml"
    "releases/macos.toml"
    "releases/rhel.toml"
    "releases/rocky.toml"
    "releases/ubuntu.toml"
    "releases/windows-enterprise.toml"
    "releases/windows-server.toml"
    "releases/windows.toml"
};
