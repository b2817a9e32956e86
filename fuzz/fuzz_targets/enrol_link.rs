//! The link by which a computer is enrolled, and the other words of the core that are read from
//! text.

#![no_main]

use closedset_core::{Digest, Id, Subject, SubjectKind, Time, entry::Log, id, link::EnrolLink};
use libfuzzer_sys::fuzz_target;
use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

fuzz_target!(|text: &str| {
    reads_back::<EnrolLink>(text);
    reads_back::<Digest>(text);
    reads_back::<Id<id::Device>>(text);
    reads_back::<Log>(text);
    reads_back::<Subject>(text);
    reads_back::<Time>(text);
    let _ = text.parse::<SubjectKind>();
});

/// What is read is written so that it reads back the same.
fn reads_back<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let again = value.to_string().parse::<T>().ok();
        assert_eq!(Some(value), again);
    }
}
