//! A computer played back from a recording.
//!
//! A recording is JSON: what each command wrote, what each file held, and what was not there. What
//! it does not have is [`HostError::NotRecorded`], which no probe takes for an absence.

use super::{
    Command, CommandOutput, Destination, FileKind, FileMeta, HostError, HostView, Platform, Reach,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a recording answers for something it does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// That it was not recorded: the fact stays unread.
    #[default]
    NotRecorded,
    /// That it was not there; for recordings written by hand, of which the author knows all.
    NotFound,
}

/// The answer to one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answer<T> {
    Failed { error: HostError },
    Value(T),
}

impl<T> From<Result<T, HostError>> for Answer<T> {
    fn from(result: Result<T, HostError>) -> Self {
        match result {
            Ok(value) => Self::Value(value),
            Err(error) => Self::Failed { error },
        }
    }
}

/// The bytes of a file in a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Content(#[serde(with = "bytes")] pub(crate) Vec<u8>);

/// A computer played back from a recording.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordedHost {
    #[serde(skip_serializing_if = "Platform::is_linux")]
    pub(crate) platform: Platform,
    pub(crate) otherwise: Otherwise,
    pub(crate) commands: BTreeMap<String, Answer<CommandOutput>>,
    pub(crate) files: BTreeMap<String, Answer<Content>>,
    pub(crate) directories: BTreeMap<String, Answer<Vec<String>>>,
    pub(crate) metas: BTreeMap<String, Answer<FileMeta>>,
    pub(crate) reached: BTreeMap<String, Answer<Reach>>,
}

/// How much a recording holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inventory {
    /// Programs' outputs.
    pub outputs: usize,
    /// Files.
    pub files: usize,
    /// Listings of directories.
    pub directories: usize,
}

/// A recording that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the recording cannot be read")]
pub struct RecordingError(#[from] serde_json::Error);

impl RecordedHost {
    /// An empty recording, in which everything is unread.
    pub fn new() -> Self {
        Self::default()
    }

    /// How much there was of what was looked for.
    pub fn inventory(&self) -> Inventory {
        fn there<T>(answers: &BTreeMap<String, Answer<T>>) -> usize {
            answers.values().filter(|answer| matches!(answer, Answer::Value(_))).count()
        }
        Inventory {
            outputs: there(&self.commands),
            files: there(&self.files),
            directories: there(&self.directories),
        }
    }

    /// Reads a recording.
    pub fn from_json(text: &str) -> Result<Self, RecordingError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The recording as JSON.
    pub fn to_json(&self) -> Result<String, RecordingError> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// Of a computer that runs `platform`.
    #[must_use]
    pub const fn on(mut self, platform: Platform) -> Self {
        self.platform = platform;
        self
    }

    /// Answers `otherwise` for what it does not have.
    #[must_use]
    pub const fn otherwise(mut self, otherwise: Otherwise) -> Self {
        self.otherwise = otherwise;
        self
    }

    /// With a command, as [`Command`] displays it, that ended well and wrote `stdout`.
    #[must_use]
    pub fn command(self, words: &str, stdout: impl Into<Vec<u8>>) -> Self {
        self.command_output(
            words,
            CommandOutput { stdout: stdout.into(), ..CommandOutput::default() },
        )
    }

    /// With a command that ended badly and complained.
    #[must_use]
    pub fn command_refused(self, words: &str, status: i32, stderr: &str) -> Self {
        self.command_output(
            words,
            CommandOutput { status, stderr: stderr.into(), ..CommandOutput::default() },
        )
    }

    /// With a command and all that it gave.
    #[must_use]
    pub fn command_output(mut self, words: &str, output: CommandOutput) -> Self {
        self.commands.insert(words.into(), Answer::Value(output));
        self
    }

    /// With a command that could not be run.
    #[must_use]
    pub fn command_error(mut self, words: &str, error: HostError) -> Self {
        self.commands.insert(words.into(), Answer::Failed { error });
        self
    }

    /// With a file; its directories list it.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), Answer::Value(Content(content.into())));
        self
    }

    /// With a file that could not be read.
    #[must_use]
    pub fn file_error(mut self, path: &str, error: HostError) -> Self {
        self.files.insert(path.into(), Answer::Failed { error });
        self
    }

    /// With a directory and all the names in it.
    #[must_use]
    pub fn directory(mut self, path: &str, names: &[&str]) -> Self {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        self.directories.insert(path.into(), Answer::Value(names));
        self
    }

    /// With a directory that could not be listed.
    #[must_use]
    pub fn directory_error(mut self, path: &str, error: HostError) -> Self {
        self.directories.insert(path.into(), Answer::Failed { error });
        self
    }

    /// With what stands in a directory entry.
    #[must_use]
    pub fn meta(mut self, path: &str, meta: FileMeta) -> Self {
        self.metas.insert(path.into(), Answer::Value(meta));
        self
    }

    /// With how far a host on the network is reached.
    #[must_use]
    pub fn reach(mut self, host: &str, reach: Reach) -> Self {
        self.reached.insert(host.into(), Answer::Value(reach));
        self
    }

    const fn missing(&self) -> HostError {
        match self.otherwise {
            Otherwise::NotRecorded => HostError::NotRecorded,
            Otherwise::NotFound => HostError::NotFound,
        }
    }

    fn answer<T: Clone>(
        &self,
        answers: &BTreeMap<String, Answer<T>>,
        key: &str,
    ) -> Result<T, HostError> {
        match answers.get(key) {
            Some(Answer::Value(value)) => Ok(value.clone()),
            Some(Answer::Failed { error }) => Err(error.clone()),
            None => Err(self.missing()),
        }
    }

    /// The names that the recorded files and directories under `path` imply.
    fn implied_names(&self, path: &str) -> Vec<String> {
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let absent = |answer: &Answer<Content>| matches!(answer, Answer::Failed { error } if *error == HostError::NotFound);
        let mut names: Vec<String> = self
            .files
            .iter()
            .filter(|(_, answer)| !absent(answer))
            .map(|(known, _)| known)
            .chain(self.directories.keys())
            .chain(self.metas.keys())
            .filter_map(|known| known.strip_prefix(&prefix))
            .filter_map(|rest| rest.split('/').next())
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

impl HostView for RecordedHost {
    fn platform(&self) -> Platform {
        self.platform
    }

    fn run(&self, command: &Command) -> Result<CommandOutput, HostError> {
        self.answer(&self.commands, &command.to_string())
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        self.answer(&self.files, path).map(|content| content.0)
    }

    fn list_dir(&self, path: &str) -> Result<Vec<String>, HostError> {
        let listed = self.answer(&self.directories, path);
        if listed == Err(HostError::NotFound) && !self.directories.contains_key(path) {
            let names = self.implied_names(path);
            if !names.is_empty() {
                return Ok(names);
            }
        }
        listed
    }

    fn file_meta(&self, path: &str) -> Result<FileMeta, HostError> {
        let meta = |kind| FileMeta { kind, owner: 0, mode: 0o644, modified_s: 0 };
        if self.metas.contains_key(path) {
            return self.answer(&self.metas, path);
        }
        match self.files.get(path) {
            Some(Answer::Failed { error: HostError::NotFound }) => return Err(HostError::NotFound),
            Some(_) => return Ok(meta(FileKind::File)),
            None => {}
        }
        match self.directories.get(path) {
            Some(Answer::Value(_)) => return Ok(meta(FileKind::Directory)),
            Some(Answer::Failed { error }) => return Err(error.clone()),
            None => {}
        }
        if !self.implied_names(path).is_empty() {
            return Ok(meta(FileKind::Directory));
        }
        Err(self.missing())
    }

    fn try_reach(&self, destination: &Destination) -> Result<Reach, HostError> {
        self.answer(&self.reached, &destination.host)
    }
}

/// Bytes in JSON: as text where they are text, else `{"hex": "..."}`.
pub(crate) mod bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Form {
        Text(String),
        Hex { hex: String },
    }

    pub(crate) fn serialize<S: Serializer>(
        bytes: &Vec<u8>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Form::Text(text.to_owned()),
            Err(_) => Form::Hex { hex: hex::encode(bytes) },
        }
        .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        match Form::deserialize(deserializer)? {
            Form::Text(text) => Ok(text.into_bytes()),
            Form::Hex { hex } => hex::decode(hex).map_err(serde::de::Error::custom),
        }
    }
}
