//! The drives that are attached now and can be taken away, and whether they are encrypted.

use super::disks::{Drives, volumes};
use crate::{
    look::{Found, Look, Reading, body},
    probe::disk_encryption::unencrypted,
};
use closedset_core::fact::{Body, device::RemovableDrives};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<RemovableDrives> {
    let found = volumes(look, Drives::Removable)?;
    Ok(Reading {
        record: RemovableDrives {
            all_encrypted: unencrypted(&found.all).is_empty(),
            attached: found.all,
        },
        unread: found.doubts.into_iter().map(|why| why.at("attached")).collect(),
    })
}
