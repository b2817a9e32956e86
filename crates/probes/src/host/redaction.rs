//! What a recording leaves out: password hashes and the names of accounts at clouds always, serial
//! numbers if asked.

use super::{Command, CommandOutput};

/// What stands in place of a password hash; a reader still tells it from an empty or locked one.
const HASH: &str = "$redacted$";
/// What stands in place of a serial number.
const SERIAL: &str = "redacted";

const HASH_FILES: [&str; 4] = ["/etc/shadow", "/etc/gshadow", "/etc/shadow-", "/etc/passwd"];

/// The content of a file without what must not be recorded.
pub(super) fn file(path: &str, content: Vec<u8>, leaves_serials_out: bool) -> Vec<u8> {
    if HASH_FILES.contains(&path) {
        return lines(&content, without_hash);
    }
    if path.starts_with("/etc/NetworkManager/") || path.contains("wpa_supplicant") {
        return lines(&content, without_secret);
    }
    let is_serial = path.ends_with("_serial") || path.ends_with("product_uuid");
    if leaves_serials_out && is_serial {
        return SERIAL.as_bytes().to_vec();
    }
    content
}

/// The output of a command without what must not be recorded.
pub(super) fn output(
    command: &Command,
    mut output: CommandOutput,
    leaves_serials_out: bool,
) -> CommandOutput {
    let arguments = command.arguments();
    let is_about = |word: &str| arguments.iter().any(|argument| argument.ends_with(word));
    match command.program() {
        "getent" => output.stdout = lines(&output.stdout, without_hash),
        "nmcli" | "wpa_cli" | "iw" => output.stdout = lines(&output.stdout, without_secret),
        "plutil" if is_about("MobileMeAccounts.plist") => {
            output.stdout = without_names(&output.stdout);
        }
        "system_profiler" | "powershell" if leaves_serials_out => {
            output.stdout = without_serials(&output.stdout);
        }
        _ => {}
    }
    output
}

/// A property list of accounts, in which only those values stay that say what an account is for:
/// names, addresses and keys of people go.
fn without_names(content: &[u8]) -> Vec<u8> {
    const KEPT: [&str; 2] = ["<key>Name</key>", "<key>Enabled</key>"];
    let mut is_kept = false;
    lines_in_turn(content, |line| {
        let trimmed = line.trim_start();
        if trimmed.starts_with("<key>") {
            is_kept = KEPT.contains(&trimmed.trim_end());
        } else if let Some(indent) = line.find("<string>").filter(|_| !is_kept) {
            let start = line.get(..indent).unwrap_or_default();
            return format!("{start}<string>{SERIAL}</string>");
        }
        line.to_owned()
    })
}

/// JSON in which the values of fields that tell one machine from all others are replaced.
fn without_serials(content: &[u8]) -> Vec<u8> {
    const FIELDS: [&str; 6] = [
        "serial_number",
        "platform_UUID",
        "provisioning_UDID",
        "spairport_wireless_mac_address",
        "serial",
        "SerialNumber",
    ];
    let mut text = String::from_utf8_lossy(content).into_owned();
    let mut is_changed = false;
    for field in FIELDS {
        let name = format!("\"{field}\"");
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(&name)) {
            from += at + name.len();
            let rest = text.get(from..).unwrap_or_default();
            let Some(quote) = rest
                .find('"')
                .filter(|end| rest.get(..*end).is_some_and(|between| between.trim() == ":"))
            else {
                continue;
            };
            let start = from + quote + 1;
            let Some(length) = text.get(start..).and_then(|value| value.find('"')) else {
                continue;
            };
            text.replace_range(start..start + length, SERIAL);
            is_changed = true;
        }
    }
    if is_changed { text.into_bytes() } else { content.to_vec() }
}

fn lines(content: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    lines_in_turn(content, change)
}

fn lines_in_turn(content: &[u8], change: impl FnMut(&str) -> String) -> Vec<u8> {
    String::from_utf8_lossy(content)
        .split('\n')
        .map(change)
        .collect::<Vec<_>>()
        .join("\n")
        .into_bytes()
}

/// A line of colon-separated fields whose second may be a hash.
fn without_hash(line: &str) -> String {
    let mut fields: Vec<&str> = line.split(':').collect();
    let replaced = match fields.get(1).copied() {
        Some(field) if field.trim_start_matches('!').len() > 1 => {
            let locks = field.len() - field.trim_start_matches('!').len();
            Some(format!("{}{HASH}", "!".repeat(locks)))
        }
        _ => None,
    };
    if let (Some(text), Some(field)) = (&replaced, fields.get_mut(1)) {
        *field = text;
    }
    fields.join(":")
}

/// A line `key=value` or `key: value` whose key names a secret.
fn without_secret(line: &str) -> String {
    const KEYS: [&str; 4] = ["psk", "password", "wep-key", "passphrase"];
    let Some(at) = line.find(['=', ':']) else {
        return line.to_owned();
    };
    let (key, rest) = line.split_at(at);
    let key_words = key.trim().to_ascii_lowercase();
    if KEYS.iter().any(|secret| key_words.ends_with(secret)) && rest.len() > 1 {
        format!("{key}{}redacted", &rest[..1])
    } else {
        line.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_go_and_the_state_of_the_password_stays() {
        let shadow =
            b"root:$6$salt$hash:1::\nlocked:!$6$s$h:1::\nnone::1::\nnever:!!:1::\nno:*:1::\n";
        let kept = String::from_utf8(file("/etc/shadow", shadow.to_vec(), false)).unwrap();
        assert_eq!(
            kept,
            "root:$redacted$:1::\nlocked:!$redacted$:1::\nnone::1::\nnever:!!:1::\nno:*:1::\n"
        );
    }

    fn kept(line: &str, stdout: &str) -> String {
        let output = CommandOutput { stdout: stdout.into(), ..CommandOutput::default() };
        let command = crate::look::command(line);
        String::from_utf8(super::output(&command, output, true).stdout).unwrap()
    }

    #[test]
    fn accounts_at_a_cloud_lose_their_names_and_keep_what_they_are_for() {
        let text = "<dict>\n\t<key>AccountID</key>\n\t<string>ann@example.com</string>\n\t\
                    <key>Name</key>\n\t<string>MOBILE_DOCUMENTS</string>\n\t<key>Enabled</key>\n\t\
                    <integer>1</integer>\n</dict>";
        let kept = kept("plutil -convert xml1 -o - /Users/a/Library/MobileMeAccounts.plist", text);
        assert_eq!(kept, text.replace("ann@example.com", "redacted"));
    }

    #[test]
    fn serial_numbers_go_from_json() {
        let text = "{\"x\": [{\"serial_number\" : \"C02XXXX\", \"machine_name\" : \"MacBook\"}]}";
        let line = "system_profiler SPHardwareDataType -json";
        assert_eq!(kept(line, text), text.replace("C02XXXX", "redacted"));
        for odd in ["{\"serial_number\"", "{\"serial_number\": 5}", "\"serial_number\": \"x"] {
            assert_eq!(kept(line, odd), odd);
        }
    }

    #[test]
    fn keys_of_wireless_networks_go() {
        let kept = file("/etc/NetworkManager/a", b"ssid=x\npsk=hunter2".to_vec(), false);
        assert_eq!(kept, b"ssid=x\npsk=redacted");
    }
}
