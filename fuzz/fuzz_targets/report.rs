//! The file with a computer's report, as anybody may hand one in.

#![no_main]

use closedset_core::{
    check_in::facts_digest,
    report::{HandReport, REPORT_LIMIT},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(report) = HandReport::read(bytes) else { return };
    assert!(bytes.len() <= REPORT_LIMIT);
    let digests = report.check_in.digests.as_ref().expect("a report names every fact");
    assert!(digests.keys().eq(report.check_in.bodies.keys()), "and holds every one");
    let _ = facts_digest(digests);
    let _ = report.enrol.as_ref().map(|enrol| enrol.is_signed());
    let again = report.write().expect("what was read can be written");
    if again.len() <= REPORT_LIMIT {
        assert_eq!(HandReport::read(&again).expect("what was written can be read"), report);
    }
});
