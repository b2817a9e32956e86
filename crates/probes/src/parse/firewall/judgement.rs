//! Which ports a ruleset lets strangers reach.

use super::{
    Fate, Packet, Rule, Ruleset, Stranger, What,
    rule::Family,
    strangers::{named_at_most, strangers},
};
use std::{cell::Cell, collections::BTreeSet};

/// How many rules are compared with packets in all; a ruleset that needs more is not judged.
const COMPARISONS_LIMIT: usize = 200_000_000;

/// How many ports a protocol has, without number 0.
const ALL_PORTS: u32 = 65_535;

/// Ports from the first to the last.
pub type Range = (u16, u16);

/// What a stranger can reach over one family of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Openings {
    /// TCP ports.
    pub tcp: Vec<Range>,
    /// UDP ports.
    pub udp: Vec<Range>,
    /// How many ports depend on rules that are not understood.
    pub unknown: u32,
}

impl Openings {
    /// How many ports are open, of the protocol that has more.
    pub fn most(&self) -> u32 {
        count(&self.tcp).max(count(&self.udp))
    }

    /// How many ports in a row below 1024 are open, of the protocol where that is more.
    pub fn most_in_a_row(&self) -> u32 {
        const SYSTEM: u16 = 1023;
        self.tcp
            .iter()
            .chain(&self.udp)
            .filter(|(first, _)| *first <= SYSTEM)
            .map(|(first, last)| count(&[(*first, (*last).min(SYSTEM))]))
            .max()
            .unwrap_or(0)
    }

    /// Whether at least one port of one protocol is surely refused to strangers.
    pub fn refuses_something(&self) -> bool {
        count(&self.tcp).min(count(&self.udp)) + self.unknown < ALL_PORTS
    }

    /// In words: `tcp 22, 80-81; udp 5353`; empty if there are none.
    pub fn words(&self) -> String {
        const SHOWN: usize = 12;
        let ranges = |name: &str, ranges: &[Range]| {
            let mut words: Vec<String> = ranges
                .iter()
                .take(SHOWN)
                .map(|(first, last)| match first == last {
                    true => first.to_string(),
                    false => format!("{first}-{last}"),
                })
                .collect();
            if ranges.len() > SHOWN {
                words.push("...".into());
            }
            (!words.is_empty()).then(|| format!("{name} {}", words.join(", ")))
        };
        [ranges("tcp", &self.tcp), ranges("udp", &self.udp)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; ")
    }
}

fn count(ranges: &[Range]) -> u32 {
    ranges.iter().map(|(first, last)| u32::from(*last) - u32::from(*first) + 1).sum()
}

/// What a stranger can reach over `family` on the interface where most is open.
pub fn openings(rules: &Ruleset, family: Family, interfaces: &[String]) -> Openings {
    let place = Place::new(rules, family, interfaces);
    let mut open = Openings::default();
    for (first, last) in cuts(rules) {
        let (tcp, udp) = (place.fate("tcp", first), place.fate("udp", first));
        if tcp == Fate::LetIn {
            add(&mut open.tcp, (first, last));
        }
        if udp == Fate::LetIn {
            add(&mut open.udp, (first, last));
        }
        if tcp == Fate::Unknown || udp == Fate::Unknown {
            open.unknown += u32::from(last) - u32::from(first) + 1;
        }
    }
    open
}

/// The rules with the interfaces that strangers arrive on, for packets of one family.
pub struct Place<'r> {
    rules: &'r Ruleset,
    family: Family,
    interfaces: &'r [String],
    strangers: Vec<Stranger>,
    /// How many rules a packet may be compared with.
    rules_count: usize,
    /// How many comparisons are left.
    patience: Cell<usize>,
}

impl<'r> Place<'r> {
    /// Finds out who the strangers are.
    pub fn new(rules: &'r Ruleset, family: Family, interfaces: &'r [String]) -> Self {
        let strangers = strangers(rules, family);
        let rules_count = rules.chains.values().map(Vec::len).sum();
        let patience = Cell::new(COMPARISONS_LIMIT);
        Self { rules, family, interfaces, strangers, rules_count, patience }
    }

    /// What becomes of strangers' packets to a port, on the interface where most get in. Few senders
    /// that rules name are none: strangers get in when more than those do.
    pub fn fate(&self, protocol: &str, port: u16) -> Fate {
        worst(self.interfaces.iter().map(|interface| {
            let (mut let_in, mut doubtful) = (0, 0);
            for Stranger { address, count } in &self.strangers {
                let packet =
                    Packet { family: self.family, protocol, port, interface, source: *address };
                let left = self.patience.get().checked_sub(self.rules_count + 1);
                self.patience.set(left.unwrap_or(0));
                if left.is_none() {
                    return Fate::Unknown;
                }
                match self.rules.try_packet(&packet) {
                    Fate::LetIn => let_in += count,
                    Fate::Unknown => doubtful += count,
                    Fate::Refused => {}
                }
                if let_in > named_at_most(self.family) {
                    return Fate::LetIn;
                }
            }
            if let_in + doubtful > named_at_most(self.family) {
                Fate::Unknown
            } else {
                Fate::Refused
            }
        }))
    }
}

fn add(ranges: &mut Vec<Range>, range: Range) {
    match ranges.last_mut() {
        Some(last) if last.1.checked_add(1) == Some(range.0) => last.1 = range.1,
        _ => ranges.push(range),
    }
}

fn worst(fates: impl Iterator<Item = Fate>) -> Fate {
    let mut worst = Fate::Refused;
    for fate in fates {
        match fate {
            Fate::LetIn => return Fate::LetIn,
            Fate::Unknown => worst = Fate::Unknown,
            Fate::Refused => {}
        }
    }
    worst
}

/// All ports, cut into ranges within which no rule tells one from another.
fn cuts(rules: &Ruleset) -> Vec<Range> {
    let mut starts = BTreeSet::from([1]);
    let mut mark = |ranges: &[Range]| {
        for (first, last) in ranges {
            starts.insert((*first).max(1));
            starts.extend(last.checked_add(1));
        }
    };
    for rule in rules.chains.values().flatten() {
        port_ranges(rule, &mut mark);
    }
    let starts: Vec<u16> = starts.into_iter().collect();
    let ends = starts.iter().skip(1).map(|start| start - 1).chain([u16::MAX]);
    starts.iter().copied().zip(ends).collect()
}

fn port_ranges(rule: &Rule, mark: &mut impl FnMut(&[Range])) {
    rule.each(&mut |what| {
        if let What::Port(ranges) = what {
            mark(ranges);
        }
    });
}
