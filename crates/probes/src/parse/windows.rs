//! What the programs of Windows write.

use closedset_core::Time;
use serde_json::Value;

/// Whether an administrator's rights are in force, by the integrity level in the output of `whoami
/// /groups`: high, or the system's own. To be of the administrators' group is not enough.
pub fn is_elevated(groups: &str) -> Option<bool> {
    const HIGH: u32 = 0x3000;
    let level = groups.split("S-1-16-").nth(1)?;
    let digits: String = level.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u32>().ok().map(|level| level >= HIGH)
}

/// Text of Windows: UTF-8 or UTF-16, with a mark before it or without.
pub fn text(bytes: &[u8]) -> String {
    let utf_16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units =
            bytes.chunks_exact(2).filter_map(|pair| Some(unit([*pair.first()?, *pair.get(1)?])));
        String::from_utf16_lossy(&units.collect::<Vec<u16>>())
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [_, 0, ..] => utf_16(bytes, u16::from_le_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// JSON that PowerShell writes.
pub fn json(bytes: &[u8]) -> Option<Value> {
    serde_json::from_str(text(bytes).trim()).ok()
}

/// A time in JSON: `/Date(1773307800000)/` of PowerShell 5, RFC 3339 of later ones, or a record
/// that holds one as its `value`. One without a zone is in the computer's own and says nothing.
pub fn time(value: &Value) -> Option<Time> {
    match value {
        Value::Object(fields) => {
            fields.get("value").filter(|inner| inner.is_string()).and_then(time)
        }
        Value::String(text) => match text.strip_prefix("/Date(") {
            Some(rest) => rest.strip_suffix(")/")?.parse().ok().map(Time::from_millis),
            None => text.parse().ok(),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// A rule of the firewall that lets strangers in, as it stands in the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// How many ports of a protocol it opens.
    pub ports: u32,
    /// The ports in words.
    pub words: String,
}

/// What a rule such as `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=22|` opens to
/// strangers; none if it opens nothing, or to some senders or one program alone.
pub fn opening(rule: &str) -> Option<Opening> {
    const ALL: u32 = 65_536;
    let fields: Vec<(&str, &str)> =
        rule.split('|').filter_map(|field| field.split_once('=')).collect();
    let of = |name: &'static str| {
        fields.iter().filter(move |(key, _)| *key == name).map(|(_, value)| *value)
    };
    let says =
        |name: &'static str, word: &str| of(name).any(|value| value.eq_ignore_ascii_case(word));
    if !(says("Action", "Allow") && says("Active", "TRUE") && says("Dir", "In")) {
        return None;
    }
    let is_narrowed = |key: &str| {
        key.starts_with("RA4")
            || key.starts_with("RA6")
            || key.starts_with("RMauth")
            || key.starts_with("RUAuth")
            || matches!(
                key,
                "App" | "Svc" | "AppPkgId" | "Security" | "IF" | "LA4" | "LA6" | "RPort"
            )
    };
    if fields.iter().any(|(key, _)| is_narrowed(key)) {
        return None;
    }
    let protocol = match of("Protocol").next() {
        None | Some("256") => "every protocol",
        Some("6") => "tcp",
        Some("17") => "udp",
        Some(_) => return None,
    };
    let named: Vec<&str> = fields
        .iter()
        .filter(|(key, _)| key.starts_with("LPort"))
        .map(|(_, value)| *value)
        .collect();
    if named.is_empty() {
        return Some(Opening { ports: ALL, words: protocol.to_owned() });
    }
    let count = |port: &&str| match port.split_once('-') {
        Some((first, last)) => match (first.parse::<u32>(), last.parse::<u32>()) {
            (Ok(first), Ok(last)) => last.saturating_sub(first).saturating_add(1),
            _ => ALL,
        },
        // `RPC` and the like stand for whole ranges.
        None => port.parse::<u16>().map_or(ALL, |_| 1),
    };
    let ports = named.iter().map(count).fold(0, u32::saturating_add);
    Some(Opening { ports, words: format!("{protocol} {}", named.join(", ")) })
}

/// A wireless network that `netsh wlan show interfaces` shows as connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wlan {
    /// Its name.
    pub ssid: String,
    /// Its authentication and cipher.
    pub security: String,
    /// WPA2 or WPA3, with AES.
    pub is_strong: bool,
}

/// The connected networks in the output of `netsh wlan show interfaces`, in any language: `GUID`
/// and `SSID` are never translated, and the rest is told by its value. None if it shows no
/// interface, or a network of which it does not tell how it is encrypted.
pub fn wlan(text: &str) -> Option<Vec<Wlan>> {
    const CIPHERS: [&str; 6] = ["CCMP", "GCMP", "GCMP-256", "TKIP", "WEP", "AES"];
    let lines: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.split_once(" : ").or_else(|| line.split_once(':')))
        .map(|(key, value)| (key.trim(), value.trim()))
        .collect();
    let starts: Vec<usize> =
        lines.iter().enumerate().filter(|(_, (key, _))| *key == "GUID").map(|(at, _)| at).collect();
    if starts.is_empty() {
        return None;
    }
    let mut networks = Vec::new();
    for (place, start) in starts.iter().enumerate() {
        let end = starts.get(place + 1).copied().unwrap_or(lines.len());
        let block = lines.get(*start..end)?;
        let Some(at) = block.iter().position(|(key, _)| *key == "SSID") else {
            continue;
        };
        let (_, ssid) = block.get(at)?;
        // After its name stand radio, authentication and cipher, in this order, with other lines
        // before them by version; a profile's name comes later and may say anything.
        let told = block.get(at + 1..)?;
        let radio = told.iter().position(|(_, value)| value.starts_with("802.11"))?;
        let (_, authentication) = told.get(radio + 1)?;
        let (_, cipher) = told.get(radio + 2)?;
        let is_cipher = CIPHERS.contains(cipher);
        let is_wpa = authentication.starts_with("WPA");
        // Open networks are told by the language's own word, and have no cipher that is known.
        if is_wpa && !is_cipher {
            return None;
        }
        let is_new = authentication.starts_with("WPA2") || authentication.starts_with("WPA3");
        networks.push(Wlan {
            ssid: (*ssid).to_owned(),
            security: format!("{authentication}, {cipher}"),
            is_strong: is_new && matches!(*cipher, "CCMP" | "GCMP" | "GCMP-256" | "AES"),
        });
    }
    Some(networks)
}

/// Whether the clock follows a server, by the output of `w32tm /query /status`: its lines stand in
/// one order in every language, leap indicator first and stratum second.
pub fn w32tm(text: &str) -> Option<bool> {
    let number = |line: Option<&str>| {
        let (_, value) = line?.split_once(':')?;
        let digits: String = value.trim().chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    let mut lines = text.lines().filter(|line| line.contains(':'));
    let leap = number(lines.next())?;
    let stratum = number(lines.next())?;
    if !text.contains("0x") {
        return None;
    }
    // `LOCL`: it follows itself.
    let follows_itself = text.contains("0x4C4F434C") || text.contains("0x00000000");
    Some(leap < 3 && (1..16).contains(&stratum) && !follows_itself)
}

/// The shortest password and the wrong attempts until an account is locked, by the output of `net
/// accounts`: its fourth and sixth line in every language. An attempt count of none is a word.
pub fn net_accounts(text: &str) -> Option<(i64, Option<i64>)> {
    let values: Vec<&str> = text
        .lines()
        .filter_map(|line| line.rsplit_once(':'))
        .map(|(_, value)| value.trim())
        .take(9)
        .collect();
    let number = |place: usize| values.get(place).and_then(|value| value.parse::<i64>().ok());
    // Ages, lengths and times around them must be numbers, or it is another list.
    let (_, _) = (number(1)?, number(6)?);
    let length = number(3)?;
    let failures = values.get(5)?;
    if values.len() < 9 || failures.is_empty() {
        return None;
    }
    Some((length, failures.parse().ok().filter(|count| *count > 0)))
}

#[cfg(test)]
mod tests;
