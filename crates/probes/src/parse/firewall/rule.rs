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
    /// Who sends it.
    pub source: IpAddr,
}

/// A network: an address and how many bits of it count, or a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

    /// Every address of its family.
    fn is_everything(&self) -> bool {
        match (self.first, self.last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                first.is_unspecified() && u32::from(last) == u32::MAX
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                first.is_unspecified() && u128::from(last) == u128::MAX
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Addresses that are for many: such a packet is not for this computer alone.
    fn is_for_many(&self) -> bool {
        let is_broadcast = self.first == IpAddr::from([255, 255, 255, 255]);
        is_broadcast || (self.first.is_multicast() && self.last.is_multicast())
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

    fn holds(&self, packet: &Packet<'_>) -> Match {
        let is_v4 = packet.family == Family::V4;
        let holds = match &self.what {
            What::Interface(names) => names.iter().any(|name| match name.strip_suffix('*') {
                Some(start) => packet.interface.starts_with(start),
                None => name == packet.interface,
            }),
            What::Protocol(names) => names.iter().any(|name| name == packet.protocol),
            What::Port(ranges) => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&packet.port))
            }
            What::Source(nets) => nets.iter().any(|net| net.contains(packet.source)),
            What::Destination(nets) => {
                let is_of_family = |net: &&Net| net.first.is_ipv4() == is_v4;
                if nets.iter().filter(is_of_family).any(Net::is_everything) {
                    true
                } else if nets.iter().filter(is_of_family).all(Net::is_for_many) {
                    false
                } else {
                    return Match::Unknown;
                }
            }
            What::State(states) => states.iter().any(|state| state == "new"),
            What::Family(family) => *family == packet.family,
            What::Always => true,
            What::Never => false,
            What::AnyOf(lists) => {
                return any(lists.iter().map(|tests| all(tests, packet))).but_not(self.is_negated);
            }
            What::SendersChoice => return Match::SendersChoice,
            What::Unknown => return Match::Unknown,
        };
        (if holds { Match::Yes } else { Match::No }).but_not(self.is_negated)
    }
}

/// Whether a packet matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It does if the sender wants it to, and does not if not.
    SendersChoice,
    /// That is not known.
    Unknown,
}

impl Match {
    const fn but_not(self, is_negated: bool) -> Self {
        match (self, is_negated) {
            (Self::Yes, true) => Self::No,
            (Self::No, true) => Self::Yes,
            (as_it_is, _) => as_it_is,
        }
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
    /// Whether the packet matches.
    pub fn matches(&self, packet: &Packet<'_>) -> Match {
        all(&self.tests, packet)
    }

    /// Shows what every test asks, those within alternatives too.
    pub fn each(&self, see: &mut impl FnMut(&What)) {
        fn visit(tests: &[Test], see: &mut impl FnMut(&What)) {
            for test in tests {
                see(&test.what);
                if let What::AnyOf(lists) = &test.what {
                    lists.iter().for_each(|tests| visit(tests, see));
                }
            }
        }
        visit(&self.tests, see);
    }
}

fn all(tests: &[Test], packet: &Packet<'_>) -> Match {
    let mut all = Match::Yes;
    for test in tests {
        match test.holds(packet) {
            Match::No => return Match::No,
            Match::Unknown => all = Match::Unknown,
            Match::SendersChoice if all == Match::Yes => all = Match::SendersChoice,
            Match::SendersChoice | Match::Yes => {}
        }
    }
    all
}

fn any(matches: impl Iterator<Item = Match>) -> Match {
    let mut any = Match::No;
    for one in matches {
        match one {
            Match::Yes => return Match::Yes,
            Match::SendersChoice => any = Match::SendersChoice,
            Match::Unknown if any == Match::No => any = Match::Unknown,
            Match::Unknown | Match::No => {}
        }
    }
    any
}
