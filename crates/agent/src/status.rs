//! How things stand, read from the folder without disturbing an agent that runs.

use crate::{
    AgentError, Identity, QueueLimits, Refusal, Surroundings,
    disk::SystemDisk,
    schedule,
    state::{Counter, Dropped, Folder, Progress, Queue, Replays, Trouble},
};
use closedset_core::{
    Digest, Time,
    id::{Device, Enrolment, Id, Organisation},
};
use serde::Serialize;
use std::{path::Path, sync::Arc};

/// How things stand with an enrolled computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentStatus {
    /// The server it reports to.
    pub server: String,
    /// Where it belongs.
    pub organisation: Id<Organisation>,
    /// Who it is.
    pub device: Id<Device>,
    /// The link that was used.
    pub enrolment: Id<Enrolment>,
    /// What it called itself.
    pub name: String,
    /// When it was enrolled.
    pub enrolled_at: Time,
    /// The SHA-256 of its public key, to compare with the devices page.
    pub key_fingerprint: Digest,
    /// The highest number it has signed with.
    pub counter: i64,
    /// Seconds between check-ins.
    pub every_s: i64,
    /// When the server last took a statement.
    pub last_accepted_at: Option<Time>,
    /// The last statement's place in the ledger, if it has one.
    pub last_entry: Option<i64>,
    /// How many statements wait for delivery.
    pub queue_length: usize,
    /// How many bytes they take.
    pub queue_bytes: u64,
    /// What was lost since it was enrolled.
    pub dropped: Dropped,
    /// Signs that its key is used elsewhere.
    pub replays: Replays,
    /// Why it reports no more.
    pub revoked: Option<Refusal>,
    /// What stands in the way of delivery.
    pub trouble: Option<Trouble>,
}

/// Refuses a folder that holds another machine's identity; one without any is nobody's.
pub fn refuse_other_machine(path: &Path, surroundings: &Surroundings) -> Result<(), AgentError> {
    let folder = Folder::new(path, Arc::clone(&surroundings.disk));
    match Identity::load(&folder)? {
        Some(identity) => identity.refuse_other_machine(&folder, surroundings),
        None => Ok(()),
    }
}

/// How things stand with the computer whose folder this is.
pub fn status(path: &Path) -> Result<AgentStatus, AgentError> {
    let folder = Folder::new(path, Arc::new(SystemDisk));
    let identity = Identity::load(&folder)?
        .ok_or_else(|| AgentError::NotEnrolled { folder: path.to_owned() })?;
    let device = folder.of_device(identity.device);
    let progress = Progress::load(&device)?;
    let queue = Queue::open(&device, QueueLimits::default())?;
    let every_s = progress.every_s.unwrap_or(identity.every_s);
    Ok(AgentStatus {
        server: identity.server,
        organisation: identity.organisation,
        device: identity.device,
        enrolment: identity.enrolment,
        name: identity.name,
        enrolled_at: identity.enrolled_at,
        key_fingerprint: identity.key.fingerprint(),
        counter: Counter::load(&device)?.value(),
        every_s: schedule::every(every_s).seconds(),
        last_accepted_at: progress.accepted.as_ref().map(|accepted| accepted.at),
        last_entry: progress.accepted.and_then(|accepted| accepted.entry),
        queue_length: queue.len(),
        queue_bytes: queue.bytes(),
        dropped: progress.dropped,
        replays: progress.replays,
        revoked: progress.revoked,
        trouble: progress.trouble,
    })
}
