//! The probes from outside: recorded computers, hostile ones, this one, and other people's records.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod live;
#[cfg(test)]
mod macs;
#[cfg(test)]
mod parsers;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod verdicts;
#[cfg(test)]
mod windows;

use closedset_core::{
    Time,
    fact::{self, Body, FactKind},
};

/// The kind of facts called `name`.
fn kind(name: &str) -> FactKind {
    fact::kinds()
        .into_iter()
        .find(|kind| kind.name == name)
        .unwrap_or_else(|| panic!("{name} is no kind of fact"))
}

/// Holds that `body` fits its kind as a stranger's would have to.
fn assert_fits(name: &str, body: &Body) {
    let value = serde_json::to_value(body).expect("a body is JSON");
    Body::from_foreign(&kind(name), value)
        .unwrap_or_else(|error| panic!("{name}: {error} ({body:?})"));
}

/// The time of every test: 12 March 2026, 09:30 UTC.
fn now() -> Time {
    Time::from_millis(1_773_307_800_000)
}
