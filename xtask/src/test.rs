//! Runs the suites and adds them up.

use std::io::{IsTerminal, Write, stdout};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::place::Place;
use crate::process::say;
use crate::setup;
use crate::suites::SUITES;

const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

/// Whether every test of the named suites passed; of all of them where none is named.
pub(crate) fn run(place: &Place, named: &[String]) -> Result<bool> {
    let known: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = named.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no suite {unknown}; there are {}", known.join(", "));
    }
    setup::build_tools(place)?;
    let mut rows = Vec::new();
    let mut total = Counts::default();
    for (name, suite) in SUITES {
        if !named.is_empty() && !named.iter().any(|wanted| wanted == name) {
            continue;
        }
        say!("• {name} …");
        let started = Instant::now();
        let mut counts = suite(place).unwrap_or_else(|error| {
            say!("  error: {error:#}");
            Counts { failed: 1, ..Counts::default() }
        });
        if counts == Counts::default() {
            say!("  error: {name} ran no test");
            counts.failed = 1;
        }
        let row = row(name, counts, started.elapsed().as_secs_f64());
        say!("{row}");
        rows.push(row);
        total.add(counts);
    }
    let Counts { passed, failed, skipped } = total;
    let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    let closing = format!("{passed} passed, {failed} failed");
    let (start, end) = if skipped.is_empty() { ("", "") } else { yellow() };
    writeln!(stdout(), "\n{}\n\n{closing}{start}{skipped}{end}", rows.join("\n"))?;
    Ok(failed == 0)
}

fn row(name: &str, counts: Counts, seconds: f64) -> String {
    let Counts { passed, failed, skipped } = counts;
    let mark = match (failed, skipped) {
        (0, 0) => "✓",
        (0, _) => "○",
        _ => "✗",
    };
    let row = format!("{mark} {name:<14} {passed:>6} passed {failed:>4} failed {seconds:>7.1} s");
    if skipped == 0 {
        return row;
    }
    let (start, end) = yellow();
    format!("{row}{start} {skipped:>4} skipped{end}")
}

/// What begins and ends yellow text, where somebody sees it.
fn yellow() -> (&'static str, &'static str) {
    let is_colour = stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if is_colour { (YELLOW, PLAIN) } else { ("", "") }
}
