//! Whether mass storage can be plugged in, kind by kind of port.
//!
//! A kind is blocked only if what would drive it cannot: a `blacklist` line keeps a module from
//! loading by itself and from nothing else, so it blocks nothing. What cannot be seen is `unread`,
//! never `absent`.

mod buses;
mod usb;

#[cfg(test)]
mod tests;

use crate::{
    look::{Found, Look, Reading, Why, body},
    sight::modules::Module,
};
use closedset_core::fact::{
    Body, Unread,
    device::{StoragePort, StoragePorts},
};

/// How one kind of port stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Blocked,
    Open,
    Absent,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Open => "open",
            Self::Absent => "absent",
        }
    }
}

/// A state and what it was seen from.
type Seen = Result<(State, String), Why>;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<StoragePorts> {
    // Without it every bus would seem absent.
    look.host.list_dir("/sys/bus").map_err(|error| Why::of("/sys/bus", &error))?;
    let (usb, uas, mtp) = usb::kinds(look);
    let seen = [
        ("usb", usb),
        ("uas", uas),
        ("mtp", mtp),
        ("thunderbolt", buses::thunderbolt(look)),
        ("firewire", buses::firewire(look)),
        ("sd", buses::sd(look)),
        ("esata", buses::esata(look)),
        ("optical", buses::optical(look)),
    ];
    if seen.iter().all(|(_, seen)| seen.is_err())
        && let [(_, Err(why)), ..] = &seen
    {
        return Err(why.clone());
    }
    let mut unread: Vec<Unread> = Vec::new();
    let mut ports = Vec::new();
    let mut open = Vec::new();
    for (kind, seen) in seen {
        let (state, seen) = match seen {
            Ok((state, seen)) => {
                if state == State::Open {
                    open.push(kind.to_owned());
                }
                (state.word(), seen)
            }
            Err(Why(why)) => {
                unread.push(Why::new(format!("{kind}: {why}")).at("ports"));
                ("unread", why)
            }
        };
        ports.push(StoragePort { kind: kind.into(), state: state.into(), seen });
    }
    let all_blocked = if !open.is_empty() {
        Some(false)
    } else if unread.is_empty() {
        Some(true)
    } else {
        // One that is open would settle it; one that is unread leaves the whole unread.
        let same = unread.iter().map(|one| Why::new(one.why.clone()).at("all_blocked"));
        unread.extend(same.collect::<Vec<_>>());
        None
    };
    Ok(Reading { record: StoragePorts { ports, all_blocked, open }, unread })
}

/// What a driver's module means for the port that needs it.
fn by_module(name: &str, module: Module) -> (State, String) {
    match module {
        Module::Present => (State::Open, format!("the driver {name} is in the kernel")),
        Module::Loadable { is_blacklisted: true } => (
            State::Open,
            format!(
                "{name} is blacklisted, but root can still load it; \
                 `install {name} /bin/false` in /etc/modprobe.d blocks it"
            ),
        ),
        Module::Loadable { is_blacklisted: false } => {
            (State::Open, format!("the driver {name} loads on demand"))
        }
        Module::Refused => (
            State::Blocked,
            format!("loading {name} is refused by modprobe's configuration and it is not loaded"),
        ),
        Module::Sealed => (
            State::Blocked,
            format!("{name} is not loaded and the kernel takes no further modules"),
        ),
        Module::Missing => (State::Blocked, format!("this kernel has no driver {name}")),
    }
}
