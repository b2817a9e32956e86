//! Ways to reach this computer from afar: what listens, unless the firewall refuses it to all
//! strangers, what address translation leads to containers, and what calls out to a provider through
//! whom anybody comes in.

pub(crate) mod known;

#[cfg(test)]
mod tests;

use crate::{
    host::Platform,
    look::{Found, Look, Reading, Why, body},
    parse::{
        firewall::published::Published,
        socket::{Listener, Scope},
    },
    sight::{
        firewall,
        processes::{processes, runs},
        sockets::listeners,
    },
};
use closedset_core::fact::{
    Body,
    device::{RemoteAccess, RemoteMethod},
};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<RemoteAccess> {
    let platform = look.host.platform();
    let mut listening = listeners(look)?;
    let calls_out = processes(look).map(|running| {
        known::CALLING_OUT
            .into_iter()
            .filter(|(_, program)| runs(&running, program))
            .map(|(kind, program)| self::calls_out(kind, program))
            .collect()
    });
    let has_proxy = listening.iter().any(is_proxy);
    let unseen = match firewall::published(look) {
        Ok(published) => {
            let seen = &listening;
            let led = published.iter().flat_map(|one| led_elsewhere(one, seen, platform));
            let led: Vec<Listener> = led.collect();
            listening.extend(led);
            None
        }
        Err(why) => Some(why).filter(|_| !has_proxy && firewall::has_containers(look)),
    };
    let behind_firewall =
        |listener: &Listener, method: RemoteMethod| behind_firewall(look, listener, method);
    let mut reading = methods(look, &listening, behind_firewall, calls_out);
    if let Some(Why(why)) = unseen {
        let why = Why::new(format!("which ports are led to containers is not known: {why}"));
        if !reading.record.is_open_to_all {
            reading.unread.push(why.clone().at("is_open_to_all"));
        }
        reading.unread.push(why.at("methods"));
    }
    Ok(reading)
}

/// What listens in the place of a container, where it is set up so.
const PROXY: &str = "docker-proxy";
/// What stands in the place of a program where packets are led elsewhere.
const ELSEWHERE: &str = "led elsewhere";

fn is_proxy(listener: &Listener) -> bool {
    listener.programs.iter().any(|program| program == PROXY)
}

/// What address translation leads elsewhere, as if it listened here, unless a proxy is seen to listen
/// for it. Where the port that it is led to is that of a method, it stands with that port.
fn led_elsewhere(published: &Published, seen: &[Listener], platform: Platform) -> Vec<Listener> {
    let is_seen = |port: u16| {
        seen.iter().any(|one| {
            is_proxy(one) && one.port == Some(port) && one.protocol == published.protocol
        })
    };
    let is_known = |port: &u16| known::by_port(*port, &published.protocol, platform).is_some();
    let every = if published.address.is_empty() { "0.0.0.0" } else { &published.address };
    let ports = published.ports.iter().flat_map(|(first, last)| *first..=*last);
    ports
        .filter(|port| !is_seen(*port))
        .filter_map(|port| published.to.filter(is_known).or(Some(port).filter(is_known)))
        .map(|port| Listener {
            protocol: published.protocol.clone(),
            address: every.to_owned(),
            port: Some(port),
            // Some senders are as good as some network.
            interface: published.is_for_some.then(String::new),
            programs: vec![ELSEWHERE.to_owned()],
        })
        .collect()
}

/// A program through whose provider others come in.
pub(crate) fn calls_out(kind: &str, program: &str) -> RemoteMethod {
    RemoteMethod {
        kind: kind.into(),
        program: program.into(),
        address: String::new(),
        port: 0,
        reach: "through-provider".into(),
    }
}

/// The methods among what listens, each as `behind_firewall` leaves it, and those that call out.
pub(crate) fn methods(
    look: &Look<'_>,
    listening: &[Listener],
    behind_firewall: impl Fn(&Listener, RemoteMethod) -> RemoteMethod,
    found_calling_out: Result<Vec<RemoteMethod>, Why>,
) -> Reading<RemoteAccess> {
    let mut unread = Vec::new();
    let platform = look.host.platform();
    let mut methods: Vec<RemoteMethod> = listening
        .iter()
        .filter_map(|one| Some(behind_firewall(one, listener(one, platform)?)))
        .collect();
    let mut calls_out = None;
    match found_calling_out {
        Ok(found) => methods.extend(found),
        Err(why) => calls_out = Some(why),
    }
    methods.sort_by(|a, b| {
        (&a.kind, a.port, &a.address, &a.program).cmp(&(&b.kind, b.port, &b.address, &b.program))
    });
    methods.dedup();
    let is_open_to_all =
        methods.iter().any(|method| matches!(method.reach.as_str(), "all" | "through-provider"));
    if let Some(why) = calls_out {
        if !is_open_to_all {
            unread.push(why.clone().at("is_open_to_all"));
        }
        unread.push(why.at("methods"));
    }
    let hidden: Vec<&Listener> = listening
        .iter()
        .filter(|one| one.programs.is_empty() && listener(one, platform).is_none())
        .collect();
    if look.is_root() != Some(true) && !hidden.is_empty() {
        let why = Why::new(format!(
            "which programs listen is told to root only, so one on a port of its own may be \
             missing here; {}",
            platform.with_all_rights()
        ));
        if !is_open_to_all && hidden.iter().any(|one| one.scope() == Scope::All) {
            unread.push(why.clone().at("is_open_to_all"));
        }
        unread.push(why.at("methods"));
    }
    Reading { record: RemoteAccess { is_open_to_all, methods }, unread }
}

/// The method as the firewall leaves it: one that every network leads to and whose port is refused
/// to every stranger cannot be reached by them. What a container publishes is led past the rules for
/// this computer, before they are asked.
fn behind_firewall(look: &Look<'_>, listener: &Listener, method: RemoteMethod) -> RemoteMethod {
    let is_led_past =
        listener.programs.iter().any(|program| program == PROXY || program == ELSEWHERE);
    let is_refused = method.reach == "all"
        && !is_led_past
        && listener.port.is_some_and(|port| {
            firewall::refuses(look, &listener.families(), &listener.protocol, port)
        });
    let reach = if is_refused { "firewalled".to_owned() } else { method.reach };
    RemoteMethod { reach, ..method }
}

/// The method that a listening socket belongs to, by its program, or else by its port.
fn listener(listener: &Listener, platform: Platform) -> Option<RemoteMethod> {
    let by_program = listener
        .programs
        .iter()
        .find_map(|program| Some((known::by_program(program, platform)?, program.clone())));
    let (kind, program) = match by_program {
        Some(found) => found,
        None => {
            let port = listener.port?;
            let program = listener.programs.first().cloned().unwrap_or_default();
            // systemd listens in the place of a program that it starts later; a program that is
            // known and not for remote control tells more than a port that several use.
            let is_hidden =
                matches!(program.as_str(), "" | "systemd" | "launchd" | "svchost" | "System");
            let kind = known::by_port(port, &listener.protocol, platform).or_else(|| {
                known::by_shared_port(port, &listener.protocol).filter(|_| is_hidden)
            })?;
            (kind, program)
        }
    };
    Some(RemoteMethod {
        kind: kind.into(),
        program,
        address: listener.address.clone(),
        port: listener.port.unwrap_or(0).into(),
        reach: match listener.scope() {
            Scope::All => "all",
            Scope::Loopback => "loopback",
            Scope::OneAddress => "one-address",
        }
        .into(),
    })
}
