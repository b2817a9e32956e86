//! Who works on the screen, and with which desktop.

use crate::{
    look::{Look, Why},
    parse::{
        account::{Account, passwd},
        session::{self, Desktop, Session},
    },
    sight::{accounts, processes::processes},
};
use std::collections::BTreeSet;

/// Where desktops put their sessions for the sign-in screen to offer.
const SESSION_DIRECTORIES: [&str; 2] = ["/usr/share/xsessions", "/usr/share/wayland-sessions"];

/// Whether people work on a screen here.
pub(super) enum Screen {
    /// There is no desktop.
    None(Why),
    /// These do; what could not be found out about who does.
    People(Vec<Person>, Vec<Why>),
}

/// One who works on the screen.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) account: Account,
    pub(super) desktop: Result<Desktop, Why>,
    /// The session's own name for the desktop; empty if unknown.
    pub(super) desktop_name: String,
    /// In a session on the screen now.
    pub(super) is_signed_in: bool,
}

/// Everybody who has an account of a person, and everybody in a session on the screen.
pub(super) fn people(look: &Look<'_>) -> Result<Screen, Why> {
    let offered = offered(look)?;
    let (sessions, mut doubts) = match sessions(look) {
        Ok(sessions) => (sessions, Vec::new()),
        Err(why) => (Vec::new(), vec![why]),
    };
    if offered.is_empty() && sessions.is_empty() {
        return Ok(Screen::None(Why::new(
            "no graphical desktop found: no session is offered in /usr/share/xsessions or \
             /usr/share/wayland-sessions, and nobody is in one; if the computer has a screen, a \
             person must say how it locks",
        )));
    }
    let mut accounts = accounts::people(look)?;
    for session in &sessions {
        if accounts.iter().any(|account| account.uid == session.uid) {
            continue;
        }
        // Accounts of a directory service are not in /etc/passwd.
        match look.output(&format!("getent passwd {}", session.uid)) {
            Ok(text) => accounts.extend(passwd(&text)),
            Err(Why(why)) => doubts.push(Why::new(format!("{}: {why}", session.name))),
        }
    }
    if accounts.is_empty() {
        doubts.push(Why::new("there is a desktop but no account of a person on this computer"));
    }
    let people =
        accounts.into_iter().map(|account| person(look, account, &sessions, &offered)).collect();
    Ok(Screen::People(people, doubts))
}

fn person(look: &Look<'_>, account: Account, sessions: &[Session], offered: &[String]) -> Person {
    let session = sessions.iter().find(|session| session.uid == account.uid);
    let known = session
        .map(|session| session.desktop.clone())
        .filter(|name| !name.is_empty())
        .or_else(|| chosen(look, &account));
    let (desktop, desktop_name) = match known {
        Some(name) => (
            Desktop::of(&name)
                .ok_or_else(|| Why::new(format!("how the desktop `{name}` locks is not known"))),
            name,
        ),
        None => only(offered),
    };
    Person { account, desktop, desktop_name, is_signed_in: session.is_some() }
}

/// The session that the person chose last, as the sign-in screen remembers it.
fn chosen(look: &Look<'_>, account: &Account) -> Option<String> {
    let remembered = format!("/var/lib/AccountsService/users/{}", account.name);
    look.text(&remembered)
        .ok()
        .and_then(|text| session::chosen(&text))
        .or_else(|| {
            let own = super::home_text(look, account, ".dmrc").ok()??;
            session::chosen(&own)
        })
        .filter(|name| name != "default")
}

/// The one desktop that is offered.
fn only(offered: &[String]) -> (Result<Desktop, Why>, String) {
    let desktops: BTreeSet<Desktop> = offered.iter().filter_map(|name| Desktop::of(name)).collect();
    let mut desktops = desktops.into_iter();
    match (desktops.next(), desktops.next()) {
        (Some(desktop), None) => {
            let name = offered.iter().find(|name| Desktop::of(name) == Some(desktop));
            (Ok(desktop), name.cloned().unwrap_or_default())
        }
        (None, _) => (
            Err(Why::new(format!("how the desktop `{}` locks is not known", offered.join(", ")))),
            String::new(),
        ),
        (Some(_), Some(_)) => (
            Err(Why::new(
                "several desktops are installed and which one is used is not known; sign in once",
            )),
            String::new(),
        ),
    }
}

fn offered(look: &Look<'_>) -> Result<Vec<String>, Why> {
    let mut all = Vec::new();
    for directory in SESSION_DIRECTORIES {
        let names = look.names(directory)?;
        all.extend(
            names.iter().filter_map(|name| name.strip_suffix(".desktop")).map(str::to_owned),
        );
    }
    Ok(all)
}

/// The sessions on the screen now: by logind, or where systemd does not run, by the programs that
/// desktops consist of.
fn sessions(look: &Look<'_>) -> Result<Vec<Session>, Why> {
    match by_logind(look) {
        Err(why) => {
            if look.exists("/run/systemd/system")? {
                Err(why)
            } else {
                by_programs(look)
            }
        }
        sessions => sessions,
    }
}

fn by_logind(look: &Look<'_>) -> Result<Vec<Session>, Why> {
    let names = session::list(&look.output("loginctl list-sessions --no-legend")?);
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let shown = look.output(&format!(
        "loginctl show-session -p Name -p User -p Type -p Class -p Desktop -p State -- {}",
        names.join(" ")
    ))?;
    let mut sessions = session::show(&shown);
    sessions.retain(Session::is_graphical);
    Ok(sessions)
}

fn by_programs(look: &Look<'_>) -> Result<Vec<Session>, Why> {
    const PROGRAMS: [&str; 10] = [
        "gnome-shell",
        "plasmashell",
        "xfce4-session",
        "cinnamon",
        "mate-session",
        "sway",
        "i3",
        "openbox",
        "Hyprland",
        "awesome",
    ];
    let running = processes(look)?;
    Ok(running
        .into_iter()
        .filter(|process| PROGRAMS.contains(&process.name.as_str()))
        // The sign-in screen runs a desktop of its own.
        .filter(|process| process.uid == 0 || accounts::is_person(process.uid))
        .map(|process| Session {
            name: process.uid.to_string(),
            uid: process.uid,
            desktop: process.name,
            ..Session::default()
        })
        .collect())
}
