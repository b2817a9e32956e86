//! What a packet filter does with a packet that nobody asked for.
//!
//! [`nft`] and [`iptables`] read the kernel's rules into one [`Ruleset`]; [`Ruleset::try_packet`]
//! walks them as the kernel would. So a chain that accepts by policy and rejects in its last rule
//! counts as what it is, and so does one that drops by policy after a rule that lets all in.
//! [`words`] reads what ufw and firewalld say of themselves.

pub mod iptables;
mod judgement;
pub mod nft;
pub mod published;
mod rule;
mod strangers;
pub mod words;

pub use judgement::{Openings, Place, openings};
pub use rule::{Action, Family, Match, Net, Packet, Rule, Test, What};
pub use strangers::{Stranger, strangers};

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

/// Whether a packet can come somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// It cannot.
    Never,
    /// It can if rules that are not understood let it.
    Perhaps,
    /// It can, by the sender's own choices.
    Surely,
}

/// How a walk through one chain can end, besides with a refusal.
#[derive(Debug, Clone, Copy)]
struct Ends {
    accepted: Reach,
    /// It comes back to where the chain was called.
    returned: Reach,
}

impl Ends {
    const NONE: Self = Self { accepted: Reach::Never, returned: Reach::Never };

    /// Takes over the ends of a chain that is called from a place that is reached so.
    fn add(&mut self, other: Self, reached: Reach) {
        self.accepted = self.accepted.max(other.accepted.min(reached));
        self.returned = self.returned.max(other.returned.min(reached));
    }
}

struct Walk<'r> {
    rules: &'r Ruleset,
    packet: &'r Packet<'r>,
    steps: usize,
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
        for base in self.bases.iter().filter(|base| base.families.contains(&packet.family)) {
            let mut walk = Walk { rules: self, packet, steps: 0 };
            let ends = walk.chain(&base.chain, 0);
            let at_the_end = if base.accepts_by_default { ends.returned } else { Reach::Never };
            match ends.accepted.max(at_the_end) {
                _ if walk.steps > STEP_LIMIT => fate = Fate::Unknown,
                Reach::Never => return Fate::Refused,
                Reach::Perhaps => fate = Fate::Unknown,
                Reach::Surely => {}
            }
        }
        fate
    }
}

impl Walk<'_> {
    fn chain(&mut self, name: &str, depth: usize) -> Ends {
        let mut ends = Ends::NONE;
        let rules = match self.rules.chains.get(name) {
            Some(rules) if depth <= DEPTH_LIMIT => rules,
            // A call into the unknown may accept.
            _ => return Ends { accepted: Reach::Perhaps, returned: Reach::Surely },
        };
        let mut reached = Reach::Surely;
        for rule in rules {
            self.steps += 1;
            if self.steps > STEP_LIMIT {
                break;
            }
            reached = self.rule(rule, depth, reached, &mut ends);
            if reached == Reach::Never {
                return ends;
            }
        }
        ends.returned = ends.returned.max(reached);
        ends
    }

    /// Adds how the rule ends the walk, and says how the rule after it is reached.
    ///
    /// A rule that matches by the sender's choice is walked both ways. So is one of which it is not
    /// known whether it matches; that it may refuse counts for nothing.
    fn rule(&mut self, rule: &Rule, depth: usize, reached: Reach, ends: &mut Ends) -> Reach {
        let (taken, passed_over) = match rule.matches(self.packet) {
            Match::No => return reached,
            Match::Yes => (reached, Reach::Never),
            Match::SendersChoice => (reached, reached),
            Match::Unknown => (Reach::Perhaps, reached),
        };
        let accepted = Ends { accepted: taken, returned: Reach::Never };
        let comes_on = match &rule.action {
            Action::Continue => taken,
            Action::Accept => {
                ends.add(accepted, taken);
                Reach::Never
            }
            Action::Refuse => Reach::Never,
            Action::Return => {
                ends.add(Ends { accepted: Reach::Never, returned: taken }, taken);
                Reach::Never
            }
            Action::Unknown => {
                ends.add(accepted, Reach::Perhaps);
                taken
            }
            Action::Jump(target) => {
                let inner = self.chain(target, depth + 1);
                ends.add(Ends { returned: Reach::Never, ..inner }, taken);
                inner.returned.min(taken)
            }
            Action::Goto(target) => {
                let inner = self.chain(target, depth + 1);
                ends.add(inner, taken);
                Reach::Never
            }
        };
        comes_on.max(passed_over)
    }
}

#[cfg(test)]
mod tests;
