//! Wireless networks: `nmcli -m multiline ... device wifi`, `iw dev`, `iw link`, `iw scan dump`.

/// A wireless network, as far as its encryption goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Network {
    /// Its name.
    pub ssid: String,
    /// Its security in the system's words.
    pub security: String,
    /// The flags of WPA, the first one.
    pub wpa: Vec<String>,
    /// The flags of RSN, which is WPA2 and WPA3.
    pub rsn: Vec<String>,
    /// The computer is connected to it.
    pub is_connected: bool,
}

impl Network {
    /// WPA2 with AES, or WPA3, for everything it sends, and a secret to get in: no TKIP beside it,
    /// no first WPA, not open.
    pub fn is_strong(&self) -> bool {
        let any = |words: &[&str]| {
            self.rsn.iter().any(|flag| words.iter().any(|word| flag.contains(word)))
        };
        // In nmcli's words ccmp and gcmp, in iw's CCMP and GCMP; both here in small letters.
        any(&["ccmp", "gcmp"])
            && !any(&["tkip", "wep"])
            && any(&["psk", "sae", "802_1x", "802.1x", "eap"])
            && self.wpa.is_empty()
    }
}

fn flags(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(str::to_ascii_lowercase)
        .filter(|flag| flag != "(none)" && flag != "--")
        .collect()
}

/// The networks in the output of `nmcli -m multiline -f
/// IN-USE,SSID,SECURITY,WPA-FLAGS,RSN-FLAGS device wifi list`. The output may begin with a byte
/// order mark.
///
/// Whoever runs an access point chooses its name, and a line break in it may end the line: a record
/// that does not consist of these five lines in this order counts as not encrypted. No name has room
/// for all five.
pub fn nmcli(text: &str) -> Vec<Network> {
    let mut networks: Vec<(Network, usize)> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let (key, value) = (key.trim(), value.trim());
        if key == NMCLI_LINES[0] {
            networks.push((Network { is_connected: value == "*", ..Network::default() }, 1));
            continue;
        }
        let Some((network, place)) = networks.last_mut() else {
            continue;
        };
        // Once out of step, a record stays so.
        *place = if NMCLI_LINES.get(*place) == Some(&key) { *place + 1 } else { usize::MAX };
        match key {
            "SSID" => network.ssid = value.into(),
            "SECURITY" => network.security = value.into(),
            "WPA-FLAGS" => network.wpa = flags(value),
            "RSN-FLAGS" => network.rsn = flags(value),
            _ => {}
        }
    }
    let doubtful = |network: Network| Network {
        security: "not understood".into(),
        rsn: Vec::new(),
        ..network
    };
    networks
        .into_iter()
        .map(
            |(network, place)| {
                if place == NMCLI_LINES.len() { network } else { doubtful(network) }
            },
        )
        .collect()
}

const NMCLI_LINES: [&str; 5] = ["IN-USE", "SSID", "SECURITY", "WPA-FLAGS", "RSN-FLAGS"];

/// The interfaces in the output of `iw dev`.
pub fn iw_interfaces(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("Interface "))
        .map(str::to_owned)
        .collect()
}

/// The station's address and name in the output of `iw dev X link`; none if it is not connected.
pub fn iw_link(text: &str) -> Option<(String, String)> {
    let address = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Connected to "))?
        .split_whitespace()
        .next()?;
    let ssid = text.lines().find_map(|line| line.trim().strip_prefix("SSID: ")).unwrap_or_default();
    Some((address.to_ascii_lowercase(), ssid.to_owned()))
}

/// The stations in the output of `iw dev X scan dump`, with their addresses.
pub fn iw_scan(text: &str) -> Vec<(String, Network)> {
    #[derive(PartialEq)]
    enum Part {
        Other,
        Wpa,
        Rsn,
    }
    let mut stations: Vec<(String, Network)> = Vec::new();
    let mut part = Part::Other;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("BSS ") {
            let address =
                rest.split(|c: char| c == '(' || c.is_whitespace()).next().unwrap_or_default();
            stations.push((address.to_ascii_lowercase(), Network::default()));
            part = Part::Other;
            continue;
        }
        let Some((_, network)) = stations.last_mut() else {
            continue;
        };
        let trimmed = line.trim();
        if let Some(ssid) = trimmed.strip_prefix("SSID: ") {
            network.ssid = ssid.into();
        }
        if let Some(rest) = trimmed.strip_prefix("RSN:") {
            part = Part::Rsn;
            network.security.push_str("RSN ");
            add(&mut network.rsn, rest);
        } else if let Some(rest) = trimmed.strip_prefix("WPA:") {
            part = Part::Wpa;
            network.security.push_str("WPA ");
            network.wpa.push("wpa".into());
            add(&mut network.wpa, rest);
        } else if trimmed.starts_with('*') {
            match part {
                Part::Rsn => add(&mut network.rsn, trimmed),
                Part::Wpa => add(&mut network.wpa, trimmed),
                Part::Other => {}
            }
        } else {
            part = Part::Other;
        }
    }
    for (_, network) in &mut stations {
        network.security = network.security.trim().to_owned();
    }
    stations
}

/// Ciphers and ways to sign in from a line such as `* Pairwise ciphers: CCMP TKIP`.
fn add(all: &mut Vec<String>, line: &str) {
    if let Some((name, value)) = line.split_once(':')
        && (name.contains("cipher") || name.contains("Authentication suites"))
    {
        all.extend(value.split_whitespace().map(str::to_ascii_lowercase));
    }
}
