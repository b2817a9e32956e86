//! After how long the screen of each person locks.
//!
//! A Mac locks a while after its screen saver began or its display went dark, whichever is first:
//! the time until then and the delay add up. The delay lies where only the session of the person at
//! the screen can ask for it; for everybody else it is known only if an administrator fixed it.

use super::{accounts, settings};
use crate::{
    host::{Command, RunAs},
    look::{Found, Look, Reading, Why, body, command},
    parse::macos::{ScreenLock as Delay, display_sleep, screen_lock},
};
use closedset_core::fact::{
    Body,
    device::{ScreenLock, UserScreenLock},
};
use serde_json::Value;

const SAVER: &str = "com.apple.screensaver";

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<ScreenLock> {
    let mut people: Vec<String> =
        accounts::people(look)?.into_iter().map(|account| account.name).collect();
    let present = accounts::at_the_screen(look)?;
    // Accounts of a directory service are not among those of this computer.
    people.extend(present.clone().filter(|name| !people.contains(name)));
    let mut unread = Vec::new();
    if people.is_empty() {
        unread.push(Why::new("there is no account of a person on this computer").at("users"));
    }
    let dark = look.output("pmset -g custom").map(|text| display_sleep(&text));
    let mut users = Vec::new();
    for name in people {
        let is_present = present.as_ref() == Some(&name);
        match lock(look, &name, is_present, dark.as_deref().unwrap_or_default()) {
            Ok(user) => users.push(user),
            Err(Why(why)) => unread
                .push(Why::new(format!("the screen lock of {name} is unread: {why}")).at("users")),
        }
    }
    users.sort_by(|a, b| a.name.cmp(&b.name));
    let is_known = unread.is_empty() && users.iter().all(|user| user.locks_after_s > 0);
    let longest_s = users.iter().map(|user| user.locks_after_s).max().filter(|_| is_known);
    Ok(Reading { record: ScreenLock { users, longest_s }, unread })
}

/// What an administrator fixed.
struct Fixed {
    idle_s: Option<i64>,
    delay_s: Option<i64>,
}

fn lock(
    look: &Look<'_>,
    name: &str,
    is_present: bool,
    dark: &[(String, i64)],
) -> Result<UserScreenLock, Why> {
    let fixed = fixed(look, name)?;
    let user = |locks_after_s: i64, asks_password: bool| UserScreenLock {
        name: name.to_owned(),
        desktop: "macos".into(),
        locks_after_s,
        asks_password,
        is_enforced: Some(fixed.delay_s.is_some() && fixed.idle_s.is_some_and(|idle| idle > 0)),
    };
    let delay = match (is_present, fixed.delay_s) {
        (true, _) => delay(look, name)?,
        (false, Some(delay_s)) => Delay::After(delay_s),
        (false, None) => {
            return Err(Why::new(
                "macOS tells it only of who is signed in at the screen; sign in there, or fix it for \
                 everybody by a configuration profile",
            ));
        }
    };
    let Delay::After(delay_s) = delay else {
        return Ok(user(0, false));
    };
    let idle = match fixed.idle_s {
        Some(seconds) => Some(seconds),
        None if is_present => idle(look, name)?,
        None => None,
    };
    match until_dark(idle, dark)? {
        0 => Ok(user(0, true)),
        seconds => Ok(user(seconds.saturating_add(delay_s), true)),
    }
}

/// Seconds without input until the screen saver begins or the display goes dark, on the source of
/// power where that takes longest; 0 if it never happens.
fn until_dark(idle: Option<i64>, dark: &[(String, i64)]) -> Result<i64, Why> {
    let saver = idle.filter(|seconds| *seconds > 0);
    let of_source = |minutes: i64| {
        let display = Some(minutes.saturating_mul(60)).filter(|seconds| *seconds > 0);
        [saver, display].into_iter().flatten().min()
    };
    let sources: Vec<Option<i64>> = match dark {
        [] => vec![saver],
        dark => dark.iter().map(|(_, minutes)| of_source(*minutes)).collect(),
    };
    if let Some(longest) = sources.iter().copied().collect::<Option<Vec<i64>>>() {
        return Ok(longest.into_iter().max().unwrap_or(0));
    }
    if dark.is_empty() {
        return Err(Why::new("pmset does not tell when the display goes dark"));
    }
    match idle {
        Some(_) => Ok(0),
        None => Err(Why::new(
            "the display never goes dark, and when the screen saver begins was never set",
        )),
    }
}

/// The settings of an administrator for this person, or else for everybody.
fn fixed(look: &Look<'_>, name: &str) -> Result<Fixed, Why> {
    let own = if name.contains('/') {
        None
    } else {
        settings::managed(look, &format!("{name}/{SAVER}"))?
    };
    let all = settings::managed(look, SAVER)?;
    let value = |key: &str| [&own, &all].into_iter().flatten().find_map(|one| one.get(key));
    let asks = value("askForPassword").and_then(settings::truth) == Some(true);
    Ok(Fixed {
        idle_s: value("idleTime").and_then(Value::as_i64),
        delay_s: value("askForPasswordDelay").and_then(Value::as_i64).filter(|s| asks && *s >= 0),
    })
}

/// The delay in force for the person at the screen.
fn delay(look: &Look<'_>, name: &str) -> Result<Delay, Why> {
    let asked = if look.is_root() == Some(true) {
        let uid = uid(look, name)?;
        Command::new("launchctl").args(["asuser", &uid.to_string(), "sudo", "-u", name]).args([
            "/usr/sbin/sysadminctl",
            "-screenLock",
            "status",
        ])
    } else {
        command("sysadminctl -screenLock status")
    };
    let output = look.host.run(&asked).map_err(|error| Why::of("sysadminctl", &error))?;
    // It writes to its standard error.
    let said = format!("{}\n{}", output.text(), String::from_utf8_lossy(&output.stderr));
    screen_lock(&said).ok_or_else(|| look.refused("sysadminctl", &output))
}

/// Seconds until the person's screen saver begins; none if it was never set.
fn idle(look: &Look<'_>, name: &str) -> Result<Option<i64>, Why> {
    let mut asked = command("defaults -currentHost read com.apple.screensaver idleTime");
    if look.is_root() == Some(true) {
        let uid = uid(look, name)?;
        let gid = number(look, &format!("id -g -- {name}"))?;
        asked = asked.run_as(RunAs { name: name.to_owned(), uid, gid });
    }
    let output = look.host.run(&asked).map_err(|error| Why::of("defaults", &error))?;
    if output.status == 0 {
        let seconds = output.text().trim().parse();
        return seconds
            .map(Some)
            .map_err(|_| Why::new("idleTime of the screen saver is no number"));
    }
    if String::from_utf8_lossy(&output.stderr).contains("does not exist") {
        return Ok(None);
    }
    Err(look.refused("defaults", &output))
}

fn uid(look: &Look<'_>, name: &str) -> Result<u32, Why> {
    number(look, &format!("id -u -- {name}"))
}

fn number(look: &Look<'_>, line: &str) -> Result<u32, Why> {
    let text = look.output(line)?;
    text.trim().parse().map_err(|_| Why::new(format!("{line} tells no number")))
}
