//! Sessions of people (`loginctl`), and which desktop a session's name means.

use super::ini::Ini;

/// One session of logind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// The account's name.
    pub name: String,
    /// The account's number.
    pub uid: u32,
    /// `x11`, `wayland`, `tty`.
    pub kind: String,
    /// `user`, `greeter`, ...
    pub class: String,
    /// The desktop's name as the session has it.
    pub desktop: String,
    /// `active`, `online`, `closing`.
    pub state: String,
}

impl Session {
    /// A person works in it on a screen.
    pub fn is_graphical(&self) -> bool {
        matches!(self.kind.as_str(), "x11" | "wayland" | "mir")
            && self.class.starts_with("user")
            && self.state != "closing"
    }
}

/// The sessions' names in the output of `loginctl list-sessions --no-legend`.
pub fn list(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric()))
        .map(str::to_owned)
        .collect()
}

/// The sessions in the output of `loginctl show-session` for several of them.
pub fn show(text: &str) -> Vec<Session> {
    text.split("\n\n")
        .filter_map(|block| {
            let mut session = Session::default();
            for (name, value) in block.lines().filter_map(|line| line.split_once('=')) {
                match name {
                    "Name" => session.name = value.into(),
                    "User" => session.uid = value.parse().ok()?,
                    "Type" => session.kind = value.into(),
                    "Class" => session.class = value.into(),
                    "Desktop" => session.desktop = value.into(),
                    "State" => session.state = value.into(),
                    _ => {}
                }
            }
            (!session.name.is_empty()).then_some(session)
        })
        .collect()
}

/// A desktop whose screen lock can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Desktop {
    /// GNOME and Ubuntu's form of it.
    Gnome,
    /// KDE Plasma.
    Kde,
    /// XFCE.
    Xfce,
    /// Cinnamon.
    Cinnamon,
    /// MATE.
    Mate,
    /// A window manager, where a locker of its own does the work.
    WindowManager,
}

impl Desktop {
    /// Its word in a fact.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gnome => "gnome",
            Self::Kde => "kde",
            Self::Xfce => "xfce",
            Self::Cinnamon => "cinnamon",
            Self::Mate => "mate",
            Self::WindowManager => "window-manager",
        }
    }

    /// The desktop that a session's name (`ubuntu-wayland`, `plasmax11`, `xfce`) means; none if the
    /// name tells nothing.
    pub fn of(session: &str) -> Option<Self> {
        let name = session.to_ascii_lowercase();
        let name = name.rsplit('/').next().unwrap_or_default();
        let name = name.trim_end_matches(".desktop");
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if has(&["cinnamon"]) {
            Some(Self::Cinnamon)
        } else if has(&["gnome", "ubuntu", "pop"]) && !has(&["flashback", "xubuntu"]) {
            Some(Self::Gnome)
        } else if has(&["plasma", "kde"]) {
            Some(Self::Kde)
        } else if has(&["xfce", "xubuntu"]) {
            Some(Self::Xfce)
        } else if has(&["mate"]) {
            Some(Self::Mate)
        } else if has(&[
            "sway", "i3", "hyprland", "openbox", "awesome", "bspwm", "dwm", "labwc", "river",
            "niri", "wayfire", "lxqt", "lxde", "fluxbox", "icewm", "xmonad", "qtile",
        ]) {
            Some(Self::WindowManager)
        } else {
            None
        }
    }
}

/// The session that a person last chose: AccountsService's `Session=` and `XSession=`, or the
/// `Session=` of `~/.dmrc`.
pub fn chosen(text: &str) -> Option<String> {
    let ini = Ini::parse(text);
    ["Session", "XSession"]
        .into_iter()
        .flat_map(|key| ["User", "Desktop"].map(|section| (section, key)))
        .find_map(|(section, key)| ini.value(section, key))
        .filter(|session| !session.is_empty())
        .map(str::to_owned)
}
