//! The installed packages, by dpkg or rpm.

use crate::{
    look::{Found, Look, Reading, Why, body},
    sight::packages::{self, Manager},
};
use closedset_core::fact::{
    BODY_LIMIT, Body,
    device::{Package, Software},
};

/// What a package costs in a body beside its words.
const PACKAGE_OVERHEAD: usize = 60;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Software> {
    let installed = packages::installed(look)?;
    let manager = match installed.manager {
        Manager::Deb => "deb",
        Manager::Rpm => "rpm",
    };
    Ok(fitting(manager, installed.packages.clone()))
}

/// As many of the packages as a body may hold.
pub(crate) fn fitting(manager: &str, mut packages: Vec<Package>) -> Reading<Software> {
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    packages.dedup();
    let count = i64::try_from(packages.len()).unwrap_or(i64::MAX);
    let mut unread = Vec::new();
    let mut size = 0;
    let fitting = packages
        .iter()
        .take_while(|package| {
            size += PACKAGE_OVERHEAD
                + package.name.len()
                + package.version.len()
                + package.source.len()
                + package.source_version.len();
            size < BODY_LIMIT - 4096
        })
        .count();
    if fitting < packages.len() {
        packages.truncate(fitting);
        unread.push(
            Why::new(format!("only the first {fitting} of {count} packages fit")).at("packages"),
        );
    }
    Reading { record: Software { manager: manager.into(), count, packages }, unread }
}
