//! The ssh server's settings: `sshd -T`, and the lines of its files, of whose `Match` blocks
//! `sshd -T` says nothing.

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

/// The settings of `blocks` that together let most in, over the general ones: what each allows is
/// allowed.
pub fn loosest(
    general: &BTreeMap<String, String>,
    blocks: &[BTreeMap<String, String>],
) -> BTreeMap<String, String> {
    let mut loosest = general.clone();
    for (name, value) in blocks.iter().flatten() {
        if name == "authenticationmethods" {
            let kept = loosest.entry(name.clone()).or_insert_with(|| "any".into());
            kept.push(' ');
            kept.push_str(value);
        } else if value == "yes" {
            loosest.insert(name.clone(), value.clone());
        }
    }
    loosest
}

/// What sshd(8) takes an argument for.
const WITH_ARGUMENT: &str = "bCcEfghkmopu";
/// The settings that decide who comes in how.
const WAYS_IN: [&str; 8] = [
    "passwordauthentication",
    "kbdinteractiveauthentication",
    "challengeresponseauthentication",
    "permitrootlogin",
    "permitemptypasswords",
    "usepam",
    "authenticationmethods",
    "include",
];

/// The option by which a server lets people in otherwise than its ordinary file says: another file
/// (`-f`), or a setting of [`WAYS_IN`] (`-o`). `args` is its line in ps(1); the line of one
/// connection (`sshd: person [priv]`) has none.
pub fn own_way_in(args: &str) -> Option<String> {
    let args = args.trim_start().strip_prefix("sshd: ").unwrap_or(args.trim_start());
    let mut words = args.split_whitespace();
    if !words.next()?.ends_with("sshd") {
        return None;
    }
    while let Some(word) = words.next() {
        let Some(flags) = word.strip_prefix('-') else { continue };
        let Some((at, flag)) = flags.char_indices().find(|(_, flag)| WITH_ARGUMENT.contains(*flag))
        else {
            continue;
        };
        let rest = flags.get(at + flag.len_utf8()..).unwrap_or_default();
        let argument = if rest.is_empty() { words.next().unwrap_or_default() } else { rest };
        let name = argument.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let is_own = match flag {
            'f' => argument != "/etc/ssh/sshd_config",
            'o' => WAYS_IN.contains(&name.as_str()),
            _ => false,
        };
        if is_own {
            return Some(format!("-{flag} {argument}"));
        }
    }
    None
}

/// What a line of sshd_config(5) says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// What follows, to the next of these or to the end of the file, holds for some. `Match all` is
    /// one too: it overrules what stands before every block.
    Match,
    /// The patterns of files whose lines stand here.
    Include(Vec<String>),
    /// A name and its value, both in small letters.
    Setting(String, String),
}

/// Reads a file of sshd_config(5).
pub fn file(text: &str) -> Vec<Line> {
    text.lines()
        .filter_map(|line| {
            let mut words = words(line);
            let name = words.first_mut().map(std::mem::take)?.to_ascii_lowercase();
            let values = words.get(1..).unwrap_or_default();
            Some(match name.as_str() {
                "match" => Line::Match,
                "include" => Line::Include(values.to_vec()),
                // Old names of the same.
                "challengeresponseauthentication" | "skeyauthentication" => Line::Setting(
                    "kbdinteractiveauthentication".into(),
                    values.join(" ").to_ascii_lowercase(),
                ),
                _ => Line::Setting(name, values.join(" ").to_ascii_lowercase()),
            })
        })
        .collect()
}

/// The words of a line: quotes hold several together, a `#` at the start of one ends the line, and
/// an equals sign may stand behind the first.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.trim().chars() {
        let is_separator = character.is_whitespace() || (character == '=' && words.is_empty());
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(character),
            (None, '#') if word.is_none() => break,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if is_separator => words.extend(word.take()),
            (None, '=') if words.len() == 1 && word.is_none() => {}
            (None, _) => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}
