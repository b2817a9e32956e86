//! From a recorded computer to verdicts: what the catalogue says of what the probes say.

use crate::{assert_fits, now};
use closedset_catalogue::{Catalogue, SourcedFact, SubjectFacts};
use closedset_core::{
    Status, SubjectKind, Verdict,
    fact::{
        Body, FactRecord,
        device::{Device, OperatingSystem},
    },
};
use closedset_probes::{CollectOptions, HostError, KINDS, RecordedHost, collect};
use std::{collections::BTreeMap, sync::LazyLock};

pub static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::embedded().unwrap_or_else(|errors| panic!("{errors}")));

/// The recording of that name.
pub fn recorded(name: &str) -> RecordedHost {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    RecordedHost::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn bodies(host: &RecordedHost) -> BTreeMap<String, Body> {
    let options = CollectOptions {
        now: now(),
        control_host: Some("server.studio.example:8443".into()),
        skip: Vec::new(),
    };
    let bodies = collect(host, &options);
    assert_eq!(bodies.len(), KINDS.len());
    for (kind, body) in &bodies {
        assert_fits(kind, body);
    }
    bodies
}

/// What every check about a device says, of a portable computer with a screen on which content is
/// handled.
pub fn verdicts(host: &RecordedHost) -> BTreeMap<String, Verdict> {
    let mut facts = SubjectFacts::new();
    let mut put = |kind: &str, body: Body| {
        let digest = body.digest().unwrap();
        facts.put(kind, SourcedFact::new("agent", body, digest, now()));
    };
    for (kind, body) in bodies(host) {
        put(&kind, body);
    }
    let device = Device { has_screen: true, is_portable: true, handles_content: true };
    put(Device::KIND, Body::read(&device, Vec::new()).unwrap());
    for fact in CATALOGUE.derive(&facts, now()).unwrap() {
        let digest = fact.body.digest().unwrap();
        facts.put(fact.kind, SourcedFact::new(fact.source, fact.body, digest, now()));
    }
    CATALOGUE
        .checks()
        .iter()
        .filter(|check| check.over == SubjectKind::Device && !check.is_evidence)
        .map(|check| (check.id.clone(), CATALOGUE.assess(check, &facts, now())))
        .collect()
}

/// The verdicts as lines, to be read by whoever reviews them.
pub fn said(host: &RecordedHost) -> String {
    let system: Option<OperatingSystem> = bodies(host)[OperatingSystem::KIND].record();
    let mut said = format!("{}\n", system.map(|system| system.name).unwrap_or_default());
    for (check, verdict) in verdicts(host) {
        said += &format!("{check}\n  {}: {}\n", verdict.status, verdict.because);
    }
    said
}

pub fn status(host: &RecordedHost, check: &str) -> Status {
    verdicts(host)[check].status
}

pub type Spoil = fn(RecordedHost, &str) -> RecordedHost;

/// The ways in which a command can come to say nothing.
pub fn spoilings() -> [(&'static str, Spoil); 9] {
    [
        ("not there", |host, command| host.command_error(command, HostError::NotFound)),
        ("not recorded", |host, command| host.command_error(command, HostError::NotRecorded)),
        ("forbidden", |host, command| host.command_error(command, HostError::PermissionDenied)),
        ("too slow", |host, command| host.command_error(command, HostError::TimedOut)),
        ("too much", |host, command| host.command_error(command, HostError::TooLarge { limit: 1 })),
        ("refused", |host, command| host.command_refused(command, 1, "Operation not permitted")),
        ("silent", |host, command| host.command(command, "")),
        ("another language", |host, command| {
            host.command(command, "Der Vorgang ist fehlgeschlagen.\n")
        }),
        ("bytes", |host, command| host.command(command, [0xff, 0xfe, 0, 0x80, b'{', b'<'])),
    ]
}
