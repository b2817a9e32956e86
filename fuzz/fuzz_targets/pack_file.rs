//! A pack of which one file was replaced, by somebody who makes checksums and manifest fit. The
//! first byte says which file, the rest is what stands there instead.

#![no_main]

use closedset_fuzz::{SAMPLE, archive, fix_manifest, options};
use closedset_pack::verify;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, content)) = bytes.split_first() else {
        return;
    };
    let mut files = SAMPLE.files.clone();
    let at = usize::from(*which) % files.len();
    files[at].1 = content.to_vec();
    fix_manifest(&mut files);
    let report = verify(Cursor::new(archive(&files)), &options()).expect("memory can be read");
    assert!(!report.is_valid() || files == SAMPLE.files, "altered, yet valid: {}", files[at].0);
});
