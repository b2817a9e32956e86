use crate::{
    CommandOutput, HostError, RecordedHost,
    probe::tests::{person, record, root, running, unread, why_unread},
};
use closedset_core::fact::device::{ScreenLock, UserScreenLock};

const SHOW: &str =
    "loginctl show-session -p Name -p User -p Type -p Class -p Desktop -p State -- 3";

/// A computer of alice's with one desktop offered.
fn computer(session: &str) -> RecordedHost {
    root()
        .file("/etc/passwd", "root:x:0:0::/root:/bin/bash\nalice:x:1000:1000:A:/home/alice:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\n")
        .directory("/usr/share/xsessions", &[&format!("{session}.desktop")])
        .command("loginctl list-sessions --no-legend", "")
}

fn signed_in(host: RecordedHost, desktop: &str) -> RecordedHost {
    host.command("loginctl list-sessions --no-legend", "3 1000 alice seat0 tty2\n").command(
        SHOW,
        format!(
            "User=1000\nName=alice\nType=wayland\nClass=user\nDesktop={desktop}\nState=active\n"
        ),
    )
}

fn gsettings(host: RecordedHost, schema: &str, lines: &[(&str, &str)]) -> RecordedHost {
    let text: String =
        lines.iter().map(|(key, value)| format!("{schema} {key} {value}\n")).collect();
    host.command(&format!("alice$ gsettings list-recursively {schema}"), text)
}

fn gnome_with(idle: &str, enabled: &str, delay: &str, disabled: &str) -> RecordedHost {
    let host = gsettings(
        running(computer("gnome"), &[(0, "gdm3")]),
        "org.gnome.desktop.session",
        &[("session-name", "'gnome'"), ("idle-delay", idle)],
    );
    let host = gsettings(
        host,
        "org.gnome.desktop.screensaver",
        &[("lock-enabled", enabled), ("lock-delay", delay), ("picture-uri", "'file:///a b'")],
    );
    gsettings(host, "org.gnome.desktop.lockdown", &[("disable-lock-screen", disabled)])
}

fn gnome(idle: &str, enabled: &str, delay: &str) -> UserScreenLock {
    only(&gnome_with(idle, enabled, delay, "false"))
}

fn only(host: &RecordedHost) -> UserScreenLock {
    let mut lock: ScreenLock = record(host);
    assert_eq!(lock.users.len(), 1, "{:?}", unread::<ScreenLock>(host));
    lock.users.remove(0)
}

#[test]
fn gnome_locks_after_idle_and_lock_delay_together() {
    let lock = gnome("uint32 600", "true", "uint32 300");
    assert_eq!((lock.locks_after_s, lock.asks_password), (900, true));
    assert_eq!((lock.name.as_str(), lock.desktop.as_str()), ("alice", "gnome"));
    let host = gnome_with("uint32 600", "true", "uint32 301", "false");
    assert_eq!(record::<ScreenLock>(&host).longest_s, Some(901));
}

#[test]
fn idle_delay_of_0_means_never() {
    let lock = gnome("uint32 0", "true", "uint32 60");
    assert_eq!(lock.locks_after_s, 0);
    let host = gnome_with("uint32 0", "true", "uint32 0", "false");
    assert_eq!(record::<ScreenLock>(&host).longest_s, None);
}

#[test]
fn screen_that_blanks_without_locking_never_locks() {
    let lock = gnome("uint32 300", "false", "uint32 0");
    assert_eq!((lock.locks_after_s, lock.asks_password), (0, false));
    let forbidden = only(&gnome_with("uint32 300", "true", "uint32 0", "true"));
    assert_eq!(forbidden.locks_after_s, 0);
}

#[test]
fn locked_keys_of_dconf_are_enforced() {
    let locks =
        "/org/gnome/desktop/session/idle-delay\n/org/gnome/desktop/screensaver/lock-enabled\n";
    let written = |locks: &str| {
        gnome_with("uint32 300", "true", "uint32 0", "false")
            .file("/etc/dconf/profile/user", "user-db:user\nsystem-db:local # ours\n")
            .file("/etc/dconf/db/local", "GVariant")
            .file("/etc/dconf/db/local.d/locks/screen", locks)
    };
    let is_enforced = |host: RecordedHost| only(&host).is_enforced;
    assert_eq!(is_enforced(written(locks)), Some(false));
    let all = format!("# all\n{locks}/org/gnome/desktop/screensaver/lock-delay\n");
    assert_eq!(is_enforced(written(&all)), Some(true));
    // Locks that nobody's profile names bind nobody, nor do those that were not compiled.
    let of_the_greeter =
        written(&all).file("/etc/dconf/profile/user", "user-db:user\nsystem-db:gdm\n");
    assert_eq!(is_enforced(of_the_greeter), Some(false));
    let without_profile = written(&all).file_error("/etc/dconf/profile/user", HostError::NotFound);
    assert_eq!(is_enforced(without_profile), Some(false));
    let not_compiled = written(&all).file_error("/etc/dconf/db/local", HostError::NotFound);
    assert_eq!(is_enforced(not_compiled), Some(false));
}

#[test]
fn gnome_without_gdm_is_not_known_to_lock() {
    let under = |programs: &[(u32, &str)]| {
        running(gnome_with("uint32 300", "true", "uint32 0", "false"), programs)
    };
    assert_eq!(only(&under(&[(0, "gdm")])).locks_after_s, 300);
    for manager in ["lightdm", "sddm", "greetd", "startx"] {
        let host = under(&[(0, manager), (1000, "gnome-shell")]);
        assert!(record::<ScreenLock>(&host).users.is_empty(), "{manager}");
        assert!(unread::<ScreenLock>(&host)[0].why.contains("GDM"), "{manager}");
    }
    let hidden = under(&[]).command("ps -ww -eo pid=,ppid=,uid=,comm=", "500 400 1000 bash\n");
    assert!(record::<ScreenLock>(&hidden).users.is_empty());
}

#[test]
fn gsettings_without_dconf_answers_with_defaults_nobody_uses_and_is_unread() {
    let defaults = CommandOutput {
        status: 0,
        stdout: b"org.gnome.desktop.session idle-delay uint32 300\n".to_vec(),
        stderr: b"Can't find module 'dconf' specified in GSETTINGS_BACKEND\n".to_vec(),
    };
    let host = gnome_with("uint32 300", "true", "uint32 0", "false")
        .command_output("alice$ gsettings list-recursively org.gnome.desktop.session", defaults);
    assert!(record::<ScreenLock>(&host).users.is_empty());
    assert!(unread::<ScreenLock>(&host)[0].why.contains("dconf"));
}

#[test]
fn person_who_signs_in_without_a_password_is_not_asked_for_one() {
    let group = gnome_with("uint32 300", "true", "uint32 0", "false")
        .file("/etc/group", "nopasswdlogin:x:115:alice\n");
    assert!(!only(&group).asks_password);
    let empty = gnome_with("uint32 300", "true", "uint32 0", "false")
        .file("/etc/shadow", "alice::19000:0:99999:7:::\n");
    assert!(!only(&empty).asks_password);
}

#[test]
fn each_person_is_read_and_the_longest_counts() {
    let host = gnome_with("uint32 300", "true", "uint32 0", "false").file(
        "/etc/passwd",
        "alice:x:1000:1000:A:/home/alice:/bin/bash\nbob:x:1001:1001:B:/home/bob:/bin/bash\n",
    );
    let missing = record::<ScreenLock>(&host);
    assert_eq!((missing.users.len(), missing.longest_s), (1, None));
    let why = &unread::<ScreenLock>(&host)[0];
    assert_eq!(why.path, "users");
    assert!(why.why.contains("bob"));
    let bob = |schema: &str, text: &str| {
        (format!("bob$ gsettings list-recursively {schema}"), text.to_owned())
    };
    let host = [
        bob("org.gnome.desktop.session", "org.gnome.desktop.session idle-delay uint32 1800\n"),
        bob("org.gnome.desktop.screensaver", "org.gnome.desktop.screensaver lock-enabled true\norg.gnome.desktop.screensaver lock-delay uint32 0\n"),
        bob("org.gnome.desktop.lockdown", ""),
    ]
    .into_iter()
    .fold(host, |host, (words, text)| host.command(&words, text));
    assert_eq!(record::<ScreenLock>(&host).longest_s, Some(1800));
}

#[test]
fn ordinary_person_reads_their_own_settings_and_the_rest_is_unread() {
    let host = gnome_with("uint32 300", "true", "uint32 0", "false")
        .file("/proc/self/status", "Uid:\t1000\t1000\t1000\t1000\n")
        .file(
            "/etc/passwd",
            "alice:x:1000:1000:A:/home/alice:/bin/bash\nbob:x:1001:1001:B:/home/bob:/bin/bash\n",
        )
        .command_error("bob$ cat -- /home/bob/.dmrc", HostError::PermissionDenied)
        .command_error(
            "bob$ gsettings list-recursively org.gnome.desktop.session",
            HostError::PermissionDenied,
        );
    assert_eq!(record::<ScreenLock>(&host).users.len(), 1);
    assert!(unread::<ScreenLock>(&host)[0].why.contains("run as root"));
}

#[test]
fn computer_without_a_desktop_is_unread_and_says_so() {
    let host = person()
        .file("/etc/passwd", "root:x:0:0::/root:/bin/bash\n")
        .command("loginctl list-sessions --no-legend", "1 1000 alice - pts/0\n")
        .command(
            &SHOW.replace("-- 3", "-- 1"),
            "Name=alice\nUser=1000\nType=tty\nClass=user\nDesktop=\nState=active\n",
        );
    assert!(record::<ScreenLock>(&host).users.is_empty());
    let unread = unread::<ScreenLock>(&host);
    assert_eq!(unread[0].path, "users");
    assert!(unread[0].why.starts_with("no graphical desktop found"));
    assert!(why_unread::<ScreenLock>(&RecordedHost::new()).is_some());
}

#[test]
fn greeter_of_the_sign_in_screen_is_nobody() {
    let host = computer("gnome")
        .command("loginctl list-sessions --no-legend", "3 42 gdm seat0\n")
        .command(
            SHOW,
            "Name=gdm\nUser=42\nType=wayland\nClass=greeter\nDesktop=GNOME\nState=active\n",
        );
    let names: Vec<String> = unread::<ScreenLock>(&host).into_iter().map(|one| one.why).collect();
    assert!(names.iter().all(|why| !why.contains("gdm")), "{names:?}");
}

#[test]
fn person_of_a_directory_service_is_found_by_their_session() {
    let host = gnome_with("uint32 300", "true", "uint32 0", "false")
        .file("/etc/passwd", "root:x:0:0::/root:/bin/bash\n")
        .command("getent passwd 1000", "alice:*:1000:1000:A:/home/alice:/bin/bash\n");
    assert_eq!(only(&signed_in(host, "gnome")).locks_after_s, 300);
}

#[test]
fn several_desktops_without_a_known_choice_are_unread() {
    let offered = ["gnome.desktop", "plasma.desktop"];
    let host = gnome_with("uint32 300", "true", "uint32 0", "false")
        .directory("/usr/share/xsessions", &offered);
    assert!(record::<ScreenLock>(&host).users.is_empty());
    assert!(unread::<ScreenLock>(&host)[0].why.contains("several desktops"));
    let chosen = host.file("/var/lib/AccountsService/users/alice", "[User]\nSession=gnome\n");
    assert_eq!(only(&chosen).desktop, "gnome");
}

const RC: &str = "alice$ cat -- /home/alice/.config/kscreenlockerrc";

fn kde(system: Option<&str>, own: Option<&str>) -> UserScreenLock {
    let mut host = computer("plasma");
    if let Some(text) = system {
        host = host.file("/etc/xdg/kscreenlockerrc", text);
    }
    let host = match own {
        Some(text) => host.command(RC, text),
        None => host.command_refused(RC, 1, "cat: /home/alice/x: No such file or directory"),
    };
    only(&host)
}

#[test]
fn plasma_is_read_with_its_own_values_where_none_is_set() {
    assert_eq!(kde(None, None).locks_after_s, 305);
    assert_eq!(kde(None, Some("[Daemon]\nTimeout=15\nLockGrace=0\n")).locks_after_s, 900);
    assert_eq!(kde(Some("[Daemon][$i]\nTimeout[$i]=10\n"), None).locks_after_s, 605);
}

#[test]
fn plasma_that_does_not_lock_by_itself_or_asks_for_nothing_is_seen() {
    assert_eq!(kde(None, Some("[Daemon]\nAutolock=false\nTimeout=5\n")).locks_after_s, 0);
    assert_eq!(kde(None, Some("[Daemon]\nTimeout=0\n")).locks_after_s, 0);
    assert!(!kde(None, Some("[Daemon]\nRequirePassword=false\n")).asks_password);
    assert!(!kde(None, Some("[Daemon]\nLockGrace=-1\n")).asks_password);
}

const XFCE: &str = "<?xml version=\"1.0\"?>\n<channel name=\"xfce4-screensaver\" version=\"1.0\">\n <property name=\"saver\" type=\"empty\">\n  <property name=\"enabled\" type=\"bool\" value=\"true\"/>\n  <property name=\"idle-activation\" type=\"empty\">\n   <property name=\"delay\" type=\"int\" value=\"10\"/>\n  </property>\n </property>\n <property name=\"lock\" type=\"empty\">\n  <property name=\"saver-activation\" type=\"empty\">\n   <property name=\"delay\" type=\"int\" value=\"4\"/>\n  </property>\n </property>\n</channel>\n";

fn xfce(xml: &str, power: &str) -> UserScreenLock {
    let own = |name: &str| {
        format!("alice$ cat -- /home/alice/.config/xfce4/xfconf/xfce-perchannel-xml/{name}.xml")
    };
    only(
        &computer("xfce")
            .file("/usr/bin/xfce4-screensaver", "")
            .command(&own("xfce4-screensaver"), xml)
            .command(&own("xfce4-power-manager"), power),
    )
}

#[test]
fn xfce_counts_minutes_of_idling_and_locking() {
    assert_eq!(xfce(XFCE, "").locks_after_s, 14 * 60);
    let off = XFCE.replace("value=\"true\"", "value=\"false\"");
    assert_eq!(xfce(&off, "").locks_after_s, 0);
}

#[test]
fn xfces_presentation_mode_keeps_the_screen_open() {
    let power = "<channel name=\"xfce4-power-manager\"><property name=\"xfce4-power-manager\" type=\"empty\"><property name=\"presentation-mode\" type=\"bool\" value=\"true\"/></property></channel>";
    assert_eq!(xfce(XFCE, power).locks_after_s, 0);
}

#[test]
fn cinnamon_and_mate_are_read_in_their_own_units() {
    let host = gsettings(
        computer("cinnamon"),
        "org.cinnamon.desktop.session",
        &[("idle-delay", "uint32 900")],
    );
    let host = gsettings(
        host,
        "org.cinnamon.desktop.screensaver",
        &[("lock-enabled", "true"), ("lock-delay", "uint32 2")],
    );
    let host = gsettings(host, "org.cinnamon.desktop.lockdown", &[]);
    assert_eq!(only(&host).locks_after_s, 902);
    let host = gsettings(computer("mate"), "org.mate.session", &[("idle-delay", "5")]);
    let host = gsettings(
        host,
        "org.mate.screensaver",
        &[("idle-activation-enabled", "true"), ("lock-enabled", "true"), ("lock-delay", "1")],
    );
    assert_eq!(only(&host).locks_after_s, 360);
}

#[test]
fn window_manager_is_locked_by_what_runs_beside_it() {
    let lines = "ps -ww -C swayidle,xautolock -o uid=,args=";
    let sway = signed_in(computer("sway"), "sway");
    let idle = running(sway.clone(), &[(1000, "sway"), (1000, "swayidle")]).command(
        lines,
        " 1000 swayidle -w timeout 600 swaylock -f timeout 700 swaymsg output * dpms off\n",
    );
    assert_eq!(only(&idle).locks_after_s, 600);
    let auto = running(sway.clone(), &[(1000, "xautolock")])
        .command(lines, " 1000 xautolock -time 10 -locker i3lock\n");
    assert_eq!(only(&auto).locks_after_s, 600);
    let other = running(sway.clone(), &[(1001, "swayidle")]);
    assert_eq!(only(&other).locks_after_s, 0);
    let hidden = running(sway, &[(1000, "xss-lock")]);
    assert!(record::<ScreenLock>(&hidden).users.is_empty());
    assert!(unread::<ScreenLock>(&hidden)[0].why.contains("xss-lock"));
}

#[test]
fn computer_without_systemd_shows_its_people_by_their_programs() {
    let refused = "System has not been booted with systemd as init system (PID 1). Can't operate.";
    let host = |desktop: &str| {
        running(
            computer(desktop),
            &[(1000, "xfce4-session"), (1000, "xautolock"), (120, "gnome-shell")],
        )
        .command_refused("loginctl list-sessions --no-legend", 1, refused)
        .command("ps -ww -C swayidle,xautolock -o uid=,args=", " 1000 xautolock -locker slock\n")
    };
    let lock = only(&host("gnome"));
    assert_eq!((lock.desktop.as_str(), lock.locks_after_s), ("xfce", 600));
    assert!(unread::<ScreenLock>(&host("gnome")).is_empty());
    // Where systemd runs, its refusal leaves a doubt.
    let doubtful = host("xfce").directory("/run/systemd/system", &["units"]);
    assert!(unread::<ScreenLock>(&doubtful).iter().any(|one| one.why.contains("loginctl")));
}

#[test]
fn catalogues_commands_for_plasma_make_the_screen_lock_within_15_minutes() {
    let checks = include_str!("../../../../../catalogue/checks/information/systems.toml");
    let settings: String = checks
        .lines()
        .filter_map(|line| {
            line.strip_prefix("kwriteconfig5 --file kscreenlockerrc --group Daemon --key ")
        })
        .filter_map(|setting| setting.split_once(' '))
        .map(|(key, value)| format!("{key}={value}\n"))
        .collect();
    let lock = kde(None, Some(&format!("[Daemon]\n{settings}")));
    assert_eq!((lock.locks_after_s, lock.asks_password), (900, true));
}
