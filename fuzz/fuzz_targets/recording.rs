//! A recording of a computer, played through every probe: each answers with a body that fits its
//! kind.

#![no_main]

use closedset_core::{
    Time,
    fact::{Body, FactKind, kinds},
};
use closedset_probes::{CollectOptions, KINDS, RecordedHost, collect_one};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;

static SHAPES: LazyLock<Vec<FactKind>> = LazyLock::new(kinds);

fuzz_target!(|text: &str| {
    let Ok(host) = RecordedHost::from_json(text) else {
        return;
    };
    let options = CollectOptions {
        now: Time::from_millis(1_780_272_000_000),
        control_host: Some("server.studio.example:8443".to_owned()),
        skip: Vec::new(),
    };
    for name in KINDS {
        let body = collect_one(name, &host, &options).expect("every kind has a probe");
        let kind = SHAPES.iter().find(|kind| kind.name == name).expect("every kind has a shape");
        let value = Value::Object(body.fields().clone());
        Body::from_foreign(kind, value).expect("a probe's body fits its kind");
    }
});
