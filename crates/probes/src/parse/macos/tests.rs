use super::*;

#[test]
fn firewall_is_told_by_its_number() {
    let states = [
        ("Firewall is enabled. (State = 1) \n", Some(1)),
        ("Firewall is disabled. (State = 0)\n", Some(0)),
        ("Firewall is blocking all non-essential incoming connections. (State = 2)\n", Some(2)),
        ("Firewall is enabled.\n", None),
        ("(State = 9)", None),
        ("(State = 1", Some(1)),
        ("", None),
    ];
    for (text, state) in states {
        assert_eq!(firewall_state(text), state, "{text}");
    }
}

#[test]
fn settings_of_the_firewall_are_read_in_the_words_of_several_versions() {
    let old = "Automatically allow signed built-in software ENABLED\nAutomatically allow downloaded \
               signed software DISABLED\n";
    let new = "Automatically allow built-in signed software ENABLED.\nAutomatically allow downloaded \
               signed software DISABLED.\n";
    for text in [old, new] {
        assert_eq!(firewall_setting(text, &["built-in"]), Some(true));
        assert_eq!(firewall_setting(text, &["downloaded"]), Some(false));
    }
    let block = |text| firewall_setting(text, &["block all"]);
    assert_eq!(block("Block all DISABLED! \n"), Some(false));
    assert_eq!(block("Firewall has block all state set to enabled.\n"), Some(true));
    assert_eq!(block("Firewall has block all state set to disabled.\n"), Some(false));
    assert_eq!(block("Firewall stealth mode is on\n"), None);
}

#[test]
fn screen_lock_is_off_at_once_or_after_a_while() {
    let said =
        |words: &str| screen_lock(&format!("2026-03-12 10:30:00.123 sysadminctl[1:2] {words}\n"));
    assert_eq!(said("screenLock delay is immediate"), Some(ScreenLock::After(0)));
    assert_eq!(said("screenLock delay is 300 seconds"), Some(ScreenLock::After(300)));
    assert_eq!(said("screenLock delay is 5.000000 seconds"), Some(ScreenLock::After(5)));
    assert_eq!(said("screenLock delay is -1.000000 seconds"), Some(ScreenLock::Off));
    assert_eq!(said("screenLock is off"), Some(ScreenLock::Off));
    for odd in ["screenLock delay is 5 minutes", "screenLock delay is", "Must be run as a user", ""]
    {
        assert_eq!(said(odd), None, "{odd}");
    }
}

#[test]
fn display_sleep_is_told_for_each_source_of_power() {
    let text = "Battery Power:\n lidwakeonac      1\n displaysleep         2\n sleep                \
                1\nAC Power:\n Sleep On Power Button 1\n displaysleep         0\n";
    assert_eq!(display_sleep(text), [("Battery Power".into(), 2), ("AC Power".into(), 0)]);
    assert_eq!(display_sleep("pmset: not supported"), []);
}

#[test]
fn updates_are_read_in_both_forms() {
    let head = "Software Update Tool\n\nFinding available software\n";
    let some = "Software Update found the following new or updated software:\n";
    let new = format!(
        "{head}{some}* Label: Safari26.1SequoiaAuto-26.1\n\tTitle: Safari, Version: 26.1, Size: \
         249465KiB, Recommended: YES, \n* Label: macOS Sequoia 15.7.2-24G325\n\tTitle: macOS Sequoia \
         15.7.2, Version: 15.7.2, Size: 2KiB, Recommended: YES, Action: restart, \n* Label: Extra-1\n\
         \tTitle: Extra, Version: 1, Size: 1KiB, Recommended: NO, \n"
    );
    let titles: Vec<_> = updates(&new, "")
        .unwrap()
        .into_iter()
        .map(|one| (one.title, one.version, one.is_recommended))
        .collect();
    let all =
        [("Safari", "26.1", true), ("macOS Sequoia 15.7.2", "15.7.2", true), ("Extra", "1", false)];
    assert_eq!(titles, all.map(|(title, version, is)| (title.into(), version.into(), is)));
    let old = format!(
        "{head}{some}   * Security Update 2020-002-10.14.6\n\tSecurity Update 2020-002 (10.14.6), \
         1686048K [recommended] [restart]\n"
    );
    let old = updates(&old, "").unwrap();
    assert_eq!((old[0].title.as_str(), old[0].is_recommended), ("Security Update 2020-002", true));
}

#[test]
fn no_updates_are_none_only_if_it_says_so() {
    let head = "Software Update Tool\n\nFinding available software\n";
    assert_eq!(updates(head, "No new software available.\n"), Some(Vec::new()));
    assert_eq!(
        updates("Software Update Tool\n\nNo new software available.\n", ""),
        Some(Vec::new())
    );
    let broken = [
        "",
        "Can't connect to the Apple Software Update server, because you are not connected to the Internet.\n",
    ];
    for complaint in broken {
        assert_eq!(updates(head, complaint), None, "{complaint}");
    }
    let cut = "Software Update found the following new or updated software:\n";
    assert_eq!(updates(cut, ""), None);
    assert_eq!(updates(&format!("{cut}* Label: macOS 27-26A428\n"), "").unwrap().len(), 1);
}

#[test]
fn extension_works_only_if_it_is_activated_and_enabled() {
    let text = "2 extension(s)\n--- com.apple.system_extension.endpoint_security (Go to 'System \
                Settings' to modify these system extension(s))\nenabled\tactive\tteamID\tbundleID \
                (version)\tname\t[state]\n*\t*\tX9E956P446\tcom.crowdstrike.falcon.Agent (7.1/190.1)\
                \tFalcon Sensor\t[activated enabled]\n\t\tEXAMPLE456\tcom.example.edr (1.4/104)\t\
                Example\t[activated waiting for user]\n";
    let found = extensions(text).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].bundle, "com.crowdstrike.falcon.Agent");
    assert!(found[0].is_active && !found[1].is_active);
    assert_eq!(extensions("0 extension(s)\n"), Some(Vec::new()));
    assert_eq!(extensions("systemextensionsctl: not permitted"), None);
}

#[test]
fn sockets_of_netstat_and_lsof_are_the_same() {
    let netstat_text = "Active Internet connections (including servers)\nProto Recv-Q Send-Q  Local \
        Address          Foreign Address        (state)    \ntcp4       0      0  *.22                   \
        *.*                    LISTEN     \ntcp6       0      0  *.22                   *.*                    \
        LISTEN     \ntcp4       0      0  127.0.0.1.631          *.*                    LISTEN     \ntcp6       \
        0      0  ::1.631                *.*                    LISTEN     \ntcp4       0      0  \
        10.0.0.2.50000         1.1.1.1.443            ESTABLISHED\nudp4       0      0  *.5353                 \
        *.*                               \nudp4       0      0  *.*                    *.*\n";
    let lsof_text = "p1\nclaunchd\nf7\ntIPv6\nPTCP\nn*:22\nf8\ntIPv4\nPTCP\nn*:22\np99\nccupsd\nf5\ntIPv6\n\
        PTCP\nn[::1]:631\nf6\ntIPv4\nPTCP\nn127.0.0.1:631\np7\ncGoogle\\x20Chrome\nf1\ntIPv4\nPUDP\n\
        n10.0.0.2:5000->1.1.1.1:443\np8\ncmDNSResponder\nf1\ntIPv4\nPUDP\nn*:5353\nf2\ntIPv4\nPUDP\nn*:*\n";
    let places = |listeners: Vec<Listener>| {
        let mut all: Vec<_> =
            listeners.into_iter().map(|one| (one.protocol, one.address, one.port)).collect();
        all.sort();
        all
    };
    assert_eq!(places(netstat(netstat_text)), places(lsof(lsof_text)));
    assert_eq!(lsof(lsof_text)[0].programs, ["launchd"]);
}

#[test]
fn length_of_passwords_is_read_from_a_plain_condition_alone() {
    let length =
        |inside: &str| password_length(&format!("policyAttributePassword matches '{inside}'"));
    assert_eq!(length(".{12,}"), Some(12));
    assert_eq!(length("^.{8,}$"), Some(8));
    assert_eq!(length(".{15,}+"), Some(15));
    assert_eq!(length("^(?=.*[0-9])(?=.*[a-zA-Z]).*"), None);
    assert_eq!(length("(.*[0-9].*){1,}+"), None);
    assert_eq!(password_length("policyAttributeFailedAuthentications < 5"), None);
    let either =
        "policyAttributePassword matches '.{12,}' OR policyAttributePassword matches '.{4,}'";
    assert_eq!(password_length(either), None);
}
