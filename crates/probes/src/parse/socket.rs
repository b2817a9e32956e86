//! Listening sockets: the output of `ss -lntup`.

use super::firewall::Family;
use std::net::IpAddr;

/// A socket that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// `tcp` or `udp`.
    pub protocol: String,
    /// The address without brackets and interface; `*` for every one.
    pub address: String,
    /// The port, if it stands as a number.
    pub port: Option<u16>,
    /// The interface it is bound to.
    pub interface: Option<String>,
    /// The names of the programs that hold it; empty if that was not told.
    pub programs: Vec<String>,
}

/// From where a listener can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// From every network.
    All,
    /// From this computer.
    Loopback,
    /// At one address of this computer.
    OneAddress,
}

impl Listener {
    /// The families of addresses that packets to it may be of; both where it listens on every
    /// address of IPv6, which takes IPv4 too unless told.
    pub fn families(&self) -> Vec<Family> {
        match self.address.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(_)) => vec![Family::V4],
            Ok(IpAddr::V6(address)) if !address.is_unspecified() => vec![Family::V6],
            Ok(IpAddr::V6(_)) | Err(_) => vec![Family::V4, Family::V6],
        }
    }

    /// From where it can be reached.
    pub fn scope(&self) -> Scope {
        let address: Option<IpAddr> = self.address.parse().ok();
        let address = address.map(|address| address.to_canonical());
        match address {
            None if self.address == "*" => Scope::All,
            None => Scope::OneAddress,
            Some(address) if address.is_loopback() => Scope::Loopback,
            Some(address) if address.is_unspecified() => {
                if self.interface.as_deref() == Some("lo") {
                    Scope::Loopback
                } else if self.interface.is_some() {
                    Scope::OneAddress
                } else {
                    Scope::All
                }
            }
            // An address of the internet is one that every network leads to.
            Some(address) if is_public(address) => Scope::All,
            Some(_) => Scope::OneAddress,
        }
    }
}

/// Whether packets from the whole internet may be sent to the address: it is not one of those kept
/// for networks of one's own, for links, for providers' inner networks, or for groups.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let is_inner = first == 100 && (64..128).contains(&second);
            !(v4.is_private()
                || v4.is_link_local()
                || v4.is_multicast()
                || is_inner
                || first >= 240)
        }
        // 2000::/3 is all that is given out.
        IpAddr::V6(v6) => v6.segments().first().is_some_and(|first| first >> 13 == 1),
    }
}

/// The TCP and UDP sockets that listen. A header line and other families are passed over.
pub fn ss(text: &str) -> Vec<Listener> {
    text.lines().filter_map(listener).collect()
}

fn listener(line: &str) -> Option<Listener> {
    let mut words = line.split_whitespace();
    let protocol = words.next().filter(|word| matches!(*word, "tcp" | "udp"))?;
    words.next().filter(|state| matches!(*state, "LISTEN" | "UNCONN"))?;
    let local = words.nth(2)?;
    let (address, port) = local.rsplit_once(':')?;
    let (address, interface) = match address.split_once('%') {
        Some((address, interface)) => (address, Some(interface.trim_end_matches(']'))),
        None => (address, None),
    };
    let address = address.trim_start_matches('[').trim_end_matches(']');
    Some(Listener {
        protocol: protocol.into(),
        // Old versions write IPv6's "every address" as `:::22`.
        address: if address.is_empty() { "::" } else { address }.into(),
        port: port.parse().ok(),
        interface: interface.map(str::to_owned),
        programs: programs(line),
    })
}

/// The quoted names in `users:(("sshd",pid=1,fd=3),("systemd",pid=1,fd=4))`.
fn programs(line: &str) -> Vec<String> {
    let Some((_, users)) = line.split_once("users:(") else {
        return Vec::new();
    };
    let mut names: Vec<String> = users
        .split("(\"")
        .skip(1)
        .filter_map(|part| part.split_once('"'))
        .map(|(name, _)| name.to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}
