//! What a computer says of itself, and what a person confirms about it.
//!
//! Complicated judgement (is every leaf of the disk tree encrypted?) is made by the probe and stands
//! here as a plain field, with what it was judged from beside it.

use super::record::records;
use crate::{Duration, Time};

records! {
    /// What the register says of a device: confirmed at the server by a person, never taken from
    /// the device itself, so that no device can talk itself out of a check.
    Device = "device" about Device, "Confirmed by a person" {
        /// A person can look at its screen.
        has_screen: bool,
        /// A laptop, tablet or other machine that leaves the building.
        is_portable: bool,
        /// Pre-release content is handled on it.
        handles_content: bool,
    }

    /// Which operating system runs.
    OperatingSystem = "operating_system" about Device, "Operating system" {
        /// `linux`, `macos` or `windows`.
        family: String,
        /// The distribution or edition: `debian`, `ubuntu`, `rocky`, `macos`, `windows-pro`.
        product: String,
        /// Its name for people: `Debian GNU/Linux 12 (bookworm)`.
        name: String,
        /// Its version: `12`, `24.04`, `9.4`, `15.1`.
        version: String,
        /// The build, where the system has one.
        build: Option<String>,
        /// The running kernel's release.
        kernel: String,
        /// The machine's architecture.
        architecture: String,
    }
    /// Where the operating system stands among its releases; derived from [`OperatingSystem`] and
    /// the catalogue's release data.
    ReleaseLine = "release_line" about Device, "Place among the releases" {
        /// The line: `debian-12`.
        line: String,
        /// 1 for the newest line out, 2 for the one before, and so on.
        position: i64,
        /// Its maker still mends security faults in it.
        is_supported: bool,
        /// When that ends.
        supported_until: Option<Time>,
        /// How old the release data is.
        data_of: Time,
    }
    /// What the machine is.
    Hardware = "hardware" about Device, "Hardware" {
        /// Who made it.
        vendor: Option<String>,
        /// Its model.
        model: Option<String>,
        /// Its serial number.
        serial: Option<String>,
        /// The processor's name.
        processor: Option<String>,
        /// Main memory in bytes.
        memory_bytes: Option<i64>,
        /// It has a battery or a portable chassis.
        looks_portable: Option<bool>,
        /// It is a virtual machine or a container: its kind.
        virtualised_by: Option<String>,
    }

    /// The host firewall as it works now.
    HostFirewall = "host_firewall" about Device, "Host firewall" {
        /// What filters: `ufw`, `firewalld`, `nftables`, `iptables`, `application-firewall`,
        /// `windows-firewall`, `none`.
        backend: String,
        /// It is switched on now.
        is_active: bool,
        /// Inbound traffic that nobody asked for is refused by default, IPv4 and IPv6.
        refuses_inbound: bool,
        /// It comes back after a restart.
        starts_at_boot: Option<bool>,
        /// What was seen, in a few words.
        seen: String,
    }
    /// Screen lock of every person who works on the screen.
    ScreenLock = "screen_lock" about Device, "Screen lock" {
        /// One for each person with a desktop.
        users: Vec<UserScreenLock>,
        /// The longest time until any screen locks, in seconds; absent if one never locks.
        longest_s: Option<i64>,
    }
    /// The screen lock of one person.
    UserScreenLock {
        /// The account's name.
        name: String,
        /// The desktop: `gnome`, `kde`, `xfce`, `cinnamon`, `mate`, `window-manager`,
        /// `macos`, `windows`.
        desktop: String,
        /// Seconds without input until the screen is locked; 0 for never.
        locks_after_s: i64,
        /// Unlocking asks for the password.
        asks_password: bool,
        /// An administrator fixed the settings so that the person cannot change them. Absent where
        /// the desktop has no such thing.
        is_enforced: Option<bool>,
    }
    /// Encryption of the disks that are built in.
    DiskEncryption = "disk_encryption" about Device, "Disk encryption" {
        /// Every volume that can hold data.
        volumes: Vec<Volume>,
        /// Every volume lies on an encrypted one, or needs no encryption.
        all_encrypted: bool,
        /// The mount points or names of those that do not; empty if none.
        unencrypted: Vec<String>,
    }
    /// One volume: a leaf of the disk tree.
    Volume {
        /// Its device name.
        name: String,
        /// Where it is mounted, or `swap`, or empty.
        mounted_at: String,
        /// Its file system.
        file_system: String,
        /// Its size in bytes.
        size_bytes: i64,
        /// It lies wholly on encrypted storage.
        is_encrypted: bool,
        /// What encrypts it, or why it needs no encryption.
        because: String,
        /// It needs none: boot loader, empty, firmware.
        is_exempt: bool,
    }
    /// Drives that can be taken away and are attached now.
    RemovableDrives = "removable_drives" about Device, "Attached drives" {
        /// Those attached; empty if none.
        attached: Vec<Volume>,
        /// Every one is encrypted.
        all_encrypted: bool,
    }
    /// Whether mass storage can be plugged in.
    StoragePorts = "storage_ports" about Device, "Ports for mass storage" {
        /// Every kind of port or bus by which storage could be attached.
        ports: Vec<StoragePort>,
        /// Every one refuses storage. Absent if none is open but one could not be read.
        all_blocked: Option<bool>,
        /// The kinds that are open; empty if none.
        open: Vec<String>,
    }
    /// One kind of port.
    StoragePort {
        /// `usb`, `uas`, `thunderbolt`, `firewire`, `sd`, `esata`, `optical`, `mtp`.
        kind: String,
        /// `blocked`, `open`, `absent` or `unread`.
        state: String,
        /// What was seen.
        seen: String,
    }
    /// Whether updates install themselves.
    AutomaticUpdates = "automatic_updates" about Device, "Automatic updates" {
        /// Security updates are installed without anybody's doing.
        is_enabled: bool,
        /// What installs them: `unattended-upgrades`, `dnf-automatic`, `softwareupdate`,
        /// `windows-update`, `none`.
        by: String,
        /// What was seen.
        seen: String,
    }
    /// Updates that wait to be installed.
    PendingUpdates = "pending_updates" about Device, "Pending updates" {
        /// Security updates not installed. Absent if the package lists are too old to say.
        security: Option<i64>,
        /// All updates not installed. Absent likewise.
        all: Option<i64>,
        /// How old the package lists are, in days begun.
        lists_age: Option<Duration>,
        /// A restart is needed to finish an update.
        restart_needed: Option<bool>,
    }
    /// Local accounts.
    LocalAccounts = "local_accounts" about Device, "Local accounts" {
        /// Accounts that a person can sign in with.
        users: Vec<LocalAccount>,
        /// Names of accounts that let one in without a password; empty if none. Absent if the
        /// password file could not be read.
        without_password: Option<Vec<String>>,
        /// Names besides root that have root's number; empty if none.
        other_roots: Vec<String>,
        /// Who is signed in by itself at the start; empty if nobody.
        automatic_sign_in: Vec<String>,
        /// A guest may sign in without an account.
        guest_allowed: bool,
    }
    /// One local account.
    LocalAccount {
        /// Its name.
        name: String,
        /// Its number.
        uid: i64,
        /// `set`, `locked`, `none` or `unread`.
        password: String,
        /// It may administer the machine.
        is_administrator: bool,
    }
    /// The rules for local passwords.
    PasswordPolicy = "password_policy" about Device, "Password rules" {
        /// The shortest password that is taken. Absent if no rule is configured.
        minimum_length: Option<i64>,
        /// Wrong attempts before an account is locked for a time. Absent if none are counted.
        locks_after_failures: Option<i64>,
        /// Where the rules stand.
        seen: String,
    }
    /// Ways to reach the machine from afar.
    RemoteAccess = "remote_access" about Device, "Remote access" {
        /// Remote-control programs and services that listen or run; empty if none.
        methods: Vec<RemoteMethod>,
        /// At least one of them can be reached from every network, or by anybody through its
        /// provider.
        is_open_to_all: bool,
    }
    /// One way in.
    RemoteMethod {
        /// `ssh`, `rdp`, `vnc`, `teamviewer`, `anydesk`, `parsec`, ...
        kind: String,
        /// The program.
        program: String,
        /// The address it listens on; empty if it calls out.
        address: String,
        /// The port it listens on; 0 if it calls out.
        port: i64,
        /// `all`, `firewalled` (it listens for all, and the firewall refuses it to strangers),
        /// `loopback`, `one-address` or `through-provider`.
        reach: String,
    }
    /// The ssh server's settings in force.
    SshServer = "ssh_server" about Device, "SSH server" {
        /// It runs, or starts when called.
        is_running: bool,
        /// It lets people in with a password alone. Absent if it does not run.
        password_sign_in: Option<bool>,
        /// Root may sign in: `yes`, `no`, `prohibit-password`. Absent if it does not run.
        root_sign_in: Option<String>,
        /// It lets people in with an empty password. Absent if it does not run.
        empty_passwords: Option<bool>,
    }
    /// Programs that copy files to somebody's cloud.
    CloudSync = "cloud_sync" about Device, "Cloud and sync programs" {
        /// Those installed, running or mounted; empty if none.
        found: Vec<FoundProgram>,
        /// Where was looked.
        looked_at: Vec<String>,
    }
    /// A program that was found.
    FoundProgram {
        /// Its name for people.
        name: String,
        /// `installed`, `running` or `mounted`.
        state: String,
        /// What gave it away.
        seen: String,
    }
    /// Wireless networks.
    Wireless = "wireless" about Device, "Wireless" {
        /// Wireless adapters in the machine.
        adapters: i64,
        /// The networks it is connected to now; empty if none.
        connected: Vec<WirelessNetwork>,
        /// Every one is encrypted with WPA2 (AES) or better.
        all_strong: bool,
    }
    /// One wireless network.
    WirelessNetwork {
        /// Its name.
        ssid: String,
        /// Its security as the system names it.
        security: String,
        /// WPA2 with AES, or WPA3.
        is_strong: bool,
    }
    /// Whether the internet can be reached, tried and seen.
    InternetAccess = "internet_access" about Device, "Internet access" {
        /// A host that must answer did, so that silence elsewhere means something. Absent if no such
        /// host is known.
        control_answered: Option<bool>,
        /// What was tried.
        tried: Vec<InternetTrial>,
        /// Nothing of it was reached. Absent where nothing was, and the control host did not answer either.
        is_restricted: Option<bool>,
    }
    /// One destination.
    InternetTrial {
        /// The host.
        host: String,
        /// `web`, `webmail`, `cloud-storage`, `file-sharing`, `chat`.
        category: String,
        /// How far it got: `nothing`, `name`, `tcp`, `tls`, `http`.
        reached: String,
    }
    /// Whether the clock is kept right.
    TimeSync = "time_sync" about Device, "Clock" {
        /// The clock follows a time server now.
        is_synchronised: bool,
        /// What keeps it.
        by: String,
    }
    /// Protection against malware.
    AntiMalware = "anti_malware" about Device, "Protection against malware" {
        /// The products that run; empty if none.
        products: Vec<AntiMalwareProduct>,
    }
    /// One product.
    AntiMalwareProduct {
        /// Its name.
        name: String,
        /// It runs now.
        is_running: bool,
        /// How old its signatures are, in days begun.
        signatures_age: Option<Duration>,
    }
    /// The packages that are installed.
    Software = "software" about Device, "Installed software" {
        /// `deb`, `rpm`, `apps` or `programs`.
        manager: String,
        /// How many are installed.
        count: i64,
        /// Each of them.
        packages: Vec<Package>,
    }
    /// One installed package.
    Package {
        /// Its name.
        name: String,
        /// Its version, with epoch and release.
        version: String,
        /// The source package's name; of an application or program, who it comes from.
        source: String,
        /// The source package's version.
        source_version: String,
    }
}
