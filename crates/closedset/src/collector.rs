//! What the agent looks at, and how often: most probes each time, those that cost network or
//! minutes of a package manager rarely. Nothing is told from before the computer was off or asleep.

use closedset_agent::{Depth, Look};
use closedset_core::{Duration, Time, fact::Body};
use closedset_probes::{CollectOptions, KINDS, LiveHost, collect};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

const INTERNET: &str = "internet_access";
/// How soon the network is asked again if nothing could be said of it.
const NETWORK_COMES: Duration = Duration::from_minutes(5);

/// Kinds that are looked at rarely, and how rarely.
const RARELY: [(&str, Duration); 3] = [
    (INTERNET, Duration::from_hours(6)),
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

    /// The facts at the time of the look.
    pub(crate) fn look(&self, look: Look) -> BTreeMap<String, Body> {
        let now = look.at;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kind, (at, body)| may_be_kept(kind, now.since(*at), body));
        if look.depth == Depth::Whole {
            kept.clear();
        }
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

/// Whether what was seen of `kind` such a time ago is told again without looking.
fn may_be_kept(kind: &str, age: Duration, body: &Body) -> bool {
    let Some((_, every)) = RARELY.iter().find(|(rare, _)| *rare == kind) else { return false };
    // The network may not be there yet when the computer starts.
    let is_passing = kind == INTERNET && !body.unread().is_empty();
    let every = if is_passing { NETWORK_COMES } else { *every };
    age >= Duration::ZERO && age < every
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_the_network_is_asked_again_soon_if_there_was_none() {
        let known: Body = serde_json::from_str("{}").expect("an object is a body");
        let unread = Body::unreadable("no host answers");
        let minutes = Duration::from_minutes;
        assert!(may_be_kept(INTERNET, minutes(300), &known));
        assert!(may_be_kept(INTERNET, minutes(4), &unread));
        assert!(!may_be_kept(INTERNET, minutes(6), &unread));
        assert!(may_be_kept("software", minutes(50), &unread));
        assert!(!may_be_kept("software", minutes(70), &known));
        assert!(!may_be_kept("software", minutes(-1), &known), "the clock was set back");
        assert!(!may_be_kept("screen_lock", minutes(0), &known));
    }
}
