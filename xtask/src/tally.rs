//! Counts tests by what their runners print. A run that says nothing that can be read, or that ended
//! badly without naming a failed test, counts as one failure: silence is never a pass.

use std::ops::AddAssign;

/// How many tests there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Tally {
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0, ignored: 0 };
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, ignored: 0 };

    /// What a runner that printed this much and ended so has done.
    pub(crate) fn of_run(counted: Self, is_success: bool) -> Self {
        let is_believable = if is_success { counted.passed > 0 } else { counted.failed > 0 };
        let doubt = Self { failed: u64::from(!is_believable), ..Self::default() };
        counted + doubt
    }

    /// Reads one line: a summary of cargo's tests, of Playwright or of Node's runner, or nothing.
    pub(crate) fn of_line(line: &str) -> Self {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("test result: ") {
            return of_cargo(rest);
        }
        if let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
            return of_words(rest.split_once(' ').map(|(word, count)| (count, word)));
        }
        of_words(line.split_once(' '))
    }
}

impl std::ops::Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(f, ", {} ignored", self.ignored)?;
        }
        Ok(())
    }
}

/// `ok. 12 passed; 1 failed; 2 ignored; 0 measured; ...`
fn of_cargo(rest: &str) -> Tally {
    let Some((_, counts)) = rest.split_once(". ") else { return Tally::default() };
    counts
        .split("; ")
        .map(|part| of_words(part.split_once(' ')))
        .fold(Tally::default(), |sum, one| sum + one)
}

/// `12 passed (3.4s)`, `1 failed`, `2 skipped`, `3 did not run`; a number by itself is no count.
fn of_words(parts: Option<(&str, &str)>) -> Tally {
    let Some((count, what)) = parts else { return Tally::default() };
    let Ok(count) = count.parse() else { return Tally::default() };
    let what = what.split(" (").next().unwrap_or_default();
    match what {
        "passed" | "pass" => Tally { passed: count, ..Tally::default() },
        "failed" | "fail" | "cancelled" | "flaky" | "did not run" => {
            Tally { failed: count, ..Tally::default() }
        }
        "ignored" | "skipped" | "todo" => Tally { ignored: count, ..Tally::default() },
        _ => Tally::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (u64, u64, u64) {
        let tally = text.lines().map(Tally::of_line).fold(Tally::default(), |sum, one| sum + one);
        (tally.passed, tally.failed, tally.ignored)
    }

    #[test]
    fn summaries_of_the_three_runners_are_read() {
        let cargo = "running 3 tests\ntest a ... ok\n\
                     test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.1s\n\
                     test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s";
        assert_eq!(read(cargo), (7, 2, 1));
        let playwright = "Running 9 tests using 1 worker\n  ✓ 1 a (1s)\n  1 failed\n  1 flaky\n  2 skipped\n  5 passed (3.4s)";
        assert_eq!(read(playwright), (5, 2, 2));
        assert_eq!(read("# tests 4\n# pass 3\n# fail 1\n# cancelled 0\n# skipped 0"), (3, 1, 0));
        assert_eq!(read("ℹ tests 4\nℹ pass 4\nℹ fail 0"), (4, 0, 0));
    }

    #[test]
    fn what_only_looks_like_a_count_is_not_one() {
        assert_eq!(read("1 passed the gate\ntest 12 passed\npassed\n7\n3 passed;"), (0, 0, 0));
    }

    #[test]
    fn silence_and_a_bad_end_are_failures() {
        let some = Tally { passed: 3, ..Tally::default() };
        assert_eq!(Tally::of_run(Tally::default(), true), Tally::FAILED);
        assert_eq!(Tally::of_run(Tally::default(), false), Tally::FAILED);
        assert_eq!(Tally::of_run(some, false), some + Tally::FAILED);
        assert_eq!(Tally::of_run(some, true), some);
        let both = some + Tally::FAILED;
        assert_eq!(Tally::of_run(both, false), both);
    }

    #[test]
    fn the_closing_line_is_plain() {
        let tally = Tally { passed: 5, failed: 0, ignored: 0 };
        assert_eq!(tally.to_string(), "5 passed, 0 failed");
        assert_eq!(Tally { ignored: 2, ..tally }.to_string(), "5 passed, 0 failed, 2 ignored");
    }
}
