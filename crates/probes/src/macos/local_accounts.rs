//! The accounts of this Mac.
//!
//! That a password is empty leaves no trace that could be read, and to try it would be a sign-in:
//! who is without one stays unread.

use super::{accounts::accounts, settings};
use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{
    Body, Unread,
    device::{LocalAccount, LocalAccounts},
};

const SIGN_IN: &str = "/Library/Preferences/com.apple.loginwindow.plist";

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<LocalAccounts> {
    let accounts = accounts(look)?;
    let why = Why::new(
        "macOS leaves no sign of an empty password; a person must say that every account has one",
    );
    let mut unread = vec![why.clone().at("without_password"), why.at("users.password")];
    let administrators = administrators(look, &mut unread);
    let users = accounts
        .iter()
        .filter(|account| account.is_person())
        .map(|account| LocalAccount {
            name: account.name.clone(),
            uid: account.uid,
            password: "unread".into(),
            is_administrator: administrators.contains(&account.name),
        })
        .collect();
    let (automatic_sign_in, guest_allowed) = sign_in(look, &mut unread);
    Ok(Reading {
        record: LocalAccounts {
            users,
            without_password: None,
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

fn administrators(look: &Look<'_>, unread: &mut Vec<Unread>) -> Vec<String> {
    match look.output("dscl . -read /Groups/admin GroupMembership") {
        Ok(text) => text
            .trim()
            .strip_prefix("GroupMembership:")
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        Err(why) => {
            unread.push(why.at("users.is_administrator"));
            Vec::new()
        }
    }
}

/// Who is signed in by itself, and whether a guest may sign in.
fn sign_in(look: &Look<'_>, unread: &mut Vec<Unread>) -> (Vec<String>, bool) {
    let fixed = settings::managed(look, "com.apple.loginwindow");
    let own = settings::at(look, SIGN_IN);
    let (fixed, own) = match (fixed, own) {
        (Ok(fixed), Ok(own)) => (fixed, own),
        (Err(why), _) | (_, Err(why)) => {
            unread.push(why.clone().at("automatic_sign_in"));
            unread.push(why.at("guest_allowed"));
            return (Vec::new(), false);
        }
    };
    // That there are no settings at all was never seen: the sign-in window writes some by itself.
    if own.is_none() {
        let why = Why::new(format!("{SIGN_IN} is not there"));
        unread.push(why.clone().at("automatic_sign_in"));
        unread.push(why.at("guest_allowed"));
    }
    let all = || [&fixed, &own].into_iter().flatten();
    let named = all().find_map(|all| settings::text(all, "autoLoginUser")).map(str::to_owned);
    let is = |name: &str| all().find_map(|all| all.get(name).and_then(settings::truth));
    let guest_allowed = is("GuestEnabled") == Some(true) && is("DisableGuestAccount") != Some(true);
    (named.into_iter().collect(), guest_allowed)
}
