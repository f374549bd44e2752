//! Counts of tests.

use std::time::Duration;

use test_support::{Error, Result};

use crate::progress::Elapsed;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// Parses the result line of Rust's test harness: `test result: ok. 12 passed; 0 failed; 0 ignored; …`.
    pub(super) fn from_result_line(line: &str) -> Option<Self> {
        let counts = line.trim().strip_prefix("test result: ")?.split_once(". ")?.1;
        let count = |name: &str| {
            let part = counts.split("; ").find_map(|part| part.strip_suffix(name))?;
            part.trim().parse().ok()
        };
        // An ignored test counts as failed: no test may be ignored.
        Some(Self { passed: count("passed")?, failed: count("failed")? + count("ignored")? })
    }

    /// Completes the counts of a run. A run without a test, or one that fails without a failed test, such as code that doesn't
    /// compile, counts as one failure. Prints the error.
    pub(super) fn complete(mut self, name: &str, result: Result<()>, elapsed: Duration) -> Self {
        let message = match result {
            Ok(()) if self == Self::default() => "no test was run".to_owned(),
            Ok(()) => return self,
            Err(Error::ProgramFailed { program, log, .. }) => format!("{program} failed:\n{log}"),
            Err(error) => error.to_string(),
        };
        self.failed = self.failed.max(1);
        println!("FAILED  {name}, {}: {message}", Elapsed(elapsed));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_line_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(Tally::from_result_line(line), Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(Tally::from_result_line("test aws::sign::tests::it ... ok"), None);
    }

    #[test]
    fn an_ignored_test_is_a_failure() {
        let line =
            "test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(Tally::from_result_line(line), Some(Tally { passed: 1, failed: 2 }));
    }

    #[test]
    fn a_run_that_fails_without_a_failed_test_counts_as_one_failure() {
        let passed = Tally { passed: 2, failed: 0 };
        let error = || Err(Error::Unexpected("does not compile".into()));
        let complete = |tally: Tally, result| tally.complete("host", result, Duration::ZERO);
        assert_eq!(complete(passed, Ok(())), passed);
        assert_eq!(complete(passed, error()), Tally { passed: 2, failed: 1 });
        assert_eq!(complete(Tally { passed: 2, failed: 3 }, error()), Tally { passed: 2, failed: 3 });
        assert_eq!(complete(Tally::default(), Ok(())), Tally { passed: 0, failed: 1 });
    }
}
