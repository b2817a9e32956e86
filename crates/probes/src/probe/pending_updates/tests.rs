use crate::{
    FileKind, FileMeta, RecordedHost,
    probe::tests::{now, record, root, unread},
};
use closedset_core::{Duration, fact::device::PendingUpdates};

const LISTED: &str = "Listing...\nlibssl3/stable-security 3.0.15-1~deb12u1 amd64 [upgradable from: 3.0.11-1~deb12u2]\nbash/stable 5.2.15-3 amd64 [upgradable from: 5.2.15-2]\nlinux-image-amd64/jammy-updates,jammy-security 6.1.90 amd64 [upgradable from: 6.1.76]\n";

const POLICY: &str = "bash:\n  Installed: 5.2.15-2\n  Candidate: 5.2.15-3\n  Version table:\n     5.2.15-3 500\n        500 http://deb.example stable/main amd64 Packages\n *** 5.2.15-2 100\n        100 /var/lib/dpkg/status\n        500 http://security.example stable-security/main amd64 Packages\n";

fn lists(name: &str, date: &str) -> RecordedHost {
    root()
        .file(
            &format!("/var/lib/apt/lists/{name}_InRelease"),
            format!("Origin: Debian\nDate: {date}\n"),
        )
        .command("apt list --upgradable", LISTED)
        .command("apt-cache policy bash", POLICY)
        .file("/etc/kernel/postinst.d/unattended-upgrades", "")
}

fn fresh() -> RecordedHost {
    lists("security.debian.org_dists_bookworm-security", "Wed, 11 Mar 2026 09:30:00 UTC")
}

#[test]
fn updates_from_a_security_suite_are_counted_apart() {
    let updates: PendingUpdates = record(&fresh());
    assert_eq!((updates.security, updates.all), (Some(2), Some(3)));
    assert_eq!(updates.lists_age, Some(Duration::from_days(1)));
    assert_eq!(updates.restart_needed, Some(false));
}

#[test]
fn security_update_hidden_behind_a_newer_version_elsewhere_is_counted() {
    let hidden = POLICY.replace(
        " *** 5.2.15-2 100",
        "     5.2.15-2.1 500\n        500 http://security.example stable-security/main amd64 Packages\n *** 5.2.15-2 100",
    );
    let updates: PendingUpdates = record(&fresh().command("apt-cache policy bash", hidden));
    assert_eq!((updates.security, updates.all), (Some(3), Some(3)));
}

#[test]
fn lists_that_are_old_say_nothing() {
    let host =
        lists("security.debian.org_dists_bookworm-security", "Wed, 04 Mar 2026 09:00:00 UTC");
    let updates: PendingUpdates = record(&host);
    assert_eq!((updates.security, updates.all), (None, None));
    assert!(updates.lists_age.is_some());
    let paths: Vec<String> =
        unread::<PendingUpdates>(&host).into_iter().map(|one| one.path).collect();
    assert_eq!(paths, ["all", "security"]);
}

#[test]
fn age_of_the_lists_is_told_in_days_begun() {
    let age = |date: &str| {
        let host = lists("security.debian.org_dists_bookworm-security", date);
        record::<PendingUpdates>(&host).lists_age
    };
    assert_eq!(age("Thu, 12 Mar 2026 09:29:59 UTC"), Some(Duration::from_days(1)));
    assert_eq!(age("Wed, 11 Mar 2026 09:29:59 UTC"), Some(Duration::from_days(2)));
    assert_eq!(age("Fri, 13 Mar 2026 09:30:00 UTC"), Some(Duration::ZERO));
}

#[test]
fn lists_that_are_missing_say_nothing() {
    let host = root().directory("/var/lib/apt/lists", &["lock", "partial"]);
    let updates: PendingUpdates = record(&host);
    assert_eq!((updates.security, updates.all, updates.lists_age), (None, None, None));
    assert!(unread::<PendingUpdates>(&host).iter().any(|one| one.path == "security"));
}

#[test]
fn lists_without_a_security_suite_say_nothing_of_security() {
    let host = lists("deb.debian.org_dists_bookworm", "Wed, 11 Mar 2026 09:30:00 UTC");
    let updates: PendingUpdates = record(&host);
    assert_eq!((updates.security, updates.all), (None, Some(3)));
}

#[test]
fn list_of_another_repository_does_not_freshen_the_security_suites() {
    let host = lists(
        "security.debian.org_dists_bookworm-security",
        "Sun, 01 Feb 2026 09:30:00 UTC",
    )
    .file("/var/lib/apt/lists/dl.example_InRelease", "Date: Thu, 12 Mar 2026 09:00:00 UTC\n");
    assert_eq!(record::<PendingUpdates>(&host).security, None);
}

#[test]
fn mark_of_a_needed_restart_is_seen() {
    let host = fresh().file("/run/reboot-required", "");
    assert_eq!(record::<PendingUpdates>(&host).restart_needed, Some(true));
}

fn dnf(repository: &str, days: i64, files: &[&str]) -> RecordedHost {
    let directory = format!("/var/cache/dnf/{repository}/repodata");
    let modified_s = (now() - Duration::from_days(days)).seconds();
    root()
        .directory("/var/cache/dnf", &[repository])
        .directory(&directory, files)
        .meta(
            &format!("{directory}/primary.xml.gz"),
            FileMeta { kind: FileKind::File, owner: 0, mode: 0o644, modified_s },
        )
        .command("dnf -q -C updateinfo list --security", "RLSA-2024:1 Important/Sec. openssl-1:3.0.7-27.el9.x86_64\nRLSA-2024:2 Moderate/Sec.  openssl-1:3.0.7-27.el9.x86_64\nRLSA-2024:2 Moderate/Sec.  openssl-libs-1:3.0.7-27.el9.x86_64\n")
        .command("dnf -q -C list --upgrades", "Available Upgrades\nopenssl.x86_64      1:3.0.7-27.el9    baseos\nopenssl-libs.x86_64 1:3.0.7-27.el9    baseos\nbash.x86_64         5.1.8-10.el9      baseos\n")
        .command("dnf -q -C needs-restarting -r", "No core libraries or services have been updated.\n")
}

const FILES: [&str; 2] = ["primary.xml.gz", "updateinfo.xml.gz"];

#[test]
fn dnf_counts_packages_that_an_advisory_names() {
    let updates: PendingUpdates = record(&dnf("baseos-1a2b", 2, &FILES));
    assert_eq!((updates.security, updates.all), (Some(2), Some(3)));
    assert_eq!(updates.restart_needed, Some(false));
}

#[test]
fn dnf_with_old_metadata_or_without_advisories_says_nothing_of_security() {
    assert_eq!(record::<PendingUpdates>(&dnf("baseos-1a2b", 8, &FILES)).security, None);
    let without: PendingUpdates = record(&dnf("baseos-1a2b", 2, &["primary.xml.gz"]));
    assert_eq!((without.security, without.all), (None, Some(3)));
}

#[test]
fn dnf_that_finds_no_update_ends_with_1_and_means_none() {
    let host = dnf("baseos-1a2b", 2, &FILES)
        .command("dnf -q -C updateinfo list --security", "")
        .command_refused("dnf -q -C list --upgrades", 1, "Error: No matching Packages to list");
    let updates: PendingUpdates = record(&host);
    assert_eq!((updates.security, updates.all), (Some(0), Some(0)));
}
