//! The proxy that programs of this computer use.

use super::answers::{Script, ask, is, text};
use crate::look::{Look, Why};

const SCRIPT: Script = Script::new(
    "powershell proxy",
    "settings=S{$i='Microsoft\\Windows\\CurrentVersion\\Internet Settings';@('HKLM:\\SOFTWARE',\
     'HKLM:\\SOFTWARE\\Policies')+@(Get-ChildItem Registry::HKEY_USERS|?{$_.PSChildName -match \
     '^S-1-(5-18|5-21-[0-9-]+|12-1-[0-9-]+)$'}|%{\"Registry::HKEY_USERS\\$($_.PSChildName)\\Software\"})|\
     %{$k=\"$_\\$i\";@{on=R $k ProxyEnable;server=R $k ProxyServer;script=[bool](R $k AutoConfigURL)}}}",
);

/// The proxy, `host:port`; none if there is none. One that a script names cannot be followed.
pub(crate) fn proxy(look: &Look<'_>) -> Result<Option<String>, Why> {
    let settings = ask(look, SCRIPT)?.list("settings")?;
    let is_told = |one: &serde_json::Value| {
        ["on", "server", "script"].iter().all(|field| one.get(field).is_some())
    };
    if settings.is_empty() || !settings.iter().all(is_told) {
        return Err(Why::new("which proxy is used is not told"));
    }
    if settings.iter().any(|one| is(one, "script")) {
        return Err(Why::new(
            "programs find their proxy by a script, so what they reach through it is not known",
        ));
    }
    let server = settings.iter().filter(|one| is(one, "on")).find_map(|one| text(one, "server"));
    let Some(server) = server else {
        return Ok(None);
    };
    // Either `host:port`, or one for each protocol: `http=a:80;https=b:80`.
    let one = server
        .split(';')
        .find_map(|part| part.trim().strip_prefix("https="))
        .or_else(|| server.split(';').find(|part| !part.contains('=')));
    match one {
        Some(one) if one.contains(':') => Ok(Some(one.trim().to_owned())),
        Some(one) => Ok(Some(format!("{}:80", one.trim()))),
        None => Err(Why::new("the proxy's settings are not understood")),
    }
}
