//! usbguard's rules and daemon configuration: does it let a mass-storage device in that nobody
//! named?

/// What the daemon does with a device that no rule matches: `ImplicitPolicyTarget`; it blocks
/// unless told.
pub fn blocks_by_default(configuration: &str) -> bool {
    let target = setting(configuration, "ImplicitPolicyTarget").unwrap_or("block");
    let inserted = setting(configuration, "InsertedDevicePolicy").unwrap_or("apply-policy");
    matches!(target, "block" | "reject") && matches!(inserted, "apply-policy" | "block" | "reject")
}

/// A setting of the daemon's configuration; the last line of a name counts.
pub fn setting<'t>(configuration: &'t str, name: &str) -> Option<&'t str> {
    super::telling_lines(configuration)
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim())
        .last()
}

/// The first rule that lets in mass storage that nobody named, if one does.
pub fn opening_rule(rules: &str) -> Option<String> {
    super::telling_lines(rules)
        .find(|line| {
            let words = words(line);
            // `usbguard list-rules` puts a number before each.
            let is_number = |word: &String| word.trim_end_matches(':').parse::<u32>().is_ok();
            let rule = match words.split_first() {
                Some((first, rest)) if is_number(first) => rest,
                _ => words.as_slice(),
            };
            rule.first().is_some_and(|target| target == "allow")
                && !names_a_device(rule)
                && !is_without_storage(rule)
        })
        .map(str::to_owned)
}

/// A rule names a device by its maker's and its product's number and, as there are many of that
/// product, by its serial number or its hash. A port is open to all that fits into it, and a name
/// is whatever the device says.
fn names_a_device(rule: &[String]) -> bool {
    let value = |name: &str| {
        let at = rule.iter().position(|word| word == name)?;
        rule.get(at + 1)
    };
    let is_number = |part: &str| part.len() == 4 && part.chars().all(|c| c.is_ascii_hexdigit());
    let has_id = value("id")
        .and_then(|id| id.split_once(':'))
        .is_some_and(|(vendor, product)| is_number(vendor) && is_number(product));
    let is_told = |name: &str| {
        value(name).and_then(|value| value.strip_prefix('"')).is_some_and(|text| !text.is_empty())
    };
    has_id && (is_told("serial") || is_told("hash"))
}

/// Whether a rule is for devices with no other interfaces than those it lists, none of which
/// carries files. `one-of` and `all-of` say nothing of a device's further interfaces.
fn is_without_storage(rule: &[String]) -> bool {
    /// Sound, serial lines, keyboards and mice, printers, hubs, smart cards, video, radio.
    const HARMLESS: [&str; 10] = ["01", "02", "03", "07", "09", "0a", "0b", "0e", "10", "e0"];
    let Some(at) = rule.iter().position(|word| word == "with-interface") else {
        return false;
    };
    let mut interfaces = rule
        .iter()
        .skip(at + 1)
        .filter(|word| !matches!(word.as_str(), "equals" | "equals-ordered" | "{"))
        .take_while(|word| *word != "}" && (word.contains(':') || word.contains("-of")))
        .peekable();
    interfaces.peek().is_some()
        && interfaces.all(|interface| {
            let class = interface.split(':').next().unwrap_or_default().to_ascii_lowercase();
            HARMLESS.contains(&class.as_str())
        })
}

/// The words of a rule. What stands in quotes is one, which keeps its first quote alone.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_quoted = false;
    let mut is_escaped = false;
    let mut is_open = false;
    for character in line.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => {
                is_escaped = true;
                continue;
            }
            '"' if is_quoted => {
                is_quoted = false;
                is_open = false;
                continue;
            }
            '"' => is_quoted = true,
            _ if is_quoted => {}
            '{' | '}' => {
                words.push(character.into());
                is_open = false;
                continue;
            }
            _ if character.is_whitespace() => {
                is_open = false;
                continue;
            }
            _ => {}
        }
        match words.last_mut() {
            Some(word) if is_open => word.push(character),
            _ => words.push(character.into()),
        }
        is_open = true;
    }
    words
}
