//! Which ports a ruleset lets strangers reach.

use super::{Fate, Packet, Rule, Ruleset, What, rule::Family, rule::Test};
use std::collections::BTreeSet;

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
    let cuts = cuts(rules);
    let mut open = Openings::default();
    for (first, last) in &cuts {
        let fate = |protocol: &str| {
            worst(interfaces.iter().map(|interface| {
                rules.try_packet(&Packet { family, protocol, port: *first, interface })
            }))
        };
        let (tcp, udp) = (fate("tcp"), fate("udp"));
        if tcp == Fate::LetIn {
            add(&mut open.tcp, (*first, *last));
        }
        if udp == Fate::LetIn {
            add(&mut open.udp, (*first, *last));
        }
        if tcp == Fate::Unknown || udp == Fate::Unknown {
            open.unknown += u32::from(*last) - u32::from(*first) + 1;
        }
    }
    open
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
    fn visit(tests: &[Test], mark: &mut impl FnMut(&[Range])) {
        for test in tests {
            match &test.what {
                What::Port(ranges) => mark(ranges),
                What::AnyOf(lists) => {
                    for tests in lists {
                        visit(tests, mark);
                    }
                }
                What::Interface(_)
                | What::Protocol(_)
                | What::Source(_)
                | What::Destination(_)
                | What::State(_)
                | What::Family(_)
                | What::SendersChoice
                | What::Always
                | What::Never
                | What::Unknown => {}
            }
        }
    }
    visit(&rule.tests, mark);
}
