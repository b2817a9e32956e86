//! Pure parsers of what programs write and files hold.
//!
//! Each takes text from a stranger, never panics and never refuses: it yields what it understands
//! and leaves out the rest, so the caller has to treat an absence as unknown.

pub mod account;
pub mod apt;
pub mod date;
pub mod dconf;
pub mod dnf;
pub mod firewall;
pub mod ini;
pub mod lsblk;
pub mod macos;
pub mod modprobe;
pub mod mount;
pub mod os_release;
pub mod package;
pub mod pam;
pub mod plist;
pub mod process;
pub mod session;
pub mod socket;
pub mod ssh;
pub mod time_sync;
pub mod unit;
pub mod usbguard;
pub mod windows;
pub mod wireless;
pub mod zfs;

/// The effective account number in the text of `/proc/self/status`.
pub fn effective_uid(status: &str) -> Option<u32> {
    status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))?
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

/// The lines that say something: trimmed, without those that are empty or begin with `#`.
pub(crate) fn telling_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A text that says yes or no in one of the ways programs do.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" | "on" | "enabled" => Some(true),
        "false" | "no" | "0" | "off" | "disabled" => Some(false),
        _ => None,
    }
}
