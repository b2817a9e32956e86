//! Who this device is.

use super::Folder;
use crate::{AgentError, Surroundings};
use closedset_core::{
    Digest, Time,
    check_in::DeviceKey,
    id::{Device, Enrolment, Id, Organisation},
};
use serde::{Deserialize, Serialize};

const FILE: &str = "identity.json";
/// The version of the folder's form that this program writes and reads.
const FORM: u32 = 1;

/// Who this device is, and which server it reports to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The version of the folder's form.
    form: u32,
    /// The server: `https://host:port`.
    pub server: String,
    /// The SHA-256 of the server's key.
    pub pin: Digest,
    /// Where the device belongs.
    pub organisation: Id<Organisation>,
    /// The device.
    pub device: Id<Device>,
    /// The link that was used.
    pub enrolment: Id<Enrolment>,
    /// The name the computer gave itself.
    pub name: String,
    /// The device's public key.
    pub key: DeviceKey,
    /// When it was enrolled, by its own clock.
    pub enrolled_at: Time,
    /// Seconds between check-ins, as wanted when it was enrolled.
    pub every_s: i64,
    /// What tells the machine from others on which it was enrolled: a digest, never the machine's own
    /// id. None where the system did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    machine: Option<Digest>,
    /// The device that the computer was before; its folder has no use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<Id<Device>>,
}

/// What a fresh identity is made of, besides the server's answer.
pub(crate) struct IdentityParts {
    pub(crate) server: String,
    pub(crate) pin: Digest,
    pub(crate) name: String,
    pub(crate) key: DeviceKey,
    pub(crate) enrolled_at: Time,
    pub(crate) machine: Option<Digest>,
    pub(crate) replaces: Option<Id<Device>>,
}

impl Identity {
    /// The identity that the server's answer gives.
    pub(crate) fn new(
        parts: IdentityParts,
        answer: &closedset_core::check_in::EnrolAnswer,
    ) -> Self {
        Self {
            form: FORM,
            server: parts.server,
            pin: parts.pin,
            organisation: answer.organisation,
            device: answer.device,
            enrolment: answer.enrolment,
            name: parts.name,
            key: parts.key,
            enrolled_at: parts.enrolled_at,
            every_s: answer.every_s,
            machine: parts.machine,
            replaces: parts.replaces.filter(|old| *old != answer.device),
        }
    }

    /// The folder's identity; none if it has none.
    pub(crate) fn load(folder: &Folder) -> Result<Option<Self>, AgentError> {
        let identity: Option<Self> = folder.read_json(FILE)?;
        match identity {
            Some(identity) if identity.form != FORM => Err(folder.damaged(
                FILE,
                format!("its form is {}, this program reads form {FORM}", identity.form),
            )),
            other => Ok(other),
        }
    }

    /// Refuses the identity of another machine, as in a home folder that several share: two computers
    /// would speak as one.
    pub(crate) fn refuse_other_machine(
        &self,
        folder: &Folder,
        surroundings: &Surroundings,
    ) -> Result<(), AgentError> {
        if self.machine.is_none() || self.machine == surroundings.machine {
            return Ok(());
        }
        Err(AgentError::OtherMachine { folder: folder.path.clone(), name: self.name.clone() })
    }

    /// Removes the key and the queue of the device that the computer was before. If it fails, it is
    /// tried again when the folder is next opened.
    pub(crate) fn remove_replaced(&self, folder: &Folder) {
        let Some(old) = self.replaces else {
            return;
        };
        let path = folder.of_device(old).path;
        if let Err(error) = folder.disk.remove_folder(&path) {
            tracing::warn!(%error, path = %path.display(), "the earlier device's folder stays");
        }
    }

    /// Makes this the folder's identity.
    pub(crate) fn store(&self, folder: &Folder) -> Result<(), AgentError> {
        folder.write_json(FILE, self)
    }
}
