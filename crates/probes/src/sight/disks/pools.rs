//! ZFS encrypts dataset by dataset, above what block devices show.

use crate::{
    look::{Look, Why},
    parse::{
        lsblk::Device,
        zfs::{self, Dataset},
    },
};
use closedset_core::fact::device::Volume;
use std::collections::BTreeMap;

/// The datasets of the pools on this computer.
pub(crate) struct Pools {
    datasets: Result<Vec<Dataset>, Why>,
    /// Sizes of ZFS volumes that hold LUKS.
    encrypted_sizes: Vec<u64>,
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
        let encrypted_sizes = devices
            .values()
            .filter(|device| {
                device.kernel_name.starts_with("zd") && device.content == "crypto_LUKS"
            })
            .map(|device| device.size_bytes)
            .collect();
        Self { datasets, encrypted_sizes, is_present }
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
        let holds_luks = dataset.is_volume && self.encrypted_sizes.contains(&dataset.size_bytes);
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
