//! A host that looks once: several probes need the same command.

use super::{Command, CommandOutput, Destination, FileMeta, HostError, HostView, Platform, Reach};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

type Once<T> = Arc<OnceLock<Result<T, HostError>>>;

/// Passes every look on to another host, and the same look never twice. Two threads that ask for
/// the same thing at the same time wait for one answer.
pub(crate) struct RememberingHost<'h> {
    inner: &'h dyn HostView,
    outputs: Memory<Command, CommandOutput>,
    files: Memory<String, Vec<u8>>,
    lists: Memory<String, Vec<String>>,
}

impl<'h> RememberingHost<'h> {
    pub(crate) fn new(inner: &'h dyn HostView) -> Self {
        Self {
            inner,
            outputs: Memory::default(),
            files: Memory::default(),
            lists: Memory::default(),
        }
    }
}

impl HostView for RememberingHost<'_> {
    fn platform(&self) -> Platform {
        self.inner.platform()
    }
    fn run(&self, command: &Command) -> Result<CommandOutput, HostError> {
        self.outputs.once(command, || self.inner.run(command))
    }
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        self.files.once(&path.to_owned(), || self.inner.read_file(path))
    }
    fn list_dir(&self, path: &str) -> Result<Vec<String>, HostError> {
        self.lists.once(&path.to_owned(), || self.inner.list_dir(path))
    }
    fn file_meta(&self, path: &str) -> Result<FileMeta, HostError> {
        self.inner.file_meta(path)
    }
    fn try_reach(&self, destination: &Destination) -> Result<Reach, HostError> {
        self.inner.try_reach(destination)
    }
}

struct Memory<K, V>(Mutex<HashMap<K, Once<V>>>);

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Memory<K, V> {
    fn once(&self, key: &K, look: impl FnOnce() -> Result<V, HostError>) -> Result<V, HostError> {
        let cell = Arc::clone(
            self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_default(),
        );
        cell.get_or_init(look).clone()
    }
}
