//! The applications that are installed.

use super::settings::{profiled, text};
use crate::{
    look::{Found, Look, body},
    probe::software::fitting,
};
use closedset_core::fact::{
    Body,
    device::{Package, Software},
};
use std::time::Duration;

/// Every application of the disk is looked at.
const TIMEOUT: Duration = Duration::from_secs(80);

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<Software> {
    let applications = profiled(look, "SPApplicationsDataType", TIMEOUT)?;
    let packages = applications
        .iter()
        .filter_map(|application| {
            let name = text(application, "_name")?.to_owned();
            let version = text(application, "version").unwrap_or_default().to_owned();
            let source = text(application, "obtained_from").unwrap_or_default().to_owned();
            Some(Package { name, source_version: version.clone(), version, source })
        })
        .collect();
    Ok(fitting("apps", packages))
}
