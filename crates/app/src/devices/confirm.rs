//! What a person confirms about a device: the only fields by which a check may not concern it.

use crate::{App, Caller, Problem, assessment};
use closedset_core::{
    Action, Digest, Subject, Time,
    entry::Log,
    fact::{self, Body, FactRecord},
    id::{Device, Id},
};
use closedset_store::{
    NewEntry,
    devices::{self, DeviceRow},
    facts::FactRow,
};
use serde_json::json;

/// The source of the register's own fact about a device.
pub(crate) const REGISTER: &str = "closedset/register";

/// What a person says of a device.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// What it is called.
    pub name: String,
    /// A person can look at its screen.
    pub has_screen: bool,
    /// It leaves the building.
    pub is_portable: bool,
    /// Pre-release content is handled on it.
    pub handles_content: bool,
}

/// Writes down what a person confirms, and assesses the device anew.
pub async fn device_confirm(
    app: &App,
    caller: &Caller,
    id: Id<Device>,
    said: Confirmed,
) -> Result<(), Problem> {
    caller.require(Action::DeviceManage)?;
    let name = said.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 253 {
        return Err(Problem::field("name", "Give the device a name of at most 253 characters."));
    }
    let unit_app = app.clone();
    app.write_for(caller, Action::DeviceManage, move |tx, caller| {
        let mut device = devices::device_by_id(tx, id)?
            .filter(|device| device.organisation == caller.organisation)
            .ok_or(Problem::NotFound("device"))?;
        if device.revoked_at.is_some() {
            return Err(Problem::Conflict {
                code: "device.revoked",
                sentence: "This device was revoked.",
                remedy: "If it may come back, enrol it with a new link.",
            });
        }
        let now = tx.now();
        let catalogue = &*unit_app.catalogue_of(tx, caller.organisation)?;
        assessment::catch_up(tx, catalogue, caller.organisation, id, now)?;
        device.name = name.clone();
        device.has_screen = said.has_screen;
        device.is_portable = said.is_portable;
        device.handles_content = said.handles_content;
        device.confirmed_by = Some(caller.name.clone());
        device.confirmed_at = Some(now);
        devices::device_confirm(tx, &device)?;
        let subject = Subject::device(id);
        tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: subject.to_string(),
                kind: "device.confirmed",
                body: json!({
                    "device": id,
                    "name": device.name,
                    "has_screen": device.has_screen,
                    "is_portable": device.is_portable,
                    "handles_content": device.handles_content,
                }),
            },
        )?;
        let stated = vec![register_fact(&device, now)?];
        assessment::assess(tx, catalogue, caller.organisation, &subject, now, stated)
    })
    .await
}

/// The deriver `closedset/register`: the device's row as a fact.
pub(super) fn register_fact(device: &DeviceRow, now: Time) -> Result<FactRow, Problem> {
    let record = fact::device::Device {
        has_screen: device.has_screen,
        is_portable: device.is_portable,
        handles_content: device.handles_content,
    };
    let body = Body::read(&record, Vec::new())
        .and_then(|body| Ok(body.canonical()?))
        .map_err(|error| Problem::fault("a fact could not be written", error))?;
    Ok(FactRow {
        subject: Subject::device(device.id),
        kind: fact::device::Device::KIND.to_owned(),
        source: REGISTER.to_owned(),
        digest: Digest::of(&body),
        collected_at: now,
        entry: 0,
        body,
    })
}
