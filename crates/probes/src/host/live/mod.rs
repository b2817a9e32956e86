//! This computer, looked at within limits.
//!
//! Programs are found in the system's own directories only, get an empty environment, no standard
//! input and no shell; each is the head of a process group that is killed as a whole when its time
//! is up. Only regular files are read, so that no pipe in somebody's home can hold a probe up.

mod files;
mod hello;
mod network;
mod process;

use super::{Command, CommandOutput, Destination, FileMeta, HostError, HostView, Platform, Reach};
use std::time::Duration;

/// Where programs are looked up, in this order.
pub(crate) const PROGRAM_DIRECTORIES: [&str; 6] =
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
/// Where macOS keeps a program that no search path leads to.
const FIREWALL_DIRECTORY: &str = "/usr/libexec/ApplicationFirewall";

/// How long and how much a look may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveLimits {
    /// How long a command may run that does not say itself how long it takes.
    pub command_timeout: Duration,
    /// How long any command may run.
    pub longest_timeout: Duration,
    /// How many bytes a command may write and a file may have.
    pub output_bytes: usize,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            command_timeout: Duration::from_secs(5),
            longest_timeout: Duration::from_secs(90),
            output_bytes: 8 << 20,
        }
    }
}

/// This computer.
#[derive(Debug, Clone, Default)]
pub struct LiveHost {
    limits: LiveLimits,
    program_directories: Option<Vec<String>>,
}

impl LiveHost {
    /// This computer, with the usual limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// This computer, with other limits.
    pub const fn with_limits(limits: LiveLimits) -> Self {
        Self { limits, program_directories: None }
    }

    /// Looks programs up in `directories` alone.
    #[must_use]
    pub fn with_programs_in(mut self, directories: Vec<String>) -> Self {
        self.program_directories = Some(directories);
        self
    }

    fn find(&self, program: &str) -> Result<String, HostError> {
        if program.contains('/') || program.is_empty() {
            return Err(HostError::NotFound);
        }
        let is_program = |path: &String| {
            files::meta(path)
                .is_ok_and(|meta| meta.kind == super::FileKind::File && meta.mode & 0o111 != 0)
        };
        let at = |directory: &str| format!("{directory}/{program}");
        match &self.program_directories {
            Some(directories) => directories.iter().map(|d| at(d)).find(is_program),
            None => PROGRAM_DIRECTORIES
                .iter()
                .chain((self.platform() == Platform::Macos).then_some(&FIREWALL_DIRECTORY))
                .map(|d| at(d))
                .find(is_program),
        }
        .ok_or(HostError::NotFound)
    }
}

impl HostView for LiveHost {
    fn platform(&self) -> Platform {
        Platform::of_this_computer()
    }
    fn run(&self, command: &Command) -> Result<CommandOutput, HostError> {
        process::run(&self.find(command.program())?, command, self.limits)
    }
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        files::read(path, self.limits.output_bytes)
    }
    fn list_dir(&self, path: &str) -> Result<Vec<String>, HostError> {
        files::list(path)
    }
    fn file_meta(&self, path: &str) -> Result<FileMeta, HostError> {
        files::meta(path)
    }
    fn try_reach(&self, destination: &Destination) -> Result<Reach, HostError> {
        Ok(network::reach(destination))
    }
}
