//! What cargo says of the workspace: its packages and what they depend on.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::{path::PathBuf, process::Command};

/// The packages of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    /// Members alone, since dependencies are left out when asking.
    pub(crate) packages: Vec<Package>,
    /// The folder of the root manifest.
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target_directory: PathBuf,
}

/// A member.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependencies.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` for an ordinary one, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// The folder of a dependency that is a member itself.
    pub(crate) path: Option<PathBuf>,
}

impl Dependency {
    /// Whether it is there for tests alone.
    pub(crate) fn is_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

/// Asks cargo. Needs no network.
pub(crate) fn read() -> Result<Workspace> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let answer = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .output()
        .context("cargo cannot be run")?;
    ensure!(
        answer.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&answer.stderr).trim()
    );
    serde_json::from_slice(&answer.stdout).context("cargo metadata answered something else")
}
