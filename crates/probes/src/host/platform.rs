//! Which operating system a computer runs: what a probe has to know before it looks.

use serde::{Deserialize, Serialize};

/// An operating system that probes know their way about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Linux. A recording that names no system is of one: there were no others when it was made.
    #[default]
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Linux, Self::Macos, Self::Windows];

    /// The one that this program was built for. It is not looked up: a program runs on no other.
    pub const fn of_this_computer() -> Self {
        if cfg!(target_os = "macos") {
            Self::Macos
        } else if cfg!(windows) {
            Self::Windows
        } else {
            Self::Linux
        }
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Macos => "macOS",
            Self::Windows => "Windows",
        }
    }

    /// What a person is told to do where a look needs more rights.
    pub const fn with_all_rights(self) -> &'static str {
        match self {
            Self::Linux | Self::Macos => "run as root",
            Self::Windows => "run as administrator",
        }
    }

    /// Whether a recording need not name it.
    pub(crate) fn is_linux(&self) -> bool {
        *self == Self::Linux
    }
}
