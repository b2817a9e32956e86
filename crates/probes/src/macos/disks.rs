//! The volumes on a Mac's disks, and what protects each: `diskutil` and `fdesetup`.
//!
//! A disk of today's Macs is encrypted by its hardware whether or not anybody's password is needed
//! for it. Only FileVault, finished, makes the password needed.

use super::settings::{list, plist, text, truth};
use crate::look::{Look, Why};
use closedset_core::fact::device::Volume;
use serde_json::Value;

/// Which disks are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disks {
    BuiltIn,
    External,
}

/// The volumes of some disks, and what could not be found out about them.
#[derive(Debug, Default)]
pub(super) struct Volumes {
    pub(super) all: Vec<Volume>,
    pub(super) doubts: Vec<Why>,
}

/// Parts of a disk that hold no data of anybody.
const SYSTEM_PARTS: [&str; 8] = [
    "EFI",
    "Apple_Boot",
    "Apple_APFS_ISC",
    "Apple_APFS_Recovery",
    "Apple_Free",
    "Apple_partition_map",
    "Microsoft Reserved",
    "Windows Recovery",
];
/// Volumes of a container that hold none either.
const SYSTEM_ROLES: [&str; 6] = ["System", "Preboot", "Recovery", "Update", "xART", "Hardware"];

/// What FileVault says of the volume that macOS starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileVault {
    On,
    Off,
    InProgress,
}

/// Reads the volumes of the disks of one sort.
pub(super) fn volumes(look: &Look<'_>, disks: Disks) -> Result<Volumes, Why> {
    let listed = match disks {
        Disks::BuiltIn => plist(look, "diskutil list -plist internal physical")?,
        Disks::External => plist(look, "diskutil list -plist external physical")?,
    };
    let parts = parts(&listed)
        .ok_or_else(|| Why::new("diskutil shows its disks in a form that is not understood"))?;
    let mut found = Volumes::default();
    let containers = if parts.iter().any(|part| text(part, "Content") == Some("Apple_APFS")) {
        let all = plist(look, "diskutil apfs list -plist")?;
        list(&all, "Containers").to_vec()
    } else {
        Vec::new()
    };
    let startup = match disks {
        Disks::BuiltIn => Some(file_vault(look)?),
        Disks::External => None,
    };
    for part in parts {
        part_of_disk(look, part, &containers, startup, &mut found);
    }
    Ok(found)
}

/// The partitions of every disk, or the disk itself where it has none.
fn parts(listed: &Value) -> Option<Vec<&Value>> {
    let disks = listed.get("AllDisksAndPartitions")?.as_array()?;
    Some(
        disks
            .iter()
            .flat_map(|disk| match list(disk, "Partitions") {
                [] => vec![disk],
                parts => parts.iter().collect(),
            })
            .collect(),
    )
}

fn file_vault(look: &Look<'_>) -> Result<FileVault, Why> {
    // It ends with a status other than 0 where FileVault is off.
    let output = look.run("fdesetup status").map_err(|error| Why::of("fdesetup", &error))?;
    let said = output.text();
    if said.contains("in progress") {
        Ok(FileVault::InProgress)
    } else if said.contains("FileVault is On.") {
        Ok(FileVault::On)
    } else if said.contains("FileVault is Off") {
        Ok(FileVault::Off)
    } else {
        Err(look.refused("fdesetup", &output))
    }
}

fn part_of_disk(
    look: &Look<'_>,
    part: &Value,
    containers: &[Value],
    startup: Option<FileVault>,
    found: &mut Volumes,
) {
    let content = text(part, "Content").unwrap_or_default();
    let Some(device) = text(part, "DeviceIdentifier") else {
        found.doubts.push(Why::new("diskutil names no device for a part of a disk"));
        return;
    };
    if content == "Apple_APFS" {
        let holds = |container: &&Value| {
            list(container, "PhysicalStores")
                .iter()
                .any(|store| text(store, "DeviceIdentifier") == Some(device))
        };
        match containers.iter().find(holds) {
            Some(container) => {
                for volume in list(container, "Volumes") {
                    apfs_volume(look, volume, startup, found);
                }
            }
            None => found.doubts.push(Why::new(format!("diskutil shows no container on {device}"))),
        }
        return;
    }
    let size_bytes = part.get("Size").and_then(Value::as_i64).unwrap_or(0);
    let mounted_at = text(part, "MountPoint").unwrap_or_default();
    let is_exempt = SYSTEM_PARTS.contains(&content);
    // What macOS can read by itself lies open; of the rest it cannot tell.
    let is_plain = content == "Apple_HFS" || content == "Apple_HFSX" || !mounted_at.is_empty();
    if !is_exempt && !is_plain {
        found.doubts.push(Why::new(format!(
            "whether {device} ({}) is encrypted is not told by diskutil",
            if content.is_empty() { "of no known kind" } else { content }
        )));
        return;
    }
    found.all.push(Volume {
        name: device.to_owned(),
        mounted_at: mounted_at.to_owned(),
        file_system: content.to_owned(),
        size_bytes,
        is_encrypted: false,
        because: if is_exempt { "holds no data of anybody" } else { "a plain file system" }.into(),
        is_exempt,
    });
}

fn apfs_volume(look: &Look<'_>, volume: &Value, startup: Option<FileVault>, found: &mut Volumes) {
    let device = text(volume, "DeviceIdentifier").unwrap_or("a volume");
    let name = text(volume, "Name").map_or(device.to_owned(), |name| format!("{name} ({device})"));
    let roles: Vec<&str> = list(volume, "Roles").iter().filter_map(Value::as_str).collect();
    let mut add = |is_encrypted: bool, because: &str, is_exempt: bool| {
        found.all.push(Volume {
            name: name.clone(),
            mounted_at: String::new(),
            file_system: "apfs".into(),
            size_bytes: volume.get("CapacityInUse").and_then(Value::as_i64).unwrap_or(0),
            is_encrypted,
            because: because.to_owned(),
            is_exempt,
        });
    };
    if roles.iter().any(|role| SYSTEM_ROLES.contains(role)) {
        return add(false, "holds macOS and no data of anybody", true);
    }
    if roles.contains(&"VM") {
        match look.output("sysctl -n vm.swapusage") {
            Ok(text) if text.contains("(encrypted)") => {
                return add(true, "macOS encrypts its swap", false);
            }
            Ok(text) if text.starts_with("total = ") => {
                return add(false, "swap that macOS does not encrypt", false);
            }
            Ok(_) => return found.doubts.push(Why::new("sysctl does not tell of the swap")),
            Err(why) => return found.doubts.push(why),
        }
    }
    let is = |key: &str| volume.get(key).and_then(truth);
    let is_startup = roles.contains(&"Data");
    match (is("FileVault"), is("CryptoMigrationOn"), startup.filter(|_| is_startup)) {
        (Some(true), Some(true), _) | (Some(true), _, Some(FileVault::InProgress)) => {
            add(false, "FileVault is still at work on it", false);
        }
        (Some(true), _, Some(FileVault::Off)) => {
            add(false, "fdesetup says FileVault is off", false)
        }
        (Some(true), _, _) => add(true, "FileVault", false),
        (Some(false), ..) if is("Encryption") == Some(true) => {
            add(false, "encrypted by the hardware, and open to everybody without FileVault", false);
        }
        (Some(false), ..) => add(false, "not encrypted", false),
        (None, ..) => found
            .doubts
            .push(Why::new(format!("diskutil does not tell whether {name} has FileVault"))),
    }
}
