//! What a recording leaves out: password hashes always, serial numbers if asked.

use super::CommandOutput;

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
pub(super) fn output(program: &str, mut output: CommandOutput) -> CommandOutput {
    match program {
        "getent" => output.stdout = lines(&output.stdout, without_hash),
        "nmcli" | "wpa_cli" | "iw" => output.stdout = lines(&output.stdout, without_secret),
        _ => {}
    }
    output
}

fn lines(content: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
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

    #[test]
    fn keys_of_wireless_networks_go() {
        let kept = file("/etc/NetworkManager/a", b"ssid=x\npsk=hunter2".to_vec(), false);
        assert_eq!(kept, b"ssid=x\npsk=redacted");
    }
}
