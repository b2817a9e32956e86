//! The tree of block devices: `lsblk --json`, of versions before and after 2.37.
//!
//! Old versions write numbers and flags as text and one `mountpoint`; new ones write them as they
//! are and a list of `mountpoints` that may hold null. A device that lies on several others stands
//! in the tree several times, or once with the rest told by `pkname`; here it is one device with
//! all its parents.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How deep a tree may nest; real ones have five levels.
const DEPTH_LIMIT: usize = 32;

/// One block device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// Its name, with `/dev/mapper/` left out.
    pub name: String,
    /// The kernel's name: `dm-0`.
    pub kernel_name: String,
    /// `disk`, `part`, `crypt`, `lvm`, `raid1`, `loop`, `rom`, ...
    pub kind: String,
    /// The file system or other content; empty if none is known.
    pub content: String,
    /// Where it is mounted; `[SWAP]` for swap.
    pub mounted_at: Vec<String>,
    /// Its medium can be taken out.
    pub is_removable: bool,
    /// The bus: `usb`, `nvme`, `sata`; empty if none is told.
    pub bus: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// The partition's type: a GUID or a hexadecimal number.
    pub partition_type: String,
    /// The label: a pool's name for a member of a ZFS pool.
    pub label: String,
    /// The kernel names of the devices it lies on.
    pub parents: BTreeSet<String>,
    /// Something lies on it.
    pub has_children: bool,
}

/// The devices by kernel name; none if the text is no output of `lsblk --json`.
pub fn parse(text: &str) -> Option<BTreeMap<String, Device>> {
    let tree: Value = serde_json::from_str(text).ok()?;
    let roots = tree.get("blockdevices")?.as_array()?;
    let mut devices = BTreeMap::new();
    for root in roots {
        add(&mut devices, root, None, 0);
    }
    let carriers: BTreeSet<String> =
        devices.values().flat_map(|device: &Device| device.parents.iter().cloned()).collect();
    for (name, device) in &mut devices {
        device.has_children |= carriers.contains(name);
    }
    Some(devices)
}

fn add(devices: &mut BTreeMap<String, Device>, node: &Value, parent: Option<&str>, depth: usize) {
    let text = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = text("name");
    if name.is_empty() || depth > DEPTH_LIMIT {
        return;
    }
    let key = match text("kname") {
        "" => name,
        kernel_name => kernel_name,
    };
    let device = devices.entry(key.to_owned()).or_insert_with(|| Device {
        name: name.into(),
        kernel_name: key.into(),
        kind: text("type").into(),
        content: text("fstype").into(),
        mounted_at: mount_points(node),
        is_removable: flag(node.get("rm")),
        bus: text("tran").into(),
        size_bytes: number(node.get("size")),
        partition_type: text("parttype").to_ascii_lowercase(),
        label: text("label").into(),
        parents: BTreeSet::new(),
        has_children: false,
    });
    let named = Some(text("pkname")).filter(|name| !name.is_empty());
    for parent in [parent, named].into_iter().flatten() {
        if parent != key {
            device.parents.insert(parent.to_owned());
        }
    }
    for child in node.get("children").and_then(Value::as_array).into_iter().flatten() {
        add(devices, child, Some(key), depth + 1);
    }
}

fn mount_points(node: &Value) -> Vec<String> {
    let several = node.get("mountpoints").and_then(Value::as_array);
    let mut points: Vec<String> = several
        .into_iter()
        .flatten()
        .chain(node.get("mountpoint"))
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    points.sort();
    points.dedup();
    points
}

fn flag(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text == "1",
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        _ => false,
    }
}

fn number(value: Option<&Value>) -> u64 {
    match value {
        Some(Value::Number(number)) => number.as_u64().unwrap_or(0),
        Some(Value::String(text)) => text.trim().parse().unwrap_or(0),
        _ => 0,
    }
}
