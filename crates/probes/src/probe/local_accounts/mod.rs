//! The accounts of this computer: who can sign in, with what, and as whose equal.
//!
//! That several people share an account cannot be seen here; the list is for a person to judge.

mod sign_in;

#[cfg(test)]
mod tests;

use crate::{
    host::HostError,
    look::{Found, Look, Reading, Why, body},
    parse::account::{Account, Group, Password, group, shadow, sudoers},
    sight::accounts::{accounts, lets_in},
};
use closedset_core::fact::{
    Body, Unread,
    device::{LocalAccount, LocalAccounts},
};
use std::collections::{BTreeMap, BTreeSet};

/// Groups whose members administer the computer, by every distribution's default rules.
const ADMINISTRATORS: [&str; 3] = ["sudo", "wheel", "admin"];

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<LocalAccounts> {
    let accounts = accounts(look)?;
    let mut unread = Vec::new();
    let passwords = match look.text("/etc/shadow") {
        Ok(text) => Some(shadow(&text)),
        Err(error) => {
            let why = Why::of("/etc/shadow", &error);
            unread.push(why.clone().at("without_password"));
            unread.push(why.at("users.password"));
            None
        }
    };
    let administrators = administrators(look, &accounts, &mut unread);
    let users = accounts
        .iter()
        .filter(|account| lets_in(account))
        .map(|account| LocalAccount {
            name: account.name.clone(),
            uid: account.uid.into(),
            password: password_word(account, passwords.as_ref()).into(),
            is_administrator: account.uid == 0 || administrators.contains(&account.name),
        })
        .collect();
    let without_password = passwords.as_ref().map(|passwords| {
        accounts
            .iter()
            .filter(|account| password_word(account, Some(passwords)) == "none")
            .map(|account| account.name.clone())
            .collect()
    });
    let (automatic_sign_in, guest_allowed, doubts) = sign_in::sign_in(look);
    unread.extend(doubts);
    Ok(Reading {
        record: LocalAccounts {
            users,
            without_password,
            other_roots: accounts
                .iter()
                .filter(|account| account.uid == 0 && account.name != "root")
                .map(|account| account.name.clone())
                .collect(),
            automatic_sign_in,
            guest_allowed,
        },
        unread,
    })
}

fn password_word(
    account: &Account,
    passwords: Option<&BTreeMap<String, Password>>,
) -> &'static str {
    let password = match (account.password, passwords) {
        (Password::Elsewhere, Some(passwords)) => passwords
            .get(&account.name)
            .copied()
            // Without a line there, no password can be right.
            .unwrap_or(Password::Locked),
        (own, _) => own,
    };
    match password {
        Password::Set => "set",
        Password::Locked => "locked",
        Password::None => "none",
        Password::Elsewhere => "unread",
    }
}

/// The names of those who may administer: by a group, or by name in sudo's rules.
fn administrators(
    look: &Look<'_>,
    accounts: &[Account],
    unread: &mut Vec<Unread>,
) -> BTreeSet<String> {
    let groups = match look.text("/etc/group") {
        Ok(text) => group(&text),
        Err(error) => {
            unread.push(Why::of("/etc/group", &error).at("users.is_administrator"));
            Vec::new()
        }
    };
    let mut granted: BTreeSet<String> =
        ADMINISTRATORS.into_iter().map(|name| format!("%{name}")).collect();
    match sudo_rules(look) {
        Ok(rules) => granted.extend(rules),
        Err(why) => unread.push(why.at("users.is_administrator")),
    }
    let mut names = BTreeSet::new();
    for who in granted {
        match who.strip_prefix('%') {
            Some(group) => names.extend(members(group, &groups, accounts)),
            None => {
                names.insert(who);
            }
        }
    }
    names
}

fn members(name: &str, groups: &[Group], accounts: &[Account]) -> Vec<String> {
    groups
        .iter()
        .filter(|group| group.name == name)
        .flat_map(|group| {
            let by_first_group = accounts
                .iter()
                .filter(|account| account.gid == group.gid)
                .map(|account| account.name.clone());
            group.members.iter().cloned().chain(by_first_group)
        })
        .collect()
}

fn sudo_rules(look: &Look<'_>) -> Result<Vec<String>, Why> {
    let mut rules = Vec::new();
    if let Some(text) = look.text_if_there("/etc/sudoers")? {
        rules.extend(sudoers(&text));
    }
    let files = match look.host.list_dir("/etc/sudoers.d") {
        Ok(files) => files,
        Err(HostError::NotFound) => Vec::new(),
        Err(error) => return Err(Why::of("/etc/sudoers.d", &error)),
    };
    for file in files {
        // sudo itself passes these over.
        if file.contains('.') || file.ends_with('~') {
            continue;
        }
        if let Some(text) = look.text_if_there(&format!("/etc/sudoers.d/{file}"))? {
            rules.extend(sudoers(&text));
        }
    }
    Ok(rules)
}
