//! What tells this machine from others, for keys that are bound to one. What is kept is a digest of its
//! own; the machine's id itself goes nowhere.

use closedset_core::Digest;
use closedset_probes::{CollectOptions, KINDS, LiveHost, Platform, collect};
use std::{fs::File, io::Read as _};

/// Where a Linux system keeps its id, machine-id(5).
const LINUX: &str = "/etc/machine-id";
/// What is digested before the id, so that it is of no use elsewhere.
const DOMAIN: &str = "closedset/machine/v1\n";

/// What tells this machine from others; none where the system does not say.
pub(crate) fn digest() -> Option<Digest> {
    match Platform::of_this_computer() {
        Platform::Linux => linux(),
        Platform::Macos | Platform::Windows => serial(),
    }
}

fn linux() -> Option<Digest> {
    let mut text = String::new();
    File::open(LINUX).ok()?.take(64).read_to_string(&mut text).ok()?;
    of_machine_id(&text)
}

/// 32 hexadecimal digits; a system that was never started has `uninitialized` there, or nothing.
fn of_machine_id(text: &str) -> Option<Digest> {
    let id = text.trim();
    let is_one = id.len() == 32
        && id.bytes().all(|digit| digit.is_ascii_hexdigit())
        && id.bytes().any(|digit| digit != b'0');
    is_one.then(|| digested(&id.to_ascii_lowercase()))
}

/// The serial number, by the probe that reads it anyway.
fn serial() -> Option<Digest> {
    let skip = KINDS.into_iter().filter(|kind| *kind != "hardware").map(str::to_owned).collect();
    let now = closedset_core::Time::from_millis(0);
    let bodies = collect(&LiveHost::default(), &CollectOptions { now, control_host: None, skip });
    bodies.get("hardware")?.fields().get("serial")?.as_str().map(digested)
}

fn digested(id: &str) -> Digest {
    Digest::of(format!("{DOMAIN}{id}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_machines_own_id_counts_and_is_never_kept_itself() {
        let id = "0123456789abcdef0123456789abcdef";
        let digest = of_machine_id(&format!("{id}\n")).unwrap();
        assert_ne!(digest, Digest::of(id.as_bytes()));
        assert_eq!(of_machine_id(&id.to_uppercase()), Some(digest));
        for none in ["", "uninitialized\n", "00000000000000000000000000000000", &id[1..]] {
            assert_eq!(of_machine_id(none), None, "{none}");
        }
    }
}
