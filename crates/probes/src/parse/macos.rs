//! What the programs of macOS write for people. Apple's property lists and JSON are read elsewhere.

use super::socket::Listener;
use std::collections::BTreeMap;

/// The lines `key: value`, of `sw_vers` and many others; the first of a key counts.
pub fn fields(text: &str) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for line in text.lines() {
        if let Some((key, value)) = line.split_once(':') {
            fields.entry(key.trim().to_owned()).or_insert_with(|| value.trim().to_owned());
        }
    }
    fields
}

/// What the application firewall does: the number in `Firewall is enabled. (State = 1)`.
pub fn firewall_state(text: &str) -> Option<u8> {
    let (_, rest) = text.split_once("(State =")?;
    rest.split(')').next()?.trim().parse().ok().filter(|state| *state <= 2)
}

/// Whether a setting of the application firewall is on, told by the line that has all of `words`:
/// `Automatically allow built-in signed software DISABLED.`, `Firewall has block all state set to
/// enabled.`
pub fn firewall_setting(text: &str, words: &[&str]) -> Option<bool> {
    text.lines().map(str::to_ascii_lowercase).find_map(|line| {
        if !words.iter().all(|word| line.contains(word)) {
            return None;
        }
        match line.trim_end_matches([' ', '.', '!', '\r']).rsplit(' ').next()? {
            "enabled" | "on" => Some(true),
            "disabled" | "off" => Some(false),
            _ => None,
        }
    })
}

/// How the screen locks, by `sysadminctl -screenLock status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenLock {
    /// It does not ask for a password.
    Off,
    /// So many seconds after the screen saver began or the display went dark.
    After(i64),
}

/// Reads `screenLock delay is immediate`, `... is 300 seconds`, `screenLock is off`, each after the
/// time and the program's name.
pub fn screen_lock(text: &str) -> Option<ScreenLock> {
    let text = text.to_ascii_lowercase();
    if text.contains("screenlock is off") {
        return Some(ScreenLock::Off);
    }
    let (_, said) = text.split_once("screenlock delay is ")?;
    let word = said.split_whitespace().next()?;
    if word.trim_end_matches('.') == "immediate" {
        return Some(ScreenLock::After(0));
    }
    if !said.split_whitespace().nth(1)?.starts_with("second") {
        return None;
    }
    let (whole, _) = word.split_once('.').unwrap_or((word, ""));
    let seconds: i64 = whole.parse().ok()?;
    // Seen as the answer where no lock is set.
    Some(if seconds < 0 { ScreenLock::Off } else { ScreenLock::After(seconds) })
}

/// Minutes without input until the display goes dark, for each source of power, by `pmset -g
/// custom`; 0 is never.
pub fn display_sleep(text: &str) -> Vec<(String, i64)> {
    let mut source = String::new();
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.trim_end().strip_suffix(':')
            && !line.starts_with(' ')
        {
            source = name.to_owned();
        }
        let mut words = line.split_whitespace();
        if words.next() == Some("displaysleep")
            && let Some(minutes) = words.next().and_then(|word| word.parse().ok())
        {
            found.push((source.clone(), minutes));
        }
    }
    found
}

/// One update that `softwareupdate -l` offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Its title: `macOS Sequoia 15.6.1`.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Apple recommends it.
    pub is_recommended: bool,
}

/// The updates that `softwareupdate -l` offers, from what it wrote to both its outputs. None if it
/// says neither that there are some nor that there are none: then it could not find out.
pub fn updates(output: &str, complaints: &str) -> Option<Vec<Update>> {
    let says = |words: &str| output.contains(words) || complaints.contains(words);
    let mut updates = Vec::new();
    let mut label = None;
    for line in output.lines().map(str::trim) {
        if let Some(entry) = line.strip_prefix('*').or_else(|| line.strip_prefix('-')) {
            // One without a line of its own below it still waits.
            updates.extend(label.take().map(unnamed));
            let entry = entry.trim();
            label = Some(entry.strip_prefix("Label:").unwrap_or(entry).trim().to_owned());
        } else if label.is_some() && !line.is_empty() {
            updates.push(update(line, label.take().unwrap_or_default()));
        }
    }
    updates.extend(label.map(unnamed));
    if !updates.is_empty() {
        return Some(updates);
    }
    let found = says("found the following new or updated software");
    (says("No new software available") && !found).then_some(updates)
}

fn unnamed(label: String) -> Update {
    Update { title: label, version: String::new(), is_recommended: true }
}

/// `Title: Safari, Version: 26.1, Size: 1KiB, Recommended: YES,` or, before macOS 10.15, `Safari
/// (13.1), 1K [recommended] [restart]`.
fn update(line: &str, label: String) -> Update {
    let value = |name: &str| {
        line.split(", ").find_map(|part| part.strip_prefix(name)).map(|value| value.trim())
    };
    match value("Title:") {
        Some(title) => Update {
            title: title.to_owned(),
            version: value("Version:").unwrap_or_default().to_owned(),
            is_recommended: !value("Recommended:").is_some_and(|word| word.starts_with("NO")),
        },
        None => Update {
            title: line.split('(').next().unwrap_or(&label).trim().to_owned(),
            version: line
                .split_once('(')
                .and_then(|(_, rest)| rest.split(')').next())
                .unwrap_or_default()
                .to_owned(),
            is_recommended: line.contains("[recommended]") || !line.contains(','),
        },
    }
}

/// A system extension of `systemextensionsctl list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The heading it stands under: `com.apple.system_extension.endpoint_security`.
    pub category: String,
    /// The bundle's identifier.
    pub bundle: String,
    /// Its name.
    pub name: String,
    /// It works now.
    pub is_active: bool,
}

/// The extensions that `systemextensionsctl list` shows; none if it did not say how many there are.
pub fn extensions(text: &str) -> Option<Vec<Extension>> {
    if !text.lines().any(|line| line.trim_end().ends_with("extension(s)")) {
        return None;
    }
    let mut category = String::new();
    let mut extensions = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.trim_start().strip_prefix("--- ") {
            category = heading.split_whitespace().next().unwrap_or_default().to_owned();
            continue;
        }
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let [enabled, active, _team, bundle, name, state] = cells[..] else { continue };
        if state == "[state]" {
            continue;
        }
        extensions.push(Extension {
            category: category.clone(),
            bundle: bundle.split_whitespace().next().unwrap_or_default().to_owned(),
            name: name.to_owned(),
            is_active: enabled == "*" && active == "*" && state == "[activated enabled]",
        });
    }
    Some(extensions)
}

/// The listening sockets of `netstat -an`, whose addresses end in `.port`; programs are not told.
pub fn netstat(text: &str) -> Vec<Listener> {
    text.lines()
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [protocol, _, _, local, foreign, rest @ ..] = &words[..] else { return None };
            let is_tcp = protocol.starts_with("tcp");
            let listens = if is_tcp {
                rest.first() == Some(&"LISTEN")
            } else {
                protocol.starts_with("udp") && *foreign == "*.*"
            };
            let (address, port) = local.rsplit_once('.').filter(|_| listens)?;
            // A port of `*` is a socket that waits for nothing yet.
            let port = port.parse().ok()?;
            Some(listener(if is_tcp { "tcp" } else { "udp" }, address, port, Vec::new()))
        })
        .collect()
}

/// The listening sockets of `lsof -nP +c0 -iTCP -sTCP:LISTEN -iUDP -FcPtn`: a letter before each
/// field, one field a line.
pub fn lsof(text: &str) -> Vec<Listener> {
    let mut program = String::new();
    let mut protocol = "";
    let mut listeners = Vec::new();
    for line in text.lines() {
        let mut letters = line.chars();
        let (field, value) = (letters.next(), letters.as_str());
        match field {
            Some('c') => program = value.replace("\\x20", " "),
            Some('P') => protocol = if value == "UDP" { "udp" } else { "tcp" },
            Some('n') if !value.contains("->") => {
                if let Some((address, port)) = value.rsplit_once(':')
                    && let Ok(port) = port.parse()
                {
                    listeners.push(listener(protocol, address, port, vec![program.clone()]));
                }
            }
            _ => {}
        }
    }
    listeners
}

fn listener(protocol: &str, address: &str, port: u16, programs: Vec<String>) -> Listener {
    let address = address.trim_start_matches('[').trim_end_matches(']');
    let (address, interface) = match address.split_once('%') {
        Some((address, interface)) => (address, Some(interface.to_owned())),
        None => (address, None),
    };
    Listener {
        protocol: protocol.into(),
        address: address.into(),
        port: Some(port),
        interface,
        programs,
    }
}

/// The shortest password that a policy's condition takes: the number in `policyAttributePassword
/// matches '.{12,}'`. None if the condition is about something else, or about more than that.
pub fn password_length(condition: &str) -> Option<i64> {
    let (subject, rest) = condition.trim().split_once('\'')?;
    if subject.trim() != "policyAttributePassword matches" {
        return None;
    }
    let pattern = rest.strip_suffix('\'').filter(|pattern| !pattern.contains('\''))?;
    let pattern = pattern.trim_start_matches('^').trim_end_matches(['$', '+']);
    let count = pattern.strip_prefix(".{")?.strip_suffix('}')?;
    count.split(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests;
