//! Chores of the repository, run through `cargo run -p xtask -- CHORE`.
//!
//! | chore | what it does |
//! |---|---|
//! | `layers` | proves that imports run one way, by the table in [`table`] |
//! | `documents` | proves that links lead somewhere and that no setting or error code is left out |
//! | `test` | runs every check and every test and counts them; what `make test` calls |
//!
//! Nothing here is part of the product.

mod documents;
mod layers;
mod run;
mod table;
mod tally;
mod workspace;

use anyhow::{Result, bail};
use std::{
    io::{self, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["layers"] => Ok(told("layers", &layers::breaches(&workspace::read()?))),
        ["documents"] => Ok(told("documents", &documents::faults(&workspace::read()?.root)?)),
        ["test"] => run::everything(),
        _ => bail!("say which chore: layers, documents or test"),
    }
}

/// Prints what was found; whether it was nothing.
fn told(what: &str, found: &[String]) -> bool {
    for fault in found {
        say(&format!("{what}: {fault}"));
    }
    if found.is_empty() {
        say(&format!("{what}: all is well"));
    }
    found.is_empty()
}

/// A line for whoever looks on. A reader that went away is no fault.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
