//! What the organisation and its facilities are called, where they lie and what time they keep: the
//! heading says what the log's newest entries say.

use super::{
    FACILITY_KIND, Finding, FindingKind::*, ORGANISATION_KIND, Report, entries::Entries,
    manifest::Opened, register::Register,
};
use crate::{
    manifest::{MANIFEST, entry_path},
    rows::Facility,
};
use closedset_core::entry::Envelope;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The body of an entry that says it.
#[derive(Debug, Deserialize)]
struct Profile {
    organisation: String,
    facility: Facility,
}

/// The body of the first such entry.
#[derive(Debug, Deserialize)]
struct Created {
    profile: Profile,
}

/// Compares the heading with the log.
pub(super) fn check(
    opened: &Opened,
    envelopes: Option<&[Envelope]>,
    (entries, register): (&Entries, &Register),
    report: &mut Report,
) {
    let Some(all) = envelopes.filter(|_| register.is_known) else {
        // Why not was reported.
        return;
    };
    let heading = &opened.manifest.heading;
    let mut name = None;
    let mut facilities = BTreeMap::new();
    let mut erased = BTreeMap::new();
    for (index, envelope) in (0..opened.manifest.log.size).zip(all) {
        let is_first = envelope.kind == ORGANISATION_KIND;
        if !is_first && envelope.kind != FACILITY_KIND {
            continue;
        }
        let Some(entry) = entries.get(index) else { return };
        let Some(body) = &entry.body else {
            erased.insert(&envelope.subject, index);
            continue;
        };
        erased.remove(&envelope.subject);
        let said = if is_first {
            Created::deserialize(body).map(|created| created.profile)
        } else {
            Profile::deserialize(body)
        };
        match said {
            Ok(profile) => {
                name = Some((profile.organisation, index));
                facilities.insert(profile.facility.id, profile.facility);
            }
            Err(error) => {
                let what = format!("it does not say what the organisation is called: {error}");
                report.add(Finding::new(Contradiction, entry_path(index), what));
            }
        }
    }
    for index in erased.into_values() {
        let what = "nothing newer says what the organisation or a facility of it is called, and its \
                    body was erased";
        report.add(Finding::new(NotProven, entry_path(index), what));
    }
    let mut differs = |what: String| report.add(Finding::new(Contradiction, MANIFEST, what));
    match name {
        Some((name, index)) if name != heading.organisation_name => {
            differs(format!("by entry {index} the organisation is called {name}"));
        }
        Some(_) => {}
        None => differs("no entry says what the organisation is called".to_owned()),
    }
    if !facilities.values().eq(&heading.facilities) {
        differs("its facilities are not those of which the log's entries speak".to_owned());
    }
    let zone = heading.facilities.first().map_or("UTC", |first| first.time_zone.as_str());
    if zone != heading.zone.name() {
        differs(format!("its first facility keeps the time of {zone}, not of its zone"));
    }
}
