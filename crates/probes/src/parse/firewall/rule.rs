//! One rule of a packet filter, and whether a packet matches it.

use std::net::IpAddr;

/// A family of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// A packet that begins a connection nobody asked for.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'p> {
    /// Its family.
    pub family: Family,
    /// `tcp` or `udp`.
    pub protocol: &'p str,
    /// The port it is for.
    pub port: u16,
    /// The interface it arrives on.
    pub interface: &'p str,
}

/// A network: an address and how many bits of it count, or a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    /// The first address.
    pub first: IpAddr,
    /// The last address.
    pub last: IpAddr,
}

impl Net {
    /// The network of the first `bits` bits of `address`.
    pub fn new(address: IpAddr, bits: u32) -> Self {
        match address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0);
                let mask = if bits == 0 { 0 } else { mask };
                let first = u32::from(address) & mask;
                Self { first: IpAddr::V4(first.into()), last: IpAddr::V4((first | !mask).into()) }
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128_u32.saturating_sub(bits)).unwrap_or(0);
                let mask = if bits == 0 { 0 } else { mask };
                let first = u128::from(address) & mask;
                Self { first: IpAddr::V6(first.into()), last: IpAddr::V6((first | !mask).into()) }
            }
        }
    }

    /// Reads `10.0.0.0/8`, `fe80::1`, `10.0.0.0/255.0.0.0`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            None => (text, None),
            Some((address, bits)) => (address, Some(bits)),
        };
        let address: IpAddr = address.parse().ok()?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => whole,
            Some(bits) => match bits.parse::<u32>() {
                Ok(bits) => bits,
                Err(_) => match bits.parse::<IpAddr>().ok()? {
                    IpAddr::V4(mask) => u32::from(mask).leading_ones(),
                    IpAddr::V6(mask) => u128::from(mask).leading_ones(),
                },
            },
        };
        (bits <= whole).then(|| Self::new(address, bits))
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.first.is_ipv4() == address.is_ipv4() && self.first <= address && address <= self.last
    }

    /// Addresses that are for many: such a packet is not for this computer alone.
    fn is_for_many(&self) -> bool {
        let is_broadcast = self.first == IpAddr::from([255, 255, 255, 255]);
        is_broadcast || (self.first.is_multicast() && self.last.is_multicast())
    }
}

/// The sender of packets that nobody asked for: an address set aside for documentation (RFC 5737,
/// RFC 3849), which no rule names for itself.
fn stranger(family: Family) -> IpAddr {
    match family {
        Family::V4 => IpAddr::from([203, 0, 113, 77]),
        Family::V6 => IpAddr::from([0x2001, 0xdb8, 0x77, 0, 0, 0, 0, 0x77]),
    }
}

/// What a test looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The interface; a name may end with `*` for any ending.
    Interface(Vec<String>),
    /// The protocol.
    Protocol(Vec<String>),
    /// The port the packet is for, in ranges.
    Port(Vec<(u16, u16)>),
    /// The sender's address.
    Source(Vec<Net>),
    /// The address the packet is for.
    Destination(Vec<Net>),
    /// The states of connection tracking.
    State(Vec<String>),
    /// The family.
    Family(Family),
    /// What the sender or chance decides: the source port, flags, a rate.
    SendersChoice,
    /// True for every packet that begins a connection to this computer.
    Always,
    /// True for none.
    Never,
    /// One of these lists of tests, whole.
    AnyOf(Vec<Vec<Test>>),
    /// Not understood.
    Unknown,
}

/// One condition of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// It must not be so.
    pub is_negated: bool,
    /// What must be so.
    pub what: What,
}

impl Test {
    /// It must be so.
    pub const fn is(what: What) -> Self {
        Self { is_negated: false, what }
    }

    fn holds(&self, packet: &Packet<'_>, senders_choice: Option<bool>) -> Option<bool> {
        let holds = match &self.what {
            What::Interface(names) => Some(names.iter().any(|name| match name.strip_suffix('*') {
                Some(start) => packet.interface.starts_with(start),
                None => name == packet.interface,
            })),
            What::Protocol(names) => Some(names.iter().any(|name| name == packet.protocol)),
            What::Port(ranges) => {
                Some(ranges.iter().any(|(first, last)| (*first..=*last).contains(&packet.port)))
            }
            What::Source(nets) => {
                let stranger = stranger(packet.family);
                Some(nets.iter().any(|net| net.contains(stranger)))
            }
            What::Destination(nets) => {
                let everything = |net: &Net| {
                    net.first.is_unspecified()
                        && !net.last.is_unspecified()
                        && net.contains(stranger(packet.family))
                };
                if nets.iter().any(everything) {
                    Some(true)
                } else if nets.iter().all(|net| {
                    net.is_for_many() || net.first.is_ipv4() != (packet.family == Family::V4)
                }) {
                    Some(false)
                } else {
                    None
                }
            }
            What::State(states) => Some(states.iter().any(|state| state == "new")),
            What::Family(family) => Some(*family == packet.family),
            What::SendersChoice => return senders_choice,
            What::Always => Some(true),
            What::Never => Some(false),
            What::AnyOf(lists) => any(lists.iter().map(|tests| all(tests, packet, senders_choice))),
            What::Unknown => None,
        };
        holds.map(|holds| holds != self.is_negated)
    }
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Lets the packet in, as far as this chain goes.
    Accept,
    /// Drops or rejects it.
    Refuse,
    /// Calls a chain and comes back.
    Jump(String),
    /// Goes on in a chain and does not come back.
    Goto(String),
    /// Goes back.
    Return,
    /// Counts, logs, marks.
    Continue,
    /// Not understood.
    Unknown,
}

/// A rule: what must hold, and what is done then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What must hold, all of it.
    pub tests: Vec<Test>,
    /// What is done.
    pub action: Action,
}

impl Rule {
    /// Whether the packet matches; none if that is not known. What the sender can choose matches
    /// where it opens and is not known where it refuses.
    pub fn matches(&self, packet: &Packet<'_>) -> Option<bool> {
        let senders_choice = (self.action == Action::Accept).then_some(true);
        all(&self.tests, packet, senders_choice)
    }
}

fn all(tests: &[Test], packet: &Packet<'_>, senders_choice: Option<bool>) -> Option<bool> {
    let mut known = Some(true);
    for test in tests {
        match test.holds(packet, senders_choice) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = None,
        }
    }
    known
}

fn any(holds: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(false);
    for one in holds {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => known = None,
        }
    }
    known
}
