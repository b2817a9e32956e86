//! Programs that copy files to a cloud, and what gives each away.

/// One program.
pub(super) struct Program {
    /// Its name for people.
    pub(super) name: &'static str,
    /// Names of its processes.
    pub(super) processes: &'static [&'static str],
    /// Names of its packages, deb and rpm.
    pub(super) packages: &'static [&'static str],
    /// Names of its snaps.
    pub(super) snaps: &'static [&'static str],
    /// Ids of its Flatpaks.
    pub(super) flatpaks: &'static [&'static str],
    /// What it leaves in a home.
    pub(super) home_entries: &'static [&'static str],
}

/// Those that are looked for.
pub(super) const PROGRAMS: [Program; 18] = [
    Program {
        name: "Dropbox",
        processes: &["dropbox", "dropboxd", "maestral"],
        packages: &["dropbox", "nautilus-dropbox", "nemo-dropbox", "caja-dropbox", "maestral"],
        snaps: &["maestral"],
        flatpaks: &["com.dropbox.Client"],
        home_entries: &[".dropbox-dist"],
    },
    Program {
        name: "Google Drive",
        processes: &["google-drive-ocamlfuse", "insync", "overgrive", "odrive"],
        packages: &["google-drive-ocamlfuse", "insync", "overgrive"],
        snaps: &[],
        flatpaks: &[],
        home_entries: &[".gdfuse"],
    },
    Program {
        name: "OneDrive",
        processes: &["onedrive", "onedriver", "onedrivegui"],
        packages: &["onedrive", "onedriver", "onedrivegui"],
        snaps: &[],
        flatpaks: &["com.github.jstaf.onedriver"],
        home_entries: &[".config/onedrive", ".config/onedriver"],
    },
    Program {
        name: "MEGA",
        processes: &["megasync", "mega-cmd-server"],
        packages: &["megasync", "megacmd"],
        snaps: &[],
        flatpaks: &["nz.mega.MEGAsync"],
        home_entries: &[".megaCmd"],
    },
    Program {
        name: "Nextcloud",
        processes: &["nextcloud", "nextcloudcmd"],
        packages: &["nextcloud-desktop", "nextcloud-client"],
        snaps: &["nextcloud-desktop-client"],
        flatpaks: &["com.nextcloud.desktopclient.nextcloud"],
        home_entries: &[".config/Nextcloud"],
    },
    Program {
        name: "ownCloud",
        processes: &["owncloud"],
        packages: &["owncloud-client"],
        snaps: &[],
        flatpaks: &["com.owncloud.desktop_client"],
        home_entries: &[".config/ownCloud"],
    },
    Program {
        name: "Syncthing",
        processes: &["syncthing", "syncthing-gtk"],
        packages: &["syncthing", "syncthing-gtk", "syncthingtray"],
        snaps: &["syncthing"],
        flatpaks: &["me.kozec.syncthingtk", "com.github.zocker_160.SyncThingy"],
        home_entries: &[".config/syncthing", ".local/state/syncthing"],
    },
    Program {
        name: "rclone",
        processes: &["rclone"],
        packages: &["rclone"],
        snaps: &["rclone"],
        flatpaks: &[],
        home_entries: &[".config/rclone"],
    },
    Program {
        name: "Resilio Sync",
        processes: &["rslsync"],
        packages: &["resilio-sync"],
        snaps: &[],
        flatpaks: &[],
        home_entries: &[],
    },
    Program {
        name: "Seafile",
        processes: &["seaf-daemon", "seafile-applet", "seadrive", "seadrive-gui"],
        packages: &["seafile-gui", "seafile-cli", "seafile-daemon", "seadrive-gui"],
        snaps: &[],
        flatpaks: &["com.seafile.Client"],
        home_entries: &[".ccnet"],
    },
    Program {
        name: "pCloud",
        processes: &["pcloud", "pcloudcc"],
        packages: &["pcloud", "pcloudcc"],
        snaps: &[],
        flatpaks: &[],
        home_entries: &[".pcloud"],
    },
    Program {
        name: "Box",
        processes: &["boxdrive"],
        packages: &[],
        snaps: &[],
        flatpaks: &[],
        home_entries: &[],
    },
    Program {
        name: "SpiderOak",
        processes: &["SpiderOakONE"],
        packages: &["spideroakone"],
        snaps: &[],
        flatpaks: &[],
        home_entries: &[".config/SpiderOakONE"],
    },
    Program {
        name: "Tresorit",
        processes: &["tresorit", "tresorit-daemon"],
        packages: &[],
        snaps: &[],
        flatpaks: &[],
        home_entries: &[".local/share/tresorit"],
    },
    Program {
        name: "Yandex Disk",
        processes: &["yandex-disk"],
        packages: &["yandex-disk"],
        snaps: &[],
        flatpaks: &[],
        home_entries: &[".config/yandex-disk"],
    },
    Program {
        name: "iCloud Drive",
        processes: &[],
        packages: &[],
        snaps: &["icloud-for-linux", "icloud-notes-linux-client"],
        flatpaks: &[],
        home_entries: &[],
    },
    Program {
        name: "Celeste",
        processes: &["celeste"],
        packages: &[],
        snaps: &["celeste"],
        flatpaks: &["com.hunterwittenborn.Celeste"],
        home_entries: &[],
    },
    Program {
        name: "LocalSend",
        processes: &["localsend_app", "localsend"],
        packages: &["localsend"],
        snaps: &["localsend"],
        flatpaks: &["org.localsend.localsend_app"],
        home_entries: &[],
    },
];

/// File systems that are somebody's cloud, with and without `fuse.` before them.
pub(super) const MOUNTS: [(&str, &str); 12] = [
    ("rclone", "rclone"),
    ("davfs", "WebDAV"),
    ("davfs2", "WebDAV"),
    ("google-drive-ocamlfuse", "Google Drive"),
    ("onedriver", "OneDrive"),
    ("s3fs", "S3"),
    ("goofys", "S3"),
    ("mountpoint-s3", "S3"),
    ("gcsfuse", "Google Cloud Storage"),
    ("blobfuse2", "Azure Blob Storage"),
    ("pcloudfs", "pCloud"),
    ("seadrive", "Seafile"),
];

/// A program of macOS and Windows.
pub(crate) struct DesktopProgram {
    /// Its name for people.
    pub(crate) name: &'static str,
    /// Processes on macOS.
    pub(crate) mac_processes: &'static [&'static str],
    /// Applications on macOS.
    pub(crate) mac_bundles: &'static [&'static str],
    /// Processes on Windows.
    pub(crate) windows_processes: &'static [&'static str],
    /// How the names of installed programs begin on Windows.
    pub(crate) windows_programs: &'static [&'static str],
}

const fn program(
    name: &'static str,
    [mac_processes, mac_bundles, windows_processes, windows_programs]: [&'static [&'static str]; 4],
) -> DesktopProgram {
    DesktopProgram { name, mac_processes, mac_bundles, windows_processes, windows_programs }
}

/// Programs of macOS and Windows.
pub(crate) const DESKTOP_PROGRAMS: [DesktopProgram; 19] = [
    program("Dropbox", [&["Dropbox"], &["Dropbox.app"], &["Dropbox"], &["Dropbox"]]),
    program(
        "Google Drive",
        [
            &["Google Drive", "Backup and Sync"],
            &["Google Drive.app", "Google Drive File Stream.app", "Backup and Sync.app"],
            &["GoogleDriveFS", "googledrivesync"],
            &["Google Drive", "Backup and Sync from Google"],
        ],
    ),
    program("OneDrive", [&["OneDrive"], &["OneDrive.app"], &["OneDrive"], &["Microsoft OneDrive"]]),
    program(
        "Box",
        [
            &["Box", "Box Sync"],
            &["Box.app", "Box Sync.app"],
            &["Box", "BoxSync"],
            &["Box Sync", "Box Drive"],
        ],
    ),
    program("MEGA", [&["MEGAclient", "MEGAsync"], &["MEGAsync.app"], &["MEGAsync"], &["MEGAsync"]]),
    program("Nextcloud", [&["Nextcloud"], &["Nextcloud.app"], &["nextcloud"], &["Nextcloud"]]),
    program("ownCloud", [&["ownCloud"], &["ownCloud.app"], &["owncloud"], &["ownCloud"]]),
    program(
        "Syncthing",
        [&["syncthing"], &["Syncthing.app"], &["syncthing"], &["Syncthing", "SyncTrayzor"]],
    ),
    program("rclone", [&["rclone"], &[], &["rclone"], &["rclone"]]),
    program(
        "Resilio Sync",
        [&["Resilio Sync"], &["Resilio Sync.app"], &["Resilio Sync", "rslsync"], &["Resilio Sync"]],
    ),
    program(
        "Seafile",
        [
            &["Seafile Client", "SeaDrive"],
            &["Seafile Client.app", "SeaDrive.app"],
            &["seafile-applet", "seadrive-gui"],
            &["Seafile", "SeaDrive"],
        ],
    ),
    program("pCloud", [&["pCloud Drive"], &["pCloud Drive.app"], &["pCloud"], &["pCloud Drive"]]),
    program(
        "SpiderOak",
        [&["SpiderOakONE"], &["SpiderOakONE.app"], &["SpiderOakONE"], &["SpiderOakONE"]],
    ),
    program("Tresorit", [&["Tresorit"], &["Tresorit.app"], &["Tresorit"], &["Tresorit"]]),
    program(
        "Yandex Disk",
        [
            &["Yandex.Disk.2", "Yandex.Disk"],
            &["Yandex.Disk.2.app", "Yandex.Disk.app"],
            &["YandexDisk2", "YandexDisk"],
            &["Yandex.Disk"],
        ],
    ),
    program("iCloud Drive", [&[], &[], &["iCloudServices", "iCloudDrive"], &["iCloud"]]),
    program("Sync.com", [&["Sync"], &["Sync.app"], &["sync-taskbar"], &["Sync.com"]]),
    program(
        "Proton Drive",
        [&["Proton Drive"], &["Proton Drive.app"], &["ProtonDrive"], &["Proton Drive"]],
    ),
    program("LocalSend", [&["LocalSend"], &["LocalSend.app"], &["localsend_app"], &["LocalSend"]]),
];
