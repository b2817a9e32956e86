//! The drives that are attached now and can be taken away, and whether they are encrypted.

use super::disk_encryption::unencrypted;
use crate::{
    look::{Found, Look, Reading, body},
    sight::disks::Disks,
};
use closedset_core::fact::{Body, device::RemovableDrives};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<RemovableDrives> {
    let disks = Disks::read(look)?;
    let mut attached = disks.volumes(true);
    // A slot without a medium is no drive.
    attached.retain(|volume| volume.size_bytes > 0);
    Ok(Reading {
        record: RemovableDrives { all_encrypted: unencrypted(&attached).is_empty(), attached },
        unread: Vec::new(),
    })
}
