//! The ssh server's settings: `sshd -T`, and `Match` blocks in its files, which `sshd -T` leaves
//! out.

use std::collections::BTreeMap;

/// The settings of `sshd -T`; a name that stands several times keeps its values together.
pub fn effective(text: &str) -> BTreeMap<String, String> {
    let mut settings: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines() {
        let Some((name, value)) = line.trim().split_once(' ') else {
            continue;
        };
        settings
            .entry(name.to_ascii_lowercase())
            .and_modify(|values| {
                values.push(' ');
                values.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    }
    settings
}

/// Whether the settings let anybody in with a password and nothing else.
///
/// Keyboard-interactive sign-in through PAM asks for the same password; where several methods are
/// demanded, one of the alternatives must consist of a password alone.
pub fn lets_in_by_password(settings: &BTreeMap<String, String>) -> Option<bool> {
    let is_yes = |name: &str| settings.get(name).map(|value| value == "yes");
    let password = is_yes("passwordauthentication")?;
    let interactive = is_yes("kbdinteractiveauthentication")
        .or_else(|| is_yes("challengeresponseauthentication"))
        .unwrap_or(false)
        && is_yes("usepam").unwrap_or(false);
    let methods = settings.get("authenticationmethods").map_or("any", String::as_str);
    let suffices = |alternative: &str| {
        alternative == "any"
            || alternative.split(',').all(|method| match method {
                "password" => password,
                method => method.starts_with("keyboard-interactive") && interactive,
            })
    };
    Some((password || interactive) && methods.split_whitespace().any(suffices))
}

/// What a file of the server's settings says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    /// The patterns of files that it includes.
    pub includes: Vec<String>,
    /// Names and values that hold for some people or places only.
    pub matched: Vec<(String, String)>,
    /// Names and values that hold for everybody.
    pub general: Vec<(String, String)>,
}

/// Reads a file of sshd_config(5).
pub fn file(text: &str) -> File {
    let mut file = File::default();
    let mut in_match = false;
    for line in super::telling_lines(text) {
        let Some((name, value)) = line.split_once(|c: char| c.is_whitespace() || c == '=') else {
            continue;
        };
        let name = name.to_ascii_lowercase();
        let value = value.trim_matches(|c: char| c.is_whitespace() || c == '=' || c == '"');
        match name.as_str() {
            "match" => in_match = !value.eq_ignore_ascii_case("all"),
            "include" => file.includes.extend(value.split_whitespace().map(str::to_owned)),
            _ if in_match => file.matched.push((name, value.to_owned())),
            _ => file.general.push((name, value.to_owned())),
        }
    }
    file
}
