use crate::{
    RecordedHost,
    probe::tests::{person, record, root, running, unread, why_unread, with_units},
};
use closedset_core::fact::device::SshServer;

const SS: &str = "ss -H -lntup";
const LISTENING: &str = "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=700,fd=3))\n";
const EFFECTIVE: &str = "port 22\npermitrootlogin without-password\npasswordauthentication no\nkbdinteractiveauthentication no\npermitemptypasswords no\nusepam yes\nauthenticationmethods any\n";

fn server(effective: &str, files: &str) -> SshServer {
    record(
        &root()
            .command(SS, LISTENING)
            .command("sshd -T", effective)
            .file("/etc/ssh/sshd_config", files),
    )
}

#[test]
fn settings_in_force_are_read_from_the_server_itself() {
    let ssh = server(EFFECTIVE, "PasswordAuthentication yes\n");
    assert!(ssh.is_running);
    assert_eq!(ssh.password_sign_in, Some(false));
    assert_eq!(ssh.root_sign_in.as_deref(), Some("prohibit-password"));
    assert_eq!(ssh.empty_passwords, Some(false));
}

#[test]
fn keyboard_interactive_through_pam_is_a_password_too() {
    let with = |text: &str| server(&format!("{EFFECTIVE}{text}"), "").password_sign_in;
    let interactive =
        EFFECTIVE.replace("kbdinteractiveauthentication no", "kbdinteractiveauthentication yes");
    assert_eq!(server(&interactive, "").password_sign_in, Some(true));
    let without_pam = interactive.replace("usepam yes", "usepam no");
    assert_eq!(server(&without_pam, "").password_sign_in, Some(false));
    assert_eq!(with(""), Some(false));
}

#[test]
fn password_beside_a_key_is_no_password_alone() {
    let password = EFFECTIVE.replace("passwordauthentication no", "passwordauthentication yes");
    assert_eq!(server(&password, "").password_sign_in, Some(true));
    let both = password.replace("methods any", "methods publickey,password");
    assert_eq!(server(&both, "").password_sign_in, Some(false));
    let either = password.replace("methods any", "methods publickey,password password");
    assert_eq!(server(&either, "").password_sign_in, Some(true));
}

#[test]
fn match_block_opens_what_the_general_settings_close() {
    let files = "PermitRootLogin no\nMatch Address 10.0.0.0/8\n  PasswordAuthentication yes\n  PermitRootLogin yes\n";
    let ssh = server(EFFECTIVE, files);
    assert_eq!(ssh.password_sign_in, Some(true));
    assert_eq!(ssh.root_sign_in.as_deref(), Some("yes"));
    assert_eq!(ssh.empty_passwords, Some(false));
    // For each connection sshd lays its blocks over the general settings, this one too.
    let all = server(EFFECTIVE, "PermitEmptyPasswords no\nMatch all\nPermitEmptyPasswords yes\n");
    assert_eq!(all.empty_passwords, Some(true));
}

#[test]
fn match_block_is_read_as_sshd_reads_it() {
    let lines = [
        "PasswordAuthentication Yes",
        "PasswordAuthentication yes # why",
        "passwordauthentication=YES",
        "PasswordAuthentication = \"yes\"",
        "ChallengeResponseAuthentication yes",
    ];
    for line in lines {
        let ssh = server(EFFECTIVE, &format!("Match User crew\n\t{line}\n"));
        assert_eq!(ssh.password_sign_in, Some(true), "{line}");
    }
    for line in ["#PasswordAuthentication yes", "PasswordAuthentication No # not yes"] {
        let ssh = server(EFFECTIVE, &format!("Match User crew\n{line}\n"));
        assert_eq!(ssh.password_sign_in, Some(false), "{line}");
    }
}

#[test]
fn match_block_may_ask_for_a_password_where_the_general_settings_ask_for_a_key() {
    let key = EFFECTIVE
        .replace("passwordauthentication no", "passwordauthentication yes")
        .replace("methods any", "methods publickey");
    assert_eq!(server(&key, "").password_sign_in, Some(false));
    let with = |block: &str| {
        root()
            .command(SS, LISTENING)
            .command("sshd -T", key.clone())
            .file("/etc/ssh/sshd_config", block)
    };
    let password_sign_in = |block: &str| record::<SshServer>(&with(block)).password_sign_in;
    assert_eq!(password_sign_in("Match User a\nAuthenticationMethods password\n"), Some(true));
    assert_eq!(
        password_sign_in("Match User a\nAuthenticationMethods publickey,password\n"),
        Some(false)
    );
    let two = "Match User a\nPasswordAuthentication no\nKbdInteractiveAuthentication yes\nMatch Address 10.0.0.0/8\nAuthenticationMethods keyboard-interactive\n";
    assert_eq!(password_sign_in(two), None);
    assert!(unread::<SshServer>(&with(two))[0].why.contains("together"));
}

#[test]
fn file_included_within_a_match_block_belongs_to_it() {
    let host = |main: &str| {
        let ssh: SshServer = record(
            &root()
                .command(SS, LISTENING)
                .command("sshd -T", EFFECTIVE)
                .file("/etc/ssh/sshd_config", main)
                .file("/etc/ssh/weak.conf", "PasswordAuthentication yes\n")
                .file("/etc/ssh/other.conf", "Match User x\nX11Forwarding no\n"),
        );
        ssh.password_sign_in
    };
    assert_eq!(host("Match User crew\nInclude weak.conf\n"), Some(true));
    assert_eq!(host("Include weak.conf\nMatch User crew\nX11Forwarding no\n"), Some(false));
    // A block in an included file ends with it.
    assert_eq!(host("Include other.conf\nPasswordAuthentication yes\n"), Some(false));
    assert_eq!(host("Include w[e]ak.conf\n"), None);
    assert_eq!(host("Include gone.conf\n"), Some(false));
}

#[test]
fn server_that_is_not_openssh_is_not_judged_by_its_settings() {
    let answering = |program: &str| {
        let line =
            format!("tcp LISTEN 0 9 0.0.0.0:22 0.0.0.0:* users:((\"{program}\",pid=7,fd=3))\n");
        root().command(SS, line).command("sshd -T", EFFECTIVE).file("/etc/ssh/sshd_config", "")
    };
    let dropbear = answering("dropbear");
    let ssh: SshServer = record(&dropbear);
    assert!(ssh.is_running);
    assert_eq!((ssh.password_sign_in, ssh.root_sign_in, ssh.empty_passwords), (None, None, None));
    assert!(unread::<SshServer>(&dropbear)[0].why.contains("dropbear answers on the ssh port"));
    let with = |socket: &str| {
        let host = with_units(answering("systemd"), &[(socket, "active", "enabled")]);
        record::<SshServer>(&host).password_sign_in
    };
    assert_eq!(with("ssh.socket"), Some(false));
    assert_eq!(with("bolt.service"), None);
    let hidden = root()
        .command(SS, "tcp LISTEN 0 9 0.0.0.0:22 0.0.0.0:*\n")
        .command("sshd -T", EFFECTIVE)
        .file("/etc/ssh/sshd_config", "");
    let dropbear_runs = running(hidden.clone(), &[(0, "dropbear")]);
    assert_eq!(record::<SshServer>(&dropbear_runs).password_sign_in, None);
    assert_eq!(record::<SshServer>(&hidden).password_sign_in, Some(false));
}

#[test]
fn match_block_that_lets_root_in_by_key_is_looser_than_no() {
    let root = |general: &str, matched: &str| {
        let effective = EFFECTIVE.replace("without-password", general);
        let files = format!("Match Address 10.0.0.0/8\n  PermitRootLogin {matched}\n");
        server(&effective, &files).root_sign_in.unwrap()
    };
    assert_eq!(root("no", "prohibit-password"), "prohibit-password");
    assert_eq!(root("no", "without-password"), "prohibit-password");
    assert_eq!(root("no", "forced-commands-only"), "forced-commands-only");
    assert_eq!(root("prohibit-password", "no"), "prohibit-password");
    assert_eq!(root("no", "Yes"), "yes");
    assert_eq!(root("no", "no"), "no");
}

#[test]
fn match_block_in_an_included_file_is_found() {
    let host = root()
        .command(SS, LISTENING)
        .command("sshd -T", EFFECTIVE)
        .file("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n")
        .file(
            "/etc/ssh/sshd_config.d/50-crew.conf",
            "Match User crew\nPasswordAuthentication yes\n",
        )
        .file("/etc/ssh/sshd_config.d/README", "Match User x\nPermitRootLogin yes\n");
    let ssh: SshServer = record(&host);
    assert_eq!(ssh.password_sign_in, Some(true));
    assert_eq!(ssh.root_sign_in.as_deref(), Some("prohibit-password"));
}

#[test]
fn socket_activation_is_a_running_server() {
    let systemd = "tcp LISTEN 0 4096 *:22 *:* users:((\"systemd\",pid=1,fd=90))\n";
    let host = root().command(SS, systemd);
    assert!(record::<SshServer>(&host).is_running);
    let hidden = with_units(root().command(SS, ""), &[("ssh.socket", "active", "enabled")]);
    assert!(record::<SshServer>(&hidden).is_running);
}

#[test]
fn server_is_found_by_debians_and_by_rockys_unit() {
    for unit in ["ssh.service", "sshd.service"] {
        let host = with_units(person().command(SS, ""), &[(unit, "active", "enabled")]);
        assert!(record::<SshServer>(&host).is_running, "{unit}");
    }
}

#[test]
fn sessions_process_without_a_listener_is_no_server() {
    let host = root()
        .command(SS, "")
        .command("ps -ww -eo pid=,ppid=,uid=,comm=", "1 0 0 init\n50 49 1000 sshd\n");
    assert!(!record::<SshServer>(&host).is_running);
    assert!(record::<SshServer>(&running(root(), &[(0, "sshd")])).is_running);
}

#[test]
fn ordinary_person_sees_that_it_runs_but_not_how() {
    let host = person().command(SS, "tcp LISTEN 0 128 [::]:22 [::]:*\n").command_refused(
        "sshd -T",
        1,
        "sshd: no hostkeys available -- exiting.",
    );
    let ssh: SshServer = record(&host);
    assert!(ssh.is_running);
    assert_eq!(ssh.password_sign_in, None);
    assert_eq!(unread::<SshServer>(&host).len(), 3);
    assert!(unread::<SshServer>(&host)[0].why.contains("run as root"));
    assert!(why_unread::<SshServer>(&RecordedHost::new()).is_some());
}

#[test]
fn server_that_was_started_with_settings_of_its_own_is_not_judged_by_the_ordinary_ones() {
    let with = |lines: &str| {
        root()
            .command(SS, LISTENING)
            .command("sshd -T", EFFECTIVE)
            .file("/etc/ssh/sshd_config", "")
            .command("ps -ww -C sshd -o uid=,args=", lines)
    };
    for line in [
        "0 sshd: /usr/sbin/sshd -D -oPasswordAuthentication=yes [listener] 0 of 10-100 startups",
        "0 /usr/sbin/sshd -D -o PermitRootLogin yes",
        "0 /usr/sbin/sshd -Df /srv/loose.conf",
        "0 sshd: /opt/ssh/sbin/sshd -f /srv/loose.conf [listener] 1 of 10-100 startups",
        "0 /usr/sbin/sshd -D -p 2222 -o permitemptypasswords=yes",
    ] {
        let host = with(line);
        assert_eq!(record::<SshServer>(&host).password_sign_in, None, "{line}");
        assert!(unread::<SshServer>(&host)[0].why.contains("was started with"), "{line}");
    }
    for line in [
        "0 /usr/sbin/sshd -D -oCiphers=aes256-gcm@openssh.com -oMACs=hmac-sha2-256-etm@openssh.com",
        "0 /usr/sbin/sshd -f /etc/ssh/sshd_config -p 22",
        // One connection, and a person's own program of that name, say nothing of the server.
        "0 sshd: crew -oPasswordAuthentication=yes [priv]",
        "1000 /home/crew/sshd -f /tmp/x",
        "",
    ] {
        assert_eq!(record::<SshServer>(&with(line)).password_sign_in, Some(false), "{line}");
    }
    let hidden = with("").command_refused("ps -ww -C sshd -o uid=,args=", 1, "cannot read /proc");
    assert_eq!(record::<SshServer>(&hidden).password_sign_in, None);
}
