//! Runs the probes: all of them on a few threads, or one.

use crate::{
    host::{HostView, Platform, RememberingHost},
    look::Look,
    macos, probe, windows,
};
use closedset_core::{Time, fact::Body};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Probes wait for programs more than they work, so there are more threads than processors.
const THREADS: usize = 8;

/// What a collection is given from outside.
#[derive(Debug, Clone, Default)]
pub struct CollectOptions {
    /// The present time.
    pub now: Time,
    /// A host that must answer, as `host:port` (the server itself): only if it does, silence of
    /// others means that the internet is restricted.
    pub control_host: Option<String>,
    /// Kinds of facts that are not collected.
    pub skip: Vec<String>,
}

type Probe = fn(&Look<'_>) -> Body;

/// The probes of one kind, for Linux, macOS and Windows.
type Probes = [Probe; Platform::ALL.len()];

/// The kinds with their probes, those that take long first.
const PROBES: [(&str, Probes); 19] = [
    ("internet_access", same(probe::internet_access::probe)),
    (
        "pending_updates",
        [
            probe::pending_updates::probe,
            macos::pending_updates::probe,
            windows::pending_updates::probe,
        ],
    ),
    ("software", [probe::software::probe, macos::software::probe, windows::software::probe]),
    (
        "screen_lock",
        [probe::screen_lock::probe, macos::screen_lock::probe, windows::screen_lock::probe],
    ),
    (
        "disk_encryption",
        [
            probe::disk_encryption::probe,
            macos::disk_encryption::probe,
            windows::disk_encryption::probe,
        ],
    ),
    (
        "automatic_updates",
        [
            probe::automatic_updates::probe,
            macos::automatic_updates::probe,
            windows::automatic_updates::probe,
        ],
    ),
    (
        "host_firewall",
        [probe::host_firewall::probe, macos::host_firewall::probe, windows::host_firewall::probe],
    ),
    (
        "storage_ports",
        [probe::storage_ports::probe, macos::storage_ports::probe, windows::storage_ports::probe],
    ),
    (
        "remote_access",
        [probe::remote_access::probe, macos::remote_access::probe, windows::remote_access::probe],
    ),
    (
        "cloud_sync",
        [probe::cloud_sync::probe, macos::cloud_sync::probe, windows::cloud_sync::probe],
    ),
    ("wireless", [probe::wireless::probe, macos::wireless::probe, windows::wireless::probe]),
    (
        "ssh_server",
        [probe::ssh_server::probe, macos::ssh_server::probe, windows::ssh_server::probe],
    ),
    (
        "local_accounts",
        [
            probe::local_accounts::probe,
            macos::local_accounts::probe,
            windows::local_accounts::probe,
        ],
    ),
    ("time_sync", [probe::time_sync::probe, macos::time_sync::probe, windows::time_sync::probe]),
    (
        "anti_malware",
        [probe::anti_malware::probe, macos::anti_malware::probe, windows::anti_malware::probe],
    ),
    (
        "removable_drives",
        [
            probe::removable_drives::probe,
            macos::removable_drives::probe,
            windows::removable_drives::probe,
        ],
    ),
    (
        "password_policy",
        [
            probe::password_policy::probe,
            macos::password_policy::probe,
            windows::password_policy::probe,
        ],
    ),
    ("hardware", [probe::hardware::probe, macos::hardware::probe, windows::hardware::probe]),
    (
        "operating_system",
        [
            probe::operating_system::probe,
            macos::operating_system::probe,
            windows::operating_system::probe,
        ],
    ),
];

/// A kind that is looked at in the same way everywhere.
const fn same(probe: Probe) -> Probes {
    [probe; Platform::ALL.len()]
}

/// The probe for a platform, out of a kind's.
const fn on(platform: Platform, [linux, macos, windows]: Probes) -> Probe {
    match platform {
        Platform::Linux => linux,
        Platform::Macos => macos,
        Platform::Windows => windows,
    }
}

/// The kinds of facts that probes yield.
pub const KINDS: [&str; PROBES.len()] = {
    let mut kinds = [""; PROBES.len()];
    let mut index = 0;
    while index < kinds.len() {
        kinds[index] = PROBES[index].0;
        index += 1;
    }
    kinds
};

/// Runs every probe but those in `options.skip`. Each yields a body; one that could read nothing
/// yields a body that says so.
pub fn collect(host: &dyn HostView, options: &CollectOptions) -> BTreeMap<String, Body> {
    let host = RememberingHost::new(host);
    let next = AtomicUsize::new(0);
    let bodies = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((kind, probes)) = PROBES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if options.skip.iter().any(|skipped| skipped == kind) {
                        continue;
                    }
                    let body = run(on(host.platform(), *probes), &host, options);
                    bodies
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert((*kind).to_owned(), body);
                }
            });
        }
    });
    bodies.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the probe of one kind; `None` if no probe yields it.
pub fn collect_one(kind: &str, host: &dyn HostView, options: &CollectOptions) -> Option<Body> {
    let (_, probes) = PROBES.iter().find(|(name, _)| *name == kind)?;
    Some(run(on(host.platform(), *probes), &RememberingHost::new(host), options))
}

/// A fault in one probe costs its fact, not the collection.
fn run(probe: Probe, host: &dyn HostView, options: &CollectOptions) -> Body {
    catch_unwind(AssertUnwindSafe(|| probe(&Look::new(host, options)))).unwrap_or_else(|_| {
        Body::unreadable("the probe itself failed; please report this as a fault of Closedset")
    })
}
