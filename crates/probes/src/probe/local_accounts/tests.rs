use crate::{
    HostError, RecordedHost,
    probe::tests::{person, record, root, unread, why_unread},
};
use closedset_core::fact::device::LocalAccounts;

const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\nalice:x:1000:1000:A:/home/alice:/bin/bash\nbob:x:1001:1001:B:/home/bob:/bin/zsh\ntoor:x:0:0::/root:/bin/sh\nopen::1002:1002::/home/open:/bin/bash\n";
const SHADOW: &str = "root:!:19000:0:99999:7:::\ndaemon:*:19000::::::\nalice:$y$j9T$a$b:19000:0:99999:7:::\nbob::19000:0:99999:7:::\ntoor:!!:19000::::::\n";
const GROUP: &str = "root:x:0:\nsudo:x:27:alice\nwheel:x:10:\nartists:x:1001:\n";

fn computer() -> RecordedHost {
    root().file("/etc/passwd", PASSWD).file("/etc/shadow", SHADOW).file("/etc/group", GROUP)
}

fn accounts(host: &RecordedHost) -> LocalAccounts {
    record(host)
}

#[test]
fn empty_passwords_are_found_in_shadow_and_in_passwd() {
    assert_eq!(
        accounts(&computer()).without_password.as_deref(),
        Some(&["bob".to_owned(), "open".to_owned()][..])
    );
}

#[test]
fn second_root_is_found_by_its_number() {
    assert_eq!(accounts(&computer()).other_roots, ["toor"]);
}

#[test]
fn passwords_are_told_by_kind_and_never_by_hash() {
    let found = accounts(&computer());
    let word =
        |name: &str| found.users.iter().find(|user| user.name == name).unwrap().password.clone();
    assert_eq!(
        [word("root"), word("alice"), word("bob"), word("toor")],
        ["locked", "set", "none", "locked"]
    );
    assert!(!format!("{found:?}").contains("$y$"));
    assert!(found.users.iter().all(|user| user.name != "daemon"));
}

#[test]
fn administrators_are_found_by_group_and_by_sudos_rules() {
    let administers = |host: &RecordedHost, name: &str| {
        accounts(host).users.iter().find(|user| user.name == name).unwrap().is_administrator
    };
    assert!(administers(&computer(), "alice"));
    assert!(administers(&computer(), "toor"));
    assert!(!administers(&computer(), "bob"));
    let by_name = computer().file("/etc/sudoers.d/90-bob", "bob ALL=(ALL) NOPASSWD: ALL\n");
    assert!(administers(&by_name, "bob"));
    // bob's first group.
    let by_group =
        computer().file("/etc/sudoers", "Defaults env_reset\n%artists ALL=(ALL:ALL) ALL\n");
    assert!(administers(&by_group, "bob"));
    let by_alias =
        computer().file("/etc/sudoers", "User_Alias CREW = bob, carol\nCREW ALL = ALL\n");
    assert!(administers(&by_alias, "bob"));
    let passed_over = computer().file("/etc/sudoers.d/bob.bak", "bob ALL=(ALL) ALL\n");
    assert!(!administers(&passed_over, "bob"));
}

#[test]
fn ordinary_person_cannot_tell_passwords_and_says_so() {
    let host = person()
        .file("/etc/passwd", PASSWD)
        .file("/etc/group", GROUP)
        .file_error("/etc/shadow", HostError::PermissionDenied)
        .file_error("/etc/sudoers", HostError::PermissionDenied);
    let found = accounts(&host);
    assert_eq!(found.without_password, None);
    assert_eq!(found.users.iter().find(|user| user.name == "bob").unwrap().password, "unread");
    let paths: Vec<_> = unread::<LocalAccounts>(&host).into_iter().map(|one| one.path).collect();
    assert_eq!(paths, ["users.is_administrator", "users.password", "without_password"]);
    assert!(why_unread::<LocalAccounts>(&RecordedHost::new()).is_some());
}

#[test]
fn sign_in_by_itself_is_found_in_every_display_manager_and_console() {
    let signed_in =
        |path: &str, text: &str| accounts(&computer().file(path, text)).automatic_sign_in;
    assert!(
        signed_in(
            "/etc/gdm3/daemon.conf",
            "[daemon]\n#AutomaticLoginEnable=true\nAutomaticLogin=alice\n"
        )
        .is_empty()
    );
    assert_eq!(
        signed_in(
            "/etc/gdm3/custom.conf",
            "[daemon]\nAutomaticLoginEnable=True\nAutomaticLogin=alice\n"
        ),
        ["alice"]
    );
    assert_eq!(
        signed_in("/etc/gdm/custom.conf", "[daemon]\nTimedLoginEnable=true\nTimedLogin=bob\n"),
        ["bob"]
    );
    assert_eq!(
        signed_in("/etc/lightdm/lightdm.conf.d/50.conf", "[Seat:*]\nautologin-user=alice\n"),
        ["alice"]
    );
    assert_eq!(
        signed_in("/etc/sddm.conf.d/a.conf", "[Autologin]\nUser=alice\nSession=plasma\n"),
        ["alice"]
    );
    assert!(signed_in("/etc/sddm.conf", "[Autologin]\nUser=\n").is_empty());
    assert_eq!(
        signed_in(
            "/etc/systemd/system/getty@tty1.service.d/override.conf",
            "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin alice --noclear %I $TERM\n"
        ),
        ["alice"]
    );
}

#[test]
fn automatic_sign_in_is_found_in_a_unit_written_anew_and_in_greetd() {
    let unit = "/etc/systemd/system/getty@tty1.service";
    let start = "[Service]\nExecStart=-/sbin/agetty -a alice --noclear %I $TERM\n";
    assert_eq!(accounts(&computer().file(unit, start)).automatic_sign_in, ["alice"]);
    let masked = computer().file_error(unit, HostError::NotRegular);
    assert!(accounts(&masked).automatic_sign_in.is_empty());
    let greetd = "[default_session]\ncommand = \"tuigreet\"\nuser = \"greeter\"\n\n[initial_session]\ncommand = \"sway\"\nuser = \"bob\"\n";
    let host = computer().file("/etc/greetd/config.toml", greetd);
    assert_eq!(accounts(&host).automatic_sign_in, ["bob"]);
}

#[test]
fn guest_may_come_in_only_where_lightdm_can_make_the_account() {
    let script = computer().file("/usr/sbin/guest-account", "");
    assert!(accounts(&script).guest_allowed);
    let forbidden = script.file("/etc/lightdm/lightdm.conf", "[Seat:*]\nallow-guest=false\n");
    assert!(!accounts(&forbidden).guest_allowed);
    assert!(!accounts(&computer()).guest_allowed);
}
