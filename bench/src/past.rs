//! Pages of an installation with a year behind it: the demonstration, so large that it has as many devices
//! as are asked for, now and a year back.

use crate::{
    Options,
    clock::{SystemClock, SystemRandomness},
    measure::{Report, Row, span},
    pages::{Visited, Visitor, sign_in},
    world::{self, Kept, Plan},
};
use anyhow::{Context as _, Result};
use closedset_app::{demonstration, devices, organisations};
use closedset_core::{Duration, Secret};
use closedset_demonstration::{DeviceKeys, Soil, StoryClock, grow};
use std::{sync::Arc, time::Instant};
use tokio::runtime::Runtime;

const ROUNDS: u32 = 15;
/// How many computers one house of the demonstration has.
const PER_HOUSE: usize = 60;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    for kept in Kept::all(options) {
        measure(kept, options, report)?;
    }
    Ok(())
}

fn measure(kept: Kept, options: &Options, report: &mut Report) -> Result<()> {
    let folder = world::folder(options)?;
    let clock = Arc::new(StoryClock::new(Arc::new(SystemClock)));
    let token = Secret::<32>::new([9; 32]);
    let plan = Plan {
        clock: clock.clone(),
        set_up_token: Some(token.clone()),
        ..Plan::new(kept, folder.path())
    };
    let app = plan.app()?;
    let story = closedset_demonstration::Plan {
        scale: options.devices.div_ceil(PER_HOUSE),
        ..closedset_demonstration::Plan::default()
    };
    let computers = story.scale * PER_HOUSE;
    let runtime = Runtime::new()?;
    let grown = Instant::now();
    runtime.block_on(async {
        demonstration::begin(&app).await?;
        let keys = DeviceKeys::new([3; 32]);
        let soil = Soil {
            app: &app,
            clock: &clock,
            keys: &keys,
            token: &token.to_token(),
            randomness: &SystemRandomness,
        };
        grow(soil, story, &|_, _| {}).await?;
        anyhow::Ok(())
    })?;
    let grown = grown.elapsed();
    let here = runtime.block_on(organisations::organisation_list(&app))?;
    let organisation = here.first().context("an organisation")?.id;
    let owner = world::owner(organisation);
    let some = runtime.block_on(devices::device_list(&app, &owner, None, 1))?;
    let device = some.0.first().context("a device")?.device.id;
    let cookie = sign_in(app.store(), organisation)?;
    let back = (app.now() - Duration::from_days(365)).to_string();
    let day = back.split('T').next().unwrap_or_default().to_owned();
    let mut visitor = Visitor::of(&app, folder.path(), cookie)?;
    report.row(Row {
        what: format!("grow a demonstration of {computers} computers, {}", kept.name()),
        measured: span(grown.as_secs_f64()),
        note: format!("{} days through the use cases; once", story.days),
        ..Row::default()
    })?;
    for (path, what, goal) in [
        ("/board".to_owned(), "the board", "< 100 ms"),
        ("/devices".to_owned(), "the list of devices", "< 100 ms"),
        (format!("/devices/{device}"), "a device", "< 100 ms"),
        ("/controls/IS-7".to_owned(), "a control", "< 100 ms"),
        (format!("/board?as_of={day}"), "the board a year back", "< 300 ms"),
        (format!("/controls/IS-7?as_of={day}"), "a control a year back", "< 300 ms"),
        (format!("/devices/{device}?as_of={day}"), "a device a year back", "< 300 ms"),
    ] {
        let Visited { rate, first, length } = visitor.visit(&path, ROUNDS)?;
        report.row(Row {
            what: format!("{what}, {computers} devices, {}", kept.name()),
            goal,
            measured: format!("p50 {:.1} ms, slowest {:.1} ms", rate.p50_ms, rate.p99_ms),
            note: format!(
                "TLS; a year of history; the first time {:.1} ms; {} KiB; {ROUNDS} times",
                first.as_secs_f64() * 1e3,
                length / 1_024
            ),
            ..Row::default()
        })?;
    }
    Ok(())
}
