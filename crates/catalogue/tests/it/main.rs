//! The catalogue from outside: its files, its checks, assessment and control status.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod assessment;
mod choice;
mod control_status;
mod device_checks;
mod files;
mod own;
mod release_lines;
mod speed;
mod world;
