//! The agent's day: it looks every half minute, states what changed at once and what did not every
//! few minutes, and delivers with patience.
//!
//! A computer that was off or asleep is looked at before anything else, and whole: what was known of
//! it before is old. What waits from before goes out with what was seen now, never by itself.

use crate::{
    Agent, AgentError, Sleeper, Stop,
    agent::Due,
    collected::{Collector, Depth, Look, collect},
    deliver::sentence,
    schedule::{Alarm, Patience, jittered},
};
use closedset_core::{Duration, Time};

/// A pause that took so much longer than it was to take was spent asleep, or with the clock being
/// moved.
const OVERSLEPT: Duration = Duration::from_seconds(60);
/// The longest that a look and a delivery take while the computer is awake.
const LONGEST_WORK: Duration = Duration::from_minutes(15);

/// How an agent runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunOptions {
    /// How often it looks at the computer; a change is stated when it is seen.
    pub look_every: Duration,
}

impl Default for RunOptions {
    /// Half a minute, so that a change's verdict follows within a minute.
    fn default() -> Self {
        Self { look_every: Duration::from_seconds(30) }
    }
}

/// Runs until stopping is asked for.
///
/// It ends with an error only where trying again cannot help: the device was revoked, or its folder
/// is damaged. A server out of reach, or a full disk, is waited out.
pub fn run(
    agent: &mut Agent,
    collector: &Collector,
    options: RunOptions,
    sleeper: &dyn Sleeper,
    stop: &Stop,
) -> Result<(), AgentError> {
    agent.refuse_if_revoked()?;
    let mut day = Day::begun(options, agent.clock.now());
    while !stop.is_asked() {
        let begun = agent.clock.now();
        match day.attend(agent, collector, stop) {
            Ok(()) => {}
            Err(error) if error.may_pass() => day.wait_out(agent, &error),
            Err(error) => return Err(error),
        }
        if stop.is_asked() {
            break;
        }
        let (rest, lay_down) = (day.rest(agent), agent.clock.now());
        sleeper.sleep(rest);
        let woke = agent.clock.now();
        let overslept = woke.since(lay_down + rest) > OVERSLEPT;
        if overslept || lay_down.since(begun) > LONGEST_WORK {
            tracing::info!("this computer was asleep; it is looked at anew");
            day = Day::begun(options, woke);
        }
    }
    Ok(())
}

/// What is due when.
struct Day {
    options: RunOptions,
    patience: Patience,
    look: Alarm,
    depth: Depth,
    confirm: Alarm,
    deliver: Alarm,
}

impl Day {
    /// Everything is due.
    fn begun(options: RunOptions, now: Time) -> Self {
        let at_once = Alarm::set(now, Duration::ZERO);
        Self {
            options,
            patience: Patience::default(),
            look: at_once,
            depth: Depth::Whole,
            confirm: at_once,
            deliver: at_once,
        }
    }

    /// Does what is due.
    fn attend(
        &mut self,
        agent: &mut Agent,
        collector: &Collector,
        stop: &Stop,
    ) -> Result<(), AgentError> {
        let now = agent.clock.now();
        let mut found = None;
        if self.look.rings(now) {
            self.look = spread(agent, self.options.look_every);
            let seen = collect(collector, Look { at: now, depth: self.depth }, &agent.key)?;
            self.depth = Depth::Usual;
            let due = if self.confirm.rings(now) { Due::Now } else { Due::OnChange };
            if agent.state(&seen, due)?.is_some() {
                self.confirm = spread(agent, agent.every());
            }
            found = Some(seen);
        }
        if agent.queue.first().is_some() && self.deliver.rings(agent.clock.now()) {
            let delivery = agent.deliver_all(collector, found, stop)?;
            match delivery.problem {
                None => self.patience.restore(),
                Some(problem) => self.hold_back(agent, problem.asked_to_wait()),
            }
        }
        Ok(())
    }

    /// Something on this computer fails that may pass, such as a full disk.
    fn wait_out(&mut self, agent: &Agent, error: &AgentError) {
        tracing::error!(remedy = error.remedy(), "{}", sentence(error));
        self.hold_back(agent, None);
        self.look = self.deliver;
    }

    fn hold_back(&mut self, agent: &Agent, asked: Option<Duration>) {
        let wait = self.patience.wait(asked, agent.randomness.as_ref());
        self.deliver = Alarm::set(agent.clock.now(), wait);
    }

    /// How long nothing is due.
    fn rest(&self, agent: &Agent) -> Duration {
        let now = agent.clock.now();
        let look = self.look.left(now);
        if agent.queue.first().is_none() {
            return look;
        }
        look.min(self.deliver.left(now))
    }
}

fn spread(agent: &Agent, span: Duration) -> Alarm {
    let span = jittered(span, agent.randomness.as_ref());
    Alarm::set(agent.clock.now(), span)
}
