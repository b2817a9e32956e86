//! Devices: the key in the entry that enrolled each, and the signature on each statement.

use super::{
    CHECKED_IN_KIND, ENROLLED_KIND, Finding,
    FindingKind::{self, *},
    Report,
    container::Contents,
    entries::{Entries, text_of},
    given,
    manifest::Opened,
};
use crate::{
    entry_file::OpenedEntry,
    manifest::{DEVICES, entry_path},
    rows::DeviceRow,
};
use closedset_core::{
    Digest, Time,
    check_in::{DeviceKey, DeviceSignature, Statement, facts_digest},
    id::{Device, Id},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A statement whose signature is the device's.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) collected_at: Time,
    pub(super) digests: BTreeMap<String, Digest>,
}

/// What the devices said.
#[derive(Debug, Default)]
pub(super) struct Devices {
    /// Every signed statement of a device.
    pub(super) statements: BTreeMap<Id<Device>, Vec<Signed>>,
    /// The device and digests of each entry that holds a good statement.
    pub(super) check_ins: BTreeMap<u64, (Id<Device>, BTreeMap<String, Digest>)>,
}

/// The body of an entry of kind `device.checked_in`, as far as it matters here.
#[derive(Debug, Deserialize)]
struct CheckedIn {
    statement: Statement,
    signature: DeviceSignature,
    digests: BTreeMap<String, Digest>,
}

/// Checks every device and every statement.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    entries: &Entries,
    report: &mut Report,
) -> Devices {
    let rows: Vec<DeviceRow> = given::list(contents, DEVICES, report).unwrap_or_default();
    let mut keys = BTreeMap::new();
    for row in &rows {
        if check_enrolment(row, entries, report) && keys.insert(row.id, row.key).is_some() {
            let what = format!("the device {} stands there twice", row.id);
            report.add(Finding::new(Contradiction, DEVICES, what));
        }
    }
    report.counts.devices = keys.len() as u64;
    let mut devices = Devices::default();
    let mut counters = BTreeMap::new();
    let known: BTreeSet<Id<Device>> = rows.iter().map(|row| row.id).collect();
    for (index, entry) in entries {
        if entry.envelope.kind != CHECKED_IN_KIND {
            continue;
        }
        let Some(body) = &entry.body else { continue };
        let checked = check_statement(opened, &keys, &known, body);
        match checked {
            Ok(check_in) => {
                let statement = check_in.statement;
                let last = counters.insert(statement.device, statement.counter);
                if last.is_some_and(|last| statement.counter <= last) {
                    let what = "the device had counted further before: the statement is a replay, \
                                or two machines hold the device's key";
                    report.add(Finding::new(Replayed, entry_path(*index), what));
                }
                devices.take(*index, check_in);
            }
            Err((kind, what)) => report.add(Finding::new(kind, entry_path(*index), what)),
        }
    }
    for row in &rows {
        check_confirmations(row, &keys, opened, &mut devices, report);
    }
    devices
}

impl Devices {
    fn take(&mut self, index: u64, check_in: CheckedIn) {
        let device = check_in.statement.device;
        let digests = check_in.digests;
        self.check_ins.insert(index, (device, digests.clone()));
        self.statements.entry(device).or_default().push(Signed {
            collected_at: check_in.statement.collected_at,
            digests,
        });
    }

    /// Whether the device said at `at` that its fact of this kind has this digest.
    pub(super) fn said(&self, device: Id<Device>, kind: &str, digest: Digest, at: Time) -> bool {
        self.statements.get(&device).is_some_and(|all| {
            all.iter()
                .any(|one| one.collected_at == at && one.digests.get(kind) == Some(&digest))
        })
    }
}

/// Whether the entry that enrolled the device holds its key.
fn check_enrolment(row: &DeviceRow, entries: &Entries, report: &mut Report) -> bool {
    let Some(entry) = entries.get(&row.enrolled) else {
        // Its absence was reported.
        return false;
    };
    let fault = enrolment_fault(row, entry);
    if let Some((kind, what)) = fault {
        let what = format!("device {} ({}): {what}", row.name, row.id);
        report.add(Finding::new(kind, DEVICES, what));
    }
    fault.is_none() && entry.body.is_some()
}

fn enrolment_fault(row: &DeviceRow, entry: &OpenedEntry) -> Option<(FindingKind, &'static str)> {
    if entry.envelope.kind != ENROLLED_KIND {
        return Some((
            Contradiction,
            "the entry named for its enrolment is of another kind",
        ));
    }
    let body = entry.body.as_ref()?;
    if text_of(body, "device") != Some(&row.id.to_string()) {
        return Some((
            SplicedIn,
            "the entry named for its enrolment enrols another device",
        ));
    }
    let key = body
        .get("key")
        .cloned()
        .map(serde_json::from_value::<DeviceKey>);
    if !matches!(key, Some(Ok(key)) if key == row.key) {
        return Some((UnknownKey, "its key is not the one it was enrolled with"));
    }
    row.key
        .verifying_key()
        .is_none()
        .then_some((BadSignature, "its key cannot verify anything"))
}

fn check_statement(
    opened: &Opened,
    keys: &BTreeMap<Id<Device>, DeviceKey>,
    known: &BTreeSet<Id<Device>>,
    body: &Value,
) -> Result<CheckedIn, (FindingKind, String)> {
    let check_in = CheckedIn::deserialize(body)
        .map_err(|error| (Contradiction, format!("it holds no statement: {error}")))?;
    let statement = &check_in.statement;
    check_signature(opened, keys, known, statement, &check_in.signature)?;
    if facts_digest(&check_in.digests).ok() != Some(statement.facts) {
        let what = "its digests are not those that the device signed".to_owned();
        return Err((BadSignature, what));
    }
    Ok(check_in)
}

fn check_signature(
    opened: &Opened,
    keys: &BTreeMap<Id<Device>, DeviceKey>,
    known: &BTreeSet<Id<Device>>,
    statement: &Statement,
    signature: &DeviceSignature,
) -> Result<(), (FindingKind, String)> {
    let device = statement.device;
    if statement.organisation != opened.manifest.heading.organisation {
        let what = format!("the statement was made for {}", statement.organisation);
        return Err((SplicedIn, what));
    }
    let Some(key) = keys.get(&device) else {
        let why = if known.contains(&device) {
            "has no key that the log holds"
        } else {
            "is not among the pack's devices"
        };
        return Err((UnknownKey, format!("the device {device} {why}")));
    };
    let is_signed = key
        .verifying_key()
        .is_some_and(|key| statement.is_signed_by(&key, signature));
    if is_signed {
        Ok(())
    } else {
        Err((
            BadSignature,
            format!("the device {device} did not sign the statement"),
        ))
    }
}

fn check_confirmations(
    row: &DeviceRow,
    keys: &BTreeMap<Id<Device>, DeviceKey>,
    opened: &Opened,
    devices: &mut Devices,
    report: &mut Report,
) {
    let known = BTreeSet::from([row.id]);
    for confirmation in &row.confirmations {
        let statement = &confirmation.statement;
        let signed = if statement.device == row.id {
            check_signature(opened, keys, &known, statement, &confirmation.signature)
        } else {
            Err((
                SplicedIn,
                format!("a confirmation is {}'s", statement.device),
            ))
        };
        if let Err((kind, what)) = signed {
            let what = format!("device {} ({}): {what}", row.name, row.id);
            report.add(Finding::new(kind, DEVICES, what));
            continue;
        }
        let all = devices.statements.entry(row.id).or_default();
        let same = all
            .iter()
            .find(|one| facts_digest(&one.digests).ok() == Some(statement.facts))
            .map(|one| one.digests.clone());
        match same {
            Some(digests) => all.push(Signed {
                collected_at: statement.collected_at,
                digests,
            }),
            None => {
                let what = format!(
                    "device {} ({}): it confirms facts that no entry of the pack holds",
                    row.name, row.id
                );
                report.add(Finding::new(Unconfirmed, DEVICES, what));
            }
        }
    }
}
