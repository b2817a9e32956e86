//! Facts to verdicts: a whole fleet from nothing, and one device; beside the `cel` crate evaluating
//! the same conditions.

use crate::{
    Options,
    fleet::{body, healthy},
    measure::{Report, Row, shortest, span},
};
use anyhow::{Context as _, Result};
use cel::objects::{Key, Map};
use closedset_catalogue::{Catalogue, Check, SourcedFact, SubjectFacts};
use closedset_core::{Clock as _, Digest, Subject, SubjectKind, Time, fact::Body};
use serde_json::{Value, json};
use std::{collections::HashMap, hint::black_box, sync::Arc};

const DEVICES: usize = 10_000;
const ROUNDS: usize = 2_000;

/// A stored fact: its kind and its canonical bytes.
type Stored = (&'static str, Digest, Vec<u8>);

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let catalogue = Catalogue::embedded()?;
    let now = crate::clock::SystemClock.now();
    let subject = Subject::new(SubjectKind::Device, "dev_measured");
    let checks: Vec<&Check> = catalogue.checks_about(&subject).collect();
    let stored = (0..DEVICES).map(stored).collect::<Result<Vec<_>>>()?;
    let parsed =
        stored.iter().map(|facts| known(&catalogue, facts, now)).collect::<Result<Vec<_>>>()?;
    let assess = |facts: &SubjectFacts| {
        for check in &checks {
            black_box(catalogue.assess(check, facts, now));
        }
    };
    let from_bytes = shortest(options.runs, || {
        stored.iter().try_for_each(|facts| {
            assess(&known(&catalogue, facts, now)?);
            Ok(())
        })
    })?;
    let from_facts = shortest(options.runs, || {
        parsed.iter().for_each(assess);
        Ok(())
    })?;
    let (ours_each, theirs_each, compared) = beside_cel(options, &catalogue, &checks, now)?;
    report.row(Row {
        what: format!("assess 10,000 devices by {} checks from nothing", checks.len()),
        goal: "< 1 s",
        measured: span(from_bytes),
        peer: format!("the same from facts in memory: {}", span(from_facts)),
        ratio: Some(from_bytes / from_facts),
        note: "one thread; from stored bytes: read, derive, assess".into(),
    })?;
    let one = shortest(options.runs, || {
        for facts in stored.iter().take(ROUNDS) {
            assess(&known(&catalogue, facts, now)?);
        }
        Ok(())
    })? / ROUNDS as f64;
    report.row(Row {
        what: "assess one device after a change".into(),
        goal: "< 1 ms",
        measured: span(one),
        note: "all of its facts read and all of its checks assessed".into(),
        ..Row::default()
    })?;
    report.row(Row {
        what: format!("one verdict, mean of {compared} checks"),
        measured: span(ours_each),
        peer: format!("the condition alone by the cel crate: {}", span(theirs_each)),
        ratio: Some(ours_each / theirs_each),
        note: "a verdict is also scope, freshness, words and digests; cel keeps its context".into(),
        ..Row::default()
    })
}

fn stored(number: usize) -> Result<Vec<Stored>> {
    healthy(number)
        .into_iter()
        .map(|(kind, value)| {
            let bytes = body(kind, value)?.canonical()?;
            Ok((kind, Digest::of(&bytes), bytes))
        })
        .collect()
}

/// What a unit of work does with stored facts before it assesses them.
fn known(catalogue: &Catalogue, stored: &[Stored], now: Time) -> Result<SubjectFacts> {
    let mut facts = SubjectFacts::new();
    for (kind, digest, bytes) in stored {
        let body: Body = serde_json::from_slice(bytes)?;
        facts.put(kind, SourcedFact::new("agent", body, *digest, now));
    }
    let confirmed = json!({"has_screen": true, "is_portable": true, "handles_content": true});
    let confirmed = body_of_register(confirmed)?;
    let digest = confirmed.digest()?;
    facts.put("device", SourcedFact::new("closedset/register", confirmed, digest, now));
    for one in catalogue.derive(&facts, now)? {
        let digest = one.body.digest()?;
        facts.put(one.kind, SourcedFact::new(one.source, one.body, digest, one.collected_at));
    }
    Ok(facts)
}

fn body_of_register(value: Value) -> Result<Body> {
    Ok(serde_json::from_value(value)?)
}

/// Mean time of a verdict by ours and of a condition by the `cel` crate, over the checks whose
/// condition it evaluates.
fn beside_cel(
    options: &Options,
    catalogue: &Catalogue,
    checks: &[&Check],
    now: Time,
) -> Result<(f64, f64, usize)> {
    let facts = known(catalogue, &stored(0)?, now)?;
    let mut context = cel::Context::default();
    let mut kinds: Vec<(&str, Value)> = healthy(0);
    for fact in facts.of("release_line") {
        kinds.push(("release_line", serde_json::to_value(fact.body())?));
    }
    for (kind, value) in kinds {
        context.add_variable_from_value(kind, cel_value(&value)?);
    }
    let limits: HashMap<Key, cel::Value> = checks
        .iter()
        .flat_map(|check| check.limits())
        .filter_map(|(name, _)| {
            let short = name.rsplit('.').next()?;
            Some((Key::from(short), cel::Value::Int(900)))
        })
        .collect();
    context.add_variable_from_value("limit", cel::Value::Map(Map { map: Arc::new(limits) }));
    let both: Vec<(&Check, cel::Program)> = checks
        .iter()
        .filter_map(|check| {
            let program = cel::Program::compile(check.condition()).ok()?;
            program.execute(&context).is_ok().then_some((*check, program))
        })
        .collect();
    let each = (ROUNDS * both.len().max(1)) as f64;
    let ours = shortest(options.runs, || {
        for _ in 0..ROUNDS {
            for (check, _) in &both {
                black_box(catalogue.assess(check, &facts, now));
            }
        }
        Ok(())
    })?;
    let theirs = shortest(options.runs, || {
        for _ in 0..ROUNDS {
            for (_, program) in &both {
                black_box(program.execute(&context)).ok().context("it ran before")?;
            }
        }
        Ok(())
    })?;
    Ok((ours / each, theirs / each, both.len()))
}

fn cel_value(json: &Value) -> Result<cel::Value> {
    Ok(match json {
        Value::Null => cel::Value::Null,
        Value::Bool(value) => cel::Value::Bool(*value),
        Value::Number(value) => cel::Value::Int(value.as_i64().context("a whole number")?),
        Value::String(value) => cel::Value::String(Arc::new(value.clone())),
        Value::Array(items) => {
            cel::Value::List(Arc::new(items.iter().map(cel_value).collect::<Result<_>>()?))
        }
        Value::Object(fields) => {
            let map = fields
                .iter()
                .map(|(name, value)| Ok((Key::from(name.as_str()), cel_value(value)?)))
                .collect::<Result<HashMap<_, _>>>()?;
            cel::Value::Map(Map { map: Arc::new(map) })
        }
    })
}
