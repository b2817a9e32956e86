//! Prints what this computer says of itself, as JSON: one body for each kind of fact.
//!
//! `--record` prints the recording instead, `--times` how long each probe takes.

use closedset_core::Time;
use closedset_probes::{
    CollectOptions, KINDS, LiveHost, RecordingHost, RecordingOptions, collect, collect_one,
};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

#[expect(clippy::print_stdout, reason = "an example prints")]
#[expect(clippy::disallowed_methods, reason = "an example is a binary")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let mut words = std::env::args().skip(1);
    let word = words.next();
    let options = CollectOptions {
        now: Time::from_millis(i64::try_from(now)?),
        control_host: words.next(),
        skip: Vec::new(),
    };
    let began = Instant::now();
    match word.as_deref() {
        Some("--record") => {
            let host =
                RecordingHost::new(LiveHost::new(), RecordingOptions { leaves_serials_out: true });
            collect(&host, &options);
            println!("{}", host.into_recording().to_json()?);
        }
        Some("--times") => {
            for kind in KINDS {
                let began = Instant::now();
                collect_one(kind, &LiveHost::new(), &options);
                println!("{kind}: {:?}", began.elapsed());
            }
            let began = Instant::now();
            collect(&LiveHost::new(), &options);
            println!("all: {:?}", began.elapsed());
        }
        _ => {
            let bodies = collect(&LiveHost::new(), &options);
            println!("{}", serde_json::to_string_pretty(&bodies)?);
            println!("took {:?}", began.elapsed());
        }
    }
    Ok(())
}
