//! How many tests a runner says it ran.

use crate::process::say;

/// Tests that passed, failed, and were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.skipped = self.skipped.saturating_add(other.skipped);
    }
}

/// A check that is one test by itself.
pub(crate) fn one(success: bool) -> Counts {
    Counts { passed: usize::from(success), failed: usize::from(!success), skipped: 0 }
}

/// A check that could not be made here, which is said.
pub(crate) fn skipped(reason: &str) -> Counts {
    say!("  skipped: {reason}");
    Counts { skipped: 1, ..Counts::default() }
}

/// The `test result:` lines of cargo test and wasm-bindgen-test.
pub(crate) fn libtest(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter(|line| line.contains("test result:")) {
        counts.add(Counts {
            passed: number_before(line, " passed").unwrap_or(0),
            failed: number_before(line, " failed").unwrap_or(0),
            skipped: number_before(line, " ignored").unwrap_or(0),
        });
    }
    counts
}

/// The closing lines of `node --test`, in its spec and TAP forms.
pub(crate) fn node(output: &str) -> Counts {
    let total = |name: &str| -> usize {
        output
            .lines()
            .filter_map(|line| line.trim().trim_start_matches(['ℹ', '#']).trim().strip_prefix(name))
            .filter_map(|rest| rest.trim().parse::<usize>().ok())
            .sum()
    };
    Counts {
        passed: total("pass "),
        failed: total("fail ").saturating_add(total("cancelled ")),
        skipped: total("skipped ").saturating_add(total("todo ")),
    }
}

fn number_before(line: &str, word: &str) -> Option<usize> {
    line.split(word).next()?.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Counts, libtest, node};

    #[test]
    fn cargo_test() {
        let output = "running 2 tests\ntest a ... ok\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 3 passed; 1 failed; 2 ignored\n";
        assert_eq!(libtest(output), Counts { passed: 5, failed: 1, skipped: 2 });
        assert_eq!(libtest("error: could not compile"), Counts::default());
    }

    #[test]
    fn node_test() {
        let spec = "✔ a (1ms)\nℹ tests 5\nℹ suites 1\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 4\nℹ todo 1\n";
        assert_eq!(node(spec), Counts { passed: 3, failed: 2, skipped: 5 });
        let tap = "ok 1 - a\n# tests 2\n# pass 2\n# fail 0\n";
        assert_eq!(node(tap), Counts { passed: 2, ..Counts::default() });
        assert_eq!(node("SyntaxError"), Counts::default());
    }
}
