//! Who the strangers are: senders on the internet, told apart as the rules tell them apart.

use super::{Family, Net, Rule, Ruleset, What};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// Senders that every rule treats alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stranger {
    /// One of them.
    pub address: IpAddr,
    /// How many addresses they have.
    pub count: u128,
}

/// So many addresses of the internet can belong to senders whom a rule names: two of IPv4's
/// smallest routed networks, one site's network of IPv6. More of them are strangers.
pub const fn named_at_most(family: Family) -> u128 {
    match family {
        Family::V4 => 512,
        Family::V6 => 1 << 80,
    }
}

/// The addresses that packets of the internet do not come from (RFC 6890, RFC 4291).
fn inner(family: Family) -> Vec<Net> {
    let texts: &[&str] = match family {
        Family::V4 => &[
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "224.0.0.0/3",
        ],
        // 2000::/3 is all that is given out.
        Family::V6 => &["::/3", "4000::/2", "8000::/1"],
    };
    texts.iter().filter_map(|text| Net::parse(text)).collect()
}

/// The strangers of `family`, one for each way in which the rules' networks tell senders apart, the
/// most numerous first. Those who together are few enough to be named are left out.
pub fn strangers(rules: &Ruleset, family: Family) -> Vec<Stranger> {
    const INNER: usize = 0;
    let mut named: BTreeSet<Vec<Net>> = BTreeSet::new();
    for rule in rules.chains.values().flatten() {
        sources(rule, &mut named);
    }
    let lists = std::iter::once(inner(family)).chain(named).enumerate();
    // Where a list's network begins (+1) and ends (-1), in order of addresses.
    let mut edges: BTreeMap<u128, Vec<(usize, i32)>> = BTreeMap::from([(0, Vec::new())]);
    for (list, net) in lists.flat_map(|(list, nets)| nets.into_iter().map(move |net| (list, net))) {
        let Some((first, last)) = numbers(&net, family) else {
            continue;
        };
        edges.entry(first).or_default().push((list, 1));
        if last < highest(family) {
            edges.entry(last + 1).or_default().push((list, -1));
        }
    }
    let ends: Vec<u128> =
        edges.keys().skip(1).map(|start| start - 1).chain([highest(family)]).collect();
    // The lists that hold the present address, and how many of their networks do.
    let mut holding: BTreeMap<usize, i32> = BTreeMap::new();
    let mut alike: BTreeMap<Vec<usize>, Stranger> = BTreeMap::new();
    for ((start, changes), end) in edges.into_iter().zip(ends) {
        for (list, change) in changes {
            *holding.entry(list).or_default() += change;
        }
        holding.retain(|_, count| *count > 0);
        if holding.contains_key(&INNER) {
            continue;
        }
        alike
            .entry(holding.keys().copied().collect())
            .or_insert(Stranger { address: address(start, family), count: 0 })
            .count += end - start + 1;
    }
    let mut strangers: Vec<Stranger> = alike.into_values().collect();
    strangers.sort_by_key(|stranger| stranger.count);
    let mut few = 0;
    strangers.retain(|stranger| {
        few += stranger.count;
        few > named_at_most(family)
    });
    strangers.reverse();
    strangers
}

fn sources(rule: &Rule, named: &mut BTreeSet<Vec<Net>>) {
    rule.each(&mut |what| {
        if let What::Source(nets) = what {
            named.insert(nets.clone());
        }
    });
}

const fn highest(family: Family) -> u128 {
    match family {
        Family::V4 => u32::MAX as u128,
        Family::V6 => u128::MAX,
    }
}

/// A network's first and last address as numbers; none if it is of another family or empty.
fn numbers(net: &Net, family: Family) -> Option<(u128, u128)> {
    let number = |address: IpAddr| match (address, family) {
        (IpAddr::V4(address), Family::V4) => Some(u128::from(u32::from(address))),
        (IpAddr::V6(address), Family::V6) => Some(u128::from(address)),
        (IpAddr::V4(_), Family::V6) | (IpAddr::V6(_), Family::V4) => None,
    };
    let (first, last) = (number(net.first)?, number(net.last)?);
    (first <= last).then_some((first, last))
}

fn address(number: u128, family: Family) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(u32::try_from(number).unwrap_or(u32::MAX).into()),
        Family::V6 => IpAddr::V6(number.into()),
    }
}
