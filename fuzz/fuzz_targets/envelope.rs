//! The leaf of a ledger: only its one spelling is taken.

#![no_main]

use closedset_core::{canonical, entry::Envelope};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = canonical::from_slice(bytes) {
        let again = canonical::to_vec(&value).expect("a canonical value can be written");
        assert_eq!(bytes, again);
    }
    if let Ok(envelope) = Envelope::from_canonical(bytes) {
        let again = envelope.canonical().expect("an envelope can be written");
        assert_eq!(bytes, again);
    }
});
