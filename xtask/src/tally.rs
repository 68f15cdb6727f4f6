//! How many tests passed and failed, read from what the test runners print.

use std::fmt;
use std::ops::AddAssign;

/// Tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u32,
    /// Tests that failed, and checks that could not be made.
    pub failed: u32,
}

impl Tally {
    /// One failure and nothing else.
    pub const ONE_FAILURE: Self = Self { passed: 0, failed: 1 };

    /// Reads a line of Rust's test harness: `test result: ok. 5 passed; 0 failed; …`.
    pub fn of_rust_line(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |unit| counts.split("; ").find_map(|part| part.strip_suffix(unit)?.trim().parse().ok());
        Some(Self { passed: count("passed")?, failed: count("failed")? })
    }

    /// Reads the summary of Node's test runner in TAP: `# pass 5`, `# fail 0`, `# cancelled 0`.
    pub fn of_tap(report: &str) -> Self {
        let count = |name: &str| -> u32 {
            let last = report.lines().rev().find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.trim().parse().ok());
            last.unwrap_or(0)
        };
        Self { passed: count("pass "), failed: count("fail ") + count("cancelled ") }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_rust_harness_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.20s";
        assert_eq!(Tally::of_rust_line(line), Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(Tally::of_rust_line("test session::undo ... ok"), None);
    }

    #[test]
    fn the_summary_of_node_is_counted() {
        let report = "ok 1 - loads\n# tests 9\n# suites 0\n# pass 7\n# fail 1\n# cancelled 1\n# skipped 0\n# todo 0\n";
        assert_eq!(Tally::of_tap(report), Tally { passed: 7, failed: 2 });
    }
}
