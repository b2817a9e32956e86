//! Where units wait for a thread: in one line, or in one line for each scope. How many may wait is
//! bounded by [`Places`]; a place is given back when the unit is taken out.

use crate::{Scope, StoreError, job::Job};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The bound of a queue.
#[derive(Clone)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    patience: Duration,
}

impl Places {
    pub(crate) fn new(limit: usize, patience: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(limit.clamp(1, Semaphore::MAX_PERMITS))), patience }
    }

    /// A place in the queue, for async callers.
    pub(crate) async fn take(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(place);
        }
        match tokio::time::timeout(self.patience, Arc::clone(&self.free).acquire_owned()).await {
            Ok(place) => place.map_err(|_| StoreError::Closed),
            Err(_) => Err(StoreError::Busy),
        }
    }

    /// A place in the queue, for threads.
    pub(crate) fn take_blocking(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        match crate::wait::until(Arc::clone(&self.free).acquire_owned(), Some(self.patience)) {
            Some(place) => place.map_err(|_| StoreError::Closed),
            None => Err(StoreError::Busy),
        }
    }

    pub(crate) fn close(&self) {
        self.free.close();
    }
}

/// A unit and its place.
pub(crate) struct Waiting {
    pub(crate) job: Box<dyn Job>,
    #[expect(dead_code, reason = "held, and given back when dropped")]
    pub(crate) place: OwnedSemaphorePermit,
}

/// One line.
#[derive(Default)]
pub(crate) struct Line {
    state: Mutex<LineState>,
    ready: Condvar,
}

#[derive(Default)]
struct LineState {
    waiting: VecDeque<Waiting>,
    is_closed: bool,
}

impl Line {
    pub(crate) fn push(&self, waiting: Waiting) -> Result<(), StoreError> {
        let mut state = lock(&self.state);
        if state.is_closed {
            return Err(StoreError::Closed);
        }
        state.waiting.push_back(waiting);
        drop(state);
        self.ready.notify_one();
        Ok(())
    }

    /// The next unit; none when the line is closed and empty.
    pub(crate) fn next(&self) -> Option<Box<dyn Job>> {
        let mut state = lock(&self.state);
        loop {
            match state.waiting.pop_front() {
                Some(waiting) if waiting.job.is_abandoned() => {}
                Some(waiting) => return Some(waiting.job),
                None if state.is_closed => return None,
                None => state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// The next unit if one waits already.
    pub(crate) fn next_waiting(&self) -> Option<Box<dyn Job>> {
        let mut state = lock(&self.state);
        loop {
            match state.waiting.pop_front()? {
                waiting if waiting.job.is_abandoned() => {}
                waiting => return Some(waiting.job),
            }
        }
    }

    pub(crate) fn close(&self) {
        lock(&self.state).is_closed = true;
        self.ready.notify_all();
    }
}

/// One line for each scope; the units of each run one after the other.
#[derive(Default)]
pub(crate) struct Lanes {
    state: Mutex<LanesState>,
    ready: Condvar,
}

#[derive(Default)]
struct LanesState {
    waiting: HashMap<Scope, VecDeque<Waiting>>,
    /// Scopes with waiting units of which none runs, longest waiting first.
    turns: VecDeque<Scope>,
    running: HashSet<Scope>,
    is_closed: bool,
}

impl Lanes {
    pub(crate) fn push(&self, scope: Scope, waiting: Waiting) -> Result<(), StoreError> {
        let mut state = lock(&self.state);
        if state.is_closed {
            return Err(StoreError::Closed);
        }
        let lane = state.waiting.entry(scope).or_default();
        lane.push_back(waiting);
        if lane.len() == 1 && !state.running.contains(&scope) {
            state.turns.push_back(scope);
            drop(state);
            self.ready.notify_one();
        }
        Ok(())
    }

    /// The next units of a scope that is free, in their order and at most `limit`; none when
    /// everything is closed and taken. The scope is taken until [`Self::release`].
    pub(crate) fn next(&self, limit: usize) -> Option<(Scope, Vec<Box<dyn Job>>)> {
        let mut state = lock(&self.state);
        loop {
            if let Some(scope) = state.turns.pop_front() {
                let Some(lane) = state.waiting.get_mut(&scope) else { continue };
                let count = lane.len().min(limit.max(1));
                let jobs: Vec<_> = lane.drain(..count).map(|waiting| waiting.job).collect();
                state.running.insert(scope);
                return Some((scope, jobs));
            } else if state.is_closed {
                return None;
            } else {
                state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    pub(crate) fn release(&self, scope: Scope) {
        let mut state = lock(&self.state);
        state.running.remove(&scope);
        if state.waiting.get(&scope).is_some_and(|lane| !lane.is_empty()) {
            state.turns.push_back(scope);
            drop(state);
            self.ready.notify_one();
        } else {
            state.waiting.remove(&scope);
        }
    }

    pub(crate) fn close(&self) {
        lock(&self.state).is_closed = true;
        self.ready.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
