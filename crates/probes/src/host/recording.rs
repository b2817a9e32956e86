//! A host that writes down what it is asked and what it answers, without secrets.

use super::{
    Command, CommandOutput, Destination, FileMeta, HostError, HostView, Platform, Reach,
    RecordedHost,
    recorded::{Answer, Content},
    redaction,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a recording leaves out besides password hashes and keys, which it never holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordingOptions {
    /// Serial numbers of the machine.
    pub leaves_serials_out: bool,
}

/// Passes every look on to another host and records it.
#[derive(Debug)]
pub struct RecordingHost<H> {
    inner: H,
    options: RecordingOptions,
    recorded: Mutex<RecordedHost>,
}

impl<H: HostView> RecordingHost<H> {
    /// Records what `inner` answers.
    pub fn new(inner: H, options: RecordingOptions) -> Self {
        let recorded = Mutex::new(RecordedHost::new().on(inner.platform()));
        Self { inner, options, recorded }
    }

    /// What was recorded.
    pub fn into_recording(self) -> RecordedHost {
        self.recorded.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn recorded(&self) -> MutexGuard<'_, RecordedHost> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: HostView> HostView for RecordingHost<H> {
    fn platform(&self) -> Platform {
        self.inner.platform()
    }

    fn run(&self, command: &Command) -> Result<CommandOutput, HostError> {
        let output = self.inner.run(command);
        let kept = output
            .clone()
            .map(|output| redaction::output(command, output, self.options.leaves_serials_out));
        self.recorded().commands.insert(command.to_string(), kept.into());
        output
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        let content = self.inner.read_file(path);
        let kept: Answer<Content> = content
            .clone()
            .map(|content| Content(redaction::file(path, content, self.options.leaves_serials_out)))
            .into();
        self.recorded().files.insert(path.to_owned(), kept);
        content
    }

    fn list_dir(&self, path: &str) -> Result<Vec<String>, HostError> {
        let names = self.inner.list_dir(path);
        self.recorded().directories.insert(path.to_owned(), names.clone().into());
        names
    }

    fn file_meta(&self, path: &str) -> Result<FileMeta, HostError> {
        let meta = self.inner.file_meta(path);
        self.recorded().metas.insert(path.to_owned(), meta.clone().into());
        meta
    }

    fn try_reach(&self, destination: &Destination) -> Result<Reach, HostError> {
        let reach = self.inner.try_reach(destination);
        self.recorded().reached.insert(destination.host.clone(), reach.clone().into());
        reach
    }
}
