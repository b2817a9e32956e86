//! The agent itself: an open folder, a way to the server, and the two things it does: it states
//! what was found, and it delivers what was stated.

use crate::{
    AgentError, DeliveryProblem, Identity, Refusal, Stop,
    collected::{Collected, Collector, Depth, Look, collect},
    disk::{Disk, FolderLock, SystemDisk},
    schedule,
    state::{Counter, Digests, Folder, Progress, Queue, QueueLimits, load_key},
    transport::{Connect, Https, Transport},
};
use closedset_core::{
    Clock, Digest, Duration, Randomness,
    check_in::{CheckIn, Statement},
    fact::Body,
};
use ed25519_dalek::SigningKey;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// What the agent needs from the world.
#[derive(Clone)]
pub struct Surroundings {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Random bytes, for the device's key and to spread out what a fleet does.
    pub randomness: Arc<dyn Randomness>,
    /// The disk that the folder lies on.
    pub disk: Arc<dyn Disk>,
    /// The way to a server.
    pub connect: Arc<dyn Connect>,
    /// How much may wait for the server.
    pub limits: QueueLimits,
    /// What tells this machine from others; none where the system does not say.
    pub machine: Option<Digest>,
}

impl Surroundings {
    /// The system's disk and HTTPS, with the usual limits.
    pub fn new(clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            clock,
            randomness,
            disk: Arc::new(SystemDisk),
            connect: Arc::new(Https::default()),
            limits: QueueLimits::default(),
            machine: None,
        }
    }

    /// The same on this machine: what is enrolled is bound to it, and what is bound to another refused.
    pub fn on(self, machine: Option<Digest>) -> Self {
        Self { machine, ..self }
    }
}

/// An enrolled agent that holds its folder.
pub struct Agent {
    pub(crate) identity: Identity,
    pub(crate) key: SigningKey,
    pub(crate) folder: Folder,
    pub(crate) counter: Counter,
    pub(crate) queue: Queue,
    pub(crate) progress: Progress,
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    /// What the server will know once the queue is delivered; none if it must be told everything.
    pub(crate) tail: Option<Digests>,
    /// The facts that were stated last, since the agent was opened.
    pub(crate) stated: Option<Digest>,
    _lock: FolderLock,
}

/// What was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// So many facts, of so many, were told anew.
    Report {
        /// Facts whose bodies travel along.
        changed: usize,
        /// All facts.
        facts: usize,
    },
    /// Nothing is new.
    Confirmation,
}

/// What became of the queue.
#[derive(Debug, Default)]
pub struct Delivery {
    /// How many statements the server took.
    pub delivered: usize,
    /// Whether the server asked to be told everything.
    pub asked_for_all: bool,
    /// Whether the server knew a higher counter: this computer was cloned or set back.
    pub replayed: bool,
    /// Why it ended before the queue did.
    pub problem: Option<DeliveryProblem>,
}

/// Whether a statement is due even if nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    Now,
    OnChange,
}

impl Agent {
    /// Opens the folder of an enrolled computer and holds it against other agents.
    pub fn open(path: &Path, surroundings: &Surroundings) -> Result<Self, AgentError> {
        let folder = Folder::new(path, Arc::clone(&surroundings.disk));
        let not_enrolled = || AgentError::NotEnrolled { folder: path.to_owned() };
        Identity::load(&folder)?.ok_or_else(not_enrolled)?;
        let lock = FolderLock::take(path)
            .map_err(AgentError::disk("lock", path))?
            .ok_or_else(|| AgentError::Busy { folder: path.to_owned() })?;
        // Read again: until the lock was held, an enrolment may have replaced it.
        let identity = Identity::load(&folder)?.ok_or_else(not_enrolled)?;
        identity.refuse_other_machine(&folder, surroundings)?;
        identity.remove_replaced(&folder);
        let device = folder.of_device(identity.device);
        let key = load_key(&device)?;
        if key.verifying_key().to_bytes() != identity.key.0 {
            return Err(device.damaged("key", "it is not the key that was enrolled"));
        }
        let mut counter = Counter::load(&device)?;
        let queue = Queue::open(&device, surroundings.limits)?;
        // A counter that a backup set back is behind what the queue has signed.
        counter.raise_to(queue.last().map_or(0, |last| last.counter))?;
        let progress = Progress::load(&device)?;
        let transport = surroundings.connect.connect(&identity.server, &identity.pin)?;
        let mut agent = Self {
            identity,
            key,
            folder: device,
            counter,
            queue,
            progress,
            transport,
            clock: Arc::clone(&surroundings.clock),
            randomness: Arc::clone(&surroundings.randomness),
            tail: None,
            stated: None,
            _lock: lock,
        };
        agent.find_tail()?;
        Ok(agent)
    }

    /// Who this device is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Why the device reports no more, if so.
    pub fn revoked(&self) -> Option<&Refusal> {
        self.progress.revoked.as_ref()
    }

    /// How often the server wants to hear from the device.
    pub(crate) fn every(&self) -> Duration {
        schedule::every(self.progress.every_s.unwrap_or(self.identity.every_s))
    }

    pub(crate) fn refuse_if_revoked(&self) -> Result<(), AgentError> {
        self.revoked().map_or(Ok(()), |refusal| Err(AgentError::Revoked(refusal.clone())))
    }

    /// Signs what was found and puts it at the end of the queue; nothing if it is not due.
    pub(crate) fn state(
        &mut self,
        found: &Collected,
        due: Due,
    ) -> Result<Option<Stated>, AgentError> {
        if due == Due::OnChange && self.stated == Some(found.whole) {
            return Ok(None);
        }
        let is_report = self.tail.as_ref() != Some(&found.digests);
        let bodies = self.changed_bodies(found);
        let stated = if is_report {
            Stated::Report { changed: bodies.len(), facts: found.digests.len() }
        } else {
            Stated::Confirmation
        };
        // Raised and stored first: a number is never signed twice, whatever happens next.
        let counter = self.counter.take(1)?;
        let statement = statement_of(&self.identity, counter, found);
        let check_in = CheckIn {
            statement,
            signature: statement.sign(&self.key),
            digests: is_report.then(|| found.digests.clone()),
            bodies,
        };
        let dropped = self.queue.push(&check_in)?;
        self.tail = Some(found.digests.clone());
        self.stated = Some(found.whole);
        if !dropped.is_nothing() {
            tracing::warn!(
                confirmations = dropped.confirmations,
                reports = dropped.reports,
                "the queue is full; the oldest statements were dropped"
            );
            self.progress.dropped.add(dropped);
            self.remember()?;
        }
        Ok(Some(stated))
    }

    fn changed_bodies(&self, found: &Collected) -> BTreeMap<String, Body> {
        let is_known = |kind: &String| {
            self.tail.as_ref().and_then(|known| known.get(kind)) == found.digests.get(kind)
        };
        found
            .bodies
            .iter()
            .filter(|(kind, _)| !is_known(kind))
            .map(|(kind, body)| (kind.clone(), body.clone()))
            .collect()
    }

    /// Delivers the queue; if the server asks for everything, states everything and delivers that.
    pub(crate) fn deliver_all(
        &mut self,
        collector: &Collector,
        found: Option<Collected>,
        stop: &Stop,
    ) -> Result<Delivery, AgentError> {
        let mut delivery = self.deliver(stop)?;
        if delivery.asked_for_all && delivery.problem.is_none() && self.queue.first().is_none() {
            let found = match found {
                Some(found) => found,
                None => collect(
                    collector,
                    Look { at: self.clock.now(), depth: Depth::Usual },
                    &self.key,
                )?,
            };
            self.state(&found, Due::Now)?;
            let again = self.deliver(stop)?;
            delivery.delivered += again.delivered;
            delivery.replayed |= again.replayed;
            delivery.problem = again.problem;
            if again.asked_for_all && delivery.problem.is_none() {
                delivery.problem = Some(DeliveryProblem::AskedForAllAgain);
            }
        }
        self.note(delivery.problem.as_ref())?;
        Ok(delivery)
    }

    /// Finds out anew what the server will know once the queue is delivered.
    pub(crate) fn find_tail(&mut self) -> Result<(), AgentError> {
        self.tail = match self.queue.digests()? {
            Some(digests) => Some(digests),
            None => self.progress.known.clone(),
        };
        Ok(())
    }

    /// Stores what is remembered of the talk with the server.
    pub(crate) fn remember(&self) -> Result<(), AgentError> {
        self.progress.store(&self.folder)
    }
}

/// What the device signs of what was found.
pub(crate) fn statement_of(identity: &Identity, counter: i64, found: &Collected) -> Statement {
    Statement {
        organisation: identity.organisation,
        device: identity.device,
        counter,
        collected_at: found.at,
        facts: found.whole,
    }
}
