//! After how long the screen of each person locks, and whether unlocking asks for the password.
//!
//! Settings belong to a person, so they are read as that person. What an administrator or a
//! distribution set for everybody shines through there, and locked keys do too. 0 never means "at
//! once": it means never.

mod gnome;
mod kde;
mod people;
mod window_manager;
mod xfce;

#[cfg(test)]
mod tests;

use crate::{
    host::{Command, HostError},
    look::{Found, Look, Reading, Why, body, command},
    parse::{
        account::{Account, Password},
        session::Desktop,
    },
    sight::accounts::run_as,
};
use closedset_core::fact::{
    Body,
    device::{ScreenLock, UserScreenLock},
};
use people::Person;
use std::time::Duration;

/// A file in a home is somebody's own; it may be a pipe that never ends.
const HOME_TIMEOUT: Duration = Duration::from_secs(1);

/// How one desktop locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lock {
    /// Seconds without input until it locks; 0 for never.
    after_s: i64,
    asks_password: bool,
    /// The person cannot change it; none where a desktop has no such thing.
    is_enforced: Option<bool>,
}

impl Lock {
    const NEVER: Self = Self { after_s: 0, asks_password: false, is_enforced: None };
}

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<ScreenLock> {
    let mut unread = Vec::new();
    let people = match people::people(look)? {
        people::Screen::None(why) => {
            unread.push(why.at("users"));
            Vec::new()
        }
        people::Screen::People(people, doubts) => {
            unread.extend(doubts.into_iter().map(|why| why.at("users")));
            people
        }
    };
    let without_password = without_password(look);
    let mut users = Vec::new();
    for person in people {
        let name = &person.account.name;
        match desktop_lock(look, &person) {
            Ok((desktop, lock)) => users.push(UserScreenLock {
                name: name.clone(),
                desktop: desktop.word().into(),
                locks_after_s: lock.after_s,
                asks_password: lock.asks_password && !without_password.contains(name),
                is_enforced: lock.is_enforced,
            }),
            Err(Why(why)) => unread
                .push(Why::new(format!("the screen lock of {name} is unread: {why}")).at("users")),
        }
    }
    users.sort_by(|a, b| a.name.cmp(&b.name));
    let is_known = unread.is_empty() && users.iter().all(|user| user.locks_after_s > 0);
    let longest_s = users.iter().map(|user| user.locks_after_s).max().filter(|_| is_known);
    Ok(Reading { record: ScreenLock { users, longest_s }, unread })
}

fn desktop_lock(look: &Look<'_>, person: &Person) -> Result<(Desktop, Lock), Why> {
    let desktop = person.desktop.clone()?;
    let lock = match desktop {
        Desktop::Gnome => gnome::gnome(look, person),
        Desktop::Cinnamon => gnome::cinnamon(look, person),
        Desktop::Mate => gnome::mate(look, person),
        Desktop::Kde => kde::lock(look, person),
        Desktop::Xfce => xfce::lock(look, person),
        Desktop::WindowManager => window_manager::lock(look, person),
    }?;
    Ok((desktop, lock))
}

/// Who gets in without a password: members of `nopasswdlogin`, and accounts with an empty one.
fn without_password(look: &Look<'_>) -> Vec<String> {
    use crate::parse::account::{group, shadow};
    let mut names: Vec<String> = look
        .text("/etc/group")
        .map(|text| group(&text))
        .unwrap_or_default()
        .into_iter()
        .filter(|group| group.name == "nopasswdlogin")
        .flat_map(|group| group.members)
        .collect();
    if let Ok(text) = look.text("/etc/shadow") {
        let empty = shadow(&text).into_iter().filter(|(_, password)| *password == Password::None);
        names.extend(empty.map(|(name, _)| name));
    }
    names
}

/// A file in a person's home, read as that person; none if it is not there.
fn home_text(look: &Look<'_>, account: &Account, path: &str) -> Result<Option<String>, Why> {
    let path = format!("{}/{path}", account.home.trim_end_matches('/'));
    let command =
        Command::new("cat").args(["--", &path]).run_as(run_as(account)).timeout(HOME_TIMEOUT);
    match look.host.run(&command) {
        Ok(output) if output.status == 0 => Ok(Some(output.text())),
        Ok(output) if output.complaint().contains("No such file") => Ok(None),
        Ok(output) => Err(look.refused(&path, &output)),
        Err(HostError::PermissionDenied) => Err(Why::of(&path, &HostError::PermissionDenied)),
        Err(error) => Err(Why::of(&path, &error)),
    }
}

/// A command that a person's desktop would run, as that person.
fn as_person(line: &str, person: &Person) -> Command {
    let account = &person.account;
    let mut command = command(line)
        .env("HOME", &account.home)
        .env("USER", &account.name)
        .env("XDG_RUNTIME_DIR", format!("/run/user/{}", account.uid))
        .run_as(run_as(account));
    if !person.desktop_name.is_empty() {
        // Distributions override defaults for one desktop by this name.
        command = command.env("XDG_CURRENT_DESKTOP", desktop_names(&person.desktop_name));
    }
    command
}

/// The value of `XDG_CURRENT_DESKTOP` in a session called `session`.
fn desktop_names(session: &str) -> String {
    match session.to_ascii_lowercase().as_str() {
        "ubuntu" | "ubuntu-wayland" | "ubuntu-xorg" => "ubuntu:GNOME".into(),
        "gnome-classic" | "gnome-classic-wayland" | "gnome-classic-xorg" => {
            "GNOME-Classic:GNOME".into()
        }
        other if other.contains("gnome") => "GNOME".into(),
        "pop" => "pop:GNOME".into(),
        other if other.contains("cinnamon") => "X-Cinnamon".into(),
        other if other.contains("mate") => "MATE".into(),
        _ => session.into(),
    }
}
