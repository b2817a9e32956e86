//! What the page's template is given.

use super::{
    Content,
    view::{Area, StatusView, areas, file_name, grouped, one_line, span},
};
use crate::{
    limited,
    rows::{Heading, LeftOut},
    without_names,
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use closedset_core::{Digest, Status};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("../../assets/viewer.css");
const SCRIPT: &str = include_str!("../../assets/viewer.js");
const TEXT_FONT: &[u8] = include_bytes!("../../assets/fonts/archivo.woff2");
const MONO_FONT: &[u8] = include_bytes!("../../assets/fonts/sometype-mono.woff2");

/// The page.
#[derive(Debug, Template)]
#[template(path = "viewer.html")]
pub(super) struct Page<'a> {
    heading: &'a Heading,
    places: Vec<Place<'a>>,
    period: String,
    limited: Option<String>,
    limited_means: &'static str,
    without_names: &'static str,
    record_begins_at: Option<String>,
    restored: Vec<RestoredView>,
    made_at: String,
    zone: &'a str,
    from_utc: String,
    key: &'a str,
    origin: &'a str,
    fingerprint: String,
    file_name: String,
    tally: Vec<Tally>,
    areas: Vec<Area<'a>>,
    devices: Vec<Device<'a>>,
    left_out: &'a [LeftOut],
    style: String,
    style_digest: String,
    script: &'static str,
    script_digest: String,
}

#[derive(Debug)]
struct Place<'a> {
    name: &'a str,
    address: String,
}

#[derive(Debug)]
struct RestoredView {
    at: String,
    backup_made_at: String,
}

#[derive(Debug)]
struct Tally {
    status: StatusView,
    count: usize,
}

#[derive(Debug)]
struct Device<'a> {
    name: &'a str,
    id: String,
    fingerprint: String,
    enrolled: u64,
    revoked_at: Option<String>,
}

impl<'a> Page<'a> {
    pub(super) fn new(content: &Content<'a>) -> Self {
        let input = content.input;
        let heading = &input.heading;
        let zone = &heading.zone;
        let style = STYLE
            .replace("@TEXT_FONT@", &STANDARD.encode(TEXT_FONT))
            .replace("@MONO_FONT@", &STANDARD.encode(MONO_FONT));
        let tally = Status::ALL.iter().map(|status| Tally {
            status: StatusView(*status),
            count: input.controls.iter().filter(|control| control.status == *status).count(),
        });
        let devices = input.devices.iter().map(|row| Device {
            name: &row.name,
            id: row.id.to_string(),
            fingerprint: row.key.fingerprint().to_string(),
            enrolled: row.enrolled,
            revoked_at: row.revoked_at.map(|at| zone.moment(at)),
        });
        let restored = input.log.restored.iter().map(|one| RestoredView {
            at: zone.moment(one.at),
            backup_made_at: zone.moment(one.backup_made_at),
        });
        let places = heading
            .facilities
            .iter()
            .map(|facility| Place { name: &facility.name, address: one_line(&facility.address) });
        Self {
            heading,
            places: places.collect(),
            period: span(zone, heading.scope.from, heading.scope.to),
            limited: (!heading.scope.controls.is_empty())
                .then(|| limited::words(&heading.scope.controls)),
            limited_means: limited::MEANS,
            without_names: without_names::MEANS,
            record_begins_at: (input.log.begins_at > heading.scope.from)
                .then(|| zone.moment(input.log.begins_at)),
            restored: restored.collect(),
            made_at: zone.moment(heading.made_at),
            zone: zone.name(),
            from_utc: zone.from_utc(heading.made_at),
            key: &input.log.key,
            origin: &input.log.origin,
            fingerprint: grouped(&Digest::of(input.log.key.as_bytes()).to_string()),
            file_name: file_name(heading),
            tally: tally.collect(),
            areas: areas(content),
            devices: devices.collect(),
            left_out: &input.left_out,
            style_digest: source_digest(&style),
            style,
            script: SCRIPT,
            script_digest: source_digest(SCRIPT),
        }
    }
}

/// A digest as a content security policy names it.
fn source_digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}
