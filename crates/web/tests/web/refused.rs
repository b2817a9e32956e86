//! Uploads that are refused while they are still coming, sent by the program that people use.

use crate::world::{World, limits};
use std::process::Command;

const UPLOAD: &str = "/api/v1/documents?control=AD-1&file_name=a.bin";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_a_refused_file_over_http_2_is_told_why() {
    let speaks = Command::new("curl").arg("--version").output();
    if !speaks.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains("HTTP2")) {
        return;
    }
    let world = World::new().await;
    let (token, _) = world.token().await;
    let serving = world.serve(limits()).await;
    let address = serving.line.address();
    let file = world.folder.path().join("a.bin");
    let before = world.files().len();
    for size in [100_000, 3_000_000, 60_000_000] {
        std::fs::write(&file, vec![7; size]).unwrap();
        let past = format!("{UPLOAD}&valid_to=2020-01-01T00:00:00Z");
        let good = format!("{UPLOAD}&valid_to=2027-03-12T00:00:00Z");
        for (target, token, code) in
            [(&past, token.as_str(), "input.invalid"), (&good, "Bearer nobody", "sign_in.needed")]
        {
            let mut curl = Command::new("curl");
            curl.args(["-sSk", "--http2", "--max-time", "30", "-w", "\n%{http_version}"]);
            curl.args(["--data-binary", &format!("@{}", file.display())]);
            curl.args(["-H", "content-type: application/octet-stream"]);
            curl.args(["-H", &format!("authorization: {token}")]);
            curl.arg(format!("https://{address}{target}"));
            let told = tokio::task::spawn_blocking(move || curl.output().unwrap()).await.unwrap();
            let (said, error) =
                (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
            assert!(told.status.success(), "{size} {code}: {error} {said}");
            assert!(said.contains(code) && said.ends_with("\n2"), "{size} {code}: {said}");
        }
    }
    assert_eq!(world.files().len(), before);
}
