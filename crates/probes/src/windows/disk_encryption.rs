//! Whether every volume on the built-in drives is protected by BitLocker.

use super::disks::{Drives, volumes};
use crate::{
    look::{Found, Look, Reading, Why, body},
    probe::disk_encryption::unencrypted,
};
use closedset_core::fact::{Body, device::DiskEncryption};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<DiskEncryption> {
    let found = volumes(look, Drives::BuiltIn)?;
    if found.all.iter().all(|volume| volume.is_exempt) {
        let why = found.doubts.into_iter().next();
        return Err(why.unwrap_or_else(|| Why::new("Windows shows no volume that is built in")));
    }
    let unencrypted = unencrypted(&found.all);
    Ok(Reading {
        record: DiskEncryption {
            all_encrypted: unencrypted.is_empty(),
            unencrypted,
            volumes: found.all,
        },
        unread: found.doubts.into_iter().map(|why| why.at("volumes")).collect(),
    })
}
