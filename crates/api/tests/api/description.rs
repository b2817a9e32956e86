//! The description of the API.

use crate::{
    calls::operations,
    world::{World, get},
};
use closedset_core::{
    Digest, Time,
    check_in::{
        CheckIn, CheckInAnswer, DeviceKey, DeviceSignature, EnrolAnswer, EnrolRequest, Outcome,
        Statement,
    },
    fact::Body,
    id::Id,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn the_routes_and_their_statuses_are_as_reviewed() {
    let line = |operation: &crate::calls::Operation| {
        format!("{:6} {:45} {}\n", operation.method, operation.path, operation.statuses.join(" "))
    };
    insta::assert_snapshot!(operations().iter().map(line).collect::<String>());
}

#[test]
fn every_operation_is_described_whole() {
    let description = serde_json::to_value(closedset_api::openapi()).unwrap();
    let mut ids = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} names two operations");
            assert!(
                operation["summary"].as_str().is_some_and(|text| text.len() > 5),
                "{method} {path}"
            );
            let named: Vec<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            let wanted: Vec<&str> = path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                .collect();
            assert_eq!(named, wanted, "{method} {path}");
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let is_problem = answer["content"]["application/problem+json"].is_object();
                assert_eq!(is_problem, status.as_str() >= "400", "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let description = serde_json::to_value(closedset_api::openapi()).unwrap();
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_description_is_served_to_everybody() {
    let world = World::new().await;
    let answer = world.ask(get("/api/v1/openapi.json")).await.well();
    assert_eq!(answer.json(), serde_json::to_value(closedset_api::openapi()).unwrap());
}

#[test]
fn what_agents_say_and_are_told_has_the_fields_that_are_described() {
    let statement = Statement {
        organisation: Id::from_bits(1),
        device: Id::from_bits(2),
        counter: 3,
        collected_at: Time::from_millis(4_000),
        facts: Digest::of(b"facts"),
    };
    let check_in = CheckIn {
        statement,
        signature: DeviceSignature([5; 64]),
        digests: Some(BTreeMap::new()),
        bodies: BTreeMap::from([("wireless".into(), Body::unreadable("no such program"))]),
    };
    let request = EnrolRequest {
        token: "t".into(),
        key: DeviceKey([6; 32]),
        signature: DeviceSignature([7; 64]),
        name: "suite".into(),
    };
    let enrolled = EnrolAnswer {
        enrolment: Id::from_bits(1),
        organisation: Id::from_bits(1),
        device: Id::from_bits(2),
        every_s: 300,
    };
    let taken = CheckInAnswer { outcome: Outcome::SendAll, entry: Some(8), next_in_s: 300 };
    let schemas = &serde_json::to_value(closedset_api::openapi()).unwrap()["components"]["schemas"];
    for (name, said) in [
        ("Statement", serde_json::to_value(statement)),
        ("CheckIn", serde_json::to_value(check_in)),
        ("EnrolRequest", serde_json::to_value(request)),
        ("EnrolAnswer", serde_json::to_value(enrolled)),
        ("CheckInAnswer", serde_json::to_value(taken)),
    ] {
        let said = said.unwrap();
        let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(&said), fields(&schemas[name]["properties"]), "{name}");
    }
    let words = schemas["CheckInAnswer"]["properties"]["outcome"]["enum"].as_array().unwrap();
    for outcome in [Outcome::Changed, Outcome::Confirmed, Outcome::Repeated, Outcome::SendAll] {
        assert!(words.contains(&serde_json::to_value(outcome).unwrap()), "{outcome:?}");
    }
}

/// Two bodies of one name would be described as one of them.
#[test]
fn no_two_bodies_have_the_same_name() {
    fn walk(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, names);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for described in text.split("ToSchema").skip(1) {
                let (_, after) = described.split_once(")]").unwrap_or_default();
                let words = after.lines().find(|line| {
                    let line = line.trim_start_matches("pub").trim_start_matches("(crate)").trim();
                    line.starts_with("struct ") || line.starts_with("enum ")
                });
                names.extend(words.map(|line| {
                    let (_, named) =
                        line.split_once("struct ").or(line.split_once("enum ")).unwrap();
                    named.split(['{', '(', '<', ';', ' ']).next().unwrap_or_default().to_owned()
                }));
            }
        }
    }
    let mut names = Vec::new();
    walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
    let all: BTreeSet<&String> = names.iter().collect();
    assert!(all.len() > 60, "{} are found", all.len());
    let twice: Vec<&&String> =
        all.iter().filter(|name| names.iter().filter(|one| *one == **name).count() > 1).collect();
    assert_eq!(twice, Vec::<&&String>::new());
}
