//! A check-in and the bodies of its facts, as a stranger may send them.

#![no_main]

use closedset_core::{
    check_in::{CheckIn, facts_digest},
    fact::{Body, FactKind, kinds},
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;

static KINDS: LazyLock<Vec<FactKind>> = LazyLock::new(kinds);

fuzz_target!(|bytes: &[u8]| {
    if let Ok(check_in) = serde_json::from_slice::<CheckIn>(bytes) {
        let _ = check_in.statement.signed_bytes();
        let _ = check_in.digests.as_ref().map(facts_digest);
        let again = serde_json::to_vec(&check_in).expect("what was read can be written");
        let again: CheckIn = serde_json::from_slice(&again).expect("what was written can be read");
        assert_eq!(check_in, again);
        for body in check_in.bodies.into_values() {
            as_every_kind(&Value::Object(body.fields().clone()));
        }
    }
    if let Ok(value) = serde_json::from_slice(bytes) {
        as_every_kind(&value);
    }
});

/// Whatever a kind accepts has canonical bytes, and those are accepted again.
fn as_every_kind(value: &Value) {
    for kind in KINDS.iter() {
        let Ok(body) = Body::from_foreign(kind, value.clone()) else {
            continue;
        };
        let _ = body.unread();
        let bytes = body.canonical().expect("an accepted body has a canonical form");
        let value = serde_json::from_slice(&bytes).expect("canonical bytes are JSON");
        let again = Body::from_foreign(kind, value).expect("an accepted body is accepted again");
        assert_eq!(body, again);
    }
}
