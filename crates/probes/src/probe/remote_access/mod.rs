//! Ways to reach this computer from afar: what listens, unless the firewall refuses it to all
//! strangers, and what calls out to a provider through whom anybody comes in.

mod known;

#[cfg(test)]
mod tests;

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::socket::{Listener, Scope},
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
    let listening = listeners(look)?;
    let mut unread = Vec::new();
    let mut methods: Vec<RemoteMethod> = listening
        .iter()
        .filter_map(|one| Some(behind_firewall(look, one, listener(one)?)))
        .collect();
    let mut calls_out = None;
    match processes(look) {
        Ok(running) => {
            for (kind, program) in known::CALLING_OUT {
                if runs(&running, program) {
                    methods.push(RemoteMethod {
                        kind: kind.into(),
                        program: program.into(),
                        address: String::new(),
                        port: 0,
                        reach: "through-provider".into(),
                    });
                }
            }
        }
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
        .filter(|one| one.programs.is_empty() && self::listener(one).is_none())
        .collect();
    if look.is_root() != Some(true) && !hidden.is_empty() {
        let why = Why::new(
            "which programs listen is told to root only, so one on a port of its own may be \
             missing here; run as root",
        );
        if !is_open_to_all && hidden.iter().any(|one| one.scope() == Scope::All) {
            unread.push(why.clone().at("is_open_to_all"));
        }
        unread.push(why.at("methods"));
    }
    Ok(Reading { record: RemoteAccess { is_open_to_all, methods }, unread })
}

/// The method as the firewall leaves it: one that every network leads to and whose port is refused
/// to every stranger cannot be reached by them.
fn behind_firewall(look: &Look<'_>, listener: &Listener, method: RemoteMethod) -> RemoteMethod {
    let is_refused = method.reach == "all"
        && listener.port.is_some_and(|port| {
            firewall::refuses(look, &listener.families(), &listener.protocol, port)
        });
    let reach = if is_refused { "firewalled".to_owned() } else { method.reach };
    RemoteMethod { reach, ..method }
}

/// The method that a listening socket belongs to, by its program, or else by its port.
fn listener(listener: &Listener) -> Option<RemoteMethod> {
    let by_program = listener
        .programs
        .iter()
        .find_map(|program| known::by_program(program).map(|kind| (kind, program.clone())));
    let (kind, program) = match by_program {
        Some(found) => found,
        None => {
            let port = listener.port?;
            let program = listener.programs.first().cloned().unwrap_or_default();
            // systemd listens in the place of a program that it starts later; a program that is
            // known and not for remote control tells more than a port that several use.
            let is_hidden = program.is_empty() || program == "systemd";
            let kind = known::by_port(port, &listener.protocol).or_else(|| {
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
