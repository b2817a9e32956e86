//! What the agent looks at, and how often: most probes each time, those that cost network or
//! minutes of a package manager rarely.

use closedset_core::{Duration, Time, fact::Body};
use closedset_probes::{CollectOptions, KINDS, LiveHost, collect};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Kinds that are looked at rarely, and how rarely.
const RARELY: [(&str, Duration); 3] = [
    ("internet_access", Duration::from_hours(6)),
    ("pending_updates", Duration::from_hours(1)),
    ("software", Duration::from_hours(1)),
];

/// Why a fact that a person left out is not known.
pub(crate) const LEFT_OUT: &str = "left out by --skip-facts";

/// Looks at this computer.
pub(crate) struct ThisComputer {
    host: LiveHost,
    control_host: Option<String>,
    skip: Vec<String>,
    kept: Mutex<BTreeMap<&'static str, (Time, Body)>>,
}

impl ThisComputer {
    /// `control_host` is a host that must answer where the internet is asked about; a server on this
    /// very machine proves nothing and is left out.
    pub(crate) fn new(server: &str, skip: Vec<String>) -> Self {
        let host = server.strip_prefix("https://").unwrap_or(server);
        let is_here = ["localhost", "127.", "[::1]"].iter().any(|here| host.starts_with(here));
        Self {
            host: LiveHost::default(),
            control_host: (!is_here).then(|| host.to_owned()),
            skip,
            kept: Mutex::new(BTreeMap::new()),
        }
    }

    /// The facts at `now`.
    pub(crate) fn look(&self, now: Time) -> BTreeMap<String, Body> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kind, (at, _)| {
            RARELY.iter().any(|(rare, every)| rare == kind && now.since(*at) < *every && *at <= now)
        });
        let mut skip = self.skip.clone();
        skip.extend(kept.keys().map(|kind| (*kind).to_owned()));
        let options = CollectOptions { now, control_host: self.control_host.clone(), skip };
        let mut facts = collect(&self.host, &options);
        for (kind, _) in RARELY {
            match (facts.get(kind), kept.get(kind)) {
                (Some(body), _) => {
                    kept.insert(kind, (now, body.clone()));
                }
                (None, Some((_, body))) => {
                    facts.insert(kind.to_owned(), body.clone());
                }
                (None, None) => {}
            }
        }
        // Said rather than left unsaid: otherwise it would look as if the agent were too old.
        for kind in self.skip.iter().filter(|kind| KINDS.contains(&kind.as_str())) {
            facts.insert(kind.clone(), Body::unreadable(LEFT_OUT));
        }
        facts
    }
}
