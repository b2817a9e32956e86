//! Every check and every test, one after the other, each to its end whatever the one before found,
//! and the count of them all.

use crate::{documents, layers, say, tally::Tally, workspace};
use anyhow::{Context, Result};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// Runs everything; whether all of it passed. The last line is the count.
pub(crate) fn everything() -> Result<bool> {
    let workspace = workspace::read()?;
    let browser = workspace.root.join("tests/browser");
    let mut results = Vec::new();
    let mut step = |name: &'static str, work: &mut dyn FnMut() -> Result<Tally>| {
        say(&format!("\n== {name}"));
        let begun = Instant::now();
        let tally = work().unwrap_or_else(|error| {
            say(&format!("{name}: {error:#}"));
            Tally::FAILED
        });
        results.push((name, tally, begun.elapsed().as_secs()));
    };

    step("formatting", &mut || checked(cargo("fmt --all --check")));
    step("layers", &mut || Ok(found(&layers::breaches(&workspace))));
    step("documents", &mut || Ok(found(&documents::faults(&workspace.root)?)));
    step("dependencies", &mut || {
        checked(cargo("deny --log-level error check bans licenses sources"))
    });
    step("unused dependencies", &mut || checked(cargo("machete")));
    step("lints", &mut || {
        checked(cargo("clippy --workspace --all-targets --locked -- -D warnings"))
    });
    let python = workspace.target_directory.join("scim-tester");
    step("tester of SCIM", &mut || {
        install_tester(&workspace.root.join("tests/scim/requirements.txt"), &python)?;
        Ok(Tally::default())
    });
    step("tests", &mut || {
        let mut tests = cargo("test --workspace --locked --no-fail-fast");
        tests.env("CLOSEDSET_SCIM_PYTHON", python.join("bin/python"));
        counted(tests)
    });
    if browser.is_dir() {
        // The tests of the program built it.
        let program = workspace.target_directory.join("debug/closedset");
        step("browser tests", &mut || {
            install_packages(&browser)?;
            let mut npm = Command::new("npm");
            npm.args(["test", "--silent"]).current_dir(&browser).env("CLOSEDSET_BIN", &program);
            counted(npm)
        });
    }

    say("");
    let mut all = Tally::default();
    for (name, tally, seconds) in results {
        say(&format!("{name:<32}{tally} in {seconds} s"));
        all += tally;
    }
    say(&format!("\n{all}"));
    Ok(all.failed == 0)
}

fn cargo(arguments: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split(' '));
    // By this cargo-machete tells whether cargo called it; ours is not for it.
    command.env_remove("CARGO_PKG_NAME");
    command
}

/// A check of our own counts as one test.
fn found(faults: &[String]) -> Tally {
    for fault in faults {
        say(fault);
    }
    if faults.is_empty() { Tally::PASSED } else { Tally::FAILED }
}

/// A check of another program counts as one test.
fn checked(mut command: Command) -> Result<Tally> {
    let ended = command.status().with_context(|| format!("{command:?} cannot be run"))?;
    Ok(if ended.success() { Tally::PASSED } else { Tally::FAILED })
}

/// Tests count as their runner says, while what it prints is passed on.
fn counted(mut command: Command) -> Result<Tally> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{command:?} cannot be run"))?;
    let printed = child.stdout.take().context("the output of a test run is piped")?;
    let mut tally = Tally::default();
    for line in BufReader::new(printed).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        say(&line);
        tally += Tally::of_line(&line);
    }
    Ok(Tally::of_run(tally, child.wait()?.success()))
}

/// A Python of its own in `folder` with what a list of PyPI's packages names; nothing if that is there already.
fn install_tester(wanted: &Path, folder: &Path) -> Result<()> {
    let kept = folder.join("installed.txt");
    let list =
        std::fs::read(wanted).with_context(|| format!("{} cannot be read", wanted.display()))?;
    if std::fs::read(&kept).is_ok_and(|installed| installed == list) {
        return Ok(());
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(folder);
    let ended = make.status().context("python3 cannot be run")?;
    anyhow::ensure!(ended.success(), "python3 could not make a virtual environment");
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(wanted);
    let ended = pip.status().context("pip cannot be run")?;
    anyhow::ensure!(ended.success(), "pip could not install what tests SCIM");
    std::fs::write(&kept, list)?;
    Ok(())
}

/// What the browser tests need from npm, as their lock file says; nothing if that is there already.
fn install_packages(browser: &Path) -> Result<()> {
    let changed = |name: &str| browser.join(name).metadata().and_then(|file| file.modified());
    let is_there = match (changed("package-lock.json"), changed("node_modules/.package-lock.json"))
    {
        (Ok(wanted), Ok(installed)) => installed >= wanted,
        _ => false,
    };
    if is_there {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    // The browser is Debian's Chromium: no package needs to fetch another.
    npm.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(browser)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("PUPPETEER_SKIP_DOWNLOAD", "1");
    let ended = npm.status().context("npm cannot be run")?;
    anyhow::ensure!(ended.success(), "npm could not install what the browser tests need");
    Ok(())
}
