//! The input as the condition and as the wording of a check, and as a whole catalogue file. Whatever
//! is accepted is also assessed.

#![no_main]

use closedset_catalogue::{Catalogue, CatalogueFile, SubjectFacts};
use closedset_core::{
    SubjectKind, Time,
    fact::{FactKind, kinds},
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static KINDS: LazyLock<Vec<FactKind>> = LazyLock::new(kinds);
const NOW: Time = Time::from_millis(1_780_272_000_000);

const FRAMEWORK: CatalogueFile<'static> = CatalogueFile {
    name: "framework.toml",
    text: r#"
[framework]
id = "own"
title = "Own"
owner = "Nobody"
version = "1"
retrieved = 2026-01-01
source = "Made up."

[[control]]
id = "OW-1"
area = "information"
verb = "must"
title = "One"
requirement = "One."
why = "One."
meet = ["One."]
tested = "One."
assessor = ["One."]
evidence = "also"
evidence_hint = "One."

[limits]
minutes = 15
"#,
};

fuzz_target!(|text: &str| {
    read(&[CatalogueFile { name: "own.toml", text }]);
    read(&[FRAMEWORK, CatalogueFile { name: "own.toml", text }]);
    // Only what the condition names may stand in `needs`.
    let needs: Vec<&str> = KINDS
        .iter()
        .filter(|kind| kind.subject == SubjectKind::Device && text.contains(kind.name))
        .map(|kind| kind.name)
        .take(4)
        .collect();
    if let Some(first) = needs.first() {
        let condition = check(&needs, text, "'said'");
        read(&[FRAMEWORK, CatalogueFile { name: "check.toml", text: &condition }]);
        let wording = check(&needs, &format!("has({first}.x) || true"), text);
        read(&[FRAMEWORK, CatalogueFile { name: "check.toml", text: &wording }]);
    }
});

/// A check file with this condition and this wording.
fn check(needs: &[&str], pass: &str, because: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    format!(
        "[[check]]\nid = \"own-check\"\nframework = \"own\"\ncontrol = \"OW-1\"\ntitle = \"One\"\n\
         over = \"device\"\nneeds = {needs:?}\nfresh_for = \"7d\"\npass = {}\nbecause = {}\n\
         wanted = \"One.\"\nversion = 1\n",
        quoted(pass),
        quoted(because),
    )
}

fn read(files: &[CatalogueFile<'_>]) {
    match Catalogue::of(files) {
        Ok(catalogue) => {
            for check in catalogue.checks() {
                let _ = catalogue.explain(check, &SubjectFacts::new(), NOW);
            }
        }
        Err(errors) => {
            let words = errors.to_string();
            assert!(!words.contains("fault of the program"), "{words}");
        }
    }
}
