use crate::{
    HostError, RecordedHost,
    probe::tests::{record, root, running, unread, why_unread},
};
use closedset_core::fact::device::StoragePorts;

const BUILTIN: &str = "/lib/modules/6.1.0-18-amd64/modules.builtin";

fn computer() -> RecordedHost {
    root()
        .directory("/sys/bus/usb/devices", &["1-0:1.0", "usb1", "usb2"])
        .file("/proc/modules", "ext4 1000 1 - Live 0x0\n")
        .file(BUILTIN, "kernel/fs/ext3.ko\n")
        .command(
            "modprobe -n -v usb-storage",
            "insmod /lib/modules/6.1.0-18-amd64/kernel/drivers/usb/storage/usb-storage.ko \n",
        )
        .command(
            "modprobe -n -v uas",
            "insmod /lib/modules/x/usb-storage.ko \ninsmod /lib/modules/x/uas.ko \n",
        )
}

fn state(host: &RecordedHost, kind: &str) -> String {
    let ports: StoragePorts = record(host);
    ports.ports.into_iter().find(|port| port.kind == kind).unwrap().state
}

fn refused() -> RecordedHost {
    computer()
        .command("modprobe -n -v usb-storage", "install /bin/false \n")
        .command("modprobe -n -v uas", "install /bin/false \n")
}

#[test]
fn driver_that_loads_on_demand_is_an_open_port() {
    let ports: StoragePorts = record(&computer());
    assert_eq!(ports.open, ["usb", "uas"]);
    assert_eq!(ports.all_blocked, Some(false));
}

#[test]
fn drivers_that_modprobe_refuses_are_blocked() {
    let ports: StoragePorts = record(&refused());
    assert_eq!(ports.all_blocked, Some(true), "{:?}", ports.ports);
}

#[test]
fn blacklist_line_alone_blocks_nothing() {
    let host =
        computer().file("/etc/modprobe.d/usb.conf", "blacklist usb_storage\nblacklist uas\n");
    let ports: StoragePorts = record(&host);
    assert_eq!(ports.open, ["usb", "uas"]);
    assert!(ports.ports[0].seen.contains("blacklisted, but root can still load it"));
}

#[test]
fn driver_that_is_loaded_is_open_whatever_modprobe_would_do_next() {
    let loaded = refused().file("/proc/modules", "usb_storage 90112 0 - Live 0x0\n");
    assert_eq!(state(&loaded, "usb"), "open");
    let registered = refused().directory("/sys/bus/usb/drivers/usb-storage", &["module"]);
    assert_eq!(state(&registered, "usb"), "open");
    let built_in = refused().file(BUILTIN, "kernel/drivers/usb/storage/usb-storage.ko\n");
    assert_eq!(state(&built_in, "usb"), "open");
    // modprobe has nothing to say about a module that is there already.
    let silent = refused().command("modprobe -n -v usb-storage", "");
    assert_eq!(state(&silent, "usb"), "open");
}

#[test]
fn one_modules_answer_is_not_taken_for_anothers() {
    let host = computer().command("modprobe -n -v uas", "install /bin/true\n");
    assert_eq!((state(&host, "usb").as_str(), state(&host, "uas").as_str()), ("open", "blocked"));
}

#[test]
fn install_line_that_loads_after_all_is_open() {
    let line = "install /bin/sh -c 'modprobe --ignore-install usb-storage'\n";
    let host = refused().command("modprobe -n -v usb-storage", line);
    assert_eq!(state(&host, "usb"), "open");
}

#[test]
fn uas_whose_need_is_refused_cannot_load() {
    let host = refused().command(
        "modprobe -n -v uas",
        "install /bin/false \ninsmod /lib/modules/6.1.0-18-amd64/kernel/drivers/usb/storage/uas.ko.xz \n",
    );
    assert_eq!(state(&host, "uas"), "blocked");
}

#[test]
fn kernel_that_takes_no_more_modules_blocks_what_is_not_loaded() {
    let host = computer().file("/proc/sys/kernel/modules_disabled", "1\n");
    assert_eq!(state(&host, "usb"), "blocked");
}

#[test]
fn module_that_is_missing_blocks_but_a_missing_list_is_unread() {
    let fatal =
        "modprobe: FATAL: Module usb-storage not found in directory /lib/modules/6.1.0-18-amd64";
    let missing = computer().command_refused("modprobe -n -v usb-storage", 1, fatal);
    assert_eq!(state(&missing, "usb"), "blocked");
    let no_list = missing.file_error(BUILTIN, HostError::NotFound);
    assert_eq!(state(&no_list, "usb"), "unread");
    assert!(unread::<StoragePorts>(&no_list).iter().any(|one| one.path == "ports"));
}

#[test]
fn port_that_could_not_be_read_leaves_the_whole_unknown_unless_one_is_open() {
    let sata = refused().directory("/sys/class/ata_port", &["ata1"]);
    let ports: StoragePorts = record(&sata);
    assert_eq!((ports.all_blocked, ports.open.len()), (None, 0));
    assert_eq!(state(&sata, "esata"), "unread");
    let paths: Vec<_> = unread::<StoragePorts>(&sata).into_iter().map(|one| one.path).collect();
    assert_eq!(paths, ["all_blocked", "ports"]);
    let open = computer().directory("/sys/class/ata_port", &["ata1"]);
    assert_eq!(record::<StoragePorts>(&open).all_blocked, Some(false));
}

fn guarded(configuration: &str, rules: &str) -> RecordedHost {
    running(computer(), &[(0, "usbguard-daemon")])
        .file("/etc/usbguard/usbguard-daemon.conf", configuration)
        .file("/etc/usbguard/rules.conf", rules)
}

#[test]
fn usbguard_blocks_what_nobody_named() {
    let rules = "allow id 1d6b:0002 serial \"0000\" name \"xHCI\" with-interface 09:00:00\nallow id 0781:5581 serial \"4C\" with-interface 08:06:50\nallow with-interface equals { 03:01:01 }\nblock\n";
    for kind in ["usb", "uas", "mtp"] {
        assert_eq!(state(&guarded("ImplicitPolicyTarget=block\n", rules), kind), "blocked");
    }
}

#[test]
fn usbguard_that_lets_storage_in_or_does_not_run_or_allows_by_default_blocks_nothing() {
    let opening = [
        "allow\n",
        "allow with-interface one-of { 08:*:* }\n",
        "allow id *:*\n",
        "allow id 0781:* with-interface one-of { 08:*:* }\n",
        "allow id 0781:* serial \"4C\"\n",
        "allow id 0781:5581\n",
        "allow id 0781:5581 serial \"\"\n",
        "allow id 0781:5581 name \"a serial b hash c\"\n",
        "allow via-port \"1-1\"\n",
        "allow\tname \"Stick\"\n",
        "12: allow hash \"abc=\"\n",
        // A keyboard with a drive in it.
        "allow with-interface one-of { 03:00:01 03:01:01 }\n",
        "allow with-interface { 03:01:01 08:06:50 }\n",
    ];
    for rules in opening {
        assert_eq!(
            state(&guarded("ImplicitPolicyTarget=block\n", rules), "usb"),
            "open",
            "{rules}"
        );
    }
    let elsewhere = guarded("RuleFile=/etc/guard.conf\n", "").file("/etc/guard.conf", "allow\n");
    assert_eq!(state(&elsewhere, "usb"), "open");
    assert_eq!(state(&guarded("ImplicitPolicyTarget=allow\n", ""), "usb"), "open");
    assert_eq!(state(&guarded("InsertedDevicePolicy=allow\n", ""), "usb"), "open");
    let stopped = computer()
        .file("/etc/usbguard/usbguard-daemon.conf", "")
        .file("/etc/usbguard/rules.conf", "");
    assert_eq!(state(&stopped, "usb"), "open");
}

#[test]
fn usbguards_rules_that_root_alone_reads_are_unread() {
    let host = guarded("", "").file_error("/etc/usbguard/rules.conf", HostError::PermissionDenied);
    assert_eq!(state(&host, "usb"), "unread");
    assert!(unread::<StoragePorts>(&host)[0].why.contains("run as root"));
}

#[test]
fn bus_that_lets_no_new_device_in_is_blocked() {
    let host = computer()
        .file("/sys/bus/usb/devices/usb1/authorized_default", "0\n")
        .file("/sys/bus/usb/devices/usb2/authorized_default", "2\n");
    assert_eq!(record::<StoragePorts>(&host).all_blocked, Some(true));
    let half = host.file("/sys/bus/usb/devices/usb2/authorized_default", "1\n");
    assert_eq!(state(&half, "usb"), "open");
}

#[test]
fn phones_need_no_driver_and_are_open_where_a_program_reads_them() {
    let host = refused().file("/usr/lib/udev/rules.d/69-libmtp.rules", "");
    let ports: StoragePorts = record(&host);
    assert_eq!(ports.open, ["mtp"]);
    let ports: StoragePorts = record(&refused().file("/usr/libexec/gvfsd-afc", ""));
    assert_eq!(ports.open, ["mtp"]);
}

#[test]
fn thunderbolt_is_judged_by_its_security_level() {
    let level = |level: &str| {
        let host = refused()
            .directory("/sys/bus/thunderbolt/devices", &["0-0", "domain0"])
            .file("/sys/bus/thunderbolt/devices/domain0/security", level);
        state(&host, "thunderbolt")
    };
    assert_eq!(level("none\n"), "open");
    assert_eq!(level("nopcie\n"), "blocked");
    assert_eq!(level("dponly\n"), "blocked");
    assert_eq!(level("user\n"), "blocked");
    let gnome = |mode: &str| {
        let host = refused()
            .directory("/sys/bus/thunderbolt/devices", &["domain0"])
            .file("/sys/bus/thunderbolt/devices/domain0/security", "user\n")
            .file("/usr/bin/gnome-shell", "")
            .file("/usr/bin/boltctl", "")
            .command("boltctl config auth-mode", mode);
        state(&host, "thunderbolt")
    };
    assert_eq!((gnome("enabled\n").as_str(), gnome("disabled\n").as_str()), ("open", "blocked"));
}

#[test]
fn thunderbolt_controller_that_hides_until_something_is_plugged_in_is_unread() {
    assert_eq!(state(&refused(), "thunderbolt"), "absent");
    let switch = "/sys/bus/wmi/devices/86CCFD48-205E-4A77-9C48-2021CBEDE341";
    assert_eq!(state(&refused().directory(switch, &["force_power"]), "thunderbolt"), "unread");
}

#[test]
fn thunderbolt_controller_without_a_driver_is_unread() {
    let host = refused().file("/sys/bus/pci/devices/0000:00:0d.2/class", "0x0c0340\n");
    assert_eq!(state(&host, "thunderbolt"), "unread");
}

#[test]
fn card_readers_firewire_and_disc_drives_are_kinds_of_their_own() {
    let host = refused()
        .directory("/sys/class/mmc_host", &["mmc0"])
        .command("modprobe -n -v mmc_block", "insmod /lib/modules/x/mmc_block.ko\n")
        .directory("/sys/bus/firewire/devices", &["fw0"])
        .command("modprobe -n -v firewire-sbp2", "install /bin/true\n")
        .directory("/sys/class/block", &["sda", "sr0"]);
    let ports: StoragePorts = record(&host);
    assert_eq!(ports.open, ["sd", "optical"]);
    assert_eq!(state(&host, "firewire"), "blocked");
}

#[test]
fn computer_of_which_nothing_can_be_seen_is_unread_and_not_without_ports() {
    assert!(why_unread::<StoragePorts>(&RecordedHost::new()).is_some());
    let hidden = root().directory_error("/sys/bus", HostError::NotFound);
    assert!(why_unread::<StoragePorts>(&hidden).is_some());
}
