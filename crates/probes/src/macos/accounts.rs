//! The accounts of people on a Mac, and who is at its screen.

use crate::look::{Look, Why};
use std::collections::BTreeMap;

/// The first number of a person's account.
const FIRST_PERSON: i64 = 500;

/// An account of Directory Services on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: i64,
    pub(super) home: String,
    shell: String,
}

impl Account {
    /// Whether it is a person's and lets somebody in.
    pub(super) fn is_person(&self) -> bool {
        self.uid >= FIRST_PERSON && !self.name.starts_with('_') && self.lets_in()
    }

    fn lets_in(&self) -> bool {
        !matches!(self.shell.rsplit('/').next(), Some("false" | "nologin"))
    }
}

/// All accounts of this computer.
pub(super) fn accounts(look: &Look<'_>) -> Result<Vec<Account>, Why> {
    let numbers = listed(look, "UniqueID")?;
    let shells = listed(look, "UserShell")?;
    let homes = listed(look, "NFSHomeDirectory")?;
    let accounts: Vec<Account> = numbers
        .iter()
        .filter_map(|(name, number)| {
            let of = |all: &BTreeMap<String, String>| all.get(name).cloned().unwrap_or_default();
            Some(Account {
                name: name.clone(),
                uid: number.parse().ok()?,
                home: of(&homes),
                shell: of(&shells),
            })
        })
        .collect();
    if accounts.iter().any(|account| account.name == "root") {
        Ok(accounts)
    } else {
        Err(Why::new("what dscl writes is not understood: root is not among the accounts"))
    }
}

/// The accounts of people.
pub(super) fn people(look: &Look<'_>) -> Result<Vec<Account>, Why> {
    let mut accounts = accounts(look)?;
    accounts.retain(Account::is_person);
    Ok(accounts)
}

/// Who works at the screen; none if its sign-in window is shown.
pub(super) fn at_the_screen(look: &Look<'_>) -> Result<Option<String>, Why> {
    let name = look.output("stat -f %Su /dev/console")?.trim().to_owned();
    match name.as_str() {
        "" => Err(Why::new("stat does not tell who is at the screen")),
        "root" | "loginwindow" | "_mbsetupuser" | "nobody" => Ok(None),
        _ => Ok(Some(name)),
    }
}

/// `name   value` of each account.
fn listed(look: &Look<'_>, attribute: &str) -> Result<BTreeMap<String, String>, Why> {
    let text = look.output(&format!("dscl . -list /Users {attribute}"))?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_once(char::is_whitespace))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect())
}
