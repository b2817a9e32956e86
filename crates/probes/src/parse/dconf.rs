//! Settings of desktops: `gsettings list-recursively`, xfconf's XML, dconf locks, and the command
//! lines of lockers.

use std::collections::BTreeMap;

/// Keys and values of one schema in the output of `gsettings list-recursively SCHEMA`.
pub fn gsettings(schema: &str, text: &str) -> BTreeMap<String, Setting> {
    text.lines()
        .filter_map(|line| {
            let rest = line.trim().strip_prefix(schema)?.strip_prefix(' ')?;
            let (key, value) = rest.split_once(' ')?;
            Some((key.to_owned(), Setting::parse(value)))
        })
        .collect()
}

/// A value of GVariant's text form, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// `true` or `false`.
    Truth(bool),
    /// `uint32 900`, `5`.
    Number(i64),
    /// Anything else, as it stands.
    Other(String),
}

impl Setting {
    /// Reads one value.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let number = text
            .split_once(' ')
            .filter(|(kind, _)| {
                matches!(
                    *kind,
                    "uint32" | "int32" | "uint64" | "int64" | "uint16" | "int16" | "byte"
                )
            })
            .map_or(text, |(_, number)| number.trim());
        match (text, number.parse()) {
            ("true", _) => Self::Truth(true),
            ("false", _) => Self::Truth(false),
            (_, Ok(number)) => Self::Number(number),
            _ => Self::Other(text.to_owned()),
        }
    }

    /// As true or false.
    pub const fn truth(&self) -> Option<bool> {
        match self {
            Self::Truth(truth) => Some(*truth),
            Self::Number(_) | Self::Other(_) => None,
        }
    }

    /// As a number.
    pub const fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Truth(_) | Self::Other(_) => None,
        }
    }
}

/// The keys that lock files of dconf name, as paths: `/org/gnome/desktop/session/idle-delay`.
pub fn locks(text: &str) -> Vec<String> {
    super::telling_lines(text).filter(|line| line.starts_with('/')).map(str::to_owned).collect()
}

/// The databases of the system that a profile of dconf names: `local` of `system-db:local`.
pub fn system_databases(profile: &str) -> Vec<String> {
    super::telling_lines(profile)
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter_map(|line| line.strip_prefix("system-db:"))
        .map(str::to_owned)
        .collect()
}

/// Properties of an xfconf channel by their path: `/saver/idle-activation/delay` to `10`.
pub fn xfconf(xml: &str) -> BTreeMap<String, String> {
    let mut path: Vec<String> = Vec::new();
    let mut values = BTreeMap::new();
    for tag in xml.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else {
            break;
        };
        if tag.starts_with("/property") {
            path.pop();
        } else if let Some(attributes) = tag.strip_prefix("property ") {
            let attribute = |name: &str| {
                let start = attributes.find(&format!("{name}=\""))? + name.len() + 2;
                attributes.get(start..)?.split('"').next()
            };
            path.push(attribute("name").unwrap_or_default().to_owned());
            if let Some(value) = attribute("value") {
                values.insert(format!("/{}", path.join("/")), value.to_owned());
            }
            if attributes.trim_end().ends_with('/') {
                path.pop();
            }
        }
        // No channel nests deeper; a file that does is not one.
        if path.len() > 32 {
            break;
        }
    }
    values
}

/// Seconds until a locker with this command line locks; none if the line does not tell.
pub fn locker(command_line: &str) -> Option<i64> {
    let words = shell_words(command_line);
    let program = words.first()?.rsplit('/').next()?;
    let after = |flag: &str| {
        let at = words.iter().position(|word| word == flag)?;
        words.get(at + 1)
    };
    match program {
        // xautolock counts minutes, 10 unless told.
        "xautolock" => match after("-time") {
            Some(minutes) => minutes.parse::<i64>().ok()?.checked_mul(60),
            None => Some(600),
        },
        "swayidle" => words
            .windows(3)
            .filter(|part| part[0] == "timeout" && part[2].contains("lock"))
            .filter_map(|part| part[1].parse().ok())
            .min(),
        _ => None,
    }
}

/// The words of a command line. Quotes are gone from what the kernel keeps, so a quoted command
/// stands as several words, of which the first names the locker.
fn shell_words(line: &str) -> Vec<String> {
    line.replace(['\'', '"'], " ").split_whitespace().map(str::to_owned).collect()
}

/// xscreensaver's `~/.xscreensaver`: seconds until it locks, 0 for never.
pub fn xscreensaver(text: &str) -> i64 {
    let value = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim())
        })
    };
    let seconds = |text: &str| {
        text.split(':').try_fold(0_i64, |sum, part| {
            sum.checked_mul(60)?.checked_add(part.trim().parse::<u32>().ok()?.into())
        })
    };
    let locks = value("lock").is_some_and(|lock| lock.eq_ignore_ascii_case("true"));
    let blanks = value("mode").is_none_or(|mode| mode != "off");
    // 10 minutes unless told.
    let timeout = value("timeout").map_or(Some(600), seconds).unwrap_or(0);
    if !locks || !blanks || timeout == 0 {
        return 0;
    }
    let lock_timeout = value("lockTimeout").map_or(Some(0), seconds).unwrap_or(0);
    timeout.saturating_add(lock_timeout)
}
