//! How much each device may have written: what a device says is kept as long as the ledger, so one
//! that is broken or taken over must not fill the disk.
//!
//! A leaky bucket for each device, in memory: a restart forgets it, and each of several servers
//! keeps its own. It bounds a flood, not a sum.

use closedset_core::{
    Time,
    id::{Device, Id},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How many bytes a device may have written at once.
const BURST: i64 = 64 << 20;
/// How many bytes a day it may have written for long.
const PER_DAY: i64 = 64 << 20;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// What a statement costs beside its bodies: its rows, its entry, the verdicts' turns.
const STATEMENT: i64 = 512;

/// What every device has used of its allowance.
#[derive(Default)]
pub(crate) struct Allowances(Mutex<HashMap<Id<Device>, Used>>);

#[derive(Clone, Copy)]
struct Used {
    bytes: i64,
    at: Time,
}

impl Allowances {
    /// Takes `bodies` bytes and one statement from the device's allowance, or says after how many
    /// seconds it may try again.
    pub(crate) fn take(&self, device: Id<Device>, bodies: usize, now: Time) -> Result<(), i64> {
        let cost = i64::try_from(bodies).unwrap_or(BURST).saturating_add(STATEMENT);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = all.entry(device).or_insert(Used { bytes: 0, at: now });
        let passed_ms = now.since(used.at).millis().clamp(0, DAY_MS);
        let bytes = (used.bytes - regained(passed_ms)).max(0);
        *used = Used { bytes, at: now };
        let over = bytes.saturating_add(cost) - BURST;
        if over > 0 {
            return Err(wait_s(over));
        }
        used.bytes = bytes + cost;
        Ok(())
    }
}

fn regained(passed_ms: i64) -> i64 {
    passed_ms.saturating_mul(PER_DAY) / DAY_MS
}

/// Whole seconds until `bytes` are regained.
fn wait_s(bytes: i64) -> i64 {
    let day_s = DAY_MS / 1000;
    (bytes.saturating_mul(day_s).saturating_add(PER_DAY - 1) / PER_DAY).clamp(1, day_s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::Duration;

    const START: Time = Time::from_millis(1_800_000_000_000);
    const MIB: usize = 1 << 20;

    fn device(number: u8) -> Id<Device> {
        Id::from_bits(u128::from(number))
    }

    #[test]
    fn a_flood_is_stopped_and_others_are_not() {
        let all = Allowances::default();
        let taken = (0..100).take_while(|_| all.take(device(1), 4 * MIB, START).is_ok()).count();
        assert_eq!(taken, 15, "64 MiB, each with its statement");
        assert!(all.take(device(1), 4 * MIB, START).is_err());
        assert!(all.take(device(2), 4 * MIB, START).is_ok());
        let small = (0..1_000_000).take_while(|_| all.take(device(3), 0, START).is_ok()).count();
        assert_eq!(small, 131_072);
    }

    #[test]
    fn after_the_wait_it_is_taken() {
        let all = Allowances::default();
        while all.take(device(1), 4 * MIB, START).is_ok() {}
        let wait = all.take(device(1), 4 * MIB, START).unwrap_err();
        assert!(wait > 0 && wait < 2 * 60 * 60, "{wait}");
        let later = START + Duration::from_seconds(wait);
        assert!(all.take(device(1), 4 * MIB, later - Duration::from_seconds(2)).is_err());
        assert!(all.take(device(1), 4 * MIB, later).is_ok());
    }

    #[test]
    fn a_clock_that_jumps_back_gives_nothing_and_takes_nothing() {
        let all = Allowances::default();
        while all.take(device(1), 4 * MIB, START).is_ok() {}
        let before = START - Duration::from_days(30);
        assert!(all.take(device(1), 4 * MIB, before).is_err());
        assert!(all.take(device(1), 4 * MIB, before + Duration::from_days(1)).is_ok());
    }
}
