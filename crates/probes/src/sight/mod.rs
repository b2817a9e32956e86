//! What several probes need to see: accounts, disks, the firewall, packages, processes, sockets, units.

pub(crate) mod accounts;
pub(crate) mod disks;
pub(crate) mod firewall;
pub(crate) mod modules;
pub(crate) mod packages;
pub(crate) mod processes;
pub(crate) mod sockets;
pub(crate) mod units;
