//! Where key and counter lie: in one folder for each organisation, for a person may work for several.

use crate::commands::UserError;
use closedset_core::link::EnrolLink;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The folder of the superuser, who has no desktop.
const ROOTS: &str = "/var/lib/closedset-check";

/// The folder for this link; without one, the only folder that there is.
pub(super) fn find(link: Option<&EnrolLink>) -> Result<PathBuf, UserError> {
    let all = all()?;
    if let Some(link) = link {
        // A link of an earlier version does not say for whom it is.
        let name = link.home.map_or_else(|| link.pin.short(), |home| home.organisation.to_string());
        return Ok(all.join(name));
    }
    let mut known: Vec<PathBuf> = fs::read_dir(&all)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| folder.join("identity.json").is_file())
        .collect();
    known.sort();
    match known.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(without_link(&all)),
        several => Err(UserError(format!(
            "this computer reports to several organisations; say to which with --state, one of: {}",
            several.iter().map(|one| told(one)).collect::<Vec<_>>().join(", ")
        ))),
    }
}

/// A folder with the server that it is for.
fn told(folder: &Path) -> String {
    match closedset_agent::status(folder) {
        Ok(status) => format!("{} ({})", folder.display(), status.server),
        Err(_) => folder.display().to_string(),
    }
}

/// No link was given, and nothing is known from before.
pub(super) fn without_link(folder: &Path) -> UserError {
    UserError(format!(
        "nothing is known of a server yet in {}; give the link from its devices page the first time, \
         and run it as the same user each time",
        folder.display()
    ))
}

/// The folder that holds all of them.
fn all() -> Result<PathBuf, UserError> {
    if rustix::process::geteuid().is_root() {
        return Ok(ROOTS.into());
    }
    let variable = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    variable("XDG_STATE_HOME")
        .or_else(|| Some(variable("HOME")?.join(".local/state")))
        .map(|folder| folder.join("closedset"))
        .ok_or_else(|| {
            UserError(
                "no folder of your own is known (HOME is not set); name one with --state".into(),
            )
        })
}
