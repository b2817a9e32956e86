//! The probes, one for each kind of fact.

pub(crate) mod anti_malware;
pub(crate) mod automatic_updates;
pub(crate) mod cloud_sync;
pub(crate) mod disk_encryption;
pub(crate) mod hardware;
pub(crate) mod host_firewall;
pub(crate) mod internet_access;
pub(crate) mod local_accounts;
pub(crate) mod operating_system;
pub(crate) mod password_policy;
pub(crate) mod pending_updates;
pub(crate) mod remote_access;
pub(crate) mod removable_drives;
pub(crate) mod screen_lock;
pub(crate) mod software;
pub(crate) mod ssh_server;
pub(crate) mod storage_ports;
pub(crate) mod time_sync;
pub(crate) mod wireless;

#[cfg(test)]
mod tests;
