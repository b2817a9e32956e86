//! Devices: the key in the entry that enrolled each, and the signature on each statement.

use super::{
    CHECKED_IN_KIND, ENROLLED_KIND, Finding,
    FindingKind::{self, *},
    ROLLED_UP_KIND, Report,
    container::Contents,
    entries::{Entries, text_of},
    given,
    manifest::Opened,
    register::{AHEAD, Register, SLACK},
    statements::{Digests, Statements},
};
use crate::{
    entry_file::OpenedEntry,
    manifest::{DEVICES, entry_path},
    rolled_up::confirmation_hash,
    rows::{Confirmation, DeviceRow},
};
use closedset_core::{
    Duration, Subject,
    check_in::{DeviceKey, DeviceSignature, Statement, facts_digest},
    id::{Device, Id},
};
use closedset_merkle::Hash;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How long a confirmation waits at most for the entry that commits to it, and some more.
const ROLL_UP: Duration = Duration::from_minutes(70);

/// The body of an entry of kind `device.checked_in`, as far as it matters here.
#[derive(Debug, Deserialize)]
struct CheckedIn {
    statement: Statement,
    signature: DeviceSignature,
    digests: Digests,
}

/// The keys that the log holds. A device without one is among them too: what is wrong with it was
/// reported once, and is not repeated for each of its statements.
type Keys = BTreeMap<Id<Device>, Option<DeviceKey>>;

/// Checks every device and every statement.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    (entries, register): (&Entries, &Register),
    report: &mut Report,
) -> Statements {
    let rows: Vec<DeviceRow> = given::list(contents, DEVICES, report).unwrap_or_default();
    check_rows(&rows, entries, register, report);
    let mut keys = Keys::new();
    let mut enrolled = BTreeSet::new();
    for row in &rows {
        if !enrolled.insert(row.enrolled) {
            let what = format!(
                "device {} ({}): entry {} enrols another one of the list",
                row.name, row.id, row.enrolled
            );
            report.add(Finding::new(Contradiction, DEVICES, what));
            keys.entry(row.id).or_default();
            continue;
        }
        let is_enrolled = check_enrolment(row, entries, report);
        if keys.insert(row.id, is_enrolled.then_some(row.key)).is_some() {
            let what = format!("the device {} stands there twice", row.id);
            report.add(Finding::new(Contradiction, DEVICES, what));
        }
    }
    report.counts.devices = keys.values().flatten().count() as u64;
    let erased = rows
        .iter()
        .filter(|row| entries.is_erased(row.enrolled))
        .map(|row| Subject::device(row.id));
    let mut statements = Statements::without(erased.collect());
    let mut names: BTreeMap<Id<Device>, &str> = BTreeMap::new();
    for row in &rows {
        if let Some(entry) = entries.get(row.enrolled) {
            names.insert(row.id, &entry.envelope.subject);
        }
    }
    let mut counters = BTreeMap::new();
    for (index, entry) in entries.iter() {
        if entry.envelope.kind != CHECKED_IN_KIND {
            continue;
        }
        let Some(body) = &entry.body else { continue };
        match check_statement(opened, &keys, body) {
            Ok(Some(check_in)) => {
                let statement = check_in.statement;
                if statement.collected_at.since(entry.envelope.at) > AHEAD {
                    let what = format!(
                        "the device is to have said it on {}, and it was recorded on {}",
                        statement.collected_at, entry.envelope.at
                    );
                    report.add(Finding::new(Contradiction, entry_path(index), what));
                }
                if names.get(&statement.device) != Some(&entry.envelope.subject.as_str()) {
                    let what = "it is recorded under another name than the computer's that speaks";
                    report.add(Finding::new(SplicedIn, entry_path(index), what));
                }
                let last = counters.insert(statement.device, statement.counter);
                if last.is_some_and(|last| statement.counter <= last) {
                    let what = "the device had counted further before: the statement is a replay, \
                                or two machines hold the device's key";
                    report.add(Finding::new(Replayed, entry_path(index), what));
                }
                statements.take(index, &statement, check_in.digests);
            }
            Ok(None) => {}
            Err((kind, what)) => report.add(Finding::new(kind, entry_path(index), what)),
        }
    }
    for row in &rows {
        let around = Around { keys: &keys, opened, entries };
        check_confirmations(row, &around, &mut statements, report);
        let log = names.get(&row.id).and_then(|name| register.devices.get(*name));
        if let Some(log) = log.filter(|_| row.revoked_at.is_none()) {
            let newest = log.check_ins.last().map(|(index, _)| *index);
            let is_erased = newest.is_some_and(|index| entries.is_erased(index));
            statements.stands(row.id, newest, log.confirmed, is_erased);
        } else if row.revoked_at.is_some() {
            statements.is_gone(row.id);
        }
    }
    statements
}

/// Holds the list of devices against those that the log enrols and sends away.
fn check_rows(rows: &[DeviceRow], entries: &Entries, register: &Register, report: &mut Report) {
    let by_entry: BTreeMap<u64, &DeviceRow> = rows.iter().map(|row| (row.enrolled, row)).collect();
    for log in register.devices.values() {
        for index in &log.enrolled {
            let Some(row) = by_entry.get(index) else {
                if entries.is_named(*index) {
                    let what = format!("the computer that entry {index} enrols is not in the list");
                    report.add(Finding::new(Removed, DEVICES, what));
                }
                continue;
            };
            let named = format!("device {} ({})", row.name, row.id);
            let names = log.confirmed.unwrap_or(*index);
            let name = entries.get(names).and_then(|entry| entry.body.as_ref());
            if let Some(name) = name.and_then(|body| text_of(body, "name"))
                && name != row.name
            {
                let what = format!("{named}: by entry {names} it is called {name}");
                report.add(Finding::new(Contradiction, DEVICES, what));
            }
            let what = match (log.revoked_at, row.revoked_at) {
                (None, Some(_)) => "it is said to be sent away, and no entry says so",
                (Some(_), None) => "the log says that it was sent away, the list does not",
                (Some(one), Some(other))
                    if one.since(other) > SLACK || other.since(one) > SLACK =>
                {
                    "it was sent away at another time than the list says"
                }
                _ => continue,
            };
            report.add(Finding::new(Contradiction, DEVICES, format!("{named}: {what}")));
        }
    }
}

/// Whether the entry that enrolled the device holds its key.
fn check_enrolment(row: &DeviceRow, entries: &Entries, report: &mut Report) -> bool {
    let device = format!("device {} ({})", row.name, row.id);
    let Some(entry) = entries.demand(row.enrolled, (DEVICES, &device), report) else {
        return false;
    };
    let fault = if entry.envelope.kind != ENROLLED_KIND {
        Some((Contradiction, "the entry named for its enrolment is of another kind"))
    } else if entry.is_left_out() {
        let what = "its enrolment is left out with the names in it, so that what it said cannot be checked";
        Some((Unshown, what))
    } else if entry.body.is_none() {
        let what = "its enrolment was erased, so that what it said cannot be checked";
        Some((Erased, what))
    } else {
        enrolment_fault(row, entry)
    };
    if let Some((kind, what)) = fault {
        report.add(Finding::new(kind, DEVICES, format!("{device}: {what}")));
    }
    fault.is_none()
}

fn enrolment_fault(row: &DeviceRow, entry: &OpenedEntry) -> Option<(FindingKind, &'static str)> {
    let body = entry.body.as_ref()?;
    if text_of(body, "device") != Some(&row.id.to_string()) {
        return Some((SplicedIn, "the entry named for its enrolment enrols another device"));
    }
    let key = body.get("key").cloned().map(serde_json::from_value::<DeviceKey>);
    if !matches!(key, Some(Ok(key)) if key == row.key) {
        return Some((UnknownKey, "its key is not the one it was enrolled with"));
    }
    row.key.verifying_key().is_none().then_some((BadSignature, "its key cannot verify anything"))
}

/// The statement in a body; none if nothing can be said of it because its device has no key.
fn check_statement(
    opened: &Opened,
    keys: &Keys,
    body: &Value,
) -> Result<Option<CheckedIn>, (FindingKind, String)> {
    let check_in = CheckedIn::deserialize(body)
        .map_err(|error| (Contradiction, format!("it holds no statement: {error}")))?;
    let statement = &check_in.statement;
    if !is_signed(opened, keys, statement, &check_in.signature)? {
        return Ok(None);
    }
    if facts_digest(&check_in.digests).ok() != Some(statement.facts) {
        let what = "its digests are not those that the device signed".to_owned();
        return Err((BadSignature, what));
    }
    Ok(Some(check_in))
}

/// Whether the device signed the statement; false if its key is not known, which was reported.
fn is_signed(
    opened: &Opened,
    keys: &Keys,
    statement: &Statement,
    signature: &DeviceSignature,
) -> Result<bool, (FindingKind, String)> {
    let device = statement.device;
    if statement.organisation != opened.manifest.heading.organisation {
        let what = format!("the statement was made for {}", statement.organisation);
        return Err((SplicedIn, what));
    }
    let Some(key) = keys.get(&device) else {
        let what = format!("the device {device} is not among the pack's devices");
        return Err((UnknownKey, what));
    };
    let Some(key) = key else { return Ok(false) };
    let verifies = key.verifying_key().is_some_and(|key| statement.is_signed_by(&key, signature));
    if verifies {
        Ok(true)
    } else {
        let what = format!("the device {device} did not sign the statement");
        Err((BadSignature, what))
    }
}

/// What confirmations are held against.
struct Around<'a> {
    keys: &'a Keys,
    opened: &'a Opened,
    entries: &'a Entries,
}

/// Whether an entry commits to a confirmation. Those of the last hour may still wait for theirs; the
/// manifest, which the entry `pack.created` commits to, holds them.
fn check_rolled_up(
    confirmation: &Confirmation,
    around: &Around<'_>,
) -> Result<(), (FindingKind, String)> {
    let at = confirmation.statement.collected_at;
    let Some(rolled_up) = &confirmation.rolled_up else {
        let made_at = around.opened.manifest.heading.made_at;
        if at.since(made_at) > AHEAD {
            let what =
                format!("it is to have confirmed something on {at}, after the pack was made");
            return Err((Contradiction, what));
        }
        if made_at.since(at) > ROLL_UP {
            let what = format!("no entry commits to what it confirmed on {at}");
            return Err((Unconfirmed, what));
        }
        return Ok(());
    };
    let index = rolled_up.entry;
    let entry = around.entries.get(index).filter(|entry| entry.envelope.kind == ROLLED_UP_KIND);
    let said = entry.and_then(|entry| {
        let body = entry.body.as_ref()?;
        let root = Hash::from_hex(text_of(body, "root")?).ok()?;
        Some((entry.envelope.at, (body.get("count")?.as_u64()?, root)))
    });
    let leaf = confirmation_hash(&confirmation.statement, &confirmation.signature);
    match said {
        Some((_, tree)) if !rolled_up.holds(&leaf, tree) => {
            let what = format!("entry {index} does not commit to what it confirmed on {at}");
            Err((NotProven, what))
        }
        Some((recorded_at, _)) if at.since(recorded_at) > AHEAD => {
            let what = format!(
                "it is to have confirmed something on {at}, to which entry {index} committed on \
                 {recorded_at}"
            );
            Err((Contradiction, what))
        }
        Some(_) => Ok(()),
        None => {
            let what =
                format!("entry {index}, named for what it confirmed on {at}, is none of that");
            Err((NotProven, what))
        }
    }
}

fn check_confirmations(
    row: &DeviceRow,
    around: &Around<'_>,
    statements: &mut Statements,
    report: &mut Report,
) {
    let named = |what: String| format!("device {} ({}): {what}", row.name, row.id);
    for confirmation in &row.confirmations {
        let statement = &confirmation.statement;
        let signed = if statement.device == row.id {
            is_signed(around.opened, around.keys, statement, &confirmation.signature)
        } else {
            let what = format!("a confirmation is {}'s", statement.device);
            Err((SplicedIn, what))
        };
        match signed {
            Ok(true) => {}
            Ok(false) => continue,
            Err((kind, what)) => {
                report.add(Finding::new(kind, DEVICES, named(what)));
                continue;
            }
        }
        if let Err((kind, what)) = check_rolled_up(confirmation, around) {
            report.add(Finding::new(kind, DEVICES, named(what)));
            continue;
        }
        // Of a device whose facts are not in the pack, there is nothing to confirm.
        if !statements.confirm(statement) && statements.has_any_of(row.id) {
            let what = named("it confirms facts that no entry of the pack holds".to_owned());
            report.add(Finding::new(Unconfirmed, DEVICES, what));
        }
    }
}
