//! SCIM from outside: `scim2-tester`, which its makers hold services against, and the real server. The Python that has
//! it is named by `CLOSEDSET_SCIM_PYTHON`; `cargo run -p xtask -- test` makes one.

use crate::{http::Client, installation::Installation, server::Server};
use serde_json::json;
use std::process::Command;

/// The Python that has the tester; where it must be there, it is.
fn python() -> Option<String> {
    let python = std::env::var("CLOSEDSET_SCIM_PYTHON").ok();
    let is_required = std::env::var("CLOSEDSET_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
    assert!(
        python.is_some() || !is_required,
        "CLOSEDSET_SCIM_PYTHON names no Python with scim2-tester, and CLOSEDSET_REQUIRE_TOOLS is 1"
    );
    if python.is_none() {
        eprintln!("left out: CLOSEDSET_SCIM_PYTHON names no Python with scim2-tester");
    }
    python
}

#[test]
fn a_tester_of_scim_finds_nothing_wrong() {
    let Some(python) = python() else { return };
    let installation = Installation::new(0);
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let new = json!({"name": "directory", "scopes": ["scim"], "days": 1});
    let made = client.post("/api/v1/tokens", &new).well().json();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scim/check.py");
    let checked = Command::new(python)
        .arg(script)
        .arg(installation.url())
        .arg(installation.data().join("tls/certificate.pem"))
        .arg(made["token"].as_str().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    eprintln!("{said}");
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    server.stop();
    // Whatever it did stands in a ledger that holds.
    installation.verified();
}
