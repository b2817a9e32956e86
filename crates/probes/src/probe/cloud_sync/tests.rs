use crate::{
    HostError, RecordedHost,
    probe::tests::{record, root, running, unread, why_unread},
};
use closedset_core::fact::device::CloudSync;

const DPKG: &str = "dpkg-query -W -f ${db:Status-Abbrev}|${Package}|${Version}|${source:Package}|${source:Version}\\n";

fn computer() -> RecordedHost {
    root()
        .file("/etc/passwd", "alice:x:1000:1000:A:/home/alice:/bin/bash\n")
        .file("/proc/self/mountinfo", "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n")
        .command(DPKG, "ii |bash|5|bash|5\nrc |syncthing|1|syncthing|1\n")
        .directory("/home/alice", &["Documents"])
}

fn found(host: &RecordedHost) -> Vec<(String, String)> {
    let sync: CloudSync = record(host);
    sync.found.into_iter().map(|one| (one.name, one.state)).collect()
}

fn pair(name: &str, state: &str) -> (String, String) {
    (name.to_owned(), state.to_owned())
}

#[test]
fn computer_without_any_is_clean_and_says_where_it_looked() {
    let sync: CloudSync = record(&computer());
    assert!(sync.found.is_empty(), "{:?}", sync.found);
    assert_eq!(
        sync.looked_at,
        ["processes", "packages", "snaps", "flatpaks", "mounts", "accounts", "/home/alice"]
    );
    assert!(unread::<CloudSync>(&computer()).is_empty());
}

#[test]
fn programs_are_found_running_and_as_package_snap_and_flatpak() {
    assert_eq!(found(&running(computer(), &[(1000, "dropbox")])), [pair("Dropbox", "running")]);
    assert_eq!(
        found(&computer().command(DPKG, "ii |rclone|1|rclone|1\n")),
        [pair("rclone", "installed")]
    );
    assert_eq!(
        found(&computer().directory("/snap", &["bin", "syncthing"])),
        [pair("Syncthing", "installed")]
    );
    let flatpak = computer().directory("/var/lib/flatpak/app", &["nz.mega.MEGAsync"]);
    assert_eq!(found(&flatpak), [pair("MEGA", "installed")]);
}

#[test]
fn program_that_lives_in_a_home_is_found() {
    let host = computer()
        .directory("/home/alice", &[".dropbox-dist", "Documents"])
        .directory("/home/alice/.dropbox-dist", &["dropboxd"]);
    assert_eq!(found(&host), [pair("Dropbox", "installed")]);
    let own = computer().directory("/home/alice/.local/share/flatpak/app", &["com.dropbox.Client"]);
    assert_eq!(found(&own), [pair("Dropbox", "installed")]);
}

#[test]
fn clouds_that_are_mounted_or_joined_are_found() {
    let mounted = computer().file(
        "/proc/self/mountinfo",
        "30 22 0:50 / /home/alice/My\\040Drive rw - fuse.rclone gd: rw\n",
    );
    let sync: CloudSync = record(&mounted);
    assert_eq!(sync.found[0].seen, "fuse.rclone at /home/alice/My Drive");
    let joined = |files: &str| {
        let text =
            format!("[Account account_1]\nProvider=google\nIdentity=a@b\nFilesEnabled={files}\n");
        found(&computer().file("/home/alice/.config/goa-1.0/accounts.conf", text))
    };
    assert_eq!(joined("true"), [pair("Google Drive", "mounted")]);
    assert!(joined("false").is_empty());
}

#[test]
fn home_or_list_that_cannot_be_read_is_said() {
    let host = computer().directory_error("/home/alice", HostError::PermissionDenied);
    let unread = unread::<CloudSync>(&host);
    assert_eq!(unread[0].path, "found");
    assert!(unread[0].why.contains("run as root"));
    let sync: CloudSync = record(&host);
    assert!(!sync.looked_at.contains(&"/home/alice".to_owned()));
    assert!(why_unread::<CloudSync>(&RecordedHost::new()).is_some());
}
