//! Whether the clock follows a time server: `w32tm`.

use super::answers::{Script, ask, text};
use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::windows::w32tm,
};
use closedset_core::fact::{Body, device::TimeSync};

const SCRIPT: Script = Script::new(
    "powershell time_sync",
    "status=S{@{text=[string]((w32tm /query /status) -join \"`n\")}};\
     service=S{Get-CimInstance Win32_Service -Filter \"Name='W32Time'\"|%{@{state=[string]$_.State}}}",
);

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<TimeSync> {
    let answers = ask(look, SCRIPT)?;
    let runs = text(&answers.one("service")?, "state") == Some("Running");
    let is_synchronised = runs
        && text(&answers.one("status")?, "text")
            .and_then(w32tm)
            .ok_or_else(|| Why::new("w32tm does not tell whether the clock follows a server"))?;
    let by = if runs { "w32time" } else { "none" };
    Ok(Reading { record: TimeSync { is_synchronised, by: by.into() }, unread: Vec::new() })
}
