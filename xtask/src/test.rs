//! Runs the suites and adds them up.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::setup;
use crate::suites::SUITES;

/// Whether every test of the named suites passed; of all of them where none is named.
pub(crate) fn run(root: &Path, named: &[String]) -> Result<bool> {
    let known: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = named.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no suite {unknown}; there are {}", known.join(", "));
    }
    setup::build_tools(root)?;
    let mut rows = Vec::new();
    let mut total = Counts::default();
    for (name, suite) in SUITES {
        if !named.is_empty() && !named.iter().any(|wanted| wanted == name) {
            continue;
        }
        eprintln!("• {name} …");
        let started = Instant::now();
        let mut counts = suite(root).unwrap_or_else(|error| {
            eprintln!("  error: {error:#}");
            Counts { passed: 0, failed: 1 }
        });
        if counts == Counts::default() {
            eprintln!("  error: {name} ran no test");
            counts.failed = 1;
        }
        let mark = if counts.failed == 0 { "✓" } else { "✗" };
        let seconds = started.elapsed().as_secs_f64();
        let row = format!(
            "{mark} {name:<14} {:>6} passed {:>4} failed {seconds:>7.1} s",
            counts.passed, counts.failed
        );
        eprintln!("{row}");
        rows.push(row);
        total.add(counts);
    }
    println!();
    for row in &rows {
        println!("{row}");
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    Ok(total.failed == 0)
}
