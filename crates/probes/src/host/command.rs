//! A command to run, and what it wrote.

use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// Whom a command runs as, where that is not the one who runs the probes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunAs {
    /// The account's name.
    pub name: String,
    /// Its number.
    pub uid: u32,
    /// Its first group's number.
    pub gid: u32,
}

/// A program with its arguments. No shell ever reads them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Command {
    label: Option<&'static str>,
    program: String,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    run_as: Option<RunAs>,
    timeout: Option<Duration>,
}

impl Command {
    /// The program called `program`; it is looked up in the system's own directories.
    pub fn new(program: impl Into<String>) -> Self {
        Self {
            label: None,
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            run_as: None,
            timeout: None,
        }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With more arguments.
    #[must_use]
    pub fn args<I: IntoIterator<Item: Into<String>>>(mut self, arguments: I) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// With a variable in its environment, which is otherwise empty but for `PATH` and `LC_ALL`.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Run by somebody else.
    #[must_use]
    pub fn run_as(mut self, account: RunAs) -> Self {
        self.run_as = Some(account);
        self
    }

    /// Named `label` in recordings: for a program whose argument is a page long.
    #[must_use]
    pub(crate) const fn called(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// Ended after `timeout` instead of the host's usual limit.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The program's name.
    pub fn program(&self) -> &str {
        &self.program
    }
    /// Its arguments.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }
    pub(crate) const fn account(&self) -> Option<&RunAs> {
        self.run_as.as_ref()
    }
    pub(crate) const fn own_timeout(&self) -> Option<Duration> {
        self.timeout
    }
}

/// The words of the command, after the account's name if it runs as another: `alice$ gsettings get
/// ...`. A recording finds a command by this text.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(account) = &self.run_as {
            write!(f, "{}$ ", account.name)?;
        }
        if let Some(label) = self.label {
            return f.write_str(label);
        }
        f.write_str(&self.program)?;
        for argument in &self.arguments {
            write!(f, " {argument}")?;
        }
        Ok(())
    }
}

/// What a command wrote, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CommandOutput {
    /// The exit status; -1 if a signal ended it.
    pub status: i32,
    /// What it wrote to its standard output.
    #[serde(with = "super::recorded::bytes")]
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error.
    #[serde(with = "super::recorded::bytes")]
    pub stderr: Vec<u8>,
}

impl CommandOutput {
    /// The standard output as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The last line that is not empty of the standard error, or else of the output, shortened: what
    /// a program says when it refuses.
    pub fn complaint(&self) -> String {
        let last = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes)
                .lines()
                .rev()
                .map(str::trim)
                .find(|line| !line.is_empty())
                .map(|line| line.chars().take(160).collect::<String>())
        };
        last(&self.stderr)
            .or_else(|| last(&self.stdout))
            .unwrap_or_else(|| format!("exit status {}", self.status))
    }
}
