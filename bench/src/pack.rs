//! An audit pack over a year, built through the use cases with a clock that is moved by hand.

use crate::{
    Options,
    clock::SystemClock,
    fleet::{Computer, fleet},
    measure::{Report, Row, best, shortest, span, whole},
    world::{self, Kept, Plan},
};
use anyhow::{Context as _, Result, ensure};
use closedset_app::{
    App, Caller,
    devices::{self, roll_up},
    evidence::{NewAttestation, NewDocument, attestation_sign, document_add},
    packs::{self, NewPack},
    sweep,
};
use closedset_core::{Clock as _, Duration, Time, check_in::CheckIn, time::ManualClock};
use closedset_pack::{VerifyOptions, verify};
use std::{
    hint::black_box,
    io::{BufReader, Read as _},
    path::Path,
    process::Command,
    sync::Arc,
    time::Instant,
};
use tokio::{runtime::Runtime, sync::mpsc};

const DEVICES: usize = 200;
const DAYS: usize = 365;
/// Each device changes something so often, in days.
const CHANGE_EVERY: usize = 14;
const DOCUMENT_BYTES: usize = 200 << 10;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let folder = world::folder(options)?;
    let clock =
        Arc::new(ManualClock::new(SystemClock.now() - Duration::from_days(DAYS as i64 + 1)));
    let plan = Plan { clock: clock.clone(), ..Plan::new(Kept::Sqlite, folder.path()) };
    let app = plan.app()?;
    let owner = world::owner(world::organisation(app.store())?);
    let runtime = Runtime::new()?;
    let begun = Instant::now();
    runtime.block_on(year(&app, &owner, &clock))?;
    let filled = begun.elapsed().as_secs_f64();
    let now = app.now();
    let new = NewPack::of(now - Duration::from_days(DAYS as i64), now);
    let mut last = None;
    let made = shortest(options.runs, || {
        last = Some(runtime.block_on(packs::pack_create(&app, &owner, new.clone()))?);
        Ok(())
    })?;
    let row = last.expect("at least one was made");
    let (file, bytes) = row.file.expect("it is finished");
    let mut pack = Vec::new();
    app.objects().read(owner.organisation, file)?.read_to_end(&mut pack)?;
    let unpacked = uncompressed(&pack, folder.path())?;
    let hashed = shortest(options.runs, || {
        black_box(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &unpacked));
        Ok(())
    })?;
    let path = folder.path().join("pack.zip");
    std::fs::write(&path, &pack)?;
    let zipped = shortest(options.runs, || zip_again(folder.path()))?;
    report.row(Row {
        what: format!("make a pack: {DEVICES} devices, a year of evidence"),
        goal: "< 10 s",
        measured: span(made),
        peer: format!("Info-ZIP packing the same files: {}", span(zipped)),
        ratio: Some(made / zipped),
        note: format!(
            "{} MB, {} MB unpacked; {} entries in the log; the year itself took {filled:.0} s to live",
            whole(bytes as f64 / 1e6),
            whole(unpacked.len() as f64 / 1e6),
            row.entry,
        ),
    })?;
    let mut words = String::new();
    let verified = best(
        options.runs,
        || {
            let begun = Instant::now();
            let file = BufReader::new(std::fs::File::open(&path)?);
            let found = verify(file, &VerifyOptions::default())?;
            ensure!(found.is_valid(), "the pack is not valid: {}", found.summary());
            words = found.summary();
            Ok(begun.elapsed().as_secs_f64())
        },
        |one, other| one < other,
    )?;
    report.row(Row {
        what: "verify that pack".into(),
        goal: "< 2 s",
        measured: span(verified),
        peer: format!("SHA-256 over its unpacked bytes, once: {}", span(hashed)),
        ratio: Some(verified / hashed),
        note: words.replace('|', "/"),
    })
}

/// Lives through a year: every device states something every day.
async fn year(app: &App, owner: &Caller, clock: &ManualClock) -> Result<()> {
    let mut computers = fleet(app, owner, DEVICES).await?;
    evidence(app, owner).await?;
    for day in 1..=DAYS {
        clock.advance(Duration::from_days(1));
        let now = app.now();
        let asked = computers
            .iter_mut()
            .enumerate()
            .map(|(number, computer)| state(computer, number + day, now))
            .collect::<Result<Vec<_>>>()?;
        let taken: Vec<_> = asked
            .into_iter()
            .map(|one| {
                let app = app.clone();
                tokio::spawn(async move { devices::check_in(&app, one).await })
            })
            .collect();
        for one in taken {
            one.await??;
        }
        sweep::sweep(app).await?;
        roll_up(app, owner.organisation).await?;
    }
    Ok(())
}

fn state(computer: &mut Computer, number: usize, now: Time) -> Result<CheckIn> {
    if number.is_multiple_of(CHANGE_EVERY) {
        computer.changed(now)
    } else {
        computer.unchanged(now)
    }
}

/// A document and an attestation for every control of the first framework.
async fn evidence(app: &App, owner: &Caller) -> Result<()> {
    let controls: Vec<String> = app
        .catalogue()
        .frameworks()
        .iter()
        .take(1)
        .flat_map(|framework| framework.controls.iter().map(|control| control.id.clone()))
        .collect();
    let valid_to = app.now() + Duration::from_days(360);
    for control in controls {
        let statement = format!("I have looked at {control} and found it as it is written down.");
        let new =
            NewAttestation { control: control.clone(), statement, valid_from: None, valid_to };
        attestation_sign(app, owner, new).await?;
        document(app, owner, &control, DOCUMENT_BYTES).await?;
    }
    Ok(())
}

/// A document of so many random bytes for a control, in force for most of a year.
pub(crate) async fn document(app: &App, owner: &Caller, control: &str, bytes: usize) -> Result<()> {
    let (sender, chunks) = mpsc::channel(1);
    let document = NewDocument {
        replaces: None,
        control: control.to_owned(),
        title: format!("Policy for {control}"),
        file_name: "policy.pdf".into(),
        media_type: "application/pdf".into(),
        valid_from: None,
        valid_to: app.now() + Duration::from_days(360),
    };
    let sending = tokio::spawn(async move {
        let mut left = bytes;
        while left > 0 {
            let mut content = vec![0; left.min(1 << 20)];
            left -= content.len();
            if aws_lc_rs::rand::fill(&mut content).is_err()
                || sender.send(Ok(content)).await.is_err()
            {
                return;
            }
        }
    });
    document_add(app, owner, document, chunks).await?;
    Ok(sending.await?)
}

/// Unpacks the pack beside itself with Info-ZIP, and says all of its bytes in a row.
fn uncompressed(pack: &[u8], folder: &Path) -> Result<Vec<u8>> {
    let path = folder.join("unpacked.zip");
    std::fs::write(&path, pack)?;
    let folder = folder.join("unpacked");
    said(Command::new("unzip").arg("-q").arg(&path).arg("-d").arg(folder))?;
    said(Command::new("unzip").arg("-p").arg(&path))
}

fn zip_again(folder: &Path) -> Result<()> {
    let target = folder.join("again.zip");
    if target.exists() {
        std::fs::remove_file(&target)?;
    }
    let unpacked = folder.join("unpacked");
    said(Command::new("zip").current_dir(unpacked).args(["-q", "-r", "-6"]).arg(&target).arg("."))?;
    Ok(())
}

fn said(command: &mut Command) -> Result<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{name} is needed beside the pack"))?;
    ensure!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}
