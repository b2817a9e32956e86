//! A computer without network: it takes the identity that the link foretells, and signs reports that
//! a person carries to the server.
//!
//! The server was never asked, so the file holds the request to be enrolled, every time: whichever
//! file arrives first enrols the computer. A counter is stored before it is signed with, as always:
//! one that stands in a file that was lost is never used again.

use crate::{
    Agent, AgentError, Applicant, Identity, Seen, Surroundings,
    agent::statement_of,
    collected::measure,
    disk::FolderLock,
    enrol::{REQUEST, keep, named, replaceable},
    schedule,
    state::{Folder, IdentityParts},
};
use closedset_core::{
    Secret,
    check_in::{CheckIn, DeviceKey, EnrolAnswer, EnrolRequest},
    link::{EnrolLink, device_of},
    report::HandReport,
};
use ed25519_dalek::SigningKey;
use std::{path::Path, sync::Arc};

/// Takes the identity that the link foretells and keeps it in the folder at `path`, without asking
/// the server. The same link may be used again from the same folder, and changes nothing then.
pub fn enrol_by_hand(
    link: &EnrolLink,
    path: &Path,
    applicant: &Applicant,
    surroundings: &Surroundings,
) -> Result<Identity, AgentError> {
    let name = named(applicant)?;
    let home = link.home.ok_or(AgentError::OldLink)?;
    let folder = Folder::new(path, Arc::clone(&surroundings.disk));
    folder.create()?;
    let _lock = FolderLock::take(path)
        .map_err(AgentError::disk("lock", path))?
        .ok_or_else(|| AgentError::Busy { folder: path.to_owned() })?;
    if let Ok(Some(known)) = Identity::load(&folder)
        && known.enrolment == home.enrolment
    {
        known.refuse_other_machine(&folder, surroundings)?;
        return Ok(known);
    }
    let earlier = replaceable(&folder, applicant.existing, surroundings)?;
    let device = folder.of_device(device_of(home.enrolment));
    // A try that broke off may have left a key, which nobody has seen yet.
    let seed = Secret::random(surroundings.randomness.as_ref());
    let key = SigningKey::from_bytes(seed.expose());
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
        &EnrolAnswer {
            enrolment: home.enrolment,
            organisation: home.organisation,
            device: device_of(home.enrolment),
            every_s: schedule::USUAL_S,
        },
    );
    device.create()?;
    let request = EnrolRequest::signed(link.token.to_token(), &key, name.to_owned());
    device.write_json(REQUEST, &request)?;
    keep(&folder, &identity, &seed)?;
    identity.remove_replaced(&folder);
    Ok(identity)
}

impl Agent {
    /// Signs what was seen, for a person to carry to the server.
    ///
    /// A folder in which statements wait for the network is not signed from: once the later one was
    /// handed in, the server would take those for somebody else's.
    pub fn sign_by_hand(&mut self, seen: Seen) -> Result<HandReport, AgentError> {
        self.refuse_if_revoked()?;
        if self.queue.first().is_some() {
            return Err(AgentError::Waiting { count: self.queue.len() });
        }
        let enrol: Option<EnrolRequest> = self.folder.read_json(REQUEST)?;
        let found = measure(seen, &self.key)?;
        let counter = self.counter.take(1)?;
        let statement = statement_of(&self.identity, counter, &found);
        Ok(HandReport {
            enrol,
            check_in: CheckIn {
                statement,
                signature: statement.sign(&self.key),
                digests: Some(found.digests),
                bodies: found.bodies,
            },
        })
    }
}
