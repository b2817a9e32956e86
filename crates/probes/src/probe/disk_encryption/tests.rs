use crate::{
    HostError, RecordedHost,
    probe::tests::{body, record, root, unread, why_unread},
};
use closedset_core::fact::device::{DiskEncryption, RemovableDrives};
use serde_json::{Value, json};

const NEW: &str = "lsblk --json --bytes --output NAME,KNAME,TYPE,FSTYPE,MOUNTPOINTS,RM,TRAN,PKNAME,SIZE,PARTTYPE,LABEL";
const OLD: &str = "lsblk --json --bytes --output NAME,KNAME,TYPE,FSTYPE,MOUNTPOINT,RM,TRAN,PKNAME,SIZE,PARTTYPE,LABEL";
const GIB: u64 = 1 << 30;

fn host(devices: Value) -> RecordedHost {
    root().command(NEW, json!({ "blockdevices": devices }).to_string())
}

fn node(name: &str, kind: &str, content: Value, mounted: Value, children: Value) -> Value {
    let points = match mounted {
        Value::Array(points) => Value::Array(points),
        one => json!([one]),
    };
    json!({
        "name": name, "kname": name, "type": kind, "fstype": content, "mountpoints": points,
        "rm": false, "tran": null, "pkname": null, "size": 10 * GIB, "parttype": null,
        "label": null, "children": children,
    })
}

fn boot() -> Value {
    node("sda1", "part", json!("ext4"), json!("/boot"), json!([]))
}

fn judged(devices: Value) -> DiskEncryption {
    record(&host(devices))
}

#[test]
fn disk_without_luks_is_not_encrypted() {
    let root = node("sda2", "part", json!("ext4"), json!("/"), json!([]));
    let disks =
        judged(json!([node("sda", "disk", json!(null), json!(null), json!([boot(), root]))]));
    assert!(!disks.all_encrypted);
    assert_eq!(disks.unencrypted, ["/"]);
}

#[test]
fn disks_of_a_virtual_machine_are_judged_like_any() {
    let disks = judged(json!([node("vda", "disk", json!("ext4"), json!("/"), json!([]))]));
    assert!(!disks.all_encrypted);
}

#[test]
fn luks_under_lvm_is_followed_to_every_leaf_and_boot_is_exempt() {
    let volumes = json!([
        node("vg-root", "lvm", json!("ext4"), json!("/"), json!([])),
        node("vg-swap", "lvm", json!("swap"), json!("[SWAP]"), json!([])),
    ]);
    let crypt = node("sda3_crypt", "crypt", json!("LVM2_member"), json!(null), volumes);
    let luks = node("sda3", "part", json!("crypto_LUKS"), json!(null), json!([crypt]));
    let disks =
        judged(json!([node("sda", "disk", json!(null), json!(null), json!([boot(), luks]))]));
    assert!(disks.all_encrypted, "{:?}", disks.unencrypted);
    let root = disks.volumes.iter().find(|volume| volume.mounted_at == "/").unwrap();
    assert_eq!(root.because, "LUKS as sda3_crypt");
    let swap = disks.volumes.iter().find(|volume| volume.mounted_at == "swap").unwrap();
    assert!(swap.is_encrypted);
    let boot = disks.volumes.iter().find(|volume| volume.mounted_at == "/boot").unwrap();
    assert!(boot.is_exempt && !boot.is_encrypted);
}

#[test]
fn encrypted_swap_alone_is_not_an_encrypted_disk() {
    let swap = node("cryptswap", "crypt", json!("swap"), json!("[SWAP]"), json!([]));
    let disks = json!([node(
        "sda",
        "disk",
        json!(null),
        json!(null),
        json!([
            node("sda2", "part", json!("ext4"), json!("/"), json!([])),
            node("sda3", "part", json!(null), json!(null), json!([swap])),
        ])
    )]);
    let disks: DiskEncryption = record(
        &host(disks)
            .file("/sys/class/block/cryptswap/dm/uuid", "CRYPT-PLAIN-cryptswap\n")
            .file("/etc/crypttab", "cryptswap /dev/sda3 /dev/urandom swap\n"),
    );
    assert_eq!(disks.unencrypted, ["/"]);
}

#[test]
fn unencrypted_swap_beside_an_encrypted_root_is_found() {
    let root = node("luks", "crypt", json!("ext4"), json!("/"), json!([]));
    let disks = judged(json!([node(
        "sda",
        "disk",
        json!(null),
        json!(null),
        json!([
            node("sda2", "part", json!("crypto_LUKS"), json!(null), json!([root])),
            node("sda3", "part", json!("swap"), json!("[SWAP]"), json!([])),
        ])
    )]));
    assert_eq!(disks.unencrypted, ["swap"]);
}

#[test]
fn line_in_crypttab_is_no_proof() {
    let devices = json!([node("sda", "disk", json!("xfs"), json!("/"), json!([]))]);
    let disks: DiskEncryption =
        record(&host(devices).file("/etc/crypttab", "root UUID=1 none luks\n"));
    assert!(!disks.all_encrypted);
}

#[test]
fn volume_over_two_disks_needs_both_encrypted() {
    let spread = |second: &str| {
        let data = node("vg-data", "lvm", json!("xfs"), json!("/data"), json!([]));
        let crypt = node("c1", "crypt", json!("LVM2_member"), json!(null), json!([data]));
        let first = node("sda1", "part", json!("crypto_LUKS"), json!(null), json!([crypt]));
        let other = match second {
            "plain" => node("sdb1", "part", json!("LVM2_member"), json!(null), json!([data])),
            _ => {
                let crypt = node("c2", "crypt", json!("LVM2_member"), json!(null), json!([data]));
                node("sdb1", "part", json!("crypto_LUKS"), json!(null), json!([crypt]))
            }
        };
        judged(json!([
            node("sda", "disk", json!(null), json!(null), json!([first])),
            node("sdb", "disk", json!(null), json!(null), json!([other])),
        ]))
    };
    assert!(spread("luks").all_encrypted);
    assert_eq!(spread("plain").unencrypted, ["/data"]);
}

#[test]
fn disk_that_lsblk_shows_once_is_known_by_the_kernels_slaves() {
    let data = node("dm-1", "lvm", json!("xfs"), json!("/data"), json!([]));
    let crypt = node("dm-0", "crypt", json!("LVM2_member"), json!(null), json!([data]));
    let devices = json!([
        node("sda", "disk", json!("crypto_LUKS"), json!(null), json!([crypt])),
        node("sdb", "disk", json!("LVM2_member"), json!(null), json!([])),
    ]);
    let disks: DiskEncryption =
        record(&host(devices).directory("/sys/class/block/dm-1/slaves", &["dm-0", "sdb"]));
    assert_eq!(disks.unencrypted, ["/data"]);
}

#[test]
fn array_with_one_plain_half_is_plain() {
    let array = node("md0", "raid1", json!("ext4"), json!("/"), json!([]));
    let crypt = node("c1", "crypt", json!("linux_raid_member"), json!(null), json!([array]));
    let disks = judged(json!([
        node("sda", "disk", json!("crypto_LUKS"), json!(null), json!([crypt])),
        node("sdb", "disk", json!("linux_raid_member"), json!(null), json!([array])),
    ]));
    assert_eq!(disks.unencrypted, ["/"]);
    let crypt = node("md0_crypt", "crypt", json!("ext4"), json!("/"), json!([]));
    let array = node("md0", "raid1", json!("crypto_LUKS"), json!(null), json!([crypt]));
    let disks = judged(json!([
        node("sda", "disk", json!("linux_raid_member"), json!(null), json!([array])),
        node("sdb", "disk", json!("linux_raid_member"), json!(null), json!([array])),
    ]));
    assert!(disks.all_encrypted);
}

#[test]
fn lsblk_before_2_37_writes_text_and_one_mountpoint() {
    let devices = json!([{
        "name": "sda", "kname": "sda", "type": "disk", "fstype": null, "mountpoint": null,
        "rm": "0", "tran": "sata", "pkname": null, "size": "1000204886016", "children": [
            {"name": "sda1", "kname": "sda1", "type": "part", "fstype": "xfs", "mountpoint": "/boot",
             "rm": "0", "tran": null, "pkname": "sda", "size": "1073741824"},
            {"name": "sda2", "kname": "sda2", "type": "part", "fstype": "xfs", "mountpoint": "/",
             "rm": "0", "tran": null, "pkname": "sda", "size": "999129088000"},
        ],
    }]);
    let host = root()
        .command_refused(NEW, 1, "lsblk: unknown column: MOUNTPOINTS")
        .command(OLD, json!({ "blockdevices": devices }).to_string());
    let disks: DiskEncryption = record(&host);
    assert_eq!(disks.unencrypted, ["/"]);
    assert_eq!(disks.volumes.iter().map(|v| v.size_bytes).max(), Some(999_129_088_000));
}

#[test]
fn boot_that_is_also_mounted_elsewhere_is_not_exempt() {
    let disks = judged(json!([
        node("sda1", "part", json!("ext4"), json!(["/boot", "/data"]), json!([])),
        node("sda2", "part", json!("crypto_LUKS"), json!(null), json!([])),
    ]));
    assert_eq!(disks.unencrypted, ["/boot, /data"]);
}

#[test]
fn firmwares_partition_is_exempt_by_its_type_even_unmounted() {
    let mut efi = node("sda1", "part", json!("vfat"), json!(null), json!([]));
    efi["parttype"] = json!("C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
    let plain = node("sda2", "part", json!("vfat"), json!(null), json!([]));
    let disks = judged(json!([efi, plain]));
    assert_eq!(disks.unencrypted, ["sda2"]);
}

#[test]
fn verity_and_integrity_are_called_crypt_and_encrypt_nothing() {
    let devices = |uuid: &str| {
        let root = node("vroot", "crypt", json!("ext4"), json!("/"), json!([]));
        let part = node("sda2", "part", json!("DM_verity_hash"), json!(null), json!([root]));
        record::<DiskEncryption>(&host(json!([part])).file("/sys/class/block/vroot/dm/uuid", uuid))
    };
    assert!(!devices("CRYPT-VERITY-1234-vroot\n").all_encrypted);
    assert!(!devices("CRYPT-INTEGRITY-1234-vroot\n").all_encrypted);
    assert!(devices("CRYPT-LUKS2-1234-vroot\n").all_encrypted);
}

#[test]
fn cipher_that_is_none_encrypts_nothing() {
    let root = node("open", "crypt", json!("ext4"), json!("/"), json!([]));
    for (content, id) in [(json!(null), "PLAIN"), (json!("crypto_LUKS"), "LUKS2")] {
        let part = node("sda2", "part", content, json!(null), json!([root]));
        let disks: DiskEncryption = record(
            &host(json!([part]))
                .file("/sys/class/block/open/dm/uuid", format!("CRYPT-{id}-1-open\n"))
                .command(
                    "dmsetup table --target crypt",
                    "open: 0 2048 crypt cipher_null-ecb - 0 8:2 4096\n",
                ),
        );
        assert!(!disks.all_encrypted);
    }
}

#[test]
fn bitlocker_seen_from_linux_is_no_proof() {
    let disks =
        judged(json!([node("nvme0n1p3", "part", json!("BitLocker"), json!(null), json!([]))]));
    assert!(!disks.all_encrypted);
    assert!(disks.volumes[0].because.contains("cannot be seen"));
}

#[test]
fn memory_snaps_discs_and_empty_slots_need_no_encryption() {
    let mut slot = node("sdd", "disk", json!(null), json!(null), json!([]));
    slot["size"] = json!(0);
    let disks = judged(json!([
        node("zram0", "disk", json!("swap"), json!("[SWAP]"), json!([])),
        node("loop3", "loop", json!("squashfs"), json!("/snap/core/1"), json!([])),
        node("sr0", "rom", json!("iso9660"), json!(null), json!([])),
        slot,
        node("sda", "disk", json!("crypto_LUKS"), json!(null), json!([])),
    ]));
    assert!(disks.all_encrypted, "{:?}", disks.unencrypted);
}

#[test]
fn disk_on_which_nothing_is_recognised_is_not_passed() {
    let disks = judged(json!([node("sdb", "disk", json!(null), json!(null), json!([]))]));
    assert_eq!(disks.unencrypted, ["sdb"]);
}

const ZFS: &str =
    "zfs list -H -p -t filesystem,volume -o name,type,volsize,encryption,canmount,mountpoint";

fn pool(under_luks: bool) -> Value {
    let mut member = node("sda3", "part", json!("zfs_member"), json!(null), json!([]));
    member["label"] = json!("rpool");
    if under_luks {
        member["name"] = json!("luks");
        member["kname"] = json!("luks");
        member["type"] = json!("crypt");
        json!([node("sda3", "part", json!("crypto_LUKS"), json!(null), json!([member]))])
    } else {
        json!([member])
    }
}

#[test]
fn zfs_is_judged_dataset_by_dataset() {
    let datasets = "rpool\tfilesystem\t-\toff\toff\t/\nrpool/root\tfilesystem\t-\taes-256-gcm\tnoauto\t/\nrpool/scratch\tfilesystem\t-\toff\ton\t/scratch\n";
    let disks: DiskEncryption = record(&host(pool(false)).command(ZFS, datasets));
    assert_eq!(disks.unencrypted, ["/scratch"]);
    let disks: DiskEncryption = record(&host(pool(true)).command(ZFS, datasets));
    assert!(disks.all_encrypted, "{:?}", disks.unencrypted);
}

#[test]
fn zfs_volume_with_luks_is_told_from_its_neighbour_of_the_same_size() {
    let datasets = "rpool\tfilesystem\t-\toff\toff\t/\nrpool/a\tvolume\t8589934592\toff\t-\t-\nrpool/b\tvolume\t8589934592\toff\t-\t-\n";
    let mut tree = pool(false);
    let disks = tree.as_array_mut().unwrap();
    disks.push(node("zd0", "disk", json!("crypto_LUKS"), json!(null), json!([])));
    disks.push(node("zd16", "disk", json!("ext4"), json!("/srv"), json!([])));
    let found = host(tree)
        .command(ZFS, datasets)
        .command("readlink -e -- /dev/zvol/rpool/a", "/dev/zd0\n")
        .command("readlink -e -- /dev/zvol/rpool/b", "/dev/zd16\n");
    let disks: DiskEncryption = record(&found);
    assert!(!disks.all_encrypted);
    assert_eq!(disks.unencrypted, ["rpool/b"]);
    let unlinked = found.command_error("readlink -e -- /dev/zvol/rpool/a", HostError::NotFound);
    let disks: DiskEncryption = record(&unlinked);
    assert_eq!(disks.unencrypted, ["rpool/a", "rpool/b"]);
}

#[test]
fn zfs_that_cannot_be_read_is_not_passed_and_said() {
    let host = host(pool(false));
    let disks: DiskEncryption = record(&host);
    assert!(!disks.all_encrypted);
    assert_eq!(unread::<DiskEncryption>(&host)[0].path, "volumes");
}

#[test]
fn error_or_nonsense_of_lsblk_is_unread_and_no_pass() {
    let refused = root().command_error(NEW, HostError::TimedOut);
    assert!(why_unread::<DiskEncryption>(&refused).is_some());
    for text in ["", "{}", "not json", "{\"blockdevices\":[]}"] {
        let host = root().command(NEW, text);
        assert!(why_unread::<DiskEncryption>(&host).is_some(), "{text}");
        assert!(!body("disk_encryption", &host).fields().contains_key("all_encrypted"));
    }
    assert!(why_unread::<DiskEncryption>(&RecordedHost::new()).is_some());
}

#[test]
fn circle_in_the_tree_ends() {
    let mut one = node("dm-0", "lvm", json!("ext4"), json!("/"), json!([]));
    one["pkname"] = json!("dm-1");
    let mut other = node("dm-1", "lvm", json!(null), json!(null), json!([]));
    other["pkname"] = json!("dm-0");
    assert!(!judged(json!([one, other])).all_encrypted);
}

fn stick(content: &str, bus: Value, rm: bool) -> Value {
    let mut part = node("sdb1", "part", json!(content), json!("/media/a"), json!([]));
    part["rm"] = json!(rm);
    let mut disk = node("sdb", "disk", json!(null), json!(null), json!([part]));
    disk["tran"] = bus;
    disk["rm"] = json!(rm);
    disk
}

#[test]
fn drive_is_removable_by_its_bus_or_its_medium_and_not_counted_as_built_in() {
    let inside = node("sda", "disk", json!("crypto_LUKS"), json!(null), json!([]));
    for (bus, rm) in [(json!("usb"), false), (json!(null), true)] {
        let host = host(json!([inside, stick("exfat", bus, rm)]));
        assert!(record::<DiskEncryption>(&host).all_encrypted);
        let drives: RemovableDrives = record(&host);
        assert_eq!(drives.attached.len(), 1);
        assert!(!drives.all_encrypted);
    }
    let host = host(json!([inside, stick("crypto_LUKS", json!("usb"), true)]));
    assert!(record::<RemovableDrives>(&host).all_encrypted);
}

#[test]
fn memory_cards_and_thunderbolt_drives_are_removable() {
    let devices = json!([
        node("mmcblk0", "disk", json!("ext4"), json!("/media/card"), json!([])),
        node("mmcblk1", "disk", json!("crypto_LUKS"), json!(null), json!([])),
        node("nvme1n1", "disk", json!("xfs"), json!("/media/raid"), json!([])),
    ]);
    let host = host(devices)
        .file("/sys/class/block/mmcblk0/device/type", "SD\n")
        .file("/sys/class/block/mmcblk1/device/type", "MMC\n")
        .file("/sys/class/block/nvme1n1/device/device/removable", "removable\n");
    let drives: RemovableDrives = record(&host);
    let names: Vec<_> = drives.attached.iter().map(|drive| drive.name.as_str()).collect();
    assert_eq!(names, ["mmcblk0", "nvme1n1"]);
    assert!(record::<DiskEncryption>(&host).all_encrypted);
}

#[test]
fn system_that_runs_from_a_stick_is_judged_as_built_in() {
    let mut disk = stick("ext4", json!("usb"), true);
    disk["children"][0]["mountpoints"] = json!(["/"]);
    let disks = judged(json!([disk]));
    assert_eq!(disks.unencrypted, ["/"]);
}
