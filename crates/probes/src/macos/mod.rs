//! What a Mac says of itself: one probe for each kind of fact.
//!
//! The programs that come with macOS are asked, in the forms meant for programs (property lists,
//! JSON) wherever they have one. A recording of a real output stands behind everything that is
//! understood here; whatever else a program says leaves the fact unread.

mod accounts;
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
mod settings;
pub(crate) mod software;
pub(crate) mod ssh_server;
pub(crate) mod storage_ports;
mod system;
pub(crate) mod time_sync;
pub(crate) mod wireless;
