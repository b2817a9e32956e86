//! Units of systemd: blocks of `systemctl show`.

/// How one unit stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unit {
    /// `loaded`, `masked`, `not-found`.
    pub load: String,
    /// `active`, `inactive`, `failed`.
    pub active: String,
    /// `enabled`, `disabled`, `static`, `masked`, `alias`, ...
    pub file: String,
}

impl Unit {
    /// It runs or listens now.
    pub fn is_active(&self) -> bool {
        matches!(self.active.as_str(), "active" | "activating" | "reloading")
    }

    /// It starts by itself at the next start of the system.
    pub fn is_enabled(&self) -> bool {
        self.load != "masked" && matches!(self.file.as_str(), "enabled" | "alias" | "generated")
    }
}

/// The units in the output of `systemctl show -p LoadState -p ActiveState -p UnitFileState`, in the
/// order in which they were asked for.
pub fn show(text: &str) -> Vec<Unit> {
    text.split("\n\n")
        .filter(|block| block.contains('='))
        .map(|block| {
            let mut unit = Unit::default();
            for (name, value) in block.lines().filter_map(|line| line.split_once('=')) {
                match name {
                    "LoadState" => unit.load = value.into(),
                    "ActiveState" => unit.active = value.into(),
                    "UnitFileState" => unit.file = value.into(),
                    _ => {}
                }
            }
            unit
        })
        .collect()
}
