//! Assessment keeps up with a large facility. The limits here are many times what is measured (see
//! docs/performance.md), so that they hold on a busy machine without optimisation and still catch
//! work that grows with the wrong thing.

use crate::world::{CATALOGUE, all_well, device, now};
use std::hint::black_box;
use std::time::{Duration, Instant};

#[test]
fn a_thousand_computers_are_assessed_in_a_moment() {
    let facts = all_well();
    let subject = device();
    let start = Instant::now();
    for _ in 0..1_000 {
        let verdicts = CATALOGUE.assess_all(&subject, &facts, now()).count();
        assert_eq!(black_box(verdicts), 28);
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
}
