//! What a Windows computer says of itself: one probe for each kind of fact.
//!
//! Each asks PowerShell once, by a script that names every field it wants: nothing else leaves the
//! computer, least of all what unlocks a drive. Numbers, identifiers and the names of states are
//! asked for wherever Windows has them, since its words are in the language of whoever set it up.

mod answers;
pub(crate) mod anti_malware;
pub(crate) mod automatic_updates;
pub(crate) mod cloud_sync;
pub(crate) mod disk_encryption;
mod disks;
pub(crate) mod hardware;
pub(crate) mod host_firewall;
pub(crate) mod local_accounts;
pub(crate) mod operating_system;
pub(crate) mod password_policy;
pub(crate) mod pending_updates;
pub(crate) mod proxy;
pub(crate) mod remote_access;
pub(crate) mod removable_drives;
pub(crate) mod screen_lock;
pub(crate) mod software;
pub(crate) mod ssh_server;
pub(crate) mod storage_ports;
pub(crate) mod time_sync;
pub(crate) mod wireless;
