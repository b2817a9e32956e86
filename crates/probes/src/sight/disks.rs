//! The block devices, which of them can be taken away, and whether each lies on encrypted storage.

use crate::{
    host::HostError,
    look::{Look, Why},
    parse::{
        lsblk::{self, Device},
        mount::mountinfo,
    },
};
use closedset_core::fact::device::Volume;
use std::collections::{BTreeMap, BTreeSet};

mod exempt;
mod pools;

pub(crate) use pools::Pools;

/// lsblk's columns, newest version first: 2.37 brought `MOUNTPOINTS`, 2.33 `PATH`.
const COLUMNS: [&str; 2] = [
    "NAME,KNAME,TYPE,FSTYPE,MOUNTPOINTS,RM,TRAN,PKNAME,SIZE,PARTTYPE,LABEL",
    "NAME,KNAME,TYPE,FSTYPE,MOUNTPOINT,RM,TRAN,PKNAME,SIZE,PARTTYPE,LABEL",
];

/// The block devices of this computer.
pub(crate) struct Disks<'l, 'h> {
    look: &'l Look<'h>,
    devices: BTreeMap<String, Device>,
    /// The kernel names of dm-crypt devices whose cipher is none at all.
    without_cipher: BTreeSet<String>,
    pools: Pools,
}

/// What encrypts a device.
type Encrypted = Option<String>;

impl<'l, 'h> Disks<'l, 'h> {
    pub(crate) fn read(look: &'l Look<'h>) -> Result<Self, Why> {
        let mut devices = list(look)?;
        if devices.is_empty() {
            return Err(Why::new(
                "lsblk shows no disk: this may be a container, which cannot see its host's disks",
            ));
        }
        let mounts =
            look.text("/proc/self/mountinfo").map(|text| mountinfo(&text)).unwrap_or_default();
        for device in devices.values_mut() {
            // Where udev is not, lsblk does not tell the file system, but the kernel does.
            if device.content.is_empty()
                && let Some(mount) =
                    mounts.iter().find(|mount| device.mounted_at.contains(&mount.point))
            {
                device.content.clone_from(&mount.kind);
            }
            // The kernel knows all that a mapped device or an array lies on; lsblk may show one.
            let slaves = format!("/sys/class/block/{}/slaves", device.kernel_name);
            if let Ok(names) = look.host.list_dir(&slaves) {
                device.parents.extend(names);
            }
        }
        let carriers: BTreeSet<String> =
            devices.values().flat_map(|device| device.parents.iter().cloned()).collect();
        for (name, device) in &mut devices {
            device.has_children |= carriers.contains(name);
        }
        let pools = Pools::read(look, &devices);
        Ok(Self { look, without_cipher: without_cipher(look, &devices), devices, pools })
    }

    /// The volumes that can hold data on disks that are built in, or on those that are not.
    pub(crate) fn volumes(&self, removable: bool) -> Vec<Volume> {
        let mut volumes: Vec<Volume> = self
            .devices
            .values()
            .filter(|device| self.is_volume(device))
            .filter(|device| self.is_removable(device) == removable)
            .map(|device| self.volume(device))
            .collect();
        if !removable {
            let lies_on = |pool: &str| self.pool_lies_on(pool);
            volumes.extend(self.pools.volumes(&lies_on));
        }
        volumes
    }

    /// Why what was seen is not all, if it is not.
    pub(crate) fn doubts(&self) -> Vec<Why> {
        self.pools.doubts()
    }

    /// What encrypts the devices under a ZFS pool, if every one is encrypted.
    fn pool_lies_on(&self, pool: &str) -> Encrypted {
        let mut by = None;
        for member in self.devices.values() {
            if member.content == "zfs_member" && member.label == pool {
                by = Some(self.encrypted(&member.kernel_name, &mut BTreeMap::new())?);
            }
        }
        by
    }

    /// A leaf of the tree, or anything that is mounted.
    fn is_volume(&self, device: &Device) -> bool {
        !device.has_children || !device.mounted_at.is_empty()
    }

    fn volume(&self, device: &Device) -> Volume {
        let encrypted = self.encrypted(&device.kernel_name, &mut BTreeMap::new());
        let exempt = exempt::reason(device, &self.pools);
        let mounted_at = device
            .mounted_at
            .iter()
            .map(|point| if point == "[SWAP]" { "swap" } else { point })
            .collect::<Vec<_>>()
            .join(", ");
        Volume {
            name: device.name.clone(),
            mounted_at,
            file_system: device.content.clone(),
            size_bytes: i64::try_from(device.size_bytes).unwrap_or(i64::MAX).min(1 << 53),
            is_encrypted: encrypted.is_some(),
            is_exempt: encrypted.is_none() && exempt.is_some(),
            because: encrypted.or(exempt).unwrap_or_else(|| why_not(device).to_owned()),
        }
    }

    /// What encrypts the device: itself, or every one of the devices it lies on. Devices already
    /// followed stand in `known`; one that is being followed counts as plain, so a circle ends.
    fn encrypted(&self, name: &str, known: &mut BTreeMap<String, Encrypted>) -> Encrypted {
        if let Some(answer) = known.get(name) {
            return answer.clone();
        }
        known.insert(name.to_owned(), None);
        let device = self.devices.get(name)?;
        let answer = if self.without_cipher.contains(name) {
            // What it lies on is a header that promises more than the cipher keeps.
            self.all_encrypted(&self.parents_of(&device.parents), known)
        } else {
            self.encrypts(device).or_else(|| self.all_encrypted(&device.parents, known))
        };
        known.insert(name.to_owned(), answer.clone());
        answer
    }

    fn parents_of(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        names
            .iter()
            .filter_map(|name| self.devices.get(name))
            .flat_map(|device| device.parents.iter().cloned())
            .collect()
    }

    fn all_encrypted(
        &self,
        names: &BTreeSet<String>,
        known: &mut BTreeMap<String, Encrypted>,
    ) -> Encrypted {
        let mut by = None;
        for name in names {
            by = Some(self.encrypted(name, known)?);
        }
        by
    }

    /// What encrypts the device itself.
    fn encrypts(&self, device: &Device) -> Encrypted {
        if device.content == "crypto_LUKS" {
            return Some(format!("LUKS on {}", device.name));
        }
        if device.kind != "crypt" {
            return None;
        }
        // lsblk calls verity and integrity devices `crypt` too: their ids begin with CRYPT as well.
        let id = self.look.word(&format!("/sys/class/block/{}/dm/uuid", device.kernel_name));
        let on_luks = device.parents.iter().any(|parent| {
            self.devices.get(parent).is_some_and(|parent| parent.content == "crypto_LUKS")
        });
        match id.as_deref().and_then(|id| id.strip_prefix("CRYPT-")) {
            Some(kind) if kind.starts_with("VERITY") || kind.starts_with("INTEGRITY") => None,
            Some(kind) => {
                let kind = kind.split('-').next().unwrap_or_default();
                Some(format!("{} as {}", dm_crypt_words(kind), device.name))
            }
            None if on_luks => Some(format!("LUKS as {}", device.name)),
            None => None,
        }
    }

    /// Whether the disk under the device can be taken away. That the system itself runs from it
    /// makes it part of the computer.
    fn is_removable(&self, device: &Device) -> bool {
        let disks = self.disks_under(&device.kernel_name);
        let carries_system = |disk: &str| {
            self.devices.values().any(|device| {
                device.mounted_at.iter().any(|point| point == "/")
                    && self.disks_under(&device.kernel_name).contains(disk)
            })
        };
        disks
            .iter()
            .filter_map(|disk| self.devices.get(disk))
            .any(|disk| self.leaves_with_ease(disk) && !carries_system(&disk.kernel_name))
    }

    fn leaves_with_ease(&self, disk: &Device) -> bool {
        if disk.kind == "rom" {
            return false;
        }
        let word =
            |path: &str| self.look.word(&format!("/sys/class/block/{}/{path}", disk.kernel_name));
        disk.is_removable
            || matches!(disk.bus.as_str(), "usb" | "ieee1394" | "sbp")
            // A memory card, where eMMC says `MMC`.
            || (disk.kernel_name.starts_with("mmcblk") && word("device/type").as_deref() == Some("SD"))
            // A drive on a Thunderbolt port.
            || word("device/device/removable").as_deref() == Some("removable")
    }

    fn disks_under(&self, name: &str) -> BTreeSet<String> {
        let mut disks = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            match self.devices.get(&name) {
                Some(device) if !device.parents.is_empty() => {
                    open.extend(device.parents.iter().cloned());
                }
                _ => {
                    disks.insert(name);
                }
            }
        }
        disks
    }
}

fn list(look: &Look<'_>) -> Result<BTreeMap<String, Device>, Why> {
    let mut refusal = None;
    for columns in COLUMNS {
        let line = format!("lsblk --json --bytes --output {columns}");
        match look.run(&line) {
            Ok(output) if output.status == 0 => {
                return lsblk::parse(&output.text())
                    .ok_or_else(|| Why::new("lsblk wrote no JSON that is understood"));
            }
            // An old version does not know the newer columns.
            Ok(output) => refusal = Some(look.refused("lsblk", &output)),
            Err(HostError::NotFound) => return Err(Why::new("lsblk is not there")),
            Err(error) => refusal = refusal.or(Some(Why::of("lsblk", &error))),
        }
    }
    Err(refusal.unwrap_or_else(|| Why::new("lsblk did not answer")))
}

/// The mapped devices that are set up with the cipher `cipher_null`; only root is told.
fn without_cipher(look: &Look<'_>, devices: &BTreeMap<String, Device>) -> BTreeSet<String> {
    if !devices.values().any(|device| device.kind == "crypt") {
        return BTreeSet::new();
    }
    let Ok(Some(table)) = look.output_if_there("dmsetup table --target crypt") else {
        return BTreeSet::new();
    };
    let named: BTreeSet<&str> = table
        .lines()
        .filter(|line| line.contains("cipher_null"))
        .filter_map(|line| line.split_once(": "))
        .map(|(name, _)| name)
        .collect();
    devices
        .values()
        .filter(|device| named.contains(device.name.as_str()))
        .map(|device| device.kernel_name.clone())
        .collect()
}

fn dm_crypt_words(kind: &str) -> &'static str {
    match kind {
        "LUKS1" | "LUKS2" => "LUKS",
        "PLAIN" => "dm-crypt with a key of its own",
        "BITLK" => "BitLocker, unlocked",
        "FVAULT2" => "FileVault, unlocked",
        "TCRYPT" => "VeraCrypt",
        _ => "dm-crypt",
    }
}

fn why_not(device: &Device) -> &'static str {
    match device.content.as_str() {
        "BitLocker" => "BitLocker, but whether its protection is on cannot be seen from Linux",
        "" if device.mounted_at.is_empty() => {
            "nothing is recognised on it, so it may hold anything"
        }
        _ => "no encrypted device lies under it",
    }
}
