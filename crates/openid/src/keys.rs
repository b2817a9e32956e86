//! A provider's public keys (RFC 7517), those by which tokens are believed here.

use crate::Failed;
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

/// More keys are not looked at.
const LIMIT: usize = 64;

/// A provider's keys.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<Key>);

#[derive(Debug, Clone)]
struct Key {
    name: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl Keys {
    /// Reads a set of keys; those of kinds that are not believed here are passed over.
    pub fn read(bytes: &[u8]) -> Result<Self, Failed> {
        let document: Document = serde_json::from_slice(bytes)
            .map_err(|_| Failed::odd("the address of its keys holds no keys"))?;
        let keys = document.keys.into_iter().take(LIMIT);
        Ok(Self(keys.filter_map(|one| key(serde_json::from_value(one).ok()?)).collect()))
    }

    /// The keys that may have signed what names this algorithm, and this key where it names one.
    pub(crate) fn of<'k>(
        &'k self,
        algorithm: Algorithm,
        name: Option<&'k str>,
    ) -> impl Iterator<Item = &'k DecodingKey> {
        self.0
            .iter()
            .filter(move |key| key.algorithm == algorithm)
            .filter(move |key| name.is_none() || key.name.as_deref() == name)
            .map(|key| &key.key)
    }
}

/// The key, with the one algorithm that it is used for here: what a token says of its algorithm does
/// not choose what a key is taken for.
fn key(jwk: Jwk) -> Option<Key> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(own) if own.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        AlgorithmParameters::OctetKeyPair(own) if own.curve == EllipticCurve::Ed25519 => {
            Algorithm::EdDSA
        }
        _ => return None,
    };
    let is_for_signing =
        jwk.common.public_key_use.as_ref().is_none_or(|own| *own == PublicKeyUse::Signature);
    let named = match jwk.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::RS256) => algorithm == Algorithm::RS256,
        Some(KeyAlgorithm::ES256) => algorithm == Algorithm::ES256,
        Some(KeyAlgorithm::EdDSA) => algorithm == Algorithm::EdDSA,
        Some(_) => false,
    };
    if !is_for_signing || !named {
        return None;
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some(Key { name: jwk.common.key_id, algorithm, key })
}
