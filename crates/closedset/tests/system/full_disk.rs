//! A disk that is full: said so by name, nothing acknowledged lost, and everything works again once
//! there is room.

use crate::{
    computer::{Computer, deliver, way},
    http::Client,
    installation::Installation,
    server::Server,
};
use closedset_core::fact::Body;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A small disk of memory over a folder, gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this user may not mount anything.
    fn over(folder: &Path, size: &str) -> Option<Self> {
        let kept = tempfile::tempdir().unwrap();
        let copy = |from: &Path, to: &Path| {
            let from = format!("{}/.", from.display());
            assert!(Command::new("cp").args(["-a", &from]).arg(to).status().unwrap().success());
        };
        copy(folder, kept.path());
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size},mode=700"), "tmpfs"]).arg(folder);
        if !mount.output().is_ok_and(|output| output.status.success()) {
            let what = "left out: what needs a small disk, which this user may not mount";
            eprintln!("{what}");
            return None;
        }
        let disk = Self(folder.to_owned());
        copy(kept.path(), folder);
        Some(disk)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_is_named_and_nothing_acknowledged_is_lost() {
    let mut installation = Installation::new(1);
    let Some(_disk) = SmallDisk::over(installation.data(), "12m") else { return };
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let ballast = installation.data().join("ballast");
    fs::write(&ballast, vec![1; 3 << 20]).unwrap();
    let mut computer = Computer::enrolled(&mut installation, 1);
    let way = way(&installation);
    let mut entries = Vec::new();
    let mut refused = None;
    for number in 0..400 {
        let body = serde_json::json!({"text": format!("{number} {}", "x".repeat(100_000))});
        computer.facts.insert("large".into(), serde_json::from_value::<Body>(body).unwrap());
        let check_in = computer.full();
        match deliver(&*way, &check_in).unwrap() {
            Ok(answer) => entries.push(answer.entry.unwrap()),
            Err(status) => {
                refused = Some((status, check_in));
                break;
            }
        }
    }
    let (status, waiting) = refused.expect("the disk is full at last");
    assert_eq!(status, 507, "{} were taken", entries.len());
    let body = serde_json::to_vec(&waiting).unwrap();
    let path = crate::computer::CHECK_INS;
    let answer = client.send("POST", path, "application/json", &body).unwrap();
    assert_eq!(answer.problem(), "disk.full");
    // Whoever only looks is served.
    client.get("/api/v1/board").well();
    assert!(entries.len() > 3, "{}", entries.len());
    // Room again, and the same statement is taken.
    fs::remove_file(&ballast).unwrap();
    let answer = deliver(&*way, &waiting).unwrap().expect("there is room");
    entries.push(answer.entry.unwrap());
    for index in &entries {
        let entry = client.get(&format!("/api/v1/ledger/entries/{index}")).well().json();
        assert_eq!(entry["kind"], "device.checked_in");
    }
    server.stop();
    assert_eq!(installation.query("PRAGMA integrity_check").trim(), "ok");
    installation.verified();
    Server::start(&installation).stop();
}
