//! Programs run within limits.

use super::{LiveLimits, PROGRAM_DIRECTORIES};
use crate::host::{Command, CommandOutput, HostError};
use std::{
    io::Read,
    os::unix::process::CommandExt,
    process::{Child, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

/// How often an ended program is looked for after its output has ended.
const POLL: Duration = Duration::from_millis(1);

enum Part {
    Output(Vec<u8>),
    Complaint(Vec<u8>),
    TooLarge,
    Broken(HostError),
}

/// Runs the program at `path` with the words of `command`.
pub(super) fn run(
    path: &str,
    command: &Command,
    limits: LiveLimits,
) -> Result<CommandOutput, HostError> {
    let timeout =
        command.own_timeout().map_or(limits.command_timeout, |own| own.min(limits.longest_timeout));
    let deadline = Instant::now() + timeout;
    let mut running = Running(start(path, command)?);
    let (sender, parts) = mpsc::channel();
    if let Some(output) = running.0.stdout.take() {
        collect(output, limits.output_bytes, sender.clone(), Part::Output)?;
    }
    if let Some(complaints) = running.0.stderr.take() {
        collect(complaints, limits.output_bytes, sender, Part::Complaint)?;
    }
    let mut output = CommandOutput::default();
    loop {
        match parts.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Part::Output(bytes)) => output.stdout = bytes,
            Ok(Part::Complaint(bytes)) => output.stderr = bytes,
            Ok(Part::TooLarge) => {
                return Err(HostError::TooLarge { limit: limits.output_bytes });
            }
            Ok(Part::Broken(error)) => return Err(error),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => return Err(HostError::TimedOut),
        }
    }
    loop {
        if let Some(status) = running.0.try_wait()? {
            output.status = status.code().unwrap_or(-1);
            return Ok(output);
        }
        if Instant::now() >= deadline {
            return Err(HostError::TimedOut);
        }
        thread::sleep(POLL);
    }
}

fn start(path: &str, command: &Command) -> Result<Child, HostError> {
    let mut process = std::process::Command::new(path);
    process
        .args(command.arguments())
        .env_clear()
        .env("PATH", PROGRAM_DIRECTORIES.join(":"))
        .env("LC_ALL", "C")
        .envs(command.environment().iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    if let Some(account) = command.account()
        && account.uid != rustix::process::geteuid().as_raw()
    {
        if !rustix::process::geteuid().is_root() {
            return Err(HostError::PermissionDenied);
        }
        // Setting the user also drops all further groups.
        process.gid(account.gid).uid(account.uid);
    }
    Ok(process.spawn()?)
}

/// Reads `source` to its end on a thread of its own. The thread outlives the call only while a
/// process that left the group keeps the pipe open.
fn collect<R: Read + Send + 'static>(
    source: R,
    limit: usize,
    sender: Sender<Part>,
    part: fn(Vec<u8>) -> Part,
) -> Result<(), HostError> {
    thread::Builder::new().name("probe-output".into()).spawn(move || {
        let mut bytes = Vec::new();
        let said = match source.take(limit as u64 + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() > limit => Part::TooLarge,
            Ok(_) => part(bytes),
            Err(error) => Part::Broken(error.into()),
        };
        // Nobody listens any more if the time was up.
        let _ = sender.send(said);
    })?;
    Ok(())
}

/// A started program; dropping it kills its process group and takes up what is left.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        if let Some(group) =
            i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
