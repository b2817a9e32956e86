//! A check-in: a statement that the device signed, with the facts that are new.
//!
//! The signature and every digest are checked before the database is asked to write. Inside the
//! unit the counter decides: only a higher one is taken, so that replayed, reordered and cloned
//! statements change nothing.

use super::{
    hand_in::{Hand, Taken},
    two_computers,
};
use crate::{App, Problem, assessment};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Actor, Digest, Duration, Subject,
    canonical::INTEGER_LIMIT,
    check_in::{
        CHECK_IN_LIMIT, CheckIn, CheckInAnswer, DeviceKey, FACT_LIMIT, Outcome, Statement,
        facts_digest,
    },
    entry::Log,
    fact::{self, Body},
    id::{Device, Id},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    devices::{self, DeviceStateRow},
    facts::{self, FactMark, FactRow},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// How far a device's clock may be ahead of ours.
pub const CLOCK_TOLERANCE: Duration = Duration::from_minutes(5);
/// The source of a device's own facts.
pub(crate) const AGENT: &str = "agent";

/// Takes a check-in.
pub async fn check_in(app: &App, check_in: CheckIn) -> Result<CheckInAnswer, Problem> {
    let key = device_key(app, check_in.statement.device).await?;
    let examined = examine(app, check_in, &key)?;
    take(app, examined, None).await
}

/// A check-in that its device signed, and that says what the signature speaks of.
pub(super) struct Examined {
    check_in: CheckIn,
    bodies: Bodies,
}

/// Everything that can be said of a check-in without the database.
pub(super) fn examine(app: &App, check_in: CheckIn, key: &DeviceKey) -> Result<Examined, Problem> {
    let statement = check_in.statement;
    if statement.counter > INTEGER_LIMIT {
        // No entry could hold it.
        return Err(Problem::field("counter", "A device counts to 2^53 at most."));
    }
    let key = key.verifying_key().ok_or_else(unknown)?;
    if !statement.is_signed_by(&key, &check_in.signature) {
        return Err(Problem::Conflict {
            code: "statement.signature",
            sentence: "The statement is not signed with this device's key.",
            remedy: "Enrol the device anew; somebody else may be using its name.",
        });
    }
    let ahead = statement.collected_at.since(app.now());
    if ahead > CLOCK_TOLERANCE {
        return Err(Problem::ClockAhead { ahead_s: ahead.seconds() });
    }
    let bodies = check_bodies(app.catalogue(), &check_in)?;
    let size = bodies.values().map(|(_, body)| body.len()).sum();
    app.allowances()
        .take(statement.device, size, app.now())
        .map_err(|retry_after_s| Problem::Limited { retry_after_s })?;
    Ok(Examined { check_in, bodies })
}

/// Takes what was examined, in one unit; `hand` is whose hand brought it, if it came by one.
pub(super) async fn take(
    app: &App,
    examined: Examined,
    hand: Option<Hand>,
) -> Result<CheckInAnswer, Problem> {
    let Examined { check_in, bodies } = examined;
    let statement = check_in.statement;
    let next_in_s = app.check_in_every_s();
    let unit_app = app.clone();
    let taken = app
        .store()
        .write(Scope::Organisation(statement.organisation), move |tx| {
            if let Some(hand) = &hand {
                hand.begin(tx, &unit_app)?;
            }
            let (outcome, entry) = match order(tx, &statement)? {
                Order::Repeated => (Outcome::Repeated, None),
                Order::Next(state) => {
                    let now = tx.now();
                    if let Some(hand) = &hand {
                        hand.accept(&statement, &state)?;
                    }
                    if state.stale_at.is_some_and(|stale_at| stale_at <= now) {
                        let organisation = statement.organisation;
                        let catalogue = unit_app.catalogue_of(tx, organisation)?;
                        assessment::catch_up(tx, &catalogue, organisation, statement.device, now)?;
                    }
                    let (outcome, entry) = match &check_in.digests {
                        _ if state.facts_digest == Some(statement.facts) => {
                            confirm(tx, &unit_app, &check_in, &state)?;
                            (Outcome::Confirmed, None)
                        }
                        Some(digests) => change(tx, &unit_app, &check_in, digests, &bodies)?,
                        None => (Outcome::SendAll, None),
                    };
                    if let Some(hand) = &hand {
                        let skipped = statement.counter - state.counter - 1;
                        hand.record(tx, &statement, &Taken { outcome, entry, skipped })?;
                    }
                    (outcome, entry)
                }
            };
            Ok(CheckInAnswer { outcome, entry, next_in_s })
        })
        .await;
    if matches!(taken, Err(Problem::CounterReplayed { .. })) {
        two_computers::note(app, &statement).await?;
    }
    taken
}

fn unknown() -> Problem {
    Problem::Conflict {
        code: "device.unknown",
        sentence: "No device of this name is enrolled here.",
        remedy: "Enrol it with a new link from the devices page.",
    }
}

async fn device_key(app: &App, device: Id<Device>) -> Result<DeviceKey, Problem> {
    if let Some(key) = app.remembered_key(device) {
        return Ok(key);
    }
    let row = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(devices::device_by_id(tx, device)?) })
        .await?
        .ok_or_else(unknown)?;
    app.remember_key(device, row.key);
    Ok(row.key)
}

type Bodies = BTreeMap<String, (Digest, Vec<u8>)>;

/// Holds the digests and bodies against the statement and the schema.
fn check_bodies(catalogue: &Catalogue, check_in: &CheckIn) -> Result<Bodies, Problem> {
    let malformed = |what: String| Problem::field("bodies", what);
    let Some(digests) = &check_in.digests else {
        if check_in.bodies.is_empty() {
            return Ok(Bodies::new());
        }
        return Err(malformed("Facts came without their digests.".into()));
    };
    if digests.len() > FACT_LIMIT {
        return Err(malformed(format!("A device has at most {FACT_LIMIT} facts.")));
    }
    if !digests.keys().all(|kind| is_kind_name(kind)) {
        return Err(malformed(
            "A kind of fact is named with at most 64 lower-case letters, digits and _.".into(),
        ));
    }
    let whole = facts_digest(digests).map_err(|error| malformed(error.to_string()))?;
    if whole != check_in.statement.facts {
        return Err(malformed(
            "The digests are not those that the statement was signed for.".into(),
        ));
    }
    let mut bodies = Bodies::new();
    for (name, body) in &check_in.bodies {
        let claimed = digests
            .get(name)
            .ok_or_else(|| malformed(format!("The fact {name} is not among the digests.")))?;
        let kind = catalogue.kind(name);
        let value = serde_json::Value::Object(body.fields().clone());
        let body = match kind {
            // What only Closedset itself may say.
            Some(kind)
                if kind.subject != closedset_core::SubjectKind::Device || is_reserved(name) =>
            {
                return Err(malformed(format!("A device does not state the fact {name}.")));
            }
            Some(kind) => Body::from_foreign(kind, value)
                .map_err(|error| malformed(format!("{name}: {}", chain(&error))))?,
            // A newer agent may know more; it is kept and no check sees it.
            None => body.clone(),
        };
        let bytes = body.canonical().map_err(|error| malformed(format!("{name}: {error}")))?;
        if bytes.len() > fact::BODY_LIMIT {
            return Err(Problem::TooLarge);
        }
        let digest = Digest::of(&bytes);
        if digest != *claimed {
            return Err(malformed(format!(
                "The fact {name} does not have the digest that was signed."
            )));
        }
        bodies.insert(name.clone(), (digest, bytes));
    }
    Ok(bodies)
}

/// Whether it can be the name of a kind, known or not: it is kept in entries, which last for ever.
fn is_kind_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Kinds about devices that only the server writes.
fn is_reserved(kind: &str) -> bool {
    matches!(kind, "device" | "release_line")
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", chain(cause)),
        None => error.to_string(),
    }
}

enum Order {
    Repeated,
    Next(DeviceStateRow),
}

fn order(tx: &mut Tx<'_>, statement: &Statement) -> Result<Order, Problem> {
    let state = devices::device_state(tx, statement.device)?.ok_or_else(unknown)?;
    if state.organisation != statement.organisation {
        return Err(unknown());
    }
    if state.is_revoked {
        return Err(Problem::Conflict {
            code: "device.revoked",
            sentence: "This device was revoked.",
            remedy: "If it may come back, enrol it with a new link.",
        });
    }
    if statement.counter > state.counter {
        Ok(Order::Next(state))
    } else if statement.counter == state.counter && state.facts_digest == Some(statement.facts) {
        Ok(Order::Repeated)
    } else {
        Err(Problem::CounterReplayed { highest: state.counter })
    }
}

fn advance(tx: &mut Tx<'_>, statement: &Statement) -> Result<(), Problem> {
    let confirmed_at = statement.collected_at.min(tx.now());
    Ok(devices::device_state_advance(tx, statement, confirmed_at)?)
}

/// Keeps a statement that says nothing new. If some verdict has gone stale, it comes back to life.
fn confirm(
    tx: &mut Tx<'_>,
    app: &App,
    check_in: &CheckIn,
    state: &DeviceStateRow,
) -> Result<(), Problem> {
    let (statement, now) = (&check_in.statement, tx.now());
    devices::confirmation_insert(tx, statement, &check_in.signature)?;
    advance(tx, statement)?;
    // While every verdict is fresh, the next one goes stale within the shortest time that any may
    // last. A clock that jumped ahead and back leaves a later time than that, or none.
    let latest = state.confirmed_at + app.shortest_freshness();
    if state.stale_at.is_none_or(|stale_at| stale_at <= now || stale_at > latest) {
        let (organisation, subject) = (statement.organisation, Subject::device(statement.device));
        let catalogue = app.catalogue_of(tx, organisation)?;
        assessment::assess(tx, &catalogue, organisation, &subject, now, Vec::new())?;
    }
    Ok(())
}

/// Writes the facts that changed, with one entry, and assesses the device anew.
fn change(
    tx: &mut Tx<'_>,
    app: &App,
    check_in: &CheckIn,
    digests: &BTreeMap<String, Digest>,
    bodies: &Bodies,
) -> Result<(Outcome, Option<i64>), Problem> {
    let statement = &check_in.statement;
    let organisation = statement.organisation;
    let subject = Subject::device(statement.device);
    let known: BTreeMap<String, FactMark> = facts::fact_marks(tx, organisation, &subject, AGENT)?
        .into_iter()
        .map(|mark| (mark.kind.clone(), mark))
        .collect();
    let changed: BTreeSet<&String> = digests
        .iter()
        .filter(|(kind, digest)| known.get(*kind).is_none_or(|mark| mark.digest != **digest))
        .map(|(kind, _)| kind)
        .collect();
    if changed.iter().any(|kind| !bodies.contains_key(*kind)) {
        return Ok((Outcome::SendAll, None));
    }
    // Whatever the order they came in, together they are no more than one check-in could bring:
    // every assessment reads them all.
    let size = |kind: &String| match (bodies.get(kind), known.get(kind)) {
        (Some((_, body)), _) => body.len(),
        (None, Some(mark)) => usize::try_from(mark.body_bytes).unwrap_or(usize::MAX),
        (None, None) => 0,
    };
    if digests.keys().map(size).fold(0, usize::saturating_add) > CHECK_IN_LIMIT {
        return Err(Problem::TooLarge);
    }
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &Actor::Device(statement.device),
            subject: subject.to_string(),
            kind: "device.checked_in",
            body: json!({
                "statement": statement,
                "signature": check_in.signature,
                "digests": digests,
                "changed": changed,
            }),
        },
    )?;
    let collected_at = statement.collected_at.min(tx.now());
    for kind in changed {
        let Some((digest, body)) = bodies.get(kind) else { continue };
        let fact = FactRow {
            subject: subject.clone(),
            kind: kind.clone(),
            source: AGENT.to_owned(),
            digest: *digest,
            collected_at,
            entry: entry.index,
            body: body.clone(),
        };
        facts::fact_put(tx, organisation, &fact)?;
    }
    for kind in known.keys().filter(|kind| !digests.contains_key(*kind)) {
        facts::fact_delete(tx, organisation, &subject, kind, AGENT)?;
    }
    advance(tx, statement)?;
    let now = tx.now();
    let catalogue = app.catalogue_of(tx, organisation)?;
    assessment::assess(tx, &catalogue, organisation, &subject, now, Vec::new())?;
    Ok((Outcome::Changed, Some(entry.index)))
}
