//! Ways to reach a Windows computer from afar: what listens, and what calls out to a provider.
//!
//! Which senders the firewall lets to a port is not followed here, so a listener that every network
//! leads to counts as open to all.

use super::answers::{Answers, Script, ask, int, text};
use crate::{
    look::{Found, Look, Why, body},
    parse::socket::Listener,
    probe::remote_access::{self, known::CALLING_OUT_OF_DESKTOPS},
};
use closedset_core::fact::{
    Body,
    device::{RemoteAccess, RemoteMethod},
};
use std::collections::BTreeMap;

const SCRIPT: Script = Script::new(
    "powershell remote_access",
    "tcp=S{Get-NetTCPConnection -State Listen|%{@{address=[string]$_.LocalAddress;port=[int]$_.LocalPort;\
     process=[int]$_.OwningProcess}}};\
     udp=S{Get-NetUDPEndpoint|%{@{address=[string]$_.LocalAddress;port=[int]$_.LocalPort;\
     process=[int]$_.OwningProcess}}};\
     processes=S{Get-CimInstance Win32_Process|%{@{number=[int]$_.ProcessId;name=[string]$_.Name}}};\
     rdp=S{$k='HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server';@{refused=R $k \
     fDenyTSConnections;port=R \"$k\\WinStations\\RDP-Tcp\" PortNumber}}",
);
/// The system itself is always among the processes.
const SYSTEM: i64 = 4;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<RemoteAccess> {
    let answers = ask(look, SCRIPT)?;
    let running = running(&answers);
    let names = running.as_ref().cloned().unwrap_or_default();
    let mut listening = listeners(&answers, "tcp", &names)?;
    if listening.is_empty() {
        // Windows itself always listens somewhere.
        return Err(Why::new("Windows shows no socket that listens"));
    }
    listening.extend(listeners(&answers, "udp", &names)?);
    let rdp = answers.record("rdp", &["refused", "port"])?;
    if int(&rdp, "refused") != Some(1) {
        let port = int(&rdp, "port").and_then(|port| u16::try_from(port).ok());
        for listener in listening.iter_mut().filter(|one| port.is_some() && one.port == port) {
            listener.programs = vec!["termsrv".into()];
        }
    }
    let calls_out = running.map(|running| {
        let runs = |program: &str| running.values().any(|name| name.eq_ignore_ascii_case(program));
        CALLING_OUT_OF_DESKTOPS
            .into_iter()
            .filter(|(_, program)| runs(program))
            .map(|(kind, program)| remote_access::calls_out(kind, program))
            .collect::<Vec<RemoteMethod>>()
    });
    Ok(remote_access::methods(look, &listening, |_, method| method, calls_out))
}

/// The names of the programs that run, without `.exe`, by their numbers.
fn running(answers: &Answers) -> Result<BTreeMap<i64, String>, Why> {
    let running: BTreeMap<i64, String> = answers
        .list("processes")?
        .iter()
        .filter_map(|process| {
            let name = text(process, "name")?;
            let plain = name.strip_suffix(".exe").or_else(|| name.strip_suffix(".EXE"));
            Some((int(process, "number")?, plain.unwrap_or(name).to_owned()))
        })
        .collect();
    if running.contains_key(&SYSTEM) {
        Ok(running)
    } else {
        Err(Why::new("the list of processes is not whole"))
    }
}

fn listeners(
    answers: &Answers,
    protocol: &str,
    names: &BTreeMap<i64, String>,
) -> Result<Vec<Listener>, Why> {
    let listener = |socket: &serde_json::Value| {
        let address = text(socket, "address")?;
        let (address, interface) = match address.split_once('%') {
            Some((address, interface)) => (address, Some(interface.to_owned())),
            None => (address, None),
        };
        let program = int(socket, "process").and_then(|process| names.get(&process));
        Some(Listener {
            protocol: protocol.to_owned(),
            address: address.to_owned(),
            port: u16::try_from(int(socket, "port")?).ok(),
            interface,
            programs: program.cloned().into_iter().collect(),
        })
    };
    let sockets = answers.list(protocol)?;
    let listeners: Vec<Listener> = sockets.iter().filter_map(listener).collect();
    if listeners.len() < sockets.len() {
        return Err(Why::new(format!("a {protocol} socket is shown without address or port")));
    }
    Ok(listeners)
}
