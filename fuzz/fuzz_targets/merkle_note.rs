//! Signed notes, checkpoints, proofs, tile paths and bundles. Each has one spelling.

#![no_main]

use closedset_fuzz::SAMPLE;
use closedset_merkle::{
    Checkpoint, Proof, SignedNote, SignerKey, TilePath, VerifierKey,
    tile::{decode_bundle, encode_bundle},
};
use libfuzzer_sys::fuzz_target;
use std::{str, sync::LazyLock};

/// The log of the sample pack, from which the seeds come.
static LOG: LazyLock<VerifierKey> =
    LazyLock::new(|| SAMPLE.key.parse().expect("the sample's key is a verifier key"));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = SignedNote::parse(bytes) {
        assert_eq!(bytes, note.to_string().as_bytes());
        let _ = Checkpoint::open_note(&note, &LOG, &[]);
    }
    let _ = Checkpoint::open(bytes, &LOG, std::slice::from_ref(&*LOG));
    if let Ok(proof) = Proof::parse(bytes) {
        let _ = proof.verify(bytes, &LOG);
    }
    if let Some((width, bundle)) = bytes.split_first() {
        let width = u16::from(*width) + 1;
        if let Ok(entries) = decode_bundle(bundle, width) {
            assert_eq!(entries.len(), usize::from(width));
            let again = encode_bundle(&entries).expect("what was read can be written");
            assert_eq!(bundle, again);
        }
    }
    if let Ok(text) = str::from_utf8(bytes) {
        let _ = Checkpoint::parse(text);
        if let Ok(path) = text.parse::<TilePath>() {
            assert_eq!(text, path.to_string());
        }
        if let Ok(key) = text.parse::<VerifierKey>() {
            assert_eq!(text, key.to_string());
        }
        let _ = SignerKey::from_text(text);
    }
});
