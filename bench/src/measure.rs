//! Rows of the table, percentiles, and how busy the machine was with other things.

use crate::Options;
use anyhow::Result;
use std::{
    fs,
    io::{self, Write as _},
    time::{Duration, Instant},
};

/// One line of the table.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// What it should be; empty if nothing was asked.
    pub(crate) goal: &'static str,
    /// What it is.
    pub(crate) measured: String,
    /// What it is held against, with its own number.
    pub(crate) peer: String,
    /// Ours by the peer's.
    pub(crate) ratio: Option<f64>,
    /// What must be known to read it.
    pub(crate) note: String,
}

/// Where the rows go.
pub(crate) struct Report {
    load: Load,
}

impl Report {
    /// Prints the machine and the table's head.
    pub(crate) fn begin(options: &Options) -> Result<Self> {
        let mut out = io::stdout();
        writeln!(out, "{}\nbest of {} runs\n", machine(), options.runs)?;
        writeln!(out, "| what | goal | measured | peer in the same run | ratio | load | note |")?;
        writeln!(out, "|---|---|---|---|---|---|---|")?;
        Ok(Self { load: Load::now() })
    }

    /// Prints one row, with the load since the last one.
    pub(crate) fn row(&mut self, row: Row) -> Result<()> {
        let now = Load::now();
        let load = now.since(&self.load);
        self.load = now;
        let Row { what, goal, measured, peer, ratio, note } = row;
        let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let mut out = io::stdout();
        writeln!(out, "| {what} | {goal} | {measured} | {peer} | {ratio} | {load} | {note} |")?;
        Ok(out.flush()?)
    }
}

/// The machine in one line.
fn machine() -> String {
    let line = |path: &str, start: &str| {
        fs::read_to_string(path).ok().and_then(|text| {
            let found = text.lines().find(|line| line.starts_with(start))?;
            Some(found.split_once(':').map_or(found, |(_, rest)| rest).trim().to_owned())
        })
    };
    let processor = line("/proc/cpuinfo", "model name").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = line("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{processor}, {cores} cores, {memory}, Linux {}", kernel.trim())
}

/// What the processors did until a moment, in ticks.
struct Load {
    all: u64,
    idle: u64,
    own: u64,
}

impl Load {
    fn now() -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let ticks: Vec<u64> = stat
            .lines()
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .take(8)
            .collect();
        let idle = ticks.iter().skip(3).take(2).sum();
        Self { all: ticks.iter().sum(), idle, own: own_ticks() }
    }

    /// `others 40 %, 1-min load 2.31`: what other processes took of the machine, PostgreSQL's among
    /// them.
    fn since(&self, before: &Self) -> String {
        let all = self.all.saturating_sub(before.all).max(1);
        let busy = all.saturating_sub(self.idle.saturating_sub(before.idle));
        let others = busy.saturating_sub(self.own.saturating_sub(before.own));
        let average = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let average = average.split_whitespace().next().unwrap_or("?");
        format!("others {} %, {average}", others * 100 / all)
    }
}

/// What the processors did for this process and the children it waited for.
fn own_ticks() -> u64 {
    let own = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: utime, stime and those of children are fields 14 to 17.
    own.rsplit_once(')')
        .map(|(_, rest)| rest.split_whitespace().skip(11).take(4))
        .into_iter()
        .flatten()
        .filter_map(|word| word.parse::<u64>().ok())
        .sum()
}

/// Runs `work` several times and keeps the best answer by `better`.
pub(crate) fn best<T>(
    runs: u32,
    mut work: impl FnMut() -> Result<T>,
    better: impl Fn(&T, &T) -> bool,
) -> Result<T> {
    let mut best = work()?;
    for _ in 1..runs {
        let next = work()?;
        if better(&next, &best) {
            best = next;
        }
    }
    Ok(best)
}

/// The shortest of several runs, in seconds.
pub(crate) fn shortest(runs: u32, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    best(
        runs,
        || {
            let begun = Instant::now();
            work()?;
            Ok(begun.elapsed().as_secs_f64())
        },
        |one, other| one < other,
    )
}

/// Measures a load of many small things from here on.
pub(crate) struct Meter {
    begun: Instant,
    ticks: u64,
}

impl Meter {
    /// Begins.
    pub(crate) fn start() -> Self {
        Self { begun: Instant::now(), ticks: own_ticks() }
    }

    /// When it began.
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// Ends, with the time of each thing.
    pub(crate) fn stop(self, mut each: Vec<Duration>) -> Rate {
        let whole = self.begun.elapsed();
        // USER_HZ is 100 on every Linux that there is.
        let processor_s = own_ticks().saturating_sub(self.ticks) as f64 / 100.0;
        each.sort_unstable();
        let at = |share: f64| {
            let place = (each.len() as f64 * share) as usize;
            each.get(place.min(each.len().saturating_sub(1)))
                .map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let count = each.len() as f64;
        Rate {
            per_s: count / whole.as_secs_f64(),
            p50_ms: at(0.50),
            p99_ms: at(0.99),
            processor_us: processor_s * 1e6 / count.max(1.0),
        }
    }
}

/// What a load of many small things gave.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rate {
    /// How many a second.
    pub(crate) per_s: f64,
    /// Half were faster.
    pub(crate) p50_ms: f64,
    /// 99 of 100 were faster.
    pub(crate) p99_ms: f64,
    /// Processor time that each took of this process, which does not depend on what others do.
    pub(crate) processor_us: f64,
}

impl Rate {
    /// Whether this one is faster.
    pub(crate) fn beats(&self, other: &Self) -> bool {
        self.per_s > other.per_s
    }

    /// `16,300/s, p50 3.1 ms, p99 9.2 ms, 90 µs of processor each`.
    pub(crate) fn words(&self) -> String {
        format!(
            "{}/s, p50 {:.1} ms, p99 {:.1} ms, {:.0} µs of processor each",
            whole(self.per_s),
            self.p50_ms,
            self.p99_ms,
            self.processor_us
        )
    }
}

/// A number without decimals, in groups of three digits.
pub(crate) fn whole(number: f64) -> String {
    let digits = format!("{:.0}", number.max(0.0));
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds in a unit that fits.
pub(crate) fn span(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.1} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}
