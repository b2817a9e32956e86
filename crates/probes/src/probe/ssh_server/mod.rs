//! The ssh server's settings in force, as `sshd -T` tells them, with what `Match` blocks add.

#[cfg(test)]
mod tests;

use crate::{
    host::HostError,
    look::{Found, Look, Reading, Why, body},
    parse::{
        socket::Listener,
        ssh::{self, Line},
    },
    sight::{
        processes::{command_lines, processes, runs},
        sockets::listeners,
        units::units,
    },
};
use closedset_core::fact::{Body, device::SshServer};
use std::collections::BTreeMap;

const SETTINGS: &str = "/etc/ssh/sshd_config";
/// How many files are followed through `Include`.
const FILES_LIMIT: usize = 64;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<SshServer> {
    if is_running(look)? {
        Ok(of_sshd(true, settings(look).map(Some)))
    } else {
        Ok(of_sshd(false, Ok(None)))
    }
}

/// What is said of a server that runs or not, with these settings if it does.
pub(crate) fn of_sshd(
    is_running: bool,
    settings: Result<Option<Settings>, Why>,
) -> Reading<SshServer> {
    let mut record =
        SshServer { is_running, password_sign_in: None, root_sign_in: None, empty_passwords: None };
    let mut unread = Vec::new();
    match settings {
        Ok(None) => {}
        Ok(Some(settings)) => {
            match settings.password_sign_in {
                Ok(password_sign_in) => record.password_sign_in = Some(password_sign_in),
                Err(why) => unread.push(why.at("password_sign_in")),
            }
            record.root_sign_in = Some(settings.root_sign_in);
            record.empty_passwords = Some(settings.empty_passwords);
        }
        Err(why) => {
            for path in ["password_sign_in", "root_sign_in", "empty_passwords"] {
                unread.push(why.clone().at(path));
            }
        }
    }
    Reading { record, unread }
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

/// The program that answers in sshd's place, if one does: `sshd -T` says nothing of its settings.
fn other_server(look: &Look<'_>) -> Result<Option<String>, Why> {
    let mut is_hidden = false;
    for listener in listeners(look).unwrap_or_default().iter().filter(|one| is_ssh(one)) {
        let is_of = |name: &str| listener.programs.iter().any(|program| program == name);
        if is_of("systemd") && !is_of("sshd") {
            let units = units(look)?;
            let sockets = ["ssh.socket", "sshd.socket"];
            if !sockets.iter().any(|name| units.get(name).is_some_and(|unit| unit.is_active())) {
                return Ok(Some("a program that systemd starts".into()));
            }
        } else if !is_of("sshd")
            && let Some(program) = listener.programs.first()
        {
            return Ok(Some(program.clone()));
        }
        is_hidden |= listener.programs.is_empty();
    }
    let others = ["dropbear", "tinysshd", "lshd"];
    let runs_now = |name: &&str| processes(look).is_ok_and(|running| runs(&running, name));
    Ok(others.into_iter().filter(|_| is_hidden).find(runs_now).map(str::to_owned))
}

/// The option by which a running server of root's has settings of its own.
fn own_way_in(look: &Look<'_>) -> Result<Option<String>, Why> {
    let lines = command_lines(look, &["sshd"])?;
    Ok(lines.iter().filter(|(uid, _)| *uid == 0).find_map(|(_, args)| ssh::own_way_in(args)))
}

/// How the server lets people in.
pub(crate) struct Settings {
    password_sign_in: Result<bool, Why>,
    root_sign_in: String,
    empty_passwords: bool,
}

fn settings(look: &Look<'_>) -> Result<Settings, Why> {
    if let Some(program) = other_server(look)? {
        return Err(Why::new(format!(
            "{program} answers on the ssh port, and of OpenSSH's sshd alone the settings are read; \
             use sshd, or let a person say how {program} lets people in"
        )));
    }
    if let Some(option) = own_way_in(look)? {
        return Err(Why::new(format!(
            "sshd was started with `{option}`, and what its ordinary settings say does not hold; move \
             that into /etc/ssh/sshd_config and start it without"
        )));
    }
    settings_of_sshd(look)
}

/// The settings of OpenSSH's sshd.
pub(crate) fn settings_of_sshd(look: &Look<'_>) -> Result<Settings, Why> {
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
    let root = value("permitrootlogin")?;
    let empty = value("permitemptypasswords")? == "yes";
    // What holds for some people is no less open to them.
    let blocks = blocks(look)?;
    let matched = |name: &str| {
        let values = blocks.iter().filter_map(|block| block.get(name)).map(String::as_str);
        values.collect::<Vec<_>>()
    };
    Ok(Settings {
        password_sign_in: password_sign_in(&effective, &blocks),
        root_sign_in: loosest(matched("permitrootlogin").into_iter().chain([root.as_str()])),
        empty_passwords: empty || matched("permitemptypasswords").contains(&"yes"),
    })
}

/// Whether a password alone suffices, in general or within a block. Several blocks may hold for one
/// person: where only all together would let them in, that is not known.
fn password_sign_in(effective: &Block, blocks: &[Block]) -> Result<bool, Why> {
    let lets_in = |settings: &Block| {
        ssh::lets_in_by_password(settings)
            .ok_or_else(|| Why::new("sshd -T does not tell passwordauthentication"))
    };
    if lets_in(effective)? {
        return Ok(true);
    }
    for block in blocks {
        let mut settings = effective.clone();
        settings.extend(block.clone());
        if lets_in(&settings)? {
            return Ok(true);
        }
    }
    if lets_in(&ssh::loosest(effective, blocks))? {
        return Err(Why::new(
            "several Match blocks of sshd's settings together may let people in with a password; \
             say `PasswordAuthentication no` and `KbdInteractiveAuthentication no` in each",
        ));
    }
    Ok(false)
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

/// The settings of one `Match` block; the first of a name counts.
type Block = BTreeMap<String, String>;

/// The `Match` blocks of the server's files.
fn blocks(look: &Look<'_>) -> Result<Vec<Block>, Why> {
    let mut blocks = Vec::new();
    read_file(look, SETTINGS, None, &mut 0, &mut blocks)?;
    Ok(blocks)
}

/// Adds the blocks of one file and of those that it includes. A file that is included within the
/// block numbered `within` goes on in it.
fn read_file(
    look: &Look<'_>,
    path: &str,
    within: Option<usize>,
    count: &mut usize,
    blocks: &mut Vec<Block>,
) -> Result<(), Why> {
    *count += 1;
    if *count > FILES_LIMIT {
        return Err(Why::new("sshd's settings include too many files"));
    }
    let text = look.text(path).map_err(|error| Why::of(path, &error))?;
    let mut open = within;
    for line in ssh::file(&text) {
        match line {
            Line::Match => {
                open = Some(blocks.len());
                blocks.push(Block::new());
            }
            Line::Include(patterns) => {
                for pattern in patterns {
                    for file in files_of(look, &pattern)? {
                        read_file(look, &file, open, count, blocks)?;
                    }
                }
            }
            Line::Setting(name, value) => {
                if let Some(block) = open.and_then(|open| blocks.get_mut(open)) {
                    block.entry(name).or_insert(value);
                }
            }
        }
    }
    Ok(())
}

/// The files that a pattern such as `/etc/ssh/sshd_config.d/*.conf` names.
fn files_of(look: &Look<'_>, pattern: &str) -> Result<Vec<String>, Why> {
    let pattern =
        if pattern.starts_with('/') { pattern.to_owned() } else { format!("/etc/ssh/{pattern}") };
    let (directory, name) = pattern.rsplit_once('/').unwrap_or(("", &pattern));
    let is_plain = |part: &str| !part.contains(['*', '?', '[', '{', '\\']);
    if is_plain(&pattern) {
        return Ok(if look.exists(&pattern)? { vec![pattern.clone()] } else { Vec::new() });
    }
    match name.split_once('*') {
        Some((start, end)) if is_plain(directory) && is_plain(start) && is_plain(end) => Ok(look
            .names(directory)?
            .into_iter()
            .filter(|file| file.starts_with(start) && file.ends_with(end))
            .map(|file| format!("{directory}/{file}"))
            .collect()),
        _ => Err(Why::new(format!(
            "which files sshd's `Include {pattern}` names is not understood; name them one by one"
        ))),
    }
}
