//! The files: those that are embedded, and a facility's own with what can be wrong with them.

use crate::world::CATALOGUE;
use closedset_catalogue::{Catalogue, CatalogueFile, EvidenceRole, FILE_LIMIT};
use closedset_core::SubjectKind;
use std::path::Path;

const OWN: &str = r#"
[framework]
id = "house"
title = "House rules"
owner = "Us"
version = "1"
retrieved = 2026-11-01
source = "the kitchen wall"

[[control]]
id = "H-1"
area = "information"
verb = "should"
title = "Clocks are right"
requirement = "Clocks are right."
why = "Logs."
meet = ["Use a time server."]
tested = "By the agent."
assessor = ["The setting."]
evidence = "instead"
evidence_hint = "A photo."

[limits]
house_days = "3d"

[[check]]
id = "house-clock"
framework = "house"
control = "H-1"
title = "The clock follows a time server"
over = "device"
needs = ["time_sync"]
fresh_for = "2d"
pass = "time_sync.is_synchronised"
because = "'kept by ' + time_sync.by"
wanted = "The clock follows a time server."
version = 1
"#;

fn errors(text: &str) -> String {
    let file = CatalogueFile { name: "own.toml", text };
    match Catalogue::with(&[file]) {
        Ok(_) => panic!("it was let through"),
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn the_embedded_list_is_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let mut files = Vec::new();
    let mut folders: Vec<_> =
        ["frameworks", "checks", "releases"].map(|name| root.join(name)).into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path.strip_prefix(&root).unwrap().display().to_string());
            }
        }
    }
    files.sort();
    let mut embedded: Vec<_> = Catalogue::embedded_files()
        .map(|file| file.name.trim_start_matches("catalogue/").to_owned())
        .collect();
    embedded.sort();
    assert_eq!(embedded, files);
}

#[test]
fn the_minimum_has_33_controls_each_with_its_evidence_check() {
    let framework = CATALOGUE.framework("netflix-minimum").unwrap();
    assert_eq!(framework.controls.len(), 33);
    assert_eq!(framework.contacts.incidents.as_deref(), Some("vendorsecurity@netflix.com"));
    for control in &framework.controls {
        let check = CATALOGUE.check(&control.evidence_check()).unwrap();
        assert!(check.is_evidence && check.over == SubjectKind::Control);
        assert_eq!(check.control, control.id);
        assert_eq!(CATALOGUE.control(&control.id), Some(control));
    }
    let technical: Vec<_> = framework
        .controls
        .iter()
        .filter(|control| control.is_technical)
        .map(|control| control.id.as_str())
        .collect();
    assert_eq!(
        technical,
        ["IS-3", "IS-4", "IS-5", "IS-6", "IS-7", "IS-9", "IS-10", "IS-11", "IS-12", "IS-15"]
    );
}

#[test]
fn a_facility_adds_its_own() {
    let file = CatalogueFile { name: "own.toml", text: OWN };
    let catalogue = Catalogue::with(&[file]).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(catalogue.frameworks().len(), CATALOGUE.frameworks().len() + 1);
    let control = catalogue.control("H-1").unwrap();
    assert!(control.is_technical && control.evidence == EvidenceRole::Instead);
    assert_eq!(catalogue.checks_of("H-1").count(), 2);
}

#[test]
fn what_is_wrong_is_said_with_file_line_and_what_was_meant() {
    let spoil = |from: &str, to: &str| {
        assert!(OWN.contains(from), "{from}");
        errors(&OWN.replace(from, to))
    };
    let cases = [
        spoil("time_sync.is_synchronised", "time_sync.is_synchronized"),
        spoil("'kept by ' + time_sync.by", "'kept by ' + time_sync.is_synchronised"),
        spoil("needs = [\"time_sync\"]", "needs = [\"timesync\"]"),
        spoil("over = \"device\"", "over = \"devise\""),
        spoil("control = \"H-1\"", "control = \"H-2\""),
        spoil("framework = \"house\"", "framework = \"hose\""),
        spoil("fresh_for = \"2d\"", "fresh_for = \"2 days\""),
        spoil("fresh_for = \"2d\"", "fresh_for = \"0d\""),
        spoil("version = 1\n", "version = 0\n"),
        spoil("verb = \"should\"", "verb = \"shall\""),
        spoil("id = \"H-1\"", "id = \"AD-1\""),
        spoil("id = \"house-clock\"", "id = \"device-screen-lock\""),
        spoil("id = \"house-clock\"", "id = \"house-evidence\""),
        spoil("house_days = \"3d\"", "house_days = 1.5"),
        spoil("house_days = \"3d\"", "screen_lock_s = 60"),
        spoil("title = \"Clocks are right\"", "title = \"\""),
        spoil("wanted =", "wnted ="),
        spoil("version = 1\n", "version = 1\napplies = \"device.has_screen\"\n"),
        spoil(
            "version = 1\n",
            "version = 1\notherwise = \"x\"\napplies = \"time_sync.is_synchronised\"\n",
        ),
        spoil("version = 1\n", "version = 1\nmay_be_empty = { \"time_sync.x\" = \"why\" }\n"),
        spoil("needs = [\"time_sync\"]", "needs = [\"time_sync\", \"hardware\"]"),
        spoil("needs = [\"time_sync\"]", "needs = [\"time_sync\", \"evidence\"]"),
        spoil("retrieved = 2026-11-01", "retrieved = \"yesterday\""),
        spoil("[framework]", "[framework"),
        errors("[[control]]\n"),
        errors(&"#".repeat(FILE_LIMIT + 1)),
    ];
    insta::assert_snapshot!(cases.join("\n"));
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let both =
        OWN.replace("time_sync.by", "time_sync.buy").replace("verb = \"should\"", "verb = \"may\"");
    assert_eq!(errors(&both).lines().count(), 2, "{}", errors(&both));
}

#[test]
fn a_long_condition_is_pointed_into_by_line() {
    let text = OWN.replace(
        "pass = \"time_sync.is_synchronised\"",
        "pass = \"\"\"\ntime_sync.is_synchronised\n && time_sync.nonsense\"\"\"",
    );
    let line = 1 + text.lines().position(|line| line.contains("nonsense")).unwrap();
    assert!(errors(&text).contains(&format!("line {line}:")), "{}", errors(&text));
}

#[test]
fn a_broken_file_never_panics() {
    for cut in 0..OWN.len() {
        if let Some(text) = OWN.get(..cut) {
            let _ = Catalogue::of(&[CatalogueFile { name: "cut.toml", text }]);
        }
    }
}
