//! The ssh server's settings in force, as `sshd -T` tells them, with what `Match` blocks add.

#[cfg(test)]
mod tests;

use crate::{
    host::HostError,
    look::{Found, Look, Reading, Why, body},
    parse::{
        socket::Listener,
        ssh::{self, File},
    },
    sight::{processes::processes, sockets::listeners, units::units},
};
use closedset_core::fact::{Body, device::SshServer};

const SETTINGS: &str = "/etc/ssh/sshd_config";
/// How many files are followed through `Include`.
const FILES_LIMIT: usize = 64;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<SshServer> {
    let mut record = SshServer {
        is_running: is_running(look)?,
        password_sign_in: None,
        root_sign_in: None,
        empty_passwords: None,
    };
    if !record.is_running {
        return Ok(Reading { record, unread: Vec::new() });
    }
    let mut unread = Vec::new();
    match settings(look) {
        Ok(settings) => {
            record.password_sign_in = Some(settings.password_sign_in);
            record.root_sign_in = Some(settings.root_sign_in);
            record.empty_passwords = Some(settings.empty_passwords);
        }
        Err(why) => {
            for path in ["password_sign_in", "root_sign_in", "empty_passwords"] {
                unread.push(why.clone().at(path));
            }
        }
    }
    Ok(Reading { record, unread })
}

/// Whether it runs, or systemd listens in its place. Either shows as a socket; where programs are
/// hidden, its process or unit tells.
fn is_running(look: &Look<'_>) -> Result<bool, Why> {
    let mut refusal = None;
    let mut answered = false;
    match listeners(look) {
        Ok(listeners) => {
            if listeners.iter().any(is_ssh) {
                return Ok(true);
            }
            answered = look.is_root() == Some(true);
        }
        Err(why) => refusal = Some(why),
    }
    match processes(look) {
        // Only the server itself is started by the first process; a session's is not.
        Ok(running) => {
            if running.iter().any(|process| process.name == "sshd" && process.parent == 1) {
                return Ok(true);
            }
            answered = true;
        }
        Err(why) => refusal = Some(why),
    }
    match units(look) {
        Ok(units) => {
            let names = ["ssh.service", "sshd.service", "ssh.socket", "sshd.socket"];
            Ok(names.iter().any(|name| units.get(name).is_some_and(|unit| unit.is_active())))
        }
        Err(_) if answered && !look.exists("/run/systemd/system")? => Ok(false),
        Err(why) => Err(refusal.unwrap_or(why)),
    }
}

fn is_ssh(listener: &Listener) -> bool {
    listener.protocol == "tcp"
        && (listener.port == Some(22)
            || listener.programs.iter().any(|program| program == "sshd" || program == "dropbear"))
}

struct Settings {
    password_sign_in: bool,
    root_sign_in: String,
    empty_passwords: bool,
}

fn settings(look: &Look<'_>) -> Result<Settings, Why> {
    let text = match look.run("sshd -T") {
        Ok(output) if output.status == 0 => output.text(),
        Ok(output) => return Err(look.refused("sshd -T", &output)),
        Err(HostError::NotFound) => {
            return Err(Why::new(
                "something answers on the ssh port, but it is not OpenSSH's sshd",
            ));
        }
        Err(error) => return Err(Why::of("sshd -T", &error)),
    };
    let effective = ssh::effective(&text);
    let value = |name: &str| {
        effective
            .get(name)
            .cloned()
            .ok_or_else(|| Why::new(format!("sshd -T does not tell {name}")))
    };
    let password = ssh::lets_in_by_password(&effective)
        .ok_or_else(|| Why::new("sshd -T does not tell passwordauthentication"))?;
    let root = value("permitrootlogin")?;
    let empty = value("permitemptypasswords")? == "yes";
    // What holds for some people is no less open to them.
    let matched = matched(look)?;
    let opens = |names: &[&str]| {
        matched.iter().any(|(name, value)| names.contains(&name.as_str()) && value == "yes")
    };
    Ok(Settings {
        password_sign_in: password
            || opens(&["passwordauthentication", "kbdinteractiveauthentication"]),
        root_sign_in: loosest(
            matched
                .iter()
                .filter(|(name, _)| name == "permitrootlogin")
                .map(|(_, value)| value.as_str())
                .chain([root.as_str()]),
        ),
        empty_passwords: empty || opens(&["permitemptypasswords"]),
    })
}

/// The value of `PermitRootLogin` that lets most in; one that is not known lets all in.
fn loosest<'v>(values: impl Iterator<Item = &'v str>) -> String {
    const FROM_STRICT: [&str; 3] = ["no", "forced-commands-only", "prohibit-password"];
    let rank = |value: &str| {
        let value = if value == "without-password" { "prohibit-password" } else { value };
        FROM_STRICT.iter().position(|known| *known == value).unwrap_or(FROM_STRICT.len())
    };
    let loosest = values.map(rank).max().unwrap_or(FROM_STRICT.len());
    FROM_STRICT.get(loosest).copied().unwrap_or("yes").to_owned()
}

/// The settings in `Match` blocks of the server's files.
fn matched(look: &Look<'_>) -> Result<Vec<(String, String)>, Why> {
    let mut matched = Vec::new();
    let mut open = vec![SETTINGS.to_owned()];
    let mut count = 0;
    while let Some(path) = open.pop() {
        count += 1;
        if count > FILES_LIMIT {
            return Err(Why::new("sshd's settings include too many files"));
        }
        let text = look.text(&path).map_err(|error| Why::of(&path, &error))?;
        let File { includes, matched: here, .. } = ssh::file(&text);
        matched.extend(here);
        for pattern in includes {
            open.extend(files_of(look, &pattern)?);
        }
    }
    Ok(matched)
}

/// The files that a pattern such as `/etc/ssh/sshd_config.d/*.conf` names.
fn files_of(look: &Look<'_>, pattern: &str) -> Result<Vec<String>, Why> {
    let pattern =
        if pattern.starts_with('/') { pattern.to_owned() } else { format!("/etc/ssh/{pattern}") };
    let (directory, name) = pattern.rsplit_once('/').unwrap_or(("", &pattern));
    let Some((start, end)) = name.split_once('*') else {
        return Ok(vec![pattern.clone()]);
    };
    Ok(look
        .names(directory)?
        .into_iter()
        .filter(|file| file.starts_with(start) && file.ends_with(end))
        .map(|file| format!("{directory}/{file}"))
        .collect())
}
