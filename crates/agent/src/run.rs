//! The agent's day: it looks every half minute, states what changed at once and what did not every
//! few minutes, and delivers with patience.

use crate::{
    Agent, AgentError, Sleeper, Stop,
    agent::Due,
    collected::{Collector, collect},
    deliver::sentence,
    schedule::{Alarm, Patience, jittered},
};
use closedset_core::Duration;

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
    let at_once = Alarm::set(agent.clock.now(), Duration::ZERO);
    let mut day = Day {
        options,
        patience: Patience::default(),
        look: at_once,
        confirm: at_once,
        deliver: at_once,
    };
    while !stop.is_asked() {
        match day.attend(agent, collector, stop) {
            Ok(()) => {}
            Err(error) if error.may_pass() => day.wait_out(agent, &error),
            Err(error) => return Err(error),
        }
        if stop.is_asked() {
            break;
        }
        sleeper.sleep(day.rest(agent));
    }
    Ok(())
}

/// What is due when.
struct Day {
    options: RunOptions,
    patience: Patience,
    look: Alarm,
    confirm: Alarm,
    deliver: Alarm,
}

impl Day {
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
            let seen = collect(collector, now)?;
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
