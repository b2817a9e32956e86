//! Whether the clock follows a time server: `timedatectl`, `chronyc tracking`.

/// Whether `timedatectl` says that the clock is synchronised: `NTPSynchronized=yes` of its `show`,
/// `System clock synchronized: yes` of its text, `NTP synchronized: yes` before version 239.
pub fn timedatectl(text: &str) -> Option<bool> {
    const NAMES: [&str; 3] = ["NTPSynchronized", "System clock synchronized", "NTP synchronized"];
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(['=', ':'])?;
        if NAMES.contains(&name.trim()) { super::truth(value) } else { None }
    })
}

/// Whether `chronyc tracking` says that the clock follows a source: the leap status is anything but
/// `Not synchronised`, and there is a reference.
pub fn chronyc_tracking(text: &str) -> Option<bool> {
    let value = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim())
        })
    };
    let leap = value("Leap status")?;
    let reference = value("Reference ID")?;
    Some(
        matches!(leap, "Normal" | "Insert second" | "Delete second")
            && !reference.starts_with("00000000")
            // 127.127.1.1, the computer's own clock.
            && !reference.starts_with("7F7F0101"),
    )
}
