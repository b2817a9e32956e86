//! The program from outside: what a person or a script sees of the real binary.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod check;
mod world;
