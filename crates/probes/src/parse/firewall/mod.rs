//! What a packet filter does with a packet that nobody asked for.
//!
//! [`nft`] and [`iptables`] read the kernel's rules into one [`Ruleset`]; [`Ruleset::try_packet`]
//! walks them as the kernel would. So a chain that accepts by policy and rejects in its last rule
//! counts as what it is, and so does one that drops by policy after a rule that lets all in.
//! [`words`] reads what ufw and firewalld say of themselves.

pub mod iptables;
mod judgement;
pub mod nft;
mod rule;
pub mod words;

pub use judgement::{Openings, openings};
pub use rule::{Action, Family, Net, Packet, Rule, Test, What};

use std::collections::BTreeMap;

/// How deep chains may call each other, as in the kernel.
const DEPTH_LIMIT: usize = 16;
/// How many rules one packet is compared with; a ruleset that needs more is not judged.
const STEP_LIMIT: usize = 100_000;

/// A chain that the kernel calls for packets to this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its key among the chains.
    pub chain: String,
    /// The families of packets it is called for.
    pub families: Vec<Family>,
    /// What happens to a packet that passes its end.
    pub accepts_by_default: bool,
    /// It is one of iptables' tables.
    pub is_of_iptables: bool,
}

/// The rules for packets to this computer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ruleset {
    /// The chains that the kernel calls.
    pub bases: Vec<Base>,
    /// Every chain's rules by its key.
    pub chains: BTreeMap<String, Vec<Rule>>,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is let in.
    LetIn,
    /// It is dropped or rejected.
    Refused,
    /// A rule that decides it is not understood.
    Unknown,
}

/// How a walk through one chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Accept,
    Refuse,
    Return,
}

struct Walk<'r> {
    rules: &'r Ruleset,
    packet: &'r Packet<'r>,
    steps: usize,
    /// A rule that may accept was passed.
    may_accept: bool,
}

impl Ruleset {
    /// Takes over the rules of another.
    pub fn extend(&mut self, other: Self) {
        self.bases.extend(other.bases);
        self.chains.extend(other.chains);
    }

    /// Whether any chain does anything.
    pub fn is_filtering(&self) -> bool {
        self.bases.iter().any(|base| {
            !base.accepts_by_default
                || self.chains.get(&base.chain).is_some_and(|rules| !rules.is_empty())
        })
    }

    /// What becomes of `packet`. One chain that refuses is enough.
    pub fn try_packet(&self, packet: &Packet<'_>) -> Fate {
        let mut fate = Fate::LetIn;
        for base in &self.bases {
            if !base.families.contains(&packet.family) {
                continue;
            }
            let mut walk = Walk { rules: self, packet, steps: 0, may_accept: false };
            let end = walk.chain(&base.chain, 0);
            let is_refused = match end {
                End::Refuse => true,
                End::Accept => false,
                End::Return => !base.accepts_by_default,
            };
            if walk.steps > STEP_LIMIT || (is_refused && walk.may_accept) {
                fate = Fate::Unknown;
            } else if is_refused {
                return Fate::Refused;
            }
        }
        fate
    }
}

impl Walk<'_> {
    fn chain(&mut self, name: &str, depth: usize) -> End {
        let Some(rules) = self.rules.chains.get(name) else {
            // A call into the unknown may accept.
            self.may_accept = true;
            return End::Return;
        };
        if depth > DEPTH_LIMIT {
            self.may_accept = true;
            return End::Return;
        }
        for rule in rules {
            self.steps += 1;
            if self.steps > STEP_LIMIT {
                return End::Return;
            }
            if let Some(end) = self.rule(rule, depth) {
                return end;
            }
        }
        End::Return
    }

    fn rule(&mut self, rule: &Rule, depth: usize) -> Option<End> {
        let certain = match rule.matches(self.packet) {
            Some(false) => return None,
            Some(true) => true,
            None => false,
        };
        let end = match &rule.action {
            Action::Continue => return None,
            Action::Accept => End::Accept,
            Action::Refuse => End::Refuse,
            Action::Return => End::Return,
            Action::Unknown => {
                self.may_accept = true;
                return None;
            }
            Action::Jump(target) => match self.chain(target, depth + 1) {
                End::Return => return None,
                end => end,
            },
            Action::Goto(target) => self.chain(target, depth + 1),
        };
        if certain {
            return Some(end);
        }
        // A rule that may return, refuse or go elsewhere is passed over as if it did not; one that
        // may accept is remembered.
        if end == End::Accept {
            self.may_accept = true;
        }
        None
    }
}

#[cfg(test)]
mod tests;
