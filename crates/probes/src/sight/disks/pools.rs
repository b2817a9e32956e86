//! ZFS encrypts dataset by dataset, above what block devices show.

use crate::{
    host::Command,
    look::{Look, Why},
    parse::{
        lsblk::Device,
        zfs::{self, Dataset},
    },
};
use closedset_core::fact::device::Volume;
use std::collections::{BTreeMap, BTreeSet};

/// The datasets of the pools on this computer.
pub(crate) struct Pools {
    datasets: Result<Vec<Dataset>, Why>,
    /// The names of ZFS volumes that hold LUKS and nothing else.
    with_luks: BTreeSet<String>,
    /// There is a pool at all.
    is_present: bool,
}

impl Pools {
    pub(super) fn read(look: &Look<'_>, devices: &BTreeMap<String, Device>) -> Self {
        let is_present = devices
            .values()
            .any(|device| device.content == "zfs_member" || device.kernel_name.starts_with("zd"));
        let datasets = if is_present {
            look.output(&format!("zfs list -H -p -t filesystem,volume -o {}", zfs::COLUMNS))
                .map(|text| zfs::datasets(&text))
        } else {
            Ok(Vec::new())
        };
        let with_luks = datasets
            .iter()
            .flatten()
            .filter(|dataset| dataset.is_volume && dataset.encryption.is_none())
            .filter(|dataset| {
                device_of(look, &dataset.name)
                    .and_then(|kernel_name| devices.get(&kernel_name))
                    .is_some_and(|device| device.content == "crypto_LUKS")
            })
            .map(|dataset| dataset.name.clone())
            .collect();
        Self { datasets, with_luks, is_present }
    }

    /// Whether the datasets of `pool` are known.
    pub(super) fn knows(&self, pool: &str) -> bool {
        self.datasets.as_ref().is_ok_and(|all| all.iter().any(|dataset| dataset.pool() == pool))
    }

    pub(super) fn was_read(&self) -> bool {
        self.is_present && self.datasets.is_ok()
    }

    pub(super) fn doubts(&self) -> Vec<Why> {
        self.datasets.as_ref().err().cloned().into_iter().collect()
    }

    /// The datasets that hold data.
    pub(super) fn volumes(&self, lies_on: &dyn Fn(&str) -> Option<String>) -> Vec<Volume> {
        self.datasets
            .iter()
            .flatten()
            .filter(|dataset| dataset.is_volume || dataset.mounted_at.is_some())
            .map(|dataset| self.volume(dataset, lies_on(dataset.pool())))
            .collect()
    }

    fn volume(&self, dataset: &Dataset, pool_lies_on: Option<String>) -> Volume {
        let mounted_at = dataset.mounted_at.clone().unwrap_or_default();
        let holds_luks = self.with_luks.contains(&dataset.name);
        let is_boot = mounted_at == "/boot" || mounted_at.starts_with("/boot/grub");
        let (is_encrypted, because) = match (&dataset.encryption, pool_lies_on) {
            (Some(cipher), _) => (true, format!("ZFS encryption {cipher}")),
            (None, Some(by)) => (true, by),
            (None, None) if holds_luks => (true, "LUKS in a ZFS volume".to_owned()),
            (None, None) if is_boot => (false, "boot loader".to_owned()),
            (None, None) => (false, "encryption=off on this dataset".to_owned()),
        };
        Volume {
            name: dataset.name.clone(),
            mounted_at,
            file_system: "zfs".into(),
            size_bytes: i64::try_from(dataset.size_bytes).unwrap_or(i64::MAX).min(1 << 53),
            is_encrypted,
            because,
            is_exempt: !is_encrypted && is_boot,
        }
    }
}

/// The kernel's name of the device of a ZFS volume, by the link that udev makes for it.
fn device_of(look: &Look<'_>, volume: &str) -> Option<String> {
    let link = format!("/dev/zvol/{volume}");
    let command = Command::new("readlink").args(["-e", "--", &link]);
    let output = look.host.run(&command).ok().filter(|output| output.status == 0)?;
    output.text().trim().strip_prefix("/dev/").map(str::to_owned)
}
