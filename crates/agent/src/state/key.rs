//! The device's private key (Ed25519, RFC 8032): 32 bytes in base64url, readable by its owner
//! alone; and the key of an enrolment that is under way.

use super::Folder;
use crate::AgentError;
use closedset_core::{Digest, Randomness, Secret};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

const FILE: &str = "key";
const PENDING: &str = "pending.json";

/// The key of the device whose folder this is.
pub(crate) fn load_key(folder: &Folder) -> Result<SigningKey, AgentError> {
    let path = folder.path.join(FILE);
    let Some(bytes) = folder.read(FILE)? else {
        return Err(folder.damaged(FILE, "it is gone"));
    };
    let exposure = folder.disk.exposure(&path);
    if let Some(bits) = exposure.map_err(AgentError::disk("look at", &path))? {
        return Err(AgentError::KeyExposed { path, bits });
    }
    let seed = std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| Secret::<32>::from_token(text.trim_end()))
        .ok_or_else(|| folder.damaged(FILE, "it holds no key"))?;
    Ok(SigningKey::from_bytes(seed.expose()))
}

/// Stores the key of the device whose folder this is.
pub(crate) fn store_key(folder: &Folder, seed: &Secret<32>) -> Result<(), AgentError> {
    folder.write(FILE, format!("{}\n", seed.to_token()).as_bytes())
}

/// The key of an enrolment whose answer has not come. It is stored before the server is asked, so
/// that a link whose answer was lost can be used again with the same key.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pending {
    /// The SHA-256 of the link's token.
    token: Digest,
    seed: String,
}

impl Pending {
    /// The key to enrol with: the one of an earlier try with the same token, else a fresh one.
    pub(crate) fn key_for(
        folder: &Folder,
        token: &Secret<32>,
        randomness: &dyn Randomness,
    ) -> Result<Secret<32>, AgentError> {
        let token = Digest::of(token.expose());
        // One that cannot be read is worth no more than none: a fresh key replaces it.
        let earlier: Option<Self> = folder.read_json(PENDING).unwrap_or_default();
        let seed = earlier
            .filter(|earlier| earlier.token == token)
            .and_then(|earlier| Secret::from_token(&earlier.seed));
        if let Some(seed) = seed {
            return Ok(seed);
        }
        let seed = Secret::random(randomness);
        let pending = Self { token, seed: seed.to_token() };
        folder.write_json(PENDING, &pending)?;
        Ok(seed)
    }

    /// Forgets the key: the enrolment has its answer.
    pub(crate) fn clear(folder: &Folder) -> Result<(), AgentError> {
        folder.remove(PENDING)
    }
}
