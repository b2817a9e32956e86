//! Sending a device away: it is refused from now on, and its verdicts end.

use crate::{App, Caller, Problem, assessment};
use closedset_core::{
    Action, Subject,
    entry::Log,
    id::{Device, Id},
};
use closedset_store::{NewEntry, devices};
use serde_json::json;

/// Revokes a device. Its facts and history stay.
pub async fn device_revoke(
    app: &App,
    caller: &Caller,
    id: Id<Device>,
    reason: &str,
) -> Result<(), Problem> {
    caller.require(Action::DeviceManage)?;
    let reason: String = reason.trim().chars().take(500).collect();
    let unit_app = app.clone();
    app.write_for(caller, Action::DeviceManage, move |tx, caller| {
        devices::device_by_id(tx, id)?
            .filter(|device| device.organisation == caller.organisation)
            .ok_or(Problem::NotFound("device"))?;
        let (organisation, now) = (caller.organisation, tx.now());
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        assessment::catch_up(tx, &catalogue, organisation, id, now)?;
        if !devices::device_revoke(tx, id)? {
            return Err(Problem::Conflict {
                code: "device.revoked",
                sentence: "This device was revoked before.",
                remedy: "Nothing more is needed.",
            });
        }
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: Subject::device(id).to_string(),
                kind: "device.revoked",
                body: json!({"device": id, "reason": reason}),
            },
        )?;
        assessment::end_device(tx, organisation, id)
    })
    .await
}
