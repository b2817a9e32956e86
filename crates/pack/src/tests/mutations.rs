//! Whatever is done to the bytes, nothing panics, and nothing altered verifies.

use super::edit::check;
use crate::sample::Sample;
use proptest::prelude::*;
use std::sync::LazyLock;

static PACK: LazyLock<(Vec<u8>, String)> = LazyLock::new(|| {
    let mut sample = Sample::with_devices(1);
    let pack = sample.build().unwrap();
    (pack, sample.log.key())
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_bytes_are_no_pack(bytes: Vec<u8>) {
        prop_assert!(!check(&bytes, None).is_valid());
    }

    #[test]
    fn random_bytes_after_a_signature_are_no_pack(bytes: Vec<u8>, end: Vec<u8>) {
        let pack = [b"PK\x03\x04", &bytes[..], b"PK\x01\x02", &end[..], b"PK\x05\x06"].concat();
        prop_assert!(!check(&pack, None).is_valid());
    }

    #[test]
    fn an_altered_byte_anywhere_is_found(place: prop::sample::Index, bit in 0..8u8) {
        let (pack, key) = &*PACK;
        let mut pack = pack.clone();
        let at = place.index(pack.len());
        pack[at] ^= 1 << bit;
        prop_assert!(!check(&pack, Some(key)).is_valid(), "byte {}", at);
    }

    #[test]
    fn a_piece_cut_out_doubled_or_moved_is_found(
        from: prop::sample::Index, length in 1..5_000usize, to: prop::sample::Index, is_kept: bool,
    ) {
        let (pack, key) = &*PACK;
        let start = from.index(pack.len());
        let end = (start + length).min(pack.len());
        let piece = pack[start..end].to_vec();
        let mut altered = pack.clone();
        if !is_kept {
            altered.drain(start..end);
        }
        let at = to.index(altered.len());
        altered.splice(at..at, piece);
        prop_assume!(altered != *pack);
        prop_assert!(!check(&altered, Some(key)).is_valid());
    }

    #[test]
    fn a_pack_cut_anywhere_is_cut_off(place: prop::sample::Index) {
        let (pack, key) = &*PACK;
        let length = 1 + place.index(pack.len() - 1);
        prop_assume!(length < pack.len());
        let report = check(&pack[..length], Some(key));
        prop_assert!(report.has(crate::FindingKind::CutOff), "{}: {:?}", length, report.findings);
    }
}
