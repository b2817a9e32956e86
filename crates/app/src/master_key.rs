//! The installation's master key: seals secrets that lie in the database (AES-256-GCM, NIST SP
//! 800-38D, by aws-lc-rs).

use crate::Problem;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use closedset_core::{Randomness, Secret, randomness};

/// Seals and opens small secrets. What is sealed for one purpose does not open for another.
#[derive(Debug)]
pub struct MasterKey(LessSafeKey);

impl MasterKey {
    /// The key with these bytes.
    pub fn new(key: &Secret<32>) -> Self {
        let key =
            UnboundKey::new(&AES_256_GCM, key.expose()).expect("32 bytes are a key of AES-256");
        Self(LessSafeKey::new(key))
    }

    /// Seals `plain` for `purpose`: nonce and ciphertext.
    pub fn seal(
        &self,
        purpose: &str,
        plain: &[u8],
        randomness: &dyn Randomness,
    ) -> Result<Vec<u8>, Problem> {
        let nonce: [u8; NONCE_LEN] = randomness::bytes(randomness);
        let mut sealed = plain.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| Problem::Fault("a secret could not be sealed".into()))?;
        let mut bytes = nonce.to_vec();
        bytes.append(&mut sealed);
        Ok(bytes)
    }

    /// Opens what was sealed for `purpose`.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, Problem> {
        let refused = || {
            Problem::Fault("a sealed secret does not open: is this the right master key?".into())
        };
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(refused)?;
        let mut bytes = rest.to_vec();
        let plain = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(purpose.as_bytes()),
                &mut bytes,
            )
            .map_err(|_| refused())?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::randomness::Seeded;

    #[test]
    fn what_is_sealed_opens_only_unaltered_for_its_purpose_and_with_its_key() {
        let randomness = Seeded::new(3);
        let key = MasterKey::new(&Secret::random(&randomness));
        let mut sealed = key.seal("totp/a", b"secret", &randomness).unwrap();
        assert_eq!(key.open("totp/a", &sealed).unwrap(), b"secret");
        assert!(key.open("totp/b", &sealed).is_err());
        assert!(MasterKey::new(&Secret::random(&randomness)).open("totp/a", &sealed).is_err());
        sealed[20] ^= 1;
        assert!(key.open("totp/a", &sealed).is_err());
        assert!(key.open("totp/a", &sealed[..5]).is_err());
    }
}
