//! Delivering the queue, oldest first, and what each answer of the server leads to.

use crate::{
    Agent, AgentError, Delivery, Refusal, Stop,
    reply::Reply,
    state::{Accepted, Queued, Trouble},
    transport::TransportError,
};
use closedset_core::{
    Duration,
    check_in::{CheckIn, CheckInAnswer},
};

const PATH: &str = "/api/v1/agent/check-ins";

/// Why the queue was not delivered to its end.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryProblem {
    /// No answer came; everything is kept.
    #[error("the server could not be spoken with")]
    Unanswered(#[source] TransportError),
    /// The server does not take it now; everything is kept.
    #[error("{refusal}")]
    Later {
        /// In the server's words.
        refusal: Refusal,
        /// How long it asks to be left alone.
        after: Option<Duration>,
    },
    /// The server will never take this one statement; it was given up.
    #[error("a statement was refused for good; {0}")]
    GivenUp(Refusal),
    /// The numbers were used again while they were being raised: somebody uses the key right now.
    #[error("this device's key is in use elsewhere; {0}")]
    Replayed(Refusal),
    /// Everything was told, and the server asks for everything.
    #[error("the server asks for everything although it was told everything")]
    AskedForAllAgain,
}

impl DeliveryProblem {
    /// What a person can do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Unanswered(error) => error.remedy(),
            Self::Later { refusal, .. } | Self::GivenUp(refusal) | Self::Replayed(refusal) => {
                refusal.remedy().into()
            }
            Self::AskedForAllAgain => "bring the agent and the server to the same version".into(),
        }
    }

    /// How long the server asked to be left alone.
    pub(crate) fn asked_to_wait(&self) -> Option<Duration> {
        match self {
            Self::Later { after, .. } => *after,
            Self::Unanswered(_) | Self::GivenUp(_) | Self::Replayed(_) | Self::AskedForAllAgain => {
                None
            }
        }
    }
}

impl Agent {
    /// Delivers what waits until the queue is empty, a problem comes up or stopping is asked for.
    pub(crate) fn deliver(&mut self, stop: &Stop) -> Result<Delivery, AgentError> {
        let mut delivery = Delivery::default();
        while let Some(item) = self.queue.first() {
            if stop.is_asked() {
                break;
            }
            let Some((bytes, check_in)) = self.queue.read(&item)? else {
                tracing::error!(counter = item.counter, "a waiting statement is damaged; dropped");
                self.lose(&item, Bodies::Drop)?;
                continue;
            };
            let reply = match self.transport.post(PATH, &bytes) {
                Ok(answer) => Reply::read(&answer, self.clock.now()),
                Err(error) => {
                    delivery.problem = Some(DeliveryProblem::Unanswered(error));
                    break;
                }
            };
            delivery.problem = self.follow(reply, &item, check_in, &mut delivery)?;
            if delivery.problem.is_some() {
                break;
            }
        }
        if delivery.delivered > 0 {
            self.remember()?;
        }
        Ok(delivery)
    }

    /// Does what the answer to one statement asks for; a problem ends the delivery.
    fn follow(
        &mut self,
        reply: Reply,
        item: &Queued,
        check_in: CheckIn,
        delivery: &mut Delivery,
    ) -> Result<Option<DeliveryProblem>, AgentError> {
        match reply {
            Reply::Taken(answer) => {
                self.taken(item, check_in, &answer)?;
                delivery.delivered += 1;
                Ok(None)
            }
            Reply::SendAll => {
                delivery.asked_for_all = true;
                self.forget_what_is_known(item)?;
                Ok(None)
            }
            Reply::Malformed(refusal) => {
                // What it said may be the very fault, so it is not handed on.
                self.lose(item, Bodies::Drop)?;
                Ok(Some(DeliveryProblem::GivenUp(refusal)))
            }
            Reply::WrongTime(refusal) => {
                self.lose(item, Bodies::HandOn)?;
                Ok(Some(DeliveryProblem::GivenUp(refusal)))
            }
            Reply::Revoked(refusal) => {
                self.progress.revoked = Some(refusal.clone());
                self.remember()?;
                Err(AgentError::Revoked(refusal))
            }
            Reply::Replayed(refusal, _) if delivery.replayed => {
                Ok(Some(DeliveryProblem::Replayed(refusal)))
            }
            Reply::Replayed(refusal, highest) => {
                delivery.replayed = true;
                self.overtake(&refusal, highest)?;
                Ok(None)
            }
            Reply::Later(refusal, after) => Ok(Some(DeliveryProblem::Later { refusal, after })),
            Reply::Garbled(what) => {
                Ok(Some(DeliveryProblem::Unanswered(TransportError::Garbled {
                    server: self.identity.server.clone(),
                    what,
                })))
            }
        }
    }

    fn taken(
        &mut self,
        item: &Queued,
        check_in: CheckIn,
        answer: &CheckInAnswer,
    ) -> Result<(), AgentError> {
        self.progress.accepted =
            Some(Accepted { at: self.clock.now(), counter: item.counter, entry: answer.entry });
        self.progress.every_s = Some(answer.next_in_s);
        if check_in.digests.is_some() {
            self.progress.known = check_in.digests;
            // Before the statement goes: a crash in between delivers it once more, which is fine.
            self.remember()?;
        }
        self.queue.remove(item)
    }

    /// The server does not know what the statement builds on.
    fn forget_what_is_known(&mut self, item: &Queued) -> Result<(), AgentError> {
        self.progress.known = None;
        self.remember()?;
        self.queue.give_up(item)?;
        self.find_tail()
    }

    /// Gives up a statement for good and counts it.
    fn lose(&mut self, item: &Queued, bodies: Bodies) -> Result<(), AgentError> {
        match bodies {
            Bodies::HandOn => self.queue.give_up(item)?,
            Bodies::Drop => self.queue.remove(item)?,
        }
        self.progress.dropped.refused += 1;
        self.remember()?;
        self.find_tail()
    }

    /// Signs what waits under numbers above the highest that the server has seen.
    fn overtake(&mut self, refusal: &Refusal, highest: i64) -> Result<(), AgentError> {
        tracing::error!(
            device = %self.identity.device,
            own = self.counter.value(),
            highest,
            remedy = refusal.remedy(),
            "the server has seen a higher counter: this computer was cloned or set back, or its key is in use elsewhere"
        );
        self.progress.replays.count += 1;
        self.progress.replays.last_at = Some(self.clock.now());
        self.remember()?;
        self.counter.raise_to(highest)?;
        self.queue.renumber(&mut self.counter, &self.key)
    }

    /// Remembers what stands in the way, or that nothing does.
    pub(crate) fn note(&mut self, problem: Option<&DeliveryProblem>) -> Result<(), AgentError> {
        let trouble = problem.map(|problem| {
            let earlier = self.progress.trouble.as_ref();
            Trouble {
                since: earlier.map_or_else(|| self.clock.now(), |earlier| earlier.since),
                what: sentence(problem),
                remedy: problem.remedy(),
            }
        });
        if self.progress.trouble == trouble {
            return Ok(());
        }
        match &trouble {
            Some(trouble) => tracing::warn!(remedy = trouble.remedy, "{}", trouble.what),
            None => tracing::info!("reports are delivered again"),
        }
        self.progress.trouble = trouble;
        self.remember()
    }
}

/// What becomes of the bodies of a report that is given up.
enum Bodies {
    /// The next report that builds on them takes them over.
    HandOn,
    /// They are dropped; the server will ask for everything.
    Drop,
}

/// An error and its causes in one line.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
