//! Updates that Windows knows of and has not installed, told from its last search: nothing is
//! fetched. A search that is long ago says nothing.

use super::answers::{Script, ask, int, is, items, text};
use crate::{
    look::{Found, Look, Reading, Why, body, in_days},
    parse::windows::time,
    probe::pending_updates::LISTS_LIMIT,
};
use closedset_core::{
    Duration,
    fact::{Body, device::PendingUpdates},
};
use serde_json::Value;

const SCRIPT: Script = Script::new(
    "powershell pending_updates",
    "last=S{@{at=(New-Object -ComObject Microsoft.Update.AutoUpdate).Results.LastSearchSuccessDate}};\
     search=S{$s=(New-Object -ComObject Microsoft.Update.Session).CreateUpdateSearcher();$s.Online=$false;\
     $r=$s.Search('IsInstalled=0 and IsHidden=0');@{code=[int]$r.ResultCode;updates=@($r.Updates|%{@{\
     severity=[string]$_.MsrcSeverity;categories=@($_.Categories|%{[string]$_.CategoryID})}})}};\
     restart=S{@{update=(Test-Path 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto \
     Update\\RebootRequired');servicing=(Test-Path \
     'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending')}}",
)
.slow();
/// The categories of updates that mend security faults: security, critical, and the monthly ones,
/// which hold them.
const SECURITY: [&str; 3] = [
    "0fa1201d-4330-4fa8-8ae9-b877473b6441",
    "e6cf1350-c01b-414d-a61f-263d14d133b4",
    "28bc880e-0592-4cbf-8f95-c79b17911d5f",
];
/// A search that succeeded, as Windows numbers its results.
const SUCCEEDED: i64 = 2;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<PendingUpdates> {
    let answers = ask(look, SCRIPT)?;
    let mut unread = Vec::new();
    let age = answers.one("last").and_then(|last| {
        let at = last.get("at").and_then(time);
        let at =
            at.ok_or_else(|| Why::new("when Windows last searched for updates is not told"))?;
        Ok(look.now().since(at).max(Duration::ZERO))
    });
    let counts = match &age {
        Ok(age) if *age <= LISTS_LIMIT => answers.one("search").and_then(|found| counts(&found)),
        Ok(age) => Err(Why::new(format!(
            "Windows last searched for updates {} ago, which is too long to say; let it search",
            in_days(*age).words()
        ))),
        Err(why) => Err(why.clone()),
    };
    let (security, all) = match counts {
        Ok((security, all)) => (Some(security), Some(all)),
        Err(why) => {
            unread.push(why.clone().at("security"));
            unread.push(why.at("all"));
            (None, None)
        }
    };
    let lists_age = match age {
        Ok(age) => Some(in_days(age)),
        Err(why) => {
            unread.push(why.at("lists_age"));
            None
        }
    };
    let restart_needed = match answers.one("restart") {
        Ok(keys) if keys.get("update").is_some_and(Value::is_boolean) => {
            Some(is(&keys, "update") || is(&keys, "servicing"))
        }
        Ok(_) => {
            unread.push(Why::new("whether a restart is needed is not told").at("restart_needed"));
            None
        }
        Err(why) => {
            unread.push(why.at("restart_needed"));
            None
        }
    };
    Ok(Reading { record: PendingUpdates { security, all, lists_age, restart_needed }, unread })
}

/// How many updates wait: those for security, and all.
fn counts(found: &Value) -> Result<(i64, i64), Why> {
    if int(found, "code") != Some(SUCCEEDED) {
        return Err(Why::new("Windows could not look through the updates it knows of"));
    }
    let updates = found
        .get("updates")
        .map(items)
        .ok_or_else(|| Why::new("Windows does not list the updates it knows of"))?;
    let is_security = |update: &&Value| {
        let categories = update.get("categories").map(items).unwrap_or_default();
        text(update, "severity").is_some()
            || categories
                .iter()
                .filter_map(Value::as_str)
                .any(|id| SECURITY.contains(&id.to_ascii_lowercase().as_str()))
    };
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Ok((count(updates.iter().filter(is_security).count()), count(updates.len())))
}
