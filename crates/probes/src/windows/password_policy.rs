//! The rules for local passwords: `net accounts`.

use super::answers::{Script, ask, text};
use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::windows::net_accounts,
};
use closedset_core::fact::{Body, device::PasswordPolicy};

const SCRIPT: Script = Script::new(
    "powershell password_policy",
    "rules=S{@{text=[string]((net accounts) -join \"`n\")}}",
);

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<PasswordPolicy> {
    let rules = ask(look, SCRIPT)?.one("rules")?;
    let (length, locks_after_failures) = text(&rules, "text")
        .and_then(net_accounts)
        .ok_or_else(|| Why::new("what net accounts writes is not understood"))?;
    Ok(Reading {
        record: PasswordPolicy {
            minimum_length: Some(length),
            locks_after_failures,
            seen: "net accounts".into(),
        },
        unread: Vec::new(),
    })
}
