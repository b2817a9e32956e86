//! The programs that are installed, for everybody and for single people.

use super::answers::{Script, ask, text};
use crate::{
    look::{Found, Look, Why, body},
    probe::software::fitting,
};
use closedset_core::fact::{
    Body,
    device::{Package, Software},
};

const SCRIPT: Script = Script::new("powershell software", PROGRAMS).slow();
/// The installed programs, as a section that several scripts have.
pub(super) const PROGRAMS: &str = "programs=S{$u='Microsoft\\Windows\\CurrentVersion\\Uninstall';\
     @(\"HKLM:\\SOFTWARE\\$u\",\"HKLM:\\SOFTWARE\\WOW6432Node\\$u\")+@(Get-ChildItem Registry::HKEY_USERS|\
     ?{$_.PSChildName -match '^S-1-(5-21|12-1)-[0-9-]+$'}|\
     %{\"Registry::HKEY_USERS\\$($_.PSChildName)\\Software\\$u\"})|?{Test-Path -LiteralPath $_}|\
     %{Get-ChildItem -LiteralPath $_}|%{Get-ItemProperty -LiteralPath $_.PSPath}|?{$_.DisplayName}|\
     %{@{name=[string]$_.DisplayName;version=[string]$_.DisplayVersion;publisher=[string]$_.Publisher}}}";

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Software> {
    let programs = ask(look, SCRIPT)?.list("programs")?;
    let packages: Vec<Package> = programs
        .iter()
        .filter_map(|program| {
            let version = text(program, "version").unwrap_or_default().to_owned();
            Some(Package {
                name: text(program, "name")?.to_owned(),
                source_version: version.clone(),
                version,
                source: text(program, "publisher").unwrap_or_default().to_owned(),
            })
        })
        .collect();
    if packages.is_empty() {
        return Err(Why::new("Windows shows no program that is installed"));
    }
    Ok(fitting("programs", packages))
}
