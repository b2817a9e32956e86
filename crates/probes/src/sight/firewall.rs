//! The rules that the kernel works by, and on which interfaces strangers arrive.

use crate::{
    host::HostError,
    look::{Look, Why},
    parse::firewall::{
        Family, Fate, Place, Ruleset, iptables, nft,
        published::{self, Published},
    },
};

/// Interfaces that lead nowhere outside: this computer, its containers and virtual machines, and
/// tunnels that somebody signed in to.
const INSIDE: [&str; 18] = [
    "docker",
    "veth",
    "virbr",
    "br-",
    "vnet",
    "tap",
    "tun",
    "wg",
    "tailscale",
    "lxc",
    "lxdbr",
    "incusbr",
    "cni",
    "flannel",
    "podman",
    "vmnet",
    "vboxnet",
    "dummy",
];
/// Those among them that are bridges.
const BRIDGES: [&str; 7] = ["docker", "virbr", "br-", "lxdbr", "incusbr", "cni", "podman"];
/// An interface that is plugged in tomorrow.
const ANY_OTHER: &str = "unnamed0";

/// The kernel's rules for packets to this computer.
pub(crate) struct Rules {
    pub(crate) set: Ruleset,
    has_programs: bool,
}

impl Rules {
    /// What filters, if nobody manages it.
    pub(crate) fn backend(&self) -> &'static str {
        if !self.set.is_filtering() {
            "none"
        } else if self.set.bases.iter().all(|base| base.is_of_iptables) {
            "iptables"
        } else {
            "nftables"
        }
    }

    /// Why nothing filters; none where there are rules.
    pub(crate) fn nothing(&self) -> Option<&'static str> {
        if self.set.is_filtering() {
            None
        } else if self.has_programs {
            Some("the kernel has no rule for packets to this computer")
        } else {
            Some("no program that sets a firewall is installed (nft, iptables, ufw, firewalld)")
        }
    }
}

/// The rules, from nft and from iptables; where one program is missing the other tells all that
/// anybody could have set with it.
pub(crate) fn rules(look: &Look<'_>) -> Result<Rules, Why> {
    let nft = listing(look)?;
    let v4 = saved(look, "iptables-save", Family::V4);
    let v6 = saved(look, "ip6tables-save", Family::V6);
    let has_programs = nft.is_some() || v4 != Ok(None) || v6 != Ok(None);
    let mut set = Ruleset::default();
    match nft {
        Some(listing) if matches!((&v4, &v6), (Ok(Some(_)), Ok(Some(_)))) => {
            set.extend(listing.without_foreign());
        }
        Some(listing) => set.extend(listing.rules),
        // Without nft, both must be told.
        None => {
            v4.clone()?;
            v6.clone()?;
        }
    }
    for saved in [v4, v6].into_iter().flatten().flatten() {
        set.extend(saved);
    }
    Ok(Rules { set, has_programs })
}

fn listing(look: &Look<'_>) -> Result<Option<nft::Listing>, Why> {
    let Some(text) = look.output_if_there("nft -j list ruleset")? else {
        return Ok(None);
    };
    let nonsense = || Why::new("nft wrote no JSON that is understood");
    let listing = nft::parse(&text, None).ok_or_else(nonsense)?;
    if !listing.is_doubtful {
        return Ok(Some(listing));
    }
    let plain = look.output("nft list ruleset")?;
    nft::parse(&text, Some(&plain)).map(Some).ok_or_else(nonsense)
}

fn saved(look: &Look<'_>, program: &str, family: Family) -> Result<Option<Ruleset>, Why> {
    let text = look.output_if_there(program)?;
    Ok(text.map(|text| iptables::parse(&text, family)))
}

/// The interfaces on which strangers may arrive.
pub(crate) fn interfaces(look: &Look<'_>) -> Result<Vec<String>, Why> {
    let mut names = look.host.list_dir("/sys/class/net").or_else(|error| match error {
        HostError::NotFound => Ok(Vec::new()),
        error => Err(Why::of("/sys/class/net", &error)),
    })?;
    names.retain(|name| name != "lo" && name != "bonding_masters" && !is_inside(look, name));
    names.push(ANY_OTHER.to_owned());
    Ok(names)
}

/// Whether an interface leads nowhere outside. A bridge leads wherever its members lead: somebody's
/// `br-lan` over a network card is where strangers arrive. Those of a bridge that is none of the
/// kernel's own, as Open vSwitch's `br-ex`, are not told, so they may lead anywhere.
fn is_inside(look: &Look<'_>, name: &str) -> bool {
    let is_named_so = |name: &str| INSIDE.iter().any(|start| name.starts_with(start));
    is_named_so(name)
        && match members(look, name) {
            Ok(members) => members.iter().all(|member| is_named_so(member)),
            Err(HostError::NotFound) => !is_bridge(name),
            Err(_) => false,
        }
}

fn is_bridge(name: &str) -> bool {
    BRIDGES.iter().any(|start| name.starts_with(start))
}

fn members(look: &Look<'_>, bridge: &str) -> Result<Vec<String>, HostError> {
    look.host.list_dir(&format!("/sys/class/net/{bridge}/brif"))
}

/// Whether containers or virtual machines hang on a bridge, as far as that is told.
pub(crate) fn has_containers(look: &Look<'_>) -> bool {
    let names = look.host.list_dir("/sys/class/net").unwrap_or_default();
    names.iter().filter(|name| is_bridge(name)).any(|name| {
        let members = members(look, name).unwrap_or_default();
        members.iter().any(|member| INSIDE.iter().any(|start| member.starts_with(start)))
    })
}

/// What address translation leads past the rules for this computer.
pub(crate) fn published(look: &Look<'_>) -> Result<Vec<Published>, Why> {
    let v4 = look.output_if_there("iptables-save");
    let v6 = look.output_if_there("ip6tables-save");
    let is_saved_told = matches!((&v4, &v6), (Ok(Some(_)), Ok(Some(_))));
    let nft = look.output_if_there("nft -j list ruleset").and_then(|text| {
        let nonsense = || Why::new("nft wrote no JSON that is understood");
        text.map(|text| published::listed(&text, is_saved_told).ok_or_else(nonsense)).transpose()
    });
    let is_told = is_saved_told || matches!(nft, Ok(Some(_)));
    let mut found = Vec::new();
    for saved in [&v4, &v6].into_iter().flatten().flatten() {
        found.extend(published::saved(saved));
    }
    found.extend(nft.clone().ok().flatten().unwrap_or_default());
    if is_told {
        return Ok(found);
    }
    v4.and(v6)?;
    nft?;
    Err(Why::new("no program tells which ports are led to containers (nft, iptables-save)"))
}

/// Whether the kernel speaks no IPv6, now and on interfaces to come.
pub(crate) fn ipv6_is_off(look: &Look<'_>) -> bool {
    let addresses = match look.text("/proc/net/if_inet6") {
        Err(HostError::NotFound) => return true,
        Err(_) => return false,
        Ok(addresses) => addresses,
    };
    let has_address = addresses
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .any(|interface| interface != "lo");
    let is_disabled = |which: &str| {
        look.word(&format!("/proc/sys/net/ipv6/conf/{which}/disable_ipv6")).as_deref() == Some("1")
    };
    !has_address && is_disabled("all") && is_disabled("default")
}

/// Whether the rules certainly refuse a port to every stranger over each of `families`. Rules that
/// cannot be read refuse nothing.
pub(crate) fn refuses(look: &Look<'_>, families: &[Family], protocol: &str, port: u16) -> bool {
    let (Ok(rules), Ok(interfaces)) = (rules(look), interfaces(look)) else {
        return false;
    };
    // Where something listens at an address of IPv6 alone, that is not switched off.
    let leaves_v6_out = families.contains(&Family::V4) && ipv6_is_off(look);
    families.iter().filter(|family| **family == Family::V4 || !leaves_v6_out).all(|family| {
        Place::new(&rules.set, *family, &interfaces).fate(protocol, port) == Fate::Refused
    })
}
