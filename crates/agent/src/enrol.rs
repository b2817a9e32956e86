//! Enrolment: a one-time link becomes an identity.
//!
//! The server's key is pinned before the first byte goes out; the device's key is made here and
//! never leaves. The one write of the identity, at the end, is what makes the computer enrolled.

use crate::{
    AgentError, Identity, Refusal, Surroundings,
    disk::FolderLock,
    state::{Counter, Folder, IdentityParts, Pending, Progress, Queue, store_key},
    transport::{Answer, TransportError},
};
use closedset_core::{
    Secret,
    check_in::{DeviceKey, EnrolAnswer, EnrolRequest},
    link::{EnrolLink, device_of},
};
use ed25519_dalek::SigningKey;
use std::{path::Path, sync::Arc};

/// The request of a computer that was enrolled by hand, beside its key.
pub(crate) const REQUEST: &str = "enrol.json";
const PATH: &str = "/api/v1/agent/enrol";
/// The longest name of a computer, in characters.
const NAME_LIMIT: usize = 253;

/// Who asks to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// What the computer calls itself.
    pub name: String,
    /// What becomes of an identity that the folder holds already.
    pub existing: Existing,
}

/// What becomes of an identity that the folder holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and enrolment is refused, unless it was revoked.
    Keep,
    /// It goes, with its key and what waits for delivery, once the new one stands.
    Replace,
}

/// Enrols this computer with the link's server and keeps the identity in the folder at `path`.
///
/// A link whose answer was lost on the way can be used again from the same folder: the request then
/// bears the same key.
pub fn enrol(
    link: &EnrolLink,
    path: &Path,
    applicant: &Applicant,
    surroundings: &Surroundings,
) -> Result<Identity, AgentError> {
    let name = named(applicant)?;
    let folder = Folder::new(path, Arc::clone(&surroundings.disk));
    folder.create()?;
    let _lock = FolderLock::take(path)
        .map_err(AgentError::disk("lock", path))?
        .ok_or_else(|| AgentError::Busy { folder: path.to_owned() })?;
    let earlier = replaceable(&folder, applicant.existing, surroundings)?;
    let transport = surroundings.connect.connect(&link.server, &link.pin)?;
    let seed = Pending::key_for(&folder, &link.token, surroundings.randomness.as_ref())?;
    let key = SigningKey::from_bytes(seed.expose());
    let request = EnrolRequest::signed(link.token.to_token(), &key, name.to_owned());
    let body =
        serde_json::to_vec(&request).map_err(closedset_core::canonical::CanonicalError::Json)?;
    let answer = read(&folder, &link.server, &transport.post(PATH, &body)?)?;
    hold_against(link, &answer)?;
    let identity = Identity::new(
        IdentityParts {
            server: link.server.clone(),
            pin: link.pin,
            name: name.to_owned(),
            key: DeviceKey(key.verifying_key().to_bytes()),
            enrolled_at: surroundings.clock.now(),
            machine: surroundings.machine,
            replaces: earlier.map(|earlier| earlier.device),
        },
        &answer,
    );
    // An earlier request by hand with the same link bears another key.
    folder.of_device(identity.device).remove(REQUEST)?;
    keep(&folder, &identity, &seed)?;
    identity.remove_replaced(&folder);
    Ok(identity)
}

/// Refuses an answer that is not what the link foretold, and so what a person agreed to.
fn hold_against(link: &EnrolLink, answer: &EnrolAnswer) -> Result<(), AgentError> {
    let is_foretold = link.home.is_none_or(|home| {
        answer.organisation == home.organisation
            && answer.enrolment == home.enrolment
            && answer.device == device_of(home.enrolment)
    });
    if is_foretold {
        return Ok(());
    }
    Err(AgentError::Transport(TransportError::Garbled {
        server: link.server.clone(),
        what: "it enrols as something else than the link says".to_owned(),
    }))
}

/// What the applicant is called.
pub(crate) fn named(applicant: &Applicant) -> Result<&str, AgentError> {
    let name = applicant.name.trim();
    if name.is_empty() || name.chars().count() > NAME_LIMIT {
        return Err(AgentError::Name);
    }
    Ok(name)
}

/// The identity that would be replaced, if there is one and it may be.
pub(crate) fn replaceable(
    folder: &Folder,
    existing: Existing,
    surroundings: &Surroundings,
) -> Result<Option<Identity>, AgentError> {
    let earlier = match Identity::load(folder) {
        // What cannot be read is there to be replaced, if the caller says so.
        Err(AgentError::Damaged { .. }) if existing == Existing::Replace => return Ok(None),
        other => other?,
    };
    let Some(identity) = earlier else {
        return Ok(None);
    };
    let is_revoked = Progress::load(&folder.of_device(identity.device))?.revoked.is_some();
    if existing == Existing::Replace || is_revoked {
        return Ok(Some(identity));
    }
    identity.refuse_other_machine(folder, surroundings)?;
    Err(AgentError::AlreadyEnrolled {
        device: identity.device.to_string(),
        server: identity.server,
    })
}

fn read(folder: &Folder, server: &str, answer: &Answer) -> Result<EnrolAnswer, AgentError> {
    if answer.status == 200 {
        return serde_json::from_slice(&answer.body).map_err(|error| {
            AgentError::Transport(TransportError::Garbled {
                server: server.to_owned(),
                what: error.to_string(),
            })
        });
    }
    let refusal = Refusal::read(answer);
    // A refusal is final for this link; a server that is busy may take it later.
    if (400..500).contains(&refusal.status) && refusal.status != 429 {
        Pending::clear(folder)?;
    }
    Err(AgentError::Refused(refusal))
}

/// Everything of the new device first, then the identity that names it.
pub(crate) fn keep(
    folder: &Folder,
    identity: &Identity,
    seed: &Secret<32>,
) -> Result<(), AgentError> {
    let device = folder.of_device(identity.device);
    device.create()?;
    store_key(&device, seed)?;
    Counter::begin(&device)?;
    Queue::begin(&device)?;
    identity.store(folder)?;
    Pending::clear(folder)
}
