//! Runs the binary as a person or a script would, in an environment of its own.

use serde_json::Value;
use std::{
    ffi::OsStr,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The JSON on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program with nothing in its environment but a UTF-8 locale.
pub(crate) fn closedset() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_closedset"));
    command.env_clear().env("LANG", "C.UTF-8").stdin(Stdio::null());
    command
}

/// Runs the program with `arguments`.
pub(crate) fn run<I: IntoIterator<Item: AsRef<OsStr>>>(arguments: I) -> Run {
    closedset().args(arguments).output().unwrap().into()
}

/// The recording of an imagined computer.
pub(crate) fn recording(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/cli/recordings", name].iter().collect()
}

/// `check --replay` of the imagined workstation, with more arguments.
pub(crate) fn replay(arguments: &[&str]) -> Run {
    closedset()
        .args(["check", "--replay"])
        .arg(recording("edit-07.json"))
        .args(arguments)
        .output()
        .unwrap()
        .into()
}
