//! Whether mass storage can be plugged into a Mac.
//!
//! macOS takes every drive unless a device management forbids it, by a declaration that no program
//! shows, or a security product does. So it is open where there is neither, and else unread.

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::macos::{extensions, fields},
};
use closedset_core::fact::{
    Body,
    device::{StoragePort, StoragePorts},
};

const KINDS: [&str; 3] = ["usb", "thunderbolt", "sd"];

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<StoragePorts> {
    let said = look.output("profiles status -type enrollment")?;
    match fields(&said).get("MDM enrollment").map(String::as_str) {
        Some("No") => {}
        Some(word) if word.starts_with("Yes") => {
            return Err(Why::new(
                "a device management rules this computer, and whether it forbids external storage \
                 (ExternalStorage) is shown by no program; a person must say so",
            ));
        }
        _ => return Err(Why::new("profiles does not tell whether the computer is managed")),
    }
    let extensions = extensions(&look.output("systemextensionsctl list")?)
        .ok_or_else(|| Why::new("what systemextensionsctl writes is not understood"))?;
    if let Some(product) =
        extensions.iter().find(|one| one.is_active && one.category.ends_with("endpoint_security"))
    {
        return Err(Why::new(format!(
            "{} may refuse storage, and what it refuses is not read; a person must say so",
            product.name
        )));
    }
    let seen = "no device management and no security product that could refuse storage";
    let ports = KINDS.map(|kind| StoragePort {
        kind: kind.into(),
        state: "open".into(),
        seen: seen.into(),
    });
    Ok(Reading {
        record: StoragePorts {
            ports: ports.into(),
            all_blocked: Some(false),
            open: KINDS.map(str::to_owned).into(),
        },
        unread: Vec::new(),
    })
}
