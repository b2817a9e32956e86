//! usbguard's rules and daemon configuration: does it let a mass-storage device in that nobody
//! named?

/// What the daemon does with a device that no rule matches: `ImplicitPolicyTarget`; it blocks
/// unless told.
pub fn blocks_by_default(configuration: &str) -> bool {
    let value = |name: &str| {
        super::telling_lines(configuration)
            .filter_map(|line| line.split_once('='))
            .filter(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim().to_owned())
            .last()
    };
    let target = value("ImplicitPolicyTarget").unwrap_or_else(|| "block".into());
    let inserted = value("InsertedDevicePolicy").unwrap_or_else(|| "apply-policy".into());
    matches!(target.as_str(), "block" | "reject")
        && matches!(inserted.as_str(), "apply-policy" | "block" | "reject")
}

/// The first rule that lets in mass storage of any make, if one does. Rules that name a device by
/// its id, serial, name, hash or port are grants to that device alone.
pub fn opening_rule(rules: &str) -> Option<String> {
    const GRANTS: [&str; 6] =
        [" id ", " serial ", " name ", " hash ", " via-port ", " parent-hash "];
    super::telling_lines(rules)
        .map(|line| {
            // `usbguard list-rules` puts a number before each.
            match line.split_once(": ") {
                Some((number, rule)) if number.chars().all(|c| c.is_ascii_digit()) => rule,
                _ => line,
            }
        })
        .filter(|rule| *rule == "allow" || rule.starts_with("allow "))
        .find(|rule| {
            let padded = format!(" {rule} ");
            let is_grant = GRANTS.iter().any(|grant| {
                padded.contains(grant) && !(*grant == " id " && padded.contains(" id *:*"))
            });
            let of_storage = match padded.split_once(" with-interface ") {
                None => true,
                Some((_, interfaces)) => {
                    interfaces.contains("08:")
                        || interfaces.contains("06:")
                        || interfaces.contains("*:*:*")
                        || interfaces.contains("none-of")
                }
            };
            !is_grant && of_storage
        })
        .map(str::to_owned)
}
