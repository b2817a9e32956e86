//! What ufw and firewalld say of themselves, for where the kernel's own rules cannot be read.

/// What `ufw status verbose` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ufw {
    /// It is switched on.
    pub is_active: bool,
    /// What becomes of inbound packets by default: `deny`, `reject`, `allow`.
    pub incoming: Option<String>,
    /// A rule lets everybody reach everything.
    pub lets_all_in: bool,
    /// A rule lets in a range of ports, or senders of a network: how much that is, is not weighed.
    pub is_doubtful: bool,
}

/// Reads `ufw status verbose`; none if it does not tell its status.
pub fn ufw(text: &str) -> Option<Ufw> {
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let status = value("Status:")?;
    let incoming = value("Default:").and_then(|defaults| {
        defaults
            .split(',')
            .map(str::trim)
            .find_map(|part| part.strip_suffix("(incoming)"))
            .map(|word| word.trim().to_owned())
    });
    let lets_all_in = text.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "(v6)").collect();
        matches!(words[..], ["Anywhere", "ALLOW", "IN", "Anywhere", ..])
    });
    // `1:8000/tcp  ALLOW IN  Anywhere`, `Anywhere  ALLOW IN  0.0.0.0/1`, `Anywhere on eth0  ALLOW IN
    // Anywhere`, `Anywhere  LIMIT IN  Anywhere`.
    let lets_in = |line: &'_ str| -> Option<(String, String)> {
        let (to, from) = line.split_once("ALLOW IN").or_else(|| line.split_once("LIMIT IN"))?;
        Some((to.trim().to_owned(), from.trim().to_owned()))
    };
    let is_doubtful = text.lines().filter_map(lets_in).any(|(to, from)| {
        let is_range = to.split('/').next().is_some_and(|ports| ports.contains(':'));
        let is_everything = to.starts_with("Anywhere") && from.starts_with("Anywhere");
        is_range || from.contains('/') || (is_everything && !lets_all_in)
    });
    Some(Ufw { is_active: status == "active", incoming, lets_all_in, is_doubtful })
}

/// One zone of firewalld.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// What becomes of what no rule of it names: `default`, `ACCEPT`, `DROP`, `%%REJECT%%`.
    pub target: String,
    /// Its open ports: `1025-65535/tcp`.
    pub ports: Vec<String>,
    /// Interfaces or sources are bound to it.
    pub is_active: bool,
    /// A rich rule lets something in, or a whole protocol is: how much that is, is not weighed.
    pub is_doubtful: bool,
}

impl Zone {
    /// It refuses what it does not name, and names no more than `most` ports of a protocol nor a
    /// range of more than `in_a_row` that begins below 1024.
    pub fn refuses(&self, most: u32, in_a_row: u32) -> bool {
        let range = |port: &str| -> Option<(u32, u32)> {
            let range = port.split('/').next().unwrap_or_default();
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some((first.parse().ok()?, last.parse().ok()?))
        };
        let is_narrow = |protocol: &str| {
            let of_it = |port: &&String| port.ends_with(&format!("/{protocol}"));
            let ranges: Option<Vec<_>> =
                self.ports.iter().filter(of_it).map(|port| range(port)).collect();
            ranges.is_some_and(|ranges| {
                let width = |(first, last): &(u32, u32)| last.saturating_sub(*first) + 1;
                ranges.iter().map(width).fold(0, u32::saturating_add) <= most
                    && ranges.iter().all(|range| range.0 > 1023 || width(range) <= in_a_row)
            })
        };
        matches!(self.target.as_str(), "default" | "DROP" | "%%REJECT%%" | "REJECT")
            && is_narrow("tcp")
            && is_narrow("udp")
    }
}

/// Reads `firewall-cmd --list-all-zones`.
pub fn zones(text: &str) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    for line in text.lines() {
        if !line.starts_with(char::is_whitespace) {
            let mut words = line.split_whitespace();
            if let Some(name) = words.next() {
                zones.push(Zone {
                    name: name.into(),
                    is_active: line.contains("active"),
                    ..Zone::default()
                });
            }
        } else if let Some(zone) = zones.last_mut()
            && line.trim_start().starts_with("rule ")
        {
            zone.is_doubtful |= line.contains(" accept");
        } else if let (Some(zone), Some((key, value))) = (zones.last_mut(), line.split_once(':')) {
            match key.trim() {
                "protocols" | "source-ports" if !value.trim().is_empty() => {
                    zone.is_doubtful = true;
                }
                "target" => zone.target = value.trim().into(),
                "ports" => zone.ports = value.split_whitespace().map(str::to_owned).collect(),
                "interfaces" | "sources" if !value.trim().is_empty() => zone.is_active = true,
                _ => {}
            }
        }
    }
    zones
}
