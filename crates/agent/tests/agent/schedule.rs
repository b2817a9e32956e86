//! A day of the agent, by a clock that only sleeping moves.

use crate::{
    books::{problem, problem_with},
    world::{MortalDisk, World},
};
use closedset_agent::{AgentError, Depth, Look, RunOptions, Sleeper, Stop, Surroundings, run};
use closedset_core::{Clock as _, Duration, Time, time::ManualClock};
use serde_json::json;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

/// Moves the clock instead of sleeping, and lets the test act on the way.
struct Nap<'a> {
    clock: &'a ManualClock,
    stop: &'a Stop,
    naps: Mutex<Vec<Duration>>,
    until: Time,
    on_waking: &'a (dyn Fn(usize) + Sync),
}

impl Sleeper for Nap<'_> {
    fn sleep(&self, span: Duration) {
        assert!(span > Duration::ZERO, "it spins");
        self.clock.advance(span);
        let mut naps = self.naps.lock().unwrap();
        naps.push(span);
        (self.on_waking)(naps.len());
        if self.clock.now() >= self.until {
            self.stop.ask();
        }
    }
}

/// Runs for `span`, and yields how long each sleep was.
fn run_for(
    world: &World,
    surroundings: &Surroundings,
    span: Duration,
    on_waking: &(dyn Fn(usize) + Sync),
) -> (Result<(), AgentError>, Vec<Duration>) {
    let stop = Stop::default();
    let nap = Nap {
        clock: &world.clock,
        stop: &stop,
        naps: Mutex::default(),
        until: world.clock.now() + span,
        on_waking,
    };
    let mut agent = closedset_agent::Agent::open(&world.path(), surroundings).unwrap();
    let ended = run(&mut agent, &world.collector(), RunOptions::default(), &nap, &stop);
    (ended, nap.naps.into_inner().unwrap())
}

fn gaps(times: &[Time]) -> Vec<i64> {
    times.windows(2).map(|pair| pair[1].since(pair[0]).seconds()).collect()
}

#[test]
fn an_hour_of_quiet_is_a_confirmation_every_five_minutes() {
    let world = World::enrolled();
    let (ended, naps) = run_for(&world, &world.surroundings, Duration::from_hours(1), &|_| {});
    ended.unwrap();
    assert!(naps.iter().all(|nap| (27_000..=33_000).contains(&nap.millis())));
    let times = world.books().times();
    assert!((11..=13).contains(&times.len()), "{}", times.len());
    assert!(gaps(&times).iter().all(|gap| (270..=365).contains(gap)), "{:?}", gaps(&times));
    world.assert_in_step();
}

#[test]
fn a_change_is_told_within_a_minute() {
    let world = World::enrolled();
    let changed_at = Mutex::new(None);
    let (ended, _) = run_for(&world, &world.surroundings, Duration::from_minutes(4), &|nap| {
        if nap == 3 {
            *changed_at.lock().unwrap() = Some(world.clock.now());
            world.set("screen_lock", json!({"longest_s": 0}));
        }
    });
    ended.unwrap();
    let changed_at = changed_at.lock().unwrap().unwrap();
    let books = world.books();
    assert_eq!(books.taken.len(), 2);
    let told = books.taken[1].statement.collected_at;
    assert!(told.since(changed_at) <= Duration::from_seconds(60));
}

#[test]
fn a_day_without_a_server_is_endured_with_growing_patience_and_made_up_for() {
    let world = World::enrolled();
    world.server.unplug();
    let (ended, _) = run_for(&world, &world.surroundings, Duration::from_hours(6), &|_| {});
    ended.unwrap();
    let tries = world.server.connections.load(Ordering::SeqCst) - 1;
    assert!((24..=60).contains(&tries), "{tries}");
    assert!(world.books().taken.is_empty());
    world.server.plug_in();
    let (ended, _) = run_for(&world, &world.surroundings, Duration::from_minutes(1), &|_| {});
    ended.unwrap();
    let books = world.books();
    assert!((65..=85).contains(&books.taken.len()), "{}", books.taken.len());
    assert!(books.counters().windows(2).all(|pair| pair[1] == pair[0] + 1));
    assert!(books.times().is_sorted());
}

#[test]
fn patience_is_young_again_after_a_delivery() {
    let world = World::enrolled();
    world.server.unplug();
    let begun = world.clock.now();
    let tries = || world.server.connections.load(Ordering::SeqCst);
    let tries_when_it_broke_again = AtomicUsize::new(0);
    let on_waking = |_| match world.clock.now().since(begun).seconds() / 60 {
        300 => world.server.plug_in(),
        330 => {
            world.server.unplug();
            tries_when_it_broke_again.store(tries(), Ordering::SeqCst);
        }
        _ => {}
    };
    let span = Duration::from_minutes(340);
    let (ended, _) = run_for(&world, &world.surroundings, span, &on_waking);
    ended.unwrap();
    assert!(!world.books().taken.is_empty());
    // Patience of a quarter of an hour would not even try twice in these ten minutes.
    let again = tries() - tries_when_it_broke_again.load(Ordering::SeqCst);
    assert!(again >= 3, "{again}");
}

#[test]
fn retry_after_is_honoured_and_what_changes_meanwhile_waits() {
    let world = World::enrolled();
    world.answer_next(problem_with(503, "Retry-After: 400\r\n", "busy", json!({"title": "Busy"})));
    let begun = world.clock.now();
    let answered = Mutex::new(Vec::new());
    let (ended, _) = run_for(&world, &world.surroundings, Duration::from_minutes(9), &|nap| {
        if nap == 2 {
            world.set("screen_lock", json!({"longest_s": 0}));
        }
        let count = world.server.request_count();
        answered.lock().unwrap().push((world.clock.now().since(begun).seconds(), count));
    });
    ended.unwrap();
    for (second, requests) in answered.into_inner().unwrap() {
        // The enrolment, and the one try that was turned away.
        assert!(second > 400 || requests == 2, "{requests} at second {second}");
    }
    assert!(world.books().taken.len() >= 2);
    world.assert_in_step();
}

#[test]
fn revocation_ends_the_day_with_a_clear_error() {
    let world = World::enrolled();
    world.answer_next(problem(403, "device.revoked", json!({"title": "Revoked"})));
    let (ended, naps) = run_for(&world, &world.surroundings, Duration::from_hours(1), &|_| {});
    let error = ended.unwrap_err();
    assert!(matches!(error, AgentError::Revoked(_)));
    assert_eq!(
        error.to_string(),
        "this device was revoked and reports no more; the server answered: Revoked"
    );
    assert!(naps.is_empty());
}

#[test]
fn a_refusal_without_the_word_revoked_does_not_end_the_day() {
    let world = World::enrolled();
    world.answer_next(problem(403, "forbidden", json!({"title": "Not from here"})));
    let (ended, _) = run_for(&world, &world.surroundings, Duration::from_minutes(2), &|_| {});
    ended.unwrap();
    assert_eq!(world.books().counters(), [1]);
}

#[test]
fn a_clock_that_is_set_back_an_hour_does_not_silence_the_agent() {
    let world = World::enrolled();
    let (ended, _) = run_for(&world, &world.surroundings, Duration::from_hours(1), &|nap| {
        if nap == 30 {
            let hour = Duration::from_hours(1);
            world.clock.set(world.clock.now() - hour);
        }
    });
    ended.unwrap();
    // A quarter of an hour before, and the hour and more that it took to come to the end again.
    assert!(world.books().taken.len() >= 20, "{}", world.books().taken.len());
}

#[test]
fn a_full_disk_is_waited_out() {
    let world = World::enrolled();
    let full = Surroundings { disk: Arc::new(MortalDisk::full()), ..world.surroundings.clone() };
    let (ended, naps) = run_for(&world, &full, Duration::from_hours(2), &|_| {});
    ended.unwrap();
    assert!(naps.len() < 40, "{}", naps.len());
    assert!(world.books().taken.is_empty());
    world.once();
    world.assert_in_step();
}

#[test]
fn a_wish_to_stop_is_heard_between_two_statements() {
    let world = World::enrolled();
    let stop = Stop::default();
    stop.ask();
    let mut agent = world.open();
    run(&mut agent, &world.collector(), RunOptions::default(), &stop, &stop).unwrap();
    assert_eq!(world.server.request_count(), 1);
}

/// Runs for `span`; every look, with how many requests the server had seen by then.
fn looks_in(
    world: &World,
    span: Duration,
    on_waking: &(dyn Fn(usize) + Sync),
) -> Vec<(Look, usize)> {
    let stop = Stop::default();
    let nap = Nap {
        clock: &world.clock,
        stop: &stop,
        naps: Mutex::default(),
        until: world.clock.now() + span,
        on_waking,
    };
    let mut agent = world.open();
    let looks: Arc<Mutex<Vec<(Look, usize)>>> = Arc::default();
    let (collector, kept) = (world.collector(), Arc::clone(&looks));
    let requests = Arc::clone(&world.server.requests);
    let collector = move |look: Look| {
        let count = requests.lock().unwrap().len();
        kept.lock().unwrap().push((look, count));
        collector(look)
    };
    run(&mut agent, &collector, RunOptions::default(), &nap, &stop).unwrap();
    looks.lock().unwrap().clone()
}

fn whole(looks: &[(Look, usize)]) -> Vec<(Look, usize)> {
    looks.iter().filter(|(look, _)| look.depth == Depth::Whole).copied().collect()
}

#[test]
fn a_computer_that_was_off_is_looked_at_before_what_waited_is_delivered() {
    let world = World::enrolled();
    world.server.unplug();
    looks_in(&world, Duration::from_minutes(30), &|_| {});
    world.clock.advance(Duration::from_days(2));
    world.set("screen_lock", json!({"longest_s": 0}));
    world.server.plug_in();
    let (started_at, before) = (world.clock.now(), world.server.request_count());
    let looks = looks_in(&world, Duration::from_seconds(20), &|_| {});
    // The one look that is whole came first, and nothing was sent before it.
    assert_eq!(whole(&looks), [(Look { at: started_at, depth: Depth::Whole }, before)]);
    // In the same breath as the old, the server was told what holds now.
    let books = world.books();
    assert!(books.taken.len() > 5, "{}", books.taken.len());
    assert_eq!(books.taken.last().unwrap().statement.collected_at, started_at);
    drop(books);
    world.assert_in_step();
}

#[test]
fn a_computer_that_woke_is_looked_at_whole_before_what_waited_is_delivered() {
    let world = World::enrolled();
    let woke: Mutex<Option<(Time, usize)>> = Mutex::default();
    let told_by_the_next_nap = Mutex::new(None);
    let looks = looks_in(&world, Duration::from_hours(12), &|nap| match nap {
        10 => world.server.unplug(),
        40 => {
            // It sleeps for a night; in the morning another setting is in force.
            world.clock.advance(Duration::from_hours(9));
            world.set("screen_lock", json!({"longest_s": 0}));
            world.server.plug_in();
            *woke.lock().unwrap() = Some((world.clock.now(), world.server.request_count()));
        }
        41 => {
            let times = world.books().times();
            *told_by_the_next_nap.lock().unwrap() = times.last().copied();
        }
        _ => {}
    });
    let (woke_at, before) = woke.into_inner().unwrap().unwrap();
    let whole = whole(&looks);
    assert_eq!(whole.len(), 2, "at the start, and on waking");
    assert_eq!(whole[1], (Look { at: woke_at, depth: Depth::Whole }, before));
    // Patience with a server that was out of reach does not outlast the night.
    assert_eq!(told_by_the_next_nap.into_inner().unwrap(), Some(woke_at));
    world.assert_in_step();
}
