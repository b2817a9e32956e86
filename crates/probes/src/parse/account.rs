//! Accounts, groups and who may administer: passwd(5), shadow(5), group(5), sudoers(5).
//!
//! A password hash never leaves this module: [`shadow`] tells only what kind of password it is.

use std::collections::BTreeMap;

/// One account of passwd(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// What stands in the password field itself.
    pub password: Password,
    /// Its number.
    pub uid: u32,
    /// The number of its first group.
    pub gid: u32,
    /// Its home directory.
    pub home: String,
    /// Its shell; empty means the standard one.
    pub shell: String,
}

/// What kind of password an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Password {
    /// One that must be given.
    Set,
    /// None can be right.
    Locked,
    /// None is asked for.
    None,
    /// It stands in the shadow file.
    Elsewhere,
}

impl Password {
    fn of(field: &str) -> Self {
        match field {
            "" => Self::None,
            "x" => Self::Elsewhere,
            _ if field.starts_with(['!', '*']) => Self::Locked,
            _ => Self::Set,
        }
    }
}

/// The accounts of passwd(5). Lines of other name services (`+`, `-`) are left out.
pub fn passwd(text: &str) -> Vec<Account> {
    super::telling_lines(text)
        .filter(|line| !line.starts_with(['+', '-']))
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next().filter(|name| !name.is_empty())?;
            let password = Password::of(fields.next()?);
            let uid = fields.next()?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            let _comment = fields.next()?;
            Some(Account {
                name: name.into(),
                password,
                uid,
                gid,
                home: fields.next()?.into(),
                shell: fields.next().unwrap_or_default().into(),
            })
        })
        .collect()
}

/// What kind of password each account of shadow(5) has.
pub fn shadow(text: &str) -> BTreeMap<String, Password> {
    super::telling_lines(text)
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next().filter(|name| !name.is_empty())?;
            let password = match Password::of(fields.next()?) {
                // An `x` here is no hash, so nothing can match it.
                Password::Elsewhere => Password::Locked,
                other => other,
            };
            Some((name.to_owned(), password))
        })
        .collect()
}

/// One group of group(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its number.
    pub gid: u32,
    /// The names of its further members.
    pub members: Vec<String>,
}

/// The groups of group(5).
pub fn group(text: &str) -> Vec<Group> {
    super::telling_lines(text)
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next().filter(|name| !name.is_empty())?;
            let _password = fields.next()?;
            Some(Group {
                name: name.into(),
                gid: fields.next()?.parse().ok()?,
                members: fields
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .filter(|member| !member.is_empty())
                    .map(str::to_owned)
                    .collect(),
            })
        })
        .collect()
}

/// To whom a sudoers file gives rights: names, and groups with `%` before them. Aliases are
/// resolved; host and command are not looked at, so the answer may name more than have all rights.
pub fn sudoers(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let mut aliases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut named = Vec::new();
    for line in joined.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', '@']) || line.starts_with("Defaults") {
            continue;
        }
        if let Some(rest) = line.strip_prefix("User_Alias") {
            for (name, members) in rest.split(':').filter_map(|one| one.split_once('=')) {
                let members = members.split(',').map(str::trim).collect();
                aliases.insert(name.trim(), members);
            }
        } else if line.split_once("_Alias").is_none()
            && let Some((who, _)) = line.split_once('=')
        {
            // The last word before `=` names hosts.
            let who = who.trim().rsplit_once(char::is_whitespace);
            named.extend(who.into_iter().flat_map(|(who, _)| who.split(',')));
        }
    }
    let mut all: Vec<String> = named
        .into_iter()
        .map(str::trim)
        .filter(|who| !who.is_empty())
        .flat_map(|who| aliases.get(who).cloned().unwrap_or_else(|| vec![who]))
        .map(str::to_owned)
        .collect();
    all.sort();
    all.dedup();
    all
}
