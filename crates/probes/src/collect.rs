//! Runs the probes: all of them on a few threads, or one.

use crate::{
    host::{HostView, RememberingHost},
    look::Look,
    probe,
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

/// The kinds, those that take long first.
const PROBES: [(&str, Probe); 19] = [
    ("internet_access", probe::internet_access::probe),
    ("pending_updates", probe::pending_updates::probe),
    ("software", probe::software::probe),
    ("screen_lock", probe::screen_lock::probe),
    ("disk_encryption", probe::disk_encryption::probe),
    ("automatic_updates", probe::automatic_updates::probe),
    ("host_firewall", probe::host_firewall::probe),
    ("storage_ports", probe::storage_ports::probe),
    ("remote_access", probe::remote_access::probe),
    ("cloud_sync", probe::cloud_sync::probe),
    ("wireless", probe::wireless::probe),
    ("ssh_server", probe::ssh_server::probe),
    ("local_accounts", probe::local_accounts::probe),
    ("time_sync", probe::time_sync::probe),
    ("anti_malware", probe::anti_malware::probe),
    ("removable_drives", probe::removable_drives::probe),
    ("password_policy", probe::password_policy::probe),
    ("hardware", probe::hardware::probe),
    ("operating_system", probe::operating_system::probe),
];

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
                while let Some((kind, probe)) = PROBES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if options.skip.iter().any(|skipped| skipped == kind) {
                        continue;
                    }
                    let body = run(*probe, &host, options);
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
    let (_, probe) = PROBES.iter().find(|(name, _)| *name == kind)?;
    Some(run(*probe, &RememberingHost::new(host), options))
}

/// A fault in one probe costs its fact, not the collection.
fn run(probe: Probe, host: &dyn HostView, options: &CollectOptions) -> Body {
    catch_unwind(AssertUnwindSafe(|| probe(&Look::new(host, options)))).unwrap_or_else(|_| {
        Body::unreadable("the probe itself failed; please report this as a fault of Closedset")
    })
}
