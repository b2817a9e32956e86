//! Statements that are signed and not delivered, a file each, oldest first.
//!
//! A file's name says its counter and whether it is a report or a confirmation, so the agent knows
//! its queue without reading it. The queue is bounded (see [`limit`]); what it gives up is counted.

mod limit;
mod renumbering;

pub use limit::QueueLimits;

use self::renumbering::Renumbering;
use super::{Counter, Digests, Dropped, Folder};
use crate::AgentError;
use closedset_core::check_in::CheckIn;
use ed25519_dalek::SigningKey;
use std::collections::VecDeque;

/// What a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something changed.
    Report,
    /// Nothing changed.
    Confirmation,
}

/// One statement in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Queued {
    pub(crate) counter: i64,
    pub(crate) kind: Kind,
    pub(crate) bytes: u64,
}

impl Queued {
    fn of(check_in: &CheckIn, bytes: usize) -> Self {
        Self {
            counter: check_in.statement.counter,
            kind: if check_in.digests.is_some() { Kind::Report } else { Kind::Confirmation },
            bytes: bytes as u64,
        }
    }

    // Nineteen digits hold any counter, so names sort as counters do.
    fn name(&self) -> String {
        let kind = match self.kind {
            Kind::Report => "report",
            Kind::Confirmation => "confirmation",
        };
        format!("{:019}.{kind}.json", self.counter)
    }

    fn from_name(name: &str, bytes: u64) -> Option<Self> {
        let (counter, kind) = name.strip_suffix(".json")?.split_once('.')?;
        let kind = match kind {
            "report" => Kind::Report,
            "confirmation" => Kind::Confirmation,
            _ => return None,
        };
        let counter = counter.parse().ok()?;
        Some(Self { counter, kind, bytes })
    }
}

/// The queue of one device.
pub(crate) struct Queue {
    folder: Folder,
    items: VecDeque<Queued>,
    limits: QueueLimits,
    /// A renumbering may have been left half done.
    is_unsettled: bool,
}

impl Queue {
    /// The queue as it lies on the disk.
    pub(crate) fn open(device: &Folder, limits: QueueLimits) -> Result<Self, AgentError> {
        let folder = Folder::new(&device.path.join("queue"), device.disk.clone());
        let mut queue = Self { folder, items: VecDeque::new(), limits, is_unsettled: true };
        queue.settle()?;
        Ok(queue)
    }

    /// Reads what lies there, and clears up after a renumbering that was left half done.
    fn settle(&mut self) -> Result<(), AgentError> {
        if !self.is_unsettled {
            return Ok(());
        }
        let files = self.folder.disk.list(&self.folder.path);
        let mut items: Vec<Queued> = files
            .map_err(AgentError::disk("list", &self.folder.path))?
            .into_iter()
            .filter_map(|(name, bytes)| Queued::from_name(&name, bytes))
            .collect();
        items.sort_by_key(|item| item.counter);
        if let Some(renumbering) = Renumbering::read(&self.folder)? {
            for void in items.extract_if(.., |item| renumbering.is_void(item.counter)) {
                self.folder.remove(&void.name())?;
            }
            Renumbering::end(&self.folder)?;
        }
        self.items = items.into();
        self.is_unsettled = false;
        Ok(())
    }

    /// Makes the folder for an empty queue.
    pub(crate) fn begin(device: &Folder) -> Result<(), AgentError> {
        Folder::new(&device.path.join("queue"), device.disk.clone()).create()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.items.iter().map(|item| item.bytes).sum()
    }

    pub(crate) fn first(&self) -> Option<Queued> {
        self.items.front().copied()
    }

    pub(crate) fn last(&self) -> Option<Queued> {
        self.items.back().copied()
    }

    /// The statement as it was written; none if the file is gone or torn.
    pub(crate) fn read(&self, item: &Queued) -> Result<Option<(Vec<u8>, CheckIn)>, AgentError> {
        let Some(bytes) = self.folder.read(&item.name())? else {
            return Ok(None);
        };
        Ok(serde_json::from_slice(&bytes).ok().map(|check_in| (bytes, check_in)))
    }

    /// What the server will know of the facts once the whole queue is delivered, if the queue says
    /// so.
    pub(crate) fn digests(&self) -> Result<Option<Digests>, AgentError> {
        let mut reports = self.items.iter().rev();
        let Some(last) = reports.find(|item| item.kind == Kind::Report) else {
            return Ok(None);
        };
        Ok(self.read(last)?.and_then(|(_, check_in)| check_in.digests))
    }

    /// Adds the newest statement, and makes room for it.
    pub(crate) fn push(&mut self, check_in: &CheckIn) -> Result<Dropped, AgentError> {
        self.settle()?;
        let item = self.write(check_in)?;
        self.items.push_back(item);
        limit::make_room(self)
    }

    /// Removes a statement that was delivered.
    pub(crate) fn remove(&mut self, item: &Queued) -> Result<(), AgentError> {
        self.folder.remove(&item.name())?;
        self.items.retain(|other| other.counter != item.counter);
        Ok(())
    }

    /// Gives up a statement. If the next report builds on what it said, that moves there: the
    /// signature covers the digests, not which bodies travel along.
    pub(crate) fn give_up(&mut self, item: &Queued) -> Result<(), AgentError> {
        if item.kind == Kind::Report {
            limit::hand_on(self, item)?;
        }
        self.remove(item)
    }

    /// Signs everything anew under numbers that nobody has used, in the same order. Wherever it
    /// stops, either all of the old ones count or all of the new.
    pub(crate) fn renumber(
        &mut self,
        counter: &mut Counter,
        key: &SigningKey,
    ) -> Result<(), AgentError> {
        self.settle()?;
        let first = counter.take(self.items.len())?;
        self.is_unsettled = true;
        Renumbering::begin(&self.folder, first)?;
        for (item, number) in self.items.iter().zip(first..) {
            if let Some((_, mut check_in)) = self.read(item)? {
                check_in.statement.counter = number;
                check_in.signature = check_in.statement.sign(key);
                self.write(&check_in)?;
            }
        }
        Renumbering::written(&self.folder, first)?;
        self.settle()
    }

    fn write(&self, check_in: &CheckIn) -> Result<Queued, AgentError> {
        let bytes = serde_json::to_vec(check_in)
            .map_err(closedset_core::canonical::CanonicalError::Json)?;
        let item = Queued::of(check_in, bytes.len());
        self.folder.write(&item.name(), &bytes)?;
        Ok(item)
    }
}
