//! The volumes on a computer's drives, and what BitLocker does for each.
//!
//! A volume is protected if BitLocker has encrypted all of it and its protection is on: while that
//! is suspended the key lies beside the data, though all is encrypted.

use super::answers::{Answers, Script, ask, int, is, items, text};
use crate::look::{Look, Why};
use closedset_core::fact::device::Volume;
use serde_json::Value;

const SCRIPT: Script = Script::new(
    "powershell disks",
    "disks=S{Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_Disk|\
     %{@{number=[int]$_.Number;bus=[int]$_.CimInstanceProperties['BusType'].Value;boot=[bool]$_.IsBoot;\
     size=[int64]$_.Size;system=[bool]$_.IsSystem}}};\
     partitions=S{Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_Partition|\
     %{@{disk=[int]$_.DiskNumber;number=[int]$_.PartitionNumber;paths=@($_.AccessPaths);size=[int64]$_.Size;\
     gpt=[string]$_.GptType;mbr=[int]$_.CimInstanceProperties['MbrType'].Value;active=[bool]$_.IsActive;\
     boot=[bool]$_.IsBoot}}};\
     volumes=S{Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_Volume|\
     %{@{path=[string]$_.Path;system=[string]$_.FileSystem}}};\
     bitlocker=S{Get-BitLockerVolume|%{@{mount=[string]$_.MountPoint;status=[string]$_.VolumeStatus;\
     protection=[string]$_.ProtectionStatus;percentage=$_.EncryptionPercentage}}}",
);

/// Which drives are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drives {
    BuiltIn,
    Removable,
}

/// The volumes of some drives, and what could not be found out about them.
#[derive(Debug, Default)]
pub(super) struct Volumes {
    pub(super) all: Vec<Volume>,
    pub(super) doubts: Vec<Why>,
}

/// Parts that hold no data of anybody, by their type: EFI, Microsoft's reserve, recovery.
const SYSTEM_PARTS: [&str; 3] = [
    "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
    "e3c9e316-0b5c-4db8-817d-f92df00215ae",
    "de94bba4-06d1-4d40-a16a-bfd50179d6ac",
];
/// The type of a recovery part where there is no GPT.
const MBR_RECOVERY: i64 = 0x27;
/// A part that starts Windows and does not hold it is at most so large, where there is no GPT.
const MBR_START_BYTES: i64 = 1 << 30;

/// How drives that can be taken away are attached, as MSFT_Disk numbers it: FireWire, USB, SD, MMC.
const REMOVABLE: [i64; 4] = [4, 7, 12, 13];
/// Not known, and files that stand for drives.
const UNCLEAR: [i64; 3] = [0, 14, 15];

/// Reads the volumes of the drives of one sort.
pub(super) fn volumes(look: &Look<'_>, drives: Drives) -> Result<Volumes, Why> {
    let answers = ask(look, SCRIPT)?;
    let disks = answers.list("disks")?;
    let partitions = answers.list("partitions")?;
    if disks.is_empty() || partitions.is_empty() {
        return Err(Why::new("Windows shows no drive"));
    }
    let mut found = Volumes::default();
    if partitions.iter().any(|part| int(part, "disk").is_none()) {
        found.doubts.push(Why::new("Windows shows a part of no drive"));
    }
    for disk in &disks {
        let Some(number) = int(disk, "number") else {
            found.doubts.push(Why::new("Windows shows a drive without a number"));
            continue;
        };
        match sort_of(disk) {
            Some(sort) if sort == drives => {}
            Some(_) => continue,
            None => {
                found.doubts.push(Why::new(format!("how drive {number} is attached is not known")));
                continue;
            }
        }
        let mut parts =
            partitions.iter().filter(|part| int(part, "disk") == Some(number)).peekable();
        // A slot without a card is no drive.
        if parts.peek().is_none() && int(disk, "size") != Some(0) {
            found
                .doubts
                .push(Why::new(format!("what drive {number} holds is not known to Windows")));
        }
        for part in parts {
            if let Err(why) = of_partition(part, &answers, &mut found) {
                found.doubts.push(why);
            }
        }
    }
    Ok(found)
}

/// Which sort a drive is of; none if that is not known.
fn sort_of(disk: &Value) -> Option<Drives> {
    let bus = int(disk, "bus")?;
    // A small computer may start from what elsewhere is a card.
    if is(disk, "boot") || is(disk, "system") {
        Some(Drives::BuiltIn)
    } else if UNCLEAR.contains(&bus) {
        None
    } else if REMOVABLE.contains(&bus) {
        Some(Drives::Removable)
    } else {
        Some(Drives::BuiltIn)
    }
}

fn of_partition(part: &Value, answers: &Answers, found: &mut Volumes) -> Result<(), Why> {
    let gpt = text(part, "gpt").unwrap_or_default().trim_matches(['{', '}']).to_ascii_lowercase();
    let size_bytes = int(part, "size").unwrap_or(0);
    let paths: Vec<String> = part
        .get("paths")
        .map(items)
        .unwrap_or_default()
        .iter()
        .filter_map(|path| path.as_str().map(str::to_owned))
        .collect();
    let starts_windows =
        gpt.is_empty() && is(part, "active") && !is(part, "boot") && size_bytes <= MBR_START_BYTES;
    let is_exempt = SYSTEM_PARTS.contains(&gpt.as_str())
        || gpt.is_empty() && int(part, "mbr") == Some(MBR_RECOVERY)
        || starts_windows;
    let letter = paths.iter().find(|path| path.len() <= 3).map(|path| path.trim_end_matches('\\'));
    let name = match letter {
        Some(letter) => letter.to_owned(),
        None => format!(
            "drive {} part {}",
            int(part, "disk").unwrap_or(0),
            int(part, "number").unwrap_or(0)
        ),
    };
    let mut add = |is_encrypted: bool, because: &str, file_system: &str| {
        found.all.push(Volume {
            name: name.clone(),
            mounted_at: letter.unwrap_or_default().to_owned(),
            file_system: file_system.to_owned(),
            size_bytes,
            is_encrypted,
            because: because.to_owned(),
            is_exempt,
        });
    };
    if is_exempt {
        add(false, "holds no data of anybody", "");
        return Ok(());
    }
    let protected = answers.list("bitlocker")?;
    let is_here = |mount: &str| {
        let plain = |path: &str| path.trim_end_matches('\\').to_ascii_lowercase();
        paths.iter().any(|path| plain(path) == plain(mount))
    };
    let volume = protected.iter().find(|one| text(one, "mount").is_some_and(is_here));
    let volumes = answers.list("volumes")?;
    let file_system = volumes
        .iter()
        .find(|one| text(one, "path").is_some_and(is_here))
        .and_then(|one| text(one, "system"))
        .unwrap_or_default();
    match volume {
        Some(volume) => {
            let (is_encrypted, because) = state(volume)
                .ok_or_else(|| Why::new(format!("what BitLocker does for {name} is not told")))?;
            add(is_encrypted, because, file_system);
            Ok(())
        }
        // What has a file system that Windows reads lies open.
        None if !file_system.is_empty() => {
            add(false, "BitLocker does not know it", file_system);
            Ok(())
        }
        None => Err(Why::new(format!(
            "what {name} holds is not known to Windows, nor whether it is encrypted"
        ))),
    }
}

fn state(volume: &Value) -> Option<(bool, &'static str)> {
    let percentage = volume.get("percentage").and_then(Value::as_f64);
    let state = match (text(volume, "status")?, text(volume, "protection")?) {
        ("FullyEncrypted", "On") if percentage? < 100.0 => {
            (false, "BitLocker has not encrypted all of it")
        }
        ("FullyEncrypted", "On") => (true, "BitLocker"),
        ("FullyEncrypted", "Off") => {
            (false, "encrypted, but BitLocker's protection is off, so the key lies open beside it")
        }
        ("FullyDecrypted", _) => (false, "not encrypted"),
        ("EncryptionInProgress" | "EncryptionPaused" | "EncryptionSuspended", _) => {
            (false, "BitLocker is still at work on it")
        }
        ("DecryptionInProgress" | "DecryptionPaused" | "DecryptionSuspended", _) => {
            (false, "BitLocker is taking its encryption away")
        }
        _ => return None,
    };
    Some(state)
}
