//! The accounts of people, and where they live.

use crate::{
    host::RunAs,
    look::{Look, Why},
    parse::account::{self, Account},
};

/// The first number of a person's account, unless `/etc/login.defs` says otherwise.
const FIRST_PERSON: u32 = 1000;
/// The account `nobody`, and the numbers above it, are no people.
const LAST_PERSON: u32 = 60_000;

/// All local accounts.
pub(crate) fn accounts(look: &Look<'_>) -> Result<Vec<Account>, Why> {
    let text = look.text("/etc/passwd").map_err(|error| Why::of("/etc/passwd", &error))?;
    Ok(account::passwd(&text))
}

/// The accounts of people: numbered as such, with a shell that lets them in.
pub(crate) fn people(look: &Look<'_>) -> Result<Vec<Account>, Why> {
    let mut accounts = accounts(look)?;
    accounts.retain(|account| is_person(account.uid) && lets_in(account));
    Ok(accounts)
}

/// Whether `uid` is numbered as a person's account.
pub(crate) const fn is_person(uid: u32) -> bool {
    FIRST_PERSON <= uid && uid <= LAST_PERSON
}

/// Whether the account's shell lets anybody in.
pub(crate) fn lets_in(account: &Account) -> bool {
    !matches!(
        account.shell.rsplit('/').next(),
        Some("nologin" | "false" | "true" | "sync" | "halt" | "shutdown" | "git-shell")
    )
}

/// The account as whom a command runs.
pub(crate) fn run_as(account: &Account) -> RunAs {
    RunAs { name: account.name.clone(), uid: account.uid, gid: account.gid }
}
