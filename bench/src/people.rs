//! A register of many people with many engagements: brought as a list, on its pages, counted on any day, and an
//! agreement that somebody signs.

use crate::{
    Options,
    measure::{Meter, Report, Row, shortest, span, whole},
    pages::{Visited, Visitor, sign_in},
    peers,
    world::{self, Kept, Plan},
};
use anyhow::{Context as _, Result, ensure};
use closedset_app::{
    App, Caller,
    agreements::{self, NewAgreement},
    people::{self, HeadCountOf, Standing, Wanted},
};
use closedset_core::{
    entry::Log,
    id::{Id, Person},
};
use jiff::{ToSpan as _, civil::Date};
use std::{fmt::Write as _, path::Path, time::Instant};
use tokio::runtime::Runtime;

const ROUNDS: u32 = 30;
/// Engagements of each person.
const EACH: usize = 10;
/// People who sign one after the other.
const SIGNERS: usize = 20;
/// The day on which the first of them began.
const FIRST: Date = Date::constant(2008, 1, 2);

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    for kept in Kept::all(options) {
        measure(kept, options, report)?;
    }
    Ok(())
}

fn measure(kept: Kept, options: &Options, report: &mut Report) -> Result<()> {
    let folder = world::folder(options)?;
    let app = Plan::new(kept, folder.path()).app()?;
    let organisation = world::organisation(app.store())?;
    let owner = world::owner(organisation);
    let runtime = Runtime::new()?;
    let agreement = NewAgreement { name: "Confidentiality".into(), client: None, text: words() };
    runtime.block_on(agreements::agreement_add(&app, &owner, agreement))?;
    import(&runtime, (&app, &owner), (kept, folder.path()), options, report)?;
    runtime.block_on(closedset_app::ledger::integrate(&app, Log::Organisation(organisation)))?;
    counts(&runtime, (&app, &owner), kept, report)?;
    let all = Wanted {
        standing: Standing::Here,
        text: String::new(),
        title: None,
        after: None,
        limit: 200,
    };
    let some = runtime.block_on(people::register_list(&app, &owner, all))?;
    let ids: Vec<Id<Person>> = some.people.iter().map(|one| one.person.id).collect();
    let first = *ids.first().context("somebody")?;
    let cookie = sign_in(app.store(), organisation)?;
    let mut visitor = Visitor::of(&app, folder.path(), cookie)?;
    let least = visitor.visit("/healthz", ROUNDS)?.rate;
    for (path, what) in [
        ("/people".to_owned(), "the people here"),
        ("/people?tab=all".to_owned(), "all people"),
        ("/people?tab=all&q=Olivia".to_owned(), "the people, searched"),
        (format!("/people/{first}"), "a person"),
        ("/people/count?on=2016-03-01".to_owned(), "the head count of a day"),
        ("/agreements".to_owned(), "the agreements"),
        ("/controls/AD-3".to_owned(), "AD-3"),
        ("/board".to_owned(), "the board"),
    ] {
        let Visited { rate, first, length } = visitor.visit(&path, ROUNDS)?;
        report.row(Row {
            what: format!("{what}, {} people, {}", options.people, kept.name()),
            goal: "< 100 ms",
            measured: format!("p50 {:.1} ms, slowest {:.1} ms", rate.p50_ms, rate.p99_ms),
            peer: format!("/healthz over the same connection: {}", span(least.p50_ms / 1e3)),
            ratio: None,
            note: format!(
                "TLS; {EACH} engagements each; the first time {:.1} ms; {} KiB; {ROUNDS} times",
                first.as_secs_f64() * 1e3,
                length / 1_024
            ),
        })?;
    }
    sign(&runtime, (&app, &owner), (kept, &ids), report)
}

/// The list read and judged, then written, then judged again.
fn import(
    runtime: &Runtime,
    (app, owner): (&App, &Caller),
    (kept, folder): (Kept, &Path),
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let list = list(options.people)?;
    let (rows, length) = (options.people * EACH, list.len());
    let id = runtime.block_on(people::import_hold(app, owner, "people.csv", list))?;
    let mut mark = String::new();
    let read = shortest(options.runs, || {
        let preview = runtime.block_on(people::import_preview(app, owner, id))?;
        ensure!(preview.counts.engagements == rows, "{:?}", preview.counts);
        mark = preview.mark;
        Ok(())
    })?;
    report.row(Row {
        what: format!("judge a list of {} rows, {}", whole(rows as f64), kept.name()),
        goal: "< 5 s",
        measured: span(read),
        note: format!("a CSV of {} KiB, upon an empty register", length / 1_024),
        ..Row::default()
    })?;
    let plain = peers::sqlite_rows_per_second(folder, options.seconds)?;
    let begun = Instant::now();
    let written = runtime.block_on(people::import_write(app, owner, id, &mark))?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(written.counts.engagements == rows, "{:?}", written.counts);
    let entries = (written.counts.people + written.counts.engagements) as f64;
    report.row(Row {
        what: format!("write a list of {} rows, {}", whole(rows as f64), kept.name()),
        goal: "< 30 s",
        measured: format!("{}, {} entries/s", span(took), whole(entries / took)),
        peer: format!("plain SQLite, one row a commit: {}/s", whole(plain)),
        ratio: Some(entries / took / plain),
        note: "an agreement binds everybody, so each part counts who owes it; once".into(),
    })?;
    let read = shortest(options.runs, || {
        let preview = runtime.block_on(people::import_preview(app, owner, id))?;
        ensure!(preview.counts.known == rows, "{:?}", preview.counts);
        Ok(())
    })?;
    report.row(Row {
        what: format!("judge the same list again, {}", kept.name()),
        goal: "< 5 s",
        measured: span(read),
        note: "every row is known".into(),
        ..Row::default()
    })
}

/// How many worked here on days over twenty years.
fn counts(
    runtime: &Runtime,
    (app, owner): (&App, &Caller),
    kept: Kept,
    report: &mut Report,
) -> Result<()> {
    let mut each = Vec::new();
    let meter = Meter::start();
    for month in 0..240_i64 {
        let on = Some(FIRST.checked_add(month.months())?);
        let begun = Instant::now();
        runtime.block_on(people::head_count(
            app,
            owner,
            HeadCountOf { on, ..HeadCountOf::default() },
        ))?;
        each.push(begun.elapsed());
    }
    let rate = meter.stop(each);
    report.row(Row {
        what: format!("a head count, {}", kept.name()),
        goal: "< 50 ms",
        measured: format!("p50 {:.1} ms, p99 {:.1} ms", rate.p50_ms, rate.p99_ms),
        note: "each of 240 months, with everybody's line and the twelve months before".into(),
        ..Row::default()
    })
}

/// People who sign, each with their own link.
fn sign(
    runtime: &Runtime,
    (app, owner): (&App, &Caller),
    (kept, ids): (Kept, &[Id<Person>]),
    report: &mut Report,
) -> Result<()> {
    let mut each = Vec::new();
    let mut meter = None;
    for id in ids.iter().take(SIGNERS) {
        let (link, _) = runtime.block_on(agreements::personal_link_make(app, owner, *id))?;
        let token = link.split_once("token=").context("a token")?.1;
        let owed = runtime.block_on(agreements::owed(app, token))?;
        let offered = owed.agreements.first().context("an agreement")?;
        let of = (offered.bound.agreement.id, offered.bound.agreement.number);
        meter.get_or_insert_with(Meter::start);
        let begun = Instant::now();
        runtime.block_on(agreements::sign(app, token, of, (&owed.name, true)))?;
        each.push(begun.elapsed());
    }
    let rate = meter.context("somebody who signs")?.stop(each);
    report.row(Row {
        what: format!("sign an agreement, {}", kept.name()),
        goal: "< 300 ms",
        measured: format!("p50 {:.1} ms, slowest {:.1} ms", rate.p50_ms, rate.p99_ms),
        note: format!(
            "the PDF of {} KiB of words drawn and kept, the entry, and everybody counted",
            words().len() / 1_024
        ),
        ..Row::default()
    })
}

/// A list as a payroll office writes it: everybody's engagements over twenty years.
fn list(people: usize) -> Result<Vec<u8>> {
    const GIVEN: [&str; 10] =
        ["Olivia", "Noah", "Amara", "Mateo", "Ingrid", "Kenji", "Leïla", "Tomasz", "Zoë", "Ravi"];
    let mut text = String::from("Name,E-mail,Form,Job,First day,Last day\n");
    for person in 0..people {
        let given = GIVEN.get(person % GIVEN.len()).context("a name")?;
        for turn in 0..EACH {
            let begins = FIRST.checked_add(((turn * 24 + person % 12) as i64).months())?;
            let ends = begins.checked_add(15.months())?;
            writeln!(
                text,
                "{given} Example {person},p{person}@example.com,freelancer,Compositor,{begins},{ends}"
            )?;
        }
    }
    Ok(text.into_bytes())
}

/// An agreement as long as such agreements are.
fn words() -> String {
    let mut text = String::from("# Confidentiality\n");
    for clause in 1..=30 {
        let _ = write!(
            text,
            "\n## Clause {clause}\n\nWhoever works here keeps to themselves what they see of the films, their pictures, sounds, \
             words and plans, until the owner has shown them to the public, and takes no copy of them anywhere, by whatever means. \
             What they were given to work with they give back on their last day, or sooner when they are asked for it.\n"
        );
    }
    text
}
