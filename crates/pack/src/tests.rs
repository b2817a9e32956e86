use crate::{FindingKind, VerifyOptions, sample::Sample, verify};
use std::io::Cursor;

#[test]
fn a_pack_that_nobody_touched_is_valid() {
    let mut sample = Sample::with_devices(3);
    let key = sample.log.key();
    let pack = sample.build().unwrap();
    let options = VerifyOptions {
        expected_key: Some(key),
        ..VerifyOptions::default()
    };
    let report = verify(Cursor::new(pack), &options).unwrap();
    assert_eq!(report.findings, []);
    assert!(report.is_valid());
    assert!(!report.has(FindingKind::Changed));
}
