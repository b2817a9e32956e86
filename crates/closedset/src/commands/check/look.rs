//! Where the facts come from: this computer, or one that was recorded.

use crate::{commands::no_new_file, kinds};
use anyhow::{Context, Result, bail};
use closedset_core::{Time, fact::Body};
use closedset_probes::{
    CollectOptions, HostView, Inventory, KINDS, LiveHost, Platform, RecordedHost, RecordingHost,
    RecordingOptions, collect,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

const FORMAT: &str = "closedset-recording";
const VERSION: u32 = 1;
/// The largest recording that is read, in bytes.
const RECORDING_LIMIT: u64 = 64 << 20;

/// What is wanted of a look.
pub(super) struct Wish {
    /// The kinds that the checks read.
    pub(super) needed: BTreeSet<String>,
    /// The kinds that a person left out.
    pub(super) skipped: Vec<String>,
    /// A host that must answer.
    pub(super) server: Option<String>,
}

/// What was seen of a computer.
pub(super) struct Sight {
    pub(super) computer: String,
    pub(super) platform: Platform,
    pub(super) at: Time,
    pub(super) is_root: bool,
    pub(super) is_replayed: bool,
    pub(super) server: Option<String>,
    /// The kinds that were left out.
    pub(super) skipped: Vec<String>,
    pub(super) bodies: BTreeMap<String, Body>,
}

/// A recorded computer with what its probes were told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recording {
    format: String,
    version: u32,
    recorded_at: Time,
    computer: String,
    is_root: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    #[serde(default)]
    skipped: Vec<String>,
    host: RecordedHost,
}

/// What every recording of every version begins with. It is read before the rest, which a newer
/// version may write differently.
#[derive(Debug, Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u64>,
}

/// Looks at this computer.
pub(super) fn live(wish: Wish, now: Time) -> Sight {
    let bodies = look(&LiveHost::default(), &wish, now);
    sight(wish, now, bodies)
}

/// Looks at everything on this computer and writes it to a new file at `path`.
pub(super) fn record(path: &Path, mut wish: Wish, now: Time) -> Result<(Sight, Inventory)> {
    // Opened first, so that a place that cannot be written to costs no look.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| no_new_file(path))?;
    wish.needed = KINDS.map(str::to_owned).into();
    let host =
        RecordingHost::new(LiveHost::default(), RecordingOptions { leaves_serials_out: true });
    let bodies = look(&host, &wish, now);
    let sight = sight(wish, now, bodies);
    let recording = Recording {
        format: FORMAT.to_owned(),
        version: VERSION,
        recorded_at: now,
        computer: sight.computer.clone(),
        is_root: sight.is_root,
        server: sight.server.clone(),
        skipped: sight.skipped.clone(),
        host: host.into_recording(),
    };
    let inventory = recording.host.inventory();
    let text = serde_json::to_string_pretty(&recording)
        .context("the recording cannot be written as JSON")?;
    if text.len() as u64 >= RECORDING_LIMIT {
        bail!("what was seen is larger than a recording may be; {} stays empty", path.display());
    }
    file.write_all(text.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok((sight, inventory))
}

/// Looks at the computer recorded at `path`, as of then.
pub(super) fn replay(path: &Path, wish: Wish) -> Result<Sight> {
    let recording = recording(path)?;
    let skipped = recording.skipped.iter().chain(&wish.skipped).cloned().collect::<BTreeSet<_>>();
    let wish = Wish { skipped: skipped.into_iter().collect(), server: recording.server, ..wish };
    let bodies = look(&recording.host, &wish, recording.recorded_at);
    Ok(Sight {
        computer: recording.computer,
        platform: recording.host.platform(),
        at: recording.recorded_at,
        is_root: recording.is_root,
        is_replayed: true,
        server: wish.server,
        skipped: wish.skipped,
        bodies,
    })
}

fn recording(path: &Path) -> Result<Recording> {
    let shown = path.display();
    let remedy = "make a recording on the computer in question: closedset check --record FILE";
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(RECORDING_LIMIT + 1).read_to_string(&mut text))
        .with_context(|| format!("{shown} cannot be read; {remedy}"))?;
    if text.len() as u64 > RECORDING_LIMIT {
        bail!("{shown} is larger than any recording; {remedy}");
    }
    let head: Head = serde_json::from_str(&text)
        .with_context(|| format!("{shown} is not a recording; {remedy}"))?;
    if head.format.as_deref() != Some(FORMAT) {
        bail!("{shown} is not a recording of a computer; {remedy}");
    }
    if head.version.is_some_and(|version| version > u64::from(VERSION)) {
        bail!("{shown} was made by a newer Closedset; update this one, or {remedy}");
    }
    let recording: Recording =
        serde_json::from_str(&text).with_context(|| format!("{shown} is damaged; {remedy}"))?;
    kinds::skipped(&recording.skipped).with_context(|| format!("{shown} is damaged; {remedy}"))?;
    Ok(recording)
}

/// Runs the probes whose facts are needed and not left out.
fn look(host: &dyn HostView, wish: &Wish, now: Time) -> BTreeMap<String, Body> {
    let is_wanted = |kind: &str| {
        wish.needed.contains(kind) && !wish.skipped.iter().any(|skipped| skipped == kind)
    };
    let skip = KINDS.into_iter().filter(|kind| !is_wanted(kind)).map(str::to_owned).collect();
    collect(host, &CollectOptions { now, control_host: wish.server.clone(), skip })
}

fn sight(wish: Wish, at: Time, bodies: BTreeMap<String, Body>) -> Sight {
    Sight {
        computer: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        platform: Platform::of_this_computer(),
        at,
        is_root: rustix::process::geteuid().is_root(),
        is_replayed: false,
        server: wish.server,
        skipped: wish.skipped,
        bodies,
    }
}
