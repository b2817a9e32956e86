//! Whether this computer refuses what nobody asked for, over IPv4 and IPv6.
//!
//! The kernel's own rules are the truth: they are walked for packets of a stranger on every
//! interface (see [`crate::parse::firewall`]). What ufw and firewalld say of themselves names the
//! one who set the rules, and stands in only where the kernel's cannot be read.

mod manager;

#[cfg(test)]
mod tests;

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::firewall::{Family, openings},
    sight::firewall::{self, Rules},
};
use closedset_core::fact::{Body, device::HostFirewall};

/// As many ports of a protocol may be open to strangers for the rest to count as refused by default.
/// Fedora's workstation zone opens nearly all and refuses nothing that matters.
const OPEN_PORTS: u32 = 64;
/// As many ports in a row below 1024, where the system's own services listen, may be open.
const OPEN_IN_A_ROW: u32 = 8;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<HostFirewall> {
    let rules = firewall::rules(look);
    let manager = manager::manager(look);
    let (mut backend, verdict) = match (&manager, rules) {
        (Ok(manager), Ok(rules)) => {
            let backend = manager
                .as_ref()
                .map_or_else(|| rules.backend().to_owned(), |manager| manager.backend().to_owned());
            (backend, judge(look, &rules, manager.is_some())?)
        }
        // The kernel's rules decide; who set them is secondary.
        (Err(_), Ok(rules)) => (rules.backend().to_owned(), judge(look, &rules, false)?),
        (Ok(Some(manager)), Err(Why(why))) => match manager.refuses(look) {
            Some(refuses) => (
                manager.backend().to_owned(),
                Verdict { is_active: true, refuses_inbound: refuses, seen: manager.words() },
            ),
            None => return Err(Why(why)),
        },
        (Ok(None), Err(why)) => return Err(why),
        (Err(_), Err(why)) => return Err(why),
    };
    if !verdict.is_active {
        backend = "none".to_owned();
    }
    let mut unread = Vec::new();
    let starts_at_boot = match manager::starts_at_boot(look, &backend) {
        Ok(starts) => Some(starts),
        Err(why) => {
            unread.push(why.at("starts_at_boot"));
            None
        }
    };
    Ok(Reading {
        record: HostFirewall {
            backend,
            is_active: verdict.is_active,
            refuses_inbound: verdict.refuses_inbound,
            starts_at_boot,
            seen: verdict.seen,
        },
        unread,
    })
}

struct Verdict {
    is_active: bool,
    refuses_inbound: bool,
    seen: String,
}

fn judge(look: &Look<'_>, rules: &Rules, is_managed: bool) -> Result<Verdict, Why> {
    let interfaces = firewall::interfaces(look)?;
    let v4 = openings(&rules.set, Family::V4, &interfaces);
    let v6 = openings(&rules.set, Family::V6, &interfaces);
    let v6_is_off = firewall::ipv6_is_off(look);
    let mut seen = Vec::new();
    let mut refuses_inbound = true;
    let refuses_something = v4.refuses_something() || !v6_is_off && v6.refuses_something();
    for (family, open, is_off) in [("IPv4", &v4, false), ("IPv6", &v6, v6_is_off)] {
        if is_off {
            seen.push(format!("{family} is switched off"));
            continue;
        }
        if open.most() > OPEN_PORTS || open.most_in_a_row() > OPEN_IN_A_ROW {
            refuses_inbound = false;
            seen.push(format!("{family} lets strangers in ({} ports)", open.most()));
            continue;
        }
        if open.unknown > OPEN_IN_A_ROW || open.most() + open.unknown > OPEN_PORTS {
            return Err(Why::new(format!(
                "what the rules do to {family} depends on a match that is not understood"
            )));
        }
        let words = open.words();
        seen.push(if words.is_empty() {
            format!("{family} refuses all")
        } else {
            format!("{family} refuses by default, lets in {words}")
        });
    }
    // Rules that stand there and refuse nobody anything are no firewall that is on.
    let is_active = refuses_something || is_managed;
    if !is_active {
        match rules.nothing() {
            Some(why) => seen = vec![why.to_owned()],
            None => seen.insert(0, "no rule of the kernel keeps strangers out".to_owned()),
        }
    }
    Ok(Verdict { is_active, refuses_inbound: refuses_inbound && is_active, seen: seen.join("; ") })
}
