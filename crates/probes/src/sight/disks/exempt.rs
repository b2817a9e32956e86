//! Volumes that need no encryption: they hold no data of anybody.

use super::Pools;
use crate::parse::lsblk::Device;

/// Where the boot loader and the kernel lie, exactly.
const BOOT_POINTS: [&str; 4] = ["/boot", "/boot/efi", "/boot/firmware", "/efi"];

/// Types of partitions that hold no files: BIOS boot, Microsoft reserved, extended.
const EMPTY_TYPES: [&str; 5] = [
    "21686148-6449-6e6f-744e-656564454649",
    "e3c9e316-0b5c-4db8-817d-f92df00215ae",
    "0x5",
    "0xf",
    "0x85",
];
const EFI_TYPES: [&str; 2] = ["c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0xef"];

/// Why the volume needs no encryption, if it needs none.
pub(super) fn reason(device: &Device, pools: &Pools) -> Option<String> {
    let name = device.kernel_name.as_str();
    let reason = if device.size_bytes == 0 {
        "empty: no medium in it"
    } else if device.kind == "rom" {
        "a disc that is read"
    } else if name.starts_with("zram") || name.starts_with("ram") {
        "in memory, gone when the computer is off"
    } else if device.kind == "loop" {
        "a file on another volume"
    } else if EMPTY_TYPES.contains(&device.partition_type.as_str()) {
        "holds no files"
    } else if !device.mounted_at.is_empty()
        && device.mounted_at.iter().all(|point| BOOT_POINTS.contains(&point.as_str()))
    {
        "boot loader"
    } else if device.mounted_at.is_empty()
        && EFI_TYPES.contains(&device.partition_type.as_str())
        && matches!(device.content.as_str(), "vfat" | "")
    {
        "boot loader of the firmware"
    } else if name.ends_with("boot0") || name.ends_with("boot1") || name.ends_with("rpmb") {
        // mmcblk0boot0, mmcblk0rpmb: areas of the chip that the firmware uses.
        "area of the firmware"
    } else if device.content == "zfs_member" && pools.knows(&device.label) {
        "its ZFS datasets are judged each by itself"
    } else if name.starts_with("zd") && pools.was_read() && device.content != "crypto_LUKS" {
        "a ZFS volume, judged as a dataset"
    } else {
        return None;
    };
    Some(reason.to_owned())
}
