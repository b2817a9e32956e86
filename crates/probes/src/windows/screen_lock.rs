//! After how long the screen of each person locks.
//!
//! A limit for the whole machine holds for everybody and always asks for the password. Without one,
//! a screen saver locks, if one is chosen, switched on, and told to ask: by each person's own part
//! of the registry, of which only that of people who are signed in is loaded.

use super::answers::{Script, ask, has, int, text};
use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{
    Body,
    device::{ScreenLock, UserScreenLock},
};
use serde_json::Value;

const SCRIPT: Script = Script::new(
    "powershell screen_lock",
    "machine=S{@{limit=R 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System' \
     InactivityTimeoutSecs}};\
     people=S{Get-ChildItem 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'|\
     ?{$_.PSChildName -match '^S-1-(5-21|12-1)-[0-9-]+$'}|%{@{sid=$_.PSChildName;\
     name=[string](Split-Path -Leaf (Get-ItemProperty -LiteralPath $_.PSPath).ProfileImagePath)}}};\
     hives=S{Get-ChildItem Registry::HKEY_USERS|?{$_.PSChildName -match '^S-1-(5-21|12-1)-[0-9-]+$'}|\
     %{$s=$_.PSChildName;$p=\"Registry::HKEY_USERS\\$s\\Software\\Policies\\Microsoft\\Windows\\Control \
     Panel\\Desktop\";$o=\"Registry::HKEY_USERS\\$s\\Control Panel\\Desktop\";@{sid=$s;\
     fixed=@{active=R $p ScreenSaveActive;secure=R $p ScreenSaverIsSecure;after=R $p ScreenSaveTimeOut;\
     saver=R $p 'SCRNSAVE.EXE'};own=@{active=R $o ScreenSaveActive;secure=R $o ScreenSaverIsSecure;\
     after=R $o ScreenSaveTimeOut;saver=R $o 'SCRNSAVE.EXE'}}}}",
);
/// The name that stands for all people of the computer.
const EVERYBODY: &str = "everybody";

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<ScreenLock> {
    let answers = ask(look, SCRIPT)?;
    let machine = answers.record("machine", &["limit"])?;
    let limit = match int(&machine, "limit") {
        Some(seconds) if seconds >= 0 => seconds,
        None if !has(&machine, "limit") => 0,
        _ => return Err(Why::new("the machine's limit for inactivity is no number")),
    };
    if limit > 0 {
        return Ok(Reading {
            record: ScreenLock {
                users: vec![lock(EVERYBODY, limit, true, true)],
                longest_s: Some(limit),
            },
            unread: Vec::new(),
        });
    }
    let people = answers.list("people")?;
    let hives = answers.list("hives")?;
    let mut unread = Vec::new();
    let mut users = Vec::new();
    for person in &people {
        let sid = text(person, "sid");
        let name = text(person, "name").or(sid).unwrap_or("somebody");
        match hives.iter().find(|hive| sid.is_some() && text(hive, "sid") == sid) {
            Some(hive) => users.push(of_hive(name, hive)),
            None => unread.push(
                Why::new(format!(
                    "the screen lock of {name} is unread: Windows loads somebody's settings only \
                     while they are signed in; a limit for the whole machine holds for everybody"
                ))
                .at("users"),
            ),
        }
    }
    if people.is_empty() {
        unread.push(Why::new("nobody ever signed in on this computer").at("users"));
    }
    users.sort_by(|a, b| a.name.cmp(&b.name));
    let is_known = unread.is_empty() && users.iter().all(|user| user.locks_after_s > 0);
    let longest_s = users.iter().map(|user| user.locks_after_s).max().filter(|_| is_known);
    Ok(Reading { record: ScreenLock { users, longest_s }, unread })
}

/// The screen saver of one person; what an administrator fixed counts before their own.
fn of_hive(name: &str, hive: &Value) -> UserScreenLock {
    let field = |part: &str, field: &str| hive.get(part).and_then(|part| int(part, field));
    let value = |name: &str| field("fixed", name).or_else(|| field("own", name));
    let word = |part: &str| hive.get(part).and_then(|part| text(part, "saver"));
    let has_saver = word("fixed").or_else(|| word("own")).is_some_and(|saver| saver != "(None)");
    let after = value("after").filter(|seconds| *seconds > 0);
    let is_on = value("active") == Some(1) && has_saver;
    let asks = value("secure") == Some(1);
    let is_enforced = ["active", "secure", "after"].iter().all(|one| field("fixed", one).is_some());
    lock(name, after.filter(|_| is_on).unwrap_or(0), asks && is_on, is_enforced)
}

fn lock(name: &str, locks_after_s: i64, asks_password: bool, is_enforced: bool) -> UserScreenLock {
    UserScreenLock {
        name: name.to_owned(),
        desktop: "windows".into(),
        locks_after_s,
        asks_password,
        is_enforced: Some(is_enforced),
    }
}
