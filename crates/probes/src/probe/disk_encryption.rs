//! Whether every volume on the disks that are built in lies on encrypted storage.
//!
//! Each leaf of the disk tree is followed down to what it lies on, all of it; encrypted swap proves
//! nothing about the root, and a line in `crypttab` nothing at all. The disks of a virtual machine
//! are judged like any others.

use crate::{
    look::{Found, Look, Reading, Why, body},
    sight::disks::Disks,
};
use closedset_core::fact::{
    Body,
    device::{DiskEncryption, Volume},
};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<DiskEncryption> {
    let disks = Disks::read(look)?;
    let volumes = disks.volumes(false);
    if volumes.is_empty() {
        return Err(Why::new("lsblk shows no volume that is built in"));
    }
    let unencrypted = unencrypted(&volumes);
    Ok(Reading {
        record: DiskEncryption { all_encrypted: unencrypted.is_empty(), unencrypted, volumes },
        unread: disks.doubts().into_iter().map(|why| why.at("volumes")).collect(),
    })
}

/// The mount points, or else the names, of volumes that should be encrypted and are not.
pub(crate) fn unencrypted(volumes: &[Volume]) -> Vec<String> {
    volumes
        .iter()
        .filter(|volume| !volume.is_encrypted && !volume.is_exempt)
        .map(|volume| match volume.mounted_at.as_str() {
            "" => volume.name.clone(),
            point => point.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
