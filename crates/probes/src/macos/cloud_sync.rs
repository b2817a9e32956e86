//! Programs that copy files to somebody's cloud: running, among the applications, joined to the
//! Finder, and iCloud Drive of every person.

use super::{
    accounts::people,
    settings::{self, list, text, truth},
    system::Running,
};
use crate::{
    look::{Found, Look, Why, body},
    probe::cloud_sync::{Search, known::DESKTOP_PROGRAMS},
};
use closedset_core::fact::{Body, device::CloudSync};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<CloudSync> {
    let mut search = Search::default();
    if let Some(running) = search.looked("processes", Running::read(look)) {
        for program in &DESKTOP_PROGRAMS {
            for process in program.mac_processes {
                if running.has(process) {
                    search.found(program.name, "running", format!("process {process}"));
                }
            }
        }
    }
    if let Some(names) = search.looked("/Applications", listed(look, "/Applications")) {
        applications(&names, "/Applications", &mut search);
    }
    if let Some(people) = search.looked("accounts", people(look)) {
        for person in people {
            in_home(look, person.home.trim_end_matches('/'), &mut search);
        }
    }
    search.finished()
}

/// The names in a directory that every Mac has.
fn listed(look: &Look<'_>, path: &str) -> Result<Vec<String>, Why> {
    look.host.list_dir(path).map_err(|error| Why::of(path, &error))
}

fn applications(names: &[String], folder: &str, search: &mut Search) {
    for program in &DESKTOP_PROGRAMS {
        for bundle in program.mac_bundles {
            if names.iter().any(|name| name.eq_ignore_ascii_case(bundle)) {
                search.found(program.name, "installed", format!("{folder}/{bundle}"));
            }
        }
    }
}

fn in_home(look: &Look<'_>, home: &str, search: &mut Search) {
    // An account that never signed in has no home.
    match look.exists(home) {
        Ok(true) => {}
        Ok(false) => return,
        Err(why) => return search.doubt(why),
    }
    let folder = format!("{home}/Applications");
    match look.names(&folder) {
        Ok(names) => applications(&names, &folder, search),
        Err(why) => search.doubt(why),
    }
    let clouds = format!("{home}/Library/CloudStorage");
    match look.names(&clouds) {
        // `GoogleDrive-ann@example.com`: whatever stands here is a cloud, known or not.
        Ok(names) => {
            for name in names.iter().filter(|name| !name.starts_with('.')) {
                let provider = name.split('-').next().unwrap_or(name);
                search.found(provider, "mounted", format!("{clouds}/{provider}"));
            }
        }
        Err(why) => search.doubt(why),
    }
    match settings::at(look, &format!("{home}/Library/Preferences/MobileMeAccounts.plist")) {
        Ok(Some(all)) => {
            let has_drive = list(&all, "Accounts").iter().any(|account| {
                list(account, "Services").iter().any(|service| {
                    text(service, "Name") == Some("MOBILE_DOCUMENTS")
                        && service.get("Enabled").and_then(truth) == Some(true)
                })
            });
            if has_drive {
                search.found("iCloud Drive", "running", format!("an account of {home}"));
            }
        }
        Ok(None) => {}
        Err(why) => search.doubt(why),
    }
    search.looked_at(home);
}
