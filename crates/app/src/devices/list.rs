//! Devices as the pages and the API show them.

use super::hand_in::HANDED_IN;
use crate::{App, Caller, Problem, assessment::body, present::moment};
use closedset_catalogue::{Fitting, SourcedFact, SubjectFacts};
use closedset_core::{
    Action, Duration, Status, Subject, Time,
    entry::Log,
    id::{Device, Exception, Id, Organisation},
};
use closedset_store::{
    Tx,
    devices::{self, DeviceRow, DeviceStateRow},
    exceptions::{self, ExceptionRow},
    facts::{self, FactRow},
    ledger::{self, EntryRow},
    verdicts::{self, VerdictRow},
};
use std::collections::BTreeMap;

/// A device in a list.
#[derive(Debug, Clone)]
pub struct DeviceSummary {
    /// The device.
    pub device: DeviceRow,
    /// Where it stands.
    pub state: DeviceStateRow,
    /// The operating system's name, once known.
    pub system: Option<String>,
    /// How many verdicts of each status.
    pub counts: BTreeMap<Status, i64>,
}

/// The devices after `after`, oldest first, and whether there are more.
pub async fn device_list(
    app: &App,
    caller: &Caller,
    after: Option<Id<Device>>,
    limit: i64,
) -> Result<(Vec<DeviceSummary>, bool), Problem> {
    caller.require(Action::DeviceRead)?;
    let organisation = caller.organisation;
    let limit = limit.clamp(1, 200);
    app.store()
        .read(move |tx| {
            let mut rows = devices::device_list(tx, organisation, after, limit + 1)?;
            let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let mut counts: BTreeMap<String, BTreeMap<Status, i64>> = BTreeMap::new();
            if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
                let (first, last) = (Subject::device(first.id), Subject::device(last.id));
                for (subject, status, count) in
                    verdicts::verdict_counts_of_subjects(tx, organisation, &first, &last)?
                {
                    counts.entry(subject.id).or_default().insert(status, count);
                }
            }
            let mut summaries = Vec::with_capacity(rows.len());
            for device in rows {
                let subject = Subject::device(device.id);
                let system = facts::fact_one(
                    tx,
                    organisation,
                    &subject,
                    "operating_system",
                    super::check_in::AGENT,
                )?
                .and_then(|fact| serde_json::from_slice::<serde_json::Value>(&fact.body).ok())
                .and_then(|body| {
                    body.get("name").and_then(|name| name.as_str().map(str::to_owned))
                });
                let state =
                    devices::device_state(tx, device.id)?.ok_or(Problem::NotFound("device"))?;
                let counts = counts.remove(&device.id.to_string()).unwrap_or_default();
                summaries.push(DeviceSummary { device, state, system, counts });
            }
            Ok((summaries, more))
        })
        .await
}

/// Everything about one device.
#[derive(Debug, Clone)]
pub struct DeviceDetail {
    /// The device.
    pub device: DeviceRow,
    /// Where it stands.
    pub state: DeviceStateRow,
    /// Its facts.
    pub facts: Vec<FactRow>,
    /// Its verdicts in force.
    pub verdicts: Vec<VerdictRow>,
    /// The exceptions that cover some of them.
    pub exceptions: BTreeMap<Id<Exception>, ExceptionRow>,
    /// What its verdicts were, newest first.
    pub history: Vec<VerdictRow>,
    /// What the ledger says of it, newest first.
    pub entries: Vec<EntryRow>,
    /// Of entries that say that a report was handed in: how many before it were signed and never came,
    /// where any were. By the entry's number.
    pub skipped: BTreeMap<i64, i64>,
}

impl DeviceDetail {
    /// What it is like, as far as the commands that mend a check differ by it.
    pub fn fitting(&self) -> Fitting {
        let mut known = SubjectFacts::new();
        for fact in &self.facts {
            if let Ok(body) = body(&fact.body) {
                let sourced = SourcedFact::new(&fact.source, body, fact.digest, fact.collected_at);
                known.put(&fact.kind, sourced);
            }
        }
        Fitting::of(&known)
    }
}

/// One device with its facts, verdicts and history.
pub async fn device_detail(
    app: &App,
    caller: &Caller,
    id: Id<Device>,
) -> Result<DeviceDetail, Problem> {
    device_at(app, caller, id, None).await
}

/// One device as it stood at a time of the past: its verdicts then and their history before. What it
/// said and what a person confirmed then is in the ledger: `facts` and `entries` are empty, and the
/// device's name, what is confirmed of it and its `state` are those of now. Of one that was not
/// enrolled yet nothing was in force.
pub async fn device_detail_as_of(
    app: &App,
    caller: &Caller,
    id: Id<Device>,
    at: Time,
) -> Result<DeviceDetail, Problem> {
    device_at(app, caller, id, Some(at)).await
}

async fn device_at(
    app: &App,
    caller: &Caller,
    id: Id<Device>,
    at: Option<Time>,
) -> Result<DeviceDetail, Problem> {
    caller.require(Action::DeviceRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let until = moment(tx, organisation, at)?;
            let year = (until - Duration::from_days(366), until);
            let mut device = devices::device_by_id(tx, id)?
                .filter(|device| device.organisation == organisation)
                .ok_or(Problem::NotFound("device"))?;
            if let Some(at) = at {
                device.revoked_at = device.revoked_at.filter(|revoked_at| *revoked_at <= at);
            }
            let subject = Subject::device(id);
            let mut detail = DeviceDetail {
                state: devices::device_state(tx, id)?.ok_or(Problem::NotFound("device"))?,
                facts: Vec::new(),
                verdicts: Vec::new(),
                exceptions: BTreeMap::new(),
                history: verdicts::verdict_history(tx, organisation, &subject, year, 100)?,
                entries: Vec::new(),
                skipped: BTreeMap::new(),
                device,
            };
            if let Some(at) = at {
                detail.verdicts = verdicts::verdict_list_as_of(tx, organisation, &subject, at)?;
                detail.exceptions = covering(tx, organisation, &detail.verdicts)?;
                return Ok(detail);
            }
            detail.facts = facts::fact_list(tx, organisation, &subject)?;
            detail.verdicts = verdicts::verdict_list(tx, organisation, &subject)?;
            detail.exceptions = covering(tx, organisation, &detail.verdicts)?;
            detail.entries = ledger::entries_of_subject(
                tx,
                Log::Organisation(organisation),
                &subject.to_string(),
                None,
                50,
            )?;
            detail.skipped = skipped(tx, organisation, &detail.entries)?;
            Ok(detail)
        })
        .await
}

/// What entries about reports by hand say of numbers that never came.
fn skipped(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    entries: &[EntryRow],
) -> Result<BTreeMap<i64, i64>, Problem> {
    let mut skipped = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.kind == HANDED_IN) {
        let log = Log::Organisation(organisation);
        // An erased body says nothing.
        let Some(body) = ledger::entry_body_at(tx, log, entry.index)? else { continue };
        let body: serde_json::Value = serde_json::from_slice(&body.body).unwrap_or_default();
        if let Some(count) = body["skipped"].as_i64().filter(|count| *count > 0) {
            skipped.insert(entry.index, count);
        }
    }
    Ok(skipped)
}

/// The exceptions that cover these verdicts.
fn covering(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    verdicts: &[VerdictRow],
) -> Result<BTreeMap<Id<Exception>, ExceptionRow>, Problem> {
    let mut covering = BTreeMap::new();
    for id in verdicts.iter().filter_map(|row| Some(row.excepted?.exception)) {
        if let Some(row) = exceptions::exception_by_id(tx, organisation, id)? {
            covering.insert(id, row);
        }
    }
    Ok(covering)
}
