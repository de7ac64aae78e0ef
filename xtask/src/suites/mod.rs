//! The suites of the tests, each a program whose tests can be counted.

mod clients;
mod node;
mod rust;

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::counts::{self, Counts};
use crate::place::Place;
use crate::process::watch;

type Suite = fn(&Place) -> Result<Counts>;

/// In the order they run: the quick ones first.
pub(crate) const SUITES: [(&str, Suite); 23] = [
    ("fmt", rust::fmt),
    ("clippy", rust::clippy),
    ("native", rust::native),
    ("doc", rust::doc),
    ("prose", node::prose),
    ("crate", rust::published_crate),
    ("wasm-node", rust::wasm_node),
    ("wasm-chromium", rust::wasm_chromium),
    ("build", rust::build),
    ("types", node::types),
    ("package", node::package),
    ("conformance", clients::conformance),
    ("examples", clients::examples),
    ("oldest-node", node::oldest_node),
    ("sandbox", node::sandbox),
    ("workerd", node::workerd),
    ("apps", node::apps),
    ("deployments", node::deployments),
    ("browser", node::browser),
    ("site", node::site),
    ("packaging", node::packaging),
    ("consumers", node::consumers),
    ("machine", node::machine),
];

/// Longer than any suite takes on a slow machine that builds from nothing.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// A program whose success is the one thing it tests.
fn check(command: &mut Command) -> Result<Counts> {
    Ok(counts::one(watch(command, LIMIT)?.success))
}

fn counted(command: &mut Command, count: fn(&str) -> Counts) -> Result<Counts> {
    let finished = watch(command, LIMIT)?;
    let mut counts = count(&finished.output);
    // A runner that fails without a failed test broke off.
    if !finished.success && counts.failed == 0 {
        counts.add(counts::one(false));
    }
    Ok(counts)
}
