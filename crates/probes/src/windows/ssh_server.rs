//! OpenSSH's server on Windows, if it is there.

use super::answers::{Answers, Script, ask, int, text};
use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::ssh::{self, Line},
};
use closedset_core::fact::{Body, device::SshServer};

const SCRIPT: Script = Script::new(
    "powershell ssh_server",
    "service=S{Get-CimInstance Win32_Service -Filter \"Name='sshd'\"|%{@{state=[string]$_.State}}};\
     tcp=S{Get-NetTCPConnection -State Listen|%{@{port=[int]$_.LocalPort}}};\
     settings=S{@{text=[string]((& \"$env:windir\\System32\\OpenSSH\\sshd.exe\" -T) -join \"`n\");\
     status=[int]$LASTEXITCODE}};\
     file=S{@{text=[string]((Get-Content -LiteralPath \"$env:ProgramData\\ssh\\sshd_config\") -join \"`n\")}}",
);

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<SshServer> {
    let answers = ask(look, SCRIPT)?;
    let services = answers.list("service")?;
    let sockets = answers.list("tcp")?;
    if sockets.is_empty() || sockets.iter().any(|socket| int(socket, "port").is_none()) {
        return Err(Why::new("Windows does not show what listens"));
    }
    if services.iter().any(|service| text(service, "state").is_none()) {
        return Err(Why::new("whether the service of sshd runs is not told"));
    }
    let serves = services.iter().any(|service| text(service, "state") == Some("Running"));
    let listens = sockets.iter().any(|socket| int(socket, "port") == Some(22));
    let mut record = SshServer {
        is_running: serves || listens,
        password_sign_in: None,
        root_sign_in: None,
        empty_passwords: None,
    };
    let mut unread = Vec::new();
    if record.is_running {
        match settings(&answers, serves) {
            Ok((password, empty)) => {
                record.password_sign_in = Some(password);
                record.empty_passwords = Some(empty);
            }
            Err(why) => {
                unread.push(why.clone().at("password_sign_in"));
                unread.push(why.at("empty_passwords"));
            }
        }
        unread.push(
            Why::new("Windows has no root, and which administrators may sign in is not told")
                .at("root_sign_in"),
        );
    }
    Ok(Reading { record, unread })
}

/// Whether a password alone lets in, and whether an empty one does.
fn settings(answers: &Answers, serves: bool) -> Result<(bool, bool), Why> {
    if !serves {
        return Err(Why::new(
            "something answers on the ssh port that is not OpenSSH's service, and of that alone the \
             settings are read",
        ));
    }
    let told = answers.one("settings")?;
    let effective = text(&told, "text")
        .filter(|_| int(&told, "status") == Some(0))
        .map(ssh::effective)
        .ok_or_else(|| Why::new("sshd -T does not tell its settings; run as administrator"))?;
    let file = answers.one("file")?;
    let file = ssh::file(text(&file, "text").unwrap_or_default());
    // What holds for some people alone is not followed: it may let in whom the rest keeps out.
    let within_match = file.iter().skip_while(|line| **line != Line::Match);
    let matters = |name: &str| name.contains("authentication") || name.contains("password");
    for line in within_match {
        if matches!(line, Line::Setting(name, _) if matters(name)) {
            return Err(Why::new(
                "a Match block of sshd's settings lets some people in differently",
            ));
        }
    }
    let password = ssh::lets_in_by_password(&effective)
        .ok_or_else(|| Why::new("sshd -T does not tell passwordauthentication"))?;
    let empty = effective
        .get("permitemptypasswords")
        .ok_or_else(|| Why::new("sshd -T does not tell permitemptypasswords"))?;
    Ok((password, empty == "yes"))
}
