//! This computer, whatever it is.

use crate::assert_fits;
use closedset_core::{Time, fact::device};
use closedset_probes::{CollectOptions, Command, HostView, KINDS, LiveHost, RunAs, collect};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[expect(clippy::disallowed_methods, reason = "the test looks at the real computer")]
fn options() -> CollectOptions {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    CollectOptions {
        now: Time::from_millis(now.try_into().unwrap()),
        control_host: None,
        // No test goes out to the internet.
        skip: vec!["internet_access".into()],
    }
}

#[test]
fn every_probe_answers_in_time_with_a_body_that_fits_its_kind() {
    let began = Instant::now();
    let bodies = collect(&LiveHost::new(), &options());
    // Every command is ended after 5 s; other work on the computer may slow this test down.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(bodies.len(), KINDS.len() - 1);
    for (kind, body) in &bodies {
        assert_fits(kind, body);
    }
}

#[test]
fn what_anybody_can_read_agrees_with_the_system() {
    let bodies = collect(&LiveHost::new(), &options());
    let system: device::OperatingSystem = bodies["operating_system"].record().unwrap();
    let release = std::fs::read_to_string("/etc/os-release").unwrap();
    assert!(release.contains(&format!("ID={}", system.product)));
    let kernel = std::process::Command::new("uname").arg("-r").output().unwrap();
    assert_eq!(String::from_utf8(kernel.stdout).unwrap().trim(), system.kernel);
    let hardware: device::Hardware = bodies["hardware"].record().unwrap();
    assert!(hardware.memory_bytes.unwrap() > 1 << 20);
    let accounts: device::LocalAccounts = bodies["local_accounts"].record().unwrap();
    assert!(accounts.users.iter().any(|user| user.name == "root" && user.is_administrator));
}

#[test]
fn command_runs_as_the_person_it_is_meant_for_with_their_groups_alone() {
    if !rustix::process::geteuid().is_root() {
        let other = RunAs { name: "other".into(), uid: 65_533, gid: 65_533 };
        let refused = LiveHost::new().run(&Command::new("id").run_as(other));
        assert_eq!(refused, Err(closedset_probes::HostError::PermissionDenied));
        return;
    }
    let nobody = RunAs { name: "nobody".into(), uid: 65_534, gid: 65_534 };
    let output = LiveHost::new().run(&Command::new("id").run_as(nobody)).unwrap().text();
    assert!(output.contains("uid=65534") && output.contains("gid=65534"), "{output}");
    assert!(!output.contains("root"), "{output}");
}
