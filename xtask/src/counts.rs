//! How many tests a runner says it ran.

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
    }
}

/// A check that is one test by itself.
pub(crate) fn one(success: bool) -> Counts {
    Counts { passed: usize::from(success), failed: usize::from(!success) }
}

/// The `test result:` lines of cargo test and wasm-bindgen-test.
pub(crate) fn libtest(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter(|line| line.contains("test result:")) {
        counts.add(Counts {
            passed: number_before(line, " passed").unwrap_or(0),
            failed: number_before(line, " failed").unwrap_or(0),
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
    Counts { passed: total("pass "), failed: total("fail ").saturating_add(total("cancelled ")) }
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
            test result: FAILED. 3 passed; 1 failed; 0 ignored\n";
        assert_eq!(libtest(output), Counts { passed: 5, failed: 1 });
        assert_eq!(libtest("error: could not compile"), Counts::default());
    }

    #[test]
    fn node_test() {
        let spec = "✔ a (1ms)\nℹ tests 5\nℹ suites 1\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\n";
        assert_eq!(node(spec), Counts { passed: 3, failed: 2 });
        let tap = "ok 1 - a\n# tests 2\n# pass 2\n# fail 0\n";
        assert_eq!(node(tap), Counts { passed: 2, failed: 0 });
        assert_eq!(node("SyntaxError"), Counts::default());
    }
}
