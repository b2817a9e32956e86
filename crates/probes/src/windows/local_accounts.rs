//! The accounts of this computer.
//!
//! Windows does not tell whether a password is empty: that an account need not have one says only
//! that it may be. Accounts that Windows made are known by the end of their identifier, whatever
//! they are called in its language.

use super::answers::{Script, ask, int, is, text};
use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{
    Body,
    device::{LocalAccount, LocalAccounts},
};
use serde_json::Value;

const SCRIPT: Script = Script::new(
    "powershell local_accounts",
    "users=S{Get-LocalUser|%{@{name=[string]$_.Name;sid=[string]$_.SID;enabled=[bool]$_.Enabled}}};\
     administrators=S{Get-LocalGroupMember -SID S-1-5-32-544|%{@{sid=[string]$_.SID}}};\
     logon=S{$k='HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon';@{automatic=R $k \
     AutoAdminLogon;name=R $k DefaultUserName}}",
);
/// The guest's number.
const GUEST: i64 = 501;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<LocalAccounts> {
    let answers = ask(look, SCRIPT)?;
    let accounts = answers.list("users")?;
    if accounts.is_empty() {
        return Err(Why::new("Windows shows no local account"));
    }
    let why = Why::new(
        "Windows does not tell whether a password is empty; a person must say that every account \
         has one",
    );
    let mut unread = vec![why.clone().at("without_password"), why.at("users.password")];
    let administrators: Vec<String> = match answers.list("administrators") {
        Ok(members) => {
            members.iter().filter_map(|one| text(one, "sid")).map(str::to_owned).collect()
        }
        Err(why) => {
            unread.push(why.at("users.is_administrator"));
            Vec::new()
        }
    };
    let mut users = Vec::new();
    let mut guest = None;
    for account in &accounts {
        let (Some(name), Some(sid)) = (text(account, "name"), text(account, "sid")) else {
            return Err(Why::new("Windows shows an account without name or identifier"));
        };
        let number = number(sid);
        if number == Some(GUEST) {
            guest = Some(is(account, "enabled"));
        }
        if is(account, "enabled") {
            users.push(LocalAccount {
                name: name.to_owned(),
                uid: number.unwrap_or(-1),
                password: "unread".into(),
                is_administrator: administrators.iter().any(|member| member == sid),
            });
        }
    }
    if guest.is_none() {
        let why = Why::new("Windows shows no account of the guest, enabled or not");
        unread.push(why.at("guest_allowed"));
    }
    let automatic_sign_in = match answers.record("logon", &["automatic", "name"]) {
        Ok(logon) => automatic(&logon),
        Err(why) => {
            unread.push(why.at("automatic_sign_in"));
            Vec::new()
        }
    };
    Ok(Reading {
        record: LocalAccounts {
            users,
            without_password: None,
            // No two accounts have one identifier.
            other_roots: Vec::new(),
            automatic_sign_in,
            guest_allowed: guest == Some(true),
        },
        unread,
    })
}

/// The end of an identifier: `501` of `S-1-5-21-...-501`.
fn number(sid: &str) -> Option<i64> {
    sid.rsplit('-').next()?.parse().ok()
}

fn automatic(logon: &Value) -> Vec<String> {
    if int(logon, "automatic") != Some(1) {
        return Vec::new();
    }
    vec![text(logon, "name").unwrap_or("somebody").to_owned()]
}
