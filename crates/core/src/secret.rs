//! Bytes that must not be shown: no content in `Debug`, wiped when dropped, compared in constant
//! time.

use crate::{Randomness, randomness};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret of `N` bytes.
#[derive(Clone)]
pub struct Secret<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> Secret<N> {
    /// Takes over `bytes`.
    pub fn new(bytes: [u8; N]) -> Self {
        Self(Zeroizing::new(bytes))
    }
    /// Fresh random bytes.
    pub fn random(randomness: &dyn Randomness) -> Self {
        Self::new(randomness::bytes(randomness))
    }
    /// The bytes, for the one place that needs them.
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
    /// In base64url without padding, for a link or a cookie.
    pub fn to_token(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.expose())
    }
    /// From the text that [`Self::to_token`] made.
    pub fn from_token(token: &str) -> Option<Self> {
        use base64::Engine as _;
        let mut bytes = Zeroizing::new([0u8; N]);
        let length = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode_slice(token, &mut bytes[..])
            .ok()?;
        (length == N).then_some(Self(bytes))
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0[..]).into()
    }
}
impl<const N: usize> Eq for Secret<N> {}
impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({N} bytes)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content_and_tokens_read_back() {
        let secret = Secret::<32>::random(&randomness::Seeded::new(7));
        assert_eq!(format!("{secret:?}"), "Secret(32 bytes)");
        assert_eq!(Secret::from_token(&secret.to_token()), Some(secret));
        assert_eq!(Secret::<32>::from_token("AAAA"), None);
    }
}
