//! Datasets of ZFS: `zfs list -H -p -o name,type,volsize,encryption,canmount,mountpoint`.

/// What [`datasets`] reads.
pub const COLUMNS: &str = "name,type,volsize,encryption,canmount,mountpoint";

/// One dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Its name, the pool's first.
    pub name: String,
    /// It is a volume, with no files of its own.
    pub is_volume: bool,
    /// A volume's size in bytes.
    pub size_bytes: u64,
    /// How it is encrypted; none if it is not.
    pub encryption: Option<String>,
    /// Where it is mounted; none if it holds no files itself.
    pub mounted_at: Option<String>,
}

impl Dataset {
    /// The pool's name.
    pub fn pool(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// The datasets in the output of `zfs list -H -p -t filesystem,volume -o` [`COLUMNS`].
pub fn datasets(text: &str) -> Vec<Dataset> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [name, kind, size, encryption, can_mount, mounted_at] = fields[..] else {
                return None;
            };
            Some(Dataset {
                name: name.into(),
                is_volume: kind == "volume",
                size_bytes: size.parse().unwrap_or(0),
                // An old version without encryption says `-`.
                encryption: (!matches!(encryption, "off" | "-" | "")).then(|| encryption.into()),
                mounted_at: (can_mount != "off" && !matches!(mounted_at, "none" | "-"))
                    .then(|| mounted_at.to_owned()),
            })
        })
        .collect()
}
