//! A pack from a stranger, byte by byte: nothing but the true one is valid under its log's key.

#![no_main]

use closedset_fuzz::{SAMPLE, options};
use closedset_pack::verify;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    let report = verify(Cursor::new(bytes), &options()).expect("memory can be read");
    assert!(!report.is_valid() || bytes == SAMPLE.bytes, "altered, yet valid");
});
