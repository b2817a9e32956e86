//! Sign-in without anybody's doing: by itself at the start, or as a guest.

use crate::{
    host::HostError,
    look::{Look, Why},
    parse::{ini::Ini, truth},
};
use closedset_core::fact::Unread;

/// Settings of display managers: the file, or the directory of files, in which a later one wins.
const GDM: [&str; 3] = ["/etc/gdm3/daemon.conf", "/etc/gdm3/custom.conf", "/etc/gdm/custom.conf"];
const LIGHTDM: [&str; 4] = [
    "/usr/share/lightdm/lightdm.conf.d/",
    "/etc/xdg/lightdm/lightdm.conf.d/",
    "/etc/lightdm/lightdm.conf.d/",
    "/etc/lightdm/lightdm.conf",
];
const SDDM: [&str; 4] = [
    "/usr/lib/sddm/sddm.conf.d/",
    "/etc/sddm.conf.d/",
    "/etc/sddm.conf",
    "/var/lib/sddm/sddm.conf",
];
const GREETD: [&str; 1] = ["/etc/greetd/config.toml"];
/// What LightDM needs to make a guest's account.
const GUEST_SCRIPTS: [&str; 2] = ["/usr/sbin/guest-account", "/usr/lib/lightdm/guest-account"];
const UNITS: &str = "/etc/systemd/system";

/// Who is signed in by itself, whether a guest may come in, and what could not be read.
pub(super) fn sign_in(look: &Look<'_>) -> (Vec<String>, bool, Vec<Unread>) {
    let mut names = Vec::new();
    let mut unread = Vec::new();
    let mut guest_allowed = false;
    match settings(look, &GDM) {
        Ok(gdm) => names.extend(by_gdm(&gdm)),
        Err(why) => unread.push(why.at("automatic_sign_in")),
    }
    match settings(look, &SDDM) {
        Ok(sddm) => names.extend(sddm.value("Autologin", "User").map(str::to_owned)),
        Err(why) => unread.push(why.at("automatic_sign_in")),
    }
    match settings(look, &LIGHTDM)
        .and_then(|lightdm| Ok((by_lightdm(&lightdm), guests(look, &lightdm)?)))
    {
        Ok((signed_in, guests)) => {
            names.extend(signed_in);
            guest_allowed = guests;
        }
        Err(why) => {
            unread.push(why.clone().at("automatic_sign_in"));
            unread.push(why.at("guest_allowed"));
        }
    }
    match settings(look, &GREETD) {
        Ok(greetd) => names.extend(
            greetd.value("initial_session", "user").map(|name| name.trim_matches('"').to_owned()),
        ),
        Err(why) => unread.push(why.at("automatic_sign_in")),
    }
    match by_consoles(look) {
        Ok(consoles) => names.extend(consoles),
        Err(why) => unread.push(why.at("automatic_sign_in")),
    }
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    (names, guest_allowed, unread)
}

/// Reads the files over one another. A path that ends with `/` is a directory.
fn settings(look: &Look<'_>, paths: &[&str]) -> Result<Ini, Why> {
    let mut settings = Ini::default();
    for path in paths {
        let files = match path.strip_suffix('/') {
            None => vec![(*path).to_owned()],
            Some(directory) => look
                .names(directory)?
                .into_iter()
                .filter(|name| name.ends_with(".conf"))
                .map(|name| format!("{path}{name}"))
                .collect(),
        };
        for file in files {
            if let Some(text) = look.text_if_there(&file)? {
                settings.add(&text);
            }
        }
    }
    Ok(settings)
}

fn by_gdm(settings: &Ini) -> Vec<String> {
    [("AutomaticLoginEnable", "AutomaticLogin"), ("TimedLoginEnable", "TimedLogin")]
        .into_iter()
        .filter(|(switch, _)| settings.value("daemon", switch).and_then(truth) == Some(true))
        .filter_map(|(_, name)| settings.value("daemon", name))
        .map(str::to_owned)
        .collect()
}

/// LightDM's sections are `[Seat:*]` or `[SeatDefaults]`.
fn by_lightdm(settings: &Ini) -> Vec<String> {
    seats(settings, "autologin-user")
}

fn seats(settings: &Ini, key: &str) -> Vec<String> {
    settings
        .sections()
        .filter(|(name, _)| name.starts_with("Seat"))
        .filter_map(|(_, keys)| keys.get(key))
        .cloned()
        .collect()
}

fn guests(look: &Look<'_>, settings: &Ini) -> Result<bool, Why> {
    let is_forbidden =
        seats(settings, "allow-guest").iter().any(|value| truth(value) == Some(false));
    if is_forbidden {
        return Ok(false);
    }
    for script in GUEST_SCRIPTS {
        if look.exists(script)? {
            return Ok(true);
        }
    }
    Ok(seats(settings, "autologin-guest").iter().any(|value| truth(value) == Some(true)))
}

/// Consoles whose unit was overridden, or written anew, to sign somebody in: `agetty --autologin
/// NAME`.
fn by_consoles(look: &Look<'_>) -> Result<Vec<String>, Why> {
    let mut names = Vec::new();
    for unit in look.names(UNITS)? {
        let is_console =
            ["getty@", "getty.service", "autovt@"].iter().any(|part| unit.contains(part));
        let path = format!("{UNITS}/{unit}");
        let files = if is_console && unit.ends_with(".service") {
            vec![path]
        } else if is_console && unit.ends_with(".d") {
            look.names(&path)?.into_iter().map(|file| format!("{path}/{file}")).collect()
        } else {
            continue;
        };
        for file in files {
            let text = match look.text(&file) {
                Ok(text) => text,
                // A unit that is masked leads to /dev/null.
                Err(HostError::NotFound | HostError::NotRegular) => continue,
                Err(error) => return Err(Why::of(&file, &error)),
            };
            for line in text.lines().filter(|line| line.starts_with("ExecStart=")) {
                names.extend(autologin(line));
            }
        }
    }
    Ok(names)
}

fn autologin(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        if let Some(name) = word.strip_prefix("--autologin=") {
            return Some(name.to_owned());
        }
        if word == "--autologin" || word == "-a" {
            return words.next().map(str::to_owned);
        }
    }
    None
}
